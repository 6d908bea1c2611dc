/* dsp-chart-view.c: a picture of bars that can be pressed, by pointer and by keyboard
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-chart-view"

#include "config.h"
#include "dsp-chart-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspChartView
{
  GtkWidget   parent_instance;

  DspPicture *picture;  /* (owned) (nullable) */
  GStrv       words;    /* (owned): of each bar */
  char       *title;    /* (owned) */
  GArray     *boxes;    /* (owned) of DspPictureBox: of the last drawing */
  int         chosen;   /* -1: none */
  guint       chosen_series;
};

G_DEFINE_FINAL_TYPE (DspChartView, dsp_chart_view, GTK_TYPE_WIDGET)

static guint pressed_signal;

/* ---- names ---- */

/* Changes of the name are spoken while the widget has the keyboard. */
static void
name_it (DspChartView *self)
{
  g_autofree char *name = NULL;
  guint n = self->picture != NULL ? self->picture->bars->len : 0;

  if (n == 0)
    name = g_strdup_printf ("%s. %s", self->title, self->picture != NULL ? self->picture->empty : "");
  else if (self->chosen >= 0 && gtk_widget_has_focus (GTK_WIDGET (self)))
    /* Translators: a bar in words, which of how many it is, the chart's title */
    name = g_strdup_printf (_("%s. %d of %u. %s"), self->words[self->chosen], self->chosen + 1, n, self->title);
  else
    name = g_strdup_printf (ngettext ("%s. Chart with %u bar", "%s. Chart with %u bars", n), self->title, n);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* ---- drawing ---- */

static void
dsp_chart_view_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  DspChartView *self = DSP_CHART_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  DspDrawing drawing = { .width = width, .height = height, .chosen = -1, .boxes = self->boxes };
  g_autoptr(PangoLayout) layout = NULL;
  cairo_t *cr;

  g_array_set_size (self->boxes, 0);
  if (self->picture == NULL || width < 60 || height < 40)
    return;
  drawing.look = adw_style_manager_get_dark (adw_style_manager_get_default ()) ? DSP_LOOK_DARK : DSP_LOOK_LIGHT;
  if (gtk_widget_has_visible_focus (widget))
    {
      drawing.chosen = self->chosen;
      drawing.chosen_series = self->chosen_series;
    }
  layout = gtk_widget_create_pango_layout (widget, NULL);
  cr = gtk_snapshot_append_cairo (snapshot, &area);
  dsp_picture_draw (self->picture, cr, layout, &drawing);
  cairo_destroy (cr);
}

static void
dsp_chart_view_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  DspChartView *self = DSP_CHART_VIEW (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = 200;
  else
    {
      g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);

      *minimum = *natural = self->picture != NULL ? (int) dsp_picture_height (self->picture, layout) : 80;
    }
}

/* ---- pointer ---- */

static const DspPictureBox *
box_at (DspChartView *self,
        double        x,
        double        y)
{
  for (guint i = 0; i < self->boxes->len; i++)
    {
      const DspPictureBox *box = &g_array_index (self->boxes, DspPictureBox, i);

      if (x >= box->x && x < box->x + box->width && y >= box->y && y < box->y + box->height)
        return box;
    }
  return NULL;
}

static void
on_released (GtkGestureClick *gesture,
             int              n_press,
             double           x,
             double           y,
             DspChartView    *self)
{
  const DspPictureBox *box = box_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (box == NULL)
    return;
  self->chosen = (int) box->bar;
  self->chosen_series = box->series;
  g_signal_emit (self, pressed_signal, 0, box->bar, box->series);
}

static void
on_motion (GtkEventControllerMotion *motion,
           double                    x,
           double                    y,
           DspChartView             *self)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), box_at (self, x, y) != NULL ? "pointer" : NULL);
}

static gboolean
dsp_chart_view_query_tooltip (GtkWidget  *widget,
                              int         x,
                              int         y,
                              gboolean    keyboard,
                              GtkTooltip *tooltip)
{
  DspChartView *self = DSP_CHART_VIEW (widget);
  const DspPictureBox *box = keyboard ? NULL : box_at (self, x, y);
  GdkRectangle area;

  if (box == NULL || self->words == NULL)
    return FALSE;
  area = (GdkRectangle) { (int) box->x, (int) box->y, (int) box->width, (int) box->height };
  gtk_tooltip_set_text (tooltip, self->words[box->bar]);
  gtk_tooltip_set_tip_area (tooltip, &area);
  return TRUE;
}

