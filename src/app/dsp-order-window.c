/* dsp-order-window.c: one order: its customer, its place, its history
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-window"

#include "config.h"
#include "dsp-order-window.h"

#include "dsp-assign.h"
#include "dsp-attachments-view.h"
#include "dsp-crew-dialog.h"
#include "dsp-facts.h"
#include "dsp-history-view.h"
#include "dsp-lookers-view.h"
#include "dsp-paper-dialog.h"
#include "dsp-penalties-view.h"
#include "dsp-place-view.h"
#include "dsp-process-bar.h"
#include "dsp-process-dialog.h"
#include "dsp-rate-why.h"
#include "dsp-text.h"
#include "dsp-visits-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  DspOffice         *office;   /* (owned) */
  GtkWidget         *parent;   /* the main window, for its toasts */
  GtkWidget         *window;   /* NULL once closed */
  DspId              id;
  DspOrderNeighbour  neighbour;
  gpointer           neighbour_data;
  GtkWidget         *title;
  GtkWidget         *customer;
  GtkWidget         *address;
  GtkWidget         *place;
  GtkWidget         *order;
  GtkWidget         *history;
  GtkWidget         *attachments;
  GtkWidget         *visits;
  GtkWidget         *penalties;
  GtkWidget         *pending;
  GtkWidget         *lookers;
  GtkWidget         *assign, *release;
  GtkWidget         *processes;
  GtkWidget         *follow_up;
  int                refs;
} View;

static View *
view_ref (View *view)
{
  view->refs++;
  return view;
}

static void
view_unref (View *view)
{
  if (--view->refs > 0)
    return;
  g_object_unref (view->office);
  g_free (view);
}

static void
closed (GtkWidget *window,
        View      *view)
{
  view->window = NULL;
  g_signal_handlers_disconnect_by_data (view->office, view);
  view_unref (view);
}

static void
add_field (View           *view,
           GtkWidget      *box,
           const DspOrder *order,
           gsize           offset)
{
  dsp_facts_add_field (box, view->office, &dsp_order.table, order, offset);
}

static void
show_address (View           *view,
              const DspOrder *order)
{
  g_autoptr(GString) street = g_string_new (order->street);
  g_autoptr(GString) place = g_string_new (NULL);

  dsp_facts_clear (view->address);
  if (order->exterior != NULL)
    g_string_append_printf (street, " %s", order->exterior);
  if (order->interior != NULL)
    /* Translators: the interior number of an address */
    g_string_append_printf (street, _(", int. %s"), order->interior);
  dsp_facts_add (view->address, _("Street"), street->str);
  add_field (view, view->address, order, offsetof (DspOrder, between));
  if (order->postal_code != NULL)
    g_string_append_printf (place, "%s ", order->postal_code);
  if (order->neighbourhood != NULL)
    g_string_append (place, order->neighbourhood);
  dsp_facts_add (view->address, _("Postal code and neighbourhood"), place->str);
  add_field (view, view->address, order, offsetof (DspOrder, municipality));
  add_field (view, view->address, order, offsetof (DspOrder, state));
  add_field (view, view->address, order, offsetof (DspOrder, directions));
}

/* ---- the order ---- */

