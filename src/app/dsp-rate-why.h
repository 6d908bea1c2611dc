/* dsp-rate-why.h: why a rate applies to an order, and the others do not
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_RATE_WHY (dsp_rate_why_get_type ())
G_DECLARE_FINAL_TYPE (DspRateWhy, dsp_rate_why, DSP, RATE_WHY, GtkWidget)

/* For whatever order's number is written. */
GtkWidget *dsp_rate_why_new        (DspOffice *office);

/* A window about one order, or about one line of the statement: why it was priced so, and by the rates of now. */
void       dsp_rate_why_open_order (GtkWindow *parent, DspOffice *office, const DspOrder *order);
void       dsp_rate_why_open_line  (GtkWindow *parent, DspOffice *office, const DspStatementLine *line);
/* May the user see rates, or what they come to? */
bool       dsp_rate_why_opens      (DspOffice *office);

G_END_DECLS
