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
dsp_money_print (gint64 cents,
                 char   text[DSP_MONEY_TEXT])
{
  guint64 size = cents < 0 ? -(guint64) cents : (guint64) cents;

  g_snprintf (text, DSP_MONEY_TEXT, "%s%" G_GUINT64_FORMAT ".%02u", cents < 0 ? "-" : "", size / 100, (guint) (size % 100));
}