/* What stands in the record itself. */
static void
show_record (View           *view,
             const DspOrder *order)
{
  g_autoptr(GString) title = g_string_new (NULL);
  g_autoptr(GString) subtitle = g_string_new (NULL);
  g_autofree char *crew = NULL;
  gboolean with_crew;

  g_string_append_printf (title, _("Order %s"), order->number);
  if (order->type != NULL)
    g_string_append_printf (title, " · %s%s%s", order->type, order->subtype != NULL ? " / " : "",
                            order->subtype != NULL ? order->subtype : "");
  g_string_append (subtitle, dsp_text_word (&DspOrderStatus_words, order->status));
  crew = dsp_office_title_of (view->office, &dsp_crew, &order->crew_id);
  if (*crew != '\0')
    g_string_append_printf (subtitle, " · %s", crew);
  if (dsp_order_is_open (order) && dsp_order_penalized_from (order) != 0)
    {
      gint64 left = dsp_order_penalized_from (order) - g_get_real_time ();
      g_autofree char *span = dsp_text_span (left);

      g_string_append_printf (subtitle, left < 0 ? _(" · ▲ penalized for %s") : _(" · %s left"), span);
    }
  adw_window_title_set_title (ADW_WINDOW_TITLE (view->title), title->str);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (view->title), subtitle->str);
  gtk_window_set_title (GTK_WINDOW (view->window), title->str);

  with_crew = order->status == DSP_ORDER_ASSIGNED || order->status == DSP_ORDER_IN_PROGRESS;
  gtk_button_set_label (GTK_BUTTON (view->assign), with_crew ? _("Move") : _("Assign"));
  gtk_widget_set_sensitive (view->assign, (order->status == DSP_ORDER_UNASSIGNED && dsp_office_may (view->office, &dsp_order_assign)) ||
                                          (with_crew && dsp_office_may (view->office, &dsp_order_move)));
  gtk_widget_set_sensitive (view->release, with_crew && dsp_office_may (view->office, &dsp_order_unassign));
  gtk_widget_set_tooltip_text (view->assign, dsp_order_is_open (order) ? NULL : _("The order is in a final state"));
  gtk_widget_set_tooltip_text (view->release, with_crew ? NULL : _("Only an order with a crew is returned"));

  dsp_process_bar_set_order (DSP_PROCESS_BAR (view->processes), order);
  gtk_widget_set_visible (view->follow_up, dsp_office_may (view->office, &dsp_order_follow_up));

  dsp_facts_clear (view->customer);
  add_field (view, view->customer, order, offsetof (DspOrder, contact_name));
  add_field (view, view->customer, order, offsetof (DspOrder, account));
  add_field (view, view->customer, order, offsetof (DspOrder, phone));
  show_address (view, order);
  dsp_facts_clear (view->order);
  add_field (view, view->order, order, offsetof (DspOrder, group));
  add_field (view, view->order, order, offsetof (DspOrder, priority));
  add_field (view, view->order, order, offsetof (DspOrder, created_at));
  add_field (view, view->order, order, offsetof (DspOrder, attention_at));
  add_field (view, view->order, order, offsetof (DspOrder, penalty_at));
  add_field (view, view->order, order, offsetof (DspOrder, parent));
  add_field (view, view->order, order, offsetof (DspOrder, distributor_id));
  add_field (view, view->order, order, offsetof (DspOrder, crew_id));
  add_field (view, view->order, order, offsetof (DspOrder, assigned_at));
  add_field (view, view->order, order, offsetof (DspOrder, closed_at));
  add_field (view, view->order, order, offsetof (DspOrder, reschedules));
  add_field (view, view->order, order, offsetof (DspOrder, description));
  add_field (view, view->order, order, offsetof (DspOrder, resolution));
  add_field (view, view->order, order, offsetof (DspOrder, observation));
  add_field (view, view->order, order, offsetof (DspOrder, solutions));
  add_field (view, view->order, order, offsetof (DspOrder, equipment));
}

static void
show (View *view)
{
  const DspOrder *lent = dsp_replica_get_order (dsp_office_get_replica (view->office), &view->id);
  g_autoptr(DspOrder) order = lent != NULL ? dsp_order_dup (lent) : NULL;
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (view->office));
  guint32 row = dsp_order_index_find (index, &view->id);
  guint8 flags = row != DSP_NO_ROW ? dsp_order_index_flags (index, row) : 0;

  if (order == NULL)
    {
      adw_window_title_set_subtitle (ADW_WINDOW_TITLE (view->title), _("This order is no longer yours to see"));
      return;
    }
  show_record (view, order);
  dsp_lookers_view_show (DSP_LOOKERS_VIEW (view->lookers), &view->id);
  gtk_widget_set_visible (view->pending, (flags & (DSP_ROW_PENDING | DSP_ROW_CONFLICT)) != 0);
  gtk_label_set_text (GTK_LABEL (view->pending),
                      flags & DSP_ROW_CONFLICT ? _("The server refused a change of this order; see “Waiting and refused changes”.")
                                               : _("A change of this order waits to be sent to the server."));
  dsp_place_view_show (DSP_PLACE_VIEW (view->place), order);
  dsp_attachments_view_show (DSP_ATTACHMENTS_VIEW (view->attachments), &view->id);
  dsp_visits_view_show (DSP_VISITS_VIEW (view->visits), order);
  dsp_penalties_view_show (DSP_PENALTIES_VIEW (view->penalties), &view->id);
  dsp_history_view_show (DSP_HISTORY_VIEW (view->history), &view->id);
}

