/* dsp-verdict-bar.c: what is decided about the chosen records
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-verdict-bar"

#include "config.h"
#include "dsp-verdict-bar.h"

#include "dsp-attachments-view.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

struct _DspVerdictBar
{
  GtkWidget      parent_instance;

  DspOffice     *office;              /* (owned) */
  const DspVerdictKind *kind;
  GPtrArray     *records;             /* (owned): copies: what the verdict is about */
  guint32        states;              /* theirs */
  DspId          document_id;         /* attached for the verdict that is being given */
  DspId          coming;              /* being attached */
  const DspVerdictChoice *asking;     /* (nullable): its text is being typed */
  gboolean       giving;
  GArray        *distributors;        /* (owned): of DspId, as in the drop-down */
  char          *last_text[DSP_VERDICTS_MAX]; /* (owned): what was said last, offered again */

  GtkWidget     *stack;
  GtkWidget     *buttons[DSP_VERDICTS_MAX];
  GtkWidget     *nothing;
  GtkWidget     *about;
  GtkWidget     *to;
  GtkWidget     *number;
  GtkWidget     *entry;
  GtkWidget     *document;
  GtkWidget     *save;
  GtkWidget     *error;
};

G_DEFINE_FINAL_TYPE (DspVerdictBar, dsp_verdict_bar, GTK_TYPE_WIDGET)

enum { STEP, GIVING, DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static bool
may_give (DspVerdictBar          *self,
          const DspVerdictChoice *verdict)
{
  bool many = (verdict->command->flags & DSP_COMMAND_MANY) != 0;

  return self->records->len > 0 && (self->states & ~verdict->states) == 0 && (many || self->records->len == 1) &&
         dsp_office_may (self->office, verdict->command);
}

/* (nullable): an argument of the verdict, by its name. */
static const DspField *
argument (const DspVerdictChoice *verdict,
          const char             *name)
{
  const DspTable *table = verdict->command->args;

  return table != NULL && name != NULL ? dsp_table_find (table, name, strlen (name)) : NULL;
}

/* What is to be said besides the text: of many, each may have its own. */
static const DspField *
asked_besides (DspVerdictBar          *self,
               const DspVerdictChoice *verdict)
{
  return self->records->len > 1 && verdict->each != NULL ? NULL : argument (verdict, verdict->besides);
}

/* An id of the record that stands alone, by its field's name; none where it has none or there are several. */
static DspId
id_of_one (DspVerdictBar *self,
           const char    *name)
{
  const DspField *field = dsp_table_find (&self->kind->entity->table, name, strlen (name));

  return field != NULL && field->kind == DSP_KIND_ID && self->records->len == 1 ? *dsp_field_id (field, self->records->pdata[0])
                                                                                : dsp_id_none;
}

static void
drop_records (DspVerdictBar *self)
{
  for (guint i = 0; i < self->records->len; i++)
    dsp_record_free (self->kind->entity, self->records->pdata[i]);
  g_ptr_array_set_size (self->records, 0);
}

static void
show_error (DspVerdictBar *self,
            const char    *sentence)
{
  gtk_label_set_text (GTK_LABEL (self->error), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->error, sentence != NULL);
}

static void
stop_asking (DspVerdictBar *self)
{
  self->asking = NULL;
  show_error (self, NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "buttons");
}

/* ---- giving ---- */

/* @n_given were taken, @n_left not, the first of them for @why (nullable). */
static void
answered (DspVerdictBar *self,
          guint          n_given,
          guint          n_left,
          const char    *why)
{
  self->giving = FALSE;
  if (self->stack == NULL)
    return;
  gtk_widget_set_sensitive (self->save, TRUE);
  if (n_given == 0)
    {
      if (self->asking != NULL)
        show_error (self, why);
      else
        dsp_office_message (self->office, 0, "%s", why);
      if (self->asking == NULL)
        g_signal_emit (self, signals[DONE], 0, FALSE);
      return;
    }
  if (n_left > 0)
    {
      g_autofree char *sentence = self->kind->left (n_left, why);

      dsp_office_message (self->office, 0, "%s", sentence);
    }
  stop_asking (self);
  g_signal_emit (self, signals[DONE], 0, TRUE);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspVerdictBar) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  answered (self, outcome != NULL ? outcome->n_given : 0, outcome != NULL ? outcome->refused->len : 0, sentence);
}

