/* dsp-currency.c: the currency in which the office pays
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-currency.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/* ISO 4217's codes of money that is in use, with the digits of its minor unit; metals, funds without one and tests are left
 * out. Sorted. Of some, what they are called in words; the code stands behind in any case. */
/* clang-format off */
static const DspCurrency currencies[] = {
  { "AED", 2, NULL, NULL }, { "AFN", 2, NULL, NULL }, { "ALL", 2, NULL, NULL }, { "AMD", 2, NULL, NULL },
  { "ANG", 2, NULL, NULL }, { "AOA", 2, NULL, NULL }, { "ARS", 2, "PESO", "PESOS" }, { "AUD", 2, NULL, NULL },
  { "AWG", 2, NULL, NULL }, { "AZN", 2, NULL, NULL }, { "BAM", 2, NULL, NULL }, { "BBD", 2, NULL, NULL },
  { "BDT", 2, NULL, NULL }, { "BGN", 2, NULL, NULL }, { "BHD", 3, NULL, NULL }, { "BIF", 0, NULL, NULL },
  { "BMD", 2, NULL, NULL }, { "BND", 2, NULL, NULL }, { "BOB", 2, "BOLIVIANO", "BOLIVIANOS" }, { "BOV", 2, NULL, NULL },
  { "BRL", 2, "REAL", "REALES" }, { "BSD", 2, NULL, NULL }, { "BTN", 2, NULL, NULL }, { "BWP", 2, NULL, NULL },
  { "BYN", 2, NULL, NULL }, { "BZD", 2, NULL, NULL }, { "CAD", 2, "DÓLAR", "DÓLARES" }, { "CDF", 2, NULL, NULL },
  { "CHE", 2, NULL, NULL }, { "CHF", 2, NULL, NULL }, { "CHW", 2, NULL, NULL }, { "CLF", 4, NULL, NULL },
  { "CLP", 0, "PESO", "PESOS" }, { "CNY", 2, NULL, NULL }, { "COP", 2, "PESO", "PESOS" }, { "COU", 2, NULL, NULL },
  { "CRC", 2, "COLÓN", "COLONES" }, { "CUP", 2, "PESO", "PESOS" }, { "CVE", 2, NULL, NULL }, { "CZK", 2, NULL, NULL },
  { "DJF", 0, NULL, NULL }, { "DKK", 2, NULL, NULL }, { "DOP", 2, "PESO", "PESOS" }, { "DZD", 2, NULL, NULL },
  { "EGP", 2, NULL, NULL }, { "ERN", 2, NULL, NULL }, { "ETB", 2, NULL, NULL }, { "EUR", 2, "EURO", "EUROS" },
  { "FJD", 2, NULL, NULL }, { "FKP", 2, NULL, NULL }, { "GBP", 2, NULL, NULL }, { "GEL", 2, NULL, NULL },
  { "GHS", 2, NULL, NULL }, { "GIP", 2, NULL, NULL }, { "GMD", 2, NULL, NULL }, { "GNF", 0, NULL, NULL },
  { "GTQ", 2, "QUETZAL", "QUETZALES" }, { "GYD", 2, NULL, NULL }, { "HKD", 2, NULL, NULL },
  { "HNL", 2, "LEMPIRA", "LEMPIRAS" }, { "HTG", 2, NULL, NULL }, { "HUF", 2, NULL, NULL }, { "IDR", 2, NULL, NULL },
  { "ILS", 2, NULL, NULL }, { "INR", 2, NULL, NULL }, { "IQD", 3, NULL, NULL }, { "IRR", 2, NULL, NULL },
  { "ISK", 0, NULL, NULL }, { "JMD", 2, NULL, NULL }, { "JOD", 3, NULL, NULL }, { "JPY", 0, "YEN", "YENES" },
  { "KES", 2, NULL, NULL }, { "KGS", 2, NULL, NULL }, { "KHR", 2, NULL, NULL }, { "KMF", 0, NULL, NULL },
  { "KPW", 2, NULL, NULL }, { "KRW", 0, NULL, NULL }, { "KWD", 3, NULL, NULL }, { "KYD", 2, NULL, NULL },
  { "KZT", 2, NULL, NULL }, { "LAK", 2, NULL, NULL }, { "LBP", 2, NULL, NULL }, { "LKR", 2, NULL, NULL },
  { "LRD", 2, NULL, NULL }, { "LSL", 2, NULL, NULL }, { "LYD", 3, NULL, NULL }, { "MAD", 2, NULL, NULL },
  { "MDL", 2, NULL, NULL }, { "MGA", 2, NULL, NULL }, { "MKD", 2, NULL, NULL }, { "MMK", 2, NULL, NULL },
  { "MNT", 2, NULL, NULL }, { "MOP", 2, NULL, NULL }, { "MRU", 2, NULL, NULL }, { "MUR", 2, NULL, NULL },
  { "MVR", 2, NULL, NULL }, { "MWK", 2, NULL, NULL }, { "MXN", 2, "PESO", "PESOS" }, { "MXV", 2, NULL, NULL },
  { "MYR", 2, NULL, NULL }, { "MZN", 2, NULL, NULL }, { "NAD", 2, NULL, NULL }, { "NGN", 2, NULL, NULL },
  { "NIO", 2, "CÓRDOBA", "CÓRDOBAS" }, { "NOK", 2, NULL, NULL }, { "NPR", 2, NULL, NULL }, { "NZD", 2, NULL, NULL },
  { "OMR", 3, NULL, NULL }, { "PAB", 2, "BALBOA", "BALBOAS" }, { "PEN", 2, "SOL", "SOLES" }, { "PGK", 2, NULL, NULL },
  { "PHP", 2, NULL, NULL }, { "PKR", 2, NULL, NULL }, { "PLN", 2, NULL, NULL }, { "PYG", 0, "GUARANÍ", "GUARANÍES" },
  { "QAR", 2, NULL, NULL }, { "RON", 2, NULL, NULL }, { "RSD", 2, NULL, NULL }, { "RUB", 2, NULL, NULL },
  { "RWF", 0, NULL, NULL }, { "SAR", 2, NULL, NULL }, { "SBD", 2, NULL, NULL }, { "SCR", 2, NULL, NULL },
  { "SDG", 2, NULL, NULL }, { "SEK", 2, NULL, NULL }, { "SGD", 2, NULL, NULL }, { "SHP", 2, NULL, NULL },
  { "SLE", 2, NULL, NULL }, { "SOS", 2, NULL, NULL }, { "SRD", 2, NULL, NULL }, { "SSP", 2, NULL, NULL },
  { "STN", 2, NULL, NULL }, { "SVC", 2, NULL, NULL }, { "SYP", 2, NULL, NULL }, { "SZL", 2, NULL, NULL },
  { "THB", 2, NULL, NULL }, { "TJS", 2, NULL, NULL }, { "TMT", 2, NULL, NULL }, { "TND", 3, NULL, NULL },
  { "TOP", 2, NULL, NULL }, { "TRY", 2, NULL, NULL }, { "TTD", 2, NULL, NULL }, { "TWD", 2, NULL, NULL },
  { "TZS", 2, NULL, NULL }, { "UAH", 2, NULL, NULL }, { "UGX", 0, NULL, NULL }, { "USD", 2, "DÓLAR", "DÓLARES" },
  { "USN", 2, NULL, NULL }, { "UYI", 0, NULL, NULL }, { "UYU", 2, "PESO", "PESOS" }, { "UYW", 4, NULL, NULL },
  { "UZS", 2, NULL, NULL }, { "VED", 2, NULL, NULL }, { "VES", 2, NULL, NULL }, { "VND", 0, NULL, NULL },
  { "VUV", 0, NULL, NULL }, { "WST", 2, NULL, NULL }, { "XAF", 0, NULL, NULL }, { "XCD", 2, NULL, NULL },
  { "XCG", 2, NULL, NULL }, { "XOF", 0, NULL, NULL }, { "XPF", 0, NULL, NULL }, { "YER", 2, NULL, NULL },
  { "ZAR", 2, NULL, NULL }, { "ZMW", 2, NULL, NULL }, { "ZWG", 2, NULL, NULL },
};
/* clang-format on */

