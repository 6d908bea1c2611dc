/* dsp-window.c: the main window
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Either the sign-in page, or the pages that the user's profile opens over one office.
 */
#define G_LOG_DOMAIN "dsp-window"

#include "config.h"
#include "dsp-window-private.h"

#include "dsp-account-window.h"
#include "dsp-admin-page.h"
#include "dsp-assign.h"
#include "dsp-chart-page.h"
#include "dsp-closed-zones.h"
#include "dsp-import-window.h"
#include "dsp-macro-page.h"
#include "dsp-mileage-page.h"
#include "dsp-new-order.h"
#include "dsp-order-window.h"
#include "dsp-outbox-window.h"
#include "dsp-paper-dialog.h"
#include "dsp-paper-results.h"
#include "dsp-pre-invoice-page.h"
#include "dsp-preferences.h"
#include "dsp-rate-page.h"
#include "dsp-record-page.h"
#include "dsp-roll-call.h"
#include "dsp-review-page.h"
#include "dsp-statement-page.h"

#include <glib/gi18n.h>

typedef struct {
  const char *name, *label, *icon;
  DspModule   module;
} Page;

static const Page pages[] = {
  { "assignments", N_("Assignments"), "despacho-assignments-symbolic", DSP_MODULE_ASSIGNMENTS },
  { "crews", N_("Crews"), "despacho-crews-symbolic", DSP_MODULE_CREWS },
  { "masters", N_("Master"), "despacho-master-symbolic", DSP_MODULE_MASTERS },
  { "distributors", N_("Distributor"), "despacho-distributor-symbolic", DSP_MODULE_DISTRIBUTORS },
  { "penalties", N_("Review desk"), "despacho-penalized-symbolic", DSP_MODULE_PENALTIES },
  { "mileage", N_("Mileage"), "despacho-mileage-symbolic", DSP_MODULE_MILEAGE },
  { "statement", N_("Statement"), "despacho-reports-symbolic", DSP_MODULE_PRE_INVOICES },
  { "pre-invoices", N_("Pre-invoices"), "despacho-pre-invoice-symbolic", DSP_MODULE_PRE_INVOICES },
  { "rates", N_("Rates"), "despacho-rates-symbolic", DSP_MODULE_RATES },
  { "charts", N_("Charts"), "despacho-chart-symbolic", DSP_MODULE_CHARTS },
  { "workbook", N_("Workbook"), "despacho-macro-symbolic", DSP_MODULE_WORKBOOK },
  { "administration", N_("Catalogues"), "despacho-admin-symbolic", DSP_MODULE_ADMINISTRATION },
};

G_STATIC_ASSERT (G_N_ELEMENTS (pages) == DSP_N_PAGES);

G_DEFINE_FINAL_TYPE (DspWindow, dsp_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- pages ---- */

static void
show_page (DspWindow  *self,
           const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (pages[i].name, name) && self->page_widgets[i] != NULL)
      {
        gtk_stack_set_visible_child_name (GTK_STACK (self->pages), name);
        gtk_label_set_text (GTK_LABEL (self->page_title), _(pages[i].label));
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->page_buttons[i]), TRUE);
        g_settings_set_string (self->settings, "page", name);
      }
}

static void
on_page_toggled (GtkToggleButton *button,
                 DspWindow       *self)
{
  if (gtk_toggle_button_get_active (button))
    show_page (self, g_object_get_data (G_OBJECT (button), "page"));
}

