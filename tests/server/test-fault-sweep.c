/* test-fault-sweep.c: the k-th write to the disk fails under a real despachod, for every k, once or from then on (T4)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer "applied" means stored; a 503 means that nothing was, and the same request succeeds once the disk works again.
 */
#include "config.h"
#include "money-office.h"
#include "fault-shim.h"

#include "dsp-feed.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
  MoneyOffice office;
  char       *path;
  Faults     *faults;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  int fd = g_file_open_tmp ("despacho-faults-XXXXXX", &f->path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, sizeof (Faults)), ==, 0);
  f->faults = mmap (NULL, sizeof (Faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (f->faults != MAP_FAILED);
  close (fd);
  g_setenv ("DESPACHO_FAULTS", f->path, TRUE);
  g_setenv ("LD_PRELOAD", g_getenv ("FAULT_SHIM"), TRUE);
  money_open (&f->office, data);
  g_unsetenv ("LD_PRELOAD");
}

static void
start_again (Fixture *f)
{
  test_client_close (f->office.root);
  test_server_stop (f->office.server, SIGKILL);
  g_setenv ("LD_PRELOAD", g_getenv ("FAULT_SHIM"), TRUE);
  test_server_start (f->office.server);
  g_unsetenv ("LD_PRELOAD");
}

static void
on_finding (const char *what,
            gpointer    user_data)
{
  g_printerr ("%s\n", what);
}

/* Chain and sums are whole. */
static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_autofree char *uri = test_server_dup_uri (f->office.server);
  g_autoptr(GError) error = NULL;
  guint n_findings = 0;

  test_client_close (f->office.root);
  test_server_stop (f->office.server, SIGTERM);
  {
    g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_READ_ONLY, &error);

    g_assert_no_error (error);
    g_assert_true (dsp_feed_verify (db, on_finding, NULL, &n_findings, &error));
    g_assert_cmpuint (n_findings, ==, 0);
  }
  money_close (&f->office, data);
  munmap (f->faults, sizeof (Faults));
  unlink (f->path);
  g_free (f->path);
}

/* What is tried: commands of one push; @id: of the record whose presence says whether they were done. (transfer full) */
typedef char *(*Make) (Fixture *f, const char *id, int round);

static char *
make_order (Fixture    *f,
            const char *id,
            int         round)
{
  return g_strdup_printf ("\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"number\":\"F%d\",\"account\":\"A%d\",\"group\":\"g\",\"type\":\"install\","
                          "\"created_at\":\"2026-01-05T10:00:00Z\",\"distributor_id\":\"%s\"}", id, round, round, f->office.distributor[0]);
}

/* A pre-invoice of the line that was entered before it. */
static char *
make_bill (Fixture    *f,
           const char *id,
           int         round)
{
  g_autofree char *line = test_id (), *args = NULL;

  args = g_strdup_printf ("\"number\":\"L%d\",\"distributor_id\":\"%s\",\"day\":\"2026-01-05\",\"amount\":\"1.00\",\"reason\":\"agreed\"", round,
                          f->office.distributor[0]);
  money_must (f->office.root, "statement_line.create", line, args);
  return g_strdup_printf ("\"kind\":\"pre_invoice.create\",\"id\":\"%s\",\"args\":{\"distributor_id\":\"%s\",\"from\":\"2026-01-01\",\"until\":\"2026-01-31\","
                          "\"n_lines\":1}", id, f->office.distributor[0]);
}

static gboolean
is_there (Fixture    *f,
          const char *entity,
          const char *id)
{
  g_autoptr(TestReply) reply = money_read (f->office.root, entity, id);

  g_assert_true (reply->status == 200 || reply->status == 404);
  return reply->status == 200;
}

