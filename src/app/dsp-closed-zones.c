/* dsp-closed-zones.c: zones that are closed for a day or some, and closing one
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A zone is postal codes, ranges, beginnings or municipalities. While it is closed no visit is booked there, and a crew
 * that is given orders for that day says so before the drop.
 */
#define G_LOG_DOMAIN "dsp-closed-zones"

#include "config.h"
#include "dsp-closed-zones.h"

#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

/* Of a larger selection nobody means single postal codes. */
#define MAX_PREFILLED 60

typedef struct {
  DspOffice *office; /* (owned) */
  GtkWidget *window; /* NULL once closed */
  GtkWidget *list;
  GtkWidget *nothing;
  GtkWidget *form;
  GtkWidget *zone, *from, *until, *reason;
  GtkWidget *effect, *error;
} Zones;

static void
zones_free (gpointer data)
{
  Zones *zones = data;

  g_clear_object (&zones->office);
  g_free (zones);
}

static void
show_error (Zones      *zones,
            const char *sentence)
{
  gtk_label_set_text (GTK_LABEL (zones->error), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (zones->error, sentence != NULL);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(GtkWidget) window = user_data;
  Zones *zones = g_object_get_data (G_OBJECT (window), "zones");
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  if (zones->window == NULL)
    return;
  show_error (zones, sentence);
  if (sentence == NULL)
    gtk_editable_set_text (GTK_EDITABLE (zones->zone), "");
}

/* ---- what a closing touches ---- */

/* Open orders whose visit is there on one of its days; one without appointment, or with a late one, is for today. */
static guint
count_orders (Zones                *zones,
              const DspZoneClosure *closure)
{
  DspReplica *replica = dsp_office_get_replica (zones->office);
  DspOrderIndex *index = dsp_replica_get_index (replica);
  const DspField *attention = dsp_table_at (&dsp_order.table, offsetof (DspOrder, attention_at));
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autoptr(DspOrderResult) result = NULL;
  DspOrderQuery query = { .filter = filter };
  DspDate today = dsp_text_local_day (g_get_real_time ());
  guint n = 0;

  dsp_office_get_clock (zones->office, &query.clock);
  dsp_filter_set (filter, "status", "unassigned,assigned,in_progress,to_reschedule", NULL);
  result = dsp_replica_query_now (replica, &query, 0);
  for (guint i = 0; result != NULL && i < result->n_rows; i++)
    {
      const char *code = dsp_order_index_postal_code (index, result->rows[i]);
      const DspPostalCode *place = code != NULL ? dsp_office_get_place (zones->office, code) : NULL;
      gint64 at_us = dsp_order_index_time (index, attention, result->rows[i]);
      DspDate day = at_us != 0 ? dsp_text_local_day (at_us) : today;

      day.day = MAX (day.day, today.day);
      n += dsp_zone_closure_covers (closure, day, code, place != NULL ? place->municipality : NULL);
    }
  return n;
}

static char *
orders_words (guint n)
{
  return g_strdup_printf (ngettext ("%u open order has its visit there", "%u open orders have their visit there", n), n);
}

/* ---- the list ---- */

static void
on_reopen (GtkButton *button,
           Zones     *zones)
{
  const DspId *id = g_object_get_data (G_OBJECT (button), "id");

  dsp_replica_give_async (dsp_office_get_replica (zones->office), &dsp_zone_closure_delete, id, 1, NULL, 0, NULL, given_cb,
                          g_object_ref (zones->window));
}

static void
add_closure (Zones                *zones,
             const DspZoneClosure *closure)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = closure->zone != NULL ? g_strjoinv (", ", closure->zone) : g_strdup ("");
  g_autofree char *from = dsp_text_date (closure->from);
  g_autofree char *until = dsp_text_date (closure->until);
  g_autofree char *orders = orders_words (count_orders (zones, closure));
  /* Translators: days, the reason, how many orders */
  g_autofree char *subtitle = closure->from.day == closure->until.day
    ? g_strdup_printf (_("%s · %s · %s"), from, closure->reason, orders)
    : g_strdup_printf (_("%s to %s · %s · %s"), from, until, closure->reason, orders);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  if (dsp_office_may (zones->office, &dsp_zone_closure_delete))
    {
      GtkWidget *button = gtk_button_new_with_label (_("Open again"));
      g_autofree char *name = g_strdup_printf (_("Open again: %s"), title);

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      g_object_set_data_full (G_OBJECT (button), "id", g_memdup2 (&closure->id, sizeof closure->id), g_free);
      g_signal_connect (button, "clicked", G_CALLBACK (on_reopen), zones);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  gtk_list_box_append (GTK_LIST_BOX (zones->list), row);
}

static int
compare_closures (gconstpointer a,
                  gconstpointer b)
{
  const DspZoneClosure *x = *(gpointer *) a, *y = *(gpointer *) b;

  return x->from.day != y->from.day ? x->from.day - y->from.day : x->until.day - y->until.day;
}

static void
show_list (Zones *zones)
{
  const GPtrArray *all = dsp_office_records (zones->office, &dsp_zone_closure);
  DspDate today = dsp_text_local_day (g_get_real_time ());
  g_autoptr(GPtrArray) coming = g_ptr_array_new ();
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (zones->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (zones->list), child);
  for (guint i = 0; i < all->len; i++)
    if (((const DspZoneClosure *) all->pdata[i])->until.day >= today.day)
      g_ptr_array_add (coming, all->pdata[i]);
  g_ptr_array_sort (coming, compare_closures);
  for (guint i = 0; i < coming->len; i++)
    add_closure (zones, coming->pdata[i]);
  gtk_widget_set_visible (zones->list, coming->len > 0);
  gtk_widget_set_visible (zones->nothing, coming->len == 0);
}

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    Zones           *zones)
{
  if (entity == NULL || entity == &dsp_zone_closure)
    show_list (zones);
}

