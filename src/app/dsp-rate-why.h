/* dsp-rate-why.h: why a rate applies to an order, and the others do not
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_RATE_WHY (dsp_rate_why_get_type ())
G_DECLARE_FINAL_TYPE (DspRateWhy, dsp_rate_why, DSP, RATE_WHY, GtkWidget)

GtkWidget *dsp_rate_why_new (DspOffice *office);

G_END_DECLS
