/* test-keeper.c: the cache file keeps what it was given, whatever happens in between
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "keeper-fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was given shows at once, waits, and is still there and still shows after the program was started again. */
static void
test_kept_over_restart (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = assign (f, 0, 2, 1);
  DspId crew = office_id ("crew", 1);
  guint n_deltas = f->n_deltas;

  g_assert_cmpuint (outcome->n_given, ==, 2);
  g_assert_cmpint (outcome->group, ==, 1);
  g_assert_cmpuint (n_deltas, >, 0);
  g_assert_cmpint (order_of (f, 1)->status, ==, DSP_ORDER_ASSIGNED);
  open_again (f);
  g_assert_cmpuint (n_waiting (f), ==, 1);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_ASSIGNED);
  g_assert_true (dsp_id_equal (&order_of (f, 1)->crew_id, &crew));
  g_assert_cmpint (order_of (f, 2)->status, ==, DSP_ORDER_UNASSIGNED);
}

/* A retired crew and an order that is assigned already are refused here, row by row; nothing of them is sent. */
static void
test_refused_here (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr(DspOutcome) first = assign (f, 0, 1, 1);
  g_autoptr(DspOutcome) second = assign (f, 0, 2, 2);
  g_autoptr(DspOutcome) retired = assign (f, 5, 1, 3);

  g_assert_cmpuint (second->n_given, ==, 1);
  g_assert_cmpuint (second->refused->len, ==, 1);
  g_assert_cmpint (g_array_index (second->refused, DspRefusal, 0).rule, ==, DSP_RULE_STATE);
  g_assert_cmpuint (retired->n_given, ==, 0);
  g_assert_cmpint (retired->group, ==, 0);
  g_assert_cmpint (g_array_index (retired->refused, DspRefusal, 0).rule, ==, DSP_RULE_CREW_RETIRED);
  g_assert_cmpuint (n_waiting (f), ==, 2);
  g_assert_cmpint (dsp_keeper_last_no (f->keeper), ==, 2);
}

/* The request is the same when it is sent again, and an answered command comes back by the feed, once. */
static void
test_sent_answered_settled (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = assign (f, 0, 1, 1);
  g_autoptr(GError) error = NULL;
  g_autofree char *one = NULL, *two = NULL, *three = NULL, *change = NULL;
  g_autoptr(DspOrder) order = office_order (0);
  gint64 first;

  one = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_no_error (error);
  g_assert_cmpint (first, ==, 1);
  open_again (f);
  two = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_cmpstr (one, ==, two);
  g_assert_nonnull (strstr (one, "\"kind\":\"order.assign\""));

  answer (f, "{\"no\":1,\"status\":\"applied\",\"seq\":11,\"version\":2}");
  three = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_null (three);
  g_assert_cmpuint (n_waiting (f), ==, 0);
  g_assert_cmpuint (f->keeper->pending->len, ==, 1);

  order->status = DSP_ORDER_ASSIGNED;
  order->crew_id = office_id ("crew", 1);
  order->assigned_at.us = 1;
  order->version = 2;
  change = office_change (11, order, "ana");
  office_pull (f->keeper, change, 11, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->keeper->pending->len, ==, 0);
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    g_assert_cmpuint (g_hash_table_size (f->keeper->overlay[i]), ==, 0);
  g_assert_cmpint (order_of (f, 0)->assigned_at.us, ==, 1);

  /* The same page once more changes nothing. */
  order->version = 1;
  order->status = DSP_ORDER_UNASSIGNED;
  g_free (change);
  change = office_change (11, order, "ana");
  office_pull (f->keeper, change, 11, &error);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_ASSIGNED);
}

