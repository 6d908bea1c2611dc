/* dsp-map-print.h: the map as it is shown, on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-map-view.h"
#include "dsp-office.h"
#include "dsp-paper-document.h"

G_BEGIN_DECLS

/* One page that lies: what is in view now in its light colours, over the built-in outline, with legend, scale and attribution, under
 * the filter's words. (transfer full). Main thread. */
DspPaperDocument *dsp_map_print_document (DspOffice *office, DspMapView *view) G_GNUC_WARN_UNUSED_RESULT;

/* Through the system's print dialog, which writes PDF files, too. */
void              dsp_map_print          (GtkWindow *parent, DspOffice *office, DspMapView *view);

G_END_DECLS
