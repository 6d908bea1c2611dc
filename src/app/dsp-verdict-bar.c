/* dsp-verdict-bar.c: what a supervisor decides about the chosen penalties
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-verdict-bar"

#include "config.h"
#include "dsp-verdict-bar.h"

#include "dsp-attachments-view.h"
#include "dsp-penalty.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

typedef struct {
  const DspCommand *command;
  guint             key;
  guint32           states;     /* from which it may be given */
  const char       *label;
  const char       *prompt;     /* for the text */
  const char       *text;       /* the argument that the text is */
  bool              needs_text;
  DspVerdict        verdict;    /* of an appeal's answer */
} Verdict;

#define P(state) DSP_BIT (DSP_PENALTY_##state)

/* The same keys mean the same for a penalty and for the answer to an appeal. */
static const Verdict verdicts[] = {
  { &dsp_penalty_confirm, GDK_KEY_c, P (PENDING), N_("Confirm"), N_("Reason, if there is something to say"), "reason", false, 0 },
  { &dsp_penalty_waive, GDK_KEY_e, P (PENDING), N_("Waive"), N_("Why is it waived?"), "reason", true, 0 },
  { &dsp_penalty_transfer, GDK_KEY_t, P (PENDING), N_("Hand over"), N_("Why does another party bear it?"), "reason", true, 0 },
  { &dsp_penalty_answer, GDK_KEY_c, P (APPEALED), N_("Confirm"), N_("Answer to the distributor"), "answer", true, DSP_VERDICT_CONFIRM },
  { &dsp_penalty_answer, GDK_KEY_e, P (APPEALED), N_("Waive"), N_("Answer to the distributor"), "answer", true, DSP_VERDICT_WAIVE },
  { &dsp_penalty_appeal, GDK_KEY_a, P (PENDING) | P (CONFIRMED) | P (TRANSFERRED), N_("Appeal against it"), N_("The distributor's words"), "appeal", true, 0 },
};
#define N_VERDICTS G_N_ELEMENTS (verdicts)

struct _DspVerdictBar
{
  GtkWidget      parent_instance;

  DspOffice     *office;              /* (owned) */
  GArray        *ids;                 /* (owned): of DspId: what the verdict is about */
  guint32        states;              /* theirs */
  gint64         cents;               /* theirs, together */
  char          *number;              /* (owned) (nullable): the order's, of one alone */
  DspId          bearer;              /* of one alone, as the order */
  DspId          order_id;
  DspId          document_id;         /* attached for the verdict that is being given */
  DspId          coming;              /* being attached */
  const Verdict *asking;              /* (nullable): its text is being typed */
  gboolean       giving;
  GArray        *distributors;        /* (owned): of DspId, as in the drop-down */
  char          *last_text[N_VERDICTS]; /* (owned): what was said last, offered again */

  GtkWidget     *stack;
  GtkWidget     *buttons[N_VERDICTS];
  GtkWidget     *nothing;
  GtkWidget     *about;
  GtkWidget     *to;
  GtkWidget     *entry;
  GtkWidget     *document;
  GtkWidget     *save;
  GtkWidget     *error;
};

G_DEFINE_FINAL_TYPE (DspVerdictBar, dsp_verdict_bar, GTK_TYPE_WIDGET)

enum { STEP, GIVING, DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static bool
may_give (DspVerdictBar *self,
          const Verdict *verdict)
{
  bool many = (verdict->command->flags & DSP_COMMAND_MANY) != 0;

  return self->ids->len > 0 && (self->states & ~verdict->states) == 0 && (many || self->ids->len == 1) &&
         dsp_office_may (self->office, verdict->command);
}

static bool
takes_document (const Verdict *verdict)
{
  return dsp_table_find (verdict->command->args, "document_id", 11) != NULL;
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

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspVerdictBar) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  self->giving = FALSE;
  if (self->stack == NULL)
    return;
  gtk_widget_set_sensitive (self->save, TRUE);
  if (outcome == NULL || outcome->n_given == 0)
    {
      if (self->asking != NULL)
        show_error (self, sentence);
      else
        dsp_office_message (self->office, 0, "%s", sentence);
      if (self->asking == NULL)
        g_signal_emit (self, signals[DONE], 0, FALSE);
      return;
    }
  if (outcome->refused->len > 0)
    dsp_office_message (self->office, 0, ngettext ("%u penalty was left as it is: %s", "%u penalties were left as they are: %s",
                                                   outcome->refused->len), outcome->refused->len, sentence);
  stop_asking (self);
  g_signal_emit (self, signals[DONE], 0, TRUE);
}

