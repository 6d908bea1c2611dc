/* dsp-keeper-delta.c: what the keeper tells the owner's thread
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-keeper-private.h"

static void
clear_item (gpointer data)
{
  DspDeltaItem *item = data;

  if (item->record != NULL)
    dsp_record_free (item->entity, item->record);
}

DspDelta *
dsp_delta_new (void)
{
  DspDelta *delta = g_new0 (DspDelta, 1);

  delta->items = g_array_new (FALSE, TRUE, sizeof (DspDeltaItem));
  g_array_set_clear_func (delta->items, clear_item);
  return delta;
}

void
dsp_delta_free (DspDelta *delta)
{
  if (delta == NULL)
    return;
  g_array_unref (delta->items);
  g_free (delta);
}

DspDelta *
dsp_keeper_delta (DspKeeper *keeper)
{
  if (keeper->delta == NULL)
    keeper->delta = dsp_delta_new ();
  return keeper->delta;
}

/* Puts the record as it is now, overlay included, into the delta. */
void
dsp_keeper_tell (DspKeeper        *keeper,
                 const DspKey     *key,
                 const char       *by,
                 const DspCommand *command)
{
  DspDeltaItem item = { .entity = key->entity, .id = key->id, .command = command };
  gconstpointer record;

  if (dsp_keeper_effective (keeper, key->entity, &key->id, &record) == DSP_FACT_HERE)
    item.record = dsp_record_dup (key->entity, record);
  item.pending = g_hash_table_contains (dsp_keeper_overlay (keeper, key->entity), key);
  item.flags = item.pending ? DSP_ROW_PENDING : 0;
  if (g_hash_table_contains (keeper->conflicts, key))
    item.flags |= DSP_ROW_CONFLICT;
  item.by = by != NULL ? g_intern_string (by) : NULL;
  g_array_append_val (dsp_keeper_delta (keeper)->items, item);
}

void
dsp_keeper_tell_merged (DspKeeper       *keeper,
                        const DspEntity *entity,
                        const DspId     *id)
{
  DspDelta *delta = dsp_keeper_delta (keeper);

  delta->n_merged++;
  delta->merged_entity = entity;
  delta->merged_id = *id;
}

void
dsp_keeper_none_merged (DspKeeper *keeper)
{
  dsp_keeper_delta (keeper)->n_merged = 0;
}

void
dsp_keeper_flush (DspKeeper *keeper,
                  gboolean   mine)
{
  DspDelta *delta = g_steal_pointer (&keeper->delta);

  if (delta == NULL)
    return;
  delta->mine = mine;
  if (keeper->emit != NULL)
    keeper->emit (delta, keeper->emit_data);
  else
    dsp_delta_free (delta);
}
