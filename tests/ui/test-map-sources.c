/* test-map-sources.c: base tiles from the outline, a file and a server, with and without it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Needs no display: what a tile shows is drawn into an image and its middle pixel is looked at.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <sqlite3.h>
#include <string.h>

#include "dsp-map-outline.h"
#include "dsp-map-source.h"
#include "dsp-map-tile.h"
#include "dsp-map-view.h"

#define RED 0xffc02020
#define GREEN 0xff20c020
#define BLUE 0xff2020c0
#define YELLOW 0xffc0c020

/* --- helpers --- */

static cairo_status_t
append_png (void                *closure,
            const unsigned char *data,
            unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
make_png (guint32 argb)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 256, 256);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, (argb >> 16 & 0xff) / 255.0, (argb >> 8 & 0xff) / 255.0, (argb & 0xff) / 255.0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_write_to_png_stream (surface, append_png, bytes);
  cairo_surface_destroy (surface);

  return g_byte_array_free_to_bytes (bytes);
}

/* A triangle over Mexico: land, so that the outline is told from water and from tiles. */
static DspMapOutline *
make_outline (void)
{
  g_autoptr(DspGeometryBuilder) builder = dsp_geometry_builder_new (DSP_OPEN_RINGS_CLOSE);
  g_autoptr(GByteArray) file = g_byte_array_new ();
  g_autoptr(DspGeometry) geometry = NULL;
  g_autoptr(GBytes) packed = NULL, bytes = NULL;
  g_autoptr(GError) error = NULL;
  DspMapOutline *outline;
  guint8 length;

  dsp_geometry_builder_begin_polygon (builder);
  dsp_geometry_builder_begin_ring (builder);
  g_assert_true (dsp_geometry_builder_add_point (builder, -120, 10, &error));
  g_assert_true (dsp_geometry_builder_add_point (builder, -80, 10, &error));
  g_assert_true (dsp_geometry_builder_add_point (builder, -100, 40, &error));
  g_assert_true (dsp_geometry_builder_end_ring (builder, &error));
  geometry = dsp_geometry_builder_finish (builder, &error);
  g_assert_no_error (error);
  packed = dsp_geometry_pack (geometry);
  length = (guint8) g_bytes_get_size (packed);
  g_assert_cmpuint (g_bytes_get_size (packed), <, 128);

  g_byte_array_append (file, (const guint8 *) "DSPO\x01", 5);
  g_byte_array_append (file, (const guint8 *) "\x01\x07M\xc3\xa9" "xico", 9);
  g_byte_array_append (file, &length, 1);
  g_byte_array_append (file, g_bytes_get_data (packed, NULL), length);
  bytes = g_bytes_new (file->data, file->len);
  outline = dsp_map_outline_new (bytes, &error);
  g_assert_no_error (error);

  return outline;
}

