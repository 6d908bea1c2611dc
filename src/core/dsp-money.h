/* dsp-money.h: arithmetic of money, in integers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Amounts are integers of the currency's minor unit (called cents, whatever it is), distances metres, shares millionths (16 % is
 * 160,000). Each product is rounded once, half up, by magnitude: 0.5 is 1 and -0.5 is -1, as a spreadsheet's ROUND() does; so a
 * deduction takes exactly what the same amount would have given.
 */
#pragma once

#include "dsp-currency.h"

G_BEGIN_DECLS

#define DSP_MILLION G_GINT64_CONSTANT (1000000)

/* The largest amount that a record takes: a thousand million of the currency. Ten thousand lines of it still fit. */
#define DSP_MONEY_MAX G_GINT64_CONSTANT (100000000000)

/* @cents × @millionths / 1,000,000. Both within ±DSP_MONEY_MAX: nothing overflows. */
gint64 dsp_money_share (gint64 cents, gint64 millionths);
/* @cents_per_km × @metres / 1,000. */
gint64 dsp_money_for_distance (gint64 cents_per_km, gint64 metres);

/* "-1234.50", with as many digits as the office's currency has: for messages; windows have dsp_text_money(). */
#define DSP_MONEY_TEXT 32
void dsp_money_print (gint64 cents, char text[DSP_MONEY_TEXT]);
/* The same with @digits behind the point: those of a document's currency. */
void dsp_money_print_digits (gint64 cents, guint digits, char text[DSP_MONEY_TEXT]);
/* A number with at most @digits behind the point, as a whole number of its last digit; nothing else around it. FALSE, with @number
 * untouched, for anything else and for what no amount comes near. */
gboolean dsp_decimal_parse (const char *text, guint digits, gint64 *number);

/* In Spanish words, for documents: "UN MIL DOSCIENTOS PESOS 50/100 M.N.", "UN MIL DOSCIENTOS DÓLARES 50/100 USD". Any number of
 * minor units. (transfer full); dsp-money-words.c */
char *dsp_money_dup_words (gint64 cents, const DspCurrency *currency) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
