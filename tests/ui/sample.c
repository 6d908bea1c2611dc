/* sample.c: a small window on which the driver of the window's tests proves itself
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It has one of each thing that the tests handle: button, entry, check box, drop-down, long list, something to drag and
 * a place to drop it. The label at the bottom says what happened last.
 */
#define G_LOG_DOMAIN "dsp-sample"

#include "config.h"

#include <gtk/gtk.h>

static GtkLabel *said;

G_GNUC_PRINTF (1, 2)
static void
say (const char *format,
     ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  gtk_label_set_text (said, text);
}

static void
on_clicked (GtkButton *button)
{
  say ("clicked");
}

static void
on_changed (GtkEditable *entry)
{
  say ("entry: %s", gtk_editable_get_text (entry));
}

static void
on_toggled (GtkCheckButton *check)
{
  say ("check: %d", gtk_check_button_get_active (check));
}

static void
on_selected (GtkDropDown *drop_down)
{
  say ("drop-down: %u", gtk_drop_down_get_selected (drop_down));
}

static void
on_row_selected (GtkSelectionModel *model)
{
  g_autoptr(GtkBitset) chosen = gtk_selection_model_get_selection (model);

  say ("selected: %" G_GUINT64_FORMAT, gtk_bitset_get_size (chosen));
}

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y)
{
  say ("dropped: %s", g_value_get_string (value));
  return TRUE;
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item)
{
  gtk_list_item_set_child (item, gtk_label_new (NULL));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item)
{
  GtkStringObject *row = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (row));
}

static void
on_activate (GtkApplication *application)
{
  static const char *const crews[] = { "None", "North", "South", NULL };
  GtkWidget *window = gtk_application_window_new (application);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *button = gtk_button_new_with_label ("Press me");
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *check = gtk_check_button_new_with_label ("Tick me");
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (crews);
  GtkWidget *source = gtk_label_new ("Drag me");
  GtkWidget *target = gtk_label_new ("Drop here");
  GtkStringList *strings = gtk_string_list_new (NULL);
  GtkSelectionModel *selection;
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *view, *scrolled = gtk_scrolled_window_new ();
  GtkDropTarget *drop = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_COPY);
  GtkDragSource *drag = gtk_drag_source_new ();
  g_autoptr(GdkContentProvider) content = gdk_content_provider_new_typed (G_TYPE_STRING, "three orders");

  for (int i = 0; i < 300; i++)
    {
      g_autofree char *row = g_strdup_printf ("Row %d", i);
      gtk_string_list_append (strings, row);
    }
  selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (strings)));
  g_signal_connect (selection, "selection-changed", G_CALLBACK (on_row_selected), NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  view = gtk_column_view_new (selection);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (view), gtk_column_view_column_new ("Name", factory));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_vexpand (scrolled, TRUE);

  said = GTK_LABEL (gtk_label_new ("nothing yet"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (said), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "What happened", -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, "Customer", -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, "Crew", -1);

  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), NULL);
  g_signal_connect (entry, "changed", G_CALLBACK (on_changed), NULL);
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), NULL);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (on_selected), NULL);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), NULL);
  gtk_drag_source_set_content (drag, content);
  gtk_widget_add_controller (source, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (target, GTK_EVENT_CONTROLLER (drop));

  GtkWidget *children[] = { button, entry, check, drop_down, scrolled, source, target, GTK_WIDGET (said) };
  for (gsize i = 0; i < G_N_ELEMENTS (children); i++)
    gtk_box_append (GTK_BOX (box), children[i]);
  gtk_window_set_title (GTK_WINDOW (window), "Sample");
  gtk_window_set_default_size (GTK_WINDOW (window), 500, 600);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GtkApplication) application = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
