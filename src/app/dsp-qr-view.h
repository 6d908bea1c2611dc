/* dsp-qr-view.h: a text as a square that a telephone's camera reads
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_QR_VIEW (dsp_qr_view_get_type ())
G_DECLARE_FINAL_TYPE (DspQrView, dsp_qr_view, DSP, QR_VIEW, GtkWidget)

/* @text is not kept, only the picture. Black on white in any theme: cameras do not read the reverse. */
GtkWidget *dsp_qr_view_new (const char *text, const char *name);

G_END_DECLS
