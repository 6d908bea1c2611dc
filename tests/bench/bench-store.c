/* bench-store.c: what the store costs beside plain SQLite, in the same run
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each figure is a line of JSON on standard output: name, value, unit, and where there is one its limit (the same work by
 * hand-written calls of SQLite) and its goal. What a person reads goes to standard error.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-feed.h"
#include "dsp-query.h"
#include "dsp-search.h"
#include "dsp-table.h"
#include "generate.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <time.h>

#define N_CREWS 400
#define N_DISTRIBUTORS 12

static int n_orders = 1000000;
static char *places_path, *keep_path;

static void
check (gboolean ok,
       GError  *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static void
figure (const char *name,
        double      value,
        const char *unit,
        double      limit,
        double      goal)
{
  char text[3][G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text[0], sizeof text[0], "%.4g", value);
  g_print ("{\"name\":\"store/%s\",\"value\":%s,\"unit\":\"%s\"", name, text[0], unit);
  g_printerr ("%-34s %12s %-7s", name, text[0], unit);
  if (limit > 0)
    {
      g_ascii_formatd (text[1], sizeof text[1], "%.4g", limit);
      g_print (",\"limit\":%s", text[1]);
      g_printerr (" plain SQLite %12s", text[1]);
    }
  if (goal > 0)
    {
      g_ascii_formatd (text[2], sizeof text[2], "%.4g", goal);
      g_print (",\"goal\":%s", text[2]);
      g_printerr (" goal %s", text[2]);
    }
  g_print ("}\n");
  g_printerr ("\n");
}

static double
seconds (gint64 from_us)
{
  return (g_get_monotonic_time () - from_us) / 1e6;
}

/* Of this process alone: what a command costs whatever else the machine does. */
static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* ---- bulk ---- */

#define CHUNK 20000

static void
bind_text (sqlite3_stmt *stmt,
           int           n,
           const char   *text)
{
  sqlite3_bind_text (stmt, n, text, -1, SQLITE_STATIC);
}

/* The same values by hand, in the order of the columns of "plain". */
static void
insert_plain (sqlite3_stmt   *stmt,
              const DspOrder *o)
{
  sqlite3_bind_blob (stmt, 1, o->id.b, 16, SQLITE_STATIC);
  sqlite3_bind_blob (stmt, 2, o->scope.b, 16, SQLITE_STATIC);
  sqlite3_bind_int64 (stmt, 3, o->version);
  bind_text (stmt, 4, o->number);
  bind_text (stmt, 5, o->account);
  bind_text (stmt, 6, o->group);
  bind_text (stmt, 7, o->type);
  bind_text (stmt, 8, o->subtype);
  sqlite3_bind_int64 (stmt, 9, o->created_at.us);
  sqlite3_bind_int64 (stmt, 10, o->attention_at.us);
  sqlite3_bind_int64 (stmt, 11, o->penalty_at.us);
  bind_text (stmt, 12, o->municipality);
  bind_text (stmt, 13, o->neighbourhood);
  bind_text (stmt, 14, o->postal_code);
  sqlite3_bind_int64 (stmt, 15, o->priority.value);
  if (dsp_id_is_none (&o->crew_id))
    sqlite3_bind_null (stmt, 16);
  else
    sqlite3_bind_blob (stmt, 16, o->crew_id.b, 16, SQLITE_STATIC);
  bind_text (stmt, 17, DspOrderStatus_words.list[o->status].name);
  bind_text (stmt, 18, o->contact_name);
  if (sqlite3_step (stmt) != SQLITE_DONE)
    g_error ("plain insert failed");
  sqlite3_reset (stmt);
}

static sqlite3 *
open_plain (const char *path)
{
  sqlite3 *plain;

  if (sqlite3_open (path, &plain) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (plain));
  sqlite3_exec (plain, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16384;"
                       "PRAGMA secure_delete = FAST", NULL, NULL, NULL);
  return plain;
}

