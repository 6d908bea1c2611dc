/* test-road.c: what is proposed for a claim of kilometres: by the server, whatever the claim says; and by road, where a
 * service answers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The service is the outside world: a few lines of HTTP that answer as OSRM does, or badly. Routino is the real program; where
 * it is not installed that test says so and is skipped.
 */
#include "config.h"
#include "server-fixture.h"

#include "dsp-road.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#define DEGREE_M (6371008.8 * G_PI / 180)
#define WAIT_S 30

/* ---- a routing service ---- */

typedef struct {
  GSocketService *service;
  guint16         port;
  const char     *head;  /* (nullable): instead of a 200 */
  const char     *body;  /* (nullable): answers as it should, each way 12,345.6 m and longer by 1,000 */
  gint            n_asked;
  char           *target; /* (owned): the last */
  GMutex          lock;
} Service;

static gboolean
on_request (GThreadedSocketService *threaded,
            GSocketConnection      *connection,
            GObject                *source,
            gpointer                user_data)
{
  Service *service = user_data;
  g_autoptr(GDataInputStream) input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autofree char *first = g_data_input_stream_read_line (input, NULL, NULL, NULL), *answer = NULL;
  g_autoptr(GString) body = g_string_new (NULL);
  guint n_ways = 0;
  char *line;

  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL)) != NULL && *g_strstrip (line) != '\0')
    g_free (line);
  g_free (line);
  for (const char *p = first; p != NULL && *p != '\0'; p++)
    n_ways += *p == ';';
  g_mutex_lock (&service->lock);
  g_free (service->target);
  service->target = g_strdup (first);
  g_mutex_unlock (&service->lock);
  g_string_append (body, "{\"code\":\"Ok\",\"waypoints\":[{\"name\":\"Reforma\",\"location\":[-99.1,19.4]}],\"routes\":[{\"legs\":[");
  for (guint i = 0; i < n_ways; i++)
    g_string_append_printf (body, "%s{\"steps\":[],\"weight\":8.5,\"distance\":%u.6,\"summary\":\"\"}", i > 0 ? "," : "", 12345 + 1000 * i);
  g_string_append (body, "],\"distance\":1e5,\"weight_name\":\"routability\"},{\"legs\":[{\"distance\":1}]}]}");
  answer = g_strdup_printf ("%s\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n%s",
                            service->head != NULL ? service->head : "HTTP/1.1 200 OK", service->body != NULL ? service->body : body->str);
  g_output_stream_write_all (output, answer, strlen (answer), NULL, NULL, NULL);
  g_atomic_int_inc (&service->n_asked);
  return TRUE;
}

static Service *
service_new (void)
{
  Service *service = g_new0 (Service, 1);
  g_autoptr(GError) error = NULL;

  g_mutex_init (&service->lock);
  service->service = g_threaded_socket_service_new (4);
  service->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (service->service, "run", G_CALLBACK (on_request), service);
  g_socket_service_start (service->service);
  return service;
}

static void
service_free (Service *service)
{
  g_socket_service_stop (service->service);
  g_socket_listener_close (G_SOCKET_LISTENER (service->service));
  g_object_unref (service->service);
  g_free (service->target);
  g_mutex_clear (&service->lock);
  g_free (service);
}

/* Its connections are taken in the main context. */
static gpointer
turn (gpointer user_data)
{
  gint *running = user_data;

  while (g_atomic_int_get (running))
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  return NULL;
}

typedef struct { Service *service; GThread *thread; gint running; } Running;

static Running *
running_new (void)
{
  Running *running = g_new0 (Running, 1);

  running->service = service_new ();
  running->running = 1;
  running->thread = g_thread_new ("service", turn, &running->running);
  return running;
}

static void
running_free (Running *running)
{
  g_atomic_int_set (&running->running, 0);
  g_thread_join (running->thread);
  service_free (running->service);
  g_free (running);
}

/* ---- the service's answers, one by one ---- */

