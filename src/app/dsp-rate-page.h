/* dsp-rate-page.h: what distributors are paid for what, and the taxes on it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_RATE_PAGE (dsp_rate_page_get_type ())
G_DECLARE_FINAL_TYPE (DspRatePage, dsp_rate_page, DSP, RATE_PAGE, GtkWidget)

GtkWidget *dsp_rate_page_new (DspOffice *office);

G_END_DECLS