/* ---- keyboard ---- */

static void
scroll_to_chosen (DspChartView *self)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment = scroller != NULL ? gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)) : NULL;

  for (guint i = 0; adjustment != NULL && i < self->boxes->len; i++)
    {
      const DspPictureBox *box = &g_array_index (self->boxes, DspPictureBox, i);

      if ((int) box->bar == self->chosen)
        gtk_adjustment_clamp_page (adjustment, box->y - box->height, box->y + 2 * box->height);
    }
}

static void
choose (DspChartView *self,
        int           bar)
{
  int n = (int) self->picture->bars->len;

  self->chosen = CLAMP (bar, 0, n - 1);
  scroll_to_chosen (self);
  name_it (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_key (GtkEventControllerKey *keys,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        DspChartView          *self)
{
  gboolean standing, two;

  if (self->picture == NULL || self->picture->bars->len == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  standing = self->picture->standing;
  two = self->picture->stacked && self->picture->n_series > 1;
  switch (keyval)
    {
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      choose (self, self->chosen + 1);
      return TRUE;
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      choose (self, self->chosen - 1);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      if (two)
        self->chosen_series = 0;
      choose (self, self->chosen + (standing ? 0 : 1));
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      if (two)
        self->chosen_series = 1;
      choose (self, self->chosen - (standing ? 0 : 1));
      return TRUE;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      choose (self, 0);
      return TRUE;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      choose (self, (int) self->picture->bars->len - 1);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      if (self->chosen >= 0)
        g_signal_emit (self, pressed_signal, 0, (guint) self->chosen, self->chosen_series);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
on_focus (DspChartView *self)
{
  if (self->chosen < 0 && self->picture != NULL && self->picture->bars->len > 0)
    self->chosen = 0;
  name_it (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- object ---- */

static void
dsp_chart_view_dispose (GObject *object)
{
  DspChartView *self = DSP_CHART_VIEW (object);

  g_clear_pointer (&self->picture, dsp_picture_free);
  g_clear_pointer (&self->words, g_strfreev);
  g_clear_pointer (&self->title, g_free);
  G_OBJECT_CLASS (dsp_chart_view_parent_class)->dispose (object);
}

static void
dsp_chart_view_finalize (GObject *object)
{
  g_array_unref (DSP_CHART_VIEW (object)->boxes);
  G_OBJECT_CLASS (dsp_chart_view_parent_class)->finalize (object);
}

static void
dsp_chart_view_class_init (DspChartViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_chart_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_chart_view_finalize;
  widget_class->snapshot = dsp_chart_view_snapshot;
  widget_class->measure = dsp_chart_view_measure;
  widget_class->query_tooltip = dsp_chart_view_query_tooltip;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "chart");
  pressed_signal = g_signal_new ("pressed", DSP_TYPE_CHART_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_UINT, G_TYPE_UINT);
}

static void
dsp_chart_view_init (DspChartView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new (), *keys = gtk_event_controller_key_new ();

  self->boxes = g_array_new (FALSE, FALSE, sizeof (DspPictureBox));
  self->chosen = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (on_focus), NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
dsp_chart_view_new (void)
{
  return g_object_new (DSP_TYPE_CHART_VIEW, NULL);
}

void
dsp_chart_view_show (DspChartView *self,
                     const char   *title,
                     DspPicture   *picture,
                     GStrv         words)
{
  gboolean other = g_strcmp0 (self->title, title) != 0;

  g_clear_pointer (&self->picture, dsp_picture_free);
  g_clear_pointer (&self->words, g_strfreev);
  g_free (self->title);
  self->title = g_strdup (title);
  self->picture = picture;
  self->words = words;
  if (other)
    {
      self->chosen = gtk_widget_has_focus (GTK_WIDGET (self)) ? 0 : -1;
      self->chosen_series = 0;
    }
  self->chosen = MIN (self->chosen, (int) picture->bars->len - 1);
  g_array_set_size (self->boxes, 0); /* of the picture before */
  name_it (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
