/* dsp-policy-list.c: the sentences of a policy, ticked or crossed
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-policy-list"

#include "config.h"
#include "dsp-policy-list.h"

#include <glib/gi18n.h>

struct _DspPolicyList
{
  GtkWidget  parent_instance;

  GtkWidget *heading;
  GPtrArray *lines;   /* (owned) of Line */
};

typedef struct { GtkWidget *box, *sign, *text; } Line;

G_DEFINE_FINAL_TYPE (DspPolicyList, dsp_policy_list, GTK_TYPE_WIDGET)

static void
dsp_policy_list_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (dsp_policy_list_parent_class)->dispose (object);
}

static void
dsp_policy_list_finalize (GObject *object)
{
  g_ptr_array_unref (DSP_POLICY_LIST (object)->lines);
  G_OBJECT_CLASS (dsp_policy_list_parent_class)->finalize (object);
}

static void
dsp_policy_list_class_init (DspPolicyListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_policy_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_policy_list_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_policy_list_init (DspPolicyList *self)
{
  self->lines = g_ptr_array_new_with_free_func (g_free);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 4);
  gtk_widget_add_css_class (GTK_WIDGET (self), "dsp-effect");
  self->heading = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->heading), 0);
  gtk_label_set_wrap (GTK_LABEL (self->heading), TRUE);
  gtk_widget_add_css_class (self->heading, "heading");
  gtk_widget_set_parent (self->heading, GTK_WIDGET (self));
}

GtkWidget *
dsp_policy_list_new (void)
{
  return g_object_new (DSP_TYPE_POLICY_LIST, NULL);
}

static Line *
line_at (DspPolicyList *self,
         guint          i)
{
  Line *line;

  if (i < self->lines->len)
    return self->lines->pdata[i];
  line = g_new0 (Line, 1);
  line->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  /* The sign is a picture: what it says is in the name of the text. */
  line->sign = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "width-chars", 2, NULL);
  gtk_widget_set_valign (line->sign, GTK_ALIGN_START);
  line->text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (line->text), 0);
  gtk_label_set_wrap (GTK_LABEL (line->text), TRUE);
  gtk_widget_set_hexpand (line->text, TRUE);
  gtk_widget_add_css_class (line->text, "numeric");
  gtk_box_append (GTK_BOX (line->box), line->sign);
  gtk_box_append (GTK_BOX (line->box), line->text);
  gtk_widget_set_parent (line->box, GTK_WIDGET (self));
  g_ptr_array_add (self->lines, line);
  return line;
}

static void
show_line (Line              *line,
           const DspSentence *sentence)
{
  static const struct { const char *sign, *css_class, *word; } ticks[] = {
    /* Translators: what a sign before a sentence of a policy says to those who cannot see it */
    [DSP_TICK_OPEN] = { "·", "dim-label", N_("Not judged yet") },
    [DSP_TICK_KEPT] = { "✓", "success", N_("Kept") },
    [DSP_TICK_BROKEN] = { "✗", "error", N_("Not kept") },
  };
  g_autofree char *name = g_strdup_printf ("%s: %s", _(ticks[sentence->tick].word), sentence->text);
  g_autoptr(GString) shown = g_string_new (sentence->text);
  bool told = sentence->rule == DSP_N_RULES;

  gtk_label_set_text (GTK_LABEL (line->sign), ticks[sentence->tick].sign);
  for (guint i = 0; i < G_N_ELEMENTS (ticks); i++)
    gtk_widget_remove_css_class (line->sign, ticks[i].css_class);
  gtk_widget_add_css_class (line->sign, ticks[sentence->tick].css_class);
  /* The hours of a slot stay on one line: joined, where a line could be broken after the dash. */
  g_string_replace (shown, "–", "\u2060–\u2060", 0);
  gtk_label_set_text (GTK_LABEL (line->text), shown->str);
  if (sentence->tick == DSP_TICK_BROKEN)
    gtk_widget_add_css_class (line->text, "error");
  else
    gtk_widget_remove_css_class (line->text, "error");
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->text), GTK_ACCESSIBLE_PROPERTY_LABEL, told ? sentence->text : name, -1);
  gtk_widget_set_visible (line->box, TRUE);
}

void
dsp_policy_list_show (DspPolicyList *self,
                      const char    *title,
                      GArray        *sentences)
{
  gtk_label_set_text (GTK_LABEL (self->heading), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  for (guint i = 0; i < sentences->len; i++)
    show_line (line_at (self, i), &g_array_index (sentences, DspSentence, i));
  for (guint i = sentences->len; i < self->lines->len; i++)
    gtk_widget_set_visible (((Line *) self->lines->pdata[i])->box, FALSE);
}
