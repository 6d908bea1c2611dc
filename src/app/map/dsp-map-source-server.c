/* dsp-map-source-server.c: base tiles from a server of the office's choice, kept on disk
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was once seen is shown without the network. Errors are silent: after one, the server is left alone for a while
 * and the cache or the outline answers; when the network is back the "refresh" signal asks for the tiles again.
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-source.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "dsp-map-mercator.h"
#include "dsp-map-tile.h"
#include "dsp-map-view.h"

#define USER_AGENT "Despacho/" PACKAGE_VERSION " (map of a dispatch office; libsoup)"
#define MAX_TILE_BYTES (1024 * 1024)
#define MAX_AGE_S (7 * 24 * 3600)
#define TIMEOUT_S 15
#define REST_AFTER_ERROR_US (20 * G_USEC_PER_SEC)
#define WRITES_BETWEEN_TRIMS 256

#define DSP_TYPE_MAP_SOURCE_SERVER (dsp_map_source_server_get_type ())
G_DECLARE_FINAL_TYPE (DspMapSourceServer, dsp_map_source_server, DSP, MAP_SOURCE_SERVER, DspMapSource)

struct _DspMapSourceServer
{
  DspMapSource parent_instance;

  char *url_template;
  char *cache_dir;        /* of this template */
  guint64 max_cache_bytes;
  SoupSession *session;
  gulong network_id;

  gint64 resting_until;   /* monotonic */
  gboolean has_failed;    /* some tiles on the map are second best */

  guint n_writes;         /* worker only */
};

G_DEFINE_FINAL_TYPE (DspMapSourceServer, dsp_map_source_server, DSP_TYPE_MAP_SOURCE)

static char *
make_path (DspMapSourceServer *self,
           guint               zoom,
           guint               x,
           guint               y)
{
  return g_strdup_printf ("%s/%u/%u/%u", self->cache_dir, zoom, x, y);
}

static char *
fill_template (const char *url_template,
               guint       zoom,
               guint       x,
               guint       y)
{
  GString *url = g_string_new (url_template);
  g_autofree char *z_text = g_strdup_printf ("%u", zoom);
  g_autofree char *x_text = g_strdup_printf ("%u", x);
  g_autofree char *y_text = g_strdup_printf ("%u", y);

  g_string_replace (url, "{z}", z_text, 0);
  g_string_replace (url, "{x}", x_text, 0);
  g_string_replace (url, "{y}", y_text, 0);

  return g_string_free (url, FALSE);
}

/* --- disk, in the worker --- */

static GBytes *
dsp_map_source_server_load (DspMapSource *source,
                            guint         zoom,
                            guint         x,
                            guint         y,
                            gboolean     *is_stale)
{
  g_autofree char *path = make_path (DSP_MAP_SOURCE_SERVER (source), zoom, x, y);
  char *contents;
  gsize length;
  GStatBuf info;

  if (g_stat (path, &info) != 0 || info.st_size <= 0 || info.st_size > MAX_TILE_BYTES
      || !g_file_get_contents (path, &contents, &length, NULL))
    return NULL;

  *is_stale = g_get_real_time () / G_USEC_PER_SEC - info.st_mtime > MAX_AGE_S;

  return g_bytes_new_take (contents, length);
}

typedef struct
{
  char *path;
  gint64 time;
  guint64 size;
} CachedFile;

static void
cached_file_clear (gpointer data)
{
  g_free (((CachedFile *) data)->path);
}

static int
compare_cached_files (gconstpointer a,
                      gconstpointer b)
{
  const CachedFile *left = a, *right = b;

  return (left->time > right->time) - (left->time < right->time);
}

static void
collect_files (const char *folder,
               guint       depth,
               GArray     *files,
               guint64    *n_bytes)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf info;

      if (g_lstat (path, &info) != 0)
        continue;
      if (S_ISDIR (info.st_mode) && depth < 3)
        {
          collect_files (path, depth + 1, files, n_bytes);
        }
      else if (S_ISREG (info.st_mode))
        {
          CachedFile file = { g_steal_pointer (&path), info.st_mtime, (guint64) info.st_size };

          *n_bytes += file.size;
          g_array_append_val (files, file);
        }
    }
}

