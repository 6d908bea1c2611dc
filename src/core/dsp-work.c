/* dsp-work.c: one command in progress
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Around every apply function, for every command: the record, the permission, the state it may start from, the
 * arguments, and after it the state it led to, the limits of the fields that changed, the keys that must be unique, and
 * the scope that must still be the actor's. Nothing is stored here: the edits are the result, and history is their diff.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-work-private.h"

#include <string.h>

#define RECORDS_PER_STEP 128

static void
edit_free (gpointer data)
{
  DspEdit *edit = data;

  dsp_record_free (edit->entity, edit->before);
  dsp_record_free (edit->entity, edit->after);
  g_free (edit);
}

static guint
edit_hash (gconstpointer edit)
{
  const DspEdit *self = edit;

  return dsp_id_hash (&((const DspRecord *) self->after)->id) ^ self->entity->number;
}

static gboolean
edit_equal (gconstpointer a,
            gconstpointer b)
{
  const DspEdit *x = a, *y = b;

  return x->entity == y->entity && dsp_id_equal (&((const DspRecord *) x->after)->id, &((const DspRecord *) y->after)->id);
}

static void
drop_edits (DspWork *work)
{
  g_hash_table_remove_all (work->by_id);
  g_ptr_array_set_size (work->edits, 0);
}

static void
clear_warning (gpointer data)
{
  g_free (((DspWarning *) data)->message);
}

/**
 * dsp_work_new:
 * @facts, @actor: borrowed for the life of the work
 * @now_us: the one instant at which all of it happens
 */
DspWork *
dsp_work_new (const DspFacts *facts,
              const DspActor *actor,
              gint64          now_us)
{
  DspWork *work = g_new0 (DspWork, 1);

  work->facts = facts;
  work->actor = actor;
  work->now_us = now_us;
  work->n_passes = 1;
  work->edits = g_ptr_array_new_with_free_func (edit_free);
  work->by_id = g_hash_table_new (edit_hash, edit_equal);
  work->warnings = g_array_new (FALSE, FALSE, sizeof (DspWarning));
  g_array_set_clear_func (work->warnings, clear_warning);
  return work;
}

static void
forget_all (DspWork         *work,
            const DspEntity *entity)
{
  GPtrArray *records = g_steal_pointer (&work->all[entity->number]);

  for (guint i = 0; records != NULL && i < records->len; i++)
    dsp_record_free (entity, records->pdata[i]);
  g_clear_pointer (&records, g_ptr_array_unref);
  if (entity == &dsp_holiday || entity == &dsp_office_settings)
    g_clear_pointer (&work->calendar, dsp_calendar_free);
}

void
dsp_work_free (DspWork *work)
{
  if (work == NULL)
    return;
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    forget_all (work, dsp_entities[i]);
  g_hash_table_unref (work->by_id);
  g_ptr_array_unref (work->edits);
  g_array_unref (work->warnings);
  g_free (work);
}

guint
dsp_work_n_edits (DspWork *work)
{
  return work->edits->len;
}

/**
 * dsp_work_edit_at:
 * Returns: (transfer none): valid until the next run. A runner may steal before and after (set them to NULL).
 */
DspEdit *
dsp_work_edit_at (DspWork *work,
                  guint    i)
{
  return g_ptr_array_index (work->edits, i);
}

const DspActor *
dsp_work_actor (DspWork *work)
{
  return work->actor;
}

gint64
dsp_work_now (DspWork *work)
{
  return work->now_us;
}

/**
 * dsp_work_given:
 * Returns: which arguments were given, none among them.
 */
guint64
dsp_work_given (DspWork *work)
{
  return work->given;
}

void
dsp_work_set_step (DspWork     *work,
                   DspWorkStep  step,
                   gpointer     user_data)
{
  work->step = step;
  work->step_data = user_data;
}

void
dsp_work_set_passes (DspWork *work,
                     guint    n_passes)
{
  work->n_passes = MAX (n_passes, 1);
}

gboolean
dsp_work_pass (DspWork *work,
               guint    pass,
               guint    done,
               guint    all,
               GError **error)
{
  if (work->step == NULL || (done % RECORDS_PER_STEP != 0 && done != all) ||
      work->step (pass * all + done, work->n_passes * all, work->step_data))
    return TRUE;
  return dsp_refuse (error, DSP_RULE_STATE, "stopped");
}