static void
bench_bulk (Generate *generate,
            DspDb    *db,
            sqlite3  *plain)
{
  GError *error = NULL;
  DspOrder *orders = g_new0 (DspOrder, CHUNK);
  double ours = 0, theirs = 0;
  sqlite3_stmt *stmt;
  gint64 start;
  DspBulk *bulk;

  sqlite3_exec (plain, "CREATE TABLE plain (_row INTEGER PRIMARY KEY, id BLOB, scope BLOB, version INTEGER, number TEXT, account TEXT,"
                       " \"group\" TEXT, type TEXT, subtype TEXT, created_at INTEGER, attention_at INTEGER, penalty_at INTEGER,"
                       " municipality TEXT, neighbourhood TEXT, postal_code TEXT, priority INTEGER, crew_id BLOB, status TEXT,"
                       " contact_name TEXT)", NULL, NULL, NULL);
  if (sqlite3_prepare_v2 (plain, "INSERT INTO plain VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &stmt, NULL) !=
      SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (plain));
  check (dsp_schema_drop_table (db, NULL, &dsp_order, &error) && dsp_schema_create_table (db, NULL, &dsp_order, &error), error);
  for (int i = 0; i < n_orders; i += CHUNK)
    {
      int n = MIN (CHUNK, n_orders - i);

      for (int j = 0; j < n; j++)
        generate_order (generate, (guint) (i + j), false, &orders[j]);
      start = g_get_monotonic_time ();
      sqlite3_exec (plain, "BEGIN", NULL, NULL, NULL);
      for (int j = 0; j < n; j++)
        insert_plain (stmt, &orders[j]);
      sqlite3_exec (plain, "COMMIT", NULL, NULL, NULL);
      theirs += seconds (start);

      start = g_get_monotonic_time ();
      check (dsp_db_begin (db, &error), error);
      bulk = dsp_bulk_new (db, NULL, &dsp_order, &error);
      for (int j = 0; j < n; j++)
        check (dsp_bulk_add (bulk, &orders[j], &error), error);
      dsp_bulk_free (bulk);
      check (dsp_db_commit (db, &error), error);
      ours += seconds (start);
      if (i / CHUNK % 10 == 9)
        {
          check (dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error), error);
          sqlite3_wal_checkpoint_v2 (plain, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        }
    }
  sqlite3_finalize (stmt);
  figure ("bulk table only", n_orders / ours, "rows/s", n_orders / theirs, 200000);
  for (int j = 0; j < CHUNK; j++)
    dsp_table_clear (&dsp_order.table, &orders[j]);
  g_free (orders);

  start = g_get_monotonic_time ();
  check (dsp_db_begin (db, &error) && dsp_schema_create_indexes (db, NULL, &dsp_order, TRUE, &error) && dsp_db_commit (db, &error), error);
  figure ("indexes after bulk", seconds (start), "s", 0, 0);
  figure ("bulk and indexes", n_orders / (ours + seconds (start)), "rows/s", 0, 0);
  start = g_get_monotonic_time ();
  check (dsp_schema_analyze (db, &error), error);
  figure ("analyze", seconds (start), "s", 0, 0);
  check (dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error), error);
}

