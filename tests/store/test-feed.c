/* test-feed.c: the feed keeps what was accepted, in order, once, and notices every hand that was laid on it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-feed.h"
#include "dsp-table.h"
#include "store-util.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1700000000000000)

typedef struct {
  TestPlace  place;
  DspDb     *db;
  DspFeed   *feed;
  GRand     *rand;
  DspId      device, user;
  gint64     no;
  GPtrArray *orders; /* as stored */
} Fixture;

static void
begin (Fixture *f)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (dsp_feed_begin (f->feed, &error));
  g_assert_no_error (error);
}

static void
commit (Fixture *f)
{
  g_autoptr(GError) error = NULL;

  dsp_feed_commit (f->feed, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  test_place_open (&f->place);
  f->db = test_db_open (&f->place, DSP_DB_CREATE | DSP_DB_LOCK);
  f->feed = dsp_feed_open (f->db, &error);
  g_assert_no_error (error);
  f->rand = g_rand_new_with_seed (g_test_rand_int ());
  f->device = test_random_id (f->rand);
  f->user = test_random_id (f->rand);
  f->no = 0;
  f->orders = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_order_free);
  begin (f);
  g_assert_true (dsp_feed_add_device (f->feed, &f->device, &f->user, "test", NOW, &error));
  commit (f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_ptr_array_unref (f->orders);
  g_rand_free (f->rand);
  dsp_feed_close (f->feed);
  dsp_db_close (f->db);
  test_place_close (&f->place);
}

static DspFeedCommand
command (Fixture          *f,
         const DspCommand *what)
{
  return (DspFeedCommand) { .device = f->device, .no = f->no, .command = what, .user_id = f->user, .user_name = "ana",
                            .at_us = NOW + f->no, .given_at_us = NOW, .reason = f->no % 2 == 0 ? "because" : NULL };
}

static void
finish (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  DspResult result = { .status = (char *) "applied", .seq = dsp_feed_get_state (f->feed)->seq, .at_us = NOW + f->no };

  memset (result.cmd_hash, (int) f->no, sizeof result.cmd_hash);
  dsp_feed_put_result (f->feed, &f->device, f->no, &result, &error);
  g_assert_no_error (error);
}

/* A creation; an order that is random but for what the feed looks at. */
static void
create (Fixture     *f,
        const DspId *scope)
{
  g_autoptr(GError) error = NULL;
  DspOrder *order = test_random_record (f->rand, &dsp_order);
  DspEdit edit = { .entity = &dsp_order, .after = order, .mask = DSP_FIELDS_ALL };
  DspEdit *edits[] = { &edit };
  DspFeedCommand c;

  order->scope = *scope;
  f->no++;
  c = command (f, &dsp_order_create);
  dsp_feed_append (f->feed, &c, edits, 1, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (f->orders, order);
  finish (f);
}

static gboolean
change_order (Fixture     *f,
              guint        i,
              const DspId *scope,
              bool         deleted,
              bool         same_command,
              GError     **error)
{
  DspOrder *before = g_ptr_array_index (f->orders, i);
  DspOrder *after = dsp_order_dup (before);
  DspEdit edit = { .entity = &dsp_order, .before = before, .after = after, .deleted = deleted };
  DspEdit *edits[] = { &edit };
  DspFeedCommand c;
  gboolean ok;

  after->version++;
  after->scope = *scope;
  if (!deleted)
    {
      after->status = after->status == DSP_ORDER_CLOSED ? DSP_ORDER_ASSIGNED : DSP_ORDER_CLOSED;
      dsp_set_text (&after->observation, "\"seen\" ñ");
      edit.mask = dsp_table_diff (&dsp_order.table, before, after);
    }
  if (!same_command)
    f->no++;
  c = command (f, &dsp_order_close);
  ok = dsp_feed_append (f->feed, &c, edits, 1, NULL, error);
  if (ok)
    {
      f->orders->pdata[i] = after;
      dsp_order_free (before);
      if (deleted)
        g_ptr_array_remove_index (f->orders, i);
    }
  else
    dsp_order_free (after);
  return ok;
}

static void
count_finding (const char *what,
               gpointer    user_data)
{
  g_test_message ("%s", what);
  if (user_data != NULL)
    g_string_append_printf (user_data, "%s\n", what);
}

static guint
verify (Fixture *f,
        GString *findings)
{
  g_autoptr(GError) error = NULL;
  guint n;

  dsp_feed_verify (f->db, count_finding, findings, &n, &error);
  g_assert_no_error (error);
  return n;
}

typedef struct {
  GArray *changes; /* of DspChange, texts interned */
} Seen;

static gboolean
see (const DspChange *change,
     gpointer         user_data)
{
  DspChange copy = *change;

  copy.by = g_intern_string (change->by);
  copy.body = g_intern_string (change->body);
  g_array_append_val (user_data, copy);
  return TRUE;
}

static GArray *
read_feed (Fixture      *f,
           gint64        after,
           const GArray *scopes,
           guint         max,
           gint64       *cursor,
           gboolean     *more)
{
  g_autoptr(GError) error = NULL;
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (DspChange));

  dsp_feed_read (f->db, after, scopes, NULL, max, G_MAXSIZE, see, changes, cursor, NULL, more, &error);
  g_assert_no_error (error);
  return changes;
}

static void
test_order_and_pages (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  gint64 cursor = 0, expected = 0;
  gboolean more = TRUE;

  begin (f);
  for (guint i = 0; i < 20; i++)
    create (f, &dsp_scope_company);
  commit (f);
  begin (f);
  /* One command over five records, appended row by row: its changes are not cut. */
  for (guint i = 0; i < 5; i++)
    g_assert_true (change_order (f, i, &dsp_scope_company, false, i > 0, &error));
  finish (f);
  g_assert_true (change_order (f, 7, &dsp_scope_company, true, false, &error));
  finish (f);
  commit (f);
  g_assert_no_error (error);
  g_assert_cmpint (dsp_feed_get_state (f->feed)->seq, ==, 26);

  while (more)
    {
      g_autoptr(GArray) page = read_feed (f, cursor, NULL, 3, &cursor, &more);

      g_assert_cmpint (page->len, >, 0);
      g_assert_true (g_array_index (page, DspChange, page->len - 1).last);
      for (guint i = 0; i < page->len; i++)
        {
          const DspChange *change = &g_array_index (page, DspChange, i);

          g_assert_cmpint (change->seq, ==, ++expected);
          g_assert_true (change->last == !(expected > 20 && expected < 25));
          g_assert_cmpstr (change->by, ==, "ana");
          g_assert_cmpint (change->op, ==, expected == 26 ? DSP_FEED_DEL : DSP_FEED_PUT);
          g_assert_true ((change->body == NULL) == (expected == 26));
        }
    }
  g_assert_cmpint (cursor, ==, 26);
  g_assert_cmpint (verify (f, NULL), ==, 0);
}

static void
test_scopes (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) scopes = g_array_new (FALSE, FALSE, sizeof (DspId));
  DspId mine = test_random_id (f->rand), other = test_random_id (f->rand);
  gint64 cursor;
  gboolean more;

  begin (f);
  create (f, &mine);
  create (f, &other);
  g_assert_true (change_order (f, 0, &other, false, false, &error)); /* goes away */
  g_assert_true (change_order (f, 1, &mine, false, false, &error));  /* comes */
  g_assert_true (change_order (f, 0, &other, true, false, &error));  /* not seen */
  g_assert_true (change_order (f, 0, &mine, true, false, &error));   /* the one that came is deleted */
  f->no = 2;
  commit (f);

  g_array_append_val (scopes, mine);
  g_autoptr(GArray) seen = read_feed (f, 0, scopes, 100, &cursor, &more);

  g_assert_cmpint (cursor, ==, 6);
  g_assert_false (more);
  g_assert_cmpint (seen->len, ==, 4);
  g_assert_cmpint (g_array_index (seen, DspChange, 0).op, ==, DSP_FEED_PUT);
  g_assert_cmpint (g_array_index (seen, DspChange, 1).op, ==, DSP_FEED_LEAVE);
  g_assert_null (g_array_index (seen, DspChange, 1).body);
  g_assert_cmpint (g_array_index (seen, DspChange, 2).op, ==, DSP_FEED_PUT);
  g_assert_true (dsp_id_equal (&g_array_index (seen, DspChange, 2).scope, &mine));
  g_assert_cmpint (g_array_index (seen, DspChange, 3).op, ==, DSP_FEED_DEL);
  for (guint i = 0; i < seen->len; i++)
    g_assert_true (g_array_index (seen, DspChange, i).last);

  /* Nothing of the others', and yet the cursor goes on. */
  g_array_index (scopes, DspId, 0) = test_random_id (f->rand);
  g_autoptr(GArray) none = read_feed (f, 0, scopes, 1, &cursor, &more);

  g_assert_cmpint (none->len, ==, 0);
  g_assert_cmpint (cursor, ==, 6);
  g_assert_no_error (error);
}

