/* dsp-macro.c: the columns of the workbook of open services, and what the office calls things
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-macro"

#include "config.h"
#include "dsp-macro-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "dsp-filter.h"
#include "dsp-replica-private.h"

/* ---- columns ---- */

static const struct { const char *label; const char *name; guint width; gboolean written; } firsts[DSP_MACRO_FIRST_FACT] = {
  [DSP_MACRO_ID]        = { N_("Key (do not change)"),     "order_id",     12, FALSE },
  [DSP_MACRO_VERSION]   = { N_("Version (do not change)"), "version",      10, FALSE },
  [DSP_MACRO_WAS]       = { N_("As it was (do not change)"), "was",        12, FALSE },
  [DSP_MACRO_NUMBER]    = { N_("Request number"),          "number",       14, FALSE },
  [DSP_MACRO_CREW]      = { N_("Crew"),                    "crew",         18, TRUE },
  [DSP_MACRO_STATUS]    = { N_("Status"),                  "status",       15, TRUE },
  [DSP_MACRO_ATTENTION] = { N_("Attention date"),          "attention_at", 17, TRUE },
  [DSP_MACRO_REASON]    = { N_("Reason"),                  "reason",       24, TRUE },
  [DSP_MACRO_ASKED_BY]  = { N_("Who asked"),               "asked_by",     13, TRUE },
  [DSP_MACRO_NOTE]      = { N_("Note"),                    "note",         32, TRUE },
  [DSP_MACRO_CLOSED_AT] = { N_("Attended on"),             "closed_at",    17, TRUE },
  [DSP_MACRO_ATTENDED]  = { N_("Attended completely"),     "attended",     12, TRUE },
  [DSP_MACRO_SATISFIED] = { N_("Customer satisfied"),      "satisfied",    12, TRUE },
  [DSP_MACRO_SOLUTIONS] = { N_("Solution codes"),          "solutions",    16, TRUE },
};

static const struct { gsize offset; guint width; } facts[] = {
  { offsetof (DspOrder, account), 12 },      { offsetof (DspOrder, group), 14 },        { offsetof (DspOrder, type), 16 },
  { offsetof (DspOrder, subtype), 16 },      { offsetof (DspOrder, created_at), 17 },   { offsetof (DspOrder, penalty_at), 17 },
  { offsetof (DspOrder, penalty), 11 },      { offsetof (DspOrder, priority), 9 },      { offsetof (DspOrder, contact_name), 24 },
  { offsetof (DspOrder, phone), 14 },        { offsetof (DspOrder, street), 28 },       { offsetof (DspOrder, neighbourhood), 20 },
  { offsetof (DspOrder, municipality), 18 }, { offsetof (DspOrder, postal_code), 9 },   { offsetof (DspOrder, distributor_id), 18 },
  { offsetof (DspOrder, reschedules), 12 },
};

#define N_COLUMNS (DSP_MACRO_FIRST_FACT + G_N_ELEMENTS (facts))

guint
dsp_macro_n_columns (void)
{
  return N_COLUMNS;
}

const DspMacroSpec *
dsp_macro_column (guint column)
{
  static DspMacroSpec specs[N_COLUMNS];
  static gsize made;

  g_return_val_if_fail (column < N_COLUMNS, NULL);

  if (g_once_init_enter (&made))
    {
      for (guint i = 0; i < N_COLUMNS; i++)
        {
          const DspField *field = i < DSP_MACRO_FIRST_FACT ? NULL : dsp_table_at (&dsp_order.table, facts[i - DSP_MACRO_FIRST_FACT].offset);

          specs[i] = field != NULL ? (DspMacroSpec) { field->name, field->label, field, facts[i - DSP_MACRO_FIRST_FACT].width, FALSE }
                                   : (DspMacroSpec) { firsts[i].name, firsts[i].label, NULL, firsts[i].width, firsts[i].written };
        }
      g_once_init_leave (&made, 1);
    }
  return &specs[column];
}

/* ---- words ---- */

const char *
dsp_macro_yes_no (DspYesNo value)
{
  return value == DSP_YES ? _("Yes") : value == DSP_NO ? _("No") : "";
}

const char *
dsp_macro_crew_title (DspMacroOffice *office,
                      const DspId    *id)
{
  DspMacroName *name = g_hash_table_lookup (office->crew_by_id, id);

  return name != NULL ? name->title : "";
}

char *
dsp_macro_address (const DspOrder *order)
{
  GString *out = g_string_new (order->street);

  if (order->exterior != NULL)
    g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", order->exterior);
  if (order->interior != NULL)
    g_string_append_printf (out, " int. %s", order->interior);
  return g_string_free (out, FALSE);
}

char *
dsp_macro_time_text (DspMacroOffice *office,
                     DspTime         time)
{
  g_autoptr(GDateTime) utc = time.us != 0 ? g_date_time_new_from_unix_utc (time.us / G_TIME_SPAN_SECOND) : NULL;
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, office->zone) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M") : g_strdup ("");
}

char *
dsp_macro_fact_text (DspMacroOffice     *office,
                     const DspMacroSpec *spec,
                     const DspOrder     *order)
{
  const char *title;

  if (spec->field->offset == offsetof (DspOrder, street))
    return dsp_macro_address (order);
  if (spec->field->offset == offsetof (DspOrder, distributor_id))
    {
      title = g_hash_table_lookup (office->distributors, &order->distributor_id);
      return g_strdup (title != NULL ? title : "");
    }
  if (spec->field->kind == DSP_KIND_TIME)
    return dsp_macro_time_text (office, *dsp_field_time (spec->field, order));
  return dsp_field_is_none (spec->field, order) ? g_strdup ("") : dsp_field_dup_said (spec->field, order);
}

