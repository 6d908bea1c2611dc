/* dsp-facts.c: lines of facts, each a name with its value under it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-facts"

#include "config.h"
#include "dsp-facts.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

#define LEAST_CHARS 14

void
dsp_facts_clear (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

GtkWidget *
dsp_facts_label (const char *text,
                 const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  /* Without a least width the narrowest one is looked for letter by letter: most of the time of a window full of facts. */
  gtk_label_set_width_chars (GTK_LABEL (label), LEAST_CHARS);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
add (GtkWidget  *box,
     const char *name,
     const char *value)
{
  GtkWidget *line, *label;

  if (value == NULL || *value == '\0')
    return NULL;
  line = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  label = dsp_facts_label (name, "dim-label");
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (line), label);
  label = dsp_facts_label (value, "numeric");
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (box), line);
  return label;
}

void
dsp_facts_add (GtkWidget  *box,
               const char *name,
               const char *value)
{
  add (box, name, value);
}

void
dsp_facts_add_field (GtkWidget      *box,
                     DspOffice      *office,
                     const DspTable *table,
                     gconstpointer   record,
                     gsize           offset)
{
  const DspField *field = dsp_table_at (table, offset);
  g_autofree char *value = dsp_office_field_text (office, field, record);
  GtkWidget *label = add (box, _(field->label), value);

  if (label != NULL && field->kind == DSP_KIND_TIME)
    {
      g_autofree char *full = dsp_text_time_full (*dsp_field_time (field, record));

      gtk_widget_set_tooltip_text (label, full);
    }
}

GtkWidget *
dsp_facts_section (GtkWidget  *parent,
                   const char *title)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (column), dsp_facts_label (title, "title-4"));
  gtk_box_append (GTK_BOX (column), box);
  gtk_box_append (GTK_BOX (parent), column);
  return box;
}
