/* dsp-map-source-mbtiles.c: base tiles from a file, for offices without internet
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MBTiles is an SQLite database with the tables metadata (name, value) and tiles (zoom_level, tile_column, tile_row,
 * tile_data); rows count from the south. The file is somebody else's: it is opened read-only and every value is checked.
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-source.h"

#include <glib/gi18n.h>
#include <sqlite3.h>

#include "dsp-map-tile.h"
#include "dsp-map-view.h"

#define MAX_TILE_BYTES (4 * 1024 * 1024)
#define MAX_ATTRIBUTION 300

#define DSP_TYPE_MAP_SOURCE_MBTILES (dsp_map_source_mbtiles_get_type ())
G_DECLARE_FINAL_TYPE (DspMapSourceMbtiles, dsp_map_source_mbtiles, DSP, MAP_SOURCE_MBTILES, DspMapSource)

struct _DspMapSourceMbtiles
{
  DspMapSource parent_instance;

  GMutex mutex;       /* guards the two below: load() runs in the worker */
  sqlite3 *db;        /* (owned) */
  sqlite3_stmt *stmt; /* (owned) */
};

G_DEFINE_FINAL_TYPE (DspMapSourceMbtiles, dsp_map_source_mbtiles, DSP_TYPE_MAP_SOURCE)

static GBytes *
read_tile (DspMapSourceMbtiles *self,
           guint                zoom,
           guint                x,
           guint                row)
{
  GBytes *bytes = NULL;

  sqlite3_reset (self->stmt);
  sqlite3_bind_int (self->stmt, 1, (int) zoom);
  sqlite3_bind_int (self->stmt, 2, (int) x);
  sqlite3_bind_int (self->stmt, 3, (int) row);
  if (sqlite3_step (self->stmt) == SQLITE_ROW)
    {
      const void *data = sqlite3_column_blob (self->stmt, 0);
      int length = sqlite3_column_bytes (self->stmt, 0);

      if (data != NULL && length > 0 && length <= MAX_TILE_BYTES)
        bytes = g_bytes_new (data, (gsize) length);
    }
  sqlite3_reset (self->stmt);

  return bytes;
}

static GBytes *
dsp_map_source_mbtiles_load (DspMapSource *source,
                             guint         zoom,
                             guint         x,
                             guint         y,
                             gboolean     *is_stale)
{
  DspMapSourceMbtiles *self = DSP_MAP_SOURCE_MBTILES (source);
  GBytes *bytes;

  g_mutex_lock (&self->mutex);
  bytes = read_tile (self, zoom, x, (1u << zoom) - 1 - y);
  g_mutex_unlock (&self->mutex);

  return bytes;
}

