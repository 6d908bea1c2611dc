/* dsp-record-page.c: the records of an entity, and a form for one of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-record-page"

#include "config.h"
#include "dsp-record-page.h"

#include "dsp-crew-members.h"
#include "dsp-record-form.h"
#include "dsp-record-kind.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspRecordPage
{
  GtkWidget      parent_instance;

  DspOffice     *office; /* (owned) */
  const DspRecordKind *kind;
  DspId          shown;    /* none: nothing, or a new one */
  gint64         version;  /* of what the form shows */
  gboolean       creating;
  gboolean       dirty;
  DspId          given_id; /* what was just saved */

  GtkWidget     *paned;
  GtkWidget     *add_button;
  GtkWidget     *search;
  GtkWidget     *with_retired;
  GtkWidget     *list;
  GtkWidget     *stack;
  GtkWidget     *title;
  GtkWidget     *state;
  GtkWidget     *save_button;
  GtkWidget     *revert_button;
  GtkWidget     *retire_button;
  DspRecordForm *form;
  GtkWidget     *members;  /* nullable */
  GtkWidget     *preview;  /* nullable */
  GtkWidget     *head;     /* nullable: its part above the form */
  gboolean       filling;
  gboolean       beside;   /* a list of somebody else */
};

G_DEFINE_FINAL_TYPE (DspRecordPage, dsp_record_page, GTK_TYPE_WIDGET)

enum { SIGNAL_SHOWN, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
is_retired (DspRecordPage *self,
            gconstpointer  record)
{
  const DspField *field = dsp_table_find (&self->kind->entity->table, "retired", 7);

  return field != NULL && *dsp_field_word (field, record) == DSP_YES;
}

/* ---- the list ---- */

static void
show_dirty (DspRecordPage *self,
            gboolean       dirty)
{
  self->dirty = dirty;
  gtk_widget_set_sensitive (self->save_button, dirty || self->creating);
  gtk_widget_set_sensitive (self->revert_button, dirty || self->creating);
}

/* Words of the orders that are here, for what has to be written as they are. */
static void
set_choices (DspRecordPage *self)
{
  static const struct { const char *field; gsize of_order; } known[] = {
    { "skills", offsetof (DspOrder, type) }, { "types", offsetof (DspOrder, type) }, { "group", offsetof (DspOrder, group) },
    { "type", offsetof (DspOrder, type) }, { "subtype", offsetof (DspOrder, subtype) },
  };
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (self->office));

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr(GArray) values = NULL;
      g_autoptr(GStrvBuilder) words = g_strv_builder_new ();
      g_auto(GStrv) list = NULL;

      if (dsp_table_find (&self->kind->entity->table, known[i].field, strlen (known[i].field)) == NULL)
        continue;
      values = dsp_order_index_values (index, dsp_table_at (&dsp_order.table, known[i].of_order));
      for (guint k = 0; values != NULL && k < values->len; k++)
        if (g_array_index (values, DspColumnValue, k).text != NULL)
          g_strv_builder_add (words, g_array_index (values, DspColumnValue, k).text);
      list = g_strv_builder_end (words);
      dsp_record_form_set_choices (self->form, known[i].field, (const char *const *) list);
    }
}

/* What cannot be read yet leaves what was shown. */
static void
show_preview (DspRecordPage *self)
{
  gpointer record;
  guint64 given;

  if (self->preview == NULL)
    return;
  record = dsp_record_new (self->kind->entity);
  if (dsp_record_form_peek (self->form, record, &given))
    self->kind->preview_set (self->preview, record);
  dsp_record_free (self->kind->entity, record);
}

