/* dsp-action-bar.c: what may be done to the chosen records, in place
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-action-bar"

#include "config.h"
#include "dsp-action-bar.h"

#include "dsp-record-form.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspActionBar
{
  GtkWidget        parent_instance;

  DspOffice       *office;    /* (owned) */
  const DspAction *actions;
  guint            n_actions;
  GPtrArray       *records;   /* (owned): copies */
  const DspAction *asking;    /* (nullable): its form stands there */
  gboolean         giving;

  GtkWidget       *stack;
  GtkWidget       *buttons;
  GtkWidget      **button;    /* (owned): of each action */
  GtkWidget       *none;
  GtkWidget       *slot;      /* of the form */
  GtkWidget       *form;
  GtkWidget       *about;
  GtkWidget       *save;
};

G_DEFINE_FINAL_TYPE (DspActionBar, dsp_action_bar, GTK_TYPE_WIDGET)

enum { DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static bool
may (DspActionBar    *self,
     const DspAction *action)
{
  const DspActor *actor = dsp_replica_get_actor (dsp_office_get_replica (self->office));

  if (actor == NULL || self->records->len == 0 || (self->records->len > 1 && !(action->command->flags & DSP_COMMAND_MANY)))
    return false;
  for (guint i = 0; i < self->records->len; i++)
    if (!dsp_command_may (action->command, actor, self->records->pdata[i], NULL))
      return false;
  return action->fits == NULL || action->fits (self->office, self->records);
}

static const DspEntity *
entity_of (DspActionBar *self)
{
  return self->actions[0].command->entity;
}

/* "PF-000012", or how many. */
static char *
dup_about (DspActionBar *self)
{
  const char *display = self->records->len == 1 ? dsp_record_display (entity_of (self), self->records->pdata[0]) : NULL;

  if (self->records->len == 1)
    return g_strdup (display != NULL ? display : "");
  /* Translators: records that are chosen, such as lines of a statement */
  return g_strdup_printf (ngettext ("%u chosen", "%u chosen", self->records->len), self->records->len);
}

static void
stop_asking (DspActionBar *self)
{
  self->asking = NULL;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "buttons");
  if (self->form != NULL)
    gtk_box_remove (GTK_BOX (self->slot), self->form);
  self->form = NULL;
}

/* ---- giving ---- */

/* The rules' own words where they say more than that it is not possible. */
static char *
dup_refusal (const DspOutcome *outcome,
             const GError     *error)
{
  const DspRefusal *refusal = outcome != NULL && outcome->refused->len > 0 ? &g_array_index (outcome->refused, DspRefusal, 0) : NULL;

  if (refusal != NULL && refusal->rule == DSP_RULE_STATE && refusal->message != NULL)
    return g_strdup_printf (_("Not possible: %s"), refusal->message);
  return dsp_text_outcome (outcome, error);
}

static void
tell (DspActionBar     *self,
      const DspCommand *command,
      const char       *about,
      const DspOutcome *outcome,
      const char       *wrong)
{
  if (outcome->refused->len > 0)
    /* Translators: what was done, how many could not be, and why the first could not */
    dsp_office_message (self->office, 0, _("%s; %u refused: %s"), _(command->past), outcome->refused->len, wrong);
  else
    /* Translators: what was done, then to what */
    dsp_office_message (self->office, 0, _("%s: %s"), _(command->past), about);
}

typedef struct {
  DspActionBar     *bar; /* (owned) */
  const DspCommand *command;
  char             *about; /* (owned) */
} Given;

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Given *given = user_data;
  DspActionBar *self = given->bar;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *wrong = dup_refusal (outcome, error);
  bool taken = outcome != NULL && outcome->n_given > 0;

  self->giving = FALSE;
  if (self->stack != NULL)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE);
      if (taken)
        tell (self, given->command, given->about, outcome, wrong);
      else if (self->asking != NULL)
        dsp_record_form_show_error (DSP_RECORD_FORM (self->form), NULL, wrong);
      else
        dsp_office_message (self->office, 0, "%s", wrong);
      if (taken)
        stop_asking (self);
      if (taken || self->asking == NULL)
        g_signal_emit (self, signals[DONE], 0, taken);
    }
  g_object_unref (given->bar);
  g_free (given->about);
  g_free (given);
}