/* Sets what @verdict says in @args. Returns which arguments are given. */
static guint64
fill_args (DspVerdictBar *self,
           const Verdict *verdict,
           const char    *text,
           gpointer       args)
{
  const DspTable *table = verdict->command->args;
  const DspField *field = dsp_table_find (table, verdict->text, strlen (verdict->text));
  guint64 given = 0;

  if (*text != '\0')
    {
      dsp_set_text (dsp_field_text (field, args), text);
      given |= dsp_table_bit (table, field->offset);
    }
  if (verdict->command == &dsp_penalty_transfer)
    {
      guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->to));

      if (chosen < self->distributors->len)
        ((DspPenaltyTransfer *) args)->distributor_id = g_array_index (self->distributors, DspId, chosen);
      given |= dsp_table_bit (table, offsetof (DspPenaltyTransfer, distributor_id));
    }
  if (takes_document (verdict) && !dsp_id_is_none (&self->document_id))
    {
      field = dsp_table_find (table, "document_id", 11);
      *dsp_field_id (field, args) = self->document_id;
      given |= dsp_table_bit (table, field->offset);
    }
  if (verdict->command == &dsp_penalty_answer)
    {
      ((DspAppealAnswer *) args)->verdict = verdict->verdict;
      given |= dsp_table_bit (table, offsetof (DspAppealAnswer, verdict));
    }
  return given;
}

static void
give (DspVerdictBar *self,
      const Verdict *verdict,
      const char    *text)
{
  g_autofree gpointer args = g_malloc0 (verdict->command->args->size);
  guint64 given;

  if (self->giving)
    return;
  self->giving = TRUE;
  gtk_widget_set_sensitive (self->save, FALSE);
  g_free (self->last_text[verdict - verdicts]);
  self->last_text[verdict - verdicts] = g_strdup (text);
  given = fill_args (self, verdict, text, args);
  g_signal_emit (self, signals[GIVING], 0);
  dsp_replica_give_async (dsp_office_get_replica (self->office), verdict->command, (const DspId *) self->ids->data, self->ids->len,
                          args, given, NULL, given_cb, g_object_ref (self));
  dsp_table_clear (verdict->command->args, args);
}

static void
on_save (DspVerdictBar *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  if (self->asking == NULL)
    return;
  if (self->asking->needs_text && *text == '\0')
    {
      show_error (self, _("A verdict needs its reason."));
      gtk_widget_grab_focus (self->entry);
      return;
    }
  if (self->asking->command == &dsp_penalty_transfer &&
      gtk_drop_down_get_selected (GTK_DROP_DOWN (self->to)) >= self->distributors->len)
    {
      show_error (self, _("Choose who bears it."));
      gtk_widget_grab_focus (self->to);
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

  if (file != NULL)
    {
      self->coming = dsp_replica_new_id (dsp_office_get_replica (self->office));
      dsp_attach_file_async (self->office, &self->coming, &self->order_id, file, attached_cb, g_object_ref (self));
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

  g_array_set_size (self->distributors, 0);
  for (guint i = 0; i < list->len; i++)
    {
      const DspDistributor *distributor = list->pdata[i];
      g_autofree char *title = dsp_office_record_title (self->office, &dsp_distributor, distributor);

      if (distributor->retired == DSP_YES || dsp_id_equal (&distributor->id, &self->bearer))
        continue;
      gtk_string_list_append (names, title);
      g_array_append_val (self->distributors, distributor->id);
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->to), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->to), GTK_INVALID_LIST_POSITION); /* nobody by default */
}

static char *
dup_about (DspVerdictBar *self)
{
  g_autofree char *money = dsp_text_money (self->cents);

  if (self->number != NULL)
    /* Translators: the number of an order, then an amount */
    return g_strdup_printf (_("Order %s, %s"), self->number, money);
  /* Translators: how many, then their sum */
  return g_strdup_printf (ngettext ("%u penalty, %s", "%u penalties, %s", self->ids->len), self->ids->len, money);
}

static void
ask (DspVerdictBar *self,
     const Verdict *verdict)
{
  const char *last = self->last_text[verdict - verdicts];
  g_autofree char *about = dup_about (self);

  self->asking = verdict;
  show_error (self, NULL);
  gtk_label_set_text (GTK_LABEL (self->about), about);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _(verdict->prompt));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _(verdict->prompt), -1);
  /* Reasons come in runs: the last one stands there, selected, and goes with the first letter typed. */
  gtk_editable_set_text (GTK_EDITABLE (self->entry), last != NULL ? last : "");
  gtk_button_set_label (GTK_BUTTON (self->save), _(verdict->label));
  self->document_id = dsp_id_none;
  gtk_button_set_label (GTK_BUTTON (self->document), _("Document"));
  gtk_widget_set_visible (self->document, takes_document (verdict) && self->ids->len == 1 &&
                                          dsp_office_may (self->office, &dsp_attachment_create));
  gtk_widget_set_visible (self->to, verdict->command == &dsp_penalty_transfer);
  if (verdict->command == &dsp_penalty_transfer)
    fill_distributors (self);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "asking");
  gtk_widget_grab_focus (verdict->command == &dsp_penalty_transfer ? self->to : self->entry);
  if (verdict->command != &dsp_penalty_transfer)
    gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

