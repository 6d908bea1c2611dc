/* dsp-exception-strip.h: what needs somebody, with live counts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_EXCEPTION_STRIP (dsp_exception_strip_get_type ())
G_DECLARE_FINAL_TYPE (DspExceptionStrip, dsp_exception_strip, DSP, EXCEPTION_STRIP, GtkWidget)

void dsp_exception_strip_set_office (DspExceptionStrip *self, DspOffice *office);
/* The first exception that has cases becomes the filter, if none is: TRUE if one is now. */
gboolean dsp_exception_strip_ensure (DspExceptionStrip *self);

G_END_DECLS
