/* test-filter.c: the text form of filters, and what they match
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-filter.h"
#include "dsp-rule.h"

#include <string.h>

#define NOW (G_GINT64_CONSTANT (1800000000) * G_TIME_SPAN_SECOND)

static bool
matches (const char     *text,
         const DspOrder *order)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, text, &error);

  g_assert_no_error (error);
  return dsp_filter_matches (filter, order, NOW);
}

static void
test_eleven_criteria (void)
{
  DspOrder o = { .number = (char *) "904112", .group = (char *) "Norte", .type = (char *) "Reparación",
                 .subtype = (char *) "Sin señal", .created_at = { NOW - G_TIME_SPAN_DAY }, .attention_at = { NOW },
                 .penalty_at = { NOW + 2 * G_TIME_SPAN_HOUR }, .account = (char *) "55120", .parent = (char *) "904000",
                 .postal_code = (char *) "03100", .status = DSP_ORDER_UNASSIGNED,
                 .contact_name = (char *) "María García" };
  static const char *const yes[] = {
    "number=904112", "group=Norte", "type=Reparaci%C3%B3n", "subtype=Sin se%C3%B1al",
    "created_at=2027-01-13T00:00:00Z..2027-01-15T00:00:00Z", "attention_at=2027-01-15T08:00:00Z..", "penalized=no",
    "penalized=<3h", "account=55120", "parent=904000", "postal_code=03100", "postal_code=031*",
    "postal_code=03000..03199", "postal_code=06700,031*", "status=unassigned,assigned", "crew_id=-", "parent=+",
    "q=garcia maria", "status=unassigned&postal_code=031*&penalized=<3h", "",
  };
  static const char *const no[] = {
    "number=904113", "group=norte", "created_at=2027-01-15T00:00:00Z..", "penalized=yes", "penalized=<1h",
    "postal_code=03101", "postal_code=032*", "status=assigned", "crew_id=+", "parent=-", "q=garcia pedro",
    "status=unassigned&postal_code=06*",
  };

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    {
      g_test_message ("%s", yes[i]);
      g_assert_true (matches (yes[i], &o));
    }
  for (guint i = 0; i < G_N_ELEMENTS (no); i++)
    {
      g_test_message ("%s", no[i]);
      g_assert_false (matches (no[i], &o));
    }
}

/* A value that looks like a mark is a value. */
static void
test_print_and_parse_agree (void)
{
  static const char *const values[] = { "a*b", "-", "+", "x..y", "1,2", "a&b=c", "100%", "Peñón", "...", "*", "a b" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
      g_autoptr(DspFilter) back = NULL;
      g_autoptr(GError) error = NULL;
      g_autofree char *escaped = g_uri_escape_string (values[i], NULL, FALSE);
      g_autofree char *marked = NULL, *text = NULL, *again = NULL;
      g_auto(GStrv) dots = NULL, minus = NULL;
      DspOrder o = { .group = (char *) values[i] };

      dots = g_strsplit (escaped, ".", -1);
      marked = g_strjoinv ("%2E", dots);
      if (strcmp (marked, "-") == 0)
        {
          g_free (marked);
          marked = g_strdup ("%2D");
        }
      g_assert_true (dsp_filter_set (filter, "group", marked, &error));
      g_assert_no_error (error);
      g_assert_true (dsp_filter_matches (filter, &o, NOW));
      text = dsp_filter_print (filter);
      back = dsp_filter_parse (&dsp_order, text, &error);
      g_assert_no_error (error);
      again = dsp_filter_print (back);
      g_assert_cmpstr (text, ==, again);
      g_assert_true (dsp_filter_matches (back, &o, NOW));
    }
}

static void
test_wrong_filters_name_the_value (void)
{
  static const char *const wrong[][2] = {
    { "postal_codex=1", "postal_codex" }, { "created_at=yesterday", "yesterday" },
    { "created_at=2026-02-31T00:00:00Z..", "2026-02-31" }, { "status=lost", "lost" }, { "penalized=maybe", "maybe" },
    { "penalized=<0h", "<0" }, { "crew_id=7", "7" }, { "group", "group" }, { "priority=1..x", "x" },
    { "status=assigned..closed", "status" }, { "group=%ff", "%ff" }, { "resolution=x", "resolution" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (dsp_filter_parse (&dsp_order, wrong[i][0], &error));
      g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_INVALID);
      g_assert_nonnull (strstr (error->message, wrong[i][1]));
    }
}

static void
test_set_replaces_and_removes (void)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autofree char *first = NULL, *second = NULL, *third = NULL;

  g_assert_true (dsp_filter_set (filter, "status", "unassigned", NULL));
  g_assert_true (dsp_filter_set (filter, "account", "1", NULL));
  first = dsp_filter_print (filter);
  g_assert_cmpstr (first, ==, "account=1&status=unassigned");
  g_assert_true (dsp_filter_set (filter, "status", "closed", NULL));
  second = dsp_filter_print (filter);
  g_assert_cmpstr (second, ==, "account=1&status=closed");
  g_assert_true (dsp_filter_set (filter, "status", NULL, NULL));
  g_assert_true (dsp_filter_set (filter, "account", NULL, NULL));
  third = dsp_filter_print (filter);
  g_assert_cmpstr (third, ==, "");
  g_assert_true (dsp_filter_is_empty (filter));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/S0-22/S0-23/eleven-criteria-alone-and-together", test_eleven_criteria);
  g_test_add_func ("/filter/print-and-parse-agree", test_print_and_parse_agree);
  g_test_add_func ("/filter/wrong-filters-name-the-value", test_wrong_filters_name_the_value);
  g_test_add_func ("/filter/set-replaces-and-removes", test_set_replaces_and_removes);
  return g_test_run ();
}