static void
show_record (DspRecordPage *self)
{
  const DspRecord *record = self->creating ? NULL : dsp_office_get (self->office, self->kind->entity, &self->shown);
  gboolean retired = record != NULL && is_retired (self, record);
  const DspCommand *save, *away;
  gboolean may;
  g_autofree char *title = NULL;

  if (record == NULL && self->kind->only != NULL)
    self->creating = TRUE;
  save = self->creating ? self->kind->create : self->kind->change;
  may = dsp_office_may (self->office, save) && !(retired && self->kind->retire != NULL);

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), record != NULL || self->creating ? "form" : "empty");
  g_signal_emit (self, signals[SIGNAL_SHOWN], 0);
  if (record == NULL && !self->creating)
    return;
  self->version = record != NULL ? record->version : 0;
  title = record != NULL ? dsp_record_kind_title (self->kind, self->office, record)
                         : g_strdup (self->kind->only != NULL ? _(self->kind->entity->label) : _(self->kind->create->label));
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_widget_set_visible (self->state, retired);
  dsp_record_form_set_record (self->form, record, may);
  if (record == NULL && self->kind->defaults != NULL)
    dsp_record_form_suggest (self->form, self->kind->defaults ());
  set_choices (self);
  if (self->members != NULL)
    dsp_crew_members_set_crew (DSP_CREW_MEMBERS (self->members), record != NULL ? &record->id : NULL, may);
  if (self->preview != NULL)
    self->kind->preview_set (self->preview, record);
  away = self->kind->remove != NULL ? self->kind->remove : retired ? self->kind->restore : self->kind->retire;
  gtk_widget_set_visible (self->retire_button, record != NULL && away != NULL && dsp_office_may (self->office, away));
  gtk_button_set_label (GTK_BUTTON (self->retire_button),
                        self->kind->remove != NULL ? _("Delete") : retired ? _("Restore") : _("Retire"));
  gtk_widget_set_visible (self->save_button, may);
  gtk_widget_set_visible (self->revert_button, may);
  show_dirty (self, FALSE);
}

static GtkWidget *
make_row (DspRecordPage *self,
          const DspRecord *record)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *label;
  g_autofree char *title = dsp_record_kind_title (self->kind, self->office, record);
  g_autofree char *under = dsp_record_kind_under (self->kind, self->office, record);
  gboolean retired = is_retired (self, record);

  label = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), label);
  if (retired)
    {
      g_autofree char *text = *under != '\0' ? g_strdup_printf (_("Retired · %s"), under) : g_strdup (_("Retired"));

      g_free (under);
      under = g_steal_pointer (&text);
    }
  if (*under != '\0')
    {
      label = gtk_label_new (under);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_widget_add_css_class (box, "dsp-record-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data_full (G_OBJECT (row), "id", g_memdup2 (&record->id, sizeof record->id), g_free);
  return row;
}

static void
fill (DspRecordPage *self)
{
  g_autoptr(GPtrArray) records = dsp_record_kind_dup_sorted (self->kind, self->office);
  gboolean with_retired = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->with_retired));
  g_autofree char *folded = dsp_fold (gtk_editable_get_text (GTK_EDITABLE (self->search)));
  GtkWidget *child;

  if (self->beside)
    return;
  self->filling = TRUE;
  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; i < records->len; i++)
    {
      const DspRecord *record = records->pdata[i];
      g_autofree char *title = dsp_record_kind_title (self->kind, self->office, record);
      g_autofree char *haystack = dsp_fold (title);
      GtkWidget *row;

      if (strstr (haystack, folded) == NULL || (!with_retired && is_retired (self, record) && !dsp_id_equal (&record->id, &self->shown)))
        continue;
      row = make_row (self, record);
      gtk_list_box_append (GTK_LIST_BOX (self->list), row);
      if (dsp_id_equal (&record->id, &self->shown))
        gtk_list_box_select_row (GTK_LIST_BOX (self->list), GTK_LIST_BOX_ROW (row));
    }
  self->filling = FALSE;
}

static void
on_discard_response (AdwMessageDialog *dialog,
                     const char       *response,
                     DspRecordPage    *self)
{
  const DspId *id = g_object_get_data (G_OBJECT (dialog), "id");

  if (g_str_equal (response, "discard"))
    {
      self->dirty = FALSE;
      self->creating = FALSE;
      if (dsp_id_is_none (id))
        dsp_record_page_create (self);
      else
        dsp_record_page_show (self, id);
    }
  else
    {
      fill (self); /* the selection goes back to what the form shows */
      g_signal_emit (self, signals[SIGNAL_SHOWN], 0);
    }
}

