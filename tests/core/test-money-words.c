/* test-money-words.c: amounts in words, where the language is irregular
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-entities.h"
#include "dsp-money.h"
#include "dsp-rule.h"

#include <string.h>

static void
test_words (void)
{
  static const struct { gint64 cents; const char *words; } cases[] = {
    { 0, "CERO PESOS 00/100 M.N." },
    { 1, "CERO PESOS 01/100 M.N." },
    { 100, "UN PESO 00/100 M.N." },
    { 1650, "DIECISÉIS PESOS 50/100 M.N." },
    { 2100, "VEINTIÚN PESOS 00/100 M.N." },
    { 3100, "TREINTA Y UN PESOS 00/100 M.N." },
    { 4000, "CUARENTA PESOS 00/100 M.N." },
    { 10000, "CIEN PESOS 00/100 M.N." },
    { 10100, "CIENTO UN PESOS 00/100 M.N." },
    { 50099, "QUINIENTOS PESOS 99/100 M.N." },
    { 100000, "UN MIL PESOS 00/100 M.N." },
    { 123450, "UN MIL DOSCIENTOS TREINTA Y CUATRO PESOS 50/100 M.N." },
    { 2100000, "VEINTIÚN MIL PESOS 00/100 M.N." },
    { 10000000, "CIEN MIL PESOS 00/100 M.N." },
    { 10100000, "CIENTO UN MIL PESOS 00/100 M.N." },
    { 100000000, "UN MILLÓN DE PESOS 00/100 M.N." },
    { 100100000, "UN MILLÓN UN MIL PESOS 00/100 M.N." },
    { 200000001, "DOS MILLONES DE PESOS 01/100 M.N." },
    { 2100000100, "VEINTIÚN MILLONES UN PESOS 00/100 M.N." },
    { DSP_MONEY_MAX, "UN MIL MILLONES DE PESOS 00/100 M.N." },
    { G_GINT64_CONSTANT (100000000000000), "UN BILLÓN DE PESOS 00/100 M.N." },
    { G_GINT64_CONSTANT (100000100000000), "UN BILLÓN UN MILLÓN DE PESOS 00/100 M.N." },
    { G_MAXINT64, "NOVENTA Y DOS MIL DOSCIENTOS TREINTA Y TRES BILLONES SETECIENTOS VEINTE MIL TRESCIENTOS SESENTA Y OCHO MILLONES "
                  "QUINIENTOS CUARENTA Y SIETE MIL SETECIENTOS CINCUENTA Y OCHO PESOS 07/100 M.N." },
    { -123450, "MENOS UN MIL DOSCIENTOS TREINTA Y CUATRO PESOS 50/100 M.N." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = dsp_money_dup_words (cases[i].cents, dsp_currency_find ("MXN"));

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

/* The smallest number has no positive counterpart. */
static void
test_limits (void)
{
  static const struct { const char *currency; gint64 cents; const char *words; } cases[] = {
    { "USD", 123450, "UN MIL DOSCIENTOS TREINTA Y CUATRO DÓLARES 50/100 USD" },
    { "USD", 100, "UN DÓLAR 00/100 USD" },
    { "EUR", 100000000, "UN MILLÓN DE EUROS 00/100 EUR" },
    { "JPY", 1234, "UN MIL DOSCIENTOS TREINTA Y CUATRO YENES JPY" },
    { "CLP", -1, "MENOS UN PESO CLP" },
    { "KWD", 1234500, "UN MIL DOSCIENTOS TREINTA Y CUATRO 500/1000 KWD" },
    { "CLF", 10001, "UN 0001/10000 CLF" },
  };
  g_autofree char *least = dsp_money_dup_words (G_MININT64, dsp_currency_find ("MXN"));

  g_assert_true (g_str_has_prefix (least, "MENOS NOVENTA Y DOS MIL"));
  g_assert_true (g_str_has_suffix (least, "08/100 M.N."));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *words = dsp_money_dup_words (cases[i].cents, dsp_currency_find (cases[i].currency));

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

/* Three letters of ISO 4217, whatever the office wrote; MXN is what there is before. */
static void
test_codes (void)
{
  static const char *const bad[] = { "", "mxn", "MX", "MXNN", "XXX", "XAU", "ZZZ", "$" };

  g_assert_cmpstr (dsp_currency_get ()->code, ==, "MXN");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (dsp_currency_find (bad[i]));
      g_assert_false (dsp_currency_check (bad[i], &error));
      g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_INVALID);
      g_assert_nonnull (strstr (error->message, bad[i]));
      dsp_currency_set (bad[i]);
      g_assert_cmpstr (dsp_currency_get ()->code, ==, "MXN");
    }
  g_assert_cmpuint (dsp_currency_find ("MXN")->digits, ==, 2);
  g_assert_cmpuint (dsp_currency_find ("JPY")->digits, ==, 0);
  g_assert_cmpuint (dsp_currency_find ("BHD")->digits, ==, 3);
  g_assert_cmpuint (dsp_currency_find ("UYW")->digits, ==, 4);
}

/* An amount that is typed comes back as it is shown, with the digits that the currency has, and no more. */
static void
test_digits (void)
{
  static const struct { const char *currency, *typed, *shown; gint64 cents; } cases[] = {
    { "MXN", "1234.5", "1234.50", 123450 }, { "MXN", "-0.01", "-0.01", -1 }, { "MXN", "1.234", NULL, 0 }, { "JPY", "1234", "1234", 1234 },
    { "JPY", "1234.5", NULL, 0 }, { "JPY", "1234.", NULL, 0 }, { "KWD", "0.005", "0.005", 5 }, { "KWD", "12", "12.000", 12000 },
    { "CLF", "1.0001", "1.0001", 10001 }, { "USD", "", NULL, 0 },
  };
  const DspField *field = dsp_table_at (&dsp_rate.table, offsetof (DspRate, amount));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(DspRate) rate = dsp_rate_new ();
      g_autofree char *text = NULL;

      dsp_currency_set (cases[i].currency);
      g_assert_cmpint (dsp_field_set_said (field, rate, cases[i].typed, NULL), ==, cases[i].shown != NULL || *cases[i].typed == '\0');
      text = dsp_field_dup_said (field, rate);
      g_assert_cmpstr (text, ==, cases[i].shown);
      g_assert_cmpint (rate->amount.cents, ==, cases[i].cents);
    }
  dsp_currency_set (NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/money-words/s0-04-irregular-numbers", test_words);
  g_test_add_func ("/money-words/s0-04-limits-and-other-currencies", test_limits);
  g_test_add_func ("/currency/s0-04-codes-are-iso-4217s-others-are-refused-by-name", test_codes);
  g_test_add_func ("/currency/s0-04-amounts-have-the-currencys-digits", test_digits);
  return g_test_run ();
}