static void
give (DspActionBar     *self,
      const DspCommand *command,
      gconstpointer     args,
      guint64           given)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  Given *answer = g_new0 (Given, 1);

  for (guint i = 0; i < self->records->len; i++)
    g_array_append_val (ids, ((const DspRecord *) self->records->pdata[i])->id);
  *answer = (Given) { g_object_ref (self), command, dup_about (self) };
  self->giving = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
  dsp_replica_give_async (dsp_office_get_replica (self->office), command, (const DspId *) ids->data, ids->len, args, given, NULL,
                          given_cb, answer);
}

static void
on_save (DspActionBar *self)
{
  const DspTable *table;
  g_autofree gpointer args = NULL;
  guint64 given;

  if (self->asking == NULL || self->giving)
    return;
  table = self->asking->command->args;
  args = g_malloc0 (table->size);
  if (dsp_record_form_read (DSP_RECORD_FORM (self->form), args, &given))
    give (self, self->asking->command, args, given);
  dsp_table_clear (table, args);
}

/* ---- asking ---- */

static void
on_confirmed (AdwMessageDialog *dialog,
              const char       *response,
              DspActionBar     *self)
{
  const DspAction *action = g_object_get_data (G_OBJECT (dialog), "action");

  if (g_str_equal (response, "do") && self->stack != NULL && may (self, action))
    give (self, action->command, NULL, 0);
}

static void
confirm (DspActionBar    *self,
         const DspAction *action)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *about = dup_about (self);
  g_autofree char *heading = g_strdup_printf (_("%s: %s"), _(action->command->label), about);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, _(action->confirm));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "stay", _("_Cancel"), "do", _(action->command->label), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "do", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  g_object_set_data (G_OBJECT (dialog), "action", (gpointer) action);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_confirmed), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* A day is today's, and of one record what it has already under that name: an amount that is corrected. */
static void
suggest (DspActionBar    *self,
         const DspAction *action)
{
  const DspTable *table = action->command->args;
  g_autofree gpointer args = g_malloc0 (table->size);

  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *to = &table->fields[i], *from = dsp_table_find (&entity_of (self)->table, to->name, to->name_len);

      if (to->kind == DSP_KIND_DATE)
        *dsp_field_date (to, args) = dsp_text_local_day (g_get_real_time ());
      else if (from != NULL && from->kind == DSP_KIND_MONEY && to->kind == DSP_KIND_MONEY && self->records->len == 1)
        *dsp_field_money (to, args) = *dsp_field_money (from, self->records->pdata[0]);
    }
  dsp_record_form_suggest (DSP_RECORD_FORM (self->form), args);
  dsp_table_clear (table, args);
}

static void
ask (DspActionBar    *self,
     const DspAction *action)
{
  g_autofree char *about = dup_about (self);
  g_autofree char *title = g_strdup_printf (_("%s: %s"), _(action->command->label), about);

  self->asking = action;
  self->form = dsp_record_form_new_for_args (self->office, action->command, NULL);
  gtk_widget_set_hexpand (self->form, TRUE);
  gtk_box_append (GTK_BOX (self->slot), self->form);
  suggest (self, action);
  gtk_label_set_text (GTK_LABEL (self->about), title);
  gtk_button_set_label (GTK_BUTTON (self->save), _(action->command->label));
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "form");
  gtk_widget_child_focus (self->form, GTK_DIR_TAB_FORWARD);
}

static void
begin (DspActionBar    *self,
       const DspAction *action)
{
  if (self->giving)
    return;
  if (self->asking != NULL)
    stop_asking (self);
  if (action->command->args != NULL)
    ask (self, action);
  else if (action->confirm != NULL)
    confirm (self, action);
  else
    give (self, action->command, NULL, 0);
}

gboolean
dsp_action_bar_begin (DspActionBar     *self,
                      const DspCommand *command)
{
  for (guint i = 0; i < self->n_actions; i++)
    if (self->actions[i].command == command && may (self, &self->actions[i]))
      {
        begin (self, &self->actions[i]);
        return TRUE;
      }
  return FALSE;
}

static void
on_button (GtkWidget    *button,
           DspActionBar *self)
{
  for (guint i = 0; i < self->n_actions; i++)
    if (self->button[i] == button && may (self, &self->actions[i]))
      begin (self, &self->actions[i]);
}

static void
on_cancel (DspActionBar *self)
{
  stop_asking (self);
  g_signal_emit (self, signals[DONE], 0, FALSE);
}

static gboolean
on_escape (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  DspActionBar *self = DSP_ACTION_BAR (widget);

  if (self->asking == NULL)
    return FALSE;
  on_cancel (self);
  return TRUE;
}

