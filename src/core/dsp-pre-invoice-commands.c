/* dsp-pre-invoice-commands.c: from the draft to the payment
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * draft -> submitted -> approved -> invoiced -> paid; submitted -> observed -> submitted; submitted, observed -> rejected.
 * A draft that is discarded and a pre-invoice that is rejected set their lines free again.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"
#include "dsp-money.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A generation is one command, stored whole and sent whole to whoever sees it. */
#define LINES_MAX 30000

/* ---- generation ---- */

static gboolean
only_given (DspWork *work,
            GError **error)
{
  static const char *const may[] = { "distributor_id", "from", "until", "n_lines", "total", "note" };
  const DspTable *table = &dsp_pre_invoice.table;

  for (guint i = 0; i < table->n_fields; i++)
    {
      bool known = false;

      for (guint k = 0; k < G_N_ELEMENTS (may); k++)
        known = known || strcmp (table->fields[i].name, may[k]) == 0;
      if ((dsp_work_given (work) >> i & 1) && !known)
        return dsp_refuse (error, DSP_RULE_INVALID, _("%s of a pre-invoice is not entered; it follows from its lines"), table->fields[i].name);
    }
  return TRUE;
}

/* The parties as they are now: what is printed in a year says what was true. */
static void
set_parties (DspWork       *work,
             DspPreInvoice *pre_invoice)
{
  DspId office_id = dsp_office_settings_id ();
  const DspDistributor *distributor = dsp_work_get (work, &dsp_distributor, &pre_invoice->distributor_id);
  const DspOfficeSettings *office;
  const DspMaster *master;

  if (distributor != NULL)
    {
      pre_invoice->master_id = distributor->master_id;
      dsp_set_text (&pre_invoice->issuer, distributor->name);
      dsp_set_text (&pre_invoice->issuer_tax_id, distributor->tax_id);
      dsp_set_text (&pre_invoice->issuer_address, distributor->address);
      dsp_set_text (&pre_invoice->issuer_regime, distributor->tax_regime);
    }
  master = dsp_work_get (work, &dsp_master, &pre_invoice->master_id);
  if (master != NULL)
    {
      dsp_set_text (&pre_invoice->receiver, master->name);
      dsp_set_text (&pre_invoice->receiver_tax_id, master->tax_id);
      dsp_set_text (&pre_invoice->receiver_address, master->address);
      return;
    }
  office = dsp_work_get (work, &dsp_office_settings, &office_id);
  if (office != NULL)
    {
      dsp_set_text (&pre_invoice->receiver, office->name);
      dsp_set_text (&pre_invoice->receiver_tax_id, office->tax_id);
      dsp_set_text (&pre_invoice->receiver_address, office->address);
    }
}

/* What somebody else billed meanwhile, or what came in since, is not billed unseen. */
static gboolean
check_seen (const DspPreInvoice *seen,
            const DspTotals     *now,
            GError             **error)
{
  char then[DSP_MONEY_TEXT], total[DSP_MONEY_TEXT];

  if ((!seen->n_lines.is_set || seen->n_lines.value == now->n) && (!seen->total.is_set || seen->total.cents == now->total))
    return TRUE;
  dsp_money_print (seen->total.cents, then);
  dsp_money_print (now->total, total);
  return dsp_refuse (error, DSP_RULE_CHANGED, _("the preview had %d lines and a total of %s; by now there are %u lines and a total of %s"),
                     (int) seen->n_lines.value, then, now->n, total);
}

static void
hold (DspWork                *work,
      const DspPreInvoice    *pre_invoice,
      const DspStatementLine *billed)
{
  DspStatementLine *line = dsp_work_edit (work, &dsp_statement_line, &billed->id, NULL);

  if (line == NULL)
    return;
  line->vat_rate = billed->vat_rate;
  line->vat = billed->vat;
  line->vat_withheld = billed->vat_withheld;
  line->income_withheld = billed->income_withheld;
  line->state = DSP_LINE_HELD;
  line->pre_invoice_id = pre_invoice->id;
  line->open_for = dsp_id_none;
}

