/* dsp-crew-stops.c: the list of a crew's day on its card
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-crew-stops"

#include "config.h"
#include "dsp-crew-stops.h"

#include "dsp-assign.h"
#include "dsp-order-view.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

/* Stops that an open card lists. */
#define MAX_STOPS 40

/* What a stop's button carries. */
typedef struct {
  DspOffice *office; /* (owned) */
  DspId      crew_id;
  DspId      order_id;
  guint32    row;
  GtkBitset *rows;   /* (owned): its row alone, what is dragged */
} Stop;

static void
stop_free (gpointer data)
{
  Stop *stop = data;

  g_object_unref (stop->office);
  gtk_bitset_unref (stop->rows);
  g_free (stop);
}

static Stop *
stop_of (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "dsp-stop");
}

/* ---- its place in the day ---- */

/* Takes @moved out of the day and puts them back where @stop is: before it, or after it. */
static void
put_at (GtkWidget *button,
        GtkBitset *moved,
        bool       after)
{
  const Stop *stop = stop_of (button);
  const guint32 *rows;
  guint n, n_placed = 0;
  g_autofree guint32 *placed = NULL;

  if (gtk_bitset_contains (moved, stop->row))
    return;
  dsp_office_get_stops (stop->office, &stop->crew_id, &rows, &n);
  placed = g_new (guint32, n + 1);
  for (guint i = 0; i < n; i++)
    {
      if (gtk_bitset_contains (moved, rows[i]))
        continue;
      if (rows[i] == stop->row && after)
        placed[n_placed++] = rows[i];
      for (guint j = 0; rows[i] == stop->row && j < n; j++)
        if (gtk_bitset_contains (moved, rows[j]))
          placed[n_placed++] = rows[j];
      if (rows[i] != stop->row || !after)
        placed[n_placed++] = rows[i];
    }
  dsp_assign_sequence (button, stop->office, &stop->crew_id, placed, n_placed);
}

static gboolean
on_move_key (GtkWidget *button,
             GVariant  *args,
             gpointer   user_data)
{
  bool down = GPOINTER_TO_INT (user_data) > 0;
  GtkWidget *other = down ? gtk_widget_get_next_sibling (button) : gtk_widget_get_prev_sibling (button);

  if (other != NULL && stop_of (other) != NULL)
    put_at (other, stop_of (button)->rows, down);
  return TRUE;
}

static void
add_key (GtkEventController *keys,
         guint               key,
         int                 way)
{
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (key, GDK_ALT_MASK),
                                                          gtk_callback_action_new (on_move_key, GINT_TO_POINTER (way), NULL)));
}

/* ---- dragging ---- */

/* The cards above grow by their answers when a drag begins, and shrink when it ends. The day must not slide away under the
 * pointer meanwhile: for so many frames the panel is scrolled along. */
#define FRAMES_TO_SETTLE 30

typedef struct {
  double y;      /* of the day, in the panel that scrolls */
  guint  frames; /* left */
} Anchor;

static bool
day_in_panel (GtkWidget      *day,
              GtkAdjustment **scroll,
              double         *y)
{
  GtkWidget *panel = gtk_widget_get_ancestor (day, GTK_TYPE_SCROLLED_WINDOW);

  if (panel == NULL || !gtk_widget_translate_coordinates (day, panel, 0, 0, NULL, y))
    return false;
  *scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (panel));
  return true;
}