static GArray *
make_tour (guint  n,
           double step)
{
  GArray *tour = g_array_new (FALSE, TRUE, sizeof (DspTourPlace));

  for (guint i = 0; i < n; i++)
    {
      DspTourPlace place = { .lat_e7 = { (gint64) (19.4e7 + i * step * 1e7), true }, .lon_e7 = { (gint64) -99.15e7, true } };

      g_array_append_val (tour, place);
    }
  return tour;
}

static void
osrm_answers (void)
{
  static const struct { const char *head, *body, *says; } cases[] = {
    { NULL, NULL, NULL },
    { "HTTP/1.1 500 Internal Server Error", NULL, "500" },
    { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/", NULL, "302" },
    { "HTTP/1.1 400 Bad Request", "{\"code\":\"NoRoute\",\"message\":\"Impossible route\"}", "400" },
    { NULL, "{\"code\":\"NoRoute\"}", "NoRoute" },
    { NULL, "", "OSRM" },
    { NULL, "<html>Bienvenido</html>", "OSRM" },
    { NULL, "{\"code\":\"Ok\",\"routes\":[{\"legs\":[{\"distance\":1}]}]}", "1 ways where 3" },
    { NULL, "{\"code\":\"Ok\",\"routes\":[{\"legs\":[{\"distance\":1},{\"distance\":-5},{\"distance\":1}]}]}", "no distance" },
    { NULL, "{\"code\":\"Ok\",\"routes\":[{\"legs\":[{\"distance\":1},{\"distance\":1e300},{\"distance\":1}]}]}", "no distance" },
    { NULL, "{\"code\":\"Ok\",\"routes\":[{\"legs\":[{\"distance\":1},{\"distance\":\"7\"},{\"distance\":1}]}]}", "no number" },
    { NULL, "{\"code\":\"Ok\",\"routes\":[{\"legs\":[{},{},{}]}]}", "OSRM" },
  };
  Running *running = running_new ();
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u/", running->service->port);
  g_autoptr(GArray) tour = make_tour (4, 0.01);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DspRoadOptions options = { address, NULL, 10 };
      g_autoptr(GError) error = NULL;
      DspDistance by = DSP_DISTANCE_NONE;
      g_autoptr(GArray) ways = NULL;

      running->service->head = cases[i].head;
      running->service->body = cases[i].body;
      ways = dsp_road_measure (&options, tour, &by, NULL, &error);
      if (cases[i].says == NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpint (by, ==, DSP_DISTANCE_OSRM);
          g_assert_cmpuint (ways->len, ==, 3);
          g_assert_cmpint (g_array_index (ways, gint64, 0), ==, 12346);
          g_assert_cmpint (g_array_index (ways, gint64, 2), ==, 14346);
          g_assert_nonnull (strstr (running->service->target, "GET /route/v1/driving/-99.150000,19.400000;-99.150000,19.410000;"));
        }
      else
        {
          g_assert_null (ways);
          g_assert_nonnull (error);
          if (strstr (error->message, cases[i].says) == NULL)
            g_error ("case %u: “%s” does not say “%s”", i, error->message, cases[i].says);
        }
    }
  running_free (running);
}

static void
options_that_cannot_be (void)
{
  static const struct { const char *osrm, *routino; bool good; } cases[] = {
    { "http://127.0.0.1:5000", NULL, true },  { "https://router.example/osrm", "/var/lib/routino", true }, { NULL, "/db/mexico", true },
    { "127.0.0.1:5000", NULL, false },        { "ftp://a/", NULL, false },                                 { "file:///etc/passwd", NULL, false },
    { "http://a/?key=1", NULL, false },       { "", NULL, false },                                         { NULL, "db", false },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (dsp_road_check (&(DspRoadOptions) { (char *) cases[i].osrm, (char *) cases[i].routino, 0 }, &error), ==, cases[i].good);
      g_assert_cmpint (error == NULL, ==, cases[i].good);
    }
}

/* ---- Routino, the program ---- */