static void
test_rollback (Fixture      *f,
               gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DspFeedState before;
  DspDevice device;

  begin (f);
  create (f, &dsp_scope_company);
  commit (f);
  before = *dsp_feed_get_state (f->feed);

  begin (f);
  create (f, &dsp_scope_company);
  g_assert_true (change_order (f, 0, &dsp_scope_common, false, false, &error));
  finish (f);
  g_assert_cmpint (dsp_feed_get_device (f->feed, &f->device, &device, &error), ==, DSP_STEP_ROW);
  g_assert_cmpint (device.last_no, ==, 3);
  dsp_feed_rollback (f->feed);
  g_assert_cmpmem (dsp_feed_get_state (f->feed), sizeof before, &before, sizeof before);
  g_assert_cmpint (dsp_feed_get_device (f->feed, &f->device, &device, &error), ==, DSP_STEP_ROW);
  g_assert_cmpint (device.last_no, ==, 1);
  g_assert_cmpint (verify (f, NULL), ==, 0);

  /* The same after one command of a batch is undone alone. */
  f->no = 1;
  g_ptr_array_set_size (f->orders, 0);
  begin (f);
  create (f, &dsp_scope_company);
  g_assert_true (dsp_feed_mark (f->feed, &error));
  create (f, &dsp_scope_common);
  dsp_feed_undo (f->feed);
  f->no = 2;
  g_ptr_array_set_size (f->orders, 1);
  g_assert_true (dsp_feed_mark (f->feed, &error));
  create (f, &dsp_scope_company);
  g_assert_true (dsp_feed_keep (f->feed, &error));
  commit (f);
  g_assert_cmpint (dsp_feed_get_state (f->feed)->seq, ==, 3);
  g_assert_cmpint (verify (f, NULL), ==, 0);
  g_assert_no_error (error);

  /* What was committed is what a new process finds. */
  before = *dsp_feed_get_state (f->feed);
  dsp_feed_close (f->feed);
  f->feed = dsp_feed_open (f->db, &error);
  g_assert_cmpmem (dsp_feed_get_state (f->feed), sizeof before, &before, sizeof before);
}