/* Refused by the server: the record is the server's again, and the tray says field by field who did what. */
static void
test_refusal_is_explained (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = assign (f, 0, 1, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOrder) order = office_order (0);
  g_autofree char *change = NULL, *push = NULL;
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(DspOutcome) again = NULL;
  DspRejected *rejected;
  gint64 first;
  bool found = false;

  push = dsp_keeper_next_push (f->keeper, &first, &error);
  order->status = DSP_ORDER_ASSIGNED;
  order->crew_id = office_id ("crew", 2);
  order->version = 2;
  change = office_change (11, order, "luis");
  office_pull (f->keeper, change, 11, &error);
  g_assert_no_error (error);
  g_assert_true (dsp_id_equal (&order_of (f, 0)->crew_id, &order->crew_id));
  answer (f, "{\"no\":1,\"status\":\"rejected\",\"code\":\"state\",\"message\":\"is assigned\",\"seq\":null}");
  g_assert_cmpuint (n_rejected (f), ==, 1);

  open_again (f);
  g_assert_cmpuint (n_rejected (f), ==, 1);
  list = dsp_keeper_list_rejected (f->keeper, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  rejected = g_ptr_array_index (list, 0);
  g_assert_cmpstr (rejected->display, ==, "904000");
  g_assert_cmpint (rejected->rule, ==, DSP_RULE_STATE);
  g_assert_cmpstr (rejected->by, ==, "luis");
  g_assert_cmpint (rejected->by_at_us, >, 0);
  for (guint i = 0; i < rejected->fields->len; i++)
    {
      DspFieldConflict *field = &g_array_index (rejected->fields, DspFieldConflict, i);

      if (field->field->offset != offsetof (DspOrder, crew_id))
        continue;
      found = true;
      g_assert_null (field->seen);
      g_assert_cmpstr (field->wanted, ==, "C-01");
      g_assert_cmpstr (field->now, ==, "C-02");
    }
  g_assert_true (found);

  /* "All the same" makes it a move from where it is. */
  again = dsp_keeper_retry (f->keeper, rejected->no, &rejected->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->n_given, ==, 1);
  g_assert_cmpuint (n_rejected (f), ==, 0);
  order->crew_id = office_id ("crew", 1);
  g_assert_true (dsp_id_equal (&order_of (f, 0)->crew_id, &order->crew_id));
}

/* A drag whose rows are refused in part: the others stay done. */
static void
test_refused_in_part (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = assign (f, 0, 3, 1);
  g_autoptr(GError) error = NULL;
  g_autofree char *push = NULL, *results = NULL;
  DspId second = office_id ("order", 1);
  char id[DSP_ID_TEXT];
  gint64 first;

  push = dsp_keeper_next_push (f->keeper, &first, &error);
  dsp_id_print (&second, id);
  results = g_strdup_printf ("{\"no\":1,\"status\":\"applied\",\"seq\":14,\"refused\":[{\"id\":\"%s\",\"code\":\"changed\",\"message\":\"m\","
                             "\"now\":{\"status\":\"assigned\",\"by\":\"luis\",\"at\":\"2025-06-01T10:00:00Z\"}}]}", id);
  answer (f, results);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_ASSIGNED);
  g_assert_cmpint (order_of (f, 1)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_cmpint (order_of (f, 2)->status, ==, DSP_ORDER_ASSIGNED);
  g_assert_cmpuint (n_rejected (f), ==, 1);
  open_again (f);
  g_assert_cmpint (order_of (f, 1)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_cmpint (order_of (f, 2)->status, ==, DSP_ORDER_ASSIGNED);
  dsp_keeper_discard (f->keeper, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_rejected (f), ==, 0);
}

/* A change that met a newer one of somebody else stands, and it is said once of which record. */
static void
test_merged_is_told (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = assign (f, 3, 1, 1);
  g_autoptr(GError) error = NULL;
  g_autofree char *push = NULL;
  DspId id = office_id ("order", 3);
  gint64 first;

  push = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_nonnull (push);
  answer (f, "{\"no\":1,\"status\":\"merged\",\"seq\":14}");
  g_assert_cmpuint (f->n_merged, ==, 1);
  g_assert_true (dsp_id_equal (&f->merged_id, &id));
  g_assert_cmpint (order_of (f, 3)->status, ==, DSP_ORDER_ASSIGNED);
  g_assert_cmpuint (n_rejected (f), ==, 0);
  answer (f, "{\"no\":1,\"status\":\"merged\",\"seq\":14}");
  g_assert_cmpuint (f->n_merged, ==, 1);
}

static void
test_undo_before_sending (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = assign (f, 0, 3, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) undone = dsp_keeper_undo (f->keeper, outcome->group, &error);
  g_autofree char *push = NULL;
  gint64 first;

  g_assert_no_error (error);
  g_assert_cmpuint (undone->n_given, ==, 3);
  g_assert_cmpint (undone->group, ==, 0);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_cmpuint (n_waiting (f), ==, 0);
  open_again (f);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_UNASSIGNED);
  push = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_nonnull (strstr (push, "\"no\":1,\"kind\":\"noop\""));
  answer (f, "{\"no\":1,\"status\":\"applied\",\"seq\":0}");
  g_assert_cmpuint (f->keeper->pending->len, ==, 0);
}

/* After it was sent: assign is undone by unassign, move by a move back, unassign by an assignment to each old crew. */
static void
test_undo_after_sending (Fixture      *f,
                         gconstpointer data)
{
  g_autoptr(DspOutcome) one = assign (f, 0, 2, 1), two = assign (f, 2, 2, 2), unassigned = NULL, undone = NULL, redone = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *push = NULL;
  DspUnassign none = { .reason = NULL };
  DspId ids[4], crew_1 = office_id ("crew", 1), crew_2 = office_id ("crew", 2);
  gint64 first;

  for (guint i = 0; i < 4; i++)
    ids[i] = office_id ("order", i);
  unassigned = dsp_keeper_give (f->keeper, &dsp_order_unassign, ids, 4, &none, 0, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unassigned->n_given, ==, 4);
  push = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_no_error (error);
  undone = dsp_keeper_undo (f->keeper, unassigned->group, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (undone->n_given, ==, 4);
  g_assert_cmpint (undone->group, ==, 4);
  g_assert_true (dsp_id_equal (&order_of (f, 1)->crew_id, &crew_1));
  g_assert_true (dsp_id_equal (&order_of (f, 2)->crew_id, &crew_2));
  redone = dsp_keeper_undo (f->keeper, one->group, &error);
  g_assert_no_error (error);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_true (dsp_id_equal (&order_of (f, 2)->crew_id, &crew_2));
}

static void
test_large_drag_is_split (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = NULL;
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(GError) error = NULL;

  office_fill (f->keeper, 1000);
  outcome = assign (f, 0, 1000, 1);
  g_assert_cmpuint (outcome->n_given, ==, 1000);
  g_assert_cmpint (dsp_keeper_last_no (f->keeper), ==, 5);
  list = dsp_keeper_list_outbox (f->keeper, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpuint (((DspOutboxItem *) list->pdata[0])->n_rows, ==, 1000);
  g_assert_cmpstr (((DspOutboxItem *) list->pdata[0])->to, ==, "C-01");
}

static void
scribble (const char *path,
          off_t       from,
          gsize       n)
{
  int fd = g_open (path, O_WRONLY, 0);
  g_autofree char *junk = g_malloc (n);

  memset (junk, 0xa5, n);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, junk, n, from), ==, (gssize) n);
  close (fd);
}

/* A damaged base: what waits and who this is are saved, the base is to be fetched again, nothing crashes. */
static void
test_damaged (Fixture      *f,
              gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *cursor = NULL;
  gint64 page;

  office_fill (f->keeper, 2000);
  outcome = assign (f, 0, 2, 1);
  dsp_db_int (f->keeper->db, "SELECT \"rootpage\" FROM \"sqlite_master\" WHERE \"name\" = 'order'", &page, &error);
  g_assert_no_error (error);
  g_clear_pointer (&f->keeper, dsp_keeper_close);
  scribble (f->path, (page - 1) * 4096, 8192);
  g_test_expect_message ("dsp-keeper", G_LOG_LEVEL_WARNING, "*damaged*");
  open_again (f);
  g_test_assert_expected_messages ();
  g_assert_true (dsp_keeper_was_salvaged (f->keeper));
  g_assert_cmpint (dsp_keeper_last_no (f->keeper), ==, 1);
  g_assert_cmpuint (f->keeper->pending->len, ==, 1);
  cursor = dsp_keeper_dup_cursor (f->keeper);
  g_assert_null (cursor);
  office_fill (f->keeper, 20);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_ASSIGNED);
}

