/* dsp-overlay.c: what the waiting commands make of the base
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * After the base changed, core's rules run the waiting commands again over it, in order. Only commands that name a
 * record which changed can come out differently, as long as all waiting commands touch nothing but what they name and the
 * change was of orders; otherwise everything runs again. What a command touched besides is only known after it ran (a closed
 * order has its line in the statement, a pre-invoice thousands of them), and must go with it when it is refused.
 */
#define G_LOG_DOMAIN "dsp-keeper"

#include "config.h"
#include "dsp-keeper-private.h"

#include "dsp-attachments.h"

#include <string.h>

guint
dsp_key_hash (gconstpointer data)
{
  const DspKey *key = data;

  return dsp_id_hash (&key->id) ^ key->entity->number * 0x9e3779b1u;
}

gboolean
dsp_key_equal (gconstpointer a,
               gconstpointer b)
{
  const DspKey *one = a, *two = b;

  return one->entity == two->entity && dsp_id_equal (&one->id, &two->id);
}

GHashTable *
dsp_key_set_new (void)
{
  return g_hash_table_new_full (dsp_key_hash, dsp_key_equal, g_free, NULL);
}

void
dsp_key_set_add (GHashTable      *set,
                 const DspEntity *entity,
                 const DspId     *id)
{
  DspKey key = { entity, *id };

  if (!g_hash_table_contains (set, &key))
    g_hash_table_add (set, g_memdup2 (&key, sizeof key));
}

void
dsp_over_free (gpointer data)
{
  DspOver *over = data;

  if (over->record != NULL)
    dsp_record_free (over->key.entity, over->record);
  g_free (over);
}

static DspOver *
over_new (const DspEntity *entity,
          const DspId     *id,
          gpointer         record)
{
  DspOver *over = g_new0 (DspOver, 1);

  over->key = (DspKey) { entity, *id };
  over->record = record;
  return over;
}

void
dsp_overlay_init (GHashTable *overlay[DSP_N_ENTITIES])
{
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    overlay[i] = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, NULL, dsp_over_free);
}

void
dsp_overlay_clear (GHashTable *overlay[DSP_N_ENTITIES])
{
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    g_hash_table_unref (overlay[i]);
}

/* ---- facts ---- */

static gpointer
scratch (DspKeeper       *keeper,
         const DspEntity *entity)
{
  if (keeper->scratch != NULL && keeper->scratch_entity != entity)
    g_clear_pointer (&keeper->scratch, g_free);
  if (keeper->scratch == NULL)
    keeper->scratch = dsp_record_new (entity);
  keeper->scratch_entity = entity;
  return keeper->scratch;
}

/* The scratch record keeps its memory, not its texts. */
static void
forget_scratch (DspKeeper *keeper)
{
  if (keeper->scratch == NULL)
    return;
  dsp_record_free (keeper->scratch_entity, keeper->scratch);
  keeper->scratch = NULL;
}

static DspFact
absent (DspKeeper *keeper)
{
  return keeper->complete ? DSP_FACT_NONE : DSP_FACT_UNKNOWN;
}

static DspFact
failed (DspKeeper *keeper,
        GError    *error)
{
  if (keeper->facts_error == NULL)
    keeper->facts_error = error;
  else
    g_error_free (error);
  return DSP_FACT_UNKNOWN;
}

/* The record in the base. Small entities stay in memory once they were read. */
static DspFact
base_get (DspKeeper       *keeper,
          const DspEntity *entity,
          const DspId     *id,
          gconstpointer   *record)
{
  DspKey key = { entity, *id };
  GError *error = NULL;
  DspOver *cached = dsp_entity_is_small (entity) ? g_hash_table_lookup (keeper->cache, &key) : NULL;

  if (cached != NULL)
    {
      *record = cached->record;
      return cached->record != NULL ? DSP_FACT_HERE : absent (keeper);
    }
  if (keeper->judging && keeper->scratch_is_fresh && keeper->scratch != NULL && keeper->scratch_entity == entity &&
      dsp_id_equal (&((DspRecord *) keeper->scratch)->id, id))
    {
      *record = keeper->scratch;
      return DSP_FACT_HERE;
    }
  if (keeper->scratch_entity != entity)
    forget_scratch (keeper);
  keeper->scratch_is_fresh = FALSE;
  switch (dsp_table_get (keeper->db, NULL, entity, id, DSP_FIELDS_ALL, scratch (keeper, entity), &error))
    {
    case DSP_STEP_ROW:
      *record = keeper->scratch;
      keeper->scratch_is_fresh = TRUE;
      if (dsp_entity_is_small (entity))
        {
          cached = over_new (entity, id, g_steal_pointer (&keeper->scratch));
          g_hash_table_replace (keeper->cache, &cached->key, cached);
        }
      return DSP_FACT_HERE;
    case DSP_STEP_DONE:
      return absent (keeper);
    case DSP_STEP_FAILED:
    default:
      return failed (keeper, error);
    }
}