/* Many, each with arguments of its own. */
typedef struct {
  DspVerdictBar *self;  /* (owned) */
  const DspTable *table;
  DspGift      **gifts; /* (owned), as what is in them */
  guint          n_gifts;
} Gifts;

static void
gifts_free (Gifts *gifts)
{
  for (guint i = 0; i < gifts->n_gifts; i++)
    {
      dsp_table_clear (gifts->table, gifts->gifts[i]->steps[0].args);
      g_free (gifts->gifts[i]->steps[0].args);
      g_free (gifts->gifts[i]->message);
      g_free (gifts->gifts[i]);
    }
  g_free (gifts->gifts);
  g_object_unref (gifts->self);
  g_free (gifts);
}

static void
rows_given_cb (GObject      *source,
               GAsyncResult *res,
               gpointer      user_data)
{
  Gifts *gifts = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_rows_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *why = outcome == NULL ? dsp_text_error (error) : NULL;
  guint n_left = 0;

  for (guint i = 0; i < gifts->n_gifts; i++)
    if (gifts->gifts[i]->refused)
      {
        n_left++;
        if (why == NULL)
          why = dsp_text_rule (gifts->gifts[i]->rule, gifts->gifts[i]->message);
      }
  answered (gifts->self, outcome != NULL ? outcome->n_given : 0, n_left, why);
  gifts_free (gifts);
}

/* Sets what @verdict says in @args. Returns which arguments are given. */
static guint64
fill_args (DspVerdictBar          *self,
           const DspVerdictChoice *verdict,
           const char             *text,
           gpointer                args)
{
  const DspTable *table = verdict->command->args;
  const DspField *field = argument (verdict, verdict->text);
  guint64 given = 0;

  if (field != NULL && *text != '\0')
    {
      dsp_set_text (dsp_field_text (field, args), text);
      given |= dsp_table_bit (table, field->offset);
    }
  field = asked_besides (self, verdict);
  if (field != NULL && field->kind == DSP_KIND_ID)
    {
      guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->to));

      if (chosen < self->distributors->len)
        *dsp_field_id (field, args) = g_array_index (self->distributors, DspId, chosen);
      given |= dsp_table_bit (table, field->offset);
    }
  else if (field != NULL)
    {
      dsp_field_set_said (field, args, gtk_editable_get_text (GTK_EDITABLE (self->number)), NULL);
      given |= dsp_table_bit (table, field->offset);
    }
  field = argument (verdict, "document_id");
  if (field != NULL && !dsp_id_is_none (&self->document_id))
    {
      *dsp_field_id (field, args) = self->document_id;
      given |= dsp_table_bit (table, field->offset);
    }
  field = verdict->verdict != 0 ? argument (verdict, "verdict") : NULL;
  if (field != NULL)
    {
      *dsp_field_word (field, args) = verdict->verdict;
      given |= dsp_table_bit (table, field->offset);
    }
  return given;
}

static void
give_rows (DspVerdictBar          *self,
           const DspVerdictChoice *verdict,
           gconstpointer           args,
           guint64                 given)
{
  const DspTable *table = verdict->command->args;
  Gifts *gifts = g_new0 (Gifts, 1);

  gifts->self = g_object_ref (self);
  gifts->table = table;
  gifts->n_gifts = self->records->len;
  gifts->gifts = g_new0 (DspGift *, gifts->n_gifts);
  for (guint i = 0; i < gifts->n_gifts; i++)
    {
      const DspRecord *record = self->records->pdata[i];
      gpointer own = g_malloc0 (table->size);
      DspGift *gift = gifts->gifts[i] = g_new0 (DspGift, 1);

      dsp_table_copy (table, own, args);
      verdict->each (record, own);
      gift->id = record->id;
      gift->n_steps = 1;
      gift->steps[0] = (DspGiftStep) { verdict->command, own, given | dsp_table_bit (table, argument (verdict, verdict->besides)->offset) };
    }
  dsp_replica_give_rows_async (dsp_office_get_replica (self->office), gifts->gifts, gifts->n_gifts, 0, FALSE, NULL, rows_given_cb, gifts);
}