static void
show_rail_width (DspWindow *self)
{
  gboolean wide = g_settings_get_boolean (self->settings, "rail-wide");

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (self->page_buttons[i] != NULL)
      {
        GtkWidget *box = gtk_button_get_child (GTK_BUTTON (self->page_buttons[i]));

        gtk_orientable_set_orientation (GTK_ORIENTABLE (box), wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
        gtk_box_set_spacing (GTK_BOX (box), wide ? 10 : 3);
        gtk_label_set_lines (GTK_LABEL (gtk_widget_get_last_child (box)), wide ? 1 : 2);
        gtk_label_set_max_width_chars (GTK_LABEL (gtk_widget_get_last_child (box)), wide ? -1 : 12);
      }
  if (wide)
    gtk_widget_add_css_class (self->rail, "wide");
  else
    gtk_widget_remove_css_class (self->rail, "wide");
}

static void
add_page (DspWindow *self,
          guint      i)
{
  GtkWidget *button = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *label;
  GtkWidget *image = gtk_image_new_from_icon_name (pages[i].icon);

  label = gtk_label_new (_(pages[i].label));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "dsp-page-button");
  gtk_widget_set_tooltip_text (button, _(pages[i].label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(pages[i].label), -1);
  for (guint before = 0; before < i; before++)
    if (self->page_buttons[before] != NULL)
      {
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (self->page_buttons[before]));
        break;
      }
  g_object_set_data (G_OBJECT (button), "page", (gpointer) pages[i].name);
  g_signal_connect (button, "toggled", G_CALLBACK (on_page_toggled), self);
  gtk_box_append (GTK_BOX (self->rail), button);
  self->page_buttons[i] = button;

  switch (pages[i].module)
    {
    case DSP_MODULE_ASSIGNMENTS:
      self->page_widgets[i] = dsp_assignments_page_new (self->office);
      self->assignments = DSP_ASSIGNMENTS_PAGE (self->page_widgets[i]);
      break;
    case DSP_MODULE_CREWS:
      self->page_widgets[i] = dsp_record_page_new (self->office, &dsp_crew);
      break;
    case DSP_MODULE_MASTERS:
      self->page_widgets[i] = dsp_record_page_new (self->office, &dsp_master);
      break;
    case DSP_MODULE_DISTRIBUTORS:
      self->page_widgets[i] = dsp_record_page_new (self->office, &dsp_distributor);
      break;
    case DSP_MODULE_PENALTIES:
      self->page_widgets[i] = dsp_review_page_new (self->office);
      break;
    case DSP_MODULE_MILEAGE:
      self->page_widgets[i] = dsp_mileage_page_new (self->office);
      break;
    case DSP_MODULE_PRE_INVOICES:
      self->page_widgets[i] = g_str_equal (pages[i].name, "statement") ? dsp_statement_page_new (self->office)
                                                                       : dsp_pre_invoice_page_new (self->office);
      break;
    case DSP_MODULE_RATES:
      self->page_widgets[i] = dsp_rate_page_new (self->office);
      break;
    case DSP_MODULE_CHARTS:
      self->page_widgets[i] = dsp_chart_page_new (self->office);
      break;
    case DSP_MODULE_WORKBOOK:
      self->page_widgets[i] = dsp_macro_page_new (self->office);
      break;
    case DSP_MODULE_ADMINISTRATION:
      self->page_widgets[i] = dsp_admin_page_new (self->office);
      break;
    case DSP_MODULE_LAST:
    default:
      g_assert_not_reached ();
    }
  gtk_stack_add_named (GTK_STACK (self->pages), self->page_widgets[i], pages[i].name);
}

/* Pages come and go with the permissions; the first answer of the server may bring them. */
static void
show_pages (DspWindow *self)
{
  gboolean had_any = FALSE, added = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    had_any |= self->page_widgets[i] != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gboolean opens = dsp_office_opens (self->office, pages[i].module);

      if (opens && self->page_widgets[i] == NULL)
        {
          add_page (self, i);
          added = TRUE;
        }
      if (self->page_buttons[i] != NULL)
        {
          gtk_widget_set_visible (self->page_buttons[i], opens);
          if (i > 0 && self->page_buttons[i - 1] != NULL)
            gtk_box_reorder_child_after (GTK_BOX (self->rail), self->page_buttons[i], self->page_buttons[i - 1]);
        }
    }
  if (added)
    {
      show_rail_width (self);
      if (!had_any)
        {
          g_autofree char *last = g_settings_get_string (self->settings, "page");

          for (guint i = G_N_ELEMENTS (pages); i > 0; i--)
            if (self->page_widgets[i - 1] != NULL)
              show_page (self, pages[i - 1].name);
          show_page (self, last);
          if (self->assignments != NULL)
            {
              show_page (self, g_str_equal (last, "") ? "assignments" : last);
              dsp_assignments_page_focus (self->assignments);
            }
        }
    }
}

