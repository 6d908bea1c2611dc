/* dsp-rate-why.c: why a rate applies to an order, and the others do not
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-18. An order's number is written, or it is asked about one order or line; every rate that pays such a thing is listed in the
 * order in which they are asked, the most specific first, with each of its conditions met or not. Rates of other distributors and
 * masters are only counted. A line's price is frozen: what was then is said first, then what the rates of now would make of it.
 */
#define G_LOG_DOMAIN "dsp-rate-why"

#include "config.h"
#include "dsp-rate-why.h"

#include "dsp-line-list.h"
#include "dsp-money-commands.h"
#include "dsp-order-entry.h"
#include "dsp-rate-words.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspRateWhy
{
  GtkWidget     parent_instance;

  DspOffice        *office;  /* (owned) */
  DspOrder         *order;   /* (owned) (nullable): the one that it is about */
  DspStatementLine *line;    /* (owned) (nullable): likewise */
  GtkWidget        *box;
  GtkWidget        *number;  /* (nullable): where the order is asked for */
  GtkWidget        *pays;    /* (nullable): a line says what it pays */
  GtkWidget        *facts;
  GtkWidget        *answer;
  GtkWidget        *now;     /* of a line: by the rates of now */
  GtkWidget        *grid;
  GtkWidget        *others;
};

G_DEFINE_FINAL_TYPE (DspRateWhy, dsp_rate_why, GTK_TYPE_WIDGET)

static const DspId *
master_of (DspRateWhy  *self,
           const DspId *distributor_id)
{
  const DspDistributor *distributor = dsp_office_get (self->office, &dsp_distributor, distributor_id);

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

/* (nullable): none applies */
static const DspRateCandidate *
find_winner (GArray *candidates)
{
  for (guint i = 0; i < candidates->len; i++)
    if (g_array_index (candidates, DspRateCandidate, i).applies)
      return &g_array_index (candidates, DspRateCandidate, i);
  return NULL;
}

static char *
answer_for (DspRateWhy *self,
            GArray     *candidates)
{
  const DspRateCandidate *winner = find_winner (candidates);
  g_autofree char *asks = winner != NULL ? dsp_rate_words_by (winner->met) : NULL;
  g_autofree char *amount = winner != NULL ? dsp_rate_words_amount (self->office, winner->rate) : NULL;

  if (winner == NULL)
    return g_strdup (_("No rate applies: its line waits for one."));
  if (*asks == '\0')
    /* Translators: a rate's code, its amount */
    return g_strdup_printf (_("%s (%s) applies because no more specific rate fits."), winner->rate->code, amount);
  /* Translators: a rate's code, its amount, conditions such as "order type, postal code" */
  return g_strdup_printf (_("%s (%s) applies because it is the most specific one that fits, by: %s."), winner->rate->code, amount, asks);
}

/* What was frozen on the line. */
static char *
answer_then (const DspStatementLine *line)
{
  g_autofree char *asks = dsp_rate_words_by ((DspRateBy) line->rate_by.value);

  if (line->rate_code == NULL)
    return g_strdup (_("No rate applied: the line waits for one."));
  if (*asks == '\0')
    /* Translators: a rate's code */
    return g_strdup_printf (_("The line was priced by %s because no more specific rate fitted."), line->rate_code);
  /* Translators: a rate's code, conditions such as "order type, postal code" */
  return g_strdup_printf (_("The line was priced by %s because it was the most specific one that fitted, by: %s."), line->rate_code, asks);
}

/* What was frozen of the rate is what it says now. */
static bool
is_as_then (const DspStatementLine *line,
            const DspRate          *rate)
{
  bool by_kilometre = line->pays == DSP_PAYS_KILOMETRE || line->pays == DSP_PAYS_KILOMETRE_EXTRA;

  if (!dsp_id_equal (&rate->id, &line->rate_id))
    return false;
  return rate->share.is_set ? rate->share.value == line->share.value
                            : rate->amount.cents == (by_kilometre ? line->unit.cents : line->amount.cents);
}

/* (nullable): nothing else. */
static char *
answer_now (DspRateWhy *self,
            GArray     *candidates)
{
  const DspRateCandidate *winner = find_winner (candidates);
  g_autofree char *amount = NULL;

  if (winner == NULL)
    return self->line->rate_code != NULL ? g_strdup (_("By the rates as they are now none would apply. The line keeps its price.")) : NULL;
  if (is_as_then (self->line, winner->rate))
    return NULL;
  amount = dsp_rate_words_amount (self->office, winner->rate);
  /* Translators: a rate's code, its amount. “Price again” is a button. */
  return g_strdup_printf (_("By the rates as they are now it would be %s (%s): “Price again” takes it, as long as the line is not billed."),
                          winner->rate->code, amount);
}

/* @when: (transfer full) */
static char *
facts_of (DspRateWhy        *self,
          const char        *number,
          const DspPayable  *payable,
          char              *when)
{
  g_autofree char *distributor = dsp_office_title_of (self->office, &dsp_distributor, &payable->distributor_id), *last = when;
  const char *parts[] = { number, payable->group, payable->type, payable->subtype, payable->postal_code, payable->municipality,
                          *distributor != '\0' ? distributor : _("no distributor"), last };
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL)
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", parts[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
facts_of_order (DspRateWhy       *self,
                const DspPayable *payable)
{
  g_autofree char *day = dsp_text_date (day_of (self->order));

  return facts_of (self, self->order->number, payable,
                   g_strdup_printf (self->order->closed_at.us != 0 ? _("attended on %s") : _("not closed; as of today, %s"), day));
}

static char *
facts_of_line (DspRateWhy       *self,
               const DspPayable *payable)
{
  g_autofree char *concept = dsp_line_concept (self->line), *number = g_strdup_printf ("%s · %s", self->line->number, concept);

  return facts_of (self, number, payable, dsp_text_date (self->line->day));
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

/* NULL: nothing to be said. */
static void
say (GtkWidget  *label,
     const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL);
}

static GArray *
explain (DspRateWhy *self,
         DspPayable *payable)
{
  const GPtrArray *all = dsp_office_records (self->office, &dsp_rate);
  g_autoptr(GPtrArray) rates = g_ptr_array_sized_new (all->len);

  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (rates, all->pdata[i]);
  if (self->line != NULL)
    dsp_statement_line_payable (self->line, master_of (self, &self->line->distributor_id), self->line->pays, payable);
  else
    dsp_statement_payable (self->order, master_of (self, &self->order->distributor_id), day_of (self->order),
                           (DspPays) gtk_drop_down_get_selected (GTK_DROP_DOWN (self->pays)) + 1, payable);
  return dsp_rate_explain (rates, payable);
}

static void
show_answers (DspRateWhy       *self,
              const DspPayable *payable,
              GArray           *candidates)
{
  g_autofree char *facts = self->line != NULL ? facts_of_line (self, payable) : facts_of_order (self, payable);
  g_autofree char *answer = self->line != NULL ? answer_then (self->line) : answer_for (self, candidates);
  g_autofree char *now = self->line != NULL ? answer_now (self, candidates) : NULL;

  say (self->facts, facts);
  say (self->answer, answer);
  say (self->now, now);
}

static void
show (DspRateWhy *self)
{
  GtkWidget *child;
  g_autoptr(GArray) candidates = NULL;
  g_autofree char *others = NULL;
  DspPayable payable;
  guint n_others = 0;
  int line = 0;

  while ((child = gtk_widget_get_first_child (self->grid)) != NULL)
    gtk_grid_remove (GTK_GRID (self->grid), child);
  say (self->facts, NULL);
  say (self->answer, NULL);
  say (self->now, NULL);
  say (self->others, NULL);
  if (self->order == NULL && self->line == NULL)
    return;
  candidates = explain (self, &payable);
  show_answers (self, &payable, candidates);
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
  say (self->others, others);
}

static void
on_number (DspRateWhy *self)
{
  const DspOrder *order = dsp_order_entry_get (DSP_ORDER_ENTRY (self->number));

  g_clear_pointer (&self->order, dsp_order_free);
  self->order = order != NULL ? dsp_order_dup (order) : NULL;
  show (self);
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

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->order, dsp_order_free);
  g_clear_pointer (&self->line, dsp_statement_line_free);
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

static GtkWidget *
make_pays (DspRateWhy *self)
{
  g_autoptr(GtkStringList) words = gtk_string_list_new (NULL);
  GtkWidget *pays;

  for (guint i = 1; i < DSP_N_PAYS; i++)
    gtk_string_list_append (words, dsp_text_word (&DspPays_words, i));
  pays = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&words)), NULL);
  g_signal_connect_swapped (pays, "notify::selected", G_CALLBACK (show), self);
  return pays;
}