/* What was typed is not dropped unasked. */
static gboolean
ask_first (DspRecordPage *self,
           const DspId   *next)
{
  GtkWidget *dialog;

  if (!self->dirty)
    return FALSE;
  dialog = dsp_record_form_ask_discard (GTK_WIDGET (self));
  g_object_set_data_full (G_OBJECT (dialog), "id", g_memdup2 (next, sizeof *next), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_discard_response), self, 0);
  return TRUE;
}

static void
on_row_selected (GtkListBox    *list,
                 GtkListBoxRow *row,
                 DspRecordPage *self)
{
  const DspId *id = row != NULL ? g_object_get_data (G_OBJECT (row), "id") : NULL;

  if (self->filling || id == NULL || (dsp_id_equal (id, &self->shown) && !self->creating))
    return;
  if (ask_first (self, id))
    return;
  self->creating = FALSE;
  self->shown = *id;
  show_record (self);
}

const DspId *
dsp_record_page_get_shown (DspRecordPage *self)
{
  return &self->shown;
}

void
dsp_record_page_show (DspRecordPage *self,
                      const DspId   *id)
{
  if (ask_first (self, id))
    return;
  self->creating = FALSE;
  self->shown = *id;
  fill (self);
  show_record (self);
}

void
dsp_record_page_create (DspRecordPage *self)
{
  if (ask_first (self, &dsp_id_none))
    return;
  self->creating = TRUE;
  self->shown = dsp_id_none;
  gtk_list_box_unselect_all (GTK_LIST_BOX (self->list));
  show_record (self);
  gtk_widget_child_focus (GTK_WIDGET (self->form), GTK_DIR_TAB_FORWARD);
}

void
dsp_record_page_clear_errors (DspRecordPage *self)
{
  dsp_record_form_clear_errors (self->form);
}

/* ---- saving ---- */

static void
saved_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspRecordPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  if (self->form == NULL)
    return;
  if (sentence != NULL)
    {
      DspRule rule = outcome != NULL ? g_array_index (outcome->refused, DspRefusal, 0).rule : DSP_N_RULES;
      bool duplicate = rule == DSP_RULE_DUPLICATE;

      /* What it clashes with stands above the form already, with the ways out: there the person goes on. */
      if (rule == DSP_RULE_OVERLAP && self->head != NULL && gtk_widget_get_visible (self->head))
        gtk_widget_child_focus (self->head, GTK_DIR_TAB_FORWARD);
      else
        dsp_record_form_show_error (self->form, duplicate ? dsp_table_find (&self->kind->entity->table, "code", 4) : NULL, sentence);
      return;
    }
  self->creating = FALSE;
  self->shown = self->given_id;
  self->dirty = FALSE;
  fill (self);
  show_record (self);
  dsp_office_message (self->office, 0, "%s", _("Saved"));
}

static void
on_save (GtkWidget     *button,
         DspRecordPage *self)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  gpointer record = dsp_record_new (self->kind->entity);
  guint64 given = 0;

  if (dsp_record_form_read (self->form, record, &given))
    {
      if (given == 0 && !self->creating)
        show_dirty (self, FALSE);
      else
        {
          self->given_id = self->kind->only != NULL ? self->kind->only () : self->creating ? dsp_replica_new_id (replica) : self->shown;
          dsp_replica_give_async (replica, self->creating ? self->kind->create : self->kind->change, &self->given_id, 1,
                                  record, given, NULL, saved_cb, g_object_ref (self));
        }
    }
  dsp_record_free (self->kind->entity, record);
}

static void
on_revert (GtkWidget     *button,
           DspRecordPage *self)
{
  self->creating = FALSE;
  show_record (self);
}

/* ---- retiring a crew ---- */

static void
retired_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  g_autoptr(DspRecordPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  if (self->form == NULL)
    return;
  show_record (self);
  fill (self);
  if (sentence != NULL)
    dsp_record_form_show_error (self->form, NULL, sentence);
}

static void
give_state (DspRecordPage    *self,
            const DspCommand *command)
{
  DspReason reason = { NULL };

  dsp_replica_give_async (dsp_office_get_replica (self->office), command, &self->shown, 1, &reason, 0, NULL, retired_cb,
                          g_object_ref (self));
}

static void
released_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspRecordPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  if (self->form == NULL)
    return;
  if (sentence != NULL)
    dsp_record_form_show_error (self->form, NULL, sentence);
  else
    give_state (self, self->kind->retire);
}