static void
test_results (Fixture      *f,
              gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_auto(DspResult) stored = { 0 };
  DspResult result = { .status = (char *) "rejected", .code = (char *) "state", .seq = 5, .at_us = NOW,
                       .reply = (char *) "{\"a\":1}" };
  DspDevice device;
  DspId unknown = test_random_id (f->rand);

  memset (result.cmd_hash, 7, sizeof result.cmd_hash);
  begin (f);
  g_assert_true (dsp_feed_put_result (f->feed, &f->device, 1, &result, &error));
  g_assert_false (dsp_feed_put_result (f->feed, &f->device, 1, &result, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (dsp_feed_put_result (f->feed, &f->device, 3, &result, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (dsp_feed_put_result (f->feed, &unknown, 1, &result, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (dsp_feed_set_device_state (f->feed, &f->device, "quarantined", &error));
  commit (f);

  g_assert_cmpint (dsp_feed_get_result (f->db, &f->device, 2, &stored, &error), ==, DSP_STEP_DONE);
  g_assert_cmpint (dsp_feed_get_result (f->db, &f->device, 1, &stored, &error), ==, DSP_STEP_ROW);
  g_assert_cmpmem (stored.cmd_hash, DSP_DIGEST, result.cmd_hash, DSP_DIGEST);
  g_assert_cmpstr (stored.status, ==, "rejected");
  g_assert_cmpstr (stored.code, ==, "state");
  g_assert_cmpstr (stored.reply, ==, result.reply);
  g_assert_cmpint (dsp_feed_read_device (f->db, &f->device, &device, &error), ==, DSP_STEP_ROW);
  g_assert_cmpint (device.last_no, ==, 1);
  g_assert_cmpstr (device.state, ==, "quarantined");
  g_assert_true (dsp_id_equal (&device.user_id, &f->user));

  gint64 ver;

  begin (f);
  g_assert_true (dsp_feed_bump_grants (f->feed, &f->user, &error));
  g_assert_true (dsp_feed_bump_grants (f->feed, &f->user, &error));
  commit (f);
  g_assert_true (dsp_feed_grants_ver (f->db, &f->user, &ver, &error));
  g_assert_cmpint (ver, ==, 2);
  g_assert_true (dsp_feed_grants_ver (f->db, &unknown, &ver, &error));
  g_assert_cmpint (ver, ==, 0);
  g_assert_no_error (error);
}

static gboolean
add_entry (gconstpointer record,
           gpointer      user_data)
{
  const DspHistory *entry = record;

  g_string_append_printf (user_data, "%s %s>%s %s %s\n", entry->command, entry->from_state != NULL ? entry->from_state : "",
                          entry->to_state != NULL ? entry->to_state : "", entry->changes != NULL ? entry->changes : "",
                          entry->reason != NULL ? entry->reason : "");
  return TRUE;
}

static void
test_history (Fixture      *f,
              gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) entries = g_string_new (NULL);
  DspOrder *order = dsp_order_new ();
  DspId id = test_random_id (f->rand);
  DspEdit edit = { .entity = &dsp_order, .after = order, .mask = DSP_FIELDS_ALL };
  DspEdit *edits[] = { &edit };
  DspFeedCommand c;

  order->id = id;
  order->scope = dsp_scope_company;
  order->version = 1;
  order->number = g_strdup ("N-1");
  order->status = DSP_ORDER_ASSIGNED;
  begin (f);
  f->no = 1;
  c = command (f, &dsp_order_create);
  g_assert_true (dsp_feed_append (f->feed, &c, edits, 1, NULL, &error));
  g_ptr_array_add (f->orders, order);
  g_assert_true (change_order (f, 0, &dsp_scope_company, false, false, &error));
  g_assert_true (change_order (f, 0, &dsp_scope_company, true, false, &error));
  c.no_history = true;
  c.command = &dsp_postal_code_import;
  g_assert_true (dsp_feed_note (f->feed, &c, "file", &f->device, &dsp_scope_common, "{\"added\":3}", &error));
  commit (f);
  g_assert_true (dsp_table_each_id (f->db, NULL, &dsp_history, dsp_table_at (&dsp_history.table, offsetof (DspHistory, record_id)),
                                    &id, DSP_FIELDS_ALL, add_entry, entries, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (entries->str, ==,
                   "order.create >assigned  \n"
                   "order.close assigned>closed {\"status\":[\"assigned\",\"closed\"],\"observation\":[null,\"\\\"seen\\\" ñ\"]} because\n"
                   "order.close closed> {\"number\":[\"N-1\",null],\"status\":[\"closed\",null],\"observation\":[\"\\\"seen\\\" ñ\",null]} \n");
  g_assert_cmpint (verify (f, NULL), ==, 0);
}

static void
test_conflict (Fixture      *f,
               gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DspOrder *order;

  begin (f);
  create (f, &dsp_scope_company);
  commit (f);
  order = g_ptr_array_index (f->orders, 0);
  order->version = 5;
  begin (f);
  g_assert_false (change_order (f, 0, &dsp_scope_company, false, false, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
  dsp_feed_rollback (f->feed);
  g_assert_cmpint (verify (f, NULL), ==, 0);
}

static void
fill (Fixture *f)
{
  g_autoptr(GError) error = NULL;

  begin (f);
  for (guint i = 0; i < 12; i++)
    create (f, i % 3 == 0 ? &dsp_scope_common : &dsp_scope_company);
  for (guint i = 0; i < 12; i++)
    g_assert_true (change_order (f, i, &dsp_scope_company, false, false, &error));
  for (guint i = 0; i < 4; i++)
    g_assert_true (change_order (f, i, &dsp_scope_common, i == 3, false, &error));
  commit (f);
  g_assert_no_error (error);
}

static void
test_prune (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  guint n, total = 0;
  gint64 cursor, head;
  gboolean more;
  guint8 digest[DSP_DIGEST];

  fill (f);
  g_assert_cmpint (dsp_feed_get_state (f->feed)->seq, ==, 28);
  begin (f);
  do
    {
      g_assert_true (dsp_feed_prune (f->feed, G_MAXINT64, 20, 7, &n, &error));
      total += n;
    }
  while (n > 0);
  commit (f);
  g_assert_cmpint (total, ==, 20);
  g_assert_cmpint (dsp_feed_get_state (f->feed)->floor_seq, ==, 20);
  g_assert_cmpint (verify (f, NULL), ==, 0);

  g_autoptr(GArray) page = read_feed (f, 20, NULL, 100, &cursor, &more);

  g_assert_cmpint (page->len, ==, 8);
  g_assert_false (dsp_feed_read (f->db, 19, NULL, NULL, 100, 100, see, page, &cursor, &head, &more, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpint (dsp_feed_digest_at (f->db, 20, digest, &error), ==, DSP_STEP_ROW);
  g_assert_cmpint (dsp_feed_digest_at (f->db, 19, digest, &error), ==, DSP_STEP_DONE);
  g_assert_cmpint (dsp_feed_digest_at (f->db, 28, digest, &error), ==, DSP_STEP_ROW);
  g_assert_cmpmem (digest, DSP_DIGEST, dsp_feed_get_state (f->feed)->digest, DSP_DIGEST);
  g_assert_cmpint (dsp_feed_digest_at (f->db, 29, digest, &error), ==, DSP_STEP_DONE);
  begin (f);
  g_assert_true (dsp_feed_prune (f->feed, NOW, 28, 7, &n, &error));
  g_assert_cmpint (n, ==, 0);
  commit (f);
}

/* Each of these on a fresh database: what was done, and a word of what must be said about it. */
static const struct { const char *sql, *said; } tampering[] = {
  { "UPDATE \"change\" SET body = replace(body, 'status', 'statu5') WHERE seq = 15", "the body of change 15 " },
  { "UPDATE \"change\" SET body = NULL WHERE seq = 15", "the body of change 15 " },
  { "UPDATE \"change\" SET version = 9 WHERE seq = 15", "change 15 does not follow" },
  { "UPDATE \"change\" SET scope_new = x'00000000000000000000000000000001' WHERE seq = 15", "change 15 does not follow" },
  { "UPDATE \"change\" SET op = 1 WHERE seq = 15", "change 15 does not follow" },
  { "UPDATE \"change\" SET digest = zeroblob(32) WHERE seq = 15", "change 15 does not follow" },
  { "UPDATE \"change\" SET digest = 'x' WHERE seq = 15", "change 15 has no hashes" },
  { "DELETE FROM \"change\" WHERE seq = 15", "changes 15 to 15 are missing" },
  { "DELETE FROM \"change\" WHERE seq = 1", "changes 1 to 1 are missing" },
  { "DELETE FROM \"change\" WHERE seq > 20", "it ends with change 20" },
  { "UPDATE \"change\" SET seq = -seq WHERE seq IN (5, 6); UPDATE \"change\" SET seq = 11 + seq WHERE seq < 0", "change 5 does not follow" },
  { "UPDATE \"feed_state\" SET seq = 27, digest = (SELECT digest FROM \"change\" WHERE seq = 27);"
    " DELETE FROM \"change\" WHERE seq = 28", "is gone, and no later change" },
  { "UPDATE \"history\" SET user_name = 'eve' WHERE seq = 9", "entry 9 is not what was written" },
  { "UPDATE \"history\" SET changes = NULL WHERE seq = 20", "entry 20 is not what was written" },
  { "UPDATE \"history\" SET at = at + 1 WHERE seq = 9", "entry 9 is not what was written" },
  { "DELETE FROM \"history\" WHERE seq = 9", "entries 9 to 9 are missing" },
  { "DELETE FROM \"history\" WHERE seq = 1", "entries 1 to 1 are missing" },
  { "DELETE FROM \"history\" WHERE seq > 25", "it ends with entry 25" },
  { "UPDATE \"history\" SET seq = -seq WHERE seq IN (5, 6); UPDATE \"history\" SET seq = 11 + seq WHERE seq < 0", "history: entry" },
  { "INSERT INTO \"history\" (id, scope, version, seq, entity, record_id, command, at) VALUES (randomblob(16), zeroblob(16), 1, 29,"
    " 'order', randomblob(16), 'order.close', 5)", "entry 29 has no hashes" },
  { "UPDATE \"history\" SET body_hash = zeroblob(32) WHERE seq = 9", "entry 9 is not what was written" },
  { "UPDATE \"history\" SET before_record = zeroblob(32) WHERE seq = 20", "entry 20 does not follow from its record's" },
  { "UPDATE \"order\" SET number = 'stolen' WHERE _row = 3", "is not what change" },
  { "UPDATE \"order\" SET version = 1 WHERE _row = 5", "is at version 1" },
  { "UPDATE \"order\" SET scope = x'00000000000000000000000000000001' WHERE _row = 6", "scope" },
  { "DELETE FROM \"order\" WHERE _row = 7", "rows, its sum says" },
  { "INSERT INTO \"crew\" (id, scope, version) VALUES (randomblob(16), x'00000000000000000000000000000002', 1)", "that no sum knows" },
  { "UPDATE \"scope_sum\" SET sum = zeroblob(16) WHERE entity = 'order'", "are not those of its sum" },
};

static void
test_tampering (Fixture      *f,
                gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fill (f);
  g_assert_cmpint (verify (f, NULL), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (tampering); i++)
    {
      g_autoptr(GString) findings = g_string_new (NULL);
      g_autofree char *sql = test_sql (&f->place, tampering[i].sql);
      guint n;

      g_assert_true (dsp_db_begin (f->db, &error));
      dsp_db_exec (f->db, sql, &error);
      g_assert_no_error (error);
      g_test_message ("-- %s", sql);
      dsp_feed_verify (f->db, count_finding, findings, &n, &error);
      g_assert_no_error (error);
      dsp_db_rollback (f->db);
      g_assert_cmpint (n, >, 0);
      if (strstr (findings->str, tampering[i].said) == NULL)
        g_error ("after %s nothing was said of “%s”:\n%s", tampering[i].sql, tampering[i].said, findings->str);
    }
}

static void
test_erasure (Fixture      *f,
              gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fill (f);
  dsp_db_exec (f->db, "UPDATE \"change\" SET body = NULL, salt = NULL WHERE seq = 3", &error);
  dsp_db_exec (f->db, "UPDATE \"history\" SET salt = NULL, reason = NULL WHERE seq = 3", &error);
  g_assert_no_error (error);
  g_assert_cmpint (verify (f, NULL), ==, 0);
}

static void
test_blobs (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static ("\0geometry", 9);
  DspId hash = test_random_id (f->rand), other = test_random_id (f->rand);

  g_assert_true (dsp_blob_put (f->db, &hash, bytes, &error));
  g_assert_true (dsp_blob_put (f->db, &hash, bytes, &error));
  g_autoptr(GBytes) stored = dsp_blob_get (f->db, &hash, &error);

  g_assert_true (g_bytes_equal (stored, bytes));
  g_assert_cmpint (dsp_blob_has (f->db, &hash, &error), ==, DSP_STEP_ROW);
  g_assert_cmpint (dsp_blob_has (f->db, &other, &error), ==, DSP_STEP_DONE);
  g_assert_null (dsp_blob_get (f->db, &other, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/store/feed/is-in-order-and-cut-between-commands", test_order_and_pages);
  ADD ("/store/feed/shows-each-scope-its-own", test_scopes);
  ADD ("/store/feed/rollback-forgets-the-batch", test_rollback);
  ADD ("/store/feed/results-take-each-number-once", test_results);
  ADD ("/store/feed/history-is-the-diff", test_history);
  ADD ("/store/feed/refuses-edits-of-another-version", test_conflict);
  ADD ("/store/feed/prune-keeps-the-chain", test_prune);
  ADD ("/store/feed/verify-finds-every-tampering", test_tampering);
  ADD ("/store/feed/erasure-leaves-it-whole", test_erasure);
  ADD ("/store/feed/blobs-are-kept-by-their-hash", test_blobs);
  return g_test_run ();
}
