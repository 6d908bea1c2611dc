/* test-tables.c: what every entity's table promises
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-command.h"

#include <string.h>

static gsize
kind_size (const DspField *f)
{
  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT: return sizeof (char *);
    case DSP_KIND_ID: return sizeof (DspId);
    case DSP_KIND_TIME: return sizeof (DspTime);
    case DSP_KIND_DATE: return sizeof (DspDate);
    case DSP_KIND_INT: return sizeof (DspInt);
    case DSP_KIND_MONEY: return sizeof (DspMoney);
    case DSP_KIND_WORD: return sizeof (guint);
    case DSP_KIND_YES_NO: return sizeof (DspYesNo);
    case DSP_KIND_LIST: return sizeof (GStrv);
    }
  g_assert_not_reached ();
}

/* Rows in the order of the members, and no gap wider than alignment: a member without a row is found here. */
static void
check_covers (const DspTable *table,
              gsize           begin)
{
  gsize end = begin;

  g_assert_cmpuint (table->n_fields, <=, 64);
  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *f = &table->fields[i];

      g_test_message ("%s.%s", table->name, f->name);
      g_assert_cmpuint (f->offset, >=, end);
      g_assert_cmpuint (f->offset - end, <, 8);
      g_assert_nonnull (f->label);
      g_assert_true (dsp_table_find (table, f->name, strlen (f->name)) == f);
      end = f->offset + kind_size (f);
    }
  g_assert_cmpuint (table->size - end, <, 8);
}

static void
test_rows_cover_the_structs (void)
{
  g_assert_cmpuint (sizeof (DspRecord), ==, 40);
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    {
      g_assert_cmpuint (dsp_entities[i]->number, ==, i);
      check_covers (&dsp_entities[i]->table, sizeof (DspRecord));
      g_assert_nonnull (dsp_entities[i]->scope);
    }
  for (guint i = 0; dsp_commands[i] != NULL; i++)
    if (dsp_commands[i]->args != NULL && !(dsp_commands[i]->flags & DSP_COMMAND_PUTS))
      check_covers (dsp_commands[i]->args, 0);
}

static void
test_words_have_no_gap (void)
{
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    for (guint j = 0; j < dsp_entities[i]->table.n_fields; j++)
      {
        const DspField *f = &dsp_entities[i]->table.fields[j];

        if (f->kind != DSP_KIND_WORD)
          continue;
        g_assert_null (f->words->list[0].name);
        for (guint w = 1; w < f->words->n; w++)
          {
            g_assert_nonnull (f->words->list[w].name);
            g_assert_nonnull (f->words->list[w].label);
            g_assert_cmpuint (dsp_words_find (f->words, f->words->list[w].name, strlen (f->words->list[w].name)), ==, w);
          }
      }
}

static void
test_thirteen_columns (void)
{
  static const char *const columns[] = { "number", "account", "group", "type", "subtype", "created_at", "attention_at",
                                         "penalty_at", "state", "municipality", "neighbourhood", "postal_code",
                                         "priority" };
  guint n = 0;

  for (guint i = 0; i < dsp_order.table.n_fields && n < G_N_ELEMENTS (columns); i++)
    if (dsp_order.table.fields[i].flags & DSP_COLUMN)
      g_assert_cmpstr (dsp_order.table.fields[i].name, ==, columns[n++]);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (columns));
}

static void
test_texts_round_trip (void)
{
  g_autoptr(DspOrder) order = dsp_order_new ();
  g_autoptr(GError) error = NULL;
  static const char *const values[][2] = {
    { "number", "904112" }, { "created_at", "2026-11-21T18:30:00Z" }, { "priority", "3" }, { "status", "in_progress" },
    { "crew_id", "01890a5d-ac96-774b-bcce-b302099a8057" }, { "lat_e7", "-194326070" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      const DspField *f = dsp_table_find (&dsp_order.table, values[i][0], strlen (values[i][0]));
      g_autofree char *text = NULL;

      g_assert_true (dsp_field_set_text (f, order, values[i][1], &error));
      g_assert_no_error (error);
      text = dsp_field_dup_text (f, order);
      g_assert_cmpstr (text, ==, values[i][1]);
      g_assert_false (dsp_field_is_none (f, order));
      g_assert_true (dsp_field_set_text (f, order, "  ", NULL));
      g_assert_true (dsp_field_is_none (f, order));
    }
}

static void
test_days_that_do_not_exist (void)
{
  static const char *const wrong[] = { "2026-02-31T00:00:00Z", "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
                                       "2026-01-01T24:00:00Z", "2026-01-01 00:00:00", "2026-01-01T00:00:00+00:00",
                                       "2026-01-01T00:00:00.Z", "" };
  DspTime time = { 7 };
  DspDate date;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (dsp_time_parse (wrong[i], strlen (wrong[i]), &time));
      g_assert_cmpint (time.us, ==, 7);
    }
  g_assert_true (dsp_time_parse ("2024-02-29T23:59:59.25Z", 23, &time));
  g_assert_cmpint (time.us % G_TIME_SPAN_SECOND, ==, 250000);
  g_assert_true (dsp_date_parse ("1970-01-01", 10, &date));
  g_assert_cmpint (date.day, ==, 1);
  g_assert_cmpint (dsp_date_weekday (date), ==, 4);
  g_assert_cmpint (dsp_date_weekday (dsp_date_make (2026, 11, 21)), ==, 6);
  g_assert_cmpint (dsp_date_make (2026, 2, 31).day, ==, 0);
}