static GArray *
open_orders (DspRecordPage *self)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  DspOrderIndex *index = dsp_replica_get_index (replica);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autoptr(DspOrderResult) result = NULL;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  DspOrderQuery query = { .filter = filter };
  char crew[DSP_ID_TEXT];

  dsp_id_print (&self->shown, crew);
  dsp_office_get_clock (self->office, &query.clock);
  dsp_filter_set (filter, "status", "assigned,in_progress", NULL);
  dsp_filter_set (filter, "crew_id", crew, NULL);
  result = dsp_replica_query_now (replica, &query, 0);
  for (guint i = 0; result != NULL && i < result->n_rows; i++)
    g_array_append_vals (ids, dsp_order_index_id (index, result->rows[i]), 1);
  return ids;
}

static void
on_delete_response (AdwMessageDialog *dialog,
                    const char       *response,
                    DspRecordPage    *self)
{
  if (g_str_equal (response, "delete"))
    dsp_replica_give_async (dsp_office_get_replica (self->office), self->kind->remove, &self->shown, 1, NULL, 0, NULL, retired_cb,
                            g_object_ref (self));
}

static void
ask_to_delete (DspRecordPage *self,
               const char    *title)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *heading = g_strdup_printf (_("Delete %s?"), title);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, NULL);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "delete", _("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_delete_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_retire_response (AdwMessageDialog *dialog,
                    const char       *response,
                    DspRecordPage    *self)
{
  g_autoptr(GArray) ids = NULL;

  if (!g_str_equal (response, "retire"))
    return;
  ids = open_orders (self);
  if (ids->len > 0)
    {
      DspUnassign args = { .from_crew_id = self->shown, .reason = (char *) _("The crew is retired") };

      dsp_replica_give_async (dsp_office_get_replica (self->office), &dsp_order_unassign, (const DspId *) ids->data, ids->len,
                              &args, 3, NULL, released_cb, g_object_ref (self));
    }
  else
    give_state (self, self->kind->retire);
}

static void
on_retire (GtkWidget     *button,
           DspRecordPage *self)
{
  const DspRecord *record = dsp_office_get (self->office, self->kind->entity, &self->shown);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *title = NULL;
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;
  g_autoptr(GArray) ids = NULL;
  GtkWidget *dialog;

  if (record == NULL)
    return;
  if (is_retired (self, record))
    {
      give_state (self, self->kind->restore);
      return;
    }
  title = dsp_record_kind_title (self->kind, self->office, record);
  if (self->kind->remove != NULL)
    {
      ask_to_delete (self, title);
      return;
    }
  ids = open_orders (self);
  heading = g_strdup_printf (_("Retire %s?"), title);
  if (ids->len > 0)
    body = g_strdup_printf (ngettext ("It has %u open order, which returns to unassigned first.",
                                      "It has %u open orders, which return to unassigned first.", ids->len), ids->len);
  else
    body = g_strdup (_("It takes no more orders. It can be restored."));
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "retire",
                                    ids->len > 0 ? _("_Reassign and retire") : _("_Retire"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "retire", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_retire_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- following ---- */

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspRecordPage   *self)
{
  const DspRecord *record;

  if (entity != NULL && entity != self->kind->entity)
    return;
  fill (self);
  if (self->creating && self->kind->only == NULL)
    return;
  record = dsp_office_get (self->office, self->kind->entity, &self->shown);
  if (record != NULL && self->dirty && record->version != self->version)
    dsp_record_form_show_error (self->form, NULL,
                                _("Somebody else changed this record meanwhile. Saving keeps your fields and their others."));
  else if (!self->dirty)
    show_record (self);
}

static void
on_status_changed (DspRecordPage *self)
{
  gtk_widget_set_visible (self->add_button, dsp_office_may (self->office, self->kind->create));
  if (!self->dirty && (!self->creating || self->kind->only != NULL))
    show_record (self);
}

static void
on_form_changed (DspRecordForm *form,
                 DspRecordPage *self)
{
  if (!self->creating && dsp_id_is_none (&self->shown))
    return;
  show_dirty (self, TRUE);
  show_preview (self);
}

/* ---- object ---- */

static void
dsp_record_page_dispose (GObject *object)
{
  DspRecordPage *self = DSP_RECORD_PAGE (object);
  GtkWidget *child;

  self->form = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_record_page_parent_class)->dispose (object);
}

