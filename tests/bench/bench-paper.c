/* bench-paper.c: 1,000 work order sheets, and the contingency pack of 400 crews with 10,000 orders, as PDF
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a replica on disk to the closed file, as the window does it: read in slices of the main loop, written in a thread.
 * The limit beside each is the same number of pages of plain text (one layout of 60 lines a page, no boxes, no bars) by
 * Pango and cairo in the same run. Besides, how long the main loop was ever held up meanwhile.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-paper-source.h"
#include "figure.h"
#include "generate.h"
#include "map-data.h"
#include "office.h"
#include "plain-pages.h"

#include <glib/gstdio.h>

#define N_CREWS 400
#define N_SHEETS 1000
#define SIDE 38 /* squares of boundaries: 1,444 areas of 120 points */

static guint n_orders = 10000;

/* ---- an office ---- */

static void
feed_catalogue (DspKeeper *keeper)
{
  static const char *const reasons[] = { "sin-acceso", "domicilio-no-existe", "sin-facilidades", "distancia-red", "riesgo-altura",
                                         "zona-insegura", "amenazas", "cliente-pide-otro-dia", "cliente-ausente", "clima",
                                         "falla-masiva", "sin-material", "sin-tiempo", "vehiculo" };
  static char *questions[] = { (char *) "¿Se probó el servicio con el cliente?", (char *) "¿El cableado quedó fijo y limpio?", NULL };
  DspOrderType type = { .id = office_id ("order_type", 1), .code = (char *) "TODAS", .limit_minutes = { 2880, true },
                        .solutions = { 1, true }, .position = DSP_YES, .equipment = DSP_YES, .checklist = questions };

  office_feed_page (keeper, &dsp_order_type, &type, 1, false);
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      DspReasonCode reason = { .id = office_id ("reason_code", i), .code = (char *) reasons[i],
                               .label = (char *) "Lo que el técnico encontró al llegar",
                               .process = i < 7 ? DSP_PROCESS_REJECT : DSP_PROCESS_RESCHEDULE, .family = i < 7 ? DSP_FAMILY_PLACE : 0 };

      office_feed_page (keeper, &dsp_reason_code, &reason, 1, false);
    }
  for (guint i = 0; i < 11; i++)
    {
      g_autofree char *code = g_strdup_printf ("S%02u", i + 1);
      DspSolutionCode solution = { .id = office_id ("solution_code", i), .code = code, .label = (char *) "Se cambió lo que no servía" };

      office_feed_page (keeper, &dsp_solution_code, &solution, 1, false);
    }
}

static void
feed_areas (DspKeeper *keeper,
            GByteArray *blobs)
{
  MapData data;

  map_data_init (&data);
  map_data_invent_areas (&data, SIDE);
  for (guint i = 0; i < data.areas->len; i++)
    {
      const DspMapArea *map = &g_array_index (data.areas, DspMapArea, i);
      gsize size;
      const guint8 *bytes = g_bytes_get_data (map->geometry, &size);
      guint8 digest[32], length[4] = { size & 255, size >> 8 & 255, size >> 16 & 255, size >> 24 & 255 };
      gsize n = sizeof digest;
      g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
      char hash[33];
      DspArea area = { .id = office_id ("area", i), .code = (char *) map->code, .geometry = hash };

      g_checksum_update (sum, bytes, (gssize) size);
      g_checksum_get_digest (sum, digest, &n);
      for (guint b = 0; b < 16; b++)
        g_snprintf (hash + 2 * b, 3, "%02x", digest[b]);
      g_byte_array_append (blobs, digest, 16);
      g_byte_array_append (blobs, length, 4);
      g_byte_array_append (blobs, bytes, (guint) size);
      office_feed_page (keeper, &dsp_area, &area, 1, false);
    }
}

static int
compare_codes (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (((const DspOrder *) a)->postal_code, ((const DspOrder *) b)->postal_code);
}