void
dsp_window_on_status_changed (DspWindow *self)
{
  DspReplicaStatus status;

  dsp_replica_get_status (dsp_office_get_replica (self->office), &status);
  dsp_window_show_connection (self);
  dsp_window_show_notice (self);
  show_pages (self);
  if (status.n_rejected > self->n_rejected)
    dsp_replica_list_rejected_async (dsp_office_get_replica (self->office), 200, NULL, dsp_window_rejected_cb, g_object_ref (self));
  self->n_rejected = status.n_rejected;
}

void
dsp_window_show_bell (DspWindow *self)
{
  const DspOrderTotals *totals = dsp_office_get_totals (self->office);
  guint n = self->n_rejected;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (totals != NULL)
    n += totals->exceptions[DSP_EXCEPTION_AT_RISK];
  text = n > 999 ? g_strdup ("999+") : g_strdup_printf ("%u", n);
  name = g_strdup_printf (ngettext ("%u notification", "%u notifications", n), n);
  gtk_label_set_text (GTK_LABEL (self->bell_count), text);
  gtk_widget_set_visible (self->bell_count, n > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bell), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
add_notification (DspWindow  *self,
                  const char *text,
                  const char *action,
                  GVariant   *target)
{
  GtkWidget *button = gtk_button_new (), *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (gtk_menu_button_popdown), self->bell);
  gtk_box_append (GTK_BOX (self->bell_list), button);
}

static char *
exception_sentence (DspException exception,
                    guint        n)
{
  switch (exception)
    {
    case DSP_EXCEPTION_AT_RISK:
      return g_strdup_printf (ngettext ("%u order is at risk", "%u orders are at risk", n), n);
    case DSP_EXCEPTION_PENALIZES_TODAY:
      return g_strdup_printf (ngettext ("%u order penalizes today", "%u orders penalize today", n), n);
    case DSP_EXCEPTION_TO_RESCHEDULE:
      return g_strdup_printf (ngettext ("%u order is to be rescheduled", "%u orders are to be rescheduled", n), n);
    case DSP_EXCEPTION_NO_POSTAL_CODE:
    default:
      return g_strdup_printf (ngettext ("%u order has no known postal code", "%u orders have no known postal code", n), n);
    }
}

static void
on_bell_shown (GtkWidget *popover,
               DspWindow *self)
{
  static const DspException lines[] = {
    DSP_EXCEPTION_AT_RISK, DSP_EXCEPTION_PENALIZES_TODAY, DSP_EXCEPTION_TO_RESCHEDULE, DSP_EXCEPTION_NO_POSTAL_CODE,
  };
  const DspOrderTotals *totals = self->office != NULL ? dsp_office_get_totals (self->office) : NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->bell_list)) != NULL)
    gtk_box_remove (GTK_BOX (self->bell_list), child);
  if (self->n_rejected > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u change was refused", "%u changes were refused", self->n_rejected),
                                               self->n_rejected);

      add_notification (self, text, "win.outbox", NULL);
    }
  for (guint i = 0; totals != NULL && i < G_N_ELEMENTS (lines); i++)
    {
      guint n = totals->exceptions[lines[i]];
      g_autofree char *text = NULL;

      if (n == 0)
        continue;
      text = exception_sentence (lines[i], n);
      add_notification (self, text, "win.exception", g_variant_new_uint32 (lines[i]));
    }
  if (gtk_widget_get_first_child (self->bell_list) == NULL)
    {
      GtkWidget *nothing = gtk_label_new (_("Nothing needs you"));

      gtk_widget_add_css_class (nothing, "dim-label");
      gtk_box_append (GTK_BOX (self->bell_list), nothing);
    }
}

/* ---- actions ---- */

static guint32
neighbour (gpointer data,
           guint32  row,
           int      step)
{
  DspWindow *self = data;

  return self->assignments != NULL ? dsp_assignments_page_neighbour (self->assignments, row, step) : DSP_NO_ROW;
}

static gboolean
read_id (GVariant *parameter,
         DspId    *id)
{
  const char *text = g_variant_get_string (parameter, NULL);

  return dsp_id_parse (text, strlen (text), id);
}