/* A long text takes the key for itself, so it is seen before. */
static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        DspActionBar          *self)
{
  if (self->asking == NULL || (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter) || (state & GDK_CONTROL_MASK) == 0)
    return FALSE;
  on_save (self);
  return TRUE;
}

void
dsp_action_bar_set (DspActionBar *self,
                    GPtrArray    *records)
{
  bool same = records->len == self->records->len, any = false;

  for (guint i = 0; i < records->len && same; i++)
    same = dsp_id_equal (&((const DspRecord *) records->pdata[i])->id, &((const DspRecord *) self->records->pdata[i])->id);
  for (guint i = 0; i < self->records->len; i++)
    dsp_record_free (entity_of (self), self->records->pdata[i]);
  g_ptr_array_set_size (self->records, 0);
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (self->records, dsp_record_dup (entity_of (self), records->pdata[i]));
  if (self->asking != NULL && (!same || !may (self, self->asking)))
    stop_asking (self);
  for (guint i = 0; i < self->n_actions; i++)
    {
      bool shown = may (self, &self->actions[i]);

      gtk_widget_set_visible (self->button[i], shown);
      any = any || shown;
    }
  gtk_widget_set_visible (self->none, !any && records->len > 0);
}

void
dsp_action_bar_append (DspActionBar *self,
                       GtkWidget    *widget)
{
  gtk_box_append (GTK_BOX (self->buttons), widget);
}

/* ---- the widget ---- */

static void
dsp_action_bar_dispose (GObject *object)
{
  DspActionBar *self = DSP_ACTION_BAR (object);
  GtkWidget *child;

  self->stack = self->form = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_action_bar_parent_class)->dispose (object);
}

static void
dsp_action_bar_finalize (GObject *object)
{
  DspActionBar *self = DSP_ACTION_BAR (object);

  for (guint i = 0; i < self->records->len; i++)
    dsp_record_free (entity_of (self), self->records->pdata[i]);
  g_ptr_array_unref (self->records);
  g_free (self->button);
  G_OBJECT_CLASS (dsp_action_bar_parent_class)->finalize (object);
}

static void
dsp_action_bar_class_init (DspActionBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_action_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_action_bar_finalize;
  signals[DONE] = g_signal_new ("done", DSP_TYPE_ACTION_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_action_bar_init (DspActionBar *self)
{
  self->records = g_ptr_array_new ();
}

static void
make_buttons (DspActionBar *self,
              const char   *none)
{
  self->buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->button = g_new0 (GtkWidget *, self->n_actions);
  for (guint i = 0; i < self->n_actions; i++)
    {
      self->button[i] = gtk_button_new_with_label (_(self->actions[i].command->label));
      if (self->actions[i].style != NULL)
        gtk_widget_add_css_class (self->button[i], self->actions[i].style);
      g_signal_connect (self->button[i], "clicked", G_CALLBACK (on_button), self);
      gtk_box_append (GTK_BOX (self->buttons), self->button[i]);
    }
  self->none = gtk_label_new (none);
  gtk_widget_add_css_class (self->none, "dim-label");
  gtk_box_append (GTK_BOX (self->buttons), self->none);
}

static GtkWidget *
make_form_side (DspActionBar *self)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *end = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_("_Cancel"));

  self->about = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->about), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->about), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->about, TRUE);
  gtk_widget_add_css_class (self->about, "heading");
  gtk_accessible_update_property (GTK_ACCESSIBLE (cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel"), -1);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (on_cancel), self);
  self->save = gtk_button_new_with_label ("");
  gtk_widget_add_css_class (self->save, "suggested-action");
  gtk_widget_set_tooltip_text (self->save, _("Ctrl+Enter"));
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  self->slot = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (end), self->about);
  gtk_box_append (GTK_BOX (end), cancel);
  gtk_box_append (GTK_BOX (end), self->save);
  gtk_box_append (GTK_BOX (lines), self->slot);
  gtk_box_append (GTK_BOX (lines), end);
  return lines;
}

GtkWidget *
dsp_action_bar_new (DspOffice       *office,
                    const DspAction *actions,
                    guint            n_actions,
                    const char      *none)
{
  DspActionBar *self = g_object_new (DSP_TYPE_ACTION_BAR, NULL);
  g_autoptr(GPtrArray) nothing = g_ptr_array_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  self->office = g_object_ref (office);
  self->actions = actions;
  self->n_actions = n_actions;
  make_buttons (self, none);
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), self->buttons, "buttons");
  gtk_stack_add_named (GTK_STACK (self->stack), make_form_side (self), "form");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  dsp_action_bar_set (self, nothing);
  return GTK_WIDGET (self);
}