/* Against GLib's own calendar, over two centuries. */
static void
test_times_agree_with_glib (void)
{
  for (gint64 s = G_GINT64_CONSTANT (-2208988800); s < G_GINT64_CONSTANT (4102444800); s += 86399 * 7)
    {
      g_autoptr(GDateTime) glib = g_date_time_new_from_unix_utc (s);
      g_autofree char *expected = g_date_time_format (glib, "%Y-%m-%dT%H:%M:%SZ");
      char text[32];
      DspTime back;

      dsp_time_print ((DspTime) { s * G_TIME_SPAN_SECOND }, text);
      g_assert_cmpstr (text, ==, expected);
      g_assert_true (dsp_time_parse (text, strlen (text), &back));
      g_assert_cmpint (back.us, ==, s * G_TIME_SPAN_SECOND);
    }
}

static void
test_limits_name_field_and_value (void)
{
  g_autoptr(DspOrder) order = dsp_order_new ();
  g_autoptr(GError) error = NULL;

  dsp_set_text (&order->postal_code, "031A0");
  g_assert_false (dsp_table_check (&dsp_order.table, order,
                                   dsp_table_bit (&dsp_order.table, offsetof (DspOrder, postal_code)), &error));
  g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_INVALID);
  g_assert_nonnull (strstr (error->message, "postal_code"));
  g_assert_nonnull (strstr (error->message, "031A0"));
  g_clear_error (&error);

  dsp_set_text (&order->postal_code, "3100");
  g_assert_false (dsp_table_check (&dsp_order.table, order,
                                   dsp_table_bit (&dsp_order.table, offsetof (DspOrder, postal_code)), &error));
  g_assert_nonnull (strstr (error->message, "3100"));
  g_clear_error (&error);

  g_assert_false (dsp_table_check (&dsp_order.table, order, DSP_FIELDS_ALL, &error));
  g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_REQUIRED);
}

static void
test_zones (void)
{
  static const char *const zone[] = { "03100", "062*", "07000-07199", "Coyoacán", NULL };

  g_assert_true (dsp_zone_covers (zone, "03100", NULL));
  g_assert_false (dsp_zone_covers (zone, "03101", NULL));
  g_assert_true (dsp_zone_covers (zone, "06240", NULL));
  g_assert_true (dsp_zone_covers (zone, "07199", NULL));
  g_assert_false (dsp_zone_covers (zone, "07200", NULL));
  g_assert_true (dsp_zone_covers (zone, "04000", "Coyoacán"));
  g_assert_false (dsp_zone_covers (zone, NULL, NULL));
  g_assert_true (dsp_zone_covers (NULL, NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tables/rows-cover-the-structs", test_rows_cover_the_structs);
  g_test_add_func ("/tables/words-have-no-gap", test_words_have_no_gap);
  g_test_add_func ("/tables/S0-26/thirteen-columns-in-order", test_thirteen_columns);
  g_test_add_func ("/tables/texts-round-trip", test_texts_round_trip);
  g_test_add_func ("/tables/days-that-do-not-exist-are-refused", test_days_that_do_not_exist);
  g_test_add_func ("/tables/times-agree-with-glib", test_times_agree_with_glib);
  g_test_add_func ("/tables/S0-30/limits-name-field-and-value", test_limits_name_field_and_value);
  g_test_add_func ("/tables/zones-cover-codes-prefixes-ranges-and-municipalities", test_zones);
  return g_test_run ();
}
