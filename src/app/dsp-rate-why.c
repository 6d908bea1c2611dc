/* dsp-rate-why.c: why a rate applies to an order, and the others do not
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-18. An order's number is written; every rate that pays such a thing is listed in the order in which they are asked, the most
 * specific first, with each of its conditions met or not. Rates of other distributors and masters are only counted.
 */
#define G_LOG_DOMAIN "dsp-rate-why"

#include "config.h"
#include "dsp-rate-why.h"

#include "dsp-money-commands.h"
#include "dsp-rate-words.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

struct _DspRateWhy
{
  GtkWidget     parent_instance;

  DspOffice    *office;  /* (owned) */
  DspOrder     *order;   /* (owned) (nullable) */
  GCancellable *looking; /* (owned) (nullable) */
  GtkWidget    *box;
  GtkWidget    *number;
  GtkWidget    *pays;
  GtkWidget    *facts;
  GtkWidget    *answer;
  GtkWidget    *grid;
  GtkWidget    *others;
};

G_DEFINE_FINAL_TYPE (DspRateWhy, dsp_rate_why, GTK_TYPE_WIDGET)

static const DspId *
master_of (DspRateWhy     *self,
           const DspOrder *order)
{
  const DspDistributor *distributor = dsp_office_get (self->office, &dsp_distributor, &order->distributor_id);

  return distributor != NULL ? &distributor->master_id : &dsp_id_none;
}

/* The day of the attention; today for what is still open. */
static DspDate
day_of (const DspOrder *order)
{
  return dsp_text_local_day (order->closed_at.us != 0 ? order->closed_at.us : g_get_real_time ());
}

/* ---- words ---- */

/* "order type ✓ · postal code ✗" */
static char *
conditions (const DspRateCandidate *candidate)
{
  static const DspRateBy order[] = { DSP_BY_DISTRIBUTOR, DSP_BY_MASTER, DSP_BY_SUBTYPE, DSP_BY_TYPE, DSP_BY_GROUP, DSP_BY_POSTAL_CODE,
                                     DSP_BY_MUNICIPALITY, DSP_BY_DAY, DSP_BY_RETIRED };
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if ((candidate->asks | candidate->missed) & order[i])
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? " · " : "", dsp_rate_by_label (order[i]),
                              candidate->missed & order[i] ? "✗" : "✓");
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup (_("asks for nothing"));
}

static const char *
verdict (const DspRateCandidate *candidate)
{
  if (candidate->applies)
    return _("applies");
  return candidate->missed != 0 ? _("does not fit") : _("fits, less specific");
}

static char *
answer_for (DspRateWhy *self,
            GArray     *candidates)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const DspRateCandidate *candidate = &g_array_index (candidates, DspRateCandidate, i);
      g_autofree char *asks = NULL, *amount = NULL;

      if (!candidate->applies)
        continue;
      asks = dsp_rate_words_by (candidate->met);
      amount = dsp_rate_words_amount (self->office, candidate->rate);
      if (*asks == '\0')
        /* Translators: a rate's code, its amount */
        return g_strdup_printf (_("%s (%s) applies because no more specific rate fits."), candidate->rate->code, amount);
      /* Translators: a rate's code, its amount, conditions such as "order type, postal code" */
      return g_strdup_printf (_("%s (%s) applies because it is the most specific one that fits, by: %s."), candidate->rate->code, amount, asks);
    }
  return g_strdup (_("No rate applies: its line waits for one."));
}

static char *
facts_of (DspRateWhy *self)
{
  const DspOrder *order = self->order;
  g_autofree char *distributor = dsp_office_title_of (self->office, &dsp_distributor, &order->distributor_id);
  g_autofree char *day = dsp_text_date (day_of (order));
  const char *parts[] = { order->number, order->group, order->type, order->subtype, order->postal_code, order->municipality,
                          *distributor != '\0' ? distributor : _("no distributor") };
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL)
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", parts[i]);
  g_string_append (text, " · ");
  g_string_append_printf (text, order->closed_at.us != 0 ? _("attended on %s") : _("not closed; as of today, %s"), day);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ---- showing ---- */

static void
attach (DspRateWhy *self,
        const char *text,
        int         column,
        int         line,
        const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 4 ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, text);
  gtk_widget_set_hexpand (label, column == 3);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_grid_attach (GTK_GRID (self->grid), label, column, line, 1, 1);
}

static void
show_candidate (DspRateWhy             *self,
                const DspRateCandidate *candidate,
                int                     line)
{
  const char *css_class = candidate->applies ? "heading" : candidate->missed != 0 ? "dim-label" : NULL;
  g_autofree char *orders = dsp_rate_words_orders (self->office, candidate->rate);
  g_autofree char *dates = dsp_dated_words_dates (candidate->rate->from, candidate->rate->until);
  g_autofree char *asks = conditions (candidate), *amount = dsp_rate_words_amount (self->office, candidate->rate);
  g_autofree char *what = g_strdup_printf ("%s · %s", orders, dates);

  attach (self, candidate->rate->code, 0, line, css_class);
  attach (self, verdict (candidate), 1, line, css_class);
  attach (self, asks, 2, line, css_class);
  attach (self, what, 3, line, css_class);
  attach (self, amount, 4, line, css_class);
}