/* The record as screens see it: the overlay's, else the base's. */
DspFact
dsp_keeper_effective (DspKeeper       *keeper,
                      const DspEntity *entity,
                      const DspId     *id,
                      gconstpointer   *record)
{
  DspKey key = { entity, *id };
  DspOver *over = g_hash_table_lookup (dsp_keeper_overlay (keeper, entity), &key);

  *record = NULL;
  if (over == NULL)
    return base_get (keeper, entity, id, record);
  *record = over->record;
  return over->record != NULL ? DSP_FACT_HERE : DSP_FACT_NONE;
}

static DspFact
facts_get (gpointer         data,
           const DspEntity *entity,
           const DspId     *id,
           gconstpointer   *record)
{
  return dsp_keeper_effective (data, entity, id, record);
}

static DspFact
facts_find (gpointer         data,
            const DspEntity *entity,
            const DspField  *field,
            const char      *text,
            gconstpointer   *record)
{
  DspKeeper *keeper = data;
  GError *error = NULL;
  GHashTableIter iter;
  gpointer value;
  DspKey key;

  *record = NULL;
  g_hash_table_iter_init (&iter, dsp_keeper_overlay (keeper, entity));
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspOver *over = value;

      if (over->record != NULL && g_strcmp0 (*dsp_field_text (field, over->record), text) == 0)
        {
          *record = over->record;
          return DSP_FACT_HERE;
        }
    }
  if (keeper->scratch_entity != entity)
    forget_scratch (keeper);
  keeper->scratch_is_fresh = FALSE;
  switch (dsp_table_lookup (keeper->db, NULL, entity, field, text, DSP_FIELDS_ALL, scratch (keeper, entity), &error))
    {
    case DSP_STEP_ROW:
      key = (DspKey) { entity, ((DspRecord *) keeper->scratch)->id };
      if (g_hash_table_contains (dsp_keeper_overlay (keeper, entity), &key))
        return absent (keeper);
      *record = keeper->scratch;
      return DSP_FACT_HERE;
    case DSP_STEP_DONE:
      return absent (keeper);
    case DSP_STEP_FAILED:
    default:
      return failed (keeper, error);
    }
}

typedef struct {
  DspKeeper       *keeper;
  const DspEntity *entity;
  DspEach          each;
  gpointer         user_data;
  bool             stopped;
} Each;

static gboolean
each_base (gconstpointer record,
           gpointer      user_data)
{
  Each *each = user_data;
  DspKey key = { each->entity, ((const DspRecord *) record)->id };

  if (g_hash_table_contains (dsp_keeper_overlay (each->keeper, each->entity), &key))
    return TRUE;
  each->stopped = !each->each (record, each->user_data);
  return !each->stopped;
}

/* What waits in the outbox, before what is stored: all of it, or that with the id or the text. */
static void
each_over (Each           *each,
           const DspField *field,
           const DspId    *id,
           const char     *text)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, dsp_keeper_overlay (each->keeper, each->entity));
  while (!each->stopped && g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspOver *over = value;

      if (over->record == NULL || (id != NULL && !dsp_id_equal (dsp_field_id (field, over->record), id)) ||
          (text != NULL && g_strcmp0 (*dsp_field_text (field, over->record), text) != 0))
        continue;
      each->stopped = !each->each (over->record, each->user_data);
    }
}

static DspFact
facts_each (gpointer         data,
            const DspEntity *entity,
            const DspField  *field,
            const DspId     *id,
            DspEach          each,
            gpointer         user_data)
{
  DspKeeper *keeper = data;
  Each state = { keeper, entity, each, user_data, false };
  GError *error = NULL;
  gboolean ok;

  each_over (&state, field, field != NULL ? id : NULL, NULL);
  if (state.stopped)
    return DSP_FACT_HERE;
  if (field != NULL)
    ok = dsp_table_each_id (keeper->db, NULL, entity, field, id, DSP_FIELDS_ALL, each_base, &state, &error);
  else
    ok = dsp_table_scan (keeper->db, NULL, entity, NULL, 0, 0, DSP_FIELDS_ALL, each_base, &state, NULL, &error);
  if (!ok)
    return failed (keeper, error);
  return keeper->complete ? DSP_FACT_HERE : DSP_FACT_UNKNOWN;
}