static void
make_indexes_plain (sqlite3 *plain)
{
  sqlite3_exec (plain, "CREATE UNIQUE INDEX plain_id ON plain (id); CREATE INDEX plain_created ON plain (created_at);"
                       "CREATE INDEX plain_code ON plain (postal_code, created_at); CREATE INDEX plain_open ON plain (status, created_at);"
                       "CREATE INDEX plain_code_status ON plain (postal_code, status);"
                       "PRAGMA analysis_limit = 1000; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
}

/* ---- queries ---- */

static gboolean
see (gconstpointer record,
     gpointer      user_data)
{
  (*(guint *) user_data)++;
  return TRUE;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Many different values of the same shape: the values come from orders all over. */
static void
bench_filter (DspDb      *db,
              Generate   *generate,
              const char *name,
              const char *pattern,
              bool        scoped,
              double      goal)
{
  enum { ROUNDS = 60 };
  GError *error = NULL;
  double times[ROUNDS];
  guint n_rows = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_auto(GStrv) parts = g_strsplit (pattern, "&", -1);
      DspOrder order = { 0 };
      DspFilter *filter = dsp_filter_new (&dsp_order);
      g_autoptr(GArray) scopes = NULL;
      DspQuery query = { .entity = &dsp_order, .filter = filter, .sort = dsp_table_at (&dsp_order.table, offsetof (DspOrder, created_at)),
                         .descending = TRUE, .limit = 100, .now_us = GENERATE_NOW };
      gint64 start;
      char *next = NULL;

      generate_order (generate, (guint) ((guint64) n_orders * (i * 37 % ROUNDS) / ROUNDS), false, &order);
      for (guint j = 0; parts[j] != NULL; j++)
        {
          char *equals = strchr (parts[j], '=');
          const DspField *field;

          if (equals != NULL)
            {
              *equals = '\0';
              check (dsp_filter_set (filter, parts[j], equals + 1, &error), error);
              continue;
            }
          if (*parts[j] == '\0')
            continue;
          field = dsp_table_find (&dsp_order.table, parts[j], strlen (parts[j]));
          if (dsp_field_is_none (field, &order))
            check (dsp_filter_set (filter, parts[j], "+", &error), error);
          else
            {
              g_autofree char *text = dsp_field_dup_text (field, &order);
              g_autofree char *escaped = g_uri_escape_string (text, NULL, TRUE);

              check (dsp_filter_set (filter, parts[j], escaped, &error), error);
            }
        }
      if (scoped)
        {
          scopes = g_array_new (FALSE, FALSE, sizeof (DspId));
          g_array_append_val (scopes, dsp_scope_common);
          g_array_append_val (scopes, order.scope);
          query.scopes = scopes;
        }
      n_rows = 0;
      start = g_get_monotonic_time ();
      check (dsp_query_rows (db, &query, see, &n_rows, &next, &error), error);
      times[i] = seconds (start) * 1000;
      g_free (next);
      dsp_filter_free (filter);
      dsp_table_clear (&dsp_order.table, &order);
    }
  qsort (times, ROUNDS, sizeof times[0], compare_times);
  {
    g_autofree char *median = g_strdup_printf ("filter %s", name);
    g_autofree char *worst = g_strdup_printf ("filter %s, worst", name);

    figure (median, times[ROUNDS / 2], "ms", 0, goal);
    figure (worst, times[ROUNDS - 1], "ms", 0, 0);
  }
}

static double
time_plain (sqlite3    *plain,
            const char *sql,
            const char *value)
{
  double times[20];
  sqlite3_stmt *stmt;

  if (sqlite3_prepare_v2 (plain, sql, -1, &stmt, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (plain));
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      gint64 start = g_get_monotonic_time ();

      if (value != NULL)
        sqlite3_bind_text (stmt, 1, value, -1, SQLITE_STATIC);
      while (sqlite3_step (stmt) == SQLITE_ROW)
        for (int c = 0; c < sqlite3_column_count (stmt); c++)
          sqlite3_column_blob (stmt, c);
      sqlite3_reset (stmt);
      times[i] = seconds (start) * 1000;
    }
  sqlite3_finalize (stmt);
  qsort (times, G_N_ELEMENTS (times), sizeof times[0], compare_times);
  return times[G_N_ELEMENTS (times) / 2];
}

static void
add_count (const char *value,
           gint64      n,
           gpointer    user_data)
{
  *(gint64 *) user_data += n;
}

static void
bench_counts (DspDb      *db,
              const char *name,
              const char *text,
              gsize       offset,
              double      limit,
              double      goal)
{
  GError *error = NULL;
  DspFilter *filter = dsp_filter_parse (&dsp_order, text, &error);
  DspQuery query = { .entity = &dsp_order, .filter = filter, .now_us = GENERATE_NOW };
  double times[7];

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      gint64 start = g_get_monotonic_time (), total = 0;

      check (dsp_query_counts (db, &query, dsp_table_at (&dsp_order.table, offset), add_count, &total, &error), error);
      times[i] = seconds (start) * 1000;
    }
  qsort (times, G_N_ELEMENTS (times), sizeof times[0], compare_times);
  figure (name, times[G_N_ELEMENTS (times) / 2], "ms", limit, goal);
  dsp_filter_free (filter);
}