/* A town of streets at right angles: 21 by 21 corners, 0.005 degrees apart. */
static char *
make_town (void)
{
  g_autoptr(GString) osm = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<osm version=\"0.6\">\n");
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("town-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "town.osm", NULL);

  for (guint y = 0; y < 21; y++)
    for (guint x = 0; x < 21; x++)
      g_string_append_printf (osm, "<node id=\"%u\" lat=\"%.6f\" lon=\"%.6f\" version=\"1\"/>\n", 1 + y * 21 + x, 19.40 + y * 0.005,
                              -99.15 + x * 0.005);
  for (guint way = 0; way < 42; way++)
    {
      g_string_append_printf (osm, "<way id=\"%u\" version=\"1\">", way + 1);
      for (guint i = 0; i < 21; i++)
        g_string_append_printf (osm, "<nd ref=\"%u\"/>", way < 21 ? 1 + way * 21 + i : 1 + i * 21 + (way - 21));
      g_string_append (osm, "<tag k=\"highway\" v=\"residential\"/></way>\n");
    }
  g_string_append (osm, "</osm>\n");
  g_assert_true (g_file_set_contents (path, osm->str, -1, &error));
  return folder;
}

static void
remove_town (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
routino_measures_a_town (void)
{
  g_autofree char *splitter = g_find_program_in_path ("planetsplitter"), *router = g_find_program_in_path ("routino-router");
  g_autofree char *folder = NULL, *osm = NULL, *dir = NULL, *nowhere = NULL, *tagging = NULL;
  const char *arguments[] = { "planetsplitter", NULL, "--prefix=town", "--prune-none", NULL, NULL, NULL };
  double across = 0.05 * DEGREE_M * cos (19.40 * G_PI / 180), up = 0.05 * DEGREE_M;
  g_autoptr(GArray) tour = g_array_new (FALSE, TRUE, sizeof (DspTourPlace));
  g_autoptr(GArray) ways = NULL, none = NULL;
  g_autoptr(GError) error = NULL;
  DspDistance by = DSP_DISTANCE_NONE;
  int status;
  DspTourPlace corners[] = { { .lat_e7 = { 194000000, true }, .lon_e7 = { -991500000, true } },
                             { .lat_e7 = { 194000000, true }, .lon_e7 = { -991000000, true } },
                             { .lat_e7 = { 194500000, true }, .lon_e7 = { -991500000, true } } };

  if (splitter == NULL || router == NULL)
    {
      g_test_skip ("Routino is not installed");
      return;
    }
  folder = make_town ();
  osm = g_build_filename (folder, "town.osm", NULL);
  dir = g_strconcat ("--dir=", folder, NULL);
  tagging = g_strdup ("--tagging=/usr/share/routino/tagging.xml");
  arguments[1] = dir;
  arguments[4] = tagging;
  arguments[5] = osm;
  g_assert_true (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                               NULL, NULL, NULL, NULL, &status, &error));
  g_assert_true (g_spawn_check_wait_status (status, &error));
  g_array_append_vals (tour, corners, G_N_ELEMENTS (corners));
  nowhere = g_build_filename (folder, "town", NULL);
  ways = dsp_road_measure (&(DspRoadOptions) { NULL, nowhere, 20 }, tour, &by, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (by, ==, DSP_DISTANCE_ROUTINO);
  g_assert_cmpuint (ways->len, ==, 2);
  g_assert_cmpfloat (fabs (g_array_index (ways, gint64, 0) - across), <, across * 0.01);
  g_assert_cmpfloat (fabs (g_array_index (ways, gint64, 1) - across - up), <, (across + up) * 0.01);
  /* Where no road is near, and where there is no database, its own words are the error. */
  g_array_index (tour, DspTourPlace, 1).lat_e7.value += 20000000;
  none = dsp_road_measure (&(DspRoadOptions) { NULL, nowhere, 20 }, tour, &by, NULL, &error);
  g_assert_null (none);
  g_assert_nonnull (strstr (error->message, "point 2"));
  g_clear_error (&error);
  none = dsp_road_measure (&(DspRoadOptions) { NULL, (char *) "/nonexistent/folder", 20 }, tour, &by, NULL, &error);
  g_assert_null (none);
  g_assert_nonnull (error);
  remove_town (folder);
}

/* ---- through the server ---- */

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *distributor, *crew;
} Office;

