/* office-steps.h: what happens to a cache file of a few orders, step by step, for tests that let a step fail
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "office.h"

#include "dsp-keeper-private.h"
#include "dsp-money-commands.h"

typedef struct {
  char      *dir, *path;
  DspKeeper *keeper;
} Fixture;

static inline void
drop_delta (DspDelta *delta,
            gpointer  user_data)
{
  dsp_delta_free (delta);
}

static inline gboolean
try_open (Fixture *f,
          GError **error)
{
  f->keeper = dsp_keeper_open (f->path, drop_delta, NULL, error);
  return f->keeper != NULL;
}

static inline void
open_keeper (Fixture *f)
{
  g_autoptr(GError) error = NULL;

  try_open (f, &error);
  g_assert_no_error (error);
}

/* All that matters of it, in memory and, by its queries, in the file. */
static inline char *
describe (Fixture *f)
{
  g_autoptr(DspKeeperState) state = dsp_keeper_dup_state (f->keeper);
  g_autoptr(GString) text = g_string_new (NULL);
  static const char *const counts[] = { "SELECT count(*) FROM \"order\"", "SELECT count(*) FROM \"statement_line\"", "SELECT count(*) FROM \"pre_invoice\"",
                                        "SELECT coalesce(sum(version), 0) FROM \"order\"", "SELECT count(*) FROM outbox WHERE state = 'queued'",
                                        "SELECT count(*) FROM refused" };

  g_string_append_printf (text, "waiting %u, rejected %u, last %" G_GINT64_FORMAT ", pos %" G_GINT64_FORMAT ", cursor %s, pending %u\n", state->n_waiting,
                          state->n_rejected, dsp_keeper_last_no (f->keeper), f->keeper->pos, f->keeper->cursor != NULL ? f->keeper->cursor : "-",
                          f->keeper->pending->len);
  for (guint n = 0; n < 3; n++)
    {
      DspId id = office_id ("order", n), line_id = office_id ("statement_line", n);
      gconstpointer record = NULL;

      if (dsp_keeper_effective (f->keeper, &dsp_order, &id, &record) == DSP_FACT_HERE)
        g_string_append_printf (text, "order %u: %d at %" G_GINT64_FORMAT "\n", n, ((const DspOrder *) record)->status, ((const DspOrder *) record)->version);
      if (dsp_keeper_effective (f->keeper, &dsp_statement_line, &line_id, &record) == DSP_FACT_HERE)
        g_string_append_printf (text, "line %u: %d\n", n, ((const DspStatementLine *) record)->state);
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr(GError) error = NULL;
      gint64 n = 0;

      dsp_db_int (f->keeper->db, counts[i], &n, &error);
      g_assert_no_error (error);
      g_string_append_printf (text, "%" G_GINT64_FORMAT "\n", n);
    }
  return g_strdup (text->str);
}

/* ---- steps ---- */

static inline gboolean
assign (Fixture *f,
        GError **error)
{
  DspId ids[] = { office_id ("order", 0), office_id ("order", 1) };
  DspAssign args = { .crew_id = office_id ("crew", 1) };
  g_autoptr(DspOutcome) outcome = dsp_keeper_give (f->keeper, &dsp_order_assign, ids, 2, &args, 1, FALSE, error);

  return outcome != NULL;
}

static inline gboolean
feed_lines (Fixture *f,
            GError **error)
{
  g_autoptr(GString) changes = g_string_new (NULL);
  DspId distributor = office_id ("distributor", 1);
  char scope[DSP_ID_TEXT], id[DSP_ID_TEXT];

  dsp_id_print (&distributor, scope);
  for (guint n = 0; n < 3; n++)
    {
      g_autoptr(DspStatementLine) line = dsp_statement_line_new ();

      line->id = office_id ("statement_line", n);
      line->number = g_strdup_printf ("L%u", n);
      line->concept = DSP_CONCEPT_ADJUSTMENT;
      line->state = DSP_LINE_FREE;
      line->distributor_id = line->open_for = distributor;
      line->source_id = line->id;
      line->day.day = 20000;
      line->amount = (DspMoney) { 1000, true };
      dsp_id_print (&line->id, id);
      g_string_append_printf (changes, "%s{\"seq\":%u,\"last\":true,\"entity\":\"statement_line\",\"id\":\"%s\",\"version\":1,\"op\":\"put\",\"scope\":\"%s\","
                              "\"by\":\"ana\",\"kind\":\"statement_line.create\",\"at\":\"2025-06-01T10:00:00Z\",\"body\":", n > 0 ? "," : "", 11 + n, id, scope);
      dsp_record_json_write (&dsp_statement_line.table, line, DSP_FIELDS_ALL, changes);
      g_string_append_c (changes, '}');
    }
  return office_pull (f->keeper, changes->str, 13, error);
}

static inline gboolean
bill (Fixture *f,
      GError **error)
{
  const DspTable *table = &dsp_pre_invoice.table;
  DspId id = office_id ("pre_invoice", 1);
  DspPreInvoice args = { .distributor_id = office_id ("distributor", 1), .from = { 19990 }, .until = { 20010 } };
  g_autoptr(DspOutcome) outcome = dsp_keeper_give (f->keeper, &dsp_pre_invoice_create, &id, 1, &args,
                                                   dsp_table_bit (table, offsetof (DspPreInvoice, distributor_id)) |
                                                   dsp_table_bit (table, offsetof (DspPreInvoice, from)) |
                                                   dsp_table_bit (table, offsetof (DspPreInvoice, until)), FALSE, error);

  return outcome != NULL;
}

static inline gboolean
answered (Fixture    *f,
          const char *results,
          GError    **error)
{
  g_autofree char *reply = g_strdup_printf ("{\"epoch\":\"" OFFICE_EPOCH "\",\"last\":1,\"stable\":0,\"head\":13,\"results\":[%s]}", results);

  return dsp_keeper_pushed (f->keeper, 1, reply, strlen (reply), error);
}

static inline gboolean
applied (Fixture *f,
         GError **error)
{
  return answered (f, "{\"no\":1,\"status\":\"applied\",\"seq\":14,\"version\":2}", error);
}

static inline gboolean
rejected (Fixture *f,
          GError **error)
{
  return answered (f, "{\"no\":1,\"status\":\"rejected\",\"seq\":13,\"code\":\"state\",\"message\":\"no\"}", error);
}

static inline gboolean
settled (Fixture *f,
         GError **error)
{
  g_autoptr(DspOrder) order = office_order (0);
  g_autofree char *change = NULL;

  order->status = DSP_ORDER_ASSIGNED;
  order->crew_id = office_id ("crew", 1);
  order->version = 2;
  change = office_change (14, order, "ana");
  return office_pull (f->keeper, change, 14, error);
}

static inline gboolean
taken_away (Fixture *f,
            GError **error)
{
  static const char reply[] = "{\"epoch\":\"" OFFICE_EPOCH "\",\"head\":20,\"cursor\":\"cursor-20\",\"more\":true,\"grants\":{\"ver\":2,\"del\":[\"all\"],\"add\":[]},"
                              "\"changes\":[]}";
  DspPulled pulled;

  return dsp_keeper_pulled (f->keeper, reply, strlen (reply), &pulled, error);
}

typedef gboolean (*Step) (Fixture *f, GError **error);
