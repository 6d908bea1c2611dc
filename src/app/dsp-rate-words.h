/* dsp-rate-words.h: rates and tax rules in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* All: (transfer full), never NULL. Of rates: */
char *dsp_rate_words_whose  (DspOffice *office, gconstpointer rate);  /* the distributor's or master's name; "Everybody" */
char *dsp_rate_words_orders (DspOffice *office, gconstpointer rate);  /* "Fiber › Repair › Outdoor"; "Every order" */
char *dsp_rate_words_amount (DspOffice *office, gconstpointer rate);  /* "$540.00", "$4.85/km", "10 %" */
char *dsp_rate_words_asks   (DspOffice *office, gconstpointer rate);  /* by what it is specific: "order type, postal code" */
/* Conditions: "distributor, order type"; "" for none. */
char *dsp_rate_words_by     (DspRateBy by);
/* Of tax rules: */
char *dsp_tax_words_taxes   (DspOffice *office, gconstpointer rule);  /* "VAT 16 % · ISR 1.25 %" */
/* Of both: */
char *dsp_dated_words_zone  (DspOffice *office, const DspEntity *entity, gconstpointer record); /* "Everywhere" */
DspDate dsp_dated_from      (const DspEntity *entity, gconstpointer record);
DspDate dsp_dated_until     (const DspEntity *entity, gconstpointer record);
/* "01/01/2026 – 31/12/2026", "from 01/01/2026" */
char *dsp_dated_words_dates (DspDate from, DspDate until);
/* Millionths: "16 %", "1.25 %". */
char *dsp_share_text        (gint64 millionths);

G_END_DECLS