static DspEdit *
find_edit (DspWork         *work,
           const DspEntity *entity,
           const DspId     *id)
{
  DspRecord record = { .id = *id };
  DspEdit probe = { .entity = entity, .after = &record };

  return g_hash_table_lookup (work->by_id, &probe);
}

static DspFact
look (DspWork         *work,
      const DspEntity *entity,
      const DspId     *id,
      gconstpointer   *record)
{
  DspEdit *edit = find_edit (work, entity, id);
  DspFact fact;

  *record = NULL;
  if (edit != NULL)
    {
      if (edit->deleted)
        return DSP_FACT_NONE;
      *record = edit->after;
      return DSP_FACT_HERE;
    }
  if (dsp_id_is_none (id))
    return DSP_FACT_NONE;
  fact = work->facts->get (work->facts->data, entity, id, record);
  if (fact != DSP_FACT_HERE)
    *record = NULL;
  return fact;
}

/**
 * dsp_work_get:
 * Returns: (nullable): the record as this work sees it; NULL if it is not here. The server then knows that there is
 *   none, a replica does not: refuse by dsp_work_need(), go on without on NULL.
 */
gconstpointer
dsp_work_get (DspWork         *work,
              const DspEntity *entity,
              const DspId     *id)
{
  gconstpointer record;

  look (work, entity, id, &record);
  return record;
}

static gboolean
no_such_record (const DspEntity *entity,
                const DspId     *id,
                GError         **error)
{
  char text[DSP_ID_TEXT];

  dsp_id_print (id, text);
  return dsp_refuse (error, DSP_RULE_NO_SUCH_RECORD, "there is no %s %s", entity->table.name, text);
}

/**
 * dsp_work_need:
 * Refuses if there is no such record for this actor: none at all, or one outside of his scope, with the same words.
 */
gboolean
dsp_work_need (DspWork         *work,
               const DspEntity *entity,
               const DspId     *id,
               GError         **error)
{
  const DspRecord *record;

  switch (look (work, entity, id, (gconstpointer *) &record))
    {
    case DSP_FACT_UNKNOWN:
      return TRUE;
    case DSP_FACT_HERE:
      if (dsp_actor_sees (work->actor, &record->scope, work->now_us))
        return TRUE;
      break;
    case DSP_FACT_NONE:
      break;
    }
  return no_such_record (entity, id, error);
}

typedef struct {
  const DspEntity *entity;
  GPtrArray       *records;
} Copying;

static gboolean
copy_record (gconstpointer record,
             gpointer      user_data)
{
  Copying *copying = user_data;

  g_ptr_array_add (copying->records, dsp_record_dup (copying->entity, record));
  return TRUE;
}

/**
 * dsp_work_all:
 * For catalogues, which are common and small. A run does not see its own edits of them.
 *
 * Returns: (transfer none): of the entity's records
 */
GPtrArray *
dsp_work_all (DspWork         *work,
              const DspEntity *entity)
{
  Copying copying = { entity, work->all[entity->number] };

  if (copying.records == NULL)
    {
      copying.records = work->all[entity->number] = g_ptr_array_new ();
      dsp_work_each (work, entity, 0, &dsp_id_none, copy_record, &copying);
    }
  return copying.records;
}

/**
 * dsp_work_calendar:
 * Returns: (transfer none): the office's calendar
 */
DspCalendar *
dsp_work_calendar (DspWork *work)
{
  DspId id = dsp_office_settings_id ();
  GPtrArray *holidays;

  if (work->calendar != NULL)
    return work->calendar;
  work->calendar = dsp_calendar_new (dsp_work_get (work, &dsp_office_settings, &id));
  holidays = dsp_work_all (work, &dsp_holiday);
  for (guint i = 0; i < holidays->len; i++)
    dsp_calendar_add_holiday (work->calendar, holidays->pdata[i]);
  return work->calendar;
}

static DspEdit *
add_edit (DspWork         *work,
          const DspEntity *entity,
          gconstpointer    before,
          const DspId     *id)
{
  DspEdit *edit = g_new0 (DspEdit, 1);

  edit->entity = entity;
  if (before != NULL)
    {
      edit->before = dsp_record_dup (entity, before);
      edit->after = dsp_record_dup (entity, before);
    }
  else
    {
      edit->after = dsp_record_new (entity);
      ((DspRecord *) edit->after)->id = *id;
    }
  g_ptr_array_add (work->edits, edit);
  g_hash_table_add (work->by_id, edit);
  return edit;
}

