/* dsp-text-column.c: a column of a table that says one thing about each line
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-text-column"

#include "config.h"
#include "dsp-text-column.h"

typedef struct {
  DspTextColumnFunc func;
  gpointer          user_data;
} Column;

static void
show (GtkListItem *item)
{
  Column *column = g_object_get_data (G_OBJECT (item), "dsp-column");
  GtkWidget *label = gtk_list_item_get_child (item);
  const char *before = g_object_get_data (G_OBJECT (item), "dsp-class"), *css_class = NULL;
  g_autofree char *text = column->func (gtk_list_item_get_item (item), &css_class, column->user_data);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, *text != '\0' ? text : NULL);
  if (before != NULL)
    gtk_widget_remove_css_class (label, before);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  g_object_set_data (G_OBJECT (item), "dsp-class", (gpointer) css_class);
}

static void
set_up (GtkSignalListItemFactory *factory,
        GtkListItem              *item,
        Column                   *column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_lines (GTK_LABEL (label), 2);
  gtk_widget_add_css_class (label, "numeric");
  g_object_set_data (G_OBJECT (item), "dsp-column", column);
  gtk_list_item_set_child (item, label);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
bind (GtkSignalListItemFactory *factory,
      GtkListItem              *item)
{
  gpointer object = gtk_list_item_get_item (item);

  if (g_signal_lookup ("changed", G_OBJECT_TYPE (object)) != 0)
    g_signal_connect_swapped (object, "changed", G_CALLBACK (show), item);
  show (item);
}

static void
unbind (GtkSignalListItemFactory *factory,
        GtkListItem              *item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), show, item);
}

static void
column_free (gpointer  data,
             GClosure *closure)
{
  g_free (data);
}

void
dsp_text_column_add (GtkColumnView     *view,
                     const char        *title,
                     int                width,
                     DspTextColumnFunc  func,
                     gpointer           user_data)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) shown = gtk_column_view_column_new (title, factory);
  Column *column = g_new (Column, 1);

  *column = (Column) { func, user_data };
  g_signal_connect_data (factory, "setup", G_CALLBACK (set_up), column, column_free, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind), NULL);
  gtk_column_view_column_set_resizable (shown, TRUE);
  if (width > 0)
    gtk_column_view_column_set_fixed_width (shown, width);
  else
    gtk_column_view_column_set_expand (shown, TRUE);
  gtk_column_view_append_column (view, shown);
}
