/* dsp-process-effect.c: what saving a process would mean, and what it meant
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-process-effect"

#include "config.h"
#include "dsp-process-effect.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

#define PREVIEW_MS 150
#define MAX_DONE 500 /* of those without trouble no more are listed; their number says enough */

struct _DspProcessEffect
{
  GtkWidget      parent_instance;

  DspOffice     *office;   /* (owned) */
  GtkWidget     *heading;
  GtkWidget     *summary;
  GtkWidget     *scroller;
  GtkStringList *lines;    /* (owned) */

  /* what is followed */
  DspRecordForm    *form;  /* beside it in the same window */
  const DspCommand *command;
  DspId            *ids;   /* (owned) (nullable): none any more once it was told what became of them */
  guint             n_ids;
  guint             soon;  /* a preview */
  guint             run;   /* the newest preview counts */
};

/* A preview on its way. */
typedef struct {
  DspProcessEffect *self; /* (owned) */
  guint             run;
} Preview;

G_DEFINE_FINAL_TYPE (DspProcessEffect, dsp_process_effect, GTK_TYPE_WIDGET)

static void wait_for_fields (DspProcessEffect *self);

static void
dsp_process_effect_dispose (GObject *object)
{
  DspProcessEffect *self = DSP_PROCESS_EFFECT (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_handle_id (&self->soon, g_source_remove);
  g_clear_pointer (&self->ids, g_free);
  g_clear_object (&self->lines);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_process_effect_parent_class)->dispose (object);
}

static void
dsp_process_effect_class_init (DspProcessEffectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_process_effect_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
set_up_line (GtkSignalListItemFactory *factory,
             GtkListItem              *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_line (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  GtkWidget *label = gtk_list_item_get_child (item);

  gtk_label_set_text (GTK_LABEL (label), text);
  if (g_str_has_prefix (text, "✗"))
    gtk_widget_add_css_class (label, "error");
  else
    gtk_widget_remove_css_class (label, "error");
}

static void
dsp_process_effect_init (DspProcessEffect *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *list;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 4);
  gtk_widget_add_css_class (GTK_WIDGET (self), "dsp-effect");

  self->heading = gtk_label_new (_("On saving"));
  gtk_label_set_xalign (GTK_LABEL (self->heading), 0);
  gtk_widget_add_css_class (self->heading, "heading");
  gtk_widget_set_parent (self->heading, GTK_WIDGET (self));

  self->summary = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->summary), 0);
  gtk_label_set_wrap (GTK_LABEL (self->summary), TRUE);
  gtk_widget_add_css_class (self->summary, "numeric");
  gtk_widget_set_parent (self->summary, GTK_WIDGET (self));

  self->lines = gtk_string_list_new (NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_line), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_line), NULL);
  list = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->lines)))), factory);
  gtk_widget_add_css_class (list, "dsp-effect-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Order by order"), -1);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller), 150);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), list);
  gtk_widget_set_vexpand (self->scroller, TRUE);
  gtk_widget_set_visible (self->scroller, FALSE);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

GtkWidget *
dsp_process_effect_new (DspOffice *office)
{
  DspProcessEffect *self = g_object_new (DSP_TYPE_PROCESS_EFFECT, NULL);

  self->office = g_object_ref (office);
  wait_for_fields (self);
  return GTK_WIDGET (self);
}

static const DspOrder *
order_of (DspOffice   *office,
          const DspId *id)
{
  return dsp_replica_get_order (dsp_office_get_replica (office), id);
}

char *
dsp_process_refusal (DspOffice        *office,
                     const DspRefusal *refusal)
{
  const DspOrder *order = refusal->rule == DSP_RULE_STATE ? order_of (office, &refusal->id) : NULL;

  if (order != NULL)
    /* Translators: a status, such as Closed */
    return g_strdup_printf (_("Not possible: the order is “%s”"), dsp_text_word (&DspOrderStatus_words, order->status));
  return dsp_text_rule (refusal->rule, refusal->message);
}