/**
 * dsp_work_edit:
 * Returns: (transfer none) (nullable): the record, to be changed in place; NULL with @error if there is none.
 */
gpointer
dsp_work_edit (DspWork         *work,
               const DspEntity *entity,
               const DspId     *id,
               GError         **error)
{
  DspEdit *edit = find_edit (work, entity, id);
  gconstpointer record;

  if (edit != NULL)
    return edit->after;
  if (look (work, entity, id, &record) != DSP_FACT_HERE)
    {
      no_such_record (entity, id, error);
      return NULL;
    }
  return add_edit (work, entity, record, NULL)->after;
}

/**
 * dsp_work_before:
 * Returns: (transfer none): the record as it was when this run began; @id is one that the run edits.
 */
gconstpointer
dsp_work_before (DspWork         *work,
                 const DspEntity *entity,
                 const DspId     *id)
{
  DspEdit *edit = find_edit (work, entity, id);

  return edit != NULL && edit->before != NULL ? edit->before : dsp_work_get (work, entity, id);
}

/**
 * dsp_work_create:
 * Returns: (transfer none): a new record beside the command's own one, to be filled in.
 */
gpointer
dsp_work_create (DspWork         *work,
                 const DspEntity *entity,
                 const DspId     *id)
{
  return add_edit (work, entity, NULL, id)->after;
}

static guint
state_of (const DspEntity *entity,
          gconstpointer    record)
{
  return *dsp_field_word (dsp_table_at (&entity->table, entity->state_offset), record);
}

/* Refuses with the state's own word, so that the person is told what the record is now. */
static gboolean
check_state (const DspCommand *command,
             gconstpointer     record,
             guint32           allowed,
             GError          **error)
{
  const DspField *field;
  guint state;

  if (command->entity->state_offset == 0 || allowed == 0)
    return TRUE;
  field = dsp_table_at (&command->entity->table, command->entity->state_offset);
  state = *dsp_field_word (field, record);
  if (DSP_BIT (state) & allowed)
    return TRUE;
  return dsp_refuse (error, DSP_RULE_STATE, "%s %s is %s: %s is not possible from there", command->entity->table.name,
                     dsp_record_display (command->entity, record),
                     state < field->words->n && state != 0 ? field->words->list[state].name : "in an unknown state",
                     command->name);
}

/**
 * dsp_command_may:
 * @record: (nullable): the record it would act on; NULL asks whether the actor may do it at all
 *
 * Returns: whether the button may be pressed; @error says why not.
 */
gboolean
dsp_command_may (const DspCommand *command,
                 const DspActor   *actor,
                 gconstpointer     record,
                 GError          **error)
{
  guint permission = dsp_command_number (command);

  /* A grant's end is judged by the clock of whoever runs the command; here only what is granted matters. */
  if (record == NULL)
    return dsp_actor_may (actor, permission, 0) ||
           dsp_refuse (error, DSP_RULE_FORBIDDEN, "the profile does not allow %s", command->name);
  switch (dsp_authz (actor, permission, &((const DspRecord *) record)->scope, 0))
    {
    case DSP_AUTHZ_ALLOW:
      return check_state (command, record, command->from, error);
    case DSP_AUTHZ_DENY:
      return dsp_refuse (error, DSP_RULE_FORBIDDEN, "the profile does not allow %s", command->name);
    case DSP_AUTHZ_HIDE:
    default:
      return no_such_record (command->entity, &((const DspRecord *) record)->id, error);
    }
}

/* Whether every given field of a creation that is there already is the same. */
static bool
same_content (const DspEntity *entity,
              gconstpointer    record,
              gconstpointer    args,
              guint64          given)
{
  for (guint i = 0; i < entity->table.n_fields; i++)
    if ((given >> i & 1) && !dsp_field_equal (&entity->table.fields[i], record, args))
      return false;
  return true;
}