/* All open, all with a crew that works in one part of the city, the visits from this morning on. */
static void
feed_orders (DspKeeper *keeper,
             Generate  *generate,
             gint64     morning_us)
{
  g_autofree DspOrder *orders = g_new0 (DspOrder, n_orders);

  for (guint i = 0; i < n_orders; i++)
    {
      DspOrder *order = &orders[i];

      generate_order (generate, i, true, order);
      order->status = DSP_ORDER_ASSIGNED;
      order->closed_at.us = 0;
      order->attention_at.us = morning_us + (gint64) (i % 25) * 40 * G_TIME_SPAN_MINUTE;
      order->attention_until.us = order->attention_at.us + 4 * G_TIME_SPAN_HOUR;
      dsp_set_text (&order->description, "El cliente dice que la señal se corta cuando llueve; pide que se avise antes de llegar y que se lleve escalera.");
      dsp_set_text (&order->directions, "Portón verde junto a la panadería; tocar dos veces, el timbre no suena.");
    }
  qsort (orders, n_orders, sizeof *orders, compare_codes);
  for (guint i = 0; i < n_orders; i++)
    orders[i].crew_id = generate_crew_id ((guint) ((guint64) i * N_CREWS / n_orders));
  for (guint i = 0; i < n_orders; i += ORDERS_A_PAGE)
    office_feed_page (keeper, &dsp_order, orders + i, MIN (n_orders - i, ORDERS_A_PAGE), false);
  for (guint i = 0; i < n_orders; i++)
    dsp_table_clear (&dsp_order.table, &orders[i]);
}

static void
ignore_delta (DspDelta *delta,
              gpointer  user_data)
{
  dsp_delta_free (delta);
}

static void
make_replica (const char *path)
{
  g_autoptr(GError) error = NULL;
  DspKeeper *keeper = dsp_keeper_open (path, ignore_delta, NULL, &error);
  g_autoptr(Generate) generate = generate_new (1, n_orders, N_CREWS, 12, NULL);
  g_autoptr(GByteArray) blobs = g_byte_array_new ();
  g_autofree char *cursor = NULL;
  static char *all[] = { (char *) "*", NULL };
  DspCopyPlace place = { NULL };
  DspUser user = { .id = office_id ("user", 1), .name = (char *) "ana" };
  DspProfile profile = { .id = office_id ("profile", 1), .name = (char *) "everything", .permissions = all };
  DspGrant grant = { .id = office_id ("grant", 1), .user_id = user.id, .profile_id = profile.id, .over = dsp_scope_all };
  gint64 morning_us = g_get_real_time () / G_TIME_SPAN_DAY * G_TIME_SPAN_DAY;
  DspDistributor distributor = { 0 };
  DspPostalCode code = { 0 };
  DspCrew crew = { 0 };
  guint n;

  g_assert_no_error (error);
  office_enrol (keeper);
  dsp_keeper_copy_begin (keeper, FALSE, &place, &error);
  dsp_copy_place_clear (&place);
  g_assert_no_error (error);
  office_feed_page (keeper, &dsp_user, &user, 1, true);
  office_feed_page (keeper, &dsp_profile, &profile, 1, false);
  office_feed_page (keeper, &dsp_grant, &grant, 1, false);
  for (guint i = 0; i < 12; i++)
    {
      generate_distributor (generate, i, &distributor);
      office_feed_page (keeper, &dsp_distributor, &distributor, 1, false);
    }
  for (guint i = 0; i < N_CREWS; i++)
    {
      generate_crew (generate, i, &crew);
      office_feed_page (keeper, &dsp_crew, &crew, 1, false);
    }
  for (guint i = 0; i < generate_n_places (generate); i++)
    {
      generate_postal_code (generate, i, &code);
      office_feed_page (keeper, &dsp_postal_code, &code, 1, false);
    }
  dsp_table_clear (&dsp_distributor.table, &distributor);
  dsp_table_clear (&dsp_crew.table, &crew);
  dsp_table_clear (&dsp_postal_code.table, &code);
  feed_catalogue (keeper);
  feed_areas (keeper, blobs);
  feed_orders (keeper, generate, morning_us);
  dsp_keeper_copy_index (keeper, &cursor, &error);
  g_assert_no_error (error);
  dsp_keeper_copy_swap (keeper, &error);
  g_assert_no_error (error);
  dsp_keeper_put_blobs (keeper, blobs->data, blobs->len, &n, &error);
  g_assert_no_error (error);
  dsp_keeper_close (keeper);
}

/* ---- measuring ---- */

typedef struct { gint64 last_us, longest_us; } Beat;

