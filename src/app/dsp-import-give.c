/* dsp-import-give.c: the good rows of a sheet become orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hundred at a time: which of their numbers there are, which of those the row changes, one transaction for what is new.
 */
#define G_LOG_DOMAIN "dsp-import"

#include "config.h"
#include "dsp-import-private.h"

#include "dsp-text.h"

#define CHUNK 100

/* ---- giving ---- */

static void look_up (DspImport *self);

void
dsp_import_clear_chunk (DspImport *self)
{
  for (guint i = 0; i < self->chunk->len; i++)
    g_clear_pointer (&((DspImportRow *) self->chunk->pdata[i])->order, dsp_order_free);
  g_ptr_array_set_size (self->chunk, 0);
  g_clear_pointer (&self->there, g_hash_table_unref);
}

static void
finish (DspImport *self)
{
  self->running = FALSE;
  dsp_import_clear_chunk (self);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
}

static void
go_on (DspImport *self)
{
  dsp_import_clear_chunk (self);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
  if (self->stopping)
    finish (self);
  else
    look_up (self);
}

/* Orders on their way, each with what became of it. */
typedef struct {
  DspImport *import; /* (owned) */
  GPtrArray *rows;   /* (owned): of DspImportRow */
  GPtrArray *gifts;  /* (owned): of DspGift, one a row */
} Giving;

static void
free_gift (gpointer data)
{
  DspGift *gift = data;

  g_free (gift->message);
  g_free (gift);
}

static void
tell_row (DspImport    *self,
          DspImportRow *row,
          DspGift      *gift,
          const char   *failed)
{
  g_autofree char *reason = failed != NULL   ? g_strdup (failed)
                            : gift->refused ? dsp_text_rule (gift->rule, gift->message)
                                            : NULL;
  g_autofree char *warning = NULL;

  if (reason != NULL)
    {
      dsp_import_set_state (self, row, DSP_IMPORT_REFUSED, reason);
      return;
    }
  row->id = gift->id;
  g_hash_table_insert (self->given, &row->id, row);
  warning = dsp_office_dup_place_warning (self->office, row->order->postal_code);
  dsp_import_set_state (self, row, g_hash_table_contains (self->there, row->order->number) ? DSP_IMPORT_CHANGED : DSP_IMPORT_ADDED, warning);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Giving *giving = user_data;
  DspImport *self = giving->import;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_rows_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *failed = outcome == NULL ? dsp_text_error (error) : NULL;

  if (outcome != NULL)
    self->group = outcome->group;
  for (guint i = 0; i < giving->rows->len; i++)
    tell_row (self, giving->rows->pdata[i], giving->gifts->pdata[i], failed);
  go_on (self);
  g_ptr_array_unref (giving->rows);
  g_ptr_array_unref (giving->gifts);
  g_object_unref (giving->import);
  g_free (giving);
}

/* Those of the chunk that say anything new. */
static void
give_chunk (DspImport *self)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  Giving *giving = g_new0 (Giving, 1);

  giving->import = g_object_ref (self);
  giving->rows = g_ptr_array_new_with_free_func (g_object_unref);
  giving->gifts = g_ptr_array_new_with_free_func (free_gift);
  for (guint i = 0; i < self->chunk->len; i++)
    {
      DspImportRow *row = self->chunk->pdata[i];
      const DspOrder *there = g_hash_table_lookup (self->there, row->order->number);
      DspGift *gift;

      if (there != NULL && (dsp_table_diff (&dsp_order.table, there, row->order) & row->given) == 0)
        {
          dsp_import_set_state (self, row, DSP_IMPORT_UNCHANGED, NULL);
          continue;
        }
      gift = g_new0 (DspGift, 1);
      gift->id = there != NULL ? there->id : dsp_replica_new_id (replica);
      gift->n_steps = 1;
      gift->steps[0] = (DspGiftStep) { &dsp_order_import, row->order, row->given };
      g_ptr_array_add (giving->rows, g_object_ref (row));
      g_ptr_array_add (giving->gifts, gift);
    }
  dsp_replica_give_rows_async (replica, (DspGift **) giving->gifts->pdata, giving->gifts->len, self->group, FALSE, NULL, given_cb, giving);
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspImport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (found == NULL)
    {
      self->trouble = dsp_text_error (error);
      finish (self);
      return;
    }
  self->there = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, dsp_import_free_order);
  for (guint i = 0; i < found->len; i++)
    {
      DspOrder *order = dsp_order_dup (found->pdata[i]);

      if (order->number != NULL)
        g_hash_table_insert (self->there, order->number, order);
    }
  give_chunk (self);
}

/* The next good rows, and which of their numbers there are. */
static void
look_up (DspImport *self)
{
  g_autoptr(GPtrArray) orders = g_ptr_array_new ();
  g_autofree char *numbers = NULL;
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);

  for (; self->next < self->rows->len && self->chunk->len < CHUNK; self->next++)
    {
      DspImportRow *row = self->rows->pdata[self->next];

      if (row->state != DSP_IMPORT_GOOD || row->args == NULL)
        continue;
      row->order = dsp_import_row_dup_order (row);
      if (row->order->number == NULL)
        {
          g_clear_pointer (&row->order, dsp_order_free);
          continue;
        }
      g_ptr_array_add (orders, row->order);
      g_ptr_array_add (self->chunk, g_object_ref (row));
    }
  numbers = dsp_import_numbers (orders);
  if (self->chunk->len == 0 || !dsp_filter_set (filter, "number", numbers, NULL))
    finish (self);
  else
    dsp_replica_find_async (dsp_office_get_replica (self->office), filter, 0, NULL, found_cb, g_object_ref (self));
}

void
dsp_import_start (DspImport *self)
{
  if (self->running || self->check_id != 0)
    return;
  self->running = TRUE;
  self->stopping = FALSE;
  self->next = 0;
  self->group = 0;
  dsp_row_model_changed (DSP_ROW_MODEL (self));
  look_up (self);
}

void
dsp_import_stop (DspImport *self)
{
  self->stopping = TRUE;
}

gboolean dsp_import_is_running (DspImport *self) { return self->running; }

/* ---- what the server refused later ---- */

gboolean
dsp_import_waits (DspRowModel *model)
{
  DspImport *self = DSP_IMPORT (model);

  return self->counts[DSP_IMPORT_ADDED] + self->counts[DSP_IMPORT_CHANGED] > 0;
}

void
dsp_import_refused (DspRowModel       *model,
                    const DspRejected *rejected,
                    const char        *sentence)
{
  DspImport *self = DSP_IMPORT (model);
  DspImportRow *row = rejected->command == &dsp_order_import ? g_hash_table_lookup (self->given, &rejected->id) : NULL;

  if (row != NULL && (row->state == DSP_IMPORT_ADDED || row->state == DSP_IMPORT_CHANGED))
    dsp_import_set_state (self, row, DSP_IMPORT_REFUSED, sentence);
}