/* Not a database at all: an error, and the file stays as it is. */
static void
test_not_a_database (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspKeeper) keeper = NULL;

  g_clear_pointer (&f->keeper, dsp_keeper_close);
  scribble (f->path, 0, 4096);
  g_test_expect_message ("dsp-keeper", G_LOG_LEVEL_WARNING, "*damaged*");
  keeper = dsp_keeper_open (f->path, NULL, NULL, &error);
  g_test_assert_expected_messages ();
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_DAMAGED);
  g_assert_null (keeper);
  g_assert_true (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

static void
test_newer_is_refused (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspKeeper) keeper = NULL;
  g_autoptr(DspOutcome) outcome = assign (f, 0, 1, 1);

  dsp_db_exec (f->keeper->db, "UPDATE \"schema_part\" SET \"version\" = 99 WHERE \"name\" = 'outbox'", &error);
  g_assert_no_error (error);
  g_clear_pointer (&f->keeper, dsp_keeper_close);
  keeper = dsp_keeper_open (f->path, NULL, NULL, &error);
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NEWER);
}

static void
test_second_copy_is_kept_out (Fixture      *f,
                              gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspKeeper) keeper = dsp_keeper_open (f->path, NULL, NULL, &error);

  g_assert_null (keeper);
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_LOCKED);
}