static gboolean
beat_cb (gpointer data)
{
  Beat *beat = data;
  gint64 now = g_get_monotonic_time ();

  if (beat->last_us != 0)
    beat->longest_us = MAX (beat->longest_us, now - beat->last_us);
  beat->last_us = now;
  return G_SOURCE_CONTINUE;
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

static void
on_progress (double   fraction,
             gpointer data)
{
  (*(guint *) data)++;
}

static void
measure (DspOffice             *office,
         const DspPaperRequest *request,
         const char            *name,
         const char            *path,
         double                 goal)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GAsyncResult) gathered = NULL;
  g_autoptr(GAsyncResult) written = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspPaperDocument) document = NULL;
  g_autofree char *what = NULL;
  Beat beat = { 0 };
  guint id = g_timeout_add (1, beat_cb, &beat), n_told = 0, n_pages;
  gint64 begin = g_get_monotonic_time (), read;
  double seconds;

  dsp_paper_gather_async (office, request, NULL, on_progress, &n_told, on_result, &gathered);
  wait_for (&gathered);
  document = dsp_paper_gather_finish (gathered, &error);
  g_assert_no_error (error);
  read = g_get_monotonic_time ();
  dsp_paper_pdf_write_async (document, &dsp_paper_letter, file, NULL, on_progress, &n_told, on_result, &written);
  wait_for (&written);
  n_pages = dsp_paper_pdf_write_finish (written, &error);
  g_assert_no_error (error);
  seconds = (g_get_monotonic_time () - begin) / 1e6;
  g_source_remove (id);

  what = g_strdup_printf ("paper/%s: %u pages", name, n_pages);
  figure (what, seconds, "s", plain_pages (path, n_pages), "plain pages", goal);
  g_free (what);
  what = g_strdup_printf ("paper/%s: reading it from the replica", name);
  figure (what, (read - begin) / 1e6, "s", 0, NULL, 0);
  g_free (what);
  what = g_strdup_printf ("paper/%s: progress told", name);
  figure (what, n_told, "times", 0, NULL, 0);
  g_free (what);
  what = g_strdup_printf ("paper/%s: main loop held up at most", name);
  figure (what, beat.longest_us / 1e3, "ms", 0, NULL, 0);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *here = g_path_get_dirname (argv[0]);
  g_autofree char *schemas = g_build_filename (here, "..", "..", "data", NULL);
  g_autofree char *dir = NULL, *path = NULL, *pdf = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GSettings) settings = NULL;
  g_autoptr(DspPaperRequest) sheets = NULL;
  g_autoptr(DspPaperRequest) pack = NULL;
  g_autofree DspId *ids = g_new0 (DspId, N_SHEETS);
  DspReplicaStatus status;
  DspReplica *replica;
  DspOffice *office;

  g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, FALSE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  if (argc > 1)
    n_orders = (guint) MAX (atoi (argv[1]), N_SHEETS);
  dir = office_temp_dir ();
  path = g_build_filename (dir, "cache.sqlite", NULL);
  pdf = g_build_filename (dir, "sheets.pdf", NULL);
  make_replica (path);
  replica = dsp_replica_open (path, 0, &error);
  g_assert_no_error (error);
  settings = g_settings_new ("mx.despacho.Despacho");
  office = dsp_office_new (replica, settings);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      dsp_replica_get_status (replica, &status);
    }
  while (status.loading || dsp_order_index_n_orders (dsp_replica_get_index (replica)) < n_orders ||
         g_hash_table_size ((GHashTable *) dsp_office_get_places (office)) == 0);
  for (guint i = 0; i < N_SHEETS; i++)
    ids[i] = *dsp_order_index_id (dsp_replica_get_index (replica), i);

  sheets = dsp_paper_request_new (DSP_PAPER_SHEETS, ids, N_SHEETS);
  pack = dsp_paper_request_new (DSP_PAPER_PACK, NULL, 0);
  measure (office, sheets, "1,000 work order sheets", pdf, 10);
  measure (office, pack, "contingency pack, 400 crews and 10,000 orders", pdf, 30);

  dsp_office_close (office);
  g_object_unref (office);
  dsp_replica_close (replica);
  g_object_unref (replica);
  office_remove_dir (dir);
  return 0;
}
