/* dsp-money.h: arithmetic of money, in integers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Amounts are integers of the currency's minor unit (cents), distances metres, shares millionths (16 % is 160,000). Each
 * product is rounded once, half up, by magnitude: 0.5 is 1 and -0.5 is -1, as a spreadsheet's ROUND() does; so a deduction
 * takes exactly what the same amount would have given.
 */
#pragma once

#include "dsp-types.h"

G_BEGIN_DECLS

#define DSP_MILLION G_GINT64_CONSTANT (1000000)

/* The largest amount that a record takes: a thousand million of the currency. Ten thousand lines of it still fit. */
#define DSP_MONEY_MAX G_GINT64_CONSTANT (100000000000)

/* @cents × @millionths / 1,000,000. Both within ±DSP_MONEY_MAX: nothing overflows. */
gint64 dsp_money_share (gint64 cents, gint64 millionths);
/* @cents_per_km × @metres / 1,000. */
gint64 dsp_money_for_distance (gint64 cents_per_km, gint64 metres);

/* "-1234.50": for messages and files; windows have dsp_text_money(). */
#define DSP_MONEY_TEXT 32
void dsp_money_print (gint64 cents, char text[DSP_MONEY_TEXT]);

/* In Spanish words, for documents: "UN MIL DOSCIENTOS PESOS 50/100 M.N.". @currency: "MXN", or another's three letters. Any number
 * of cents. (transfer full); dsp-money-words.c */
char *dsp_money_dup_words (gint64 cents, const char *currency) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