static const DspCurrency *current; /* (atomic); NULL: the default */

static int
compare (const void *code,
         const void *currency)
{
  return strcmp (code, ((const DspCurrency *) currency)->code);
}

const DspCurrency *
dsp_currency_find (const char *code)
{
  return code != NULL ? bsearch (code, currencies, G_N_ELEMENTS (currencies), sizeof *currencies, compare) : NULL;
}

const DspCurrency *
dsp_currency_get (void)
{
  const DspCurrency *set = g_atomic_pointer_get (&current);

  return set != NULL ? set : dsp_currency_find ("MXN");
}

void
dsp_currency_set (const char *code)
{
  const DspCurrency *found = dsp_currency_find (code != NULL ? code : "MXN");

  if (found != NULL)
    g_atomic_pointer_set (&current, found);
}

gint64
dsp_currency_unit (const DspCurrency *currency)
{
  gint64 unit = 1;

  for (guint i = 0; i < currency->digits; i++)
    unit *= 10;
  return unit;
}

gboolean
dsp_currency_check (const char *code,
                    GError    **error)
{
  return dsp_currency_find (code) != NULL ||
         dsp_refuse (error, DSP_RULE_INVALID, _("“%s” is no currency; one is MXN, by its three letters of ISO 4217"), code);
}