/* Deletes the oldest until the cache is a tenth under its limit. */
static void
trim (DspMapSourceServer *self)
{
  g_autoptr(GArray) files = g_array_new (FALSE, FALSE, sizeof (CachedFile));
  guint64 n_bytes = 0;

  g_array_set_clear_func (files, cached_file_clear);
  collect_files (self->cache_dir, 0, files, &n_bytes);
  if (n_bytes <= self->max_cache_bytes)
    return;

  g_array_sort (files, compare_cached_files);
  for (guint i = 0; i < files->len && n_bytes > self->max_cache_bytes / 10 * 9; i++)
    {
      const CachedFile *file = &g_array_index (files, CachedFile, i);

      if (g_unlink (file->path) == 0)
        n_bytes -= file->size;
    }
}

static void
dsp_map_source_server_keep (DspMapSource *source,
                            guint         zoom,
                            guint         x,
                            guint         y,
                            GBytes       *image)
{
  DspMapSourceServer *self = DSP_MAP_SOURCE_SERVER (source);
  g_autofree char *path = make_path (self, zoom, x, y);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  /* A full disk costs the cache, not the map. */
  if (g_mkdir_with_parents (folder, 0700) != 0
      || !g_file_set_contents_full (path, g_bytes_get_data (image, NULL), (gssize) g_bytes_get_size (image),
                                    G_FILE_SET_CONTENTS_NONE, 0600, &error))
    {
      g_debug ("cannot keep a tile, ignoring: %s", error != NULL ? error->message : g_strerror (errno));
      return;
    }

  if (self->n_writes++ % WRITES_BETWEEN_TRIMS == 0)
    trim (self);
}

/* --- network, in the main thread --- */

typedef struct
{
  SoupMessage *message; /* (owned) */
  guint8 *buffer;       /* (owned) */
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_clear_object (&fetch->message);
  g_free (fetch->buffer);
  g_free (fetch);
}

static void
rest (DspMapSourceServer *self)
{
  self->resting_until = g_get_monotonic_time () + REST_AFTER_ERROR_US;
  self->has_failed = TRUE;
}

static void
note_success (DspMapSourceServer *self)
{
  self->resting_until = 0;
  if (self->has_failed)
    {
      self->has_failed = FALSE;
      g_signal_emit_by_name (self, "refresh");
    }
}

static void
read_done (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  DspMapSourceServer *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  gsize n_read = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (object), result, &n_read, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        rest (self);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (n_read == 0 || n_read > MAX_TILE_BYTES)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }

  note_success (self);
  g_task_return_pointer (task, g_bytes_new (fetch->buffer, n_read), (GDestroyNotify) g_bytes_unref);
}

static void
send_done (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  DspMapSourceServer *self = g_task_get_source_object (task);
  g_autoptr(GInputStream) stream = NULL;
  g_autoptr(GError) error = NULL;
  SoupStatus status;

  stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (stream == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        rest (self);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  status = soup_message_get_status (fetch->message);
  if (status != SOUP_STATUS_OK)
    {
      /* "No such tile" is an answer; anything else says: not now. */
      if (status != SOUP_STATUS_NOT_FOUND && status != SOUP_STATUS_NO_CONTENT && status != SOUP_STATUS_GONE)
        rest (self);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the map server answered %u", status);
      return;
    }

  fetch->buffer = g_malloc (MAX_TILE_BYTES + 1);
  g_input_stream_read_all_async (stream, fetch->buffer, MAX_TILE_BYTES + 1, G_PRIORITY_DEFAULT,
                                 g_task_get_cancellable (task), read_done, g_object_ref (task));
}

static void
dsp_map_source_server_fetch_async (DspMapSource        *source,
                                   guint                zoom,
                                   guint                x,
                                   guint                y,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  DspMapSourceServer *self = DSP_MAP_SOURCE_SERVER (source);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *url = fill_template (self->url_template, zoom, x, y);
  Fetch *fetch;

  g_task_set_source_tag (task, dsp_map_source_server_fetch_async);
  if (g_get_monotonic_time () < self->resting_until)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }

  fetch = g_new0 (Fetch, 1);
  fetch->message = soup_message_new (SOUP_METHOD_GET, url);
  g_task_set_task_data (task, fetch, (GDestroyNotify) fetch_free);
  if (fetch->message == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }

  soup_session_send_async (self->session, fetch->message, G_PRIORITY_DEFAULT, cancellable, send_done,
                           g_object_ref (task));
}