static void
bench_queries (DspDb    *db,
               Generate *generate,
               sqlite3  *plain)
{
  static const struct { const char *name, *pattern; bool scoped; double goal; } filters[] = {
    { "none", "", false, 1.5 },
    { "number", "number", false, 1.5 },
    { "account", "account", false, 1.5 },
    { "group", "group", false, 1.5 },
    { "type", "type", false, 1.5 },
    { "subtype", "subtype", false, 1.5 },
    { "created_at", "created_at=2025-08-01T06:00:00Z..2025-08-02T06:00:00Z", false, 1.5 },
    { "attention_at", "attention_at=2025-08-01T06:00:00Z..2025-08-02T06:00:00Z", false, 0 },
    { "penalty_at", "penalty_at=2025-08-01T06:00:00Z..2025-08-02T06:00:00Z", false, 0 },
    { "municipality", "municipality", false, 1.5 },
    { "neighbourhood", "neighbourhood", false, 1.5 },
    { "postal_code", "postal_code", false, 1.5 },
    { "postal_code prefix", "postal_code=031*", false, 0 },
    { "priority", "priority", false, 1.5 },
    { "crew", "crew_id", false, 1.5 },
    { "status own", "status", false, 1.5 },
    { "status unassigned", "status=unassigned", false, 1.5 },
    { "status closed", "status=closed", false, 1.5 },
    { "status annulled", "status=annulled", false, 1.5 },
    { "status open", "status=unassigned,assigned,in_progress,to_reschedule", false, 1.5 },
    { "crew none", "crew_id=-", false, 1.5 },
    { "state", "state=-", false, 1.5 },
    { "open, crew none, group", "status=unassigned,to_reschedule&crew_id=-&group", false, 1.5 },
    { "codes, type", "postal_code=031*,03200..03299,06700&type", false, 1.5 },
    { "distributor", "distributor_id", false, 1.5 },
    { "penalized yes", "penalized=yes", false, 1.5 },
    { "penalized no", "penalized=no", false, 1.5 },
    { "penalized <4h", "penalized=<4h", false, 1.5 },
    { "open, code, type", "status=unassigned,assigned,in_progress,to_reschedule&postal_code&type", false, 1.5 },
    { "unassigned, municipality, priority", "status=unassigned&municipality&priority=1", false, 1.5 },
    { "municipality, type, priority", "municipality&type&priority", false, 1.5 },
    { "crew, status, code", "crew_id&status&postal_code", false, 1.5 },
    { "unassigned, penalized, type", "status=unassigned&penalized=yes&type", false, 1.5 },
    { "type, subtype, neighbourhood", "type&subtype&neighbourhood", false, 1.5 },
    { "q name", "q=garcia", false, 0 },
    { "q two names, code", "q=guadalupe nunez&postal_code", false, 0 },
    { "q nothing", "q=quetzalcoatl", false, 0 },
    { "none, scoped", "", true, 1.5 },
    { "unassigned, scoped", "status=unassigned", true, 1.5 },
    { "code, type, scoped", "postal_code&type", true, 1.5 },
  };
  double limit;

  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    bench_filter (db, generate, filters[i].name, filters[i].pattern, filters[i].scoped, filters[i].goal);
  limit = time_plain (plain, "SELECT * FROM plain WHERE postal_code = ?1 ORDER BY created_at DESC LIMIT 100", "03050");
  figure ("plain: 100 newest of a code", limit, "ms", 0, 0);
  limit = time_plain (plain, "SELECT postal_code, count(*) FROM plain GROUP BY postal_code", NULL);
  bench_counts (db, "counts by code", "", offsetof (DspOrder, postal_code), limit, 2 * limit);
  limit = time_plain (plain, "SELECT postal_code, count(*) FROM plain WHERE status = 'unassigned' GROUP BY postal_code", NULL);
  bench_counts (db, "counts by code, unassigned", "status=unassigned", offsetof (DspOrder, postal_code), limit, 2 * limit);
  limit = time_plain (plain, "SELECT status, count(*) FROM plain GROUP BY status", NULL);
  bench_counts (db, "counts by status", "", offsetof (DspOrder, status), limit, 2 * limit);
}

