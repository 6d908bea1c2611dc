/* dsp-review-filter.c: which penalties the review desk shows, in which order, and how many of each there are
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-review-filter"

#include "config.h"
#include "dsp-review-filter.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

#define P(state) DSP_BIT (DSP_PENALTY_##state)

static const struct { const char *label; guint32 states; } views[] = {
  { N_("To review"), P (PENDING) | P (APPEALED) },
  { N_("Appealed"), P (APPEALED) },
  { N_("Confirmed"), P (CONFIRMED) | P (TRANSFERRED) },
  { N_("Waived"), P (WAIVED) | P (WITHDRAWN) },
  { N_("All"), 0 },
};
#define N_VIEWS G_N_ELEMENTS (views)

static const struct { const char *label; DspPenaltySort sort; gboolean reversed; } orders[] = {
  { N_("Dearest first"), DSP_PENALTY_BY_MONEY, FALSE },
  { N_("Longest past first"), DSP_PENALTY_BY_DUE, FALSE },
  { N_("Newest first"), DSP_PENALTY_BY_DUE, TRUE },
};

/* What can be asked for besides the state. */
typedef enum { BY_DISTRIBUTOR, BY_CREW, BY_RULE, BY_FAULT, N_CHOICES } Choice;
static const struct { const char *label, *any; } choices[N_CHOICES] = {
  [BY_DISTRIBUTOR] = { N_("Distributor"), N_("Every distributor") },
  [BY_CREW]        = { N_("Crew"), N_("Every crew") },
  [BY_RULE]        = { N_("Rule"), N_("Every rule") },
  [BY_FAULT]       = { N_("Fault"), N_("Every fault") },
};

struct _DspReviewFilter
{
  GtkWidget       parent_instance;

  DspOffice      *office;              /* (owned) */
  DspPenaltyQuery query;
  GArray         *counts;              /* (owned): of DspPenaltyCount */
  GArray         *fine;                /* (owned): the same by crew and fault too, asked for when they are looked at */
  GtkWidget      *box;
  GtkWidget      *views[N_VIEWS];
  GtkWidget      *menus[N_CHOICES];
  GtkWidget      *lists[N_CHOICES];
  GtkWidget      *sort;
};

G_DEFINE_FINAL_TYPE (DspReviewFilter, dsp_review_filter, GTK_TYPE_WIDGET)

static guint changed_signal;

void
dsp_review_filter_get (DspReviewFilter *self,
                       DspPenaltyQuery *query)
{
  *query = self->query;
}

gboolean
dsp_review_filter_is_plain (DspReviewFilter *self)
{
  return self->query.fault == DSP_FAULT_NONE && dsp_id_is_none (&self->query.distributor_id) &&
         dsp_id_is_none (&self->query.crew_id) && dsp_id_is_none (&self->query.rule_id);
}

/* ---- one choice ---- */

static const DspEntity *
entity_of (Choice choice)
{
  static const DspEntity *const entities[N_CHOICES] = { &dsp_distributor, &dsp_crew, &dsp_penalty_rule, NULL };

  return entities[choice];
}

static DspId *
id_of (DspReviewFilter *self,
       Choice           choice)
{
  switch (choice)
    {
    case BY_DISTRIBUTOR:
      return &self->query.distributor_id;
    case BY_CREW:
      return &self->query.crew_id;
    case BY_RULE:
      return &self->query.rule_id;
    case BY_FAULT:
    case N_CHOICES:
    default:
      return NULL;
    }
}

static void
show_menu (DspReviewFilter *self,
           Choice           choice)
{
  const DspEntity *entity = entity_of (choice);
  g_autofree char *chosen = entity != NULL ? dsp_office_title_of (self->office, entity, id_of (self, choice))
                                           : g_strdup (dsp_text_word (&DspFault_words, self->query.fault));
  g_autofree char *text = *chosen != '\0' ? g_strdup_printf (_("%s: %s"), _(choices[choice].label), chosen)
                                          : g_strdup (_(choices[choice].label));

  gtk_label_set_text (GTK_LABEL (gtk_menu_button_get_child (GTK_MENU_BUTTON (self->menus[choice]))), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menus[choice]), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (*chosen != '\0')
    gtk_widget_add_css_class (self->menus[choice], "dsp-chosen");
  else
    gtk_widget_remove_css_class (self->menus[choice], "dsp-chosen");
}

static void
changed (DspReviewFilter *self)
{
  for (Choice choice = 0; choice < N_CHOICES; choice++)
    show_menu (self, choice);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_choice (GtkListBox      *list,
           GtkListBoxRow   *row,
           DspReviewFilter *self)
{
  Choice choice = 0;

  while (choice < N_CHOICES - 1 && self->lists[choice] != GTK_WIDGET (list))
    choice++;
  if (choice == BY_FAULT)
    self->query.fault = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "fault"));
  else
    {
      const DspId *id = g_object_get_data (G_OBJECT (row), "id");

      *id_of (self, choice) = id != NULL ? *id : dsp_id_none;
    }
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->menus[choice]));
  changed (self);
}

