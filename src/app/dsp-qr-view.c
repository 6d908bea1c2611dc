/* dsp-qr-view.c: a text as a square that a telephone's camera reads
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-qr-view"

#include "config.h"
#include "dsp-qr-view.h"

#include "dsp-paper-barcode.h"

#define QUIET 4 /* modules of white around, as the standard wants them */
#define SIZE  220

struct _DspQrView
{
  GtkWidget       parent_instance;

  DspPaperSquare *square; /* (owned) (nullable): too long a text */
};

G_DEFINE_FINAL_TYPE (DspQrView, dsp_qr_view, GTK_TYPE_WIDGET)

/* Whole pixels a module, so that none is wider than another. */
static void
dsp_qr_view_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  DspQrView *self = DSP_QR_VIEW (widget);
  static const GdkRGBA white = { 1, 1, 1, 1 }, black = { 0, 0, 0, 1 };
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget), module;
  float left, top;

  if (self->square == NULL)
    return;
  module = MAX (MIN (width, height) / (int) (self->square->size + 2 * QUIET), 1);
  left = (width - module * (int) self->square->size) / 2;
  top = (height - module * (int) self->square->size) / 2;
  gtk_snapshot_append_color (snapshot, &white, &GRAPHENE_RECT_INIT (left - QUIET * module, top - QUIET * module,
                                                                    module * (self->square->size + 2 * QUIET),
                                                                    module * (self->square->size + 2 * QUIET)));
  for (guint row = 0; row < self->square->size; row++)
    for (guint column = 0; column < self->square->size; column++)
      if (dsp_paper_square_is_dark (self->square, row, column))
        gtk_snapshot_append_color (snapshot, &black, &GRAPHENE_RECT_INIT (left + column * module, top + row * module, module, module));
}

static void
dsp_qr_view_measure (GtkWidget     *widget,
                     GtkOrientation orientation,
                     int            for_size,
                     int           *minimum,
                     int           *natural,
                     int           *minimum_baseline,
                     int           *natural_baseline)
{
  *minimum = *natural = SIZE;
  *minimum_baseline = *natural_baseline = -1;
}

static void
dsp_qr_view_finalize (GObject *object)
{
  g_clear_pointer (&DSP_QR_VIEW (object)->square, dsp_paper_square_free);
  G_OBJECT_CLASS (dsp_qr_view_parent_class)->finalize (object);
}

static void
dsp_qr_view_class_init (DspQrViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_qr_view_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = dsp_qr_view_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = dsp_qr_view_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dsp_qr_view_init (DspQrView *self)
{
}

GtkWidget *
dsp_qr_view_new (const char *text,
                 const char *name)
{
  DspQrView *self = g_object_new (DSP_TYPE_QR_VIEW, NULL);

  self->square = dsp_paper_square_new (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (self);
}