static void
office_open (Office     *office,
             const char *osrm) /* (nullable) */
{
  g_autofree char *change = NULL;
  g_autoptr(TestReply) reply = NULL;

  office->server = test_server_new ();
  if (osrm != NULL)
    {
      office->server->options[0] = "--osrm";
      office->server->options[1] = osrm;
    }
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  office->distributor = test_distributor (office->root, "D1");
  office->crew = test_crew (office->root, "C-01", office->distributor);
  change = g_strdup_printf ("{\"kind\":\"crew.change\",\"id\":\"%s\",\"args\":{\"home_lat_e7\":190000000,\"home_lon_e7\":-990000000}}", office->crew);
  reply = test_push (office->root, change, NULL);
  g_assert_cmpstr (test_text (reply, "results/0/status"), ==, "applied");
}

static void
office_close (Office *office)
{
  g_free (office->distributor);
  g_free (office->crew);
  test_client_free (office->root);
  test_server_free (office->server);
}

/* Closed now, a quarter of a degree north of the base. */
static void
close_order (Office *office)
{
  g_autofree char *id = test_order (office->root, "9001", office->distributor, ",\"lat_e7\":192500000,\"lon_e7\":-990000000");
  g_autofree char *assign = g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"args\":{\"crew_id\":\"%s\"}}", id, office->crew);
  g_autofree char *end = NULL;
  g_autoptr(TestReply) reply = NULL;
  char now[32];

  dsp_time_print ((DspTime) { g_get_real_time () }, now);
  end = g_strdup_printf ("{\"kind\":\"order.close\",\"id\":\"%s\",\"args\":{\"closed_at\":\"%s\",\"attended\":\"yes\",\"satisfied\":\"yes\","
                         "\"resolution\":\"done\"}}", id, now);
  reply = test_push (office->root, assign, end, NULL);
  g_assert_cmpstr (test_text (reply, "results/0/status"), ==, "applied");
  g_assert_cmpstr (test_text (reply, "results/1/status"), ==, "applied");
}

/* Claims 60 km for today in the office, and says of itself that a service proposed 1,999 of them. */
static char *
claim (Office *office)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier ("America/Mexico_City");
  g_autoptr(GDateTime) now = g_date_time_new_now (zone);
  g_autofree char *day = g_date_time_format (now, "%Y-%m-%d"), *command = NULL;
  char *id = test_id ();
  g_autoptr(TestReply) reply = NULL;

  command = g_strdup_printf ("{\"kind\":\"mileage.create\",\"id\":\"%s\",\"args\":{\"crew_id\":\"%s\",\"day\":\"%s\",\"claimed\":60000,"
                             "\"proposed\":1999000,\"proposed_by\":\"osrm\",\"excess\":-97,\"approved\":60000,\"state\":\"approved\"}}", id, office->crew, day);
  reply = test_push (office->root, command, NULL);
  g_assert_cmpstr (test_text (reply, "results/0/status"), ==, "applied");
  return id;
}

static void
assert_claim (Office     *office,
              gint64      proposed,
              const char *by,
              const char *state)
{
  g_autoptr(TestReply) list = test_call (office->root, "GET", "v1/mileage", NULL);

  test_expect (list, 200);
  g_assert_cmpint (test_size (list, "rows"), ==, 1);
  g_assert_cmpint (test_int (list, "rows/0/body/proposed"), ==, proposed);
  g_assert_cmpstr (test_text (list, "rows/0/body/proposed_by"), ==, by);
  g_assert_cmpstr (test_text (list, "rows/0/body/state"), ==, state);
}

