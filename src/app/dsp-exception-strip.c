/* dsp-exception-strip.c: what needs somebody, with live counts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-exception-strip"

#include "config.h"
#include "dsp-exception-strip.h"

#include <glib/gi18n.h>

struct _DspExceptionStrip
{
  GtkWidget  parent_instance;

  DspOffice *office; /* (owned) */
  GtkWidget *scroller;
  GtkWidget *buttons[DSP_N_EXCEPTIONS];
  DspTab     tab_before;
  gboolean   showing;
};

G_DEFINE_FINAL_TYPE (DspExceptionStrip, dsp_exception_strip, GTK_TYPE_WIDGET)

static const struct { const char *label; gboolean always; gboolean alarming; } exceptions[DSP_N_EXCEPTIONS] = {
  [DSP_EXCEPTION_UNASSIGNED]      = { N_("Without crew"), TRUE, FALSE },
  [DSP_EXCEPTION_PENALIZES_TODAY] = { N_("Penalizes today"), TRUE, FALSE },
  [DSP_EXCEPTION_AT_RISK]         = { N_("At risk"), TRUE, TRUE },
  [DSP_EXCEPTION_TO_RESCHEDULE]   = { N_("To reschedule"), TRUE, FALSE },
  [DSP_EXCEPTION_NO_POSTAL_CODE]  = { N_("Without known postal code"), FALSE, FALSE },
  [DSP_EXCEPTION_CONFLICT]        = { N_("With conflict"), FALSE, TRUE },
  [DSP_EXCEPTION_PENDING]         = { N_("Waiting to be sent"), FALSE, FALSE },
};

static void
show (DspExceptionStrip *self)
{
  const DspOrderTotals *totals = dsp_office_get_totals (self->office);
  DspException active = dsp_office_get_exception (self->office);

  self->showing = TRUE;
  for (guint i = 1; i < DSP_N_EXCEPTIONS; i++)
    {
      guint n = totals != NULL ? totals->exceptions[i] : 0;
      g_autofree char *text = g_strdup_printf ("%s  %'u", _(exceptions[i].label), n);
      g_autofree char *name = g_strdup_printf ("%s: %u", _(exceptions[i].label), n);

      gtk_button_set_label (GTK_BUTTON (self->buttons[i]), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[i]), i == active);
      gtk_widget_set_visible (self->buttons[i], n > 0 || i == active || exceptions[i].always);
      if (n > 0 && exceptions[i].alarming)
        gtk_widget_add_css_class (self->buttons[i], "dsp-alarm");
      else
        gtk_widget_remove_css_class (self->buttons[i], "dsp-alarm");
    }
  self->showing = FALSE;
}

static void
choose (DspExceptionStrip *self,
        DspException       exception)
{
  /* An exception counts over all states; its cases must be seen whatever the tab was. */
  if (dsp_office_get_exception (self->office) == DSP_EXCEPTION_NONE)
    self->tab_before = dsp_office_get_tab (self->office);
  dsp_office_set_exception (self->office, exception);
  dsp_office_set_tab (self->office, exception == DSP_EXCEPTION_NONE ? self->tab_before : DSP_TAB_ALL);
}

static void
on_toggled (GtkToggleButton   *button,
            DspExceptionStrip *self)
{
  guint exception = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "exception"));

  if (self->showing)
    return;
  choose (self, gtk_toggle_button_get_active (button) ? exception : DSP_EXCEPTION_NONE);
}

static void
dsp_exception_strip_dispose (GObject *object)
{
  DspExceptionStrip *self = DSP_EXCEPTION_STRIP (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_exception_strip_parent_class)->dispose (object);
}

static void
dsp_exception_strip_class_init (DspExceptionStripClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_exception_strip_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_exception_strip_init (DspExceptionStrip *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_add_css_class (GTK_WIDGET (self), "dsp-exceptions");
  for (guint i = 1; i < DSP_N_EXCEPTIONS; i++)
    {
      self->buttons[i] = gtk_toggle_button_new ();
      gtk_widget_add_css_class (self->buttons[i], "dsp-exception");
      g_object_set_data (G_OBJECT (self->buttons[i]), "exception", GUINT_TO_POINTER (i));
      g_signal_connect (self->buttons[i], "toggled", G_CALLBACK (on_toggled), self);
      gtk_box_append (GTK_BOX (box), self->buttons[i]);
    }
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_EXTERNAL, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), box);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

void
dsp_exception_strip_set_office (DspExceptionStrip *self,
                                DspOffice         *office)
{
  self->office = g_object_ref (office);
  g_signal_connect_object (office, "refreshed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "filter-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

gboolean
dsp_exception_strip_ensure (DspExceptionStrip *self)
{
  /* What hurts first. */
  static const DspException order[] = { DSP_EXCEPTION_CONFLICT, DSP_EXCEPTION_AT_RISK, DSP_EXCEPTION_PENALIZES_TODAY,
                                        DSP_EXCEPTION_TO_RESCHEDULE, DSP_EXCEPTION_NO_POSTAL_CODE, DSP_EXCEPTION_UNASSIGNED };
  const DspOrderTotals *totals = dsp_office_get_totals (self->office);

  if (dsp_office_get_exception (self->office) != DSP_EXCEPTION_NONE)
    return TRUE;
  for (guint i = 0; totals != NULL && i < G_N_ELEMENTS (order); i++)
    if (totals->exceptions[order[i]] > 0)
      {
        choose (self, order[i]);
        return TRUE;
      }
  return FALSE;
}