static DspFact
facts_each_text (gpointer         data,
                 const DspEntity *entity,
                 const DspField  *field,
                 const char      *text,
                 DspEach          each,
                 gpointer         user_data)
{
  DspKeeper *keeper = data;
  Each state = { keeper, entity, each, user_data, false };
  GError *error = NULL;

  each_over (&state, field, NULL, text);
  if (state.stopped)
    return DSP_FACT_HERE;
  if (!dsp_table_each_text (keeper->db, NULL, entity, field, text, DSP_FIELDS_ALL, each_base, &state, &error))
    return failed (keeper, error);
  return keeper->complete ? DSP_FACT_HERE : DSP_FACT_UNKNOWN;
}

static DspFact
facts_visits (gpointer     data,
              const DspId *crew_id,
              gint64       from_us,
              gint64       until_us,
              DspEach      each,
              gpointer     user_data)
{
  DspKeeper *keeper = data;
  Each state = { keeper, &dsp_order, each, user_data, false };
  GError *error = NULL;

  each_over (&state, dsp_table_at (&dsp_order.table, offsetof (DspOrder, crew_id)), crew_id, NULL);
  if (!state.stopped && !dsp_table_each_visit (keeper->db, NULL, crew_id, from_us, until_us, each_base, &state, &error))
    return failed (keeper, error);
  return keeper->complete ? DSP_FACT_HERE : DSP_FACT_UNKNOWN;
}

static DspFact
facts_any (gpointer         data,
           const DspEntity *entity)
{
  DspKeeper *keeper = data;
  GError *error = NULL;
  bool some = false;

  if (g_hash_table_size (dsp_keeper_overlay (keeper, entity)) == 0 &&
      !dsp_table_any (keeper->db, NULL, entity, &some, &error))
    return failed (keeper, error);
  return some || g_hash_table_size (dsp_keeper_overlay (keeper, entity)) > 0 ? DSP_FACT_HERE : absent (keeper);
}

typedef struct {
  DspKeeper     *keeper;
  DspEachBooking each;
  gpointer       user_data;
  bool           stopped;
} EachBooking;

static gboolean
each_base_booking (const DspBooking *booking,
                   gpointer          user_data)
{
  EachBooking *state = user_data;
  DspKey key = { &dsp_order, booking->id };

  if (g_hash_table_contains (dsp_keeper_overlay (state->keeper, &dsp_order), &key))
    return TRUE;
  state->stopped = !state->each (booking, state->user_data);
  return !state->stopped;
}

/* Only while somebody gives a command: what was given already is the server's to judge, by its own count. */
static DspFact
facts_booked (gpointer       data,
              gint64         from_us,
              gint64         until_us,
              DspEachBooking each,
              gpointer       user_data)
{
  DspKeeper *keeper = data;
  EachBooking state = { keeper, each, user_data, false };
  GError *error = NULL;
  GHashTableIter iter;
  gpointer value;
  bool fresh;

  if (!keeper->judging)
    return DSP_FACT_UNKNOWN;
  if (keeper->bookings == NULL)
    keeper->bookings = dsp_bookings_new (keeper->db);
  if (!dsp_bookings_read (keeper->bookings, from_us, until_us, &fresh, &error))
    return failed (keeper, error);
  dsp_bookings_each (keeper->bookings, from_us, until_us, each_base_booking, &state);
  g_hash_table_iter_init (&iter, dsp_keeper_overlay (keeper, &dsp_order));
  while (!state.stopped && g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspOver *over = value;

      if (over->record != NULL && dsp_order_waits_between (over->record, from_us, until_us))
        {
          DspBooking booking = dsp_booking_of (over->record);

          state.stopped = !each (&booking, user_data);
        }
    }
  return keeper->complete ? DSP_FACT_HERE : DSP_FACT_UNKNOWN;
}

/* As facts_booked(). */
static DspFact
facts_held (gpointer     data,
            const DspId *scope,
            gint64      *bytes)
{
  DspKeeper *keeper = data;
  GError *error = NULL;
  GHashTableIter iter;
  gpointer value;

  if (!keeper->judging)
    return DSP_FACT_UNKNOWN;
  if (!dsp_attachments_held (keeper->db, scope, bytes, &error))
    return failed (keeper, error);
  g_hash_table_iter_init (&iter, dsp_keeper_overlay (keeper, &dsp_attachment));
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspOver *over = value;
      const DspAttachment *attachment = over->record;

      if (attachment != NULL && dsp_id_equal (&attachment->scope, scope))
        *bytes += attachment->size.value;
    }
  return DSP_FACT_HERE;
}