static void
action_open_order (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  DspId id;

  if (self->office != NULL && read_id (parameter, &id))
    dsp_order_window_open (GTK_WINDOW (self), self->office, &id, neighbour, self);
}

static void
action_print_day (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  DspId id;

  if (self->office != NULL && read_id (parameter, &id))
    dsp_paper_dialog_open_day (GTK_WINDOW (self), self->office, &id);
}

static void
action_show_order (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  DspOrderIndex *index;
  g_autoptr(GtkBitset) one = gtk_bitset_new_empty ();
  const char *code;
  guint32 row;
  DspId id;

  if (self->office == NULL || self->assignments == NULL || !read_id (parameter, &id))
    return;
  index = dsp_replica_get_index (dsp_office_get_replica (self->office));
  row = dsp_order_index_find (index, &id);
  if (row == DSP_NO_ROW)
    return;
  show_page (self, "assignments");
  gtk_bitset_add (one, row);
  dsp_office_set_tab (self->office, DSP_TAB_ALL);
  dsp_office_select (self->office, one);
  dsp_assignments_page_show_row (self->assignments, row);
  code = dsp_order_index_postal_code (index, row);
  if (code != NULL)
    dsp_assignments_page_find_code (self->assignments, code);
  gtk_window_present (GTK_WINDOW (self));
}

/* A chart's bar: its orders in the list, whatever was shown there. */
static void
action_show_orders (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  g_autoptr(GError) error = NULL;
  DspFilter *filter;

  if (self->office == NULL || self->assignments == NULL)
    return;
  filter = dsp_filter_parse (&dsp_order, g_variant_get_string (parameter, NULL), &error);
  if (filter == NULL)
    {
      dsp_office_message (self->office, 0, _("This filter cannot be read: %s"), error->message);
      return;
    }
  show_page (self, "assignments");
  dsp_office_set_exception (self->office, DSP_EXCEPTION_NONE);
  dsp_office_set_tab (self->office, DSP_TAB_ALL);
  dsp_office_take_filter (self->office, filter);
  dsp_assignments_page_focus (self->assignments);
}

static void
action_open_record (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  static const struct { const char *entity, *page; } where[] = {
    { "crew", "crews" }, { "master", "masters" }, { "distributor", "distributors" }, { "pre_invoice", "pre-invoices" },
  };
  DspWindow *self = DSP_WINDOW (widget);
  g_auto(GStrv) parts = g_strsplit (g_variant_get_string (parameter, NULL), "/", 2);
  DspId id;

  if (self->office == NULL || g_strv_length (parts) != 2 || !dsp_id_parse (parts[1], strlen (parts[1]), &id))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (where); i++)
    if (g_str_equal (where[i].entity, parts[0]))
      {
        GtkWidget *page = gtk_stack_get_child_by_name (GTK_STACK (self->pages), where[i].page);

        if (page != NULL)
          {
            show_page (self, where[i].page);
            if (DSP_IS_PRE_INVOICE_PAGE (page))
              dsp_pre_invoice_page_show (DSP_PRE_INVOICE_PAGE (page), &id);
            else
              dsp_record_page_show (DSP_RECORD_PAGE (page), &id);
          }
        return;
      }
}

/* Keys that an entry knows too are the entry's while one types. */
static gboolean
typing (DspWindow  *self,
        const char *action)
{
  GtkWindow *active = gtk_application_get_active_window (gtk_window_get_application (GTK_WINDOW (self)));
  GtkWidget *focus = active != NULL ? gtk_window_get_focus (active) : NULL; /* a pane may stand in a window of its own */

  if (focus == NULL || !(GTK_IS_TEXT (focus) || GTK_IS_TEXT_VIEW (focus)))
    return FALSE;
  gtk_widget_activate_action (focus, action, NULL);
  return TRUE;
}

/* On another page than the orders', the list that has the keyboard; FALSE: it is the orders'. */
static gboolean
select_all_here (DspWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->pages)), "assignments") == 0)
    return FALSE;
  if (focus != NULL)
    gtk_widget_activate_action (focus, "list.select-all", NULL);
  return TRUE;
}

