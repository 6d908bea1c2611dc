/* dsp-paper-photo.h: a photo or a signature on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing is read before it is drawn, by whichever thread draws: a hundred sheets with photos need the memory of one photo.
 */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *name; /* (owned): below it */
  char *path; /* (owned): of the file on this computer */
} DspPaperPhoto;

DspPaperPhoto *dsp_paper_photo_new  (const char *name, const char *path);
void           dsp_paper_photo_free (DspPaperPhoto *photo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperPhoto, dsp_paper_photo_free)

/* A DspPaperDrawFunc: whole, upright and in the middle; crossed out where the file is no picture that can be read. */
void           dsp_paper_photo_draw (cairo_t *cr, gconstpointer photo, double width, double height);

G_END_DECLS