static GBytes *
dsp_map_source_server_fetch_finish (DspMapSource  *source,
                                    GAsyncResult  *result,
                                    GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_network_changed (DspMapSourceServer *self,
                    gboolean            is_available)
{
  self->resting_until = 0;
  if (is_available && self->has_failed)
    note_success (self);
}

static void
dsp_map_source_server_dispose (GObject *object)
{
  DspMapSourceServer *self = DSP_MAP_SOURCE_SERVER (object);

  g_clear_signal_handler (&self->network_id, g_network_monitor_get_default ());
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (dsp_map_source_server_parent_class)->dispose (object);
}

static void
dsp_map_source_server_finalize (GObject *object)
{
  DspMapSourceServer *self = DSP_MAP_SOURCE_SERVER (object);

  g_free (self->url_template);
  g_free (self->cache_dir);

  G_OBJECT_CLASS (dsp_map_source_server_parent_class)->finalize (object);
}

static void
dsp_map_source_server_class_init (DspMapSourceServerClass *klass)
{
  DspMapSourceClass *source_class = DSP_MAP_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_map_source_server_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_map_source_server_finalize;
  source_class->load = dsp_map_source_server_load;
  source_class->keep = dsp_map_source_server_keep;
  source_class->fetch_async = dsp_map_source_server_fetch_async;
  source_class->fetch_finish = dsp_map_source_server_fetch_finish;
}

static void
dsp_map_source_server_init (DspMapSourceServer *self)
{
}

static gboolean
check_template (const char  *url_template,
                GError     **error)
{
  g_autofree char *example = NULL;
  g_autoptr(GUri) uri = NULL;

  if (strstr (url_template, "{z}") == NULL || strstr (url_template, "{x}") == NULL
      || strstr (url_template, "{y}") == NULL)
    {
      g_set_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_BAD_TEMPLATE,
                   _("the map server's address “%s” lacks {z}, {x} or {y}"), url_template);
      return FALSE;
    }

  example = fill_template (url_template, 1, 1, 1);
  uri = g_uri_parse (example, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0'
      || (g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 && g_strcmp0 (g_uri_get_scheme (uri), "http") != 0))
    {
      g_set_error (error, DSP_MAP_ERROR, DSP_MAP_ERROR_BAD_TEMPLATE,
                   _("“%s” is no address of a map server: it begins with https:// or http://"), url_template);
      return FALSE;
    }

  return TRUE;
}

/* @url_template: an http or https address with {z}, {x} and {y}
 * @cache_dir: a folder of ours, made when needed; each template has its own folder in it
 *
 * Returns: (transfer full) (nullable): the source, or NULL with DSP_MAP_ERROR_BAD_TEMPLATE
 */
DspMapSource *
dsp_map_source_new_server (const char  *url_template,
                           const char  *cache_dir,
                           guint64      max_cache_bytes,
                           GError     **error)
{
  DspMapSourceServer *self;
  g_autofree char *hash = NULL;

  g_return_val_if_fail (url_template != NULL, NULL);
  g_return_val_if_fail (cache_dir != NULL, NULL);

  if (!check_template (url_template, error))
    return NULL;

  self = g_object_new (DSP_TYPE_MAP_SOURCE_SERVER, NULL);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, url_template, -1);
  hash[16] = '\0';
  self->url_template = g_strdup (url_template);
  self->cache_dir = g_build_filename (cache_dir, hash, NULL);
  self->max_cache_bytes = max_cache_bytes;

  /* The session verifies TLS against the system's authorities; nothing here relaxes that. */
  self->session = soup_session_new_with_options ("user-agent", USER_AGENT,
                                                 "timeout", TIMEOUT_S,
                                                 "max-conns", 6,
                                                 "max-conns-per-host", 4,
                                                 NULL);
  self->network_id = g_signal_connect_swapped (g_network_monitor_get_default (), "network-changed",
                                               G_CALLBACK (on_network_changed), self);

  return DSP_MAP_SOURCE (self);
}
