/* test-keeper-copy.c: whole copies into the cache file, and copies of one scope
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "keeper-fixture.h"

static gint64
count (Fixture    *f,
       const char *table)
{
  g_autofree char *uri = g_strconcat ("sqlite:", f->path, NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM \"%s\"", table);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_READ_ONLY, &error);
  gint64 n = -1;

  g_assert_no_error (error);
  dsp_db_int (db, sql, &n, &error);
  g_assert_no_error (error);
  return n;
}

/* A second copy is cut off after two pages, and the program ends: it goes on at the third, and what was seen until then
 * stays to be seen. */
static void
test_unfinished_copy_goes_on (Fixture      *f,
                              gconstpointer data)
{
  g_auto(DspCopyPlace) place = { NULL };
  g_autoptr(GError) error = NULL;
  g_autofree char *cursor = NULL;
  DspOrder orders[3] = { 0 };

  for (guint i = 0; i < 3; i++)
    {
      g_autofree DspOrder *order = office_order (100 + i);

      orders[i] = *order;
    }
  g_assert_true (dsp_keeper_copy_begin (f->keeper, FALSE, &place, &error));
  g_assert_null (place.scope);
  office_feed_page (f->keeper, &dsp_order, &orders[0], 1, true);
  office_feed_page (f->keeper, &dsp_order, &orders[1], 1, false);
  open_again (f);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_UNASSIGNED);

  g_assert_true (dsp_keeper_copy_begin (f->keeper, FALSE, &place, &error));
  g_assert_cmpstr (place.scope, ==, "all");
  g_assert_cmpstr (place.next, ==, "x");
  g_assert_cmpuint (place.n_rows, ==, 2);
  office_feed_page (f->keeper, &dsp_order, &orders[2], 1, false);
  g_assert_true (dsp_keeper_copy_index (f->keeper, &cursor, &error));
  g_assert_null (cursor);
  g_assert_true (dsp_keeper_copy_swap (f->keeper, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (f, "order"), ==, 3);

  /* The next one starts from nothing. */
  dsp_copy_place_clear (&place);
  g_assert_true (dsp_keeper_copy_begin (f->keeper, FALSE, &place, &error));
  g_assert_null (place.scope);
  dsp_keeper_copy_abort (f->keeper);
  for (guint i = 0; i < 3; i++)
    dsp_table_clear (&dsp_order.table, &orders[i]);
}

/* A granted scope is fetched alone; what is here stays, and a row that the feed brought newer is not made older. A restart in
 * between goes on where it was. */
static void
test_added_scope (Fixture      *f,
                  gconstpointer data)
{
  g_auto(DspCopyPlace) place = { NULL };
  g_auto(GStrv) added = NULL, none = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree DspOrder *fresh = office_order (100), *old = office_order (0);
  g_autofree char *reply = NULL;
  DspId scope = office_id ("distributor", 2);
  gint64 there = count (f, "order");
  char text[DSP_ID_TEXT];
  DspPulled pulled;

  dsp_id_print (&scope, text);
  reply = g_strdup_printf ("{\"epoch\":\"" OFFICE_EPOCH "\",\"head\":10,\"cursor\":\"c\",\"more\":true,\"grants\":{\"ver\":2,\"del\":[],"
                           "\"add\":[\"%s\"]},\"changes\":[]}", text);
  g_assert_true (dsp_keeper_pulled (f->keeper, reply, strlen (reply), &pulled, &error));
  g_assert_false (pulled.bootstrap);
  added = dsp_keeper_dup_added (f->keeper);
  g_assert_nonnull (added);
  g_assert_cmpstr (added[0], ==, text);
  g_assert_null (added[1]);

  g_assert_true (dsp_keeper_copy_begin (f->keeper, TRUE, &place, &error));
  office_feed_page (f->keeper, &dsp_order, fresh, 1, true);
  open_again (f);
  g_assert_cmpint (count (f, "order"), ==, there);
  g_assert_true (dsp_keeper_copy_begin (f->keeper, TRUE, &place, &error));
  g_assert_cmpuint (place.n_rows, ==, 1);
  old->version = 1;
  g_free (old->contact_name);
  old->contact_name = g_strdup ("as it was");
  office_feed_page (f->keeper, &dsp_order, old, 1, false);
  g_assert_true (dsp_keeper_copy_add (f->keeper, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (f, "order"), ==, there + 1);
  g_assert_cmpstr (order_of (f, 0)->contact_name, !=, "as it was");
  none = dsp_keeper_dup_added (f->keeper);
  g_assert_null (none);
  dsp_table_clear (&dsp_order.table, fresh);
  dsp_table_clear (&dsp_order.table, old);
}

/* Where the feed goes on is where the list of scopes was read, not where the first page was: what was granted in between comes. */
static void
test_begins_with_the_list (Fixture      *f,
                           gconstpointer data)
{
  g_auto(DspCopyPlace) place = { NULL };
  g_autoptr(GError) error = NULL;
  g_autofree DspOrder *order = office_order (100);
  g_autofree char *cursor = NULL, *after = NULL;
  g_autofree char *grants = g_strdup ("{\"epoch\":\"" OFFICE_EPOCH "\",\"head\":10,\"cursor\":\"c\",\"more\":true,\"grants\":{\"ver\":2,\"del\":[],"
                                      "\"add\":[]},\"changes\":[]}");
  gboolean done = FALSE;

  g_assert_true (dsp_keeper_copy_begin (f->keeper, FALSE, &place, &error));
  dsp_keeper_copy_start (f->keeper, OFFICE_EPOCH, "cursor-of-the-list", 8);
  office_feed_page (f->keeper, &dsp_order, order, 1, true);
  g_assert_true (dsp_keeper_copy_index (f->keeper, &cursor, &error));
  g_assert_cmpstr (cursor, ==, "cursor-of-the-list");
  g_assert_false (dsp_keeper_copy_pull (f->keeper, grants, strlen (grants), &after, &done, &error));
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CHANGED);
  dsp_keeper_copy_abort (f->keeper);
  dsp_table_clear (&dsp_order.table, order);
}

