/* test-statement.c: the running statement, what a pre-invoice would hold, and the one that is made of it, without a server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "office.h"

#include "dsp-keeper-private.h"
#include "dsp-statement-query.h"

#define N_LINES 600
#define FIRST_DAY 20000

typedef struct {
  char       *dir, *path;
  DspReplica *replica;
  DspId       distributor;
  DspDate     from, until; /* thirty days, in which the lines of @n_inside are */
  guint       n_inside;
  gint64      cents;
} Fixture;

static void
drop_delta (DspDelta *delta,
            gpointer  user_data)
{
  dsp_delta_free (delta);
}

/* Adjustments of forty days; every tenth line is the service of an order that was not closed, and cannot be billed. */
static DspStatementLine *
line_of (Fixture *f,
         guint    n)
{
  DspStatementLine *line = dsp_statement_line_new ();

  line->id = office_id ("statement_line", n);
  line->scope = f->distributor;
  line->version = 1;
  line->number = g_strdup_printf ("L%04u", (n * 7919) % N_LINES);
  line->concept = n % 10 == 0 ? DSP_CONCEPT_SERVICE : DSP_CONCEPT_ADJUSTMENT;
  line->pays = n % 10 == 0 ? DSP_PAYS_SERVICE : DSP_PAYS_NONE;
  line->state = DSP_LINE_FREE;
  line->distributor_id = f->distributor;
  line->open_for = f->distributor;
  line->order_id = n % 10 == 0 ? office_id ("order", n / 10) : dsp_id_none;
  line->source_id = line->id;
  line->day.day = FIRST_DAY + (gint32) (n % 40);
  line->amount = (DspMoney) { 1000 + n, true };
  line->reason = g_strdup ("convenio");
  return line;
}

static void
feed_lines (Fixture   *f,
            DspKeeper *keeper)
{
  g_autoptr(GString) changes = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  char scope[DSP_ID_TEXT];

  dsp_id_print (&f->distributor, scope);
  for (guint n = 0; n < N_LINES; n++)
    {
      g_autoptr(DspStatementLine) line = line_of (f, n);
      char id[DSP_ID_TEXT];

      dsp_id_print (&line->id, id);
      g_string_append_printf (changes, "%s{\"seq\":%u,\"last\":true,\"entity\":\"statement_line\",\"id\":\"%s\",\"version\":1,\"op\":\"put\","
                              "\"scope\":\"%s\",\"by\":\"ana\",\"kind\":\"order.close\",\"at\":\"2025-06-01T10:00:00Z\",\"body\":",
                              n > 0 ? "," : "", 11 + n, id, scope);
      dsp_record_json_write (&dsp_statement_line.table, line, DSP_FIELDS_ALL, changes);
      g_string_append_c (changes, '}');
      if (line->day.day > f->until.day || n % 10 == 0)
        continue;
      f->n_inside++;
      f->cents += line->amount.cents;
    }
  office_pull (keeper, changes->str, 11 + N_LINES, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DspKeeper *keeper;
  DspReplicaStatus status;

  f->dir = office_temp_dir ();
  f->path = g_build_filename (f->dir, "cache.sqlite", NULL);
  f->distributor = office_id ("distributor", 1);
  f->from.day = FIRST_DAY;
  f->until.day = FIRST_DAY + 29;
  keeper = dsp_keeper_open (f->path, drop_delta, NULL, &error);
  g_assert_no_error (error);
  office_enrol (keeper);
  office_fill (keeper, N_LINES / 10);
  feed_lines (f, keeper);
  dsp_keeper_close (keeper);
  f->replica = dsp_replica_open (f->path, 0, &error);
  g_assert_no_error (error);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      dsp_replica_get_status (f->replica, &status);
    }
  while (status.loading);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  dsp_replica_close (f->replica);
  g_clear_object (&f->replica);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  office_remove_dir (f->dir);
  g_free (f->dir);
  g_free (f->path);
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static DspBill *
bill (Fixture         *f,
      DspProgress     *progress,
      GCancellable    *cancellable,
      GError         **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  dsp_replica_bill_async (f->replica, &f->distributor, f->from, f->until, progress, cancellable, on_result, &result);
  wait_for (&result);
  return dsp_replica_bill_finish (f->replica, result, error);
}

static GPtrArray *
lines_of (Fixture            *f,
          const DspLineQuery *query)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *lines;

  dsp_replica_lines_async (f->replica, query, NULL, on_result, &result);
  wait_for (&result);
  lines = dsp_replica_lines_finish (f->replica, result, &error);
  g_assert_no_error (error);
  return lines;
}

static GPtrArray *
pre_invoices (Fixture     *f,
              const DspId *distributor_id)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *list;

  dsp_replica_pre_invoices_async (f->replica, distributor_id, NULL, on_result, &result);
  wait_for (&result);
  list = dsp_replica_pre_invoices_finish (f->replica, result, &error);
  g_assert_no_error (error);
  return list;
}

