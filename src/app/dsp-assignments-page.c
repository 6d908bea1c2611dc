/* dsp-assignments-page.c: orders, map and crews side by side
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-assignments-page"

#include "config.h"
#include "dsp-assignments-page.h"

#include "dsp-assign.h"
#include "dsp-crew-dialog.h"
#include "dsp-crew-panel.h"
#include "dsp-exception-strip.h"
#include "dsp-filter-bar.h"
#include "dsp-map-pane.h"
#include "dsp-order-view.h"
#include "dsp-pane.h"
#include "dsp-process-bar.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspAssignmentsPage
{
  GtkWidget          parent_instance;

  DspOffice         *office;   /* (owned) */
  GArray            *crew_ids; /* (owned): as in the drop-down; the first is none */

  DspFilterBar      *filter_bar;
  GtkWidget         *new_button;
  GtkWidget         *show_list;
  GtkWidget         *show_map;
  GtkWidget         *show_crews;
  DspExceptionStrip *strip;
  GtkPaned          *outer;
  GtkPaned          *inner;
  DspOrderView      *orders;
  AdwBin            *map_slot;
  DspCrewPanel      *crews;
  GtkWidget         *selected;
  GtkWidget         *crew;
  GtkWidget         *assign_button;
  GtkWidget         *release_button;
  GtkWidget         *move_button;
  AdwBin            *process_slot;
  GtkWidget         *clear_button;
  GtkWidget         *map;      /* nullable */
  GtkWidget         *elsewhere; /* instead of list and map, where both are in windows of their own */
  DspPane           *panes[3]; /* (owned) (nullable): as in pane_names */
};

enum { PANE_LIST, PANE_MAP, PANE_CREWS };
static const char *const pane_names[] = { "list", "map", "crews", NULL };

G_DEFINE_FINAL_TYPE (DspAssignmentsPage, dsp_assignments_page, GTK_TYPE_WIDGET)

/* ---- the action bar ---- */

static const DspCrew *
chosen_crew (DspAssignmentsPage *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->crew));

  if (selected == 0 || selected >= self->crew_ids->len)
    return NULL;
  return dsp_office_get (self->office, &dsp_crew, &g_array_index (self->crew_ids, DspId, selected));
}

static void
fill_crews (DspAssignmentsPage *self)
{
  const GPtrArray *crews = dsp_office_records (self->office, &dsp_crew);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  const DspCrew *chosen = chosen_crew (self);
  DspId chosen_id = chosen != NULL ? chosen->id : dsp_id_none;
  guint selected = 0;

  g_array_set_size (self->crew_ids, 0);
  g_array_append_val (self->crew_ids, dsp_id_none);
  gtk_string_list_append (names, _("Choose a crew"));
  for (guint i = 0; i < crews->len; i++)
    {
      const DspCrew *crew = crews->pdata[i];
      g_autofree char *title = NULL;

      if (crew->retired == DSP_YES)
        continue;
      title = dsp_office_record_title (self->office, &dsp_crew, crew);
      gtk_string_list_append (names, title);
      g_array_append_val (self->crew_ids, crew->id);
      if (dsp_id_equal (&crew->id, &chosen_id))
        selected = self->crew_ids->len - 1;
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->crew), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->crew), selected);
}

static void
show_selection (DspAssignmentsPage *self)
{
  GtkBitset *selection = dsp_office_get_selection (self->office);
  guint n = (guint) gtk_bitset_get_size (selection), n_codes;
  g_autoptr(GString) text = g_string_new (NULL);
  DspAssignable count;
  gboolean has_crew = chosen_crew (self) != NULL;

  /* The bar stays where it is: one that came and went would move the map under the pointer that selects on it. */
  gtk_widget_set_sensitive (self->clear_button, n > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->process_slot), n > 0);
  if (n == 0)
    {
      gtk_label_set_text (GTK_LABEL (self->selected), _("Nothing selected"));
      gtk_widget_set_sensitive (self->assign_button, FALSE);
      gtk_widget_set_sensitive (self->move_button, FALSE);
      gtk_widget_set_sensitive (self->release_button, FALSE);
      return;
    }
  dsp_assign_count (self->office, selection, &count);
  n_codes = dsp_office_n_codes (self->office, selection);
  g_string_append_printf (text, ngettext ("%'u selected", "%'u selected", n), n);
  if (n_codes > 0)
    /* Translators: CP is the abbreviation of postal code */
    g_string_append_printf (text, ngettext (" · %u CP", " · %u CP", n_codes), n_codes);
  gtk_label_set_text (GTK_LABEL (self->selected), text->str);

  gtk_widget_set_sensitive (self->assign_button, has_crew && count.n_unassigned + count.n_with_crew > 0 &&
                                                 dsp_office_may (self->office, &dsp_order_assign));
  gtk_widget_set_sensitive (self->move_button, has_crew && count.n_with_crew > 0 &&
                                               dsp_office_may (self->office, &dsp_order_move));
  gtk_widget_set_sensitive (self->release_button, count.n_with_crew > 0 && dsp_office_may (self->office, &dsp_order_unassign));
}