/* ---- the form ---- */

/* Items between commas; blanks around them do not count. */
static GStrv
read_zone (const char *text)
{
  g_auto(GStrv) parts = g_strsplit_set (text, ",;\n", -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

static gboolean
read_day (GtkWidget  *entry,
          DspDate     otherwise,
          DspDate    *day,
          char      **fault)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

  *day = otherwise;
  if (*text == '\0' || dsp_text_read_date (text, g_get_real_time (), day))
    return TRUE;
  *fault = g_strdup_printf (_("“%s” is not a day. Write it as 31/12/2026."), text);
  return FALSE;
}

/* What the form says. @fault: (out): what is wrong with it. The lists and texts are (transfer full). */
static gboolean
read_form (Zones          *zones,
           DspZoneClosure *closure,
           char          **fault)
{
  *closure = (DspZoneClosure) { .zone = read_zone (gtk_editable_get_text (GTK_EDITABLE (zones->zone))) };
  closure->reason = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (zones->reason))));
  if (!read_day (zones->from, dsp_text_local_day (g_get_real_time ()), &closure->from, fault) ||
      !read_day (zones->until, closure->from, &closure->until, fault))
    return FALSE;
  if (closure->until.day < MAX (closure->from.day, dsp_text_local_day (g_get_real_time ()).day))
    {
      g_autofree char *day = dsp_text_date (closure->until);

      *fault = closure->until.day < dsp_text_local_day (g_get_real_time ()).day
        ? g_strdup_printf (_("“%s” has passed: only days to come are closed."), day)
        : g_strdup_printf (_("“%s” is before the day on which it begins."), day);
      return FALSE;
    }
  for (guint i = 0; closure->zone[i] != NULL; i++)
    if (!dsp_zone_item_is_valid (closure->zone[i]))
      {
        *fault = g_strdup_printf (_("zone: “%s” is no postal code (03100), range (03100-03199), beginning (031*) or municipality"),
                                  closure->zone[i]);
        return FALSE;
      }
  return TRUE;
}

static void
clear_closure (DspZoneClosure *closure)
{
  g_strfreev (closure->zone);
  g_free (closure->reason);
}

/* Before it is saved: how many orders it touches. */
static void
show_effect (Zones *zones)
{
  DspZoneClosure closure;
  g_autofree char *fault = NULL;
  g_autofree char *text = NULL;

  if (read_form (zones, &closure, &fault) && closure.zone[0] != NULL)
    text = orders_words (count_orders (zones, &closure));
  gtk_label_set_text (GTK_LABEL (zones->effect), text != NULL ? text : "");
  clear_closure (&closure);
}

static void
on_form_changed (GtkEditable *editable,
                 Zones       *zones)
{
  show_error (zones, NULL);
  show_effect (zones);
}

static void
on_close_zone (GtkWidget *widget,
               Zones     *zones)
{
  DspReplica *replica = dsp_office_get_replica (zones->office);
  DspZoneClosure closure;
  g_autofree char *fault = NULL;
  DspId id = dsp_replica_new_id (replica);

  if (read_form (zones, &closure, &fault))
    {
      if (closure.zone[0] == NULL)
        fault = g_strdup (_("Write postal codes or municipalities."));
      else if (*closure.reason == '\0')
        fault = g_strdup (_("Write why it is closed."));
    }
  if (fault == NULL)
    dsp_replica_give_async (replica, &dsp_zone_closure_create, &id, 1, &closure, DSP_FIELDS_ALL, NULL, given_cb,
                            g_object_ref (zones->window));
  show_error (zones, fault);
  clear_closure (&closure);
}