static void
say (DspProcessEffect *self,
     const char       *text,
     const char       *css_class)
{
  static const char *const classes[] = { "error", "dim-label" };

  gtk_label_set_text (GTK_LABEL (self->summary), text);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (self->summary, classes[i]);
  if (css_class != NULL)
    gtk_widget_add_css_class (self->summary, css_class);
}

/* Before there is anything to say: which fields are still missing is not known. */
static void
wait_for_fields (DspProcessEffect *self)
{
  /* Translators: instead of what saving would mean */
  say (self, _("As soon as the fields with * are filled in, this says what will change."), "dim-label");
  gtk_widget_set_visible (self->scroller, FALSE);
}

/* ---- one order ---- */

static void
add_sentence (GString    *text,
              const char *sentence)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, sentence);
}

/* Of an order that is made only what nobody typed is news. */
static void
add_new (DspProcessEffect *self,
         GString          *text,
         const DspOrder   *order)
{
  static const gsize shown[] = { offsetof (DspOrder, status), offsetof (DspOrder, distributor_id), offsetof (DspOrder, penalty_at) };

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      const DspField *field = dsp_table_at (&dsp_order.table, shown[i]);
      g_autofree char *is = dsp_office_field_text (self->office, field, order);
      g_autofree char *line = NULL;

      /* Translators: a field and its value */
      line = g_strdup_printf (_("%s: %s"), _(field->label), *is != '\0' ? is : _("none"));
      add_sentence (text, line);
    }
}

static void
add_changes (DspProcessEffect *self,
             GString          *text,
             const DspOrder   *before,
             const DspOrder   *after)
{
  static const gsize shown[] = { offsetof (DspOrder, status), offsetof (DspOrder, group), offsetof (DspOrder, type),
                                 offsetof (DspOrder, subtype), offsetof (DspOrder, crew_id), offsetof (DspOrder, distributor_id),
                                 offsetof (DspOrder, attention_at), offsetof (DspOrder, attention_until), offsetof (DspOrder, penalty_at),
                                 offsetof (DspOrder, postal_code), offsetof (DspOrder, penalty) };

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      const DspField *field = dsp_table_at (&dsp_order.table, shown[i]);
      g_autofree char *was = dsp_office_field_text (self->office, field, before);
      g_autofree char *is = dsp_office_field_text (self->office, field, after);
      g_autofree char *line = NULL;

      if (g_strcmp0 (was, is) == 0)
        continue;
      /* Translators: what changes, before, after */
      line = g_strdup_printf (_("%s: %s → %s"), _(field->label), *was != '\0' ? was : "–", *is != '\0' ? is : "–");
      add_sentence (text, line);
    }
}

static void
add_clock (DspProcessEffect *self,
           GString          *text,
           const DspOrder   *before,
           const DspOrder   *after)
{
  gint64 now_us = g_get_real_time ();
  bool was = dsp_order_is_penalized (before, now_us), is = dsp_order_is_penalized (after, now_us);
  const DspField *field = dsp_table_at (&dsp_order.table, offsetof (DspOrder, penalty));
  g_autofree char *money = after->penalty.is_set ? dsp_office_field_text (self->office, field, after) : NULL;

  if (before->stopped_at.us == 0 && after->stopped_at.us != 0)
    add_sentence (text, _("The penalty clock stops"));
  if (before->stopped_at.us != 0 && after->stopped_at.us == 0 && dsp_order_is_open (after))
    add_sentence (text, _("The penalty clock runs again"));
  if (was && is)
    add_sentence (text, _("It stays penalized; only a supervisor's verdict lifts that"));
  else if (was)
    add_sentence (text, _("It is no longer penalized"));
  else if (is && money != NULL)
    {
      g_autofree char *line = g_strdup_printf (_("It becomes penalized: %s"), money);

      add_sentence (text, line);
    }
  else if (is)
    add_sentence (text, _("It becomes penalized"));
  else if (after->status == DSP_ORDER_CLOSED && after->penalty_at.us != 0)
    add_sentence (text, _("Attended in time: no penalty"));
}

