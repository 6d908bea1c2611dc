/* dsp-totals-view.c: what lines come to: by concept, and the sums of a bill
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-totals-view"

#include "config.h"
#include "dsp-totals-view.h"

#include "dsp-facts.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define N_ACROSS 6

/* In the order of reading: what there is, then what of it is paid. */
static const struct { const char *label; gsize offset; } figures[] = {
  { N_("Services"), offsetof (DspTotals, by_concept[DSP_CONCEPT_SERVICE]) },
  { N_("Kilometres"), offsetof (DspTotals, by_concept[DSP_CONCEPT_MILEAGE]) },
  { N_("Bonuses"), offsetof (DspTotals, by_concept[DSP_CONCEPT_BONUS]) },
  { N_("Penalties"), offsetof (DspTotals, by_concept[DSP_CONCEPT_PENALTY]) },
  { N_("Adjustments"), offsetof (DspTotals, by_concept[DSP_CONCEPT_ADJUSTMENT]) },
  { N_("Lines"), 0 },
  { N_("Subtotal"), offsetof (DspTotals, subtotal) },
  { N_("Deductions"), offsetof (DspTotals, deductions) },
  { N_("VAT"), offsetof (DspTotals, vat) },
  { N_("VAT withheld"), offsetof (DspTotals, vat_withheld) },
  { N_("Income tax withheld"), offsetof (DspTotals, income_withheld) },
  { N_("Total"), offsetof (DspTotals, total) },
};
#define N_FIGURES G_N_ELEMENTS (figures)

struct _DspTotalsView
{
  GtkWidget  parent_instance;
  GtkWidget *grid;
  GtkWidget *values[N_FIGURES];
};

G_DEFINE_FINAL_TYPE (DspTotalsView, dsp_totals_view, GTK_TYPE_WIDGET)

void
dsp_totals_view_show (DspTotalsView   *self,
                      const DspTotals *totals)
{
  for (guint i = 0; i < N_FIGURES; i++)
    {
      bool is_count = figures[i].offset == offsetof (DspTotals, n);
      gint64 cents = is_count ? 0 : *(const gint64 *) ((const char *) totals + figures[i].offset);
      g_autofree char *text = is_count ? g_strdup_printf ("%'u", totals->n) : dsp_text_money (cents);
      g_autofree char *name = g_strdup_printf ("%s: %s", _(figures[i].label), text);

      gtk_label_set_text (GTK_LABEL (self->values[i]), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->values[i]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, name, -1);
    }
}

static void
dsp_totals_view_dispose (GObject *object)
{
  g_clear_pointer (&DSP_TOTALS_VIEW (object)->grid, gtk_widget_unparent);
  G_OBJECT_CLASS (dsp_totals_view_parent_class)->dispose (object);
}

static void
dsp_totals_view_class_init (DspTotalsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_totals_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_totals_view_init (DspTotalsView *self)
{
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 4);
  for (guint i = 0; i < N_FIGURES; i++)
    {
      GtkWidget *cell = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *label = gtk_label_new (_(figures[i].label));

      gtk_label_set_xalign (GTK_LABEL (label), 1);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      self->values[i] = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (self->values[i]), 1);
      gtk_widget_add_css_class (self->values[i], "numeric");
      if (figures[i].offset == offsetof (DspTotals, total))
        gtk_widget_add_css_class (self->values[i], "dsp-total");
      gtk_box_append (GTK_BOX (cell), label);
      gtk_box_append (GTK_BOX (cell), self->values[i]);
      gtk_grid_attach (GTK_GRID (self->grid), cell, (int) (i % N_ACROSS), (int) (i / N_ACROSS), 1, 1);
    }
  gtk_widget_add_css_class (self->grid, "dsp-totals");
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
}

GtkWidget *
dsp_totals_view_new (void)
{
  return g_object_new (DSP_TYPE_TOTALS_VIEW, NULL);
}
