/* dsp-chart-draw.h: bars with their words, drawn with cairo: on the screen and into files alike
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-16. Bars lie beside their names; those of times stand. Two series differ by pattern besides colour, every bar says its
 * figure, and the colours are of those that the colour-blind tell apart (Okabe and Ito's).
 */
#pragma once

#include "dsp-chart.h"

#include <pango/pangocairo.h>

G_BEGIN_DECLS

typedef struct {
  char   *label;     /* (owned) */
  gint64  values[2];
  char   *texts[2];  /* (owned): the values in words */
} DspPictureBar;

typedef struct {
  char    *title;     /* (owned) (nullable): of files; the page has its own */
  char    *subtitle;  /* (owned) (nullable) */
  char    *empty;     /* (owned): what stands there without bars */
  GArray  *bars;      /* (owned) of DspPictureBar */
  DspUnit  unit;
  guint    n_series;
  char    *series[2]; /* (owned): named if there are two */
  bool     standing;
  bool     stacked;
  char  *(*mark) (DspUnit unit, gint64 value); /* of the axis, in words */
} DspPicture;

DspPicture *dsp_picture_new     (void);
void        dsp_picture_free    (DspPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPicture, dsp_picture_free)
void        dsp_picture_add_bar (DspPicture *picture, char *label, const gint64 values[2], char *const texts[2]); /* takes the texts */

typedef enum { DSP_LOOK_LIGHT, DSP_LOOK_DARK } DspLook;

/* Where a bar can be pressed, in the units of the drawing. */
typedef struct { double x, y, width, height; guint bar, series; } DspPictureBox;

typedef struct {
  double  width, height;
  DspLook look;
  int     chosen;       /* which bar has the keyboard; -1: none */
  guint   chosen_series;
  GArray *boxes;        /* (nullable): of DspPictureBox; filled */
} DspDrawing;

/* How high a picture of lying bars must be. @layout as below. */
double dsp_picture_height (const DspPicture *picture, PangoLayout *layout);
/* @layout: empty, of @cr's kind and with the font; it is used for all texts. Draws no background. */
void   dsp_picture_draw   (const DspPicture *picture, cairo_t *cr, PangoLayout *layout, const DspDrawing *drawing);

G_END_DECLS