void
dsp_keeper_init_facts (DspKeeper *keeper)
{
  keeper->facts.held = facts_held;
  keeper->facts.booked = facts_booked;
  keeper->facts.visits = facts_visits;
  keeper->facts.get = facts_get;
  keeper->facts.find = facts_find;
  keeper->facts.each = facts_each;
  keeper->facts.each_text = facts_each_text;
  keeper->facts.any = facts_any;
  keeper->facts.data = keeper;
}

/* ---- waiting commands ---- */

const DspTable *
dsp_command_args (const DspCommand *command)
{
  if (command->args != NULL)
    return command->args;
  return (command->flags & DSP_COMMAND_PUTS) ? &command->entity->table : NULL;
}

/* May it touch records that it does not name? */
static bool
is_wide (const DspPending *pending)
{
  return pending->command != NULL &&
         (pending->command->entity != &dsp_order || (pending->command->flags & (DSP_COMMAND_CREATES | DSP_COMMAND_IMPORT)) != 0);
}

DspPending *
dsp_pending_new (const DspCommand *command,
                 gint64            no,
                 gint64            group)
{
  DspPending *pending = g_new0 (DspPending, 1);

  pending->command = command;
  pending->no = no;
  pending->group = group;
  pending->ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  pending->bases = g_array_new (FALSE, FALSE, sizeof (gint64));
  pending->out = g_array_new (FALSE, TRUE, sizeof (guint8));
  return pending;
}

void
dsp_pending_free (gpointer data)
{
  DspPending *pending = data;

  if (pending->args != NULL)
    {
      dsp_table_clear (dsp_command_args (pending->command), pending->args);
      g_free (pending->args);
    }
  g_array_unref (pending->ids);
  g_array_unref (pending->bases);
  g_array_unref (pending->out);
  g_free (pending);
}

/* @pending: (transfer full): of a number above all others. */
void
dsp_keeper_add_pending (DspKeeper  *keeper,
                        DspPending *pending)
{
  g_array_set_size (pending->out, pending->ids->len);
  g_ptr_array_add (keeper->pending, pending);
  if (pending->command == NULL)
    return;
  keeper->n_wide += is_wide (pending);
  for (guint row = 0; row < pending->ids->len; row++)
    {
      DspKey key = { pending->command->entity, g_array_index (pending->ids, DspId, row) };
      DspMention mention = { pending, row };
      GArray *mentions = g_hash_table_lookup (keeper->mentions, &key);

      if (mentions == NULL)
        {
          mentions = g_array_sized_new (FALSE, FALSE, sizeof (DspMention), 1);
          g_hash_table_insert (keeper->mentions, g_memdup2 (&key, sizeof key), mentions);
        }
      g_array_append_val (mentions, mention);
    }
}

/* Takes a command out of the overlay's causes; the records that it names are added to @affected. */
void
dsp_keeper_remove_pending (DspKeeper  *keeper,
                           DspPending *pending,
                           GHashTable *affected)
{
  if (pending->command != NULL)
    {
      keeper->n_wide -= is_wide (pending);
      keeper->spread = keeper->spread || is_wide (pending);
      for (guint row = 0; row < pending->ids->len; row++)
        {
          DspKey key = { pending->command->entity, g_array_index (pending->ids, DspId, row) };
          GArray *mentions = g_hash_table_lookup (keeper->mentions, &key);

          dsp_key_set_add (affected, key.entity, &key.id);
          for (guint i = 0; mentions != NULL && i < mentions->len; i++)
            if (g_array_index (mentions, DspMention, i).pending == pending)
              {
                g_array_remove_index (mentions, i);
                break;
              }
          if (mentions != NULL && mentions->len == 0)
            g_hash_table_remove (keeper->mentions, &key);
        }
    }
  g_ptr_array_remove (keeper->pending, pending);
}

DspPending *
dsp_keeper_find_pending (DspKeeper *keeper,
                         gint64     no)
{
  for (guint i = 0; i < keeper->pending->len; i++)
    {
      DspPending *pending = g_ptr_array_index (keeper->pending, i);

      if (pending->no == no)
        return pending;
    }
  return NULL;
}

/* ---- replay ---- */

/* Takes over what a run of a command on @id changed. @replaced (nullable): DspKey (in the value) -> DspOver that was there before, or one
 * with the entity NULL; only the first of each record. */