/* The first answer of the server may bring the permission. */
static void
on_status_changed (DspAssignmentsPage *self)
{
  gboolean may = dsp_office_may (self->office, &dsp_order_create);
  g_autofree char *tip = may ? g_strdup (_("New order (Ctrl+N)")) : dsp_text_rule (DSP_RULE_FORBIDDEN, NULL);

  gtk_widget_set_sensitive (self->new_button, may);
  gtk_widget_set_tooltip_text (self->new_button, tip);
}

static void
on_records_changed (DspOffice          *office,
                    const DspEntity    *entity,
                    DspAssignmentsPage *self)
{
  if (entity == NULL || entity == &dsp_crew)
    fill_crews (self);
}

static void
on_map_selected (GtkWidget          *map,
                 DspAssignmentsPage *self)
{
  dsp_order_view_show_selection (self->orders);
}

/* ---- dropping back onto the list ---- */

static gboolean
on_drop_on_list (GtkDropTarget      *target,
                 const GValue       *value,
                 double              x,
                 double              y,
                 DspAssignmentsPage *self)
{
  GtkBitset *rows = g_value_get_boxed (value);
  DspAssignable count;

  if (rows == NULL || dsp_office_get_tab (self->office) != DSP_TAB_UNASSIGNED)
    return FALSE;
  dsp_assign_count (self->office, rows, &count);
  if (count.n_with_crew == 0)
    return FALSE;
  dsp_assign_release (GTK_WIDGET (self), self->office, rows);
  return TRUE;
}

static GdkDragAction
on_enter_list (GtkDropTarget      *target,
               double              x,
               double              y,
               DspAssignmentsPage *self)
{
  GtkBitset *rows = dsp_office_get_drag (self->office);
  DspAssignable count;

  if (rows == NULL || dsp_office_get_tab (self->office) != DSP_TAB_UNASSIGNED)
    return 0;
  dsp_assign_count (self->office, rows, &count);
  return count.n_with_crew > 0 ? GDK_ACTION_MOVE : 0;
}

/* ---- panes ---- */

/* Where the settings want them; windows of their own need the page's to be there. */
static void
on_settings_changed (GSettings          *settings,
                     const char         *key,
                     DspAssignmentsPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean list = g_settings_get_boolean (settings, "show-list"), map = g_settings_get_boolean (settings, "show-map");
  gboolean shown[] = { list || !map, map, g_settings_get_boolean (settings, "show-crews") };

  if (!GTK_IS_WINDOW (root) || (key != NULL && !g_str_has_prefix (key, "show-") && !g_str_has_suffix (key, "-window")))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->panes); i++)
    dsp_pane_place (self->panes[i], GTK_WINDOW (root), shown[i]);
  gtk_widget_set_visible (self->elsewhere, (dsp_pane_is_out (self->panes[PANE_LIST]) || !shown[PANE_LIST]) &&
                                           (dsp_pane_is_out (self->panes[PANE_MAP]) || !shown[PANE_MAP]));
  gtk_widget_set_visible (GTK_WIDGET (self->inner), !gtk_widget_get_visible (self->elsewhere));
}

static gboolean
is_here (DspAssignmentsPage *self,
         guint               pane,
         gpointer            widget)
{
  return gtk_widget_get_visible (widget) && !dsp_pane_is_out (self->panes[pane]);
}

static void
save_panes (DspAssignmentsPage *self)
{
  GSettings *settings = dsp_office_get_settings (self->office);

  if (is_here (self, PANE_LIST, self->orders) && is_here (self, PANE_MAP, self->map_slot))
    g_settings_set_int (settings, "pane-map", gtk_paned_get_position (self->inner));
  if (is_here (self, PANE_CREWS, self->crews))
    g_settings_set_int (settings, "pane-crews", gtk_paned_get_position (self->outer));
}

