/* dsp-paper-barcode.h: a text that a scanner reads back
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

/* A QR code, in modules, without quiet zone. */
typedef struct {
  guint   size;   /* of each side */
  guint8 *dark;   /* (owned): size × size */
} DspPaperSquare;

/* (transfer full): NULL if @text is too long. Any thread. */
DspPaperSquare *dsp_paper_square_new     (const char *text);
void            dsp_paper_square_free    (DspPaperSquare *square);
gboolean        dsp_paper_square_is_dark (const DspPaperSquare *square, guint row, guint column);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperSquare, dsp_paper_square_free)

G_END_DECLS
