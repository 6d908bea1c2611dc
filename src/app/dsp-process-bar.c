/* dsp-process-bar.c: the processes of an order as buttons
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-process-bar"

#include "config.h"
#include "dsp-process-bar.h"

#include "dsp-fault-dialog.h"
#include "dsp-process-dialog.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

struct _DspProcessBar
{
  GtkWidget  parent_instance;

  DspOffice *office;  /* (owned) */
  DspId      id;      /* of the order */
  GtkWidget *popover; /* of the menu */
  GPtrArray *buttons; /* (owned) of GtkWidget, unowned */
};

G_DEFINE_FINAL_TYPE (DspProcessBar, dsp_process_bar, GTK_TYPE_WIDGET)

static const DspCommand *
command_of (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "dsp-command");
}

static GtkWindow *
window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
on_clicked (GtkWidget     *button,
            DspProcessBar *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (command_of (button) == &dsp_penalty_create)
    dsp_fault_dialog_open (window_of (GTK_WIDGET (self)), self->office, &self->id);
  else
    dsp_process_dialog_open (window_of (GTK_WIDGET (self)), self->office, command_of (button), &self->id, 1);
}

static GtkWidget *
make_button (const DspCommand *command)
{
  GtkWidget *button = gtk_button_new_with_label (command == &dsp_penalty_create ? _("Note a fault") : _(command->label));

  g_object_set_data (G_OBJECT (button), "dsp-command", (gpointer) command);
  return button;
}

static GtkWidget *
make_menu (const char *label,
           GtkWidget **list,
           GtkWidget **popover)
{
  GtkWidget *menu = gtk_menu_button_new ();

  *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  *popover = gtk_popover_new ();
  gtk_widget_add_css_class (*popover, "menu");
  gtk_popover_set_child (GTK_POPOVER (*popover), *list);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (menu), label);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (menu), *popover);
  gtk_accessible_update_property (GTK_ACCESSIBLE (menu), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return menu;
}

static void
add_to_menu (GtkWidget *list,
             GtkWidget *button)
{
  gtk_button_set_has_frame (GTK_BUTTON (button), FALSE);
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0);
  gtk_box_append (GTK_BOX (list), button);
}

static void
dsp_process_bar_dispose (GObject *object)
{
  DspProcessBar *self = DSP_PROCESS_BAR (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_process_bar_parent_class)->dispose (object);
}

static void
dsp_process_bar_finalize (GObject *object)
{
  g_ptr_array_unref (DSP_PROCESS_BAR (object)->buttons);
  G_OBJECT_CLASS (dsp_process_bar_parent_class)->finalize (object);
}

static void
dsp_process_bar_class_init (DspProcessBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_process_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_process_bar_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_process_bar_init (DspProcessBar *self)
{
  self->buttons = g_ptr_array_new ();
}

GtkWidget *
dsp_process_bar_new (DspOffice *office)
{
  DspProcessBar *self = g_object_new (DSP_TYPE_PROCESS_BAR, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *list, *menu;

  self->office = g_object_ref (office);
  gtk_widget_add_css_class (box, "dsp-process-bar");
  for (guint i = 0; dsp_processes[i] != NULL; i++)
    {
      GtkWidget *button = make_button (dsp_processes[i]);

      g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
      g_ptr_array_add (self->buttons, button);
      gtk_box_append (GTK_BOX (box), button);
    }
  menu = make_menu (_("More"), &list, &self->popover);
  for (guint i = 0; dsp_more_processes[i] != NULL; i++)
    {
      GtkWidget *button = make_button (dsp_more_processes[i]);

      g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
      g_ptr_array_add (self->buttons, button);
      add_to_menu (list, button);
    }
  gtk_box_append (GTK_BOX (box), menu);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

void
dsp_process_bar_set_order (DspProcessBar  *self,
                           const DspOrder *order)
{
  self->id = order->id;
  for (guint i = 0; i < self->buttons->len; i++)
    {
      GtkWidget *button = self->buttons->pdata[i];
      g_autofree char *why = NULL;

      gtk_widget_set_sensitive (button, dsp_process_may (self->office, command_of (button), order, &why));
      gtk_widget_set_tooltip_text (button, why);
    }
}

/* ---- for many ---- */

static void
on_many_clicked (GtkWidget *button,
                 DspOffice *office)
{
  GtkWidget *popover = gtk_widget_get_ancestor (button, GTK_TYPE_POPOVER);
  GtkWindow *window = window_of (button);
  guint n_ids = 0;
  g_autofree DspId *ids = dsp_office_dup_ids (office, dsp_office_get_selection (office), &n_ids);

  gtk_popover_popdown (GTK_POPOVER (popover));
  if (n_ids > 0)
    dsp_process_dialog_open (window, office, command_of (button), ids, n_ids);
}

GtkWidget *
dsp_process_menu_new (DspOffice *office)
{
  static const DspCommand *const commands[] = {
    &dsp_order_reschedule, &dsp_order_cancel, &dsp_order_reject, &dsp_order_close, &dsp_order_needs_reschedule, &dsp_order_return,
    &dsp_order_transfer, &dsp_order_follow_up,
  };
  GtkWidget *list, *popover, *menu = make_menu (_("Processes"), &list, &popover);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (dsp_office_may (office, commands[i]))
      {
        GtkWidget *button = make_button (commands[i]);

        g_signal_connect_object (button, "clicked", G_CALLBACK (on_many_clicked), office, 0);
        add_to_menu (list, button);
      }
  return menu;
}