static gboolean
place_panes (gpointer user_data)
{
  DspAssignmentsPage *self = user_data;
  GSettings *settings;
  int map, crews, width = gtk_widget_get_width (GTK_WIDGET (self));

  if (self->office == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_REMOVE;
  if (width <= 0)
    return G_SOURCE_CONTINUE;
  settings = dsp_office_get_settings (self->office);
  map = g_settings_get_int (settings, "pane-map");
  crews = g_settings_get_int (settings, "pane-crews");
  if (crews < 0 || crews > width - 200)
    crews = width - CLAMP (width * 23 / 100, 270, 380);
  if (map < 0 || map > crews - 200)
    map = crews * 58 / 100;
  gtk_paned_set_position (self->outer, crews);
  gtk_paned_set_position (self->inner, map);
  return G_SOURCE_REMOVE;
}

static void
on_mapped (GtkWidget *widget,
           gpointer   user_data)
{
  DspAssignmentsPage *self = DSP_ASSIGNMENTS_PAGE (widget);
  GObject *root = G_OBJECT (gtk_widget_get_root (widget));
  GSettings *settings = dsp_office_get_settings (self->office);

  if (g_object_get_data (root, "dsp-panes") == NULL)
    {
      GActionGroup *actions = dsp_pane_actions (settings, pane_names);

      g_object_set_data_full (root, "dsp-panes", actions, g_object_unref);
      gtk_widget_insert_action_group (GTK_WIDGET (root), "panes", actions);
    }
  on_settings_changed (settings, NULL, self);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 10, place_panes, g_object_ref (widget), g_object_unref);
}

/* ---- object ---- */

static void
dsp_assignments_page_dispose (GObject *object)
{
  DspAssignmentsPage *self = DSP_ASSIGNMENTS_PAGE (object);
  GtkWidget *child;

  if (self->office != NULL && gtk_widget_get_width (GTK_WIDGET (self)) > 0)
    save_panes (self);
  for (guint i = 0; i < G_N_ELEMENTS (self->panes); i++)
    g_clear_pointer (&self->panes[i], dsp_pane_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->crew_ids, g_array_unref);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_assignments_page_parent_class)->dispose (object);
}

static void
dsp_assignments_page_class_init (DspAssignmentsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_assignments_page_dispose;
  g_type_ensure (DSP_TYPE_FILTER_BAR);
  g_type_ensure (DSP_TYPE_EXCEPTION_STRIP);
  g_type_ensure (DSP_TYPE_ORDER_VIEW);
  g_type_ensure (DSP_TYPE_CREW_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-assignments-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, filter_bar);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, new_button);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, show_list);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, show_map);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, show_crews);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, strip);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, outer);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, inner);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, elsewhere);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, orders);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, map_slot);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, crews);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, selected);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, crew);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, assign_button);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, release_button);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, move_button);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, process_slot);
  gtk_widget_class_bind_template_child (widget_class, DspAssignmentsPage, clear_button);
}

static void
dsp_assignments_page_init (DspAssignmentsPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GTK_TYPE_BITSET, GDK_ACTION_MOVE | GDK_ACTION_COPY);

  self->crew_ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_down_set_expression (GTK_DROP_DOWN (self->crew),
                                gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop_on_list), self);
  g_signal_connect (target, "enter", G_CALLBACK (on_enter_list), self);
  g_signal_connect (target, "motion", G_CALLBACK (on_enter_list), self);
  gtk_widget_add_controller (GTK_WIDGET (self->orders), GTK_EVENT_CONTROLLER (target));
  g_signal_connect (self, "map", G_CALLBACK (on_mapped), NULL);
}