static GtkWidget *
add_choice (DspReviewFilter *self,
            Choice           choice,
            const char      *label)
{
  GtkWidget *row = gtk_list_box_row_new (), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18), *name = gtk_label_new (label);
  GtkWidget *numbers = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (line), name);
  gtk_widget_add_css_class (numbers, "dim-label");
  gtk_widget_add_css_class (numbers, "numeric");
  gtk_box_append (GTK_BOX (line), numbers);
  g_object_set_data (G_OBJECT (row), "numbers", numbers);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_list_box_append (GTK_LIST_BOX (self->lists[choice]), row);
  return row;
}

static gboolean
is_fine (Choice choice)
{
  return choice == BY_CREW || choice == BY_FAULT;
}

/* Whether the count is of what the row offers; the first row, "every", is of none. */
static gboolean
is_of_row (const DspPenaltyCount *count,
           Choice                 choice,
           GObject               *row)
{
  const DspId *id = g_object_get_data (row, "id");
  guint fault = GPOINTER_TO_UINT (g_object_get_data (row, "fault"));

  if (choice == BY_FAULT)
    return fault != DSP_FAULT_NONE && count->fault == fault;
  return id != NULL && dsp_id_equal (id, choice == BY_DISTRIBUTOR ? &count->distributor_id
                                         : choice == BY_CREW      ? &count->crew_id
                                                                  : &count->rule_id);
}

/* How many penalties of the shown states each row has, and what they come to. */
static void
show_numbers (DspReviewFilter *self,
              Choice           choice)
{
  const GArray *counts = is_fine (choice) ? self->fine : self->counts;

  for (GtkWidget *row = gtk_widget_get_first_child (self->lists[choice]); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      guint n = 0;
      gint64 cents = 0;

      for (guint i = 0; i < counts->len; i++)
        {
          const DspPenaltyCount *count = &g_array_index (counts, DspPenaltyCount, i);

          if (!is_of_row (count, choice, G_OBJECT (row)) ||
              (self->query.states != 0 && (self->query.states & DSP_BIT (count->state)) == 0))
            continue;
          n += count->n;
          cents += count->cents;
        }
      if (n > 0)
        {
          g_autofree char *money = dsp_text_money (cents);
          g_autofree char *text = g_strdup_printf ("%'u · %s", n, money);

          gtk_label_set_text (g_object_get_data (G_OBJECT (row), "numbers"), text);
          gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
        }
    }
}

static void
counted_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  g_autoptr(DspReviewFilter) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspPenaltyResult) result = dsp_replica_penalties_finish (DSP_REPLICA (source), res, &error);

  if (result == NULL)
    {
      g_warning ("Could not count the penalties by crew: %s", error->message);
      return;
    }
  g_array_set_size (self->fine, 0);
  g_array_append_vals (self->fine, result->counts->data, result->counts->len);
  for (Choice choice = 0; choice < N_CHOICES && self->box != NULL; choice++)
    if (is_fine (choice))
      show_numbers (self, choice);
}

/* The old numbers stand until the new ones come. */
static void
count_finely (DspReviewFilter *self)
{
  DspPenaltyQuery query = { .n = 1, .finely = true };

  dsp_replica_penalties_async (dsp_office_get_replica (self->office), &query, NULL, counted_cb, g_object_ref (self));
}

static void
fill_list (GtkWidget       *popover,
           DspReviewFilter *self)
{
  Choice choice = 0;
  const DspEntity *entity;
  GtkWidget *child;

  while (choice < N_CHOICES - 1 && gtk_widget_get_ancestor (popover, GTK_TYPE_MENU_BUTTON) != self->menus[choice])
    choice++;
  while ((child = gtk_widget_get_first_child (self->lists[choice])) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->lists[choice]), child);
  add_choice (self, choice, _(choices[choice].any));
  entity = entity_of (choice);
  for (guint fault = 1; entity == NULL && fault < DSP_N_FAULTS; fault++)
    g_object_set_data (G_OBJECT (add_choice (self, choice, dsp_text_word (&DspFault_words, fault))), "fault",
                       GUINT_TO_POINTER (fault));
  for (guint i = 0; entity != NULL && i < dsp_office_records (self->office, entity)->len; i++)
    {
      const DspRecord *record = dsp_office_records (self->office, entity)->pdata[i];
      g_autofree char *title = dsp_office_record_title (self->office, entity, record);

      g_object_set_data_full (G_OBJECT (add_choice (self, choice, title)), "id", g_memdup2 (&record->id, sizeof record->id), g_free);
    }
  show_numbers (self, choice);
  if (is_fine (choice))
    count_finely (self);
}

/* ---- states and order ---- */