/* Until the claim is proposed by @by, or no longer. */
static void
wait_for (Office     *office,
          const char *by)
{
  gint64 until = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr(TestReply) list = test_call (office->root, "GET", "v1/mileage", NULL);

      if (g_strcmp0 (test_text (list, "rows/0/body/proposed_by"), by) == 0)
        return;
      if (g_get_monotonic_time () > until)
        g_error ("after %d s: %s", WAIT_S, list->text);
      g_usleep (20000);
    }
}

static void
a_lie_is_not_taken (void)
{
  Office office;
  g_autofree char *id = NULL, *measure = NULL;
  g_autoptr(TestReply) reply = NULL;

  office_open (&office, NULL);
  close_order (&office);
  id = claim (&office);
  assert_claim (&office, llround (DEGREE_M / 2 * 1.3), "great_circle", "captured");
  /* Nor by the command that the server has for itself, whoever gives it. */
  measure = g_strdup_printf ("{\"kind\":\"mileage.measure\",\"id\":\"%s\",\"args\":{\"day\":\"2026-01-01\",\"proposed\":1999000,\"proposed_by\":\"osrm\"}}", id);
  reply = test_push (office.root, measure, NULL);
  g_assert_cmpstr (test_text (reply, "results/0/status"), ==, "rejected");
  g_assert_cmpstr (test_text (reply, "results/0/refused/0/code") != NULL ? test_text (reply, "results/0/refused/0/code") : test_text (reply, "results/0/code"),
                   ==, "forbidden");
  assert_claim (&office, llround (DEGREE_M / 2 * 1.3), "great_circle", "captured");
  office_close (&office);
}

static void
measured_by_road (void)
{
  Office office;
  Running *running = running_new ();
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", running->service->port);
  g_autofree char *id = NULL, *submit = NULL;
  g_autoptr(TestReply) reply = NULL;

  office_open (&office, address);
  close_order (&office);
  id = claim (&office);
  wait_for (&office, "osrm");
  assert_claim (&office, 12346 + 13346, "osrm", "captured"); /* there, and home */
  submit = g_strdup_printf ("{\"kind\":\"mileage.submit\",\"id\":\"%s\"}", id);
  reply = test_push (office.root, submit, NULL);
  g_assert_cmpstr (test_text (reply, "results/0/status"), ==, "applied");
  wait_for (&office, "osrm");
  assert_claim (&office, 12346 + 13346, "osrm", "submitted");
  office_close (&office);
  running_free (running);
}

/* Without the service the straight line stays, nothing waits, and a new start measures what was not. */
static void
the_straight_line_stays_until_the_service_is_back (void)
{
  Office office;
  Running *running = running_new ();
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", running->service->port);
  g_autofree char *id = NULL;
  gint64 until = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;

  running->service->head = "HTTP/1.1 503 Service Unavailable";
  office_open (&office, address);
  close_order (&office);
  id = claim (&office);
  while (g_atomic_int_get (&running->service->n_asked) == 0 && g_get_monotonic_time () < until)
    g_usleep (10000);
  assert_claim (&office, llround (DEGREE_M / 2 * 1.3), "great_circle", "captured");
  running->service->head = NULL;
  test_client_close (office.root);
  test_server_stop (office.server, SIGTERM);
  test_server_start (office.server);
  wait_for (&office, "osrm");
  office_close (&office);
  running_free (running);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/road/S0-15/" path, function)
  ADD ("options-that-cannot-be", options_that_cannot_be);
  ADD ("osrm-answers-and-its-faults", osrm_answers);
  ADD ("routino-measures-a-town", routino_measures_a_town);
  ADD ("a-lying-proposal-is-not-taken", a_lie_is_not_taken);
  ADD ("measured-by-road", measured_by_road);
  ADD ("the-straight-line-stays-until-the-service-is-back", the_straight_line_stays_until_the_service_is_back);
  return g_test_run ();
}