static DspOutcome *
give (Fixture          *f,
      const DspCommand *command,
      const DspId      *id,
      gconstpointer     args,
      guint64           given)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  DspOutcome *outcome;

  dsp_replica_give_async (f->replica, command, id, 1, args, given, NULL, on_result, &result);
  wait_for (&result);
  outcome = dsp_replica_give_finish (f->replica, result, &error);
  g_assert_no_error (error);
  return outcome;
}

/* What is given with a pre-invoice of what was seen. */
static guint64
signed_for (Fixture       *f,
            const DspBill *seen,
            DspPreInvoice *wanted)
{
  const DspTable *table = &dsp_pre_invoice.table;

  *wanted = (DspPreInvoice) { .distributor_id = f->distributor, .from = f->from, .until = f->until,
                              .n_lines = { seen->lines->len, true }, .total = { seen->totals.total, true } };
  return dsp_table_bit (table, offsetof (DspPreInvoice, distributor_id)) | dsp_table_bit (table, offsetof (DspPreInvoice, from)) |
         dsp_table_bit (table, offsetof (DspPreInvoice, until)) | dsp_table_bit (table, offsetof (DspPreInvoice, n_lines)) |
         dsp_table_bit (table, offsetof (DspPreInvoice, total));
}

static DspId
generate (Fixture       *f,
          const DspBill *seen)
{
  DspId id = dsp_replica_new_id (f->replica);
  DspPreInvoice wanted;
  guint64 given = signed_for (f, seen, &wanted);
  g_autoptr(DspOutcome) outcome = give (f, &dsp_pre_invoice_create, &id, &wanted, given);

  g_assert_cmpuint (outcome->n_given, ==, 1);
  return id;
}

/* ---- tests ---- */

static void
assert_same_lines (GPtrArray *a,
                   GPtrArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    {
      const DspStatementLine *x = a->pdata[i], *y = b->pdata[i];

      g_assert_true (dsp_id_equal (&x->id, &y->id));
      g_assert_cmpint (x->amount.cents, ==, y->amount.cents);
      g_assert_cmpint (x->vat.cents, ==, y->vat.cents);
    }
}

/* The preview is what the generation holds; discarded, the same is generated again. */
static void
test_preview_is_generated (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspProgress) progress = dsp_progress_new ();
  g_autoptr(DspBill) seen = bill (f, progress, NULL, &error), then = NULL, again = NULL;
  g_autoptr(GPtrArray) held = NULL, list = NULL, none = NULL, open = NULL;
  g_autoptr(DspOutcome) discarded = NULL;
  g_autoptr(DspStatementLine) line = NULL;
  const DspPreInvoice *made;
  DspId id;

  g_assert_no_error (error);
  g_assert_cmpuint (seen->lines->len, ==, f->n_inside);
  g_assert_cmpint (seen->totals.subtotal, ==, f->cents);
  g_assert_cmpfloat (dsp_progress_get (progress), ==, 1);
  g_assert_cmpuint (seen->left_out->len, ==, N_LINES / 10 * 3 / 4);
  g_assert_cmpint (g_array_index (seen->left_out, DspLeftOutLine, 0).why, ==, DSP_LEFT_OUT_CLOSING);

  id = generate (f, seen);
  held = lines_of (f, &(DspLineQuery) { .pre_invoice_id = id });
  assert_same_lines (seen->lines, held);
  list = pre_invoices (f, &f->distributor);
  g_assert_cmpuint (list->len, ==, 1);
  made = list->pdata[0];
  g_assert_cmpint (made->total.cents, ==, seen->totals.total);
  line = dsp_replica_dup_record (f->replica, &dsp_statement_line, &((const DspRecord *) held->pdata[0])->id);
  g_assert_cmpint (line->state, ==, DSP_LINE_HELD);
  open = lines_of (f, &(DspLineQuery) { .distributor_id = f->distributor, .open = true });
  g_assert_cmpuint (open->len, ==, N_LINES - held->len);
  then = bill (f, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (then->lines->len, ==, 0);

  discarded = give (f, &dsp_pre_invoice_discard, &id, NULL, 0);
  g_assert_cmpuint (discarded->n_given, ==, 1);
  none = pre_invoices (f, &f->distributor);
  g_assert_cmpuint (none->len, ==, 0);
  g_ptr_array_unref (none);
  none = pre_invoices (f, &dsp_id_none);
  g_assert_cmpuint (none->len, ==, 0);
  again = bill (f, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_same_lines (seen->lines, again->lines);
}

/* The days asked for, in the order of a bill, with what the outbox makes of the lines. */
static void
test_days (Fixture      *f,
           gconstpointer data)
{
  DspLineQuery query = { .distributor_id = f->distributor, .from = { FIRST_DAY + 3 }, .until = { FIRST_DAY + 5 } };
  DspLineCorrect better = { .amount = { 4242, true }, .reason = (char *) "mal capturada" };
  g_autoptr(GPtrArray) lines = lines_of (f, &query), corrected = NULL, nobodys = NULL;
  g_autoptr(DspOutcome) outcome = NULL;
  const DspStatementLine *line = lines->pdata[0];

  g_assert_cmpuint (lines->len, ==, N_LINES / 40 * 3);
  for (guint i = 0; i < lines->len; i++)
    {
      const DspStatementLine *one = lines->pdata[i];

      g_assert_cmpint (one->day.day, >=, FIRST_DAY + 3);
      g_assert_cmpint (one->day.day, <=, FIRST_DAY + 5);
      g_assert_true (i == 0 || dsp_statement_line_compare (lines->pdata[i - 1], one) < 0);
    }
  outcome = give (f, &dsp_statement_line_correct, &line->id, &better, 3);
  g_assert_cmpuint (outcome->n_given, ==, 1);
  corrected = lines_of (f, &query);
  g_assert_cmpuint (corrected->len, ==, lines->len);
  g_assert_cmpint (((const DspStatementLine *) corrected->pdata[0])->amount.cents, ==, 4242);
  query.distributor_id = office_id ("distributor", 2);
  nobodys = lines_of (f, &query);
  g_assert_cmpuint (nobodys->len, ==, 0);
}

static void
test_cancelled (Fixture      *f,
                gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(DspBill) none = NULL, there = NULL;
  g_autoptr(GPtrArray) list = NULL;
  DspReplicaStatus status;

  g_cancellable_cancel (cancellable);
  none = bill (f, NULL, cancellable, &error);
  g_assert_null (none);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  list = pre_invoices (f, &f->distributor);
  g_assert_cmpuint (list->len, ==, 0);
  dsp_replica_get_status (f->replica, &status);
  g_assert_cmpuint (status.n_waiting, ==, 0);
  there = bill (f, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (there->lines->len, ==, f->n_inside);
}

/* ---- stopped after it was asked for ---- */

typedef struct {
  guint  left;   /* steps that go on */
  double before; /* how far it was */
} Stop;

static bool
stop_at (guint    done,
         guint    all,
         gpointer user_data)
{
  Stop *stop = user_data;
  double now = all > 0 ? (double) done / all : 0;

  g_assert_cmpfloat (now, >=, stop->before);
  g_assert_cmpfloat (now, <=, 1);
  stop->before = now;
  return stop->left-- > 0;
}

static gint64
n_in_outbox (DspKeeper *keeper)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspStmt) stmt = dsp_db_prepare (dsp_keeper_get_db (keeper), "SELECT count(*) FROM \"outbox\" WHERE \"state\" <> 'noop'", &error);

  g_assert_no_error (error);
  g_assert_cmpint (dsp_stmt_step (stmt, NULL), ==, DSP_STEP_ROW);
  return dsp_stmt_int (stmt, 0);
}