static void
give (DspVerdictBar          *self,
      const DspVerdictChoice *verdict,
      const char             *text)
{
  const DspTable *table = verdict->command->args;
  g_autofree gpointer args = table != NULL ? g_malloc0 (table->size) : NULL;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  guint64 given;

  if (self->giving)
    return;
  self->giving = TRUE;
  gtk_widget_set_sensitive (self->save, FALSE);
  g_free (self->last_text[verdict - self->kind->choices]);
  self->last_text[verdict - self->kind->choices] = g_strdup (text);
  given = fill_args (self, verdict, text, args);
  for (guint i = 0; i < self->records->len; i++)
    g_array_append_val (ids, ((DspRecord *) self->records->pdata[i])->id);
  g_signal_emit (self, signals[GIVING], 0);
  if (verdict->each != NULL && ids->len > 1)
    give_rows (self, verdict, args, given);
  else
    dsp_replica_give_async (dsp_office_get_replica (self->office), verdict->command, (const DspId *) ids->data, ids->len, args, given,
                            NULL, given_cb, g_object_ref (self));
  if (table != NULL)
    dsp_table_clear (table, args);
}

/* FALSE: what is asked besides the text was not chosen, or cannot be read; a sentence says so. */
static gboolean
check_besides (DspVerdictBar *self)
{
  const DspField *field = asked_besides (self, self->asking);
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->number))));
  g_autofree gpointer args = field != NULL ? g_malloc0 (self->asking->command->args->size) : NULL;
  g_autoptr(GError) error = NULL;

  if (field == NULL)
    return TRUE;
  if (field->kind == DSP_KIND_ID)
    {
      if (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->to)) < self->distributors->len)
        return TRUE;
      show_error (self, _(self->asking->besides_missing));
      gtk_widget_grab_focus (self->to);
      return FALSE;
    }
  if (*typed != '\0' && dsp_field_set_said (field, args, typed, &error) &&
      dsp_table_check (self->asking->command->args, args, dsp_table_bit (self->asking->command->args, field->offset), &error))
    return TRUE;
  show_error (self, error != NULL ? error->message : _(self->asking->besides_missing));
  gtk_widget_grab_focus (self->number);
  return FALSE;
}

static void
on_save (DspVerdictBar *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  if (self->asking == NULL || !check_besides (self))
    return;
  if (self->asking->needs_text && *text == '\0')
    {
      show_error (self, _("A verdict needs its reason."));
      gtk_widget_grab_focus (self->entry);
      return;
    }
  give (self, self->asking, text);
}

/* ---- a document ---- */

static void
attached_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspVerdictBar) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean done = dsp_attach_file_finish (res, &error);

  if (self->stack == NULL || self->asking == NULL)
    return;
  if (done)
    self->document_id = self->coming;
  show_error (self, done ? NULL : error->message);
  gtk_button_set_label (GTK_BUTTON (self->document), done ? _("Document attached") : _("Document"));
  gtk_widget_grab_focus (self->entry);
}

static void
on_document_chosen (GtkNativeDialog *chooser,
                    int              response,
                    DspVerdictBar   *self)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  DspId order_id = id_of_one (self, "order_id");

  if (file != NULL)
    {
      self->coming = dsp_replica_new_id (dsp_office_get_replica (self->office));
      dsp_attach_file_async (self->office, &self->coming, &order_id, file, attached_cb, g_object_ref (self));
    }
  g_object_unref (chooser);
}

static void
on_document (DspVerdictBar *self)
{
  dsp_attach_file_choose (GTK_WIDGET (self), _("Document"), FALSE, G_CALLBACK (on_document_chosen), self);
}