GtkWidget *
dsp_assignments_page_new (DspOffice *office)
{
  DspAssignmentsPage *self = g_object_new (DSP_TYPE_ASSIGNMENTS_PAGE, NULL);
  GSettings *settings = dsp_office_get_settings (office);

  self->office = g_object_ref (office);
  dsp_filter_bar_set_office (self->filter_bar, office);
  dsp_exception_strip_set_office (self->strip, office);
  dsp_order_view_set_office (self->orders, office);
  dsp_crew_panel_set_office (self->crews, office);
  self->map = dsp_map_pane_new (office);
  g_signal_connect (self->map, "selected", G_CALLBACK (on_map_selected), self);
  adw_bin_set_child (self->map_slot, self->map);
  adw_bin_set_child (self->process_slot, dsp_process_menu_new (office));
  g_settings_bind (settings, "show-list", self->show_list, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "show-map", self->show_map, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "show-crews", self->show_crews, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed", G_CALLBACK (on_settings_changed), self, 0);
  self->panes[PANE_LIST] = dsp_pane_new (GTK_WIDGET (self->orders), settings, pane_names[PANE_LIST], _("Orders"));
  self->panes[PANE_MAP] = dsp_pane_new (GTK_WIDGET (self->map_slot), settings, pane_names[PANE_MAP], _("Map"));
  self->panes[PANE_CREWS] = dsp_pane_new (GTK_WIDGET (self->crews), settings, pane_names[PANE_CREWS], _("Crews"));
  fill_crews (self);
  g_signal_connect_object (self->crew, "notify::selected", G_CALLBACK (show_selection), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "selection-changed", G_CALLBACK (show_selection), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "refreshed", G_CALLBACK (show_selection), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  g_signal_connect_object (office, "status-changed", G_CALLBACK (on_status_changed), self, G_CONNECT_SWAPPED);
  on_status_changed (self);
  show_selection (self);
  return GTK_WIDGET (self);
}

/* ---- actions ---- */

void
dsp_assignments_page_open_filter (DspAssignmentsPage *self)
{
  dsp_filter_bar_open (self->filter_bar);
}

/* Only the rows that have a crew, for "Move". */
static GtkBitset *
with_crew (DspAssignmentsPage *self,
           GtkBitset          *rows)
{
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (self->office));
  GtkBitset *found = gtk_bitset_new_empty ();
  GtkBitsetIter iter;
  guint row;

  if (gtk_bitset_iter_init_first (&iter, rows, &row))
    do
      {
        DspOrderStatus status = dsp_order_index_status (index, row);

        if (status == DSP_ORDER_ASSIGNED || status == DSP_ORDER_IN_PROGRESS)
          gtk_bitset_add (found, row);
      }
    while (gtk_bitset_iter_next (&iter, &row));
  return found;
}

void
dsp_assignments_page_assign (DspAssignmentsPage *self,
                             gboolean            only_move)
{
  const DspCrew *crew = chosen_crew (self);
  GtkBitset *selection = dsp_office_get_selection (self->office);
  g_autoptr(GtkBitset) rows = only_move ? with_crew (self, selection) : gtk_bitset_ref (selection);

  if (crew == NULL)
    dsp_office_message (self->office, 0, "%s", _("Choose a crew first"));
  else
    dsp_assign_to_crew (GTK_WIDGET (self), self->office, crew, rows);
}

void
dsp_assignments_page_assign_key (DspAssignmentsPage *self,
                                 guint               key)
{
  const DspCrew *crew = dsp_crew_panel_get_crew (self->crews, key);
  GtkBitset *selection = dsp_office_get_selection (self->office);

  if (gtk_bitset_is_empty (selection))
    dsp_office_message (self->office, 0, "%s", _("Select orders first"));
  else if (crew != NULL)
    dsp_assign_to_crew (GTK_WIDGET (self), self->office, crew, selection);
}

void
dsp_assignments_page_type_crew (DspAssignmentsPage *self)
{
  GtkBitset *selection = dsp_office_get_selection (self->office);

  if (gtk_bitset_is_empty (selection))
    dsp_office_message (self->office, 0, "%s", _("Select orders first"));
  else
    dsp_crew_dialog_open (GTK_WIDGET (self), self->office, selection);
}

void
dsp_assignments_page_release (DspAssignmentsPage *self)
{
  dsp_assign_release (GTK_WIDGET (self), self->office, dsp_office_get_selection (self->office));
}

void
dsp_assignments_page_step_case (DspAssignmentsPage *self,
                                int                 step)
{
  GtkBitset *selection;
  guint32 next = DSP_NO_ROW;
  guint n;
  const guint32 *rows;
  g_autoptr(GtkBitset) one = gtk_bitset_new_empty ();
  gboolean was_active = dsp_office_get_exception (self->office) != DSP_EXCEPTION_NONE;

  if (!dsp_exception_strip_ensure (self->strip))
    {
      dsp_office_message (self->office, 0, "%s", _("No exceptions: nothing needs you"));
      return;
    }
  selection = dsp_office_get_selection (self->office);
  rows = dsp_office_get_rows (self->office, &n);
  if (n == 0)
    return;
  if (was_active && gtk_bitset_get_size (selection) == 1)
    next = dsp_order_view_neighbour (self->orders, gtk_bitset_get_minimum (selection), step);
  if (next == DSP_NO_ROW)
    next = step > 0 ? rows[0] : rows[n - 1];
  gtk_bitset_add (one, next);
  dsp_office_select (self->office, one);
  dsp_order_view_show_row (self->orders, next);
}

void
dsp_assignments_page_select_all (DspAssignmentsPage *self)
{
  guint n;
  const guint32 *rows = dsp_office_get_rows (self->office, &n);
  g_autoptr(GtkBitset) all = gtk_bitset_new_empty ();

  for (guint i = 0; i < n; i++)
    gtk_bitset_add (all, rows[i]);
  dsp_office_select (self->office, all);
}

void
dsp_assignments_page_show_row (DspAssignmentsPage *self,
                               guint32             row)
{
  dsp_order_view_show_row (self->orders, row);
}

guint32
dsp_assignments_page_neighbour (DspAssignmentsPage *self,
                                guint32             row,
                                int                 step)
{
  return dsp_order_view_neighbour (self->orders, row, step);
}

void
dsp_assignments_page_find_code (DspAssignmentsPage *self,
                                const char         *code)
{
  dsp_map_pane_show_code (self->map, code);
}

void
dsp_assignments_page_print_map (DspAssignmentsPage *self,
                                GtkWindow          *parent)
{
  dsp_map_pane_print (self->map, parent);
}

void
dsp_assignments_page_focus (DspAssignmentsPage *self)
{
  dsp_order_view_focus (self->orders);
}
