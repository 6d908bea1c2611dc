/* dsp-statement-query.c: the running statement, pre-invoices, and what one would hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-statement-query"

#include "config.h"
#include "dsp-statement-query.h"

#include "dsp-keeper-private.h"
#include "dsp-replica-private.h"

static void
free_line (gpointer line)
{
  dsp_statement_line_free (line);
}

static void
free_pre_invoice (gpointer pre_invoice)
{
  dsp_pre_invoice_free (pre_invoice);
}

/* Stored records that nothing in the outbox stands before, and those of the outbox that match. */
typedef struct {
  const DspEntity *entity;
  GPtrArray       *found;
  GHashTable      *hidden; /* ids in the overlay */
  bool           (*matches) (gconstpointer query, gconstpointer record);
  gconstpointer    query;
} Collecting;

static gboolean
collect (gconstpointer record,
         gpointer      user_data)
{
  Collecting *collecting = user_data;

  if (!g_hash_table_contains (collecting->hidden, &((const DspRecord *) record)->id) && collecting->matches (collecting->query, record))
    g_ptr_array_add (collecting->found, dsp_record_dup (collecting->entity, record));
  return TRUE;
}

static void
begin (Collecting *collecting,
       GPtrArray  *overlay)
{
  collecting->hidden = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  for (guint i = 0; overlay != NULL && i < overlay->len; i++)
    {
      const DspRecord *record = overlay->pdata[i];

      g_hash_table_add (collecting->hidden, (gpointer) &record->id);
      if (collecting->matches (collecting->query, record))
        g_ptr_array_add (collecting->found, dsp_record_dup (collecting->entity, record));
    }
}

/* ---- lines ---- */

static bool
line_matches (gconstpointer query,
              gconstpointer record)
{
  const DspLineQuery *asked = query;
  const DspStatementLine *line = record;

  if (line->state == DSP_LINE_NONE)
    return false; /* deleted here */
  if (!dsp_id_is_none (&asked->pre_invoice_id))
    return dsp_id_equal (&line->pre_invoice_id, &asked->pre_invoice_id);
  if (asked->open)
    return dsp_id_equal (&line->open_for, &asked->distributor_id);
  return dsp_id_equal (&line->distributor_id, &asked->distributor_id) && asked->from.day <= line->day.day && line->day.day <= asked->until.day;
}

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  return dsp_statement_line_compare (*(const DspStatementLine *const *) a, *(const DspStatementLine *const *) b);
}

/* By the index "day". */
static gboolean
read_days (DspDb              *db,
           const DspLineQuery *query,
           Collecting         *collecting,
           GError            **error)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_statement_line);
  DspQuery rows = { .entity = &dsp_statement_line, .filter = filter };
  char id[DSP_ID_TEXT], from[16], until[16];
  g_autofree char *days = NULL;

  dsp_id_print (&query->distributor_id, id);
  dsp_date_print (query->from, from);
  dsp_date_print (query->until, until);
  days = g_strdup_printf ("%s..%s", from, until);
  return dsp_filter_set (filter, "distributor_id", id, error) && dsp_filter_set (filter, "day", days, error) &&
         dsp_query_rows (db, &rows, collect, collecting, NULL, error);
}

GPtrArray *
dsp_line_query_run (DspDb              *db,
                    const DspLineQuery *query,
                    GPtrArray          *overlay,
                    GError            **error)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func (free_line);
  Collecting collecting = { &dsp_statement_line, found, NULL, line_matches, query };
  bool held = !dsp_id_is_none (&query->pre_invoice_id);
  gsize by = held ? offsetof (DspStatementLine, pre_invoice_id) : offsetof (DspStatementLine, open_for);
  gboolean ok;

  begin (&collecting, overlay);
  if (held || query->open)
    ok = dsp_table_each_id (db, NULL, &dsp_statement_line, dsp_table_at (&dsp_statement_line.table, by),
                            held ? &query->pre_invoice_id : &query->distributor_id, DSP_FIELDS_ALL, collect, &collecting, error);
  else
    ok = read_days (db, query, &collecting, error);
  g_hash_table_unref (collecting.hidden);
  if (!ok)
    return NULL;
  g_ptr_array_sort (found, compare_lines);
  return g_steal_pointer (&found);
}

/* ---- pre-invoices ---- */

static bool
pre_invoice_matches (gconstpointer query,
                     gconstpointer record)
{
  const DspLineQuery *asked = query;

  if (((const DspPreInvoice *) record)->state == DSP_PRE_INVOICE_NONE)
    return false; /* deleted here */
  return dsp_id_is_none (&asked->distributor_id) || dsp_id_equal (&((const DspPreInvoice *) record)->distributor_id, &asked->distributor_id);
}

static int
compare_pre_invoices (gconstpointer a,
                      gconstpointer b)
{
  const DspPreInvoice *x = *(const DspPreInvoice *const *) a, *y = *(const DspPreInvoice *const *) b;

  if (x->made_at.us != y->made_at.us)
    return x->made_at.us < y->made_at.us ? 1 : -1;
  return -dsp_id_compare (&x->id, &y->id);
}