static void
show (DspRateWhy *self)
{
  GtkWidget *child;
  g_autoptr(GPtrArray) rates = NULL;
  g_autoptr(GArray) candidates = NULL;
  g_autofree char *facts = NULL, *answer = NULL, *others = NULL;
  const GPtrArray *all;
  DspPayable payable;
  guint n_others = 0;
  int line = 0;

  while ((child = gtk_widget_get_first_child (self->grid)) != NULL)
    gtk_grid_remove (GTK_GRID (self->grid), child);
  gtk_widget_set_visible (self->facts, self->order != NULL);
  gtk_widget_set_visible (self->answer, self->order != NULL);
  gtk_widget_set_visible (self->others, FALSE);
  if (self->order == NULL)
    return;
  facts = facts_of (self);
  gtk_label_set_text (GTK_LABEL (self->facts), facts);

  all = dsp_office_records (self->office, &dsp_rate);
  rates = g_ptr_array_sized_new (all->len);
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (rates, all->pdata[i]);
  dsp_statement_payable (self->order, master_of (self, self->order), day_of (self->order),
                         (DspPays) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->pays)) + 1, &payable);
  candidates = dsp_rate_explain (rates, &payable);
  answer = answer_for (self, candidates);
  gtk_label_set_text (GTK_LABEL (self->answer), answer);
  for (guint i = 0; i < candidates->len; i++)
    {
      const DspRateCandidate *candidate = &g_array_index (candidates, DspRateCandidate, i);

      if (candidate->missed & (DSP_BY_DISTRIBUTOR | DSP_BY_MASTER))
        n_others++;
      else
        show_candidate (self, candidate, line++);
    }
  if (n_others == 0)
    return;
  others = g_strdup_printf (ngettext ("And %u rate of another distributor or master.", "And %u rates of other distributors or masters.", n_others), n_others);
  gtk_label_set_text (GTK_LABEL (self->others), others);
  gtk_widget_set_visible (self->others, TRUE);
}

/* ---- the order ---- */

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspRateWhy) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (self->office == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->looking);
  g_clear_pointer (&self->order, dsp_order_free);
  if (found != NULL && found->len > 0)
    self->order = dsp_order_dup (found->pdata[0]);
  if (self->order == NULL)
    gtk_widget_add_css_class (self->number, "error");
  else
    gtk_widget_remove_css_class (self->number, "error");
  show (self);
}

static void
on_number (DspRateWhy *self)
{
  g_autofree char *number = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->number))));
  g_autofree char *escaped = g_uri_escape_string (number, NULL, TRUE);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);

  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  gtk_widget_remove_css_class (self->number, "error");
  if (*number == '\0' || !dsp_filter_set (filter, "number", escaped, NULL))
    {
      g_clear_pointer (&self->order, dsp_order_free);
      show (self);
      return;
    }
  self->looking = g_cancellable_new ();
  dsp_replica_find_async (dsp_office_get_replica (self->office), filter, 1, self->looking, found_cb, g_object_ref (self));
}

/* What it shows may be of another version by now. */
static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspRateWhy      *self)
{
  if (entity == NULL || entity == &dsp_rate || entity == &dsp_distributor)
    show (self);
}

/* ---- object ---- */

static void
dsp_rate_why_dispose (GObject *object)
{
  DspRateWhy *self = DSP_RATE_WHY (object);

  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->order, dsp_order_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_rate_why_parent_class)->dispose (object);
}

static void
dsp_rate_why_class_init (DspRateWhyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_rate_why_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_rate_why_init (DspRateWhy *self)
{
}

static GtkWidget *
add_asked (GtkWidget  *line,
           const char *name,
           GtkWidget  *editor)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), editor);
  gtk_accessible_update_property (GTK_ACCESSIBLE (editor), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (column), label);
  gtk_box_append (GTK_BOX (column), editor);
  gtk_box_append (GTK_BOX (line), column);
  return editor;
}

static GtkWidget *
add_text (DspRateWhy *self,
          const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (self->box), label);
  return label;
}

GtkWidget *
dsp_rate_why_new (DspOffice *office)
{
  DspRateWhy *self = g_object_new (DSP_TYPE_RATE_WHY, NULL);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *scroller = gtk_scrolled_window_new ();
  g_autoptr(GtkStringList) words = gtk_string_list_new (NULL);

  self->office = g_object_ref (office);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Why this rate"), -1);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->box, "dsp-form");
  self->number = add_asked (line, _("Order's number"), gtk_entry_new ());
  for (guint i = 1; i < DSP_N_PAYS; i++)
    gtk_string_list_append (words, dsp_text_word (&DspPays_words, i));
  self->pays = add_asked (line, _("Pays"), gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&words)), NULL));
  gtk_box_append (GTK_BOX (self->box), line);
  self->facts = add_text (self, "dim-label");
  self->answer = add_text (self, "title-4");
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->grid);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (self->box), scroller);
  self->others = add_text (self, "dim-label");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_swapped (self->number, "changed", G_CALLBACK (on_number), self);
  g_signal_connect_swapped (self->pays, "notify::selected", G_CALLBACK (show), self);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  show (self);
  return GTK_WIDGET (self);
}