/* Nothing is shown, kept or to be sent. */
static void
assert_nothing_left (DspKeeper *keeper)
{
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    g_assert_cmpuint (g_hash_table_size (keeper->overlay[i]), ==, 0);
  g_assert_cmpint (n_in_outbox (keeper), ==, 0);
}

/* At each of its steps, the last of them just before it would be on disk. Not stopped, it is whole, and taken back it is gone. */
static void
test_stopped_at_any_step (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspBill) seen = bill (f, NULL, NULL, &error), again = NULL;
  DspId id = dsp_replica_new_id (f->replica);
  DspPreInvoice wanted;
  guint64 given = signed_for (f, seen, &wanted);
  g_autoptr(DspOutcome) outcome = NULL, undone = NULL;
  g_autoptr(DspKeeper) keeper = NULL;
  guint n_stopped = 0;
  gint64 last_no;

  dsp_replica_close (f->replica);
  g_clear_object (&f->replica);
  keeper = dsp_keeper_open (f->path, drop_delta, NULL, &error);
  g_assert_no_error (error);
  last_no = dsp_keeper_last_no (keeper);
  for (;; n_stopped++)
    {
      Stop stop = { .left = n_stopped };

      dsp_keeper_set_step (keeper, stop_at, &stop);
      outcome = dsp_keeper_give (keeper, &dsp_pre_invoice_create, &id, 1, &wanted, given, FALSE, &error);
      if (outcome != NULL)
        break;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_cmpint (dsp_keeper_last_no (keeper), ==, last_no);
      assert_nothing_left (keeper);
    }
  dsp_keeper_set_step (keeper, NULL, NULL);
  g_test_message ("stopped at %u steps", n_stopped);
  g_assert_cmpuint (n_stopped, >, 3 * f->n_inside / 128);
  g_assert_cmpuint (g_hash_table_size (dsp_keeper_overlay (keeper, &dsp_statement_line)), ==, f->n_inside);
  undone = dsp_keeper_undo (keeper, outcome->group, &error);
  g_assert_no_error (error);
  assert_nothing_left (keeper);
  g_clear_pointer (&keeper, dsp_keeper_close);

  f->replica = dsp_replica_open (f->path, 0, &error);
  g_assert_no_error (error);
  again = bill (f, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_same_lines (seen->lines, again->lines);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/statement/S0-04/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("preview-is-what-is-generated", test_preview_is_generated);
  ADD ("days-of-a-distributor-with-what-waits", test_days);
  ADD ("a-cancelled-preview-leaves-nothing", test_cancelled);
  ADD ("a-generation-stopped-at-any-step-leaves-nothing", test_stopped_at_any_step);
  return g_test_run ();
}