static void
on_filled (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (shumate_map_source_fill_tile_finish (SHUMATE_MAP_SOURCE (object), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static gboolean
on_late (gpointer user_data)
{
  g_error ("waited too long");

  return G_SOURCE_REMOVE;
}

/* The colour in the middle of a tile. */
static guint32
get_tile (DspMapSource *source,
          guint         zoom,
          guint         x,
          guint         y)
{
  g_autoptr(ShumateTile) tile = shumate_tile_new_full (x, y, 256, zoom);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 256, 256);
  cairo_t *cr;
  GtkSnapshot *snapshot;
  GskRenderNode *node;
  gboolean is_done = FALSE;
  guint late = g_timeout_add_seconds (30, on_late, NULL);
  guint32 pixel;

  g_object_ref_sink (tile);
  shumate_map_source_fill_tile_async (SHUMATE_MAP_SOURCE (source), tile, NULL, on_filled, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
  g_assert_cmpint (shumate_tile_get_state (tile), ==, SHUMATE_STATE_DONE);
  g_assert_nonnull (shumate_tile_get_paintable (tile));

  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (shumate_tile_get_paintable (tile), snapshot, 256, 256);
  node = gtk_snapshot_free_to_node (snapshot);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  gsk_render_node_unref (node);
  cairo_surface_flush (surface);
  pixel = ((guint32 *) (gpointer) (cairo_image_surface_get_data (surface)
                                   + 128 * cairo_image_surface_get_stride (surface)))[128];
  cairo_surface_destroy (surface);

  return pixel;
}

static void
remove_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_folder (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

static guint64
folder_bytes (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint64 n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf info;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n += folder_bytes (path);
      else if (g_stat (path, &info) == 0)
        n += (guint64) info.st_size;
    }

  return n;
}

typedef struct
{
  char *folder;
  DspMapOutline *outline;
  guint32 land;
  SoupServer *server;
  char *url_template;
  guint n_requests;
  guint status;     /* what the server answers */
  char *user_agent; /* of the last request */
} Fixture;

static void
on_request (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  Fixture *fixture = user_data;
  static const guint32 colours[] = { RED, GREEN, BLUE, YELLOW };
  guint z, x, y;

  fixture->n_requests++;
  g_free (fixture->user_agent);
  fixture->user_agent = g_strdup (soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                                "User-Agent"));
  soup_server_message_set_status (message, fixture->status, NULL);
  if (fixture->status == SOUP_STATUS_OK && sscanf (path, "/%u/%u/%u.png", &z, &x, &y) == 3)
    {
      g_autoptr(GBytes) png = make_png (colours[(x + 2 * y) % 4]);

      soup_server_message_set_response (message, "image/png", SOUP_MEMORY_COPY, g_bytes_get_data (png, NULL),
                                        g_bytes_get_size (png));
    }
}

static void
start_server (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  GSList *uris;

  fixture->status = SOUP_STATUS_OK;
  fixture->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->url_template = g_strdup_printf ("http://127.0.0.1:%d/{z}/{x}/{y}.png", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
stop_server (Fixture *fixture)
{
  if (fixture->server != NULL)
    soup_server_disconnect (fixture->server);
  g_clear_object (&fixture->server);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(DspMapSource) source = NULL;

  fixture->folder = g_dir_make_tmp ("dsp-map-XXXXXX", NULL);
  fixture->outline = make_outline ();
  source = dsp_map_source_new_outline (fixture->outline);
  fixture->land = get_tile (source, 4, 3, 7);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  stop_server (fixture);
  remove_folder (fixture->folder);
  g_clear_pointer (&fixture->outline, dsp_map_outline_unref);
  g_free (fixture->folder);
  g_free (fixture->url_template);
  g_free (fixture->user_agent);
}

static DspMapSource *
open_server (Fixture *fixture,
             guint64  max_cache_bytes)
{
  g_autoptr(GError) error = NULL;
  DspMapSource *source = dsp_map_source_new_server (fixture->url_template, fixture->folder, max_cache_bytes, &error);

  g_assert_no_error (error);
  dsp_map_source_set_outline (source, fixture->outline);

  return source;
}

/* --- outline --- */

static void
test_outline_has_land_and_water (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autoptr(DspMapSource) source = dsp_map_source_new_outline (fixture->outline);
  guint32 water = get_tile (source, 4, 0, 0), dark_land;

  g_assert_cmphex (fixture->land, !=, water);
  dsp_map_source_set_is_dark (source, TRUE);
  dark_land = get_tile (source, 4, 3, 7);
  g_assert_cmphex (dark_land & 0xff, <, fixture->land & 0xff);
}

static void
test_outline_refuses_damaged_bytes (Fixture       *fixture,
                                    gconstpointer  data)
{
  static const char *const texts[] = { "", "DSP", "XXXX\x01", "DSPO\x02", "DSPO\x01\x01\x7f", "DSPO\x01\x05\x01x\x01x" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new (texts[i], strlen (texts[i]));
      g_autoptr(GError) error = NULL;

      g_assert_null (dsp_map_outline_new (bytes, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

/* --- images --- */

static void
test_image_of_absurd_size_is_refused (Fixture       *fixture,
                                      gconstpointer  data)
{
  g_autoptr(GBytes) png = make_png (RED);
  g_autoptr(GBytes) bent = NULL;
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  cairo_surface_t *surface = dsp_map_image_decode (png);

  g_assert_nonnull (surface);
  cairo_surface_destroy (surface);

  copy[18] = 0x75; /* 30,000 and more wide */
  bent = g_bytes_new (copy, g_bytes_get_size (png));
  g_assert_null (dsp_map_image_decode (bent));
}

/* --- MBTiles --- */

static char *
make_mbtiles (Fixture    *fixture,
              const char *name)
{
  char *path = g_build_filename (fixture->folder, name, NULL);
  static const guint32 colours[] = { RED, GREEN, BLUE, YELLOW }; /* NW, NE, SW, SE */
  sqlite3 *db;
  sqlite3_stmt *stmt;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE metadata (name, value);"
                                     "CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data);"
                                     "INSERT INTO metadata VALUES ('attribution', '<a href=\"x\">Some &amp; Body</a>')",
                                 NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_prepare_v2 (db, "INSERT INTO tiles VALUES (1, ?, ?, ?)", -1, &stmt, NULL);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GBytes) png = make_png (colours[i]);

      sqlite3_bind_int (stmt, 1, i % 2);
      sqlite3_bind_int (stmt, 2, 1 - (int) i / 2); /* rows count from the south */
      sqlite3_bind_blob (stmt, 3, g_bytes_get_data (png, NULL), (int) g_bytes_get_size (png), SQLITE_TRANSIENT);
      g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_DONE);
      sqlite3_reset (stmt);
    }
  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return path;
}

static void
test_mbtiles_draws_and_magnifies (Fixture       *fixture,
                                  gconstpointer  data)
{
  g_autofree char *path = make_mbtiles (fixture, "a.mbtiles");
  g_autoptr(GError) error = NULL;
  g_autoptr(DspMapSource) source = dsp_map_source_new_mbtiles (path, &error);

  g_assert_no_error (error);
  dsp_map_source_set_outline (source, fixture->outline);
  g_assert_cmphex (get_tile (source, 1, 0, 0), ==, RED);
  g_assert_cmphex (get_tile (source, 1, 1, 0), ==, GREEN);
  g_assert_cmphex (get_tile (source, 1, 0, 1), ==, BLUE);
  g_assert_cmphex (get_tile (source, 5, 31, 31), ==, YELLOW);
  g_assert_cmphex (get_tile (source, 9, 0, 511), ==, BLUE);
  /* No tile and no ancestor: the outline. */
  g_assert_cmphex (get_tile (source, 0, 0, 0), !=, 0);
}

static void
test_mbtiles_refuses (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *text = g_build_filename (fixture->folder, "text.mbtiles", NULL);
  g_autofree char *none = g_build_filename (fixture->folder, "none.mbtiles", NULL);
  g_autofree char *empty = make_mbtiles (fixture, "empty.mbtiles");
  g_autofree char *vector = make_mbtiles (fixture, "vector.mbtiles");
  g_autoptr(GError) error = NULL;
  sqlite3 *db;

  g_assert_true (g_file_set_contents (text, "this is no database, however long it may be made", -1, NULL));
  sqlite3_open (empty, &db);
  sqlite3_exec (db, "DELETE FROM tiles", NULL, NULL, NULL);
  sqlite3_close (db);
  sqlite3_open (vector, &db);
  sqlite3_exec (db, "UPDATE tiles SET tile_data = x'1f8b0800000000'", NULL, NULL, NULL);
  sqlite3_close (db);

  g_assert_null (dsp_map_source_new_mbtiles (text, &error));
  g_assert_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_NOT_MBTILES);
  g_assert_nonnull (strstr (error->message, text));
  g_clear_error (&error);
  g_assert_null (dsp_map_source_new_mbtiles (empty, &error));
  g_assert_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_NOT_MBTILES);
  g_clear_error (&error);
  g_assert_null (dsp_map_source_new_mbtiles (vector, &error));
  g_assert_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_VECTOR);
  g_clear_error (&error);
  g_assert_null (dsp_map_source_new_mbtiles (none, &error));
  g_assert_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_FAILED);
}

static void
test_mbtiles_attribution_without_tags (Fixture       *fixture,
                                       gconstpointer  data)
{
  g_autofree char *path = make_mbtiles (fixture, "a.mbtiles");
  g_autoptr(DspMapSource) source = dsp_map_source_new_mbtiles (path, NULL);

  g_assert_cmpstr (shumate_map_source_get_license (SHUMATE_MAP_SOURCE (source)), ==, "Some & Body");
}

/* --- server --- */

static void
test_server_keeps_tiles_for_offline (Fixture       *fixture,
                                     gconstpointer  data)
{
  g_autoptr(DspMapSource) first = NULL, second = NULL;

  start_server (fixture);
  first = open_server (fixture, 1 << 20);
  g_assert_cmphex (get_tile (first, 4, 4, 6), ==, RED);
  g_assert_cmphex (get_tile (first, 4, 5, 6), ==, GREEN);
  g_assert_cmpuint (fixture->n_requests, ==, 2);
  g_assert_true (g_str_has_prefix (fixture->user_agent, "Despacho/"));

  second = open_server (fixture, 1 << 20);
  g_assert_cmphex (get_tile (second, 4, 4, 6), ==, RED);
  g_assert_cmpuint (fixture->n_requests, ==, 2);

  stop_server (fixture);
  g_assert_cmphex (get_tile (second, 4, 5, 6), ==, GREEN);
  /* Never seen: the nearest ancestor magnified, else the outline. */
  g_assert_cmphex (get_tile (second, 6, 17, 25), ==, RED);
  g_assert_cmphex (get_tile (second, 4, 3, 7), ==, fixture->land);
}

static void
test_server_is_left_alone_after_an_error (Fixture       *fixture,
                                          gconstpointer  data)
{
  g_autoptr(DspMapSource) source = NULL;

  start_server (fixture);
  fixture->status = SOUP_STATUS_SERVICE_UNAVAILABLE;
  source = open_server (fixture, 1 << 20);
  g_assert_cmphex (get_tile (source, 4, 3, 7), ==, fixture->land);
  g_assert_cmphex (get_tile (source, 4, 3, 7), ==, fixture->land);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
}

static void
test_server_without_a_tile_is_no_error (Fixture       *fixture,
                                        gconstpointer  data)
{
  g_autoptr(DspMapSource) source = NULL;

  start_server (fixture);
  fixture->status = SOUP_STATUS_NOT_FOUND;
  source = open_server (fixture, 1 << 20);
  g_assert_cmphex (get_tile (source, 4, 3, 7), ==, fixture->land);
  fixture->status = SOUP_STATUS_OK;
  g_assert_cmphex (get_tile (source, 4, 4, 6), ==, RED);
}

static void
test_server_cache_is_bounded (Fixture       *fixture,
                              gconstpointer  data)
{
  guint64 full;

  start_server (fixture);
  {
    g_autoptr(DspMapSource) source = open_server (fixture, 1 << 20);

    for (guint i = 0; i < 12; i++)
      get_tile (source, 4, i, 6);
  }
  full = folder_bytes (fixture->folder);
  {
    g_autoptr(DspMapSource) source = open_server (fixture, full / 2);

    get_tile (source, 4, 12, 6);
  }
  g_assert_cmpuint (folder_bytes (fixture->folder), <=, full / 2);
  g_assert_cmpuint (folder_bytes (fixture->folder), >, 0);
}

static void
test_server_refuses_bad_addresses (Fixture       *fixture,
                                   gconstpointer  data)
{
  static const char *const templates[] = {
    "", "https://example.org/tiles", "https://example.org/{z}/{x}.png", "ftp://example.org/{z}/{x}/{y}.png",
    "file:///{z}/{x}/{y}", "/{z}/{x}/{y}", "https:///{z}/{x}/{y}", "not an address {z} {x} {y}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (dsp_map_source_new_server (templates[i], fixture->folder, 1, &error));
      g_assert_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_BAD_TEMPLATE);
    }
}