static GPtrArray *
run_pre_invoices (DspDb              *db,
                  const DspLineQuery *query,
                  GPtrArray          *overlay,
                  GError            **error)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func (free_pre_invoice);
  Collecting collecting = { &dsp_pre_invoice, found, NULL, pre_invoice_matches, query };
  gboolean ok;

  begin (&collecting, overlay);
  if (dsp_id_is_none (&query->distributor_id))
    ok = dsp_table_scan (db, NULL, &dsp_pre_invoice, NULL, 0, 0, DSP_FIELDS_ALL, collect, &collecting, NULL, error);
  else
    ok = dsp_table_each_id (db, NULL, &dsp_pre_invoice, dsp_table_at (&dsp_pre_invoice.table, offsetof (DspPreInvoice, distributor_id)),
                            &query->distributor_id, DSP_FIELDS_ALL, collect, &collecting, error);
  g_hash_table_unref (collecting.hidden);
  if (!ok)
    return NULL;
  g_ptr_array_sort (found, compare_pre_invoices);
  return g_steal_pointer (&found);
}

/* ---- on a replica ---- */

typedef struct {
  DspLineQuery query;
  GPtrArray   *overlay; /* (owned) */
  GPtrArray *(*run) (DspDb *db, const DspLineQuery *query, GPtrArray *overlay, GError **error);
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_ptr_array_unref (asked->overlay);
  g_free (asked);
}

static void
do_list (GTask      *task,
         DspReplica *self,
         gpointer    data)
{
  Asked *asked = data;
  GError *error = NULL;
  DspDb *db = dsp_replica_reader_db (self, &error);
  GPtrArray *found = db != NULL ? asked->run (db, &asked->query, asked->overlay, &error) : NULL;

  if (found == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
}

static void
list (DspReplica         *self,
      const DspEntity    *entity,
      GDestroyNotify      free_record,
      const Asked        *what,
      GCancellable       *cancellable,
      GAsyncReadyCallback callback,
      gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Asked *asked = g_memdup2 (what, sizeof *what);

  g_task_set_source_tag (task, list);
  asked->overlay = dsp_replica_dup_overlay (self, entity, free_record);
  g_task_set_task_data (task, asked, asked_free);
  dsp_replica_run (self, TRUE, task, do_list);
}

void
dsp_replica_lines_async (DspReplica         *self,
                         const DspLineQuery *query,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  Asked what = { .query = *query, .run = dsp_line_query_run };

  list (self, &dsp_statement_line, free_line, &what, cancellable, callback, user_data);
}

GPtrArray *
dsp_replica_lines_finish (DspReplica   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
dsp_replica_pre_invoices_async (DspReplica         *self,
                                const DspId        *distributor_id,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  Asked what = { .query.distributor_id = *distributor_id, .run = run_pre_invoices };

  list (self, &dsp_pre_invoice, free_pre_invoice, &what, cancellable, callback, user_data);
}

GPtrArray *
dsp_replica_pre_invoices_finish (DspReplica   *self,
                                 GAsyncResult *result,
                                 GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- bills ---- */

typedef struct {
  DspId            distributor_id;
  DspDate          from, until;
  DspProgress     *progress;    /* (owned) (nullable) */
  GCancellable    *cancellable; /* (nullable): the task's */
} Billing;

static void
billing_free (gpointer data)
{
  Billing *billing = data;

  g_clear_pointer (&billing->progress, dsp_progress_unref);
  g_free (billing);
}

static bool
on_step (guint    done,
         guint    all,
         gpointer user_data)
{
  Billing *billing = user_data;

  dsp_progress_set (billing->progress, done, all);
  return !g_cancellable_is_cancelled (billing->cancellable);
}

static void
free_bill (gpointer bill)
{
  dsp_bill_free (bill);
}

static void
do_bill (GTask      *task,
         DspReplica *self,
         gpointer    data)
{
  Billing *billing = data;
  DspKeeper *keeper = self->keeper;
  g_autoptr(DspWork) work = NULL;
  DspBill *bill;

  if (keeper->actor == NULL)
    {
      g_task_return_new_error (task, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN, "nobody has signed in here yet");
      return;
    }
  billing->cancellable = g_task_get_cancellable (task);
  work = dsp_work_new (&keeper->facts, keeper->actor, g_get_real_time ());
  dsp_work_set_step (work, on_step, billing);
  bill = dsp_bill_new (work, &billing->distributor_id, billing->from, billing->until, NULL);
  if (keeper->facts_error != NULL)
    {
      g_clear_pointer (&bill, dsp_bill_free);
      g_task_return_error (task, g_steal_pointer (&keeper->facts_error));
    }
  else if (bill == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  else
    g_task_return_pointer (task, bill, free_bill);
}

void
dsp_replica_bill_async (DspReplica         *self,
                        const DspId        *distributor_id,
                        DspDate             from,
                        DspDate             until,
                        DspProgress        *progress,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Billing *billing = g_new0 (Billing, 1);

  g_task_set_source_tag (task, dsp_replica_bill_async);
  *billing = (Billing) { *distributor_id, from, until, progress != NULL ? g_atomic_rc_box_acquire (progress) : NULL, NULL };
  g_task_set_task_data (task, billing, billing_free);
  dsp_replica_run (self, FALSE, task, do_bill);
}

DspBill *
dsp_replica_bill_finish (DspReplica   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