static void
add_beside (DspProcessEffect *self,
            GString          *text,
            const DspOutcome *outcome)
{
  for (guint i = 0; i < outcome->beside->len; i++)
    {
      const DspBeside *beside = &g_array_index (outcome->beside, DspBeside, i);
      g_autofree char *line = NULL;

      if (beside->entity == &dsp_order)
        line = g_strdup (_("A new order is made for what is left"));
      else if (beside->entity == &dsp_customer)
        line = g_strdup_printf (_("A customer is recorded for account %s"), ((const DspCustomer *) beside->after)->account);
      else if (beside->entity == &dsp_penalty)
        {
          const DspPenalty *penalty = beside->after;
          const DspField *field = dsp_table_at (&dsp_penalty.table, offsetof (DspPenalty, amount));
          g_autofree char *money = dsp_office_field_text (self->office, field, penalty);
          const char *fault = dsp_text_word (&DspFault_words, penalty->fault);

          line = penalty->state == DSP_PENALTY_WITHDRAWN
                   /* Translators: a fault, such as Late attention */
                   ? g_strdup_printf (_("The penalty “%s” is withdrawn"), fault)
                   /* Translators: a fault and what it costs */
                   : g_strdup_printf (_("A penalty is noted: %s, %s"), fault, money);
        }
      if (line != NULL)
        add_sentence (text, line);
    }
}

static void
show_one (DspProcessEffect *self,
          const DspId      *id,
          const DspOutcome *outcome)
{
  const DspOrder *lent = order_of (self->office, id);
  g_autoptr(DspOrder) before = lent != NULL ? dsp_order_dup (lent) : NULL;
  g_autoptr(GString) text = g_string_new (NULL);

  if (outcome->refused->len > 0)
    {
      g_autofree char *sentence = dsp_process_refusal (self->office, &g_array_index (outcome->refused, DspRefusal, 0));

      say (self, sentence, "error");
      return;
    }
  if (before == NULL && outcome->after != NULL)
    {
      add_new (self, text, outcome->after);
      add_beside (self, text, outcome);
    }
  else if (before != NULL && outcome->after != NULL)
    {
      add_changes (self, text, before, outcome->after);
      add_clock (self, text, before, outcome->after);
      add_beside (self, text, outcome);
    }
  say (self, text->len > 0 ? text->str : _("Nothing else changes."), NULL);
}

/* ---- many ---- */

static void
add_line (DspProcessEffect *self,
          const DspId      *id,
          const char       *sign,
          const char       *words)
{
  const DspOrder *order = order_of (self->office, id);
  /* Translators: ✓ or ✗, number of the order, what is done with it */
  g_autofree char *line = g_strdup_printf (_("%s %s: %s"), sign, order != NULL ? order->number : "?", words);

  gtk_string_list_append (self->lines, line);
}

/* Those with trouble first: they need somebody. */
static void
show_rows (DspProcessEffect *self,
           const DspId      *ids,
           guint             n_ids,
           const DspOutcome *outcome,
           const char       *done)
{
  g_autoptr(GHashTable) refused = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  guint listed = 0;

  gtk_string_list_splice (self->lines, 0, g_list_model_get_n_items (G_LIST_MODEL (self->lines)), NULL);
  for (guint i = 0; i < outcome->refused->len; i++)
    {
      const DspRefusal *refusal = &g_array_index (outcome->refused, DspRefusal, i);
      g_autofree char *sentence = dsp_process_refusal (self->office, refusal);

      g_hash_table_add (refused, (gpointer) &refusal->id);
      add_line (self, &refusal->id, "✗", sentence);
    }
  for (guint i = 0; i < n_ids && listed < MAX_DONE; i++)
    if (!g_hash_table_contains (refused, &ids[i]))
      {
        add_line (self, &ids[i], "✓", done);
        listed++;
      }
  if (listed < n_ids - outcome->refused->len)
    {
      guint rest = n_ids - outcome->refused->len - listed;
      g_autofree char *line = g_strdup_printf (ngettext ("✓ and %u more", "✓ and %u more", rest), rest);

      gtk_string_list_append (self->lines, line);
    }
  gtk_widget_set_visible (self->scroller, TRUE);
}