static void
test_server_unknown_to_tls_is_not_trusted (Fixture       *fixture,
                                           gconstpointer  data)
{
  g_autofree char *key = g_build_filename (fixture->folder, "key.pem", NULL);
  g_autofree char *cert = g_build_filename (fixture->folder, "cert.pem", NULL);
  const char *const arguments[] = { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                                    "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert, NULL };
  g_autoptr(GTlsCertificate) certificate = NULL;
  g_autoptr(DspMapSource) source = NULL;
  g_autoptr(GError) error = NULL;
  GSList *uris;
  int status = -1;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                     NULL, &status, NULL) || status != 0)
    {
      g_test_skip ("no openssl to make a certificate");
      return;
    }
  certificate = g_tls_certificate_new_from_files (cert, key, &error);
  g_assert_no_error (error);

  fixture->status = SOUP_STATUS_OK;
  fixture->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS,
                                           &error));
  uris = soup_server_get_uris (fixture->server);
  fixture->url_template = g_strdup_printf ("https://127.0.0.1:%d/{z}/{x}/{y}.png", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  source = open_server (fixture, 1 << 20);
  g_assert_cmphex (get_tile (source, 4, 3, 7), ==, fixture->land);
  g_assert_cmpuint (fixture->n_requests, ==, 0);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  /* Its resolver asks GSettings for schemas, which isolated folders do not have. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  gtk_init_check (); /* without a display it fails, having done what drawing into images needs */

  ADD ("/map/outline/has-land-and-water", test_outline_has_land_and_water);
  ADD ("/map/outline/refuses-damaged-bytes", test_outline_refuses_damaged_bytes);
  ADD ("/map/image-of-absurd-size-is-refused", test_image_of_absurd_size_is_refused);
  ADD ("/map/mbtiles/draws-and-magnifies", test_mbtiles_draws_and_magnifies);
  ADD ("/map/mbtiles/refuses", test_mbtiles_refuses);
  ADD ("/map/mbtiles/attribution-without-tags", test_mbtiles_attribution_without_tags);
  ADD ("/map/server/keeps-tiles-for-offline", test_server_keeps_tiles_for_offline);
  ADD ("/map/server/is-left-alone-after-an-error", test_server_is_left_alone_after_an_error);
  ADD ("/map/server/without-a-tile-is-no-error", test_server_without_a_tile_is_no_error);
  ADD ("/map/server/cache-is-bounded", test_server_cache_is_bounded);
  ADD ("/map/server/refuses-bad-addresses", test_server_refuses_bad_addresses);
  ADD ("/map/server/unknown-to-tls-is-not-trusted", test_server_unknown_to_tls_is_not_trusted);

  return g_test_run ();
}
