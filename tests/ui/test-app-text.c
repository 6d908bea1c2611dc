/* test-app-text.c: values and answers in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-filter-words.h"
#include "dsp-text.h"

#include <locale.h>

static void
assert_text (char       *text,
             const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_office_time (void)
{
  DspTime noon = { G_GINT64_CONSTANT (1795370400) * G_USEC_PER_SEC }; /* 22 November 2026, 18:00 UTC */

  dsp_text_set_zone ("America/Mexico_City");
  assert_text (dsp_text_time (noon), "22 Nov 12:00");
  assert_text (dsp_text_hour (noon), "12:00");
  assert_text (dsp_text_time ((DspTime) { 0 }), "");
  g_assert_cmpint (dsp_text_offset_us (noon.us), ==, -6 * G_TIME_SPAN_HOUR);
  dsp_text_set_zone ("Atlantis/Nowhere");
  assert_text (dsp_text_hour (noon), "18:00");
  dsp_text_set_zone ("America/Mexico_City");
}

static void
test_days (void)
{
  gint64 now = G_GINT64_CONSTANT (1795370400) * G_USEC_PER_SEC;
  DspDate date = { 0 }, expected = dsp_date_make (2026, 2, 28);

  g_assert_true (dsp_text_read_date ("2026-02-28", now, &date));
  g_assert_cmpint (date.day, ==, expected.day);
  date.day = 0;
  g_assert_true (dsp_text_read_date ("28/2/2026", now, &date));
  g_assert_cmpint (date.day, ==, expected.day);
  date.day = 0;
  g_assert_true (dsp_text_read_date (" 28/02 ", now, &date));
  g_assert_cmpint (date.day, ==, expected.day);
  g_assert_false (dsp_text_read_date ("31/02/2026", now, &date));
  g_assert_false (dsp_text_read_date ("tomorrow", now, &date));
  g_assert_false (dsp_text_read_date ("", now, &date));
  g_assert_cmpint (date.day, ==, expected.day);
  g_assert_cmpint (dsp_text_local_day (dsp_text_day_starts (expected).us).day, ==, expected.day);
}

static void
test_minutes (void)
{
  DspInt minutes = { 0 };

  g_assert_true (dsp_text_read_minutes ("08:30", &minutes));
  g_assert_cmpint (minutes.value, ==, 510);
  g_assert_true (dsp_text_read_minutes ("9", &minutes));
  g_assert_cmpint (minutes.value, ==, 540);
  g_assert_false (dsp_text_read_minutes ("25:00", &minutes));
  g_assert_false (dsp_text_read_minutes ("8:75", &minutes));
  g_assert_false (dsp_text_read_minutes ("early", &minutes));
  assert_text (dsp_text_minutes ((DspInt) { 510, true }), "08:30");
}

static void
test_spans (void)
{
  assert_text (dsp_text_span (5 * G_TIME_SPAN_MINUTE), "5 min");
  assert_text (dsp_text_span (72 * G_TIME_SPAN_MINUTE), "1 h 12");
  assert_text (dsp_text_span (-72 * G_TIME_SPAN_MINUTE), "1 h 12");
  assert_text (dsp_text_span (76 * G_TIME_SPAN_HOUR), "3 d 4 h");
  assert_text (dsp_text_ago (1000, 1000 + G_TIME_SPAN_SECOND), "a moment ago");
  assert_text (dsp_text_ago (0, 5 * G_TIME_SPAN_MINUTE), "5 min ago");
}

static void
test_answers (void)
{
  DspPlanAnswer answer = { .n_new = 1, .load = 7, .capacity = 9, .left = 2, .has_km = true, .extra_km = 3.04 };

  assert_text (dsp_text_answer (&answer), "Fits: 7 of 9, 2 left · +3.0 km");
  answer.warnings = DSP_PLAN_SKILL_MISSING;
  answer.skill = "Repair";
  answer.late_us = 72 * G_TIME_SPAN_MINUTE;
  assert_text (dsp_text_answer (&answer), "Skill missing: Repair · 7 of 9 · late by 1 h 12 · +3.0 km");
  answer.warnings = DSP_PLAN_OVER_CAPACITY;
  answer.load = 11;
  answer.left = -2;
  answer.late_us = 0;
  answer.has_km = false;
  assert_text (dsp_text_answer (&answer), "Over capacity: 11 of 9");
  /* A refusal stands alone: what else it would mean does not matter. */
  answer.errors = DSP_PLAN_RETIRED;
  assert_text (dsp_text_answer (&answer), "Cannot: the crew is retired");
}

static void
test_each_rule_has_a_sentence (void)
{
  for (guint rule = 0; rule < DSP_N_RULES; rule++)
    {
      g_autofree char *sentence = dsp_text_rule (rule, NULL);

      g_assert_nonnull (sentence);
      g_assert_cmpint (g_utf8_strlen (sentence, -1), >, 10);
      g_assert_true (g_str_has_suffix (sentence, "."));
    }
}

static void
test_filter_escape (void)
{
  static const char *const nasty[] = { "031*", "a,b", "1..2", "-", "+", "50%", "Álvaro Obregón", "x&y=z" };

  for (guint i = 0; i < G_N_ELEMENTS (nasty); i++)
    {
      g_autofree char *escaped = dsp_filter_escape (nasty[i]);
      g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
      g_autoptr(GError) error = NULL;
      const DspAlternative *only;

      g_assert_true (dsp_filter_set (filter, "type", escaped, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (filter->conditions->len, ==, 1);
      g_assert_cmpuint (g_array_index (filter->conditions, DspCondition, 0).any->len, ==, 1);
      only = &g_array_index (g_array_index (filter->conditions, DspCondition, 0).any, DspAlternative, 0);
      g_assert_cmpint (only->op, ==, DSP_OP_EQUAL);
      g_assert_cmpstr (only->text, ==, nasty[i]);
    }
}

/* The peso's sign is the peso's alone: other currencies say their letters. */
static void
test_currencies (void)
{
  static const struct { const char *currency; gint64 cents; const char *money, *coded; } cases[] = {
    { "MXN", 123450, "$1,234.50", "$1,234.50 MXN" }, { "USD", -2000, "−USD\u00a020.00", "−USD\u00a020.00" },
    { "JPY", 1234567, "JPY\u00a01,234,567", "JPY\u00a01,234,567" }, { "KWD", 5, "KWD\u00a00.005", "KWD\u00a00.005" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *money = NULL, *coded = NULL;

      dsp_currency_set (cases[i].currency);
      money = dsp_text_money (cases[i].cents);
      coded = dsp_text_money_coded (cases[i].cents);
      g_assert_cmpstr (money, ==, cases[i].money);
      g_assert_cmpstr (coded, ==, cases[i].coded);
    }
  dsp_currency_set (NULL);
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/text/times-are-the-office's", test_office_time);
  g_test_add_func ("/app/text/S0-22/days-are-read-and-31-february-is-none", test_days);
  g_test_add_func ("/app/text/minutes-of-the-day", test_minutes);
  g_test_add_func ("/app/text/spans", test_spans);
  g_test_add_func ("/app/text/a-crew-answers-in-one-sentence", test_answers);
  g_test_add_func ("/app/text/each-rule-has-a-sentence", test_each_rule_has_a_sentence);
  g_test_add_func ("/app/text/S0-22/what-is-typed-is-looked-for-as-it-is", test_filter_escape);
  g_test_add_func ("/app-text/S0-04/money-says-its-currency", test_currencies);
  return g_test_run ();
}