static void
on_view (GtkToggleButton *button,
         DspReviewFilter *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (guint i = 0; i < N_VIEWS; i++)
    if (self->views[i] == GTK_WIDGET (button))
      self->query.states = views[i].states;
  changed (self);
}

static void
on_sort (DspReviewFilter *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->sort));

  if (chosen >= G_N_ELEMENTS (orders))
    return;
  self->query.sort = orders[chosen].sort;
  self->query.reversed = orders[chosen].reversed;
  changed (self);
}

void
dsp_review_filter_reset (DspReviewFilter *self)
{
  self->query.fault = DSP_FAULT_NONE;
  self->query.distributor_id = self->query.crew_id = self->query.rule_id = dsp_id_none;
  changed (self);
}

void
dsp_review_filter_show (DspReviewFilter        *self,
                        const DspPenaltyResult *result)
{
  g_array_set_size (self->counts, 0);
  g_array_append_vals (self->counts, result->counts->data, result->counts->len);
  for (guint i = 0; i < N_VIEWS; i++)
    {
      g_autofree char *text = NULL;
      guint n = 0;

      for (guint k = 0; k < self->counts->len; k++)
        {
          const DspPenaltyCount *count = &g_array_index (self->counts, DspPenaltyCount, k);

          if (views[i].states == 0 || (views[i].states & DSP_BIT (count->state)) != 0)
            n += count->n;
        }
      text = g_strdup_printf ("%s %'u", _(views[i].label), n);
      gtk_button_set_label (GTK_BUTTON (self->views[i]), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->views[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    }
}

/* ---- the widget ---- */

static void
dsp_review_filter_dispose (GObject *object)
{
  DspReviewFilter *self = DSP_REVIEW_FILTER (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_review_filter_parent_class)->dispose (object);
}

static void
dsp_review_filter_finalize (GObject *object)
{
  g_array_unref (DSP_REVIEW_FILTER (object)->counts);
  g_array_unref (DSP_REVIEW_FILTER (object)->fine);
  G_OBJECT_CLASS (dsp_review_filter_parent_class)->finalize (object);
}

static void
dsp_review_filter_class_init (DspReviewFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_review_filter_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_review_filter_finalize;
  changed_signal = g_signal_new ("changed", DSP_TYPE_REVIEW_FILTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_review_filter_init (DspReviewFilter *self)
{
  self->counts = g_array_new (FALSE, FALSE, sizeof (DspPenaltyCount));
  self->fine = g_array_new (FALSE, FALSE, sizeof (DspPenaltyCount));
  self->query.states = views[0].states;
}

static void
add_view (DspReviewFilter *self,
          GtkWidget       *group,
          guint            i)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (_(views[i].label));

  if (i > 0)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (self->views[0]));
  else
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "dsp-tab");
  gtk_widget_add_css_class (button, "numeric");
  self->views[i] = button;
  g_signal_connect (button, "toggled", G_CALLBACK (on_view), self);
  gtk_box_append (GTK_BOX (group), button);
}

static void
add_menu (DspReviewFilter *self,
          Choice           choice)
{
  GtkWidget *menu = gtk_menu_button_new (), *popover = gtk_popover_new (), *scroller = gtk_scrolled_window_new ();
  GtkWidget *label = gtk_label_new (NULL);

  self->menus[choice] = menu;
  self->lists[choice] = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->lists[choice]), GTK_SELECTION_NONE);
  g_signal_connect (self->lists[choice], "row-activated", G_CALLBACK (on_choice), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 420);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->lists[choice]);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  gtk_widget_add_css_class (popover, "menu");
  g_signal_connect (popover, "show", G_CALLBACK (fill_list), self);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 26);
  gtk_menu_button_set_child (GTK_MENU_BUTTON (menu), label);
  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (menu), TRUE);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (menu), popover);
  gtk_widget_add_css_class (menu, "dsp-small");
  show_menu (self, choice);
  gtk_box_append (GTK_BOX (self->box), menu);
}

GtkWidget *
dsp_review_filter_new (DspOffice *office)
{
  DspReviewFilter *self = g_object_new (DSP_TYPE_REVIEW_FILTER, NULL);
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);

  self->office = g_object_ref (office);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_hexpand (group, TRUE);
  for (guint i = 0; i < N_VIEWS; i++)
    add_view (self, group, i);
  gtk_box_append (GTK_BOX (self->box), group);
  for (Choice choice = 0; choice < N_CHOICES; choice++)
    add_menu (self, choice);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    gtk_string_list_append (names, _(orders[i].label));
  self->sort = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&names)), NULL);
  gtk_widget_add_css_class (self->sort, "dsp-small");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sort), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Order of the queue"), -1);
  g_signal_connect_swapped (self->sort, "notify::selected", G_CALLBACK (on_sort), self);
  gtk_box_append (GTK_BOX (self->box), self->sort);
  gtk_widget_add_css_class (self->box, "dsp-review-filter");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
