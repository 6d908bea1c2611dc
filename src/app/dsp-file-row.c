/* dsp-file-row.c: a file, or the customer's signature, as an argument of a process
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is chosen or signed is attached to the order at once, so that the preview judges with it; if the process is not
 * saved it stays among the order's files.
 */
#define G_LOG_DOMAIN "dsp-record-form"

#include "config.h"
#include "dsp-attachments-view.h"
#include "dsp-record-form-private.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

#define PAD_WIDTH  420
#define PAD_HEIGHT 130
#define PEN_WIDTH  2.2

typedef struct {
  DspId      id;      /* what is attached; none yet */
  DspId      coming;  /* what is being attached */
  GtkWidget *button;
  GtkWidget *name;
  GtkWidget *pad;     /* (nullable) */
  GArray    *points;  /* (owned): of Point */
} File;

/* One point of a stroke; the first of each lifts the pen. */
typedef struct { double x, y; gboolean begins; } Point;

static void
file_free (gpointer data)
{
  File *file = data;

  g_array_unref (file->points);
  g_free (file);
}

static void
show_row (DspRecordRow *row,
          gconstpointer record)
{
  File *file = row->own_data;

  file->id = *dsp_field_id (row->field, record);
  gtk_label_set_text (GTK_LABEL (file->name), dsp_id_is_none (&file->id) ? "" : _("Attached"));
}

static char *
read_row (DspRecordRow *row,
          gpointer      record)
{
  File *file = row->own_data;

  *dsp_field_id (row->field, record) = file->id;
  if (row->asked && dsp_id_is_none (&file->id))
    return g_strdup_printf (_("%s is needed."), _(row->field->label));
  return NULL;
}

/* ---- attaching ---- */

/* The form may be gone by then, and its rows with it. */
static void
attached (GtkWidget  *button,
          gboolean    done,
          const char *text)
{
  if (gtk_widget_get_root (button) != NULL)
    {
      DspRecordRow *row = g_object_get_data (G_OBJECT (button), "row");
      File *file = row->own_data;

      file->id = done ? file->coming : dsp_id_none;
      gtk_label_set_text (GTK_LABEL (file->name), text);
      if (done)
        gtk_widget_remove_css_class (file->name, "error");
      else
        gtk_widget_add_css_class (file->name, "error");
      dsp_record_row_edited (row);
    }
  g_object_unref (button);
}

static void
file_attached_cb (GObject      *source,
                  GAsyncResult *res,
                  gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  gboolean done = dsp_attach_file_finish (res, &error);

  attached (user_data, done, done ? _("Attached") : error->message);
}

static void
signature_attached_cb (GObject      *source,
                       GAsyncResult *res,
                       gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_attach_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  attached (user_data, sentence == NULL, sentence == NULL ? _("Kept") : sentence);
}

static void
on_chosen (GtkNativeDialog *chooser,
           int              response,
           GtkWidget       *button)
{
  DspRecordRow *row = g_object_get_data (G_OBJECT (button), "row");
  g_autoptr(GFile) chosen = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  if (chosen != NULL)
    {
      File *file = row->own_data;

      file->coming = dsp_replica_new_id (dsp_office_get_replica (row->form->office));
      dsp_attach_file_async (row->form->office, &file->coming, &row->form->order->id, chosen, file_attached_cb, g_object_ref (button));
    }
  g_object_unref (chooser);
}

static void
on_choose (GtkWidget    *button,
           DspRecordRow *row)
{
  dsp_attach_file_choose (button, _(row->field->label), FALSE, G_CALLBACK (on_chosen), button);
}

/* ---- the signature ---- */

static void
draw_strokes (cairo_t *cr,
              GArray  *points)
{
  cairo_set_line_width (cr, PEN_WIDTH);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < points->len; i++)
    {
      const Point *point = &g_array_index (points, Point, i);

      if (point->begins)
        cairo_move_to (cr, point->x, point->y);
      cairo_line_to (cr, point->x, point->y);
    }
  cairo_stroke (cr);
}

/* Paper is white and ink dark in every style: so it is printed. */
static void
draw_pad (GtkDrawingArea *area,
          cairo_t        *cr,
          int             width,
          int             height,
          gpointer        user_data)
{
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.25);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, 16, height - 26.5);
  cairo_line_to (cr, width - 16, height - 26.5);
  cairo_stroke (cr);
  cairo_set_source_rgb (cr, 0.05, 0.05, 0.3);
  draw_strokes (cr, ((File *) user_data)->points);
}

