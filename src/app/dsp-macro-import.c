/* dsp-macro-import.c: what a workbook that came back would do, and did
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. The changes go to the replica in parts, first to be judged, then to be given; all parts of the second go on with the
 * first one's group, so that they are one action. Between two parts the window lives.
 */
#define G_LOG_DOMAIN "dsp-macro-import"

#include "config.h"
#include "dsp-macro-import.h"

#include "dsp-assign.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define PART 500

struct _DspMacroChange
{
  GObject        parent_instance;

  GPtrArray     *rows;    /* (owned): the plan's, for a table may hold the change longer than the import lives */
  DspMacroRow   *row;     /* one of them */
  DspChangeState state;
  char          *reason;  /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (DspMacroChange, dsp_macro_change, G_TYPE_OBJECT)

static guint change_changed_signal;

struct _DspMacroImport
{
  DspRowModel   parent_instance;

  DspOffice    *office;      /* the model's */
  DspMacroPlan *plan;        /* (owned) */
  GPtrArray    *changes;     /* the model's rows: of DspMacroChange */
  guint         counts[DSP_N_CHANGE_STATES];
  DspMacroWork  work;
  GCancellable *cancellable; /* (owned) (nullable): of the work */
  GPtrArray    *part;        /* (owned): of DspMacroChange: with the replica */
  guint         next;        /* change to go on with */
  guint         n_done;      /* of this work */
  gint64        group;       /* of the replica; 0: nothing was done */
  gint64        gesture;     /* for undo; 0: none */
  char         *trouble;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (DspMacroImport, dsp_macro_import, DSP_TYPE_ROW_MODEL)

/* ---- a change ---- */

static void
dsp_macro_change_finalize (GObject *object)
{
  DspMacroChange *self = DSP_MACRO_CHANGE (object);

  g_ptr_array_unref (self->rows);
  g_free (self->reason);
  G_OBJECT_CLASS (dsp_macro_change_parent_class)->finalize (object);
}

static void
dsp_macro_change_class_init (DspMacroChangeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_macro_change_finalize;
  change_changed_signal = g_signal_new ("changed", DSP_TYPE_MACRO_CHANGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_macro_change_init (DspMacroChange *self)
{
}

const DspMacroRow *dsp_macro_change_get_row (DspMacroChange *self) { return self->row; }
DspChangeState dsp_macro_change_get_state (DspMacroChange *self) { return self->state; }
const char *dsp_macro_change_get_reason (DspMacroChange *self) { return self->reason; }

static void
set_state (DspMacroImport *self,
           DspMacroChange *change,
           DspChangeState  state,
           const char     *reason)
{
  self->counts[change->state]--;
  self->counts[state]++;
  change->state = state;
  g_free (change->reason);
  change->reason = g_strdup (reason);
  g_signal_emit (change, change_changed_signal, 0);
}

/* ---- the rules' answers ---- */

/* Where a row does several things, which of them it was. */
static char *
refusal_of (const DspGift *gift)
{
  g_autofree char *sentence = dsp_text_rule (gift->rule, gift->message);

  if (gift->n_steps < 2)
    return g_steal_pointer (&sentence);
  /* Translators: what was to be done, why it was refused */
  return g_strdup_printf (_("%s: %s"), _(gift->steps[gift->refused_step].command->label), sentence);
}

static void
forget_answer (DspGift *gift)
{
  gift->refused = FALSE;
  g_clear_pointer (&gift->message, g_free);
}

static void
take_answers (DspMacroImport *self)
{
  for (guint i = 0; i < self->part->len; i++)
    {
      DspMacroChange *change = self->part->pdata[i];
      g_autofree char *reason = change->row->gift.refused ? refusal_of (&change->row->gift) : NULL;

      if (reason != NULL)
        set_state (self, change, DSP_CHANGE_REFUSED, reason);
      else if (self->work == DSP_MACRO_APPLYING)
        set_state (self, change, DSP_CHANGE_DONE, NULL);
    }
  self->n_done += self->part->len;
}

/* ---- part by part ---- */

static void give_part (DspMacroImport *self);

static void
finish (DspMacroImport *self)
{
  if (self->work == DSP_MACRO_APPLYING && self->group != 0)
    {
      if (self->gesture == 0)
        self->gesture = dsp_assign_remember (self->office, self->group);
      dsp_office_message (self->office, self->gesture, ngettext ("%'u change of the workbook applied", "%'u changes of the workbook applied",
                                                                 self->counts[DSP_CHANGE_DONE]), self->counts[DSP_CHANGE_DONE]);
    }
  self->work = DSP_MACRO_IDLE;
  g_clear_object (&self->cancellable);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
}

static void
part_cb (GObject      *source,
         GAsyncResult *res,
         gpointer      user_data)
{
  g_autoptr(DspMacroImport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_rows_finish (DSP_REPLICA (source), res, &error);

  if (outcome == NULL)
    {
      self->trouble = dsp_text_error (error);
      finish (self);
      return;
    }
  if (self->work == DSP_MACRO_APPLYING && outcome->group != 0)
    self->group = outcome->group;
  take_answers (self);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
  give_part (self);
}

/* The cancellable is not the replica's: a part that was begun is brought to its end, so that what was done is known. */
static void
give_part (DspMacroImport *self)
{
  g_autofree DspGift **gifts = g_new (DspGift *, PART);

  g_ptr_array_set_size (self->part, 0);
  for (; self->next < self->changes->len && self->part->len < PART; self->next++)
    {
      DspMacroChange *change = self->changes->pdata[self->next];

      if (change->state != DSP_CHANGE_READY)
        continue;
      forget_answer (&change->row->gift);
      gifts[self->part->len] = &change->row->gift;
      g_ptr_array_add (self->part, g_object_ref (change));
    }
  if (self->part->len == 0 || g_cancellable_is_cancelled (self->cancellable))
    {
      finish (self);
      return;
    }
  dsp_replica_give_rows_async (dsp_office_get_replica (self->office), gifts, self->part->len, self->group,
                               self->work == DSP_MACRO_JUDGING, NULL, part_cb, g_object_ref (self));
}

static void
start (DspMacroImport *self,
       DspMacroWork    work,
       GCancellable   *cancellable)
{
  g_return_if_fail (self->work == DSP_MACRO_IDLE);

  self->work = work;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->next = 0;
  self->n_done = 0;
  g_clear_pointer (&self->trouble, g_free);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
}

void
dsp_macro_import_judge (DspMacroImport *self,
                        GCancellable   *cancellable)
{
  start (self, DSP_MACRO_JUDGING, cancellable);
  give_part (self);
}

void
dsp_macro_import_apply (DspMacroImport *self,
                        GCancellable   *cancellable)
{
  start (self, DSP_MACRO_APPLYING, cancellable);
  give_part (self);
}

/* ---- undo ---- */

static void
take_undone (DspMacroImport   *self,
             const DspOutcome *outcome)
{
  g_autoptr(GHashTable) refused = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);

  for (guint i = 0; i < outcome->refused->len; i++)
    {
      DspRefusal *refusal = &g_array_index (outcome->refused, DspRefusal, i);

      g_hash_table_insert (refused, &refusal->id, refusal);
    }
  for (guint i = 0; i < self->changes->len; i++)
    {
      DspMacroChange *change = self->changes->pdata[i];
      DspRefusal *refusal = g_hash_table_lookup (refused, &change->row->gift.id);
      g_autofree char *sentence = refusal != NULL ? dsp_text_rule (refusal->rule, refusal->message) : NULL;
      g_autofree char *reason = sentence != NULL ? g_strdup_printf (_("not undone: %s"), sentence) : NULL;

      if (change->state == DSP_CHANGE_DONE)
        set_state (self, change, reason != NULL ? DSP_CHANGE_DONE : DSP_CHANGE_UNDONE, reason);
    }
}

static void
undone_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(DspMacroImport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_undo_finish (DSP_REPLICA (source), res, &error);

  if (outcome == NULL)
    {
      self->trouble = dsp_text_error (error);
      self->gesture = dsp_assign_remember (self->office, self->group);
    }
  else
    {
      take_undone (self, outcome);
      self->group = 0; /* what is applied later is another action */
    }
  finish (self);
}

void
dsp_macro_import_undo (DspMacroImport *self)
{
  gint64 gesture = self->gesture;

  g_return_if_fail (dsp_macro_import_can_undo (self));

  self->gesture = 0;
  if (!dsp_assign_forget (self->office, gesture))
    {
      self->trouble = g_strdup (_("This was undone already"));
      dsp_row_model_changed (DSP_ROW_MODEL (self));
      return;
    }
  start (self, DSP_MACRO_UNDOING, NULL);
  dsp_replica_undo_async (dsp_office_get_replica (self->office), self->group, NULL, undone_cb, g_object_ref (self));
}

gboolean
dsp_macro_import_can_undo (DspMacroImport *self)
{
  return self->work == DSP_MACRO_IDLE && self->gesture != 0;
}

/* ---- what the server refused later ---- */

static gboolean
waits (DspRowModel *model)
{
  DspMacroImport *self = DSP_MACRO_IMPORT (model);

  return self->counts[DSP_CHANGE_DONE] > 0 && self->work == DSP_MACRO_IDLE;
}

static void
refused (DspRowModel       *model,
         const DspRejected *rejected,
         const char        *sentence)
{
  DspMacroImport *self = DSP_MACRO_IMPORT (model);

  for (guint i = 0; rejected->group == self->group && i < self->changes->len; i++)
    {
      DspMacroChange *change = self->changes->pdata[i];

      if (change->state == DSP_CHANGE_DONE && dsp_id_equal (&change->row->gift.id, &rejected->id))
        set_state (self, change, DSP_CHANGE_REFUSED, sentence);
    }
}

/* ---- object ---- */

static void
dsp_macro_import_finalize (GObject *object)
{
  DspMacroImport *self = DSP_MACRO_IMPORT (object);

  g_ptr_array_unref (self->part);
  dsp_macro_plan_free (self->plan);
  g_free (self->trouble);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (dsp_macro_import_parent_class)->finalize (object);
}

static void
dsp_macro_import_class_init (DspMacroImportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_macro_import_finalize;
  DSP_ROW_MODEL_CLASS (klass)->waits = waits;
  DSP_ROW_MODEL_CLASS (klass)->refused = refused;
}

static void
dsp_macro_import_init (DspMacroImport *self)
{
  self->changes = dsp_row_model_rows (DSP_ROW_MODEL (self));
  self->part = g_ptr_array_new_with_free_func (g_object_unref);
}

DspMacroImport *
dsp_macro_import_new (DspOffice    *office,
                      DspMacroPlan *plan)
{
  DspMacroImport *self = g_object_new (DSP_TYPE_MACRO_IMPORT, NULL);

  dsp_row_model_set_office (DSP_ROW_MODEL (self), office);
  self->office = office;
  self->plan = plan;
  for (guint i = 0; i < plan->rows->len; i++)
    {
      DspMacroChange *change = g_object_new (DSP_TYPE_MACRO_CHANGE, NULL);

      change->rows = g_ptr_array_ref (plan->rows);
      change->row = plan->rows->pdata[i];
      change->state = change->row->state == DSP_MACRO_REFUSED ? DSP_CHANGE_REFUSED : DSP_CHANGE_READY;
      change->reason = g_strdup (change->row->reason);
      self->counts[change->state]++;
      g_ptr_array_add (self->changes, change);
    }
  return self;
}

DspMacroWork
dsp_macro_import_get_work (DspMacroImport *self,
                           guint          *n_done)
{
  if (n_done != NULL)
    *n_done = self->n_done;
  return self->work;
}

guint dsp_macro_import_count (DspMacroImport *self, DspChangeState state) { return self->counts[state]; }
guint dsp_macro_import_n_read (DspMacroImport *self) { return self->plan->n_read; }
guint dsp_macro_import_n_unchanged (DspMacroImport *self) { return self->plan->n_unchanged; }
const char *dsp_macro_import_get_trouble (DspMacroImport *self) { return self->trouble; }
