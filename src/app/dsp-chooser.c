/* dsp-chooser.c: a button that opens a list of values to tick, with a search
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-chooser"

#include "config.h"
#include "dsp-chooser.h"

#include "dsp-filter.h"

#include <glib/gi18n.h>

/* Check boxes shown at a time; the search finds the others. */
#define MAX_SHOWN 120

typedef struct {
  char    *value;
  char    *label;
  char    *folded;
  gboolean ticked;
} Choice;

struct _DspChooser
{
  GtkWidget  parent_instance;

  char      *name;    /* (owned) */
  GPtrArray *choices; /* (owned) of Choice */
  GtkWidget *button;
  GtkWidget *label;
  GtkWidget *search;
  GtkWidget *box;
  gboolean   filling;
};

G_DEFINE_FINAL_TYPE (DspChooser, dsp_chooser, GTK_TYPE_WIDGET)

static void
choice_free (gpointer data)
{
  Choice *choice = data;

  g_free (choice->value);
  g_free (choice->label);
  g_free (choice->folded);
  g_free (choice);
}

static void
show_label (DspChooser *self)
{
  guint n = 0;
  const char *first = NULL, *second = NULL;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  for (guint i = 0; i < self->choices->len; i++)
    {
      Choice *choice = self->choices->pdata[i];

      if (!choice->ticked)
        continue;
      if (n == 0)
        first = choice->label;
      else if (n == 1)
        second = choice->label;
      n++;
    }
  if (n == 0)
    /* Translators: no condition on this field of a filter */
    text = g_strdup (C_("filter", "Any"));
  else if (n == 1)
    text = g_strdup (first);
  else if (n == 2)
    text = g_strdup_printf ("%s, %s", first, second);
  else
    text = g_strdup_printf (ngettext ("%u value", "%u values", n), n);
  gtk_label_set_text (GTK_LABEL (self->label), text);
  name = g_strdup_printf ("%s: %s", self->name, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
on_toggled (GtkCheckButton *check,
            Choice         *choice)
{
  DspChooser *self = DSP_CHOOSER (gtk_widget_get_ancestor (GTK_WIDGET (check), DSP_TYPE_CHOOSER));

  if (self == NULL || self->filling)
    return;
  choice->ticked = gtk_check_button_get_active (check);
  show_label (self);
}

static void
fill (DspChooser *self)
{
  g_autofree char *folded = dsp_fold (gtk_editable_get_text (GTK_EDITABLE (self->search)));
  GtkWidget *child;
  guint shown = 0;

  self->filling = TRUE;
  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  for (guint i = 0; i < self->choices->len && shown < MAX_SHOWN; i++)
    {
      Choice *choice = self->choices->pdata[i];
      GtkWidget *check;

      if (folded[0] != '\0' && strstr (choice->folded, folded) == NULL)
        continue;
      check = gtk_check_button_new_with_label (choice->label);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), choice->ticked);
      g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), choice);
      gtk_box_append (GTK_BOX (self->box), check);
      shown++;
    }
  if (shown == 0)
    {
      GtkWidget *nothing = gtk_label_new (_("Nothing found"));

      gtk_widget_add_css_class (nothing, "dim-label");
      gtk_box_append (GTK_BOX (self->box), nothing);
    }
  self->filling = FALSE;
}

static void
on_shown (GtkWidget  *popover,
          DspChooser *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_set_visible (self->search, self->choices->len > 8);
  fill (self);
}

static void
dsp_chooser_dispose (GObject *object)
{
  DspChooser *self = DSP_CHOOSER (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (dsp_chooser_parent_class)->dispose (object);
}

static void
dsp_chooser_finalize (GObject *object)
{
  DspChooser *self = DSP_CHOOSER (object);

  g_ptr_array_unref (self->choices);
  g_free (self->name);
  G_OBJECT_CLASS (dsp_chooser_parent_class)->finalize (object);
}

static void
dsp_chooser_class_init (DspChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_chooser_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_chooser_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_chooser_init (DspChooser *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *inside = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->choices = g_ptr_array_new_with_free_func (choice_free);
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), 14);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_box_append (GTK_BOX (inside), self->label);
  gtk_box_append (GTK_BOX (inside), gtk_image_new_from_icon_name ("pan-down-symbolic"));

  self->search = gtk_search_entry_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Find a value"), -1);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (fill), self);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 260);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->box);
  gtk_box_append (GTK_BOX (content), self->search);
  gtk_box_append (GTK_BOX (content), scroller);
  gtk_popover_set_child (GTK_POPOVER (popover), content);
  g_signal_connect (popover, "show", G_CALLBACK (on_shown), self);

  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (self->button), inside);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover);
  /* A menu button centres its child in a box of its own; a chooser reads from the left, as drop-downs do. */
  gtk_widget_set_halign (gtk_widget_get_parent (inside), GTK_ALIGN_FILL);
  gtk_widget_set_hexpand (inside, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "dsp-chooser");
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

GtkWidget *
dsp_chooser_new (const char *name)
{
  DspChooser *self = g_object_new (DSP_TYPE_CHOOSER, NULL);

  self->name = g_strdup (name);
  show_label (self);
  return GTK_WIDGET (self);
}

void
dsp_chooser_clear (DspChooser *self)
{
  GtkWidget *child;

  /* The check boxes point into the choices. */
  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
  g_ptr_array_set_size (self->choices, 0);
  show_label (self);
}

void
dsp_chooser_add (DspChooser *self,
                 const char *value,
                 const char *label)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->value = g_strdup (value);
  choice->label = g_strdup (label);
  choice->folded = dsp_fold (label);
  g_ptr_array_add (self->choices, choice);
}

void
dsp_chooser_set_values (DspChooser        *self,
                        const char *const *values)
{
  for (guint i = 0; i < self->choices->len; i++)
    ((Choice *) self->choices->pdata[i])->ticked = FALSE;
  for (guint v = 0; values != NULL && values[v] != NULL; v++)
    {
      Choice *found = NULL;

      for (guint i = 0; i < self->choices->len && found == NULL; i++)
        if (g_str_equal (((Choice *) self->choices->pdata[i])->value, values[v]))
          found = self->choices->pdata[i];
      if (found == NULL)
        {
          dsp_chooser_add (self, values[v], values[v]);
          found = self->choices->pdata[self->choices->len - 1];
        }
      found->ticked = TRUE;
    }
  show_label (self);
}

GStrv
dsp_chooser_get_values (DspChooser *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->choices->len; i++)
    {
      Choice *choice = self->choices->pdata[i];

      if (choice->ticked)
        g_strv_builder_add (builder, choice->value);
    }
  return g_strv_builder_end (builder);
}