static void
action_assign (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  guint32 number = parameter != NULL ? g_variant_get_uint32 (parameter) : 0;

  if (g_str_equal (name, "win.select-all") && typing (self, "selection.select-all"))
    return;
  if (g_str_equal (name, "win.filter") && DSP_IS_CHART_PAGE (gtk_stack_get_visible_child (GTK_STACK (self->pages))))
    {
      dsp_chart_page_open_filter (DSP_CHART_PAGE (gtk_stack_get_visible_child (GTK_STACK (self->pages))));
      return;
    }
  if (DSP_IS_MACRO_PAGE (gtk_stack_get_visible_child (GTK_STACK (self->pages)))
      && dsp_macro_page_act (DSP_MACRO_PAGE (gtk_stack_get_visible_child (GTK_STACK (self->pages))), name))
    return;
  if (g_str_equal (name, "win.select-all") && select_all_here (self))
    return;
  if (self->assignments == NULL)
    return;
  if (g_str_equal (name, "win.assign"))
    dsp_assignments_page_assign (self->assignments, FALSE);
  else if (g_str_equal (name, "win.move"))
    dsp_assignments_page_assign (self->assignments, TRUE);
  else if (g_str_equal (name, "win.release"))
    dsp_assignments_page_release (self->assignments);
  else if (g_str_equal (name, "win.type-crew"))
    dsp_assignments_page_type_crew (self->assignments);
  else if (g_str_equal (name, "win.assign-key"))
    dsp_assignments_page_assign_key (self->assignments, number);
  else if (g_str_equal (name, "win.next-case"))
    dsp_assignments_page_step_case (self->assignments, 1);
  else if (g_str_equal (name, "win.previous-case"))
    dsp_assignments_page_step_case (self->assignments, -1);
  else if (g_str_equal (name, "win.filter"))
    dsp_assignments_page_open_filter (self->assignments);
  else if (g_str_equal (name, "win.select-none"))
    dsp_office_select (self->office, NULL);
  else if (g_str_equal (name, "win.select-all"))
    dsp_assignments_page_select_all (self->assignments);
  else if (g_str_equal (name, "win.clear-filters"))
    {
      dsp_office_set_exception (self->office, DSP_EXCEPTION_NONE);
      dsp_office_take_filter (self->office, dsp_filter_new (&dsp_order));
    }
  else if (g_str_equal (name, "win.exception"))
    {
      show_page (self, "assignments");
      dsp_office_set_exception (self->office, number);
      dsp_office_set_tab (self->office, DSP_TAB_ALL);
    }
  else if (g_str_equal (name, "win.print"))
    dsp_paper_dialog_open_list (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.print-map"))
    dsp_assignments_page_print_map (self->assignments, GTK_WINDOW (self));
}

static void
action_undo (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);

  if ((parameter == NULL && typing (self, "text.undo")) || self->office == NULL)
    return;
  dsp_assign_undo (widget, self->office, parameter != NULL ? g_variant_get_int64 (parameter) : 0);
}