/* No room on the disk: a clear error, what shows is what was there before, and it works again when there is room. */
static void
test_disk_full (Fixture      *f,
                gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = NULL, later = NULL;
  DspAssign args = { .crew_id = office_id ("crew", 1) };
  g_autofree DspId *ids = g_new (DspId, 1000);
  g_autofree char *limit = NULL;
  gint64 n_pages;

  office_fill (f->keeper, 1000);
  dsp_keeper_idle (f->keeper);
  for (guint i = 0; i < 1000; i++)
    ids[i] = office_id ("order", i);
  dsp_db_exec (f->keeper->db, "VACUUM", &error);
  g_assert_no_error (error);
  dsp_db_int (f->keeper->db, "PRAGMA page_count", &n_pages, &error);
  limit = g_strdup_printf ("PRAGMA max_page_count = %" G_GINT64_FORMAT, n_pages);
  dsp_db_exec (f->keeper->db, limit, &error);
  g_assert_no_error (error);
  outcome = dsp_keeper_give (f->keeper, &dsp_order_assign, ids, 1000, &args, 1, FALSE, &error);
  g_assert_null (outcome);
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FULL);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_cmpint (dsp_keeper_last_no (f->keeper), ==, 0);
  g_clear_error (&error);
  dsp_db_exec (f->keeper->db, "PRAGMA max_page_count = 1000000", &error);
  g_assert_no_error (error);
  later = assign (f, 0, 1000, 1);
  g_assert_cmpuint (later->n_given, ==, 1000);
  open_again (f);
  g_assert_cmpint (order_of (f, 999)->status, ==, DSP_ORDER_ASSIGNED);
}

