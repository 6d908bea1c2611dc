/* dsp-money.c: arithmetic of money, in integers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money.h"

static gint64
rounded (__int128 product,
         gint64   by)
{
  __int128 half = by / 2;

  return (gint64) ((product < 0 ? product - half : product + half) / by);
}

gint64
dsp_money_share (gint64 cents,
                 gint64 millionths)
{
  return rounded ((__int128) cents * millionths, DSP_MILLION);
}

gint64
dsp_money_for_distance (gint64 cents_per_km,
                        gint64 metres)
{
  return rounded ((__int128) cents_per_km * metres, 1000);
}

void
dsp_money_print_digits (gint64 cents,
                        guint  digits,
                        char   text[DSP_MONEY_TEXT])
{
  guint64 size = cents < 0 ? -(guint64) cents : (guint64) cents, unit = 1;
  const char *sign = cents < 0 ? "-" : "";

  for (guint i = 0; i < digits; i++)
    unit *= 10;
  if (digits == 0)
    g_snprintf (text, DSP_MONEY_TEXT, "%s%" G_GUINT64_FORMAT, sign, size);
  else
    g_snprintf (text, DSP_MONEY_TEXT, "%s%" G_GUINT64_FORMAT ".%0*u", sign, size / unit, (int) digits, (guint) (size % unit));
}

void
dsp_money_print (gint64 cents,
                 char   text[DSP_MONEY_TEXT])
{
  dsp_money_print_digits (cents, dsp_currency_get ()->digits, text);
}

gboolean
dsp_decimal_parse (const char *text,
                   guint       digits,
                   gint64     *number)
{
  bool negative = *text == '-';
  const char *p = text + negative;
  gint64 value = 0;
  int fraction = -1;

  if (!g_ascii_isdigit (*p))
    return FALSE;
  for (; *p != '\0'; p++)
    {
      if (*p == '.' && fraction < 0)
        fraction = 0;
      else if (g_ascii_isdigit (*p) && fraction < (int) digits && value < G_MAXINT64 / 10000000)
        {
          value = value * 10 + (*p - '0');
          if (fraction >= 0)
            fraction++;
        }
      else
        return FALSE;
    }
  if (fraction == 0)
    return FALSE;
  for (guint i = (guint) MAX (fraction, 0); i < digits; i++)
    value *= 10;
  *number = negative ? -value : value;
  return TRUE;
}
