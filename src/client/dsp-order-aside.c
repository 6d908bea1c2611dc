/* dsp-order-aside.c: what other records say of the orders: kilometres that were driven, amounts that pre-invoices hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-aside"

#include "config.h"
#include "dsp-order-aside.h"
#include "dsp-replica-private.h"

#define PORTION 20000 /* records read in one go */

/* ---- reading ---- */

typedef struct {
  const DspEntity *entity;
  GArray          *found;    /* (owned) of DspAside */
  GPtrArray       *overlay;  /* (owned): of the entity, as it will be */
  GHashTable      *hidden;   /* (owned): ids in the overlay (lent) */
  GPtrArray       *bills;    /* (owned): pre-invoices in the overlay */
  GHashTable      *approved; /* (owned): ids of pre-invoices (owned) */
  gint64           after;    /* the row to go on from */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->found, g_array_unref);
  g_ptr_array_unref (reading->overlay);
  g_ptr_array_unref (reading->bills);
  g_hash_table_unref (reading->hidden);
  g_hash_table_unref (reading->approved);
  g_free (reading);
}

#define BIT(member) dsp_table_bit (&dsp_statement_line.table, offsetof (DspStatementLine, member))
#define MILEAGE_BIT(member) dsp_table_bit (&dsp_mileage.table, offsetof (DspMileage, member))

static guint64
mask_of (const DspEntity *entity)
{
  if (entity == &dsp_mileage)
    return MILEAGE_BIT (crew_id) | MILEAGE_BIT (day) | MILEAGE_BIT (order_id) | MILEAGE_BIT (approved) | MILEAGE_BIT (state);
  return BIT (state) | BIT (order_id) | BIT (day) | BIT (amount) | BIT (pre_invoice_id) | BIT (vat) | BIT (vat_withheld) | BIT (income_withheld);
}

static void
add (Reading      *reading,
     gconstpointer record)
{
  DspAside aside = { .is_approved = true };

  if (reading->entity == &dsp_mileage)
    {
      const DspMileage *claim = record;

      if (claim->state != DSP_MILEAGE_APPROVED && claim->state != DSP_MILEAGE_ADJUSTED)
        return;
      aside.order_id = claim->order_id;
      aside.crew_id = claim->crew_id;
      aside.day = claim->day;
      aside.value = claim->approved.value;
    }
  else
    {
      const DspStatementLine *line = record;
      DspTotals one = { 0 };

      if ((DSP_LINE_IN_PRE_INVOICE >> line->state & 1) == 0)
        return;
      dsp_totals_add (&one, line);
      aside.order_id = line->order_id;
      aside.day = line->day;
      aside.is_approved = g_hash_table_contains (reading->approved, &line->pre_invoice_id);
      aside.value = one.total;
    }
  g_array_append_val (reading->found, aside);
}

static gboolean
add_stored (gconstpointer record,
            gpointer      user_data)
{
  Reading *reading = user_data;

  if (!g_hash_table_contains (reading->hidden, &((const DspRecord *) record)->id))
    add (reading, record);
  return TRUE;
}

static gboolean
look_at_bill (gconstpointer record,
              gpointer      user_data)
{
  const DspPreInvoice *bill = record;
  GHashTable *approved = user_data;

  if (bill->state == DSP_PRE_INVOICE_APPROVED || bill->state == DSP_PRE_INVOICE_INVOICED || bill->state == DSP_PRE_INVOICE_PAID)
    g_hash_table_add (approved, g_memdup2 (&bill->id, sizeof bill->id));
  else
    g_hash_table_remove (approved, &bill->id); /* as it will be */
  return TRUE;
}

static gboolean
read_bills (Reading *reading,
            DspDb   *db,
            GError **error)
{
  if (!dsp_table_scan (db, NULL, &dsp_pre_invoice, NULL, 0, 0, dsp_table_bit (&dsp_pre_invoice.table, offsetof (DspPreInvoice, state)),
                       look_at_bill, reading->approved, NULL, error))
    return FALSE;
  for (guint i = 0; i < reading->bills->len; i++)
    look_at_bill (reading->bills->pdata[i], reading->approved);
  return TRUE;
}

static void
read_portion (GTask      *task,
              DspReplica *self,
              gpointer    data)
{
  Reading *reading = data;
  GError *error = NULL;
  DspDb *db = dsp_replica_reader_db (self, &error);
  bool first = reading->after == 0;

  if (db == NULL || (first && reading->entity == &dsp_statement_line && !read_bills (reading, db, &error)) ||
      !dsp_table_scan (db, NULL, reading->entity, NULL, reading->after, PORTION, mask_of (reading->entity), add_stored, reading,
                       &reading->after, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; first && i < reading->overlay->len; i++)
    add (reading, reading->overlay->pdata[i]);
  g_task_return_boolean (task, TRUE);
}

static void run_portion (DspReplica *self, GTask *whole);

static void
on_portion (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *whole = user_data;
  Reading *reading = g_task_get_task_data (whole);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (whole, error);
      g_object_unref (whole);
    }
  else if (reading->after != 0)
    run_portion (DSP_REPLICA (source), whole);
  else
    {
      g_task_return_pointer (whole, g_steal_pointer (&reading->found), (GDestroyNotify) g_array_unref);
      g_object_unref (whole);
    }
}

/* The portion's data is the whole task's, which waits for it. */
static void
run_portion (DspReplica *self,
             GTask      *whole)
{
  GTask *task = g_task_new (self, g_task_get_cancellable (whole), on_portion, whole);

  g_task_set_task_data (task, g_task_get_task_data (whole), NULL);
  dsp_replica_run (self, TRUE, task, read_portion);
}