void
dsp_keeper_take_edits (DspKeeper        *keeper,
                       const DspCommand *command,
                       const DspId      *id,
                       DspWork          *work,
                       GHashTable       *replaced)
{
  DspKey named = { command->entity, *id };

  for (guint i = 0; i < dsp_work_n_edits (work); i++)
    {
      DspEdit *edit = dsp_work_edit_at (work, i);
      DspOver *over = over_new (edit->entity, &((DspRecord *) edit->after)->id, NULL);
      GHashTable *overlay = dsp_keeper_overlay (keeper, edit->entity);

      keeper->spread = keeper->spread || !dsp_key_equal (&over->key, &named);
      if (!edit->deleted)
        over->record = g_steal_pointer (&edit->after);
      if (replaced != NULL && !g_hash_table_contains (replaced, &over->key))
        {
          gpointer key = g_memdup2 (&over->key, sizeof over->key), stolen = NULL;

          g_hash_table_steal_extended (overlay, &over->key, NULL, &stolen);
          g_hash_table_insert (replaced, key, stolen);
        }
      g_hash_table_replace (overlay, &over->key, over);
    }
}

static void
run_row (DspKeeper  *keeper,
         DspPending *pending,
         guint       row)
{
  g_autoptr(DspWork) work = NULL;
  g_autoptr(GError) refusal = NULL;

  if (pending->command == NULL || g_array_index (pending->out, guint8, row))
    return;
  work = dsp_work_new (&keeper->facts, keeper->actor, pending->at_us);
  if (dsp_work_run (work, pending->command, &g_array_index (pending->ids, DspId, row), g_array_index (pending->bases, gint64, row),
                    pending->args, pending->given, NULL, &refusal))
    dsp_keeper_take_edits (keeper, pending->command, &g_array_index (pending->ids, DspId, row), work, NULL);
  else
    g_debug ("command %" G_GINT64_FORMAT " no longer applies: %s", pending->no, refusal->message);
}

static bool
same_over (const DspOver *a,
           const DspOver *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  if (a->record == NULL || b->record == NULL)
    return a->record == b->record;
  return ((DspRecord *) a->record)->version == ((DspRecord *) b->record)->version &&
         dsp_table_equal (&a->key.entity->table, a->record, b->record);
}

static void
replay_all (DspKeeper  *keeper,
            GHashTable *affected)
{
  GHashTable *old[DSP_N_ENTITIES];
  GHashTableIter iter;
  gpointer key, over;

  memcpy (old, keeper->overlay, sizeof old);
  dsp_overlay_init (keeper->overlay);
  keeper->spread = FALSE;
  for (guint i = 0; i < keeper->pending->len; i++)
    {
      DspPending *pending = g_ptr_array_index (keeper->pending, i);

      for (guint row = 0; row < pending->ids->len; row++)
        run_row (keeper, pending, row);
    }
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    {
      g_hash_table_iter_init (&iter, old[i]);
      while (g_hash_table_iter_next (&iter, &key, &over))
        if (!same_over (over, g_hash_table_lookup (keeper->overlay[i], key)))
          dsp_key_set_add (affected, ((DspKey *) key)->entity, &((DspKey *) key)->id);
      g_hash_table_iter_init (&iter, keeper->overlay[i]);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        if (!g_hash_table_contains (old[i], key))
          dsp_key_set_add (affected, ((DspKey *) key)->entity, &((DspKey *) key)->id);
    }
  dsp_overlay_clear (old);
}

static void
replay_record (DspKeeper    *keeper,
               const DspKey *key)
{
  GArray *mentions = g_hash_table_lookup (keeper->mentions, key);

  g_hash_table_remove (dsp_keeper_overlay (keeper, key->entity), key);
  for (guint i = 0; mentions != NULL && i < mentions->len; i++)
    {
      DspMention *mention = &g_array_index (mentions, DspMention, i);

      run_row (keeper, mention->pending, mention->row);
    }
}

gboolean
dsp_keeper_replay (DspKeeper  *keeper,
                   GHashTable *affected,
                   gboolean    all,
                   GError    **error)
{
  GHashTableIter iter;
  gpointer key;

  if (all || keeper->n_wide > 0 || keeper->spread)
    replay_all (keeper, affected);
  else
    {
      g_hash_table_iter_init (&iter, affected);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        replay_record (keeper, key);
    }
  if (keeper->facts_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&keeper->facts_error));
      return FALSE;
    }
  return TRUE;
}
