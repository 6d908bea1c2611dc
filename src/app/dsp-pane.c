/* dsp-pane.c: a part of a page that may stand in a window of its own, on another monitor
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The widget itself moves: it is the same list or map over the same office, with the same selection.
 */
#define G_LOG_DOMAIN "dsp-pane"

#include "config.h"
#include "dsp-pane.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspPane
{
  GtkWidget *widget;
  GtkPaned  *paned;      /* where it stands in the page */
  gboolean   at_start;
  GSettings *settings;   /* (owned) */
  char      *window_key; /* (owned) */
  char      *size_key;   /* (owned) */
  char      *title;      /* (owned) */
  GtkWidget *window;     /* (nullable): it stands there */
  GtkWidget *box;        /* in that window */
};

DspPane *
dsp_pane_new (GtkWidget  *widget,
              GSettings  *settings,
              const char *name,
              const char *title)
{
  DspPane *self = g_new0 (DspPane, 1);

  self->widget = widget;
  self->paned = GTK_PANED (gtk_widget_get_parent (widget));
  self->at_start = gtk_paned_get_start_child (self->paned) == widget;
  self->settings = g_object_ref (settings);
  self->window_key = g_strconcat (name, "-window", NULL);
  self->size_key = g_strconcat (name, "-window-size", NULL);
  self->title = g_strdup (title);
  return self;
}

static void
save_size (DspPane *self)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self->window), &width, &height);
  if (width > 0 && height > 0)
    g_settings_set (self->settings, self->size_key, "(ii)", width, height);
}

void
dsp_pane_free (DspPane *self)
{
  if (self->window != NULL)
    {
      save_size (self);
      gtk_window_destroy (GTK_WINDOW (self->window));
    }
  g_object_unref (self->settings);
  g_free (self->window_key);
  g_free (self->size_key);
  g_free (self->title);
  g_free (self);
}

gboolean
dsp_pane_is_out (DspPane *self)
{
  return self->window != NULL;
}

/* ---- its window ---- */

/* What is answered in the main window is looked at there. */
static void
on_forwarded (GAction   *action,
              GVariant  *parameter,
              GtkWidget *main)
{
  static const char *const shown_there[] = { "search", "filter", "page", "exception", "show-order", "show-orders", "open-record", NULL };
  const char *name = g_action_get_name (action);
  g_autofree char *full = g_strconcat ("win.", name, NULL);

  if (g_strv_contains (shown_there, name))
    gtk_window_present (GTK_WINDOW (main));
  gtk_widget_activate_action_variant (main, full, parameter);
}

static GSimpleActionGroup *
forward_to (GtkWindow *main)
{
  GSimpleActionGroup *group = g_simple_action_group_new ();
  const GVariantType *type;
  const char *name, *property;
  GType owner;

  for (guint i = 0; gtk_widget_class_query_action (GTK_WIDGET_GET_CLASS (main), i, &owner, &name, &type, &property); i++)
    if (g_str_has_prefix (name, "win."))
      {
        g_autoptr(GSimpleAction) action = g_simple_action_new (name + strlen ("win."), type);

        g_signal_connect_object (action, "activate", G_CALLBACK (on_forwarded), main, 0);
        g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
      }
  return group;
}

/* Whoever closes the window wants the pane back, not gone. */
static gboolean
on_close (GtkWindow *window,
          DspPane   *self)
{
  g_settings_set_boolean (self->settings, self->window_key, FALSE);
  return TRUE;
}

static GtkWidget *
make_header (DspPane *self)
{
  GtkWidget *header = adw_header_bar_new (), *back = gtk_button_new_with_label (_("Put back"));
  g_autofree char *action = g_strconcat ("panes.", self->window_key, NULL);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (back), action);
  gtk_widget_set_tooltip_text (back, _("Back into the main window"));
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), back);
  return header;
}

static void
take_out (DspPane   *self,
          GtkWindow *main)
{
  g_autoptr(GSimpleActionGroup) forward = forward_to (main);
  g_autoptr(GtkWidget) widget = g_object_ref (self->widget);
  GActionGroup *panes = g_object_get_data (G_OBJECT (main), "dsp-panes");
  int width, height;

  if (self->at_start)
    gtk_paned_set_start_child (self->paned, NULL);
  else
    gtk_paned_set_end_child (self->paned, NULL);
  g_settings_get (self->settings, self->size_key, "(ii)", &width, &height);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_header (self));
  gtk_box_append (GTK_BOX (self->box), widget);
  gtk_widget_set_vexpand (widget, TRUE);
  self->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (self->window), self->title);
  gtk_window_set_default_size (GTK_WINDOW (self->window), width, height);
  gtk_window_set_application (GTK_WINDOW (self->window), gtk_window_get_application (main));
  gtk_widget_insert_action_group (self->window, "win", G_ACTION_GROUP (forward));
  gtk_widget_insert_action_group (self->window, "panes", panes);
  adw_window_set_content (ADW_WINDOW (self->window), self->box);
  g_signal_connect (self->window, "close-request", G_CALLBACK (on_close), self);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
put_back (DspPane *self)
{
  g_autoptr(GtkWidget) widget = g_object_ref (self->widget);

  save_size (self);
  gtk_box_remove (GTK_BOX (self->box), widget);
  gtk_window_destroy (GTK_WINDOW (self->window));
  self->window = self->box = NULL;
  if (self->at_start)
    gtk_paned_set_start_child (self->paned, widget);
  else
    gtk_paned_set_end_child (self->paned, widget);
}

void
dsp_pane_place (DspPane   *self,
                GtkWindow *main,
                gboolean   shown)
{
  gboolean out = shown && g_settings_get_boolean (self->settings, self->window_key);

  if (out && self->window == NULL)
    take_out (self, main);
  else if (!out && self->window != NULL)
    put_back (self);
  gtk_widget_set_visible (self->widget, shown);
}

GActionGroup *
dsp_pane_actions (GSettings         *settings,
                  const char *const *names)
{
  GSimpleActionGroup *group = g_simple_action_group_new ();

  for (; *names != NULL; names++)
    {
      g_autofree char *key = g_strconcat (*names, "-window", NULL);
      g_autoptr(GAction) action = g_settings_create_action (settings, key);

      g_action_map_add_action (G_ACTION_MAP (group), action);
    }
  return G_ACTION_GROUP (group);
}