/* ---- asking ---- */

static void
fill_distributors (DspVerdictBar *self)
{
  const GPtrArray *list = dsp_office_records (self->office, &dsp_distributor);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  DspId own = id_of_one (self, self->asking->besides);

  g_array_set_size (self->distributors, 0);
  for (guint i = 0; i < list->len; i++)
    {
      const DspDistributor *distributor = list->pdata[i];
      g_autofree char *title = dsp_office_record_title (self->office, &dsp_distributor, distributor);

      if (distributor->retired == DSP_YES || dsp_id_equal (&distributor->id, &own))
        continue;
      gtk_string_list_append (names, title);
      g_array_append_val (self->distributors, distributor->id);
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->to), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->to), GTK_INVALID_LIST_POSITION); /* nobody by default */
}

static void
show_besides (DspVerdictBar          *self,
              const DspVerdictChoice *verdict)
{
  const DspField *field = asked_besides (self, verdict);
  bool chosen = field != NULL && field->kind == DSP_KIND_ID;
  GtkWidget *widget = chosen ? self->to : self->number;
  g_autofree char *first = verdict->suggest != NULL && self->records->len == 1 ? verdict->suggest (self->records->pdata[0]) : NULL;

  gtk_widget_set_visible (self->to, chosen);
  gtk_widget_set_visible (self->number, field != NULL && !chosen);
  if (field == NULL)
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, _(verdict->besides_label), -1);
  if (chosen)
    fill_distributors (self);
  else
    {
      gtk_entry_set_placeholder_text (GTK_ENTRY (self->number), _(verdict->besides_label));
      gtk_editable_set_text (GTK_EDITABLE (self->number), first != NULL ? first : "");
    }
}

static void
ask (DspVerdictBar          *self,
     const DspVerdictChoice *verdict)
{
  const char *last = self->last_text[verdict - self->kind->choices], *prompt = verdict->text != NULL ? _(verdict->prompt) : "";
  g_autofree char *about = self->kind->about (self->office, self->records);
  GtkWidget *first = self->entry;

  self->asking = verdict;
  show_error (self, NULL);
  gtk_label_set_text (GTK_LABEL (self->about), about);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), prompt);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, prompt, -1);
  gtk_widget_set_visible (self->entry, verdict->text != NULL);
  /* Reasons come in runs: the last one stands there, selected, and goes with the first letter typed. */
  gtk_editable_set_text (GTK_EDITABLE (self->entry), last != NULL ? last : "");
  gtk_button_set_label (GTK_BUTTON (self->save), _(verdict->label));
  self->document_id = dsp_id_none;
  gtk_button_set_label (GTK_BUTTON (self->document), _("Document"));
  gtk_widget_set_visible (self->document, argument (verdict, "document_id") != NULL && self->records->len == 1 &&
                                          dsp_office_may (self->office, &dsp_attachment_create));
  show_besides (self, verdict);
  if (gtk_widget_get_visible (self->to))
    first = self->to;
  else if (gtk_widget_get_visible (self->number))
    first = self->number;
  else if (verdict->text == NULL)
    first = self->save;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "asking");
  gtk_widget_grab_focus (first);
  if (GTK_IS_EDITABLE (first))
    gtk_editable_select_region (GTK_EDITABLE (first), 0, -1);
}

/* One penalty is confirmed by one key; of many it is said first how many, and what they come to. */
static void
begin (DspVerdictBar          *self,
       const DspVerdictChoice *verdict)
{
  if (!verdict->needs_text && !verdict->asks && self->records->len == 1)
    give (self, verdict, "");
  else
    ask (self, verdict);
}

gboolean
dsp_verdict_bar_key (DspVerdictBar *self,
                     guint          keyval)
{
  guint key = gdk_keyval_to_lower (keyval);

  if (self->asking != NULL)
    return FALSE;
  if (key == GDK_KEY_j || key == GDK_KEY_k)
    {
      g_signal_emit (self, signals[STEP], 0, key == GDK_KEY_j ? 1 : -1);
      return TRUE;
    }
  for (guint i = 0; i < self->kind->n_choices; i++)
    if (self->kind->choices[i].key == key && may_give (self, &self->kind->choices[i]))
      {
        begin (self, &self->kind->choices[i]);
        return TRUE;
      }
  return FALSE;
}