/* One penalty is confirmed by one key; of many it is said first how many, and what they come to. */
static void
begin (DspVerdictBar *self,
       const Verdict *verdict)
{
  if (!verdict->needs_text && self->ids->len == 1)
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
  for (guint i = 0; i < N_VERDICTS; i++)
    if (verdicts[i].key == key && may_give (self, &verdicts[i]))
      {
        begin (self, &verdicts[i]);
        return TRUE;
      }
  return FALSE;
}

void
dsp_verdict_bar_set (DspVerdictBar *self,
                     GPtrArray     *penalties)
{
  bool same = penalties->len == self->ids->len, any = false;

  for (guint i = 0; i < penalties->len && same; i++)
    same = dsp_id_equal (&((const DspPenalty *) penalties->pdata[i])->id, &g_array_index (self->ids, DspId, i));
  g_array_set_size (self->ids, 0);
  g_clear_pointer (&self->number, g_free);
  self->states = 0;
  self->cents = 0;
  for (guint i = 0; i < penalties->len; i++)
    {
      const DspPenalty *penalty = penalties->pdata[i];

      g_array_append_val (self->ids, penalty->id);
      self->states |= DSP_BIT (penalty->state);
      self->cents += penalty->amount.cents;
    }
  self->bearer = penalties->len == 1 ? ((const DspPenalty *) penalties->pdata[0])->distributor_id : dsp_id_none;
  self->order_id = penalties->len == 1 ? ((const DspPenalty *) penalties->pdata[0])->order_id : dsp_id_none;
  if (penalties->len == 1)
    self->number = g_strdup (((const DspPenalty *) penalties->pdata[0])->number);
  if (self->asking != NULL && (!same || !may_give (self, self->asking)))
    stop_asking (self);
  for (guint i = 0; i < N_VERDICTS; i++)
    {
      bool may = may_give (self, &verdicts[i]);

      gtk_widget_set_visible (self->buttons[i], may);
      any = any || may;
    }
  gtk_widget_set_visible (self->nothing, !any);
  gtk_label_set_text (GTK_LABEL (self->nothing), penalties->len == 0 ? _("No penalty chosen")
                      : _("Nothing to decide about what is chosen"));
}

/* ---- the widget ---- */

static void
on_verdict (GtkWidget     *button,
            DspVerdictBar *self)
{
  for (guint i = 0; i < N_VERDICTS; i++)
    if (self->buttons[i] == button && may_give (self, &verdicts[i]))
      begin (self, &verdicts[i]);
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

  for (guint i = 0; i < N_VERDICTS; i++)
    g_free (self->last_text[i]);
  g_free (self->number);
  g_array_unref (self->ids);
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
  self->ids = g_array_new (FALSE, FALSE, sizeof (DspId));
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

  for (guint i = 0; i < N_VERDICTS; i++)
    {
      self->buttons[i] = make_button (_(verdicts[i].label), verdicts[i].key);
      if (verdicts[i].key == GDK_KEY_c)
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
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->to), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Distributor who bears it"), -1);
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
  gtk_box_append (GTK_BOX (line), self->entry);
  gtk_box_append (GTK_BOX (line), self->document);
  gtk_box_append (GTK_BOX (line), cancel);
  gtk_box_append (GTK_BOX (line), self->save);
  gtk_box_append (GTK_BOX (lines), line);
  gtk_box_append (GTK_BOX (lines), self->error);
  return lines;
}

GtkWidget *
dsp_verdict_bar_new (DspOffice *office)
{
  DspVerdictBar *self = g_object_new (DSP_TYPE_VERDICT_BAR, NULL);
  g_autoptr(GPtrArray) none = g_ptr_array_new ();

  self->office = g_object_ref (office);
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), make_buttons (self), "buttons");
  gtk_stack_add_named (GTK_STACK (self->stack), make_asking (self), "asking");
  gtk_widget_add_css_class (self->stack, "dsp-verdict-bar");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  dsp_verdict_bar_set (self, none);
  return GTK_WIDGET (self);
}
