/* test-record-json.c: records as JSON, round trips and refusals
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-entities.h"
#include "dsp-currency.h"
#include "dsp-record-json.h"
#include "dsp-rule.h"
#include "dsp-wire-error.h"
#include "random-record.h"

static void
test_round_trip (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);

  for (guint e = 0; dsp_entities[e] != NULL; e++)
    for (int n = 0; n < 200; n++)
      {
        const DspEntity *entity = dsp_entities[e];
        gpointer record = dsp_record_new (entity), back = dsp_record_new (entity);
        g_autoptr(GString) json = g_string_new (NULL);
        g_autoptr(GError) error = NULL;
        guint64 given = 0;

        random_record_fill (&entity->table, record, rand);
        dsp_record_json_write (&entity->table, record, DSP_FIELDS_ALL, json);
        g_assert_true (g_utf8_validate (json->str, (gssize) json->len, NULL));
        g_assert_true (dsp_record_json_read (&entity->table, DSP_STRICT_ARGS, json->str, json->len, back, &given, &error));
        g_assert_no_error (error);
        g_assert_true (dsp_table_equal (&entity->table, record, back));
        for (guint i = 0; i < entity->table.n_fields; i++)
          g_assert_true (!(given >> i & 1) == dsp_field_is_none (&entity->table.fields[i], record));
        dsp_record_free (entity, record);
        dsp_record_free (entity, back);
      }
}

/* The members' names and their order are for ever: a digest of every stored body depends on them. */
static void
test_frozen_line (void)
{
  DspOrder o = { .number = (char *) "904112", .account = (char *) "55120", .type = (char *) "REP",
                 .created_at = { G_GINT64_CONSTANT (1800000000000000) }, .postal_code = (char *) "03100",
                 .priority = { 2, true }, .status = DSP_ORDER_UNASSIGNED, .contact_name = (char *) "Ana \"la\" Güera\n" };
  g_autoptr(GString) json = g_string_new (NULL);

  dsp_record_json_write (&dsp_order.table, &o, DSP_FIELDS_ALL, json);
  g_assert_cmpstr (json->str, ==,
                   "{\"number\":\"904112\",\"account\":\"55120\",\"type\":\"REP\",\"created_at\":\"2027-01-15T08:00:00Z\","
                   "\"postal_code\":\"03100\",\"priority\":2,\"status\":\"unassigned\","
                   "\"contact_name\":\"Ana \\\"la\\\" Güera\\n\"}");
}

static void
refused (const char *json,
         GQuark      domain,
         int         code)
{
  g_autofree char *escaped = g_strescape (json, NULL);
  DspOrder o = { 0 };
  g_autoptr(GError) error = NULL;

  g_test_message ("%s", escaped);
  g_assert_false (dsp_record_json_read (&dsp_order.table, DSP_STRICT_ARGS, json, strlen (json), &o, NULL, &error));
  g_assert_error (error, domain, code);
  for (guint i = 0; i < dsp_order.table.n_fields; i++)
    g_assert_true (dsp_field_is_none (&dsp_order.table.fields[i], &o));
}

static void
test_garbage (void)
{
  static const char *const broken[] = {
    "", "{", "[]", "{\"number\"}", "{\"number\":}", "{\"number\":\"x\"", "{\"number\":\"x\"}x", "{\"number\":\"x\",}",
    "{\"number\":\"\\u0000\"}", "{\"number\":\"\\ud800\"}", "{\"number\":\"\xff\"}", "{\"number\":\"\\x\"}",
    "{\"priority\":1.5}", "{\"priority\":99999999999999999999}", "{\"priority\":01}",
    "{\"number\":\"a\",\"number\":\"b\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    refused (broken[i], DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID);
  refused ("{\"created_at\":\"2026-02-31T00:00:00Z\"}", DSP_RULE_ERROR, DSP_RULE_INVALID);
  refused ("{\"crew_id\":\"7\"}", DSP_RULE_ERROR, DSP_RULE_INVALID);
  refused ("{\"number\":7}", DSP_RULE_ERROR, DSP_RULE_INVALID);
  refused ("{\"status\":\"lost\"}", DSP_RULE_ERROR, DSP_RULE_INVALID);
  refused ("{\"number\":\"x\",\"colour\":\"red\"}", DSP_WIRE_ERROR, DSP_WIRE_ERROR_UPGRADE);
}

static void
test_one_meaning_of_none (void)
{
  static const char json[] = "{\"number\":\" x \",\"account\":null,\"group\":\"\",\"type\":\"  \",\"crew_id\":\"\"}";
  DspOrder o = { 0 };
  guint64 given = 0;

  g_assert_true (dsp_record_json_read (&dsp_order.table, DSP_STRICT_ARGS, json, strlen (json), &o, &given, NULL));
  g_assert_cmpstr (o.number, ==, "x");
  g_assert_null (o.account);
  g_assert_null (o.group);
  g_assert_null (o.type);
  g_assert_true (given & dsp_table_bit (&dsp_order.table, offsetof (DspOrder, account)));
  g_assert_true (given & dsp_table_bit (&dsp_order.table, offsetof (DspOrder, crew_id)));
  dsp_table_clear (&dsp_order.table, &o);
}

static void
test_newer_server (void)
{
  static const char json[] = "{\"number\":\"x\",\"colour\":{\"a\":[1,2.5e3,\"}\"]},\"status\":\"paused\",\"account\":\"1\"}";
  DspOrder o = { 0 };
  g_autoptr(GError) error = NULL;

  g_assert_true (dsp_record_json_read (&dsp_order.table, DSP_STRICT_RECORD, json, strlen (json), &o, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (o.status, ==, DSP_WORD_UNKNOWN);
  g_assert_cmpstr (o.account, ==, "1");
  g_assert_false (dsp_order_is_open (&o));
  dsp_table_clear (&dsp_order.table, &o);
}

/* On the wire an amount is written the same in any currency: what is stored does not change its meaning with the office. */
static void
test_any_currency (void)
{
  static const char *const codes[] = { "MXN", "JPY", "KWD", "CLF" };
  DspRate rate = { .amount = { 123450, true } };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr(GString) json = g_string_new (NULL);
      DspRate back = { 0 };

      dsp_currency_set (codes[i]);
      dsp_record_json_write (&dsp_rate.table, &rate, DSP_FIELDS_ALL, json);
      g_assert_nonnull (strstr (json->str, "\"1234.50\""));
      g_assert_true (dsp_record_json_read (&dsp_rate.table, DSP_STRICT_RECORD, json->str, json->len, &back, NULL, NULL));
      g_assert_cmpint (back.amount.cents, ==, 123450);
      dsp_table_clear (&dsp_rate.table, &back);
    }
  dsp_currency_set (NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-json/random-records-of-all-entities-round-trip", test_round_trip);
  g_test_add_func ("/record-json/the-line-of-an-order-is-frozen", test_frozen_line);
  g_test_add_func ("/record-json/garbage-leaves-an-empty-record", test_garbage);
  g_test_add_func ("/record-json/one-meaning-of-none", test_one_meaning_of_none);
  g_test_add_func ("/record-json/a-newer-server-is-read", test_newer_server);
  g_test_add_func ("/record-json/s0-04-amounts-are-written-the-same-in-any-currency", test_any_currency);
  return g_test_run ();
}