static gboolean
hold_day (GtkWidget     *day,
          GdkFrameClock *clock,
          gpointer       data)
{
  Anchor *anchor = data;
  GtkAdjustment *scroll;
  double y;

  if (!day_in_panel (day, &scroll, &y))
    return G_SOURCE_REMOVE;
  if (y > anchor->y + 0.5 || y < anchor->y - 0.5)
    gtk_adjustment_set_value (scroll, gtk_adjustment_get_value (scroll) + y - anchor->y);
  return --anchor->frames > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
begin_to_hold (GtkEventController *controller)
{
  GtkWidget *day = gtk_widget_get_parent (gtk_event_controller_get_widget (controller));
  Anchor anchor = { .frames = FRAMES_TO_SETTLE };
  GtkAdjustment *scroll;

  if (day != NULL && day_in_panel (day, &scroll, &anchor.y))
    gtk_widget_add_tick_callback (day, hold_day, g_memdup2 (&anchor, sizeof anchor), g_free);
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source,
                 double         x,
                 double         y,
                 const Stop    *stop)
{
  return dsp_order_drag_content (stop->office, stop->rows);
}

static void
on_drag_begin (GtkDragSource *source,
               GdkDrag       *drag,
               const Stop    *stop)
{
  begin_to_hold (GTK_EVENT_CONTROLLER (source));
  dsp_order_drag_icon (drag, 1);
  dsp_office_set_drag (stop->office, stop->rows);
}

static void
on_drag_end (GtkDragSource *source,
             GdkDrag       *drag,
             gboolean       delete_data,
             const Stop    *stop)
{
  begin_to_hold (GTK_EVENT_CONTROLLER (source));
  dsp_office_set_drag (stop->office, NULL);
}

/* Orders of other crews are the card's matter. */
static gboolean
on_accept (GtkDropTarget *target,
           GdkDrop       *drop,
           const Stop    *stop)
{
  GtkBitset *drag = dsp_office_get_drag (stop->office);
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (stop->office));
  GtkBitsetIter iter;
  guint row;

  if (drag == NULL || !gtk_bitset_iter_init_first (&iter, drag, &row))
    return FALSE;
  do
    if (!dsp_id_equal (dsp_order_index_crew (index, row), &stop->crew_id))
      return FALSE;
  while (gtk_bitset_iter_next (&iter, &row));
  return TRUE;
}

static bool
is_lower_half (GtkWidget *button,
               double     y)
{
  return y > gtk_widget_get_height (button) / 2.0;
}

static void
mark (GtkWidget *button,
      int        where) /* -1: before, 1: after, 0: nowhere */
{
  const char *const classes[] = { "dsp-drop-before", "dsp-drop-after" };

  for (int i = 0; i < 2; i++)
    if (where == 2 * i - 1)
      gtk_widget_add_css_class (button, classes[i]);
    else
      gtk_widget_remove_css_class (button, classes[i]);
}

static GdkDragAction
on_motion (GtkDropTarget *target,
           double         x,
           double         y,
           GtkWidget     *button)
{
  mark (button, is_lower_half (button, y) ? 1 : -1);
  return GDK_ACTION_MOVE;
}

static void
on_leave (GtkDropTarget *target,
          GtkWidget     *button)
{
  mark (button, 0);
}

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         GtkWidget     *button)
{
  mark (button, 0);
  put_at (button, g_value_get_boxed (value), is_lower_half (button, y));
  return TRUE;
}

/* ---- the button ---- */

static void
on_clicked (GtkButton  *button,
            const Stop *stop)
{
  char id[DSP_ID_TEXT];

  dsp_id_print (&stop->order_id, id);
  gtk_widget_activate_action (GTK_WIDGET (button), "win.open-order", "s", id);
}

static void
make_movable (GtkWidget *button,
              Stop      *stop)
{
  GtkDropTarget *target = gtk_drop_target_new (GTK_TYPE_BITSET, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  g_signal_connect (target, "accept", G_CALLBACK (on_accept), stop);
  g_signal_connect (target, "enter", G_CALLBACK (on_motion), button);
  g_signal_connect (target, "motion", G_CALLBACK (on_motion), button);
  g_signal_connect (target, "leave", G_CALLBACK (on_leave), button);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), button);
  gtk_widget_add_controller (button, GTK_EVENT_CONTROLLER (target));
  add_key (keys, GDK_KEY_Up, -1);
  add_key (keys, GDK_KEY_KP_Up, -1);
  add_key (keys, GDK_KEY_Down, 1);
  add_key (keys, GDK_KEY_KP_Down, 1);
  gtk_widget_add_controller (button, keys);
}