static void
dsp_map_source_mbtiles_finalize (GObject *object)
{
  DspMapSourceMbtiles *self = DSP_MAP_SOURCE_MBTILES (object);

  g_clear_pointer (&self->stmt, sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (dsp_map_source_mbtiles_parent_class)->finalize (object);
}

static void
dsp_map_source_mbtiles_class_init (DspMapSourceMbtilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_map_source_mbtiles_finalize;
  DSP_MAP_SOURCE_CLASS (klass)->load = dsp_map_source_mbtiles_load;
}

static void
dsp_map_source_mbtiles_init (DspMapSourceMbtiles *self)
{
  g_mutex_init (&self->mutex);
}

/* The text of a bit of HTML: what stands outside of the tags, and the few entities that such lines hold. */
static char *
strip_tags (const char *html)
{
  static const char *const entities[][2] = { { "&copy;", "©" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&amp;", "&" } };
  GString *text = g_string_new (NULL);
  gboolean is_tag = FALSE;

  for (const char *at = html; *at != '\0' && text->len < MAX_ATTRIBUTION; at++)
    {
      if (*at == '<')
        is_tag = TRUE;
      else if (*at == '>')
        is_tag = FALSE;
      else if (!is_tag)
        g_string_append_c (text, *at);
    }
  for (guint i = 0; i < G_N_ELEMENTS (entities); i++)
    g_string_replace (text, entities[i][0], entities[i][1], 0);

  return g_strstrip (g_utf8_make_valid (g_string_free (text, FALSE), -1));
}

static void
read_attribution (DspMapSourceMbtiles *self)
{
  g_autofree char *text = NULL;
  sqlite3_stmt *stmt = NULL;

  if (sqlite3_prepare_v2 (self->db, "SELECT value FROM metadata WHERE name = 'attribution'", -1, &stmt, NULL)
      == SQLITE_OK
      && sqlite3_step (stmt) == SQLITE_ROW && sqlite3_column_text (stmt, 0) != NULL)
    text = strip_tags ((const char *) sqlite3_column_text (stmt, 0));
  sqlite3_finalize (stmt);

  shumate_map_source_set_license (SHUMATE_MAP_SOURCE (self), text != NULL ? text : "");
}

/* The first tile says whether anything here can draw the file. */
static gboolean
check_first_tile (DspMapSourceMbtiles *self,
                  const char          *path,
                  GError             **error)
{
  g_autoptr(GBytes) bytes = NULL;
  sqlite3_stmt *stmt = NULL;

  if (sqlite3_prepare_v2 (self->db, "SELECT tile_data FROM tiles LIMIT 1", -1, &stmt, NULL) == SQLITE_OK
      && sqlite3_step (stmt) == SQLITE_ROW && sqlite3_column_bytes (stmt, 0) > 0)
    bytes = g_bytes_new (sqlite3_column_blob (stmt, 0), (gsize) sqlite3_column_bytes (stmt, 0));
  sqlite3_finalize (stmt);

  if (bytes == NULL)
    {
      g_set_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_NOT_MBTILES, _("%s holds no tiles"), path);
      return FALSE;
    }

  switch (dsp_map_image_sniff (bytes))
    {
    case DSP_MAP_IMAGE_PNG:
    case DSP_MAP_IMAGE_JPEG:
      return TRUE;

    case DSP_MAP_IMAGE_VECTOR:
      g_set_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_VECTOR,
                   _("%s holds vector tiles; only images (PNG or JPEG) can be shown"), path);
      return FALSE;

    case DSP_MAP_IMAGE_WEBP:
    case DSP_MAP_IMAGE_UNKNOWN:
    default:
      g_set_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_FAILED,
                   _("%s holds tiles in a format that cannot be shown; PNG and JPEG can"), path);
      return FALSE;
    }
}

/* Opens the file. Returns: (transfer full) (nullable): the source, or NULL with DSP_MAP_ERROR_NOT_MBTILES (no SQLite
 * database, or no tiles in it), DSP_MAP_ERROR_VECTOR or DSP_MAP_ERROR_FAILED */
DspMapSource *
dsp_map_source_new_mbtiles (const char  *path,
                            GError     **error)
{
  g_autoptr(DspMapSourceMbtiles) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (DSP_TYPE_MAP_SOURCE_MBTILES, NULL);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)
      || sqlite3_open_v2 (path, &self->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      g_set_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_FAILED, _("%s cannot be read"), path);
      return NULL;
    }
  sqlite3_busy_timeout (self->db, 1000);
  sqlite3_limit (self->db, SQLITE_LIMIT_LENGTH, MAX_TILE_BYTES);

  if (sqlite3_prepare_v3 (self->db,
                          "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3",
                          -1, SQLITE_PREPARE_PERSISTENT, &self->stmt, NULL) != SQLITE_OK)
    {
      g_set_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_NOT_MBTILES, _("%s is no MBTiles file: %s"), path,
                   sqlite3_errmsg (self->db));
      return NULL;
    }
  if (!check_first_tile (self, path, error))
    return NULL;

  read_attribution (self);

  return DSP_MAP_SOURCE (g_steal_pointer (&self));
}