/* A follow-up written in place. It stays in the field until it is taken. */
static void
followed_up_cb (GObject      *source,
                GAsyncResult *res,
                gpointer      user_data)
{
  View *view = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);

  if (view->window != NULL && outcome != NULL && outcome->n_given > 0)
    gtk_editable_set_text (GTK_EDITABLE (view->follow_up), "");
  else if (outcome == NULL)
    {
      g_autofree char *sentence = dsp_text_error (error);

      dsp_office_message (view->office, 0, "%s", sentence);
    }
  view_unref (view);
}

static void
on_follow_up (GtkEntry *entry,
              View     *view)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  DspFollowUp args = { .text = text };

  if (*text != '\0')
    dsp_replica_give_async (dsp_office_get_replica (view->office), &dsp_order_follow_up, &view->id, 1, &args,
                            dsp_table_bit (dsp_order_follow_up.args, offsetof (DspFollowUp, text)), NULL, followed_up_cb,
                            view_ref (view));
}

static GtkBitset *
dup_row (View *view)
{
  guint32 row = dsp_order_index_find (dsp_replica_get_index (dsp_office_get_replica (view->office)), &view->id);
  GtkBitset *rows = gtk_bitset_new_empty ();

  if (row != DSP_NO_ROW)
    gtk_bitset_add (rows, row);
  return rows;
}

static void
on_assign (GtkWidget *button,
           View      *view)
{
  g_autoptr(GtkBitset) rows = dup_row (view);

  dsp_crew_dialog_open (view->window, view->office, rows);
}

static void
on_release (GtkWidget *button,
            View      *view)
{
  g_autoptr(GtkBitset) rows = dup_row (view);

  dsp_assign_release (view->window, view->office, rows);
}

static void
on_show_in_list (GtkWidget *button,
                 View      *view)
{
  char id[DSP_ID_TEXT];

  dsp_id_print (&view->id, id);
  gtk_widget_activate_action (view->parent, "win.show-order", "s", id);
}

static void
on_print (GtkWidget *button,
          View      *view)
{
  dsp_paper_dialog_open_orders (GTK_WINDOW (view->window), view->office, &view->id, 1);
}

static void
on_why (GtkWidget *button,
        View      *view)
{
  const DspOrder *order = dsp_replica_get_order (dsp_office_get_replica (view->office), &view->id);

  if (order != NULL)
    dsp_rate_why_open_order (GTK_WINDOW (view->window), view->office, order);
}

static void
step (View *view,
      int   by)
{
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (view->office));
  guint32 row = dsp_order_index_find (index, &view->id);

  if (row == DSP_NO_ROW || view->neighbour == NULL)
    return;
  row = view->neighbour (view->neighbour_data, row, by);
  if (row == DSP_NO_ROW)
    return;
  view->id = *dsp_order_index_id (index, row);
  show (view);
}

static void on_next (GtkWidget *button, View *view) { step (view, 1); }
static void on_previous (GtkWidget *button, View *view) { step (view, -1); }

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        View                  *view)
{
  if (keyval == GDK_KEY_p && (state & gtk_accelerator_get_default_mod_mask ()) == GDK_CONTROL_MASK)
    on_print (NULL, view);
  else if (keyval == GDK_KEY_Down)
    step (view, 1);
  else if (keyval == GDK_KEY_Up)
    step (view, -1);
  else if (keyval == GDK_KEY_Escape)
    gtk_window_close (GTK_WINDOW (view->window));
  else
    return FALSE;
  return TRUE;
}

static GtkWidget *
make_icon_button (const char *icon,
                  const char *name,
                  GCallback   callback,
                  View       *view)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", callback, view);
  return button;
}

