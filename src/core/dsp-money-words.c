/* dsp-money-words.c: an amount in words, as documents in Mexico carry it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Always Spanish, whatever the window's language: the words belong to the document. One thousand is "UN MIL", so that nothing
 * can be written in front of it.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money.h"

#include <string.h>

#define MILLION G_GUINT64_CONSTANT (1000000)

static void
put (GString    *out,
     const char *word)
{
  if (out->len > 0)
    g_string_append_c (out, ' ');
  g_string_append (out, word);
}

/* 1 to 999, before a noun: UN, not UNO. */
static void
put_hundreds (GString *out,
              guint    n)
{
  static const char *const below_30[] = {
    "", "UN", "DOS", "TRES", "CUATRO", "CINCO", "SEIS", "SIETE", "OCHO", "NUEVE", "DIEZ", "ONCE", "DOCE", "TRECE", "CATORCE", "QUINCE",
    "DIECISÉIS", "DIECISIETE", "DIECIOCHO", "DIECINUEVE", "VEINTE", "VEINTIÚN", "VEINTIDÓS", "VEINTITRÉS", "VEINTICUATRO", "VEINTICINCO",
    "VEINTISÉIS", "VEINTISIETE", "VEINTIOCHO", "VEINTINUEVE",
  };
  static const char *const tens[] = { "", "", "", "TREINTA", "CUARENTA", "CINCUENTA", "SESENTA", "SETENTA", "OCHENTA", "NOVENTA" };
  static const char *const hundreds[] = { "", "CIENTO", "DOSCIENTOS", "TRESCIENTOS", "CUATROCIENTOS", "QUINIENTOS", "SEISCIENTOS",
                                          "SETECIENTOS", "OCHOCIENTOS", "NOVECIENTOS" };

  if (n == 100)
    {
      put (out, "CIEN");
      return;
    }
  if (n >= 100)
    put (out, hundreds[n / 100]);
  n %= 100;
  if (n >= 30)
    {
      put (out, tens[n / 10]);
      if (n % 10 != 0)
        put (out, "Y");
      n %= 10;
    }
  if (n > 0)
    put (out, below_30[n]);
}

/* 0 to 999,999; 0 is nothing. */
static void
put_thousands (GString *out,
               guint    n)
{
  if (n >= 1000)
    {
      put_hundreds (out, n / 1000);
      put (out, "MIL");
    }
  put_hundreds (out, n % 1000);
}

/**
 * dsp_money_dup_words:
 * Returns: (transfer full): "UN MIL DOSCIENTOS PESOS 50/100 M.N."; for any number of minor units. Other currencies have their
 *   three letters behind, and their noun where it is known; without a minor unit there is no fraction.
 */
char *
dsp_money_dup_words (gint64             cents,
                     const DspCurrency *currency)
{
  guint64 size = cents < 0 ? -(guint64) cents : (guint64) cents, unit = (guint64) dsp_currency_unit (currency);
  guint64 whole = size / unit;
  guint billions = (guint) (whole / (MILLION * MILLION)), millions = (guint) (whole / MILLION % MILLION);
  GString *out = g_string_new (cents < 0 ? "MENOS" : NULL);

  if (billions > 0)
    {
      put_thousands (out, billions);
      put (out, billions == 1 ? "BILLÓN" : "BILLONES");
    }
  if (millions > 0)
    {
      put_thousands (out, millions);
      put (out, millions == 1 ? "MILLÓN" : "MILLONES");
    }
  if (whole == 0)
    put (out, "CERO");
  put_thousands (out, (guint) (whole % MILLION));
  if (currency->one != NULL)
    {
      if (whole > 0 && whole % MILLION == 0)
        put (out, "DE");
      put (out, whole == 1 ? currency->one : currency->many);
    }
  if (currency->digits > 0)
    g_string_append_printf (out, " %0*u/%u", (int) currency->digits, (guint) (size % unit), (guint) unit);
  put (out, strcmp (currency->code, "MXN") == 0 ? "M.N." : currency->code);
  return g_string_free (out, FALSE);
}
