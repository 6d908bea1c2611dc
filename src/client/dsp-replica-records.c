/* dsp-replica-records.c: records that the owner reads without waiting: small entities from memory, orders by need
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-replica"

#include "config.h"
#include "dsp-replica-private.h"

#define ORDERS_KEPT 4096

/**
 * dsp_replica_get:
 * Returns: (transfer none) (nullable)
 */
gconstpointer
dsp_replica_get (DspReplica      *self,
                 const DspEntity *entity,
                 const DspId     *id)
{
  DspHeld *held = dsp_held_find (self->small, entity, id);

  return held != NULL ? held->record : NULL;
}

static int
compare_display (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const DspEntity *entity = user_data;
  const DspRecord *one = *(gconstpointer const *) a, *two = *(gconstpointer const *) b;
  int order = 0;

  if (entity->display_offset != 0)
    {
      const char *name = dsp_record_display (entity, one), *other = dsp_record_display (entity, two);

      order = g_utf8_collate (name != NULL ? name : "", other != NULL ? other : "");
    }
  return order != 0 ? order : dsp_id_compare (&one->id, &two->id);
}

/**
 * dsp_replica_list:
 * Returns: (transfer container) (element-type gpointer): by display name
 */
GPtrArray *
dsp_replica_list (DspReplica      *self,
                  const DspEntity *entity)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->small);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((DspHeld *) value)->entity == entity)
      g_ptr_array_add (list, ((DspHeld *) value)->record);
  g_ptr_array_sort_with_data (list, compare_display, (gpointer) entity);
  return list;
}

GPtrArray *
dsp_replica_dup_overlay (DspReplica      *self,
                         const DspEntity *entity,
                         GDestroyNotify   free_record)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (free_record);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->overlay);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspHeld *held = value;
      gpointer copy;

      if (held->entity != entity)
        continue;
      copy = held->record != NULL ? dsp_record_dup (entity, held->record) : dsp_record_new (entity);
      ((DspRecord *) copy)->id = held->id;
      g_ptr_array_add (list, copy);
    }
  return list;
}

/**
 * dsp_replica_get_order:
 * Reads in the owner's thread, on a connection of its own: with the write-ahead log nobody makes it wait, and a list
 * that scrolls needs its rows now, not in the next frame.
 */
const DspOrder *
dsp_replica_get_order (DspReplica  *self,
                       const DspId *id)
{
  bool in_overlay;
  gconstpointer over = dsp_replica_overlaid (self, &dsp_order, id, &in_overlay);
  g_autoptr(GError) error = NULL;
  DspOrder *order;
  DspHeld *held;

  if (in_overlay)
    return over;
  held = dsp_held_find (self->orders, &dsp_order, id);
  if (held != NULL)
    {
      g_queue_unlink (&self->recent, held->place);
      g_queue_push_head_link (&self->recent, held->place);
      return held->record;
    }
  if (self->closed)
    return NULL;
  order = dsp_order_new ();
  switch (dsp_table_get (self->db, NULL, &dsp_order, id, DSP_FIELDS_ALL, order, &error))
    {
    case DSP_STEP_ROW:
      break;
    case DSP_STEP_FAILED:
      g_warning ("could not read an order: %s", error->message);
      dsp_order_free (order);
      return NULL;
    case DSP_STEP_DONE:
    default:
      dsp_order_free (order);
      return NULL;
    }
  held = dsp_held_new (&dsp_order, id, order);
  g_queue_push_head (&self->recent, held);
  held->place = self->recent.head;
  g_hash_table_replace (self->orders, held, held);
  if (g_hash_table_size (self->orders) > ORDERS_KEPT)
    {
      DspHeld *oldest = g_queue_pop_tail (&self->recent);

      g_hash_table_remove (self->orders, oldest);
    }
  return order;
}