static gboolean
put_given (DspWork          *work,
           const DspCommand *command,
           gpointer          record,
           gconstpointer     args,
           bool              creating,
           GError          **error)
{
  const DspTable *table = &command->entity->table;

  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *field = &table->fields[i];

      if (!(work->given >> i & 1) || dsp_field_equal (field, record, args))
        continue;
      if (!creating && (field->flags & DSP_FIXED))
        return dsp_refuse (error, DSP_RULE_INVALID, "%s of %s is set at its creation and stays", field->name,
                           table->name);
      dsp_field_copy (field, record, args);
    }
  return TRUE;
}

static gboolean
check_unique (DspWork *work,
              DspEdit *edit,
              GError **error)
{
  const DspTable *table = &edit->entity->table;

  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *field = &table->fields[i];
      const DspRecord *other = NULL;
      const char *text;

      if (!(field->flags & DSP_UNIQUE) || !(edit->mask >> i & 1))
        continue;
      text = *dsp_field_text (field, edit->after);
      if (text == NULL ||
          work->facts->find (work->facts->data, edit->entity, field, text, (gconstpointer *) &other) != DSP_FACT_HERE)
        continue;
      if (!dsp_id_equal (&other->id, &((DspRecord *) edit->after)->id))
        return dsp_refuse (error, DSP_RULE_DUPLICATE, "there is a %s with %s “%s” already", table->name, field->name,
                           text);
    }
  return TRUE;
}

/* After apply: what differs, whether it may be so, and what the record's head is now. */
static gboolean
settle_edit (DspWork          *work,
             const DspCommand *command,
             DspEdit          *edit,
             GError          **error)
{
  DspRecord *after = edit->after;

  if (edit->deleted)
    {
      after->version++;
      return TRUE;
    }
  if (edit->before != NULL)
    edit->mask = dsp_table_diff (&edit->entity->table, edit->before, after);
  else
    edit->mask = DSP_FIELDS_ALL;
  if (edit->mask == 0)
    return TRUE;
  if (!dsp_table_check (&edit->entity->table, after, edit->mask, error) ||
      (edit->entity->check != NULL && !edit->entity->check (after, error)) || !check_unique (work, edit, error))
    return FALSE;

  after->scope = edit->entity->scope (after);
  after->version++;
  if (edit->entity == command->entity &&
      dsp_authz (work->actor, dsp_command_number (command), &after->scope, work->now_us) != DSP_AUTHZ_ALLOW)
    return dsp_refuse (error, DSP_RULE_FORBIDDEN, "%s would put the %s out of your own scope", command->name,
                       edit->entity->table.name);
  return TRUE;
}

static gboolean
settle (DspWork          *work,
        const DspCommand *command,
        GError          **error)
{
  for (guint i = 0; i < work->edits->len; i++)
    if (!dsp_work_pass (work, work->n_passes - 1, i, work->edits->len, error) ||
        !settle_edit (work, command, g_ptr_array_index (work->edits, i), error))
      return FALSE;
  for (guint i = work->edits->len; i > 0; i--)
    {
      DspEdit *edit = g_ptr_array_index (work->edits, i - 1);

      if (edit->mask != 0 || edit->deleted)
        continue;
      g_hash_table_remove (work->by_id, edit);
      g_ptr_array_remove_index (work->edits, i - 1);
    }
  return TRUE;
}

