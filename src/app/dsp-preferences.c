/* dsp-preferences.c: what a person can set
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-preferences"

#include "config.h"
#include "dsp-preferences.h"

#include <glib/gi18n.h>

static GtkWidget *
add_entry (AdwPreferencesGroup *group,
           GSettings           *settings,
           const char          *key,
           const char          *title)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  g_settings_bind (settings, key, row, "text", G_SETTINGS_BIND_DEFAULT);
  adw_preferences_group_add (group, row);
  return row;
}

static GtkWidget *
add_choice (AdwPreferencesGroup *group,
            const char          *title,
            const char *const   *words)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr(GtkStringList) list = gtk_string_list_new (words);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_preferences_group_add (group, row);
  return row;
}

static void
on_enum_chosen (AdwComboRow *row,
                GParamSpec  *pspec,
                GSettings   *settings)
{
  g_settings_set_enum (settings, g_object_get_data (G_OBJECT (row), "key"), (int) adw_combo_row_get_selected (row));
}

static GtkWidget *
add_enum (AdwPreferencesGroup *group,
          GSettings           *settings,
          const char          *key,
          const char          *title,
          const char *const   *words)
{
  GtkWidget *row = add_choice (group, title, words);

  adw_combo_row_set_selected (ADW_COMBO_ROW (row), (guint) g_settings_get_enum (settings, key));
  g_object_set_data (G_OBJECT (row), "key", (gpointer) key);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (on_enum_chosen), settings, 0);
  return row;
}

/* A name that the database of time zones does not know is marked and not kept. */
static void
on_zone_edited (AdwEntryRow *row,
                GSettings   *settings)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (name);

  if (zone == NULL || *name == '\0')
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
      g_settings_set_string (settings, "time-zone", name);
    }
}

static void
on_file_chosen (GtkNativeDialog *dialog,
                int              response,
                GtkEditable     *row)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

      if (path != NULL)
        gtk_editable_set_text (row, path);
    }
  g_object_unref (dialog);
}

static void
on_choose_file (GtkWidget *button,
                GtkWidget *row)
{
  GtkRoot *root = gtk_widget_get_root (button);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Map file"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"), _("_Cancel"));
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("MBTiles files"));
  gtk_file_filter_add_suffix (filter, "mbtiles");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), row, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
show_source (GSettings  *settings,
             const char *key,
             GtkWidget  *window)
{
  int source = g_settings_get_enum (settings, "map-source");

  gtk_widget_set_visible (g_object_get_data (G_OBJECT (window), "url"), source == 1);
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (window), "attribution"), source == 1);
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (window), "mbtiles"), source == 2);
}

void
dsp_preferences_open (GtkWindow *parent,
                      GSettings *settings)
{
  const char *const densities[] = { _("Compact"), _("Comfortable"), NULL };
  const char *const sources[] = { _("Built-in outline"), _("Tiles from a server"), _("MBTiles file"), NULL };
  GtkWidget *window = adw_preferences_window_new (), *page = adw_preferences_page_new (), *group, *row, *button, *spin;
  g_autofree char *zone = g_settings_get_string (settings, "time-zone");

  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (page), _("General"));

  group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("Office"));
  row = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Time zone, such as America/Mexico_City"));
  gtk_editable_set_text (GTK_EDITABLE (row), zone);
  g_signal_connect_object (row, "changed", G_CALLBACK (on_zone_edited), settings, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  row = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Hours before the penalty from which an order is at risk"));
  spin = gtk_spin_button_new_with_range (1, 168, 1);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Risk hours"), -1);
  g_settings_bind (settings, "risk-hours", spin, "value", G_SETTINGS_BIND_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  add_enum (ADW_PREFERENCES_GROUP (group), settings, "density", _("Height of rows"), densities);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));

  group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("Map"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group),
                                         _("Without network the map shows what was kept, and the outline under it."));
  add_enum (ADW_PREFERENCES_GROUP (group), settings, "map-source", _("Background"), sources);
  row = add_entry (ADW_PREFERENCES_GROUP (group), settings, "map-url", _("Address with {z}, {x} and {y}"));
  g_object_set_data (G_OBJECT (window), "url", row);
  row = add_entry (ADW_PREFERENCES_GROUP (group), settings, "map-attribution", _("Attribution that the owner asks for"));
  g_object_set_data (G_OBJECT (window), "attribution", row);
  row = add_entry (ADW_PREFERENCES_GROUP (group), settings, "map-mbtiles", _("File"));
  button = gtk_button_new_from_icon_name ("document-open-symbolic");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Choose a file"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose a file"), -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_choose_file), row);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);
  g_object_set_data (G_OBJECT (window), "mbtiles", row);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));

  group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("Server"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), _("Used at the next sign-in."));
  add_entry (ADW_PREFERENCES_GROUP (group), settings, "server-url", _("Server address"));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));

  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  g_signal_connect_object (settings, "changed::map-source", G_CALLBACK (show_source), window, 0);
  show_source (settings, NULL, window);
  gtk_window_present (GTK_WINDOW (window));
}