/* @order, @line: (nullable): what it is about; neither: what is asked for. */
static GtkWidget *
make (DspOffice              *office,
      const DspOrder         *order,
      const DspStatementLine *line)
{
  DspRateWhy *self = g_object_new (DSP_TYPE_RATE_WHY, NULL);
  GtkWidget *asked = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *scroller = gtk_scrolled_window_new ();

  self->office = g_object_ref (office);
  self->order = order != NULL ? dsp_order_dup (order) : NULL;
  self->line = line != NULL ? dsp_statement_line_dup (line) : NULL;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Why this rate"), -1);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->box, "dsp-form");
  if (order == NULL && line == NULL)
    {
      self->number = dsp_captioned (asked, _("Order's number"), dsp_order_entry_new (office));
      g_signal_connect_swapped (self->number, "changed", G_CALLBACK (on_number), self);
    }
  if (line == NULL)
    self->pays = dsp_captioned (asked, _("Pays"), make_pays (self));
  gtk_widget_set_visible (asked, line == NULL);
  gtk_box_append (GTK_BOX (self->box), asked);
  self->facts = add_text (self, "dim-label");
  self->answer = add_text (self, "title-4");
  self->now = add_text (self, "dsp-notice");
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->grid);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (self->box), scroller);
  self->others = add_text (self, "dim-label");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  show (self);
  return GTK_WIDGET (self);
}

GtkWidget *
dsp_rate_why_new (DspOffice *office)
{
  return make (office, NULL, NULL);
}

/* ---- in a window of its own ---- */

static void
open_window (GtkWindow *parent,
             GtkWidget *why)
{
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_window_set_title (GTK_WINDOW (window), _("Why this rate"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 920, 460);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, shortcuts);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_widget_set_vexpand (why, TRUE);
  gtk_box_append (GTK_BOX (box), why);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
}

void
dsp_rate_why_open_order (GtkWindow      *parent,
                         DspOffice      *office,
                         const DspOrder *order)
{
  open_window (parent, make (office, order, NULL));
}

void
dsp_rate_why_open_line (GtkWindow              *parent,
                        DspOffice              *office,
                        const DspStatementLine *line)
{
  open_window (parent, make (office, NULL, line));
}

bool
dsp_rate_why_opens (DspOffice *office)
{
  return dsp_office_opens (office, DSP_MODULE_RATES) || dsp_office_opens (office, DSP_MODULE_PRE_INVOICES);
}