static void
add_point (DspRecordRow *row,
           double        x,
           double        y,
           gboolean      begins)
{
  File *file = row->own_data;
  Point point = { CLAMP (x, 0, PAD_WIDTH), CLAMP (y, 0, PAD_HEIGHT), begins };

  g_array_append_val (file->points, point);
  gtk_widget_queue_draw (file->pad);
  gtk_widget_set_sensitive (file->button, TRUE);
}

static void
on_pen_down (GtkGestureDrag *drag,
             double          x,
             double          y,
             DspRecordRow   *row)
{
  add_point (row, x, y, TRUE);
}

static void
on_pen_moved (GtkGestureDrag *drag,
              double          dx,
              double          dy,
              DspRecordRow   *row)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (drag, &x, &y))
    add_point (row, x + dx, y + dy, FALSE);
}

static cairo_status_t
append_png (void                *bytes,
            const unsigned char *data,
            unsigned int         n)
{
  g_byte_array_append (bytes, data, n);
  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
dup_png (File *file)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 2 * PAD_WIDTH, 2 * PAD_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  GByteArray *bytes = g_byte_array_new ();

  cairo_scale (cr, 2, 2);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.05, 0.05, 0.3);
  draw_strokes (cr, file->points);
  cairo_surface_write_to_png_stream (surface, append_png, bytes);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

static void
on_keep (GtkWidget    *button,
         DspRecordRow *row)
{
  File *file = row->own_data;
  g_autoptr(GBytes) png = dup_png (file);
  DspReplica *replica = dsp_office_get_replica (row->form->office);
  g_autofree char *name = g_strconcat (_("Signature"), ".png", NULL);

  gtk_widget_set_sensitive (file->button, FALSE);
  file->coming = dsp_replica_new_id (replica);
  dsp_replica_attach_async (replica, &file->coming, &row->form->order->id, name, png, NULL, signature_attached_cb, g_object_ref (file->button));
}

static void
on_clear (GtkWidget    *button,
          DspRecordRow *row)
{
  File *file = row->own_data;

  g_array_set_size (file->points, 0);
  file->id = dsp_id_none;
  gtk_label_set_text (GTK_LABEL (file->name), "");
  gtk_widget_set_sensitive (file->button, FALSE);
  gtk_widget_queue_draw (file->pad);
  dsp_record_row_edited (row);
}

static GtkWidget *
make_pad (DspRecordRow *row,
          File         *file,
          GtkWidget    *line)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *clear = gtk_button_new_with_label (_("Clear"));
  GtkGesture *pen = gtk_gesture_drag_new ();

  file->pad = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (file->pad), PAD_WIDTH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (file->pad), PAD_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (file->pad), draw_pad, file, NULL);
  gtk_widget_set_halign (file->pad, GTK_ALIGN_START);
  gtk_widget_set_cursor_from_name (file->pad, "crosshair");
  gtk_widget_add_css_class (file->pad, "card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (file->pad), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pad for the signature"), -1);
  g_signal_connect (pen, "drag-begin", G_CALLBACK (on_pen_down), row);
  g_signal_connect (pen, "drag-update", G_CALLBACK (on_pen_moved), row);
  gtk_widget_add_controller (file->pad, GTK_EVENT_CONTROLLER (pen));
  g_signal_connect (clear, "clicked", G_CALLBACK (on_clear), row);
  gtk_box_insert_child_after (GTK_BOX (line), clear, file->button);
  gtk_box_append (GTK_BOX (box), file->pad);
  gtk_box_append (GTK_BOX (box), line);
  return box;
}

GtkWidget *
dsp_file_row_make (DspRecordRow *row)
{
  static const DspRowEditor narrow = { show_row, read_row, FALSE }, wide = { show_row, read_row, TRUE };
  gboolean signature = g_str_equal (row->field->name, "signature_id");
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  File *file = g_new0 (File, 1);

  file->points = g_array_new (FALSE, FALSE, sizeof (Point));
  file->button = gtk_button_new_with_label (signature ? _("Keep the signature") : _("Choose a file"));
  file->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (file->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (file->name), 0);
  g_object_set_data (G_OBJECT (file->button), "row", row);
  g_signal_connect (file->button, "clicked", signature ? G_CALLBACK (on_keep) : G_CALLBACK (on_choose), row);
  gtk_widget_set_sensitive (file->button, !signature);
  gtk_box_append (GTK_BOX (line), file->button);
  gtk_box_append (GTK_BOX (line), file->name);
  row->editor = file->button;
  row->asked = signature;
  dsp_record_row_take_editor (row, signature ? &wide : &narrow, file, file_free);
  return signature ? make_pad (row, file, line) : line;
}