static GtkWidget *
add_row (Zones      *zones,
         const char *title,
         const char *text)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (text != NULL)
    gtk_editable_set_text (GTK_EDITABLE (row), text);
  g_signal_connect (row, "changed", G_CALLBACK (on_form_changed), zones);
  g_signal_connect (row, "entry-activated", G_CALLBACK (on_close_zone), zones);
  gtk_list_box_append (GTK_LIST_BOX (zones->form), row);
  return row;
}

static int
compare_codes (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Postal codes of what is selected in list and map. */
static char *
selected_codes (DspOffice *office)
{
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (office));
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) codes = g_ptr_array_new ();
  GtkBitsetIter iter;
  guint row;

  if (gtk_bitset_iter_init_first (&iter, dsp_office_get_selection (office), &row))
    do
      {
        const char *code = dsp_order_index_postal_code (index, row);

        if (code != NULL && g_hash_table_add (seen, (gpointer) code))
          g_ptr_array_add (codes, (gpointer) code);
      }
    while (codes->len <= MAX_PREFILLED && gtk_bitset_iter_next (&iter, &row));
  if (codes->len == 0 || codes->len > MAX_PREFILLED)
    return NULL;
  g_ptr_array_sort (codes, compare_codes);
  g_ptr_array_add (codes, NULL);
  return g_strjoinv (", ", (char **) codes->pdata);
}

/* ---- the window ---- */

static GtkWidget *
add_label (GtkWidget  *box,
           const char *text,
           const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
make_form (Zones *zones)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *button;
  g_autofree char *codes = selected_codes (zones->office);
  g_autofree char *today = dsp_text_date (dsp_text_local_day (g_get_real_time ()));

  add_label (box, _("Close a zone"), "heading");
  zones->form = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (zones->form), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (zones->form, "boxed-list");
  gtk_box_append (GTK_BOX (box), zones->form);
  zones->error = add_label (box, "", "error");
  gtk_widget_set_visible (zones->error, FALSE);
  zones->effect = add_label (foot, "", "dim-label");
  gtk_widget_set_hexpand (zones->effect, TRUE);
  zones->zone = add_row (zones, _("Postal codes or municipalities, with commas between"), codes);
  zones->from = add_row (zones, _("From"), today);
  zones->until = add_row (zones, _("Until (empty: that day alone)"), NULL);
  zones->reason = add_row (zones, _("Reason"), NULL);
  button = gtk_button_new_with_label (_("Close the zone"));
  gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect (button, "clicked", G_CALLBACK (on_close_zone), zones);
  gtk_box_append (GTK_BOX (foot), button);
  gtk_box_append (GTK_BOX (box), foot);
  gtk_widget_set_visible (box, dsp_office_may (zones->office, &dsp_zone_closure_create));
  return box;
}

static void
closed (GtkWidget *window,
        Zones     *zones)
{
  zones->window = NULL;
  g_signal_handlers_disconnect_by_data (zones->office, zones);
}

static GtkWidget *
make_content (Zones *zones)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_box_append (GTK_BOX (box), make_form (zones));
  add_label (box, _("Closed zones"), "heading");
  zones->nothing = add_label (box, _("No zone is closed today or later."), "dim-label");
  zones->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (zones->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (zones->list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (zones->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Closed zones"), -1);
  gtk_box_append (GTK_BOX (box), zones->list);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 640);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (content), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (content), scroller);
  return content;
}

void
dsp_closed_zones_open (GtkWindow *parent,
                       DspOffice *office)
{
  Zones *zones = g_new0 (Zones, 1);
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  zones->office = g_object_ref (office);
  zones->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (zones->window), _("Closed zones"));
  gtk_window_set_transient_for (GTK_WINDOW (zones->window), parent);
  gtk_window_set_default_size (GTK_WINDOW (zones->window), 640, 600);
  g_object_set_data_full (G_OBJECT (zones->window), "zones", zones, zones_free);
  g_signal_connect (zones->window, "destroy", G_CALLBACK (closed), zones);
  adw_window_set_content (ADW_WINDOW (zones->window), make_content (zones));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (zones->window, shortcuts);
  g_signal_connect (office, "records-changed", G_CALLBACK (on_records_changed), zones);
  show_list (zones);
  show_effect (zones);
  gtk_window_present (GTK_WINDOW (zones->window));
  gtk_widget_grab_focus (*gtk_editable_get_text (GTK_EDITABLE (zones->zone)) != '\0' ? zones->reason : zones->zone);
}
