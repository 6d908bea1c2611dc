/* test-money-words.c: amounts in words, where the language is irregular
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-money.h"

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
      g_autofree char *words = dsp_money_dup_words (cases[i].cents, "MXN");

      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

/* The smallest number has no positive counterpart. */
static void
test_limits (void)
{
  g_autofree char *least = dsp_money_dup_words (G_MININT64, "MXN"), *dollars = dsp_money_dup_words (123450, "USD");

  g_assert_true (g_str_has_prefix (least, "MENOS NOVENTA Y DOS MIL"));
  g_assert_true (g_str_has_suffix (least, "08/100 M.N."));
  g_assert_cmpstr (dollars, ==, "UN MIL DOSCIENTOS TREINTA Y CUATRO 50/100 USD");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/money-words/s0-04-irregular-numbers", test_words);
  g_test_add_func ("/money-words/s0-04-limits-and-other-currencies", test_limits);
  return g_test_run ();
}
