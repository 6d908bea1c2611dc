/* dsp-currency.h: the currency in which the office pays
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Amounts are integers of the minor unit, whatever the currency: sums, shares and prices by kilometre do not depend on it. It
 * is asked for where an amount becomes text for people or is read from theirs; so a program that is of one office (the window,
 * despachoctl) holds it, as it holds the language. A server, which may be of several, never asks: records on the wire, in the
 * database and in the history are written the same in any currency.
 */
#pragma once

#include "dsp-types.h"

G_BEGIN_DECLS

typedef struct {
  const char *code;   /* ISO 4217: "MXN" */
  guint       digits; /* of the minor unit: 0 to 4 */
  const char *one;    /* (nullable): in Spanish, for amounts in words: "PESO" */
  const char *many;
} DspCurrency;

#define DSP_CURRENCY_DIGITS_MAX 4

const DspCurrency *dsp_currency_find (const char *code); /* (nullable): no such code; upper case alone */
/* This program's office's: MXN until somebody says otherwise. Any thread. */
const DspCurrency *dsp_currency_get  (void);
void               dsp_currency_set  (const char *code); /* (nullable): MXN; an unknown one changes nothing */
gint64             dsp_currency_unit (const DspCurrency *currency); /* how many minor units make one: 100 */
/* The check of a field. */
gboolean           dsp_currency_check (const char *code, GError **error);

G_END_DECLS