/* Killed between the giving and the sending: what the giving said is on the disk, is. */
static void
test_killed_after_giving (Fixture      *f,
                          gconstpointer data)
{
  int done[2], status;
  char byte = 0;
  pid_t child;

  g_clear_pointer (&f->keeper, dsp_keeper_close);
  g_assert_cmpint (pipe (done), ==, 0);
  child = fork ();
  if (child == 0)
    {
      g_autoptr(DspOutcome) outcome = NULL;

      f->keeper = dsp_keeper_open (f->path, NULL, NULL, NULL);
      outcome = assign (f, 0, 7, 2);
      byte = outcome->n_given == 7 ? 'y' : 'n';
      if (write (done[1], &byte, 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }
  g_assert_cmpint (read (done[0], &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'y');
  kill (child, SIGKILL);
  waitpid (child, &status, 0);
  close (done[0]);
  close (done[1]);
  open_again (f);
  g_assert_cmpuint (n_waiting (f), ==, 1);
  g_assert_cmpint (order_of (f, 6)->status, ==, DSP_ORDER_ASSIGNED);
}

/* P4: what may no longer be seen is gone from the tables, at once. */
static void
test_scope_taken_away (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DspId scope = office_id ("distributor", 1);
  char text[DSP_ID_TEXT];
  g_autofree char *reply = NULL;
  DspPulled pulled;
  gint64 n;

  dsp_id_print (&scope, text);
  reply = g_strdup_printf ("{\"epoch\":\"" OFFICE_EPOCH "\",\"head\":10,\"cursor\":\"c\",\"more\":true,\"grants\":{\"ver\":2,\"del\":[\"%s\"],"
                           "\"add\":[]},\"changes\":[]}", text);
  dsp_keeper_pulled (f->keeper, reply, strlen (reply), &pulled, &error);
  g_assert_no_error (error);
  g_assert_true (pulled.more);
  g_assert_false (pulled.bootstrap);
  dsp_db_int (f->keeper->db, "SELECT count(*) FROM \"order\"", &n, &error);
  g_assert_cmpint (n, ==, 0);
}

/* The server was restored from a backup: what it forgot is offered again under the same numbers. */
static void
test_offered_again_after_restore (Fixture      *f,
                                  gconstpointer data)
{
  g_autoptr(DspOutcome) one = assign (f, 0, 1, 1), two = assign (f, 1, 1, 1);
  g_autoptr(GError) error = NULL;
  g_autofree char *push = NULL, *again = NULL;
  gint64 first;

  push = dsp_keeper_next_push (f->keeper, &first, &error);
  answer (f, "{\"no\":1,\"status\":\"applied\",\"seq\":11},{\"no\":2,\"status\":\"applied\",\"seq\":12}");
  office_pull (f->keeper, "", 12, &error);
  g_assert_cmpuint (f->keeper->pending->len, ==, 0);
  dsp_keeper_renumber (f->keeper, 1, &error);
  g_assert_no_error (error);
  again = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_cmpint (first, ==, 2);
  g_assert_nonnull (strstr (again, "order.assign"));
}

/* A file that was put back from a copy: the server has heard more than it says. It keeps still until it has a new device;
 * then what waits is given anew, from 1 on. */
static void
test_rolled_back_file (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = assign (f, 0, 1, 1);
  g_autoptr(GError) error = NULL;
  DspId user = office_id ("user", 1), device = office_id ("device", 1), fresh = office_id ("device", 2);
  g_autofree char *push = NULL, *again = NULL;
  gint64 first;

  dsp_keeper_set_session (f->keeper, "https://server", NULL, &user, "ana", "Ana", &device, OFFICE_EPOCH, 7, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (dsp_keeper_is_rolled_back (f->keeper));
  push = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_null (push);
  dsp_keeper_set_session (f->keeper, "https://server", NULL, &user, "ana", "Ana", &fresh, OFFICE_EPOCH, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (dsp_keeper_is_rolled_back (f->keeper));
  g_assert_cmpuint (n_waiting (f), ==, 1);
  again = dsp_keeper_next_push (f->keeper, &first, &error);
  g_assert_nonnull (again);
  g_assert_cmpint (first, ==, 1);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_ASSIGNED);
}

static void
test_other_users_file (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DspId user = office_id ("user", 2), device = office_id ("device", 3);

  g_assert_false (dsp_keeper_set_session (f->keeper, "https://server", NULL, &user, "luis", NULL, &device, OFFICE_EPOCH, 0, NULL, &error));
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED);
}

/* Random commands, answers and pages in any order: the overlay that was kept up record by record is the one that a whole
 * replay gives. */
static void
test_replay_is_the_same (Fixture      *f,
                         gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  gint64 seq = 10;

  for (guint turn = 0; turn < 400; turn++)
    {
      guint n = (guint) g_test_rand_int_range (0, 20), crew = (guint) g_test_rand_int_range (1, 3);
      g_autoptr(DspOutcome) outcome = NULL;
      DspId id = office_id ("order", n);

      switch (g_test_rand_int_range (0, 6))
        {
        case 0:
        case 1:
          outcome = assign (f, n, MIN (20 - n, 4), crew);
          break;
        case 2:
          {
            DspUnassign args = { .reason = (char *) "r" };
            outcome = dsp_keeper_give (f->keeper, &dsp_order_unassign, &id, 1, &args, 2, FALSE, &error);
            break;
          }
        case 3:
          {
            g_autoptr(DspOrder) order = office_order (n);
            g_autofree char *change = NULL;
            gconstpointer base;

            /* Somebody else: one version further than this base has it. */
            dsp_table_get (f->keeper->db, NULL, &dsp_order, &id, DSP_FIELDS_ALL, order, &error);
            order->version++;
            order->status = order->status == DSP_ORDER_UNASSIGNED ? DSP_ORDER_ASSIGNED : DSP_ORDER_UNASSIGNED;
            order->crew_id = order->status == DSP_ORDER_ASSIGNED ? office_id ("crew", crew) : dsp_id_none;
            change = office_change (++seq, order, "luis");
            office_pull (f->keeper, change, seq, &error);
            (void) base;
            break;
          }
        case 4:
          {
            gint64 first;
            g_autofree char *push = dsp_keeper_next_push (f->keeper, &first, &error);
            g_autofree char *results = NULL;

            if (push == NULL)
              break;
            if (g_test_rand_bit ())
              results = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"status\":\"rejected\",\"code\":\"state\"}", first);
            else
              results = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"status\":\"applied\",\"seq\":%" G_GINT64_FORMAT "}", first,
                                         seq + g_test_rand_int_range (0, 3));
            answer (f, results);
            break;
          }
        default:
          outcome = dsp_keeper_undo (f->keeper, g_test_rand_int_range (1, (int) dsp_keeper_last_no (f->keeper) + 2), &error);
          g_clear_error (&error); /* some cannot be undone */
        }
      g_assert_no_error (error);
      {
        g_autoptr(GHashTable) affected = dsp_key_set_new ();
        GHashTableIter iter;
        gpointer key;

        dsp_keeper_replay (f->keeper, affected, TRUE, &error);
        g_assert_no_error (error);
        g_hash_table_iter_init (&iter, affected);
        while (g_hash_table_iter_next (&iter, &key, NULL))
          g_test_message ("turn %u: differs", turn);
        g_assert_cmpuint (g_hash_table_size (affected), ==, 0);
      }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/keeper/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("kept-over-restart", test_kept_over_restart);
  ADD ("refused-here", test_refused_here);
  ADD ("sent-answered-settled", test_sent_answered_settled);
  ADD ("refusal-is-explained", test_refusal_is_explained);
  ADD ("refused-in-part", test_refused_in_part);
  ADD ("merged-is-told", test_merged_is_told);
  ADD ("undo-before-sending", test_undo_before_sending);
  ADD ("undo-after-sending", test_undo_after_sending);
  ADD ("large-drag-is-split", test_large_drag_is_split);
  ADD ("damaged", test_damaged);
  ADD ("not-a-database", test_not_a_database);
  ADD ("newer-is-refused", test_newer_is_refused);
  ADD ("second-copy-is-kept-out", test_second_copy_is_kept_out);
  ADD ("disk-full", test_disk_full);
  ADD ("killed-after-giving", test_killed_after_giving);
  ADD ("scope-taken-away", test_scope_taken_away);
  ADD ("offered-again-after-restore", test_offered_again_after_restore);
  ADD ("rolled-back-file", test_rolled_back_file);
  ADD ("other-users-file", test_other_users_file);
  ADD ("replay-is-the-same", test_replay_is_the_same);
  return g_test_run ();
}