static void
add_label (GtkWidget  *box,
           const char *text,
           const char *first_class,
           const char *second_class)
{
  GtkWidget *label = gtk_label_new (text);

  if (first_class != NULL)
    gtk_widget_add_css_class (label, first_class);
  if (second_class != NULL)
    gtk_widget_add_css_class (label, second_class);
  if (first_class == NULL)
    {
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_set_hexpand (label, TRUE);
    }
  gtk_box_append (GTK_BOX (box), label);
}

static GtkWidget *
make_stop (DspOffice     *office,
           const DspCrew *crew,
           guint32        row,
           gint64         arrival_us)
{
  const DspOrder *order = dsp_office_get_order (office, row);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *time = dsp_text_hour ((DspTime) { arrival_us });
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  GtkDragSource *source;
  Stop *stop;

  gtk_button_set_child (GTK_BUTTON (button), box);
  if (order == NULL)
    return button;
  stop = g_new0 (Stop, 1);
  stop->office = g_object_ref (office);
  stop->crew_id = crew->id;
  stop->order_id = order->id;
  stop->row = row;
  stop->rows = gtk_bitset_new_range (row, 1);
  g_object_set_data_full (G_OBJECT (button), "dsp-stop", stop, stop_free);

  text = g_strdup_printf ("%s  %s", order->number, order->type != NULL ? order->type : "");
  add_label (box, time, "numeric", order->attention_at.us != 0 ? "dsp-appointment" : "dim-label");
  add_label (box, text, NULL, NULL);
  add_label (box, order->postal_code, "dim-label", "numeric");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "dsp-stop");
  name = g_strdup_printf (_("Order %s at %s"), order->number, time);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (button, order->contact_name);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), stop);

  source = gtk_drag_source_new ();
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), stop);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), stop);
  g_signal_connect (source, "drag-end", G_CALLBACK (on_drag_end), stop);
  gtk_widget_add_controller (button, GTK_EVENT_CONTROLLER (source));
  if (dsp_office_may (office, &dsp_order_sequence))
    make_movable (button, stop);
  return button;
}

/* ---- the list ---- */

/* The order whose stop has the focus, in @id. */
static bool
focused_order (GtkWidget *day,
               DspId     *id)
{
  GtkRoot *root = gtk_widget_get_root (day);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || gtk_widget_get_parent (focus) != day || stop_of (focus) == NULL)
    return false;
  *id = stop_of (focus)->order_id;
  return true;
}

void
dsp_crew_stops_show (GtkWidget         *day,
                     DspOffice         *office,
                     const DspCrew     *crew,
                     const DspPlanStop *stops,
                     const guint32     *rows,
                     guint              n_stops)
{
  g_autofree gint64 *arrivals = g_new0 (gint64, n_stops + 1);
  DspPlanClock clock;
  GtkWidget *child;
  DspId focused;
  bool has_focus;

  if (dsp_office_get_drag (office) != NULL)
    return;
  has_focus = focused_order (day, &focused);
  while ((child = gtk_widget_get_first_child (day)) != NULL)
    gtk_box_remove (GTK_BOX (day), child);
  dsp_office_get_plan_clock (office, &clock);
  dsp_plan_route (crew, stops, n_stops, &clock, arrivals);
  for (guint i = 0; i < n_stops && i < MAX_STOPS; i++)
    {
      GtkWidget *button = make_stop (office, crew, rows[i], arrivals[i]);

      gtk_box_append (GTK_BOX (day), button);
      if (has_focus && stop_of (button) != NULL && dsp_id_equal (&stop_of (button)->order_id, &focused))
        gtk_widget_grab_focus (button);
    }
  if (n_stops == 0 || n_stops > MAX_STOPS)
    {
      g_autofree char *more = n_stops == 0 ? g_strdup (_("Nothing planned for today"))
                              : g_strdup_printf (ngettext ("and %u more", "and %u more", n_stops - MAX_STOPS), n_stops - MAX_STOPS);

      add_label (day, more, "dim-label", "caption");
    }
}