static void
sweep (Fixture    *f,
       const char *entity,
       Make        make,
       bool        forever)
{
  static int round;
  TestClient *root = f->office.root;
  guint n_refused = 0;

  for (int k = 1;; k++)
    {
      g_autofree char *id = test_id (), *body = make (f, id, ++round), *command = NULL;
      gint64 no = ++root->no;
      g_autoptr(TestReply) reply = NULL;

      command = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":1,%s}", no, body);
      f->faults->n_calls = f->faults->failed = 0;
      f->faults->forever = forever;
      f->faults->at = k;
      reply = test_push_first (root, no, command);
      f->faults->at = 0;
      if (reply->status == 200)
        {
          money_expect (reply, NULL, NULL);
          g_assert_true (is_there (f, entity, id));
        }
      else
        {
          g_autoptr(TestReply) who = test_call (root, "GET", "v1/session", NULL);
          g_autoptr(TestReply) again = NULL;

          n_refused++;
          test_expect (reply, 503);
          g_assert_true (f->faults->failed);
          g_assert_false (is_there (f, entity, id));
          g_assert_cmpint (test_int (who, "last"), ==, no - 1);
          again = test_push_first (root, no, command);
          test_expect (again, 200);
          money_expect (again, NULL, NULL);
          g_assert_true (is_there (f, entity, id));
        }
      if (!f->faults->failed)
        break;
    }
  g_test_message ("%s%s: %u times refused", entity, forever ? ", and on" : "", n_refused);
  g_assert_cmpuint (n_refused, >, 0);
}

static void
orders (Fixture      *f,
        gconstpointer data)
{
  sweep (f, "order", make_order, false);
  sweep (f, "order", make_order, true);
}

static void
pre_invoices (Fixture      *f,
              gconstpointer data)
{
  sweep (f, "pre_invoice", make_bill, false);
  sweep (f, "pre_invoice", make_bill, true);
}

/* The server is gone at the k-th write of a generation, for every k. What the next one finds is the whole pre-invoice or the free
 * lines and no trace of it, not even a used number; sent again, it is there once. */
static void
killed_while_generating (Fixture      *f,
                         gconstpointer data)
{
  TestClient *root = f->office.root;
  guint n_nothing = 0, n_whole = 0;
  gboolean killed;
  int k = 1;

  do
    {
      g_autoptr(GPtrArray) orders = NULL;
      g_autofree char *prefix = g_strdup_printf ("K%d-", k), *id = test_id (), *from = money_day (9), *until = money_day (0);
      g_autofree char *number = g_strdup_printf ("D%07d", k), *line = NULL, *command = NULL;
      g_autoptr(TestReply) lost = NULL, found = NULL, again = NULL, bill = NULL;
      gint64 no;

      orders = money_close_orders (&f->office, 0, prefix, 3, 2);
      line = money_line_id (orders->pdata[0], "service", "service");
      no = ++root->no;
      command = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"pre_invoice.create\",\"id\":\"%s\",\"args\":"
                                 "{\"distributor_id\":\"%s\",\"from\":\"%s\",\"until\":\"%s\",\"n_lines\":3}}", no, id,
                                 f->office.distributor[0], from, until);
      f->faults->n_calls = f->faults->failed = 0;
      f->faults->kills = 1;
      f->faults->at = k;
      lost = test_push_first (root, no, command);
      f->faults->at = f->faults->kills = 0;
      killed = f->faults->failed;
      if (killed)
        start_again (f);
      found = money_read (root, "statement_line", line);
      if (is_there (f, "pre_invoice", id))
        {
          n_whole++;
          g_assert_cmpstr (test_text (found, "body/pre_invoice_id"), ==, id);
        }
      else
        {
          n_nothing++;
          g_assert_cmpstr (test_text (found, "body/state"), ==, "free");
          g_assert_cmpint (test_int (found, "version"), ==, 1);
        }
      again = test_push_first (root, no, command);
      test_expect (again, 200);
      money_expect (again, NULL, NULL);
      bill = money_read (root, "pre_invoice", id);
      g_assert_cmpint (test_int (bill, "body/n_lines"), ==, 3);
      g_assert_cmpstr (test_text (bill, "body/number"), ==, number);
      k++;
    }
  while (killed);
  g_test_message ("killed at %d writes: %u times nothing of it was there, %u times all", k - 2, n_nothing, n_whole);
  g_assert_cmpuint (n_nothing, >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/fault-sweep/T4/orders", Fixture, NULL, set_up, orders, tear_down);
  g_test_add ("/fault-sweep/T4/pre-invoices", Fixture, NULL, set_up, pre_invoices, tear_down);
  g_test_add ("/fault-sweep/S0-18/T3/killed-while-generating", Fixture, NULL, set_up, killed_while_generating, tear_down);
  return g_test_run ();
}