static void
dsp_record_page_class_init (DspRecordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_record_page_dispose;
  signals[SIGNAL_SHOWN] = g_signal_new ("shown", DSP_TYPE_RECORD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-record-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, paned);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, add_button);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, search);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, with_retired);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, list);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, title);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, state);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, save_button);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, revert_button);
  gtk_widget_class_bind_template_child (widget_class, DspRecordPage, retire_button);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_revert);
  gtk_widget_class_bind_template_callback (widget_class, on_retire);
}

static void
dsp_record_page_init (DspRecordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
dsp_record_page_new (DspOffice       *office,
                     const DspEntity *entity)
{
  DspRecordPage *self = g_object_new (DSP_TYPE_RECORD_PAGE, NULL);
  const DspField *retired = dsp_table_find (&entity->table, "retired", 7);
  GtkWidget *box = gtk_stack_get_child_by_name (GTK_STACK (self->stack), "form");
  GtkWidget *empty = gtk_stack_get_child_by_name (GTK_STACK (self->stack), "empty");
  GtkWidget *slot;
  guint64 without = 0;

  self->office = g_object_ref (office);
  self->kind = dsp_record_kind_of (entity);
  if (self->kind->only != NULL)
    {
      self->shown = self->kind->only ();
      gtk_widget_set_visible (gtk_paned_get_start_child (GTK_PANED (self->paned)), FALSE);
    }

  if (retired != NULL && self->kind->retire != NULL)
    without = dsp_table_bit (&entity->table, retired->offset);
  if (self->kind->without != NULL)
    without |= dsp_table_bit (&entity->table, dsp_table_find (&entity->table, self->kind->without, strlen (self->kind->without))->offset);
  self->form = DSP_RECORD_FORM (dsp_record_form_new (office, entity, without));
  g_signal_connect (self->form, "changed", G_CALLBACK (on_form_changed), self);
  slot = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  gtk_widget_add_css_class (slot, "dsp-form");
  gtk_box_append (GTK_BOX (slot), GTK_WIDGET (self->form));
  if (entity == &dsp_crew)
    {
      self->members = dsp_crew_members_new (office);
      gtk_box_append (GTK_BOX (slot), self->members);
    }
  if (self->kind->preview_new != NULL)
    {
      self->preview = self->kind->preview_new (office);
      gtk_box_append (GTK_BOX (slot), self->preview);
      if (self->kind->preview_head != NULL)
        {
          self->head = self->kind->preview_head (self->preview);
          gtk_box_prepend (GTK_BOX (slot), self->head);
        }
    }
  {
    GtkWidget *scroller = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();

    adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 820);
    adw_clamp_set_child (ADW_CLAMP (clamp), slot);
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
    gtk_widget_set_vexpand (scroller, TRUE);
    gtk_box_append (GTK_BOX (box), scroller);
  }
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), self->kind->icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _(entity->label_plural));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _("Choose one in the list to see or change it."));
  gtk_button_set_label (GTK_BUTTON (self->add_button), _(self->kind->create->label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _(entity->label_plural), -1);
  g_signal_connect_swapped (self->add_button, "clicked", G_CALLBACK (dsp_record_page_create), self);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (fill), self);
  g_signal_connect_swapped (self->with_retired, "toggled", G_CALLBACK (fill), self);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  g_signal_connect_object (office, "status-changed", G_CALLBACK (on_status_changed), self, G_CONNECT_SWAPPED);
  fill (self);
  on_status_changed (self);
  return GTK_WIDGET (self);
}

GtkWidget *
dsp_record_page_new_beside (DspOffice       *office,
                            const DspEntity *entity)
{
  DspRecordPage *self = DSP_RECORD_PAGE (dsp_record_page_new (office, entity));

  self->beside = TRUE;
  gtk_widget_set_visible (gtk_paned_get_start_child (GTK_PANED (self->paned)), FALSE);
  return GTK_WIDGET (self);
}
