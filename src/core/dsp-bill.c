/* dsp-bill.c: what a pre-invoice of a period would hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One function for the preview and for the generation. Same records, same bill, in whatever order they are given.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"

typedef struct {
  GPtrArray *lines; /* of DspStatementLine */
  DspDate    from, until;
} Collecting;

static gboolean
collect (gconstpointer record,
         gpointer      user_data)
{
  const DspStatementLine *line = record;
  Collecting *collecting = user_data;

  if (line->state == DSP_LINE_FREE && collecting->from.day <= line->day.day && line->day.day <= collecting->until.day)
    g_ptr_array_add (collecting->lines, dsp_statement_line_dup (line));
  return TRUE;
}

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  return dsp_statement_line_compare (*(const DspStatementLine *const *) a, *(const DspStatementLine *const *) b);
}

static gboolean
find_unreviewed (gconstpointer record,
                 gpointer      user_data)
{
  const DspPenalty *penalty = record;
  bool *unreviewed = user_data;

  *unreviewed = penalty->state == DSP_PENALTY_PENDING || penalty->state == DSP_PENALTY_APPEALED;
  return !*unreviewed;
}

/* What stands against billing it now. */
static DspLeftOut
left_out (DspWork                *work,
          const DspStatementLine *line)
{
  const DspOrder *order;
  bool unreviewed = false;

  if (!line->amount.is_set)
    return DSP_LEFT_OUT_RATE;
  if (dsp_id_is_none (&line->order_id))
    return DSP_LEFT_OUT_NO;
  dsp_work_each (work, &dsp_penalty, offsetof (DspPenalty, order_id), &line->order_id, find_unreviewed, &unreviewed);
  if (unreviewed)
    return DSP_LEFT_OUT_PENALTY;
  if (line->concept != DSP_CONCEPT_SERVICE && line->concept != DSP_CONCEPT_BONUS)
    return DSP_LEFT_OUT_NO;
  order = dsp_work_get (work, &dsp_order, &line->order_id);
  return order != NULL && (order->resolution == NULL || order->closed_at.us == 0) ? DSP_LEFT_OUT_CLOSING : DSP_LEFT_OUT_NO;
}

static void
free_line (gpointer line)
{
  dsp_statement_line_free (line);
}

/* @line: (transfer full) */
static void
add_line (DspBill              *bill,
          DspWork              *work,
          const DspDistributor *distributor,
          GPtrArray            *rules,
          DspDate               until,
          DspStatementLine     *line)
{
  DspLeftOutLine out = { line, left_out (work, line) };
  const char *postal_code = line->postal_code != NULL ? line->postal_code : distributor->postal_code;

  if (out.why != DSP_LEFT_OUT_NO)
    {
      g_array_append_val (bill->left_out, out);
      return;
    }
  dsp_statement_line_tax (line, dsp_tax_rule_find (rules, distributor->tax_regime, postal_code, line->municipality, until));
  dsp_totals_add (&bill->totals, line);
  g_ptr_array_add (bill->lines, line);
}

/**
 * dsp_bill_new:
 * @work: whose facts are asked; nothing is changed. Its step is told how many lines were judged
 * @from, @until: inclusive
 *
 * Returns: (transfer full) (nullable): the taxed lines that can be billed, those that cannot with the reason, and the
 *   sums; NULL with @error if the step ended it
 */
DspBill *
dsp_bill_new (DspWork     *work,
              const DspId *distributor_id,
              DspDate      from,
              DspDate      until,
              GError     **error)
{
  const DspDistributor *there = dsp_work_get (work, &dsp_distributor, distributor_id);
  g_autoptr(DspDistributor) distributor = there != NULL ? dsp_distributor_dup (there) : dsp_distributor_new ();
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func (free_line);
  GPtrArray *rules = dsp_work_all (work, &dsp_tax_rule);
  Collecting collecting = { found, from, until };
  g_autoptr(DspBill) bill = g_new0 (DspBill, 1);

  bill->lines = g_ptr_array_new_with_free_func (free_line);
  bill->left_out = g_array_new (FALSE, FALSE, sizeof (DspLeftOutLine));
  bill->complete = dsp_work_each (work, &dsp_statement_line, offsetof (DspStatementLine, open_for), distributor_id, collect,
                                  &collecting) != DSP_FACT_UNKNOWN;
  g_ptr_array_sort (found, compare_lines);
  for (guint i = 0; i <= found->len; i++)
    {
      if (!dsp_work_pass (work, 0, i, found->len, error))
        return NULL;
      if (i < found->len)
        add_line (bill, work, distributor, rules, until, g_steal_pointer (&found->pdata[i]));
    }
  return g_steal_pointer (&bill);
}

void
dsp_bill_free (DspBill *bill)
{
  if (bill == NULL)
    return;
  for (guint i = 0; i < bill->left_out->len; i++)
    dsp_statement_line_free (g_array_index (bill->left_out, DspLeftOutLine, i).line);
  g_array_unref (bill->left_out);
  g_ptr_array_unref (bill->lines);
  g_free (bill);
}