/* An order that moved to another distributor while his scope and then the other's was read is there once, as it is now. */
static void
test_moved_while_copied (Fixture      *f,
                         gconstpointer data)
{
  g_auto(DspCopyPlace) place = { NULL };
  g_autoptr(GError) error = NULL;
  g_autofree DspOrder *old = office_order (100), *moved = office_order (100);
  g_autofree char *cursor = NULL;

  moved->version = 2;
  moved->distributor_id = office_id ("distributor", 2);
  g_assert_true (dsp_keeper_copy_begin (f->keeper, FALSE, &place, &error));
  office_feed_page (f->keeper, &dsp_order, moved, 1, true);
  office_feed_page (f->keeper, &dsp_order, old, 1, false);
  g_assert_true (dsp_keeper_copy_index (f->keeper, &cursor, &error));
  g_assert_no_error (error);
  g_assert_true (dsp_keeper_copy_swap (f->keeper, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count (f, "order"), ==, 1);
  g_assert_cmpint (order_of (f, 100)->version, ==, 2);
  dsp_table_clear (&dsp_order.table, old);
  dsp_table_clear (&dsp_order.table, moved);
}

/* After a restore of the server nothing can be added to what is here: everything has to come anew, and not "the server's fault". */
static void
test_added_in_another_epoch (Fixture      *f,
                             gconstpointer data)
{
  g_auto(DspCopyPlace) place = { NULL };
  g_autoptr(GError) error = NULL;
  gint64 there = count (f, "order");

  g_assert_true (dsp_keeper_copy_begin (f->keeper, TRUE, &place, &error));
  dsp_keeper_copy_start (f->keeper, "22222222-2222-4333-8444-555555555555", "cursor", 3);
  g_assert_false (dsp_keeper_copy_add (f->keeper, &error));
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CHANGED);
  g_assert_cmpint (count (f, "order"), ==, there);
}

/* A damaged page is refused whole: nothing of it is there, and the copy can still go on. */
static void
test_damaged_page_of_a_copy (Fixture      *f,
                             gconstpointer data)
{
  static const char *const pages[] = {
    "{\"epoch\":\"" OFFICE_EPOCH "\",\"seq\":10,\"next\":null,\"entity\":\"order\",\"columns\":{\"n\":2,\"id\":["
    "\"01890a5d-ac96-774b-bcce-b302099a8057\",\"01890a5d-ac96-774b-bcce-b302099a8058\"],\"scope\":["
    "\"01890a5d-ac96-774b-bcce-b302099a8057\",\"7\"],\"version\":[1,1],\"fields\":{}}}",
    "{\"epoch\":\"" OFFICE_EPOCH "\",\"seq\":10,\"next\":null,\"entity\":\"order\",\"columns\":{\"n\":1,\"id\":["
    "\"01890a5d-ac96-774b-bcce-b302099a8057\"]", "{}", "[]", "",
  };
  g_auto(DspCopyPlace) place = { NULL };
  g_autoptr(GError) error = NULL;
  g_autofree DspOrder *order = office_order (100);

  g_assert_true (dsp_keeper_copy_begin (f->keeper, FALSE, &place, &error));
  office_feed_page (f->keeper, &dsp_order, order, 1, true);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *next = NULL;
      guint n;

      g_assert_false (dsp_keeper_copy_page (f->keeper, "all", pages[i], strlen (pages[i]), &next, &n, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
      g_assert_cmpint (count (f, "shadow_order"), ==, 1);
    }
  dsp_keeper_copy_abort (f->keeper);
  dsp_table_clear (&dsp_order.table, order);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/keeper-copy/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("P4/an-added-scope-is-fetched-alone", test_added_scope);
  ADD ("P3/a-copy-begins-with-the-list-of-scopes", test_begins_with_the_list);
  ADD ("P3/moved-while-it-was-copied", test_moved_while_copied);
  ADD ("P1/nothing-is-added-in-another-epoch", test_added_in_another_epoch);
  ADD ("unfinished-copy-goes-on", test_unfinished_copy_goes_on);
  ADD ("damaged-page-of-a-copy-is-refused-whole", test_damaged_page_of_a_copy);
  return g_test_run ();
}