static View *
make_window (GtkWindow *parent,
             DspOffice *office)
{
  View *view = g_new0 (View, 1);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *scroller = gtk_scrolled_window_new (), *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24), *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24), *button, *box;
  GtkEventController *keys = gtk_event_controller_key_new ();

  view->refs = 1;
  view->office = g_object_ref (office);
  view->parent = GTK_WIDGET (parent);
  view->window = adw_window_new ();
  gtk_window_set_transient_for (GTK_WINDOW (view->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (view->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (view->window), 980, 680);
  g_signal_connect (view->window, "destroy", G_CALLBACK (closed), view);

  view->title = adw_window_title_new ("", "");
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), view->title);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header),
                             make_icon_button ("go-up-symbolic", _("Previous order"), G_CALLBACK (on_previous), view));
  adw_header_bar_pack_start (ADW_HEADER_BAR (header),
                             make_icon_button ("go-down-symbolic", _("Next order"), G_CALLBACK (on_next), view));
  view->release = gtk_button_new_with_label (_("Reassign"));
  g_signal_connect (view->release, "clicked", G_CALLBACK (on_release), view);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), view->release);
  view->assign = gtk_button_new_with_label (_("Assign"));
  gtk_widget_add_css_class (view->assign, "suggested-action");
  g_signal_connect (view->assign, "clicked", G_CALLBACK (on_assign), view);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), view->assign);
  button = make_icon_button ("find-location-symbolic", _("Show in the list and on the map"), G_CALLBACK (on_show_in_list), view);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), button);
  button = make_icon_button ("document-print-symbolic", _("Print the work order sheet (Ctrl+P)"), G_CALLBACK (on_print), view);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), button);
  button = make_icon_button ("despacho-rates-symbolic", _("Why this rate"), G_CALLBACK (on_why), view);
  gtk_widget_set_visible (button, dsp_rate_why_opens (office));
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), button);

  view->processes = dsp_process_bar_new (office);
  view->pending = dsp_facts_label ("", "dsp-notice");
  gtk_widget_set_visible (view->pending, FALSE);
  view->lookers = dsp_lookers_view_new (office);
  gtk_box_set_homogeneous (GTK_BOX (columns), TRUE);
  gtk_widget_add_css_class (columns, "dsp-order-columns");
  gtk_box_append (GTK_BOX (columns), left);
  view->customer = dsp_facts_section (left, _("Customer"));
  box = dsp_facts_section (left, _("Address"));
  view->place = dsp_place_view_new (office);
  g_signal_connect (view->place, "open-map", G_CALLBACK (on_show_in_list), view);
  gtk_box_append (GTK_BOX (box), view->place);
  view->address = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  gtk_box_append (GTK_BOX (box), view->address);
  gtk_box_append (GTK_BOX (columns), middle);
  view->order = dsp_facts_section (middle, _("Order"));
  view->visits = dsp_visits_view_new (office);
  gtk_box_append (GTK_BOX (middle), view->visits);
  view->penalties = dsp_penalties_view_new (office);
  gtk_box_append (GTK_BOX (middle), view->penalties);
  view->attachments = dsp_attachments_view_new (office, TRUE);
  gtk_box_append (GTK_BOX (dsp_facts_section (middle, _("Attachments"))), view->attachments);
  box = dsp_facts_section (columns, _("History"));
  view->history = dsp_history_view_new (office);
  view->follow_up = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (view->follow_up), _("Add a follow-up and press Enter"));
  gtk_entry_set_max_length (GTK_ENTRY (view->follow_up), 2000);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->follow_up), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Follow-up"), -1);
  g_signal_connect (view->follow_up, "activate", G_CALLBACK (on_follow_up), view);
  gtk_box_append (GTK_BOX (box), view->follow_up);
  gtk_box_append (GTK_BOX (box), view->history);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), columns);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (content), header);
  gtk_box_append (GTK_BOX (content), view->processes);
  gtk_box_append (GTK_BOX (content), view->lookers);
  gtk_box_append (GTK_BOX (content), view->pending);
  gtk_box_append (GTK_BOX (content), scroller);
  adw_window_set_content (ADW_WINDOW (view->window), content);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (view->window, keys);
  return view;
}

void
dsp_order_window_open (GtkWindow         *parent,
                       DspOffice         *office,
                       const DspId       *id,
                       DspOrderNeighbour  neighbour,
                       gpointer           data)
{
  View *view = make_window (parent, office);

  view->id = *id;
  view->neighbour = neighbour;
  view->neighbour_data = data;
  g_signal_connect_swapped (office, "refreshed", G_CALLBACK (show), view);
  show (view);
  gtk_window_present (GTK_WINDOW (view->window));
  gtk_widget_grab_focus (view->assign);
}

void
dsp_order_window_warm (GtkWindow *parent,
                       DspOffice *office)
{
  const DspOrder order = { .number = (char *) "0", .type = (char *) "0", .status = DSP_ORDER_UNASSIGNED, .account = (char *) "0",
                           .contact_name = (char *) "0", .street = (char *) "0", .postal_code = (char *) "00000" };
  View *view = make_window (parent, office);
  int width, height;

  show_record (view, &order);
  gtk_widget_measure (view->window, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (view->window, GTK_ORIENTATION_VERTICAL, MAX (width, 980), &height, NULL, NULL, NULL);
  gtk_window_destroy (GTK_WINDOW (view->window));
}