void
dsp_verdict_bar_set (DspVerdictBar *self,
                     GPtrArray     *records)
{
  const DspEntity *entity = self->kind->entity;
  const DspField *state = dsp_table_at (&entity->table, entity->state_offset);
  bool same = records->len == self->records->len, any = false;

  for (guint i = 0; i < records->len && same; i++)
    same = dsp_id_equal (&((const DspRecord *) records->pdata[i])->id, &((const DspRecord *) self->records->pdata[i])->id);
  drop_records (self);
  self->states = 0;
  for (guint i = 0; i < records->len; i++)
    {
      g_ptr_array_add (self->records, dsp_record_dup (entity, records->pdata[i]));
      self->states |= DSP_BIT (*dsp_field_word (state, records->pdata[i]));
    }
  if (self->asking != NULL && (!same || !may_give (self, self->asking)))
    stop_asking (self);
  for (guint i = 0; i < self->kind->n_choices; i++)
    {
      bool may = may_give (self, &self->kind->choices[i]);

      gtk_widget_set_visible (self->buttons[i], may);
      any = any || may;
    }
  gtk_widget_set_visible (self->nothing, !any);
  gtk_label_set_text (GTK_LABEL (self->nothing), records->len == 0 ? _(self->kind->none_chosen)
                      : _("Nothing to decide about what is chosen"));
}

/* ---- the widget ---- */

static void
on_verdict (GtkWidget     *button,
            DspVerdictBar *self)
{
  for (guint i = 0; i < self->kind->n_choices; i++)
    if (self->buttons[i] == button && may_give (self, &self->kind->choices[i]))
      begin (self, &self->kind->choices[i]);
}

static void
on_cancel (DspVerdictBar *self)
{
  stop_asking (self);
  g_signal_emit (self, signals[DONE], 0, FALSE);
}

static gboolean
on_escape (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  DspVerdictBar *self = DSP_VERDICT_BAR (widget);

  if (self->asking == NULL)
    return FALSE;
  on_cancel (self);
  return TRUE;
}

static void on_next (DspVerdictBar *self) { g_signal_emit (self, signals[STEP], 0, 1); }
static void on_previous (DspVerdictBar *self) { g_signal_emit (self, signals[STEP], 0, -1); }

static void
dsp_verdict_bar_dispose (GObject *object)
{
  DspVerdictBar *self = DSP_VERDICT_BAR (object);
  GtkWidget *child;

  self->stack = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_verdict_bar_parent_class)->dispose (object);
}

static void
dsp_verdict_bar_finalize (GObject *object)
{
  DspVerdictBar *self = DSP_VERDICT_BAR (object);

  for (guint i = 0; i < DSP_VERDICTS_MAX; i++)
    g_free (self->last_text[i]);
  drop_records (self);
  g_ptr_array_unref (self->records);
  g_array_unref (self->distributors);
  G_OBJECT_CLASS (dsp_verdict_bar_parent_class)->finalize (object);
}