/* ---- commands ---- */

static void
make_tables_plain (sqlite3 *plain)
{
  sqlite3_exec (plain, "CREATE TABLE log (seq INTEGER PRIMARY KEY, body TEXT); CREATE TABLE feed (seq INTEGER PRIMARY KEY, body TEXT)",
                NULL, NULL, NULL);
}

static double
commands_plain (sqlite3 *plain,
                Generate *generate,
                int      n_commands,
                int      batch)
{
  static gint64 seq;
  sqlite3_stmt *update, *log, *feed;
  g_autofree char *body = g_strnfill (400, 'x');
  gint64 start = g_get_monotonic_time ();

  if (sqlite3_prepare_v2 (plain, "UPDATE plain SET crew_id = ?2, status = 'assigned', version = version + 1 WHERE id = ?1", -1, &update, NULL) ||
      sqlite3_prepare_v2 (plain, "INSERT INTO log VALUES (?1, ?2)", -1, &log, NULL) ||
      sqlite3_prepare_v2 (plain, "INSERT INTO feed VALUES (?1, ?2)", -1, &feed, NULL))
    g_error ("%s", sqlite3_errmsg (plain));
  for (int i = 0; i < n_commands; i++)
    {
      DspOrder order = { 0 };
      DspId crew = generate_crew_id ((guint) i % N_CREWS);

      generate_order (generate, (guint) ((guint64) n_orders - 1 - (guint64) (i * 7919) % (guint64) (n_orders / 10)), false, &order);
      if (i % batch == 0)
        sqlite3_exec (plain, "BEGIN IMMEDIATE", NULL, NULL, NULL);
      seq++;
      sqlite3_bind_blob (update, 1, order.id.b, 16, SQLITE_STATIC);
      sqlite3_bind_blob (update, 2, crew.b, 16, SQLITE_STATIC);
      sqlite3_step (update);
      sqlite3_reset (update);
      sqlite3_bind_int64 (log, 1, seq);
      sqlite3_bind_text (log, 2, body, 200, SQLITE_STATIC);
      sqlite3_step (log);
      sqlite3_reset (log);
      sqlite3_bind_int64 (feed, 1, seq);
      sqlite3_bind_text (feed, 2, body, 400, SQLITE_STATIC);
      sqlite3_step (feed);
      sqlite3_reset (feed);
      if (i % batch == batch - 1 && sqlite3_exec (plain, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        g_error ("%s", sqlite3_errmsg (plain));
      dsp_table_clear (&dsp_order.table, &order);
    }
  sqlite3_finalize (update);
  sqlite3_finalize (log);
  sqlite3_finalize (feed);
  return n_commands / seconds (start);
}

/* What the executor does for an assignment once it is judged: read the order, append, keep the result. */
static double
commands (DspFeed     *feed,
          Generate    *generate,
          const DspId *device,
          gint64      *no,
          int          n_commands,
          int          batch)
{
  DspDb *db = dsp_feed_get_db (feed);
  GError *error = NULL;
  gint64 start = g_get_monotonic_time ();
  DspResult result = { .status = (char *) "applied", .reply = (char *) "{\"no\":1,\"status\":\"applied\"}" };

  for (int i = 0; i < n_commands; i++)
    {
      DspOrder made = { 0 };
      DspOrder *before = dsp_order_new (), *after;
      DspEdit edit = { .entity = &dsp_order };
      DspEdit *edits[] = { &edit };
      DspFeedCommand command = { .device = *device, .no = ++*no, .command = &dsp_order_assign, .user_id = *device, .user_name = "ana",
                                 .at_us = GENERATE_NOW + *no, .reason = "bench" };

      generate_order (generate, (guint) ((guint64) n_orders - 1 - (guint64) (i * 7919) % (guint64) (n_orders / 10)), false, &made);
      if (i % batch == 0)
        check (dsp_feed_begin (feed, &error), error);
      check (dsp_table_get (db, NULL, &dsp_order, &made.id, DSP_FIELDS_ALL, before, &error) == DSP_STEP_ROW, error);
      after = dsp_order_dup (before);
      after->crew_id = generate_crew_id ((guint) (*no * 31) % N_CREWS);
      after->status = before->status == DSP_ORDER_ASSIGNED ? DSP_ORDER_IN_PROGRESS : DSP_ORDER_ASSIGNED;
      after->assigned_at.us = GENERATE_NOW + *no;
      after->version++;
      edit.before = before;
      edit.after = after;
      edit.mask = dsp_table_diff (&dsp_order.table, before, after);
      check (dsp_feed_append (feed, &command, edits, 1, &result.seq, &error), error);
      result.at_us = command.at_us;
      check (dsp_feed_put_result (feed, device, *no, &result, &error), error);
      if (i % batch == batch - 1)
        check (dsp_feed_commit (feed, &error), error);
      dsp_order_free (before);
      dsp_order_free (after);
      dsp_table_clear (&dsp_order.table, &made);
    }
  return n_commands / seconds (start);
}

static void
bench_commands (DspFeed  *feed,
                Generate *generate,
                sqlite3  *plain)
{
  static const int batches[] = { 1, 16, 64 };
  GError *error = NULL;
  DspId device = dsp_id_from_key ("device", "bench");
  DspDevice known;
  gint64 no = 0;

  make_tables_plain (plain);
  check (dsp_feed_begin (feed, &error), error);
  if (dsp_feed_get_device (feed, &device, &known, &error) == DSP_STEP_ROW)
    no = known.last_no;
  else
    check (dsp_feed_add_device (feed, &device, &device, "bench", GENERATE_NOW, &error), error);
  check (dsp_feed_commit (feed, &error), error);
  for (guint i = 0; i < G_N_ELEMENTS (batches); i++)
    {
      int n = batches[i] * (batches[i] == 1 ? 1500 : 300);
      double ours = 0, theirs = 0, our_cpu = G_MAXDOUBLE, their_cpu = G_MAXDOUBLE;
      g_autofree char *name = g_strdup_printf ("commands, %d per commit", batches[i]);
      g_autofree char *pages_name = g_strdup_printf ("a command, %d per commit, log", batches[i]);
      gint64 pages = 0;
      g_autofree char *cpu_name = g_strdup_printf ("a command, %d per commit, CPU", batches[i]);

      for (guint round = 0; round < 3; round++)
        {
          double cpu = cpu_seconds ();

          theirs = MAX (theirs, commands_plain (plain, generate, n, batches[i]));
          their_cpu = MIN (their_cpu, cpu_seconds () - cpu);
          cpu = cpu_seconds ();
          ours = MAX (ours, commands (feed, generate, &device, &no, n, batches[i]));
          our_cpu = MIN (our_cpu, cpu_seconds () - cpu);
          pages = dsp_db_log_pages (dsp_feed_get_db (feed));
          check (dsp_db_checkpoint (dsp_feed_get_db (feed), DSP_CHECKPOINT_TRUNCATE, NULL, &error), error);
          sqlite3_wal_checkpoint_v2 (plain, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        }
      figure (name, ours, "/s", theirs, 0.6 * theirs);
      figure (cpu_name, our_cpu / n * 1e6, "us", their_cpu / n * 1e6, 0);
      figure (pages_name, (double) pages / n, "pages", 0, 0);
    }
}

static gboolean
see_change (const DspChange *change,
            gpointer         user_data)
{
  *(gsize *) user_data += change->body_length;
  return TRUE;
}

static void
bench_reads (DspDb    *db,
             Generate *generate)
{
  GError *error = NULL;
  gsize bytes = 0;
  gint64 cursor = 0, start = g_get_monotonic_time (), last = 0;
  gboolean more = TRUE;
  guint n = 0;

  while (more)
    check (dsp_feed_read (db, cursor, NULL, NULL, 1000, 1 << 20, see_change, &bytes, &cursor, NULL, &more, &error), error);
  figure ("feed read", cursor / seconds (start), "rows/s", 0, 0);

  start = g_get_monotonic_time ();
  do
    check (dsp_table_scan (db, NULL, &dsp_order, NULL, last, 5000, DSP_FIELDS_ALL, see, &n, &last, &error), error);
  while (last != 0);
  figure ("scan of all fields", n / seconds (start), "rows/s", 0, 0);

  {
    g_autoptr(GString) text = g_string_new (NULL);
    DspOrder made = { 0 };

    generate_order (generate, 1, true, &made);
    start = g_get_monotonic_time ();
    for (guint i = 0; i < 100000; i++)
      dsp_search_text (&dsp_order, &made, text);
    figure ("fold what q looks through", seconds (start) / 100000 * 1e9, "ns/row", 0, 0);
    dsp_table_clear (&dsp_order.table, &made);
  }

  start = g_get_monotonic_time ();
  for (guint i = 0; i < 20000; i++)
    {
      DspOrder made = { 0 };
      DspOrder stored = { 0 };

      generate_order (generate, (guint) ((guint64) i * 48271 % (guint64) n_orders), false, &made);
      check (dsp_table_get (db, NULL, &dsp_order, &made.id, DSP_FIELDS_ALL, &stored, &error) == DSP_STEP_ROW, error);
      dsp_table_clear (&dsp_order.table, &made);
      dsp_table_clear (&dsp_order.table, &stored);
    }
  figure ("get by id (and make its id)", seconds (start) / 20000 * 1e6, "us", 0, 0);
}

static void
remove_database (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-shm", ".lock" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);

      g_unlink (file);
    }
}

int
main (int    argc,
      char **argv)
{
  const GOptionEntry entries[] = {
    { "orders", 'n', 0, G_OPTION_ARG_INT, &n_orders, "How many orders (1000000)", "N" },
    { "places", 'p', 0, G_OPTION_ARG_FILENAME, &places_path, "Real postal codes: code,municipality,state,lat,lon", "FILE" },
    { "keep", 'k', 0, G_OPTION_ARG_FILENAME, &keep_path, "Make the database here and leave it", "FILE" },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  GError *error = NULL;
  g_autofree char *directory = NULL;
  g_autofree char *path = NULL;
  g_autofree char *plain_path = NULL;
  g_autofree char *uri = NULL;
  g_autoptr(Generate) generate = NULL;
  DspFeed *feed;
  DspDb *db;
  sqlite3 *plain;

  g_option_context_add_main_entries (context, entries, NULL);
  check (g_option_context_parse (context, &argc, &argv, &error), error);
  if (n_orders < 1000)
    g_error ("--orders: at least 1000");
  generate = generate_new (1, (guint) n_orders, N_CREWS, N_DISTRIBUTORS,
                           places_path != NULL ? generate_read_places (places_path, &error) : NULL);
  check (error == NULL, error);
  directory = g_dir_make_tmp ("despacho-bench-XXXXXX", &error);
  check (directory != NULL, error);
  path = keep_path != NULL ? g_strdup (keep_path) : g_build_filename (directory, "bench.db", NULL);
  plain_path = g_build_filename (directory, "plain.db", NULL);
  uri = g_strconcat ("sqlite:", path, NULL);
  remove_database (path);

  db = dsp_db_open (uri, DSP_DB_CREATE | DSP_DB_LOCK, &error);
  check (db != NULL, error);
  feed = dsp_feed_open (db, &error);
  check (feed != NULL, error);
  plain = open_plain (plain_path);
  bench_bulk (generate, db, plain);
  make_indexes_plain (plain);
  bench_queries (db, generate, plain);
  bench_commands (feed, generate, plain);
  bench_reads (db, generate);

  dsp_feed_close (feed);
  dsp_db_close (db);
  sqlite3_close (plain);
  remove_database (plain_path);
  if (keep_path == NULL)
    remove_database (path);
  g_rmdir (directory);
  return 0;
}