static gboolean
create (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspPreInvoice *pre_invoice = record;
  g_autoptr(DspBill) bill = NULL;
  char from[16], until[16];

  if (!only_given (work, error) || !dsp_work_need (work, &dsp_distributor, &pre_invoice->distributor_id, error))
    return FALSE;
  /* Before anything is looked through: a period of a hundred years is refused by itself. */
  if (!dsp_table_check (&dsp_pre_invoice.table, record, dsp_table_bit (&dsp_pre_invoice.table, offsetof (DspPreInvoice, from)) |
                        dsp_table_bit (&dsp_pre_invoice.table, offsetof (DspPreInvoice, until)), error) ||
      !dsp_pre_invoice.check (record, error))
    return FALSE;
  /* They are looked through, held, and checked. */
  dsp_work_set_passes (work, 3);
  bill = dsp_bill_new (work, &pre_invoice->distributor_id, pre_invoice->from, pre_invoice->until, error);
  if (bill == NULL)
    return FALSE;
  dsp_date_print (pre_invoice->from, from);
  dsp_date_print (pre_invoice->until, until);
  if (bill->lines->len == 0)
    return dsp_refuse (error, DSP_RULE_INVALID, _("from %s to %s there is nothing to bill (%u lines are left out)"), from, until,
                       bill->left_out->len);
  if (bill->lines->len > LINES_MAX)
    return dsp_refuse (error, DSP_RULE_INVALID, _("from %s to %s there are %u lines, and a pre-invoice holds at most %d: choose a shorter period"),
                       from, until, bill->lines->len, LINES_MAX);
  if (!check_seen (args, &bill->totals, error))
    return FALSE;
  pre_invoice->number = dsp_work_number (work, &dsp_pre_invoice, &pre_invoice->id);
  set_parties (work, pre_invoice);
  dsp_pre_invoice_set_totals (pre_invoice, &bill->totals);
  dsp_set_text (&pre_invoice->made_by, dsp_work_actor (work)->user_name);
  pre_invoice->made_at.us = dsp_work_now (work);
  for (guint i = 0; i < bill->lines->len; i++)
    {
      if (!dsp_work_pass (work, 1, i, bill->lines->len, error))
        return FALSE;
      hold (work, pre_invoice, bill->lines->pdata[i]);
    }
  return TRUE;
}

/* ---- what becomes of it ---- */

static gboolean
add_id (gconstpointer record,
        gpointer      user_data)
{
  g_array_append_val (user_data, ((const DspRecord *) record)->id);
  return TRUE;
}

static void
set_free (DspWork       *work,
          DspPreInvoice *pre_invoice)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  dsp_work_each (work, &dsp_statement_line, offsetof (DspStatementLine, pre_invoice_id), &pre_invoice->id, add_id, ids);
  for (guint i = 0; i < ids->len; i++)
    {
      DspStatementLine *line = dsp_work_edit (work, &dsp_statement_line, &g_array_index (ids, DspId, i), NULL);

      if (line != NULL)
        dsp_statement_release (work, line);
    }
  pre_invoice->n_observed = (DspInt) { 0 };
}

/* They were withdrawn. */
static gboolean
has_lines (const DspPreInvoice *pre_invoice,
           GError             **error)
{
  return pre_invoice->n_lines.value > 0 || dsp_refuse (error, DSP_RULE_STATE, _("pre-invoice %s has no lines left"), pre_invoice->number);
}

static gboolean
submit (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspPreInvoice *pre_invoice = record;

  if (pre_invoice->n_observed.value > 0)
    return dsp_refuse (error, DSP_RULE_STATE, _("pre-invoice %s has %d observed lines: defend, correct or withdraw them first"),
                       pre_invoice->number, (int) pre_invoice->n_observed.value);
  if (!has_lines (pre_invoice, error))
    return FALSE;
  pre_invoice->submitted_at.us = dsp_work_now (work);
  return TRUE;
}

static void
decide (DspWork       *work,
        DspPreInvoice *pre_invoice,
        const char    *reason)
{
  dsp_set_text (&pre_invoice->decided_by, dsp_work_actor (work)->user_name);
  pre_invoice->decided_at.us = dsp_work_now (work);
  dsp_set_text (&pre_invoice->reason, reason);
}

static gboolean
observe (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  decide (work, record, ((const DspReason *) args)->reason);
  return TRUE;
}

static gboolean
approve (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  DspPreInvoice *pre_invoice = record;

  if (pre_invoice->n_observed.value > 0)
    return dsp_refuse (error, DSP_RULE_STATE, _("pre-invoice %s has %d observed lines: accept them, or send it back"), pre_invoice->number,
                       (int) pre_invoice->n_observed.value);
  if (!has_lines (pre_invoice, error))
    return FALSE;
  decide (work, pre_invoice, NULL);
  return TRUE;
}

static gboolean
reject (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  decide (work, record, ((const DspReason *) args)->reason);
  set_free (work, record);
  return TRUE;
}

static gboolean
discard (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  set_free (work, record);
  return TRUE;
}

/* RFC 4122's text form, as the tax authority prints it: in upper case. */
static gboolean
check_uuid (const char *uuid,
            GError    **error)
{
  if (g_uuid_string_is_valid (uuid))
    return TRUE;
  return dsp_refuse (error, DSP_RULE_INVALID, _("“%s” is no UUID of a tax invoice (XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX)"), uuid);
}

static gboolean
check_day (DspWork *work,
           DspDate  day,
           DspDate  earliest,
           GError **error)
{
  DspDate today = dsp_calendar_day (dsp_work_calendar (work), dsp_work_now (work), NULL);
  char text[16], first[16];

  dsp_date_print (day, text);
  dsp_date_print (earliest, first);
  if (day.day > today.day)
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s has not come yet"), text);
  return day.day >= earliest.day || dsp_refuse (error, DSP_RULE_INVALID, _("%s is before %s, when it cannot have been"), text, first);
}