static void
show_outcome (DspProcessEffect *self,
              const DspOutcome *outcome)
{
  g_autoptr(GString) text = g_string_new (NULL);

  if (self->n_ids == 1)
    {
      show_one (self, self->ids, outcome);
      return;
    }
  g_string_append_printf (text, ngettext ("%u order will be changed", "%u orders will be changed", outcome->n_given), outcome->n_given);
  if (outcome->refused->len > 0)
    {
      g_string_append (text, "; ");
      g_string_append_printf (text, ngettext ("%u will not", "%u will not", outcome->refused->len), outcome->refused->len);
    }
  say (self, text->str, outcome->n_given == 0 ? "error" : NULL);
  show_rows (self, self->ids, self->n_ids, outcome, _("will be changed"));
}

/* ---- following a form ---- */

static void
previewed_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  Preview *preview = user_data;
  DspProcessEffect *self = preview->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_preview_finish (DSP_REPLICA (source), res, &error);

  if (self->ids != NULL && preview->run == self->run && outcome != NULL)
    show_outcome (self, outcome);
  g_object_unref (self);
  g_free (preview);
}

static gboolean
preview_now (gpointer user_data)
{
  DspProcessEffect *self = user_data;
  g_autofree gpointer args = g_malloc0 (self->command->args->size);
  guint64 given;

  self->soon = 0;
  self->run++;
  /* A form that cannot be read yet says so at its fields when it is saved, not while it is written. */
  if (dsp_record_form_peek (self->form, args, &given))
    {
      Preview *preview = g_new0 (Preview, 1);

      preview->self = g_object_ref (self);
      preview->run = self->run;
      dsp_replica_preview_async (dsp_office_get_replica (self->office), self->command, self->ids, self->n_ids, args, given,
                                 NULL, previewed_cb, preview);
    }
  else
    wait_for_fields (self);
  dsp_table_clear (self->command->args, args);
  return G_SOURCE_REMOVE;
}

static void
preview_soon (DspProcessEffect *self)
{
  g_clear_handle_id (&self->soon, g_source_remove);
  if (self->ids != NULL)
    self->soon = g_timeout_add (PREVIEW_MS, preview_now, self);
}

void
dsp_process_effect_follow (DspProcessEffect *self,
                           DspRecordForm    *form,
                           const DspCommand *command,
                           const DspId      *ids,
                           guint             n_ids)
{
  if (self->form == NULL)
    g_signal_connect_object (form, "changed", G_CALLBACK (preview_soon), self, G_CONNECT_SWAPPED);
  self->form = form;
  self->command = command;
  g_free (self->ids);
  self->ids = g_memdup2 (ids, n_ids * sizeof *ids);
  self->n_ids = n_ids;
  preview_soon (self);
}

void
dsp_process_effect_tell (DspProcessEffect *self,
                         const DspId      *ids,
                         guint             n_ids,
                         const DspOutcome *outcome)
{
  g_autoptr(GString) text = g_string_new (NULL);

  g_clear_pointer (&self->ids, g_free);
  gtk_label_set_text (GTK_LABEL (self->heading), _("Saved"));
  g_string_append_printf (text, ngettext ("%u order was changed", "%u orders were changed", outcome->n_given), outcome->n_given);
  g_string_append (text, "; ");
  g_string_append_printf (text, ngettext ("%u was refused", "%u were refused", outcome->refused->len), outcome->refused->len);
  say (self, text->str, NULL);
  show_rows (self, ids, n_ids, outcome, _("changed"));
}