/* "C-07 Norte|assigned|2026-11-28 18:00": what a person changed is told by it, whatever others did since. */
char *
dsp_macro_was (DspMacroOffice *office,
               const DspOrder *order)
{
  g_autofree char *attention = dsp_macro_time_text (office, order->attention_at);

  return g_strdup_printf ("%s|%s|%s", dsp_macro_crew_title (office, &order->crew_id),
                          DspOrderStatus_words.list[MIN (order->status, DSP_N_ORDER_STATUSES - 1)].name, attention);
}

/* ---- the office ---- */

static void
free_name (gpointer data)
{
  DspMacroName *name = data;

  g_free (name->code);
  g_free (name->title);
  g_free (name);
}

static void
free_reason (gpointer data)
{
  DspMacroReason *reason = data;

  g_free (reason->code);
  g_free (reason->title);
  g_free (reason);
}

static void
free_order (gpointer order)
{
  if (order != NULL)
    dsp_order_free (order);
}

static char *
title_of (const char *code,
          const char *name)
{
  return code != NULL && name != NULL && !g_str_equal (code, name) ? g_strdup_printf ("%s %s", code, name)
                                                                    : g_strdup (code != NULL ? code : name != NULL ? name : "");
}

/* A text that two crews have names neither. */
static void
index_crew (DspMacroOffice *office,
            const char     *text,
            DspMacroName   *name)
{
  g_autofree char *folded = text != NULL ? dsp_fold (text) : NULL;

  if (folded == NULL || *folded == '\0')
    return;
  if (g_hash_table_contains (office->crew_by_text, folded) && g_hash_table_lookup (office->crew_by_text, folded) != name)
    name = NULL;
  g_hash_table_insert (office->crew_by_text, g_steal_pointer (&folded), name);
}

static void
take_crews (DspMacroOffice *office,
            DspReplica     *replica)
{
  g_autoptr(GPtrArray) all = dsp_replica_list (replica, &dsp_crew);

  for (guint retired = 0; retired < 2; retired++)
    for (guint i = 0; i < all->len; i++)
      {
        const DspCrew *crew = all->pdata[i];
        DspMacroName *name;

        if ((crew->retired == DSP_YES) != (retired == 1))
          continue;
        name = g_new0 (DspMacroName, 1);
        name->id = crew->id;
        name->code = g_strdup (crew->code);
        name->title = title_of (crew->code, crew->name);
        g_ptr_array_add (office->crews, name);
        g_hash_table_insert (office->crew_by_id, &name->id, name);
        index_crew (office, name->code, name);
        index_crew (office, name->title, name);
        office->n_active += retired == 0 ? 1 : 0;
      }
}

static void
take_catalogues (DspMacroOffice *office,
                 DspReplica     *replica)
{
  g_autoptr(GPtrArray) distributors = dsp_replica_list (replica, &dsp_distributor), reasons = dsp_replica_list (replica, &dsp_reason_code);

  for (guint i = 0; i < distributors->len; i++)
    {
      const DspDistributor *one = distributors->pdata[i];

      g_hash_table_insert (office->distributors, g_memdup2 (&one->id, sizeof one->id), title_of (one->code, one->name));
    }
  for (guint i = 0; i < reasons->len; i++)
    {
      const DspReasonCode *one = reasons->pdata[i];
      DspMacroReason *reason;

      if (one->retired == DSP_YES
          || (one->process != DSP_PROCESS_CANCEL && one->process != DSP_PROCESS_REJECT && one->process != DSP_PROCESS_RESCHEDULE))
        continue;
      reason = g_new0 (DspMacroReason, 1);
      reason->process = one->process;
      reason->code = g_strdup (one->code);
      reason->title = g_strdup_printf ("%s: %s", _(DspProcess_words.list[one->process].label), one->label != NULL ? one->label : one->code);
      g_ptr_array_add (office->reasons, reason);
    }
}

DspMacroOffice *
dsp_macro_office_new (DspReplica      *replica,
                      const DspFilter *filter,
                      GTimeZone       *zone,
                      const char      *user)
{
  DspMacroOffice *office = g_new0 (DspMacroOffice, 1);
  GHashTableIter iter;
  gpointer value;

  office->uri = g_strdup (replica->uri);
  office->filter = filter != NULL ? dsp_filter_dup (filter) : dsp_filter_new (&dsp_order);
  office->nothing = !dsp_filter_narrow (office->filter, DSP_MACRO_OPEN, NULL);
  office->zone = g_time_zone_ref (zone);
  office->user = g_strdup (user);
  office->now_us = g_get_real_time ();
  office->overlay = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, free_order);
  office->crews = g_ptr_array_new_with_free_func (free_name);
  office->crew_by_id = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  office->crew_by_text = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  office->distributors = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, g_free);
  office->reasons = g_ptr_array_new_with_free_func (free_reason);
  g_hash_table_iter_init (&iter, replica->overlay);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspHeld *held = value;

      if (held->entity == &dsp_order)
        g_hash_table_insert (office->overlay, g_memdup2 (&held->id, sizeof held->id), held->record != NULL ? dsp_order_dup (held->record) : NULL);
    }
  take_crews (office, replica);
  take_catalogues (office, replica);
  return office;
}

void
dsp_macro_office_free (DspMacroOffice *office)
{
  if (office == NULL)
    return;
  g_free (office->uri);
  dsp_filter_free (office->filter);
  g_time_zone_unref (office->zone);
  g_free (office->user);
  g_hash_table_unref (office->overlay);
  g_hash_table_unref (office->crew_by_id);
  g_hash_table_unref (office->crew_by_text);
  g_ptr_array_unref (office->crews);
  g_hash_table_unref (office->distributors);
  g_ptr_array_unref (office->reasons);
  g_free (office);
}