static void
free_claim (gpointer claim)
{
  dsp_mileage_free (claim);
}

static void
free_line (gpointer line)
{
  dsp_statement_line_free (line);
}

static void
free_bill (gpointer bill)
{
  dsp_pre_invoice_free (bill);
}

void
dsp_replica_aside_async (DspReplica         *self,
                          const DspEntity    *entity,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  g_task_set_source_tag (task, dsp_replica_aside_async);
  reading->entity = entity;
  reading->found = g_array_new (FALSE, FALSE, sizeof (DspAside));
  reading->overlay = dsp_replica_dup_overlay (self, entity, entity == &dsp_mileage ? free_claim : free_line);
  reading->bills = dsp_replica_dup_overlay (self, &dsp_pre_invoice, free_bill);
  reading->approved = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL);
  reading->hidden = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  for (guint i = 0; i < reading->overlay->len; i++)
    g_hash_table_add (reading->hidden, &((DspRecord *) reading->overlay->pdata[i])->id);
  g_task_set_task_data (task, reading, reading_free);
  run_portion (self, task);
}

GArray *
dsp_replica_aside_finish (DspReplica   *self,
                           GAsyncResult *result,
                           GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- the kilometres of a day ---- */

/* By crew and day: open addressing; a key of 0 is an empty slot. @n: orders that the crew attended then. */
typedef struct { guint64 key, metres; guint n; } CrewDay;

typedef struct {
  CrewDay *slots;
  guint    mask;
} CrewDays;

/* No crew has the number 0: no key is. */
static guint64
key_of (guint   crew,
        DspDate day)
{
  return (guint64) crew << 32 | (guint32) day.day;
}

/* Where it is, or where it would be. */
static CrewDay *
crew_day (const CrewDays *days,
          guint64         key)
{
  guint at = (guint) (key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32) & days->mask;

  while (days->slots[at].key != 0 && days->slots[at].key != key)
    at = (at + 1) & days->mask;
  return &days->slots[at];
}

static CrewDays
collect_days (const GArray *driven,
              DspOrderAxis *crews)
{
  CrewDays days = { NULL, 15 };

  while (days.mask < 2 * driven->len)
    days.mask = days.mask * 2 + 1;
  days.slots = g_new0 (CrewDay, (gsize) days.mask + 1);
  for (guint i = 0; i < driven->len; i++)
    {
      const DspAside *claim = &g_array_index (driven, DspAside, i);
      guint crew = dsp_id_is_none (&claim->order_id) ? dsp_order_axis_part_of_id (crews, &claim->crew_id) : 0;
      CrewDay *slot = crew != 0 ? crew_day (&days, key_of (crew, claim->day)) : NULL;

      if (slot == NULL)
        continue;
      slot->key = key_of (crew, claim->day);
      slot->metres += (guint64) claim->value;
    }
  return days;
}

static void
add_metres (guint64 *sum,
            guint64  thousandths)
{
  *sum = MAX (*sum, 1) + thousandths;
}

/* The local days of all closings, so that none is converted by itself. */
static DspBins *
make_days (const guint8  *status,
           const guint32 *closed,
           guint          n_rows,
           DspCalendar   *calendar)
{
  guint32 first = G_MAXUINT32, last = 0;

  for (guint row = 0; row < n_rows; row++)
    if (status[row] == DSP_ORDER_CLOSED && closed[row] != 0)
      {
        first = MIN (first, closed[row]);
        last = MAX (last, closed[row]);
      }
  return last == 0 ? NULL : dsp_bins_new (calendar, first * G_TIME_SPAN_SECOND, last * G_TIME_SPAN_SECOND, DSP_SPAN_DAY, G_MAXUINT);
}

guint64 *
dsp_aside_metres (const GArray  *driven,
                   const guint32 *rows,
                   DspOrderAxis  *crews,
                   const guint8  *status,
                   const guint32 *closed,
                   guint          n_rows,
                   DspCalendar   *calendar)
{
  guint64 *metres = g_new0 (guint64, MAX (n_rows, 1));
  g_autofree guint32 *of_day = g_new0 (guint32, MAX (n_rows, 1)); /* the slot of each row, plus 1 */
  g_autoptr(DspBins) bins = make_days (status, closed, n_rows, calendar);
  CrewDays days = collect_days (driven, crews);
  guint bin = 0;

  for (guint row = 0; bins != NULL && row < n_rows; row++)
    {
      guint crew = status[row] == DSP_ORDER_CLOSED && closed[row] != 0 ? dsp_order_axis_part_of (crews, row) : 0;
      gint64 at_us = closed[row] * G_TIME_SPAN_SECOND;
      CrewDay *slot;

      if (crew == 0)
        continue;
      /* Orders that came one after the other are of one day. */
      if (at_us < bins->starts_us[bin] || at_us >= bins->starts_us[bin + 1])
        bin = dsp_bins_find (bins, at_us);
      slot = crew_day (&days, key_of (crew, bins->days[bin]));
      if (slot->key == 0)
        continue;
      slot->n++;
      of_day[row] = (guint32) (slot - days.slots) + 1;
    }
  for (guint row = 0; row < n_rows; row++)
    if (of_day[row] != 0)
      add_metres (&metres[row], days.slots[of_day[row] - 1].metres * 1000 / days.slots[of_day[row] - 1].n);
  for (guint i = 0; i < driven->len; i++)
    if (rows[i] != DSP_NO_ROW)
      add_metres (&metres[rows[i]], (guint64) g_array_index (driven, DspAside, i).value * 1000);
  g_free (days.slots);
  return metres;
}