static void
dsp_verdict_bar_class_init (DspVerdictBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_verdict_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_verdict_bar_finalize;
  signals[STEP] = g_signal_new ("step", DSP_TYPE_VERDICT_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[GIVING] = g_signal_new ("giving", DSP_TYPE_VERDICT_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DONE] = g_signal_new ("done", DSP_TYPE_VERDICT_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_verdict_bar_init (DspVerdictBar *self)
{
  self->records = g_ptr_array_new ();
  self->distributors = g_array_new (FALSE, FALSE, sizeof (DspId));
}

static GtkWidget *
make_button (const char *label,
             guint       key)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *hint;
  g_autofree char *letter = g_strdup_printf ("%c", g_ascii_toupper ((char) key));

  hint = gtk_label_new (letter);
  gtk_widget_add_css_class (hint, "dsp-key");
  gtk_box_append (GTK_BOX (box), gtk_label_new (label));
  gtk_box_append (GTK_BOX (box), hint);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

static GtkWidget *
make_buttons (DspVerdictBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *next, *previous;

  for (guint i = 0; i < self->kind->n_choices; i++)
    {
      self->buttons[i] = make_button (_(self->kind->choices[i].label), self->kind->choices[i].key);
      if (self->kind->choices[i].key == self->kind->choices[0].key)
        gtk_widget_add_css_class (self->buttons[i], "suggested-action");
      g_signal_connect (self->buttons[i], "clicked", G_CALLBACK (on_verdict), self);
      gtk_box_append (GTK_BOX (box), self->buttons[i]);
    }
  self->nothing = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->nothing, "dim-label");
  gtk_box_append (GTK_BOX (box), self->nothing);
  previous = make_button (_("Previous"), GDK_KEY_k);
  g_signal_connect_swapped (previous, "clicked", G_CALLBACK (on_previous), self);
  gtk_widget_set_hexpand (previous, TRUE);
  gtk_widget_set_halign (previous, GTK_ALIGN_END);
  next = make_button (_("Next"), GDK_KEY_j);
  g_signal_connect_swapped (next, "clicked", G_CALLBACK (on_next), self);
  gtk_box_append (GTK_BOX (box), previous);
  gtk_box_append (GTK_BOX (box), next);
  return box;
}

static GtkWidget *
make_asking (DspVerdictBar *self)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *cancel;

  self->about = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->about, "numeric");
  self->to = gtk_drop_down_new (NULL, NULL);
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->to), TRUE);
  self->number = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->number), 14);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->number), GTK_INPUT_PURPOSE_NUMBER);
  g_signal_connect_swapped (self->number, "activate", G_CALLBACK (on_save), self);
  self->entry = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->entry), 2000);
  gtk_widget_set_hexpand (self->entry, TRUE);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_save), self);
  self->document = gtk_button_new_with_label (_("Document"));
  gtk_widget_set_tooltip_text (self->document, _("Attach a document to the order and to this verdict"));
  g_signal_connect_swapped (self->document, "clicked", G_CALLBACK (on_document), self);
  self->save = gtk_button_new_with_label ("");
  gtk_widget_add_css_class (self->save, "suggested-action");
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  cancel = gtk_button_new_with_mnemonic (_("_Cancel"));
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (on_cancel), self);
  self->error = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->error), 0);
  gtk_label_set_wrap (GTK_LABEL (self->error), TRUE);
  gtk_widget_add_css_class (self->error, "error");
  gtk_widget_set_visible (self->error, FALSE);

  gtk_box_append (GTK_BOX (line), self->about);
  gtk_box_append (GTK_BOX (line), self->to);
  gtk_box_append (GTK_BOX (line), self->number);
  gtk_box_append (GTK_BOX (line), self->entry);
  gtk_box_append (GTK_BOX (line), self->document);
  gtk_box_append (GTK_BOX (line), cancel);
  gtk_box_append (GTK_BOX (line), self->save);
  gtk_box_append (GTK_BOX (lines), line);
  gtk_box_append (GTK_BOX (lines), self->error);
  return lines;
}

GtkWidget *
dsp_verdict_bar_new (DspOffice            *office,
                     const DspVerdictKind *kind)
{
  DspVerdictBar *self = g_object_new (DSP_TYPE_VERDICT_BAR, NULL);
  g_autoptr(GPtrArray) none = g_ptr_array_new ();

  g_return_val_if_fail (kind->n_choices <= DSP_VERDICTS_MAX, NULL);
  self->office = g_object_ref (office);
  self->kind = kind;
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), make_buttons (self), "buttons");
  gtk_stack_add_named (GTK_STACK (self->stack), make_asking (self), "asking");
  gtk_widget_add_css_class (self->stack, "dsp-verdict-bar");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  dsp_verdict_bar_set (self, none);
  return GTK_WIDGET (self);
}
