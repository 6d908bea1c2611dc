/* dsp-paper-barcode.h: a number that a scanner reads back
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bars from left to right, in modules (the narrowest bar is one wide). */
typedef struct {
  guint   width;   /* of all, without quiet zone */
  GArray *bars;    /* (owned) of DspPaperBar */
} DspPaperBars;
typedef struct { guint at, width; } DspPaperBar;

/* Code 128 of @text: (transfer full), NULL if it has characters or a length that Code 128 does not have. Any thread. */
DspPaperBars *dsp_paper_bars_new  (const char *text);
void          dsp_paper_bars_free (DspPaperBars *bars);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperBars, dsp_paper_bars_free)

G_END_DECLS