/* An import names its rows by their business key: the record that has it already is the one to change. */
static gboolean
find_imported (DspWork          *work,
               const DspCommand *command,
               gconstpointer     args,
               DspId            *id)
{
  const DspTable *table = &command->entity->table;

  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *field = &table->fields[i];
      const char *text = field->flags & DSP_UNIQUE ? *dsp_field_text (field, args) : NULL;
      const DspRecord *there = NULL;

      if (text != NULL && work->facts->find (work->facts->data, command->entity, field, text,
                                             (gconstpointer *) &there) == DSP_FACT_HERE)
        {
          *id = there->id;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
check_args (const DspCommand *command,
            gconstpointer     args,
            guint64           given,
            GError          **error)
{
  if (command->args == NULL)
    return TRUE;
  /* A change is checked after it was put, together with the rules between fields. */
  if (command->flags & DSP_COMMAND_PUTS)
    return TRUE;
  return dsp_table_check (command->args, args, DSP_FIELDS_ALL, error);
}

static gboolean
run (DspWork          *work,
     const DspCommand *command,
     DspId             id,
     gint64            base,
     gconstpointer     args,
     bool             *merged,
     GError          **error)
{
  const DspEntity *entity = command->entity;
  guint permission = dsp_command_number (command);
  const DspRecord *there = NULL;
  DspEdit *edit;
  bool creating;

  if (!dsp_actor_may (work->actor, permission, work->now_us))
    return dsp_refuse (error, DSP_RULE_FORBIDDEN, "the profile does not allow %s", command->name);
  if (dsp_id_is_none (&id))
    return dsp_refuse (error, DSP_RULE_REQUIRED, "id is missing");
  if (command->flags & DSP_COMMAND_IMPORT)
    find_imported (work, command, args, &id);

  look (work, entity, &id, (gconstpointer *) &there);
  if (there != NULL && !dsp_actor_sees (work->actor, &there->scope, work->now_us))
    {
      /* A creation under a hidden record's id must not reveal it either; any other answer would. */
      if (!(command->flags & DSP_COMMAND_CREATES))
        return no_such_record (entity, &id, error);
      return dsp_refuse (error, DSP_RULE_ID_TAKEN, "id is taken");
    }

  creating = there == NULL && (command->flags & (DSP_COMMAND_CREATES | DSP_COMMAND_IMPORT | DSP_COMMAND_UPSERTS));
  if (there == NULL && !creating)
    return no_such_record (entity, &id, error);
  if (there != NULL && (command->flags & DSP_COMMAND_CREATES) && !(command->flags & DSP_COMMAND_IMPORT))
    return same_content (entity, there, args, work->given) ||
           dsp_refuse (error, DSP_RULE_ID_TAKEN, "there is a %s with this id and other content", entity->table.name);

  if (there != NULL)
    {
      if (dsp_authz (work->actor, permission, &there->scope, work->now_us) != DSP_AUTHZ_ALLOW)
        return dsp_refuse (error, DSP_RULE_FORBIDDEN, "the profile does not allow %s here", command->name);
      if (!check_state (command, there, command->from, error))
        return FALSE;
      *merged = !(command->flags & DSP_COMMAND_STEP) && base > 0 && base < there->version;
    }
  if (!check_args (command, args, work->given, error))
    return FALSE;

  edit = add_edit (work, entity, there, &id);
  if ((command->flags & DSP_COMMAND_PUTS) && !put_given (work, command, edit->after, args, creating, error))
    return FALSE;
  if (command->flags & DSP_COMMAND_DELETES)
    edit->deleted = true;
  if (entity->state_offset != 0 && command->to != 0 && (command->to & (command->to - 1)) == 0 &&
      (creating || !(command->flags & DSP_COMMAND_IMPORT)))
    *dsp_field_word (dsp_table_at (&entity->table, entity->state_offset), edit->after) =
        (guint) g_bit_nth_lsf (command->to, -1);
  if (command->apply != NULL && !command->apply (work, edit->after, args, error))
    return FALSE;
  if (command->to != 0 && entity->state_offset != 0 && !(command->flags & DSP_COMMAND_IMPORT) &&
      !(DSP_BIT (state_of (entity, edit->after)) & command->to))
    return dsp_refuse (error, DSP_RULE_STATE, "%s cannot lead there", command->name);
  if (entity == &dsp_order && !creating &&
      !dsp_id_equal (&((const DspOrder *) edit->before)->distributor_id, &((const DspOrder *) edit->after)->distributor_id))
    dsp_attachments_follow (work, edit->after);
  return settle (work, command, error);
}

gboolean
dsp_work_run (DspWork          *work,
              const DspCommand *command,
              const DspId      *id,
              gint64            base,
              gconstpointer     args,
              guint64           given,
              bool             *merged,
              GError          **error)
{
  bool was_merged = false;
  gboolean done;

  drop_edits (work);
  g_array_set_size (work->warnings, 0);
  work->n_passes = 1;
  work->given = given;
  done = run (work, command, *id, base, args, &was_merged, error);
  if (!done)
    drop_edits (work);
  for (guint i = 0; i < work->edits->len; i++)
    forget_all (work, dsp_work_edit_at (work, i)->entity);
  if (merged != NULL)
    *merged = done && was_merged && work->edits->len > 0;
  return done;
}