static void
action_window (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);

  if (g_str_equal (name, "win.preferences"))
    dsp_preferences_open (GTK_WINDOW (self), self->settings);
  else if (self->office == NULL)
    return;
  else if (g_str_equal (name, "win.search"))
    dsp_search_box_focus (self->search);
  else if (g_str_equal (name, "win.new-order"))
    dsp_new_order_open (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.import-orders"))
    dsp_import_window_open (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.outbox"))
    dsp_outbox_window_open (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.results"))
    dsp_paper_results_open (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.contingency"))
    dsp_paper_dialog_open_pack (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.roll-call"))
    {
      if (dsp_office_may (self->office, &dsp_roll_call_put))
        dsp_roll_call_open (GTK_WINDOW (self), self->office);
    }
  else if (g_str_equal (name, "win.account"))
    dsp_account_window_open (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.closed-zones"))
    dsp_closed_zones_open (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.page"))
    show_page (self, g_variant_get_string (parameter, NULL));
  else if (g_str_equal (name, "win.sync-now") && dsp_office_get_sync (self->office) != NULL)
    dsp_sync_now (dsp_office_get_sync (self->office));
}

/* ---- object ---- */

static gboolean
dsp_window_close_request (GtkWindow *window)
{
  DspWindow *self = DSP_WINDOW (window);

  int width, height;

  /* What is being taken down is not lost with the window: it is asked about first. */
  if (self->office != NULL && (!dsp_new_order_may_close (self->office) || !dsp_import_window_may_close (self->office)))
    return TRUE;
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  gtk_window_get_default_size (window, &width, &height);
  if (width >= 360 && height >= 294)
    {
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
    }
  /* What was given is on disk before the window goes. */
  dsp_window_close_office (self);
  return GTK_WINDOW_CLASS (dsp_window_parent_class)->close_request (window);
}

static void
dsp_window_dispose (GObject *object)
{
  DspWindow *self = DSP_WINDOW (object);

  dsp_window_close_office (self);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->password, g_free);
  G_OBJECT_CLASS (dsp_window_parent_class)->dispose (object);
}

static void
dsp_window_finalize (GObject *object)
{
  g_weak_ref_clear (&DSP_WINDOW (object)->last_toast);
  G_OBJECT_CLASS (dsp_window_parent_class)->finalize (object);
}

static void
dsp_window_class_init (DspWindowClass *klass)
{
  static const char *const assign_actions[] = { "win.assign", "win.move", "win.release", "win.type-crew", "win.next-case",
                                                "win.previous-case", "win.filter", "win.select-none", "win.select-all",
                                                "win.clear-filters", "win.print", "win.print-map" };
  static const char *const window_actions[] = { "win.preferences", "win.search", "win.new-order", "win.import-orders", "win.outbox",
                                                "win.sync-now", "win.contingency", "win.results", "win.roll-call", "win.closed-zones",
                                                "win.account" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = dsp_window_close_request;
  g_type_ensure (DSP_TYPE_SEARCH_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-window.ui");
  gtk_widget_class_bind_template_child (widget_class, DspWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, root);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, sign_in_slot);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, header);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, rail_button);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, page_title);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, search);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, bell);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, bell_count);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, bell_list);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, connection);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, connection_dot);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, connection_text);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, notice_revealer);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, notice_button);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, rail);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, waiting_progress);
  gtk_widget_class_bind_template_callback (widget_class, on_bell_shown);

  for (guint i = 0; i < G_N_ELEMENTS (assign_actions); i++)
    gtk_widget_class_install_action (widget_class, assign_actions[i], NULL, action_assign);
  gtk_widget_class_install_action (widget_class, "win.assign-key", "u", action_assign);
  gtk_widget_class_install_action (widget_class, "win.exception", "u", action_assign);
  for (guint i = 0; i < G_N_ELEMENTS (window_actions); i++)
    gtk_widget_class_install_action (widget_class, window_actions[i], NULL, action_window);
  gtk_widget_class_install_action (widget_class, "win.page", "s", action_window);
  gtk_widget_class_install_action (widget_class, "win.open-order", "s", action_open_order);
  gtk_widget_class_install_action (widget_class, "win.show-order", "s", action_show_order);
  gtk_widget_class_install_action (widget_class, "win.show-orders", "s", action_show_orders);
  gtk_widget_class_install_action (widget_class, "win.open-record", "s", action_open_record);
  gtk_widget_class_install_action (widget_class, "win.print-day", "s", action_print_day);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, action_undo);
  gtk_widget_class_install_action (widget_class, "win.undo-gesture", "x", action_undo);
  gtk_widget_class_install_action (widget_class, "win.sign-out", NULL, dsp_window_action_sign_out);
}

static void
dsp_window_init (DspWindow *self)
{
  g_weak_ref_init (&self->last_toast, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->notice_button, "clicked", G_CALLBACK (dsp_window_on_notice_clicked), self);
}

GtkWidget *
dsp_window_new (GtkApplication *application,
                GSettings      *settings)
{
  DspWindow *self = g_object_new (DSP_TYPE_WINDOW, "application", application, NULL);

  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  self->settings = g_object_ref (settings);
  self->sign_in = dsp_sign_in_page_new (settings);
  g_signal_connect (self->sign_in, "signed-in", G_CALLBACK (dsp_window_on_signed_in), self);
  adw_bin_set_child (self->sign_in_slot, self->sign_in);
  g_settings_bind (settings, "rail-wide", self->rail_button, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::rail-wide", G_CALLBACK (show_rail_width), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