static gboolean
invoice (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  DspPreInvoice *pre_invoice = record;
  const DspInvoiced *said = args;
  g_autofree char *uuid = NULL;

  if (!check_uuid (said->uuid, error) ||
      !check_day (work, said->day, pre_invoice->from, error))
    return FALSE;
  uuid = g_ascii_strup (said->uuid, -1);
  dsp_set_text (&pre_invoice->invoice_uuid, uuid);
  dsp_set_text (&pre_invoice->invoice_number, said->number);
  pre_invoice->invoiced_on = said->day;
  return TRUE;
}

static gboolean
pay (DspWork      *work,
     gpointer      record,
     gconstpointer args,
     GError      **error)
{
  DspPreInvoice *pre_invoice = record;
  const DspPaid *said = args;

  if (!check_day (work, said->day, pre_invoice->invoiced_on, error))
    return FALSE;
  pre_invoice->paid_on = said->day;
  dsp_set_text (&pre_invoice->payment, said->payment);
  return TRUE;
}

/* clang-format off */
static const DspField reason_fields[] = {
  DSP_TEXT (DspReason, reason, N_("Reason"), .flags = DSP_REQUIRED | DSP_LONG | DSP_WHY, .max = 2000),
};
static const DspTable reason_args = DSP_TABLE (DspReason, reason_fields, "pre_invoice_reason");

static const DspField invoice_fields[] = {
  DSP_TEXT (DspInvoiced, uuid,   N_("Tax invoice's UUID"), .flags = DSP_REQUIRED, .min = 36, .max = 36, .check = check_uuid),
  DSP_TEXT (DspInvoiced, number, N_("Tax invoice's number"), .max = 40),
  DSP_DATE (DspInvoiced, day,    N_("Invoiced on"), .flags = DSP_REQUIRED),
};
static const DspTable invoice_args = DSP_TABLE (DspInvoiced, invoice_fields, "invoice");

static const DspField pay_fields[] = {
  DSP_DATE (DspPaid, day,     N_("Paid on"), .flags = DSP_REQUIRED),
  DSP_TEXT (DspPaid, payment, N_("Payment reference"), .flags = DSP_REQUIRED, .max = 80),
};
static const DspTable pay_args = DSP_TABLE (DspPaid, pay_fields, "pay");

#define P(state) DSP_BIT (DSP_PRE_INVOICE_##state)
#define STEP DSP_COMMAND_STEP
const DspCommand dsp_pre_invoice_create =
  { "pre_invoice.create",  N_("New pre-invoice"), N_("Pre-invoice generated"), &dsp_pre_invoice, &dsp_pre_invoice.table, 0, P (DRAFT), DSP_COMMAND_PUTS | DSP_COMMAND_CREATES | DSP_COMMAND_WHOLE, create };
const DspCommand dsp_pre_invoice_submit =
  { "pre_invoice.submit",  N_("Submit"), N_("Pre-invoice submitted"), &dsp_pre_invoice, NULL, P (DRAFT) | P (OBSERVED), P (SUBMITTED), STEP, submit };
const DspCommand dsp_pre_invoice_observe =
  { "pre_invoice.observe", N_("Send back with observations"), N_("Pre-invoice sent back"), &dsp_pre_invoice, &reason_args, P (SUBMITTED), P (OBSERVED), STEP, observe };
const DspCommand dsp_pre_invoice_approve =
  { "pre_invoice.approve", N_("Approve"), N_("Pre-invoice approved"), &dsp_pre_invoice, NULL, P (SUBMITTED), P (APPROVED), STEP, approve };
const DspCommand dsp_pre_invoice_reject =
  { "pre_invoice.reject",  N_("Reject pre-invoice"), N_("Pre-invoice rejected"), &dsp_pre_invoice, &reason_args, P (SUBMITTED) | P (OBSERVED), P (REJECTED), STEP | DSP_COMMAND_WHOLE, reject };
const DspCommand dsp_pre_invoice_discard =
  { "pre_invoice.discard", N_("Discard draft"), N_("Draft discarded"), &dsp_pre_invoice, NULL, P (DRAFT), 0, DSP_COMMAND_DELETES | DSP_COMMAND_WHOLE, discard };
const DspCommand dsp_pre_invoice_invoice =
  { "pre_invoice.invoice", N_("Record the tax invoice"), N_("Tax invoice recorded"), &dsp_pre_invoice, &invoice_args, P (APPROVED), P (INVOICED), STEP, invoice };
const DspCommand dsp_pre_invoice_pay =
  { "pre_invoice.pay",     N_("Record the payment"), N_("Payment recorded"), &dsp_pre_invoice, &pay_args, P (INVOICED), P (PAID), STEP, pay };
/* clang-format on */
