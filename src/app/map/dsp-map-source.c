/* dsp-map-source.c: where base tiles come from; never leaves one blank
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tile goes through these steps until one has a picture:
 *
 *   worker: load() ──fresh──────────────────────────────► decode ──► show
 *             │ stale or missing, and the class can fetch     ▲
 *             ▼                                               │
 *   main:   fetch_async() ──────────────► worker: keep() ─────┘
 *             │ nothing came
 *             ▼
 *   worker: the stale image, else the nearest ancestor magnified, else the outline
 *
 * Workers touch neither the tile nor any widget: they get numbers and give back a surface.
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-source.h"

#include "dsp-map-mercator.h"
#include "dsp-map-tile.h"

#define MAX_ANCESTORS 8

typedef struct
{
  DspMapOutline *outline; /* (owned) (nullable) */
  GThreadPool *pool;      /* (owned): one thread, so that fonts are loaded once and drawing leaves a core free */
  guint scale_factor;
  guint n_pending;
  gboolean is_dark;
  gboolean has_cairo_renderer;
} DspMapSourcePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (DspMapSource, dsp_map_source, SHUMATE_TYPE_MAP_SOURCE)

enum { REFRESH, N_SIGNALS };
static guint signals[N_SIGNALS];

/* One tile on its way. The outer task is the map layer's; each visit to the worker has a task of its own. */
typedef struct
{
  DspMapSource *source;   /* (owned) */
  ShumateTile *tile;      /* (owned): main thread only */
  DspMapOutline *outline; /* (owned) (nullable) */
  guint zoom;
  guint x;
  guint y;
  guint size;
  gboolean is_dark;
  gboolean may_fetch;
  GBytes *fetched;        /* (owned) (nullable) */
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->source);
  g_clear_object (&job->tile);
  g_clear_pointer (&job->outline, dsp_map_outline_unref);
  g_clear_pointer (&job->fetched, g_bytes_unref);
  g_free (job);
}

static cairo_surface_t *
draw_outline (const Job *job)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) job->size, (int) job->size);
  double n_tiles = (double) (G_GUINT64_CONSTANT (1) << job->zoom);
  double factor = job->size / (double) DSP_MAP_TILE_SIZE;
  DspMapFrame frame = {
    job->x / n_tiles, job->y / n_tiles, DSP_MAP_TILE_SIZE * n_tiles, DSP_MAP_TILE_SIZE, DSP_MAP_TILE_SIZE,
  };
  cairo_t *cr;

  if (job->outline == NULL)
    return surface;

  cr = cairo_create (surface);
  cairo_scale (cr, factor, factor);
  dsp_map_outline_draw (job->outline, cr, &frame, job->is_dark);
  cairo_destroy (cr);

  return surface;
}

static cairo_surface_t *
load_surface (const Job *job,
              guint      n_levels,
              gboolean  *is_stale)
{
  DspMapSourceClass *klass = DSP_MAP_SOURCE_GET_CLASS (job->source);
  g_autoptr(GBytes) bytes = NULL;

  *is_stale = FALSE;
  if (klass->load == NULL)
    return NULL;

  bytes = klass->load (job->source, job->zoom - n_levels, job->x >> n_levels, job->y >> n_levels, is_stale);

  return bytes != NULL ? dsp_map_image_decode (bytes) : NULL;
}

/* Worker. Returns a surface, or NULL when the main thread should fetch first. */
static void
draw_work (gpointer data,
           gpointer user_data)
{
  g_autoptr(GTask) task = data;
  Job *job = g_task_get_task_data (task);
  DspMapSourceClass *klass = DSP_MAP_SOURCE_GET_CLASS (job->source);
  cairo_surface_t *surface = NULL;
  gboolean is_stale = FALSE;

  if (g_task_return_error_if_cancelled (task))
    return;

  if (job->fetched != NULL)
    {
      surface = dsp_map_image_decode (job->fetched);
      if (surface != NULL)
        klass->keep (job->source, job->zoom, job->x, job->y, job->fetched);
    }

  if (surface == NULL)
    {
      surface = load_surface (job, 0, &is_stale);
      if (job->may_fetch && (surface == NULL || is_stale))
        {
          g_clear_pointer (&surface, cairo_surface_destroy);
          g_task_return_pointer (task, NULL, NULL);
          return;
        }
    }

  for (guint i = 1; surface == NULL && klass->load != NULL && i <= MIN (job->zoom, MAX_ANCESTORS); i++)
    {
      cairo_surface_t *ancestor = load_surface (job, i, &is_stale);

      if (ancestor != NULL)
        {
          surface = dsp_map_image_magnify (ancestor, i, job->x, job->y, job->size);
          cairo_surface_destroy (ancestor);
        }
    }

  if (surface == NULL)
    surface = draw_outline (job);

  g_task_return_pointer (task, surface, (GDestroyNotify) cairo_surface_destroy);
}

static void draw_done (GObject      *object,
                       GAsyncResult *result,
                       gpointer      user_data);

/* The outer task keeps the job; it lives until the tile is shown. */
static void
push_work (GTask *outer)
{
  Job *job = g_task_get_task_data (outer);
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (job->source);
  /* Without a source object: its last reference must not be dropped by the worker. */
  GTask *inner = g_task_new (NULL, g_task_get_cancellable (outer), draw_done, outer);

  g_task_set_task_data (inner, job, NULL);
  g_thread_pool_push (priv->pool, inner, NULL);
}

static void
fetch_done (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *outer = user_data;
  Job *job = g_task_get_task_data (outer);
  g_autoptr(GError) error = NULL;

  job->fetched = DSP_MAP_SOURCE_GET_CLASS (job->source)->fetch_finish (job->source, result, &error);
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("tile %u/%u/%u: %s", job->zoom, job->x, job->y, error->message);

  job->may_fetch = FALSE;
  push_work (outer);
}

static void
draw_done (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) outer = user_data;
  Job *job = g_task_get_task_data (outer);
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (job->source);
  g_autoptr(GError) error = NULL;
  cairo_surface_t *surface = g_task_propagate_pointer (G_TASK (result), &error);

  if (surface == NULL && error == NULL)
    {
      GCancellable *cancellable = g_task_get_cancellable (outer);

      DSP_MAP_SOURCE_GET_CLASS (job->source)->fetch_async (job->source, job->zoom, job->x, job->y, cancellable,
                                                           fetch_done, g_steal_pointer (&outer));
      return;
    }

  priv->n_pending--;
  if (surface == NULL)
    {
      g_task_return_error (outer, g_steal_pointer (&error));
      return;
    }

  {
    g_autoptr(GdkPaintable) paintable = dsp_map_tile_new (surface, priv->has_cairo_renderer);

    shumate_tile_set_paintable (job->tile, paintable);
    shumate_tile_set_fade_in (job->tile, FALSE);
    shumate_tile_set_state (job->tile, SHUMATE_STATE_DONE);
  }
  cairo_surface_destroy (surface);
  g_task_return_boolean (outer, TRUE);
}

static void
dsp_map_source_fill_tile_async (ShumateMapSource    *map_source,
                                ShumateTile         *tile,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  DspMapSource *self = DSP_MAP_SOURCE (map_source);
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (self);
  GTask *outer = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->source = g_object_ref (self);
  job->tile = g_object_ref (tile);
  job->outline = priv->outline != NULL ? dsp_map_outline_ref (priv->outline) : NULL;
  job->zoom = shumate_tile_get_zoom_level (tile);
  job->x = shumate_tile_get_x (tile);
  job->y = shumate_tile_get_y (tile);
  job->size = DSP_MAP_TILE_SIZE * priv->scale_factor;
  job->is_dark = priv->is_dark;
  job->may_fetch = DSP_MAP_SOURCE_GET_CLASS (self)->fetch_async != NULL;
  g_task_set_source_tag (outer, dsp_map_source_fill_tile_async);
  g_task_set_task_data (outer, job, (GDestroyNotify) job_free);

  priv->n_pending++;
  push_work (outer);
}

static gboolean
dsp_map_source_fill_tile_finish (ShumateMapSource  *map_source,
                                 GAsyncResult      *result,
                                 GError           **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
dsp_map_source_finalize (GObject *object)
{
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (DSP_MAP_SOURCE (object));

  /* Each job holds the source, so by now the queue is empty. */
  g_clear_pointer (&priv->outline, dsp_map_outline_unref);
  g_thread_pool_free (priv->pool, FALSE, FALSE);

  G_OBJECT_CLASS (dsp_map_source_parent_class)->finalize (object);
}

static void
dsp_map_source_class_init (DspMapSourceClass *klass)
{
  ShumateMapSourceClass *source_class = SHUMATE_MAP_SOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dsp_map_source_finalize;
  source_class->fill_tile_async = dsp_map_source_fill_tile_async;
  source_class->fill_tile_finish = dsp_map_source_fill_tile_finish;

  signals[REFRESH] = g_signal_new ("refresh", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
dsp_map_source_init (DspMapSource *self)
{
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (self);
  static guint n_made;
  g_autofree char *id = g_strdup_printf ("dsp-map-%u", ++n_made);

  priv->scale_factor = 1;
  priv->has_cairo_renderer = TRUE;
  priv->pool = g_thread_pool_new (draw_work, NULL, 1, FALSE, NULL);

  shumate_map_source_set_id (SHUMATE_MAP_SOURCE (self), id);
  shumate_map_source_set_min_zoom_level (SHUMATE_MAP_SOURCE (self), 0);
  shumate_map_source_set_max_zoom_level (SHUMATE_MAP_SOURCE (self), DSP_MAP_MAX_ZOOM);
  shumate_map_source_set_tile_size (SHUMATE_MAP_SOURCE (self), DSP_MAP_TILE_SIZE);
  shumate_map_source_set_projection (SHUMATE_MAP_SOURCE (self), SHUMATE_MAP_PROJECTION_MERCATOR);
}

DspMapSource *
dsp_map_source_new_outline (DspMapOutline *outline)
{
  DspMapSource *self = g_object_new (DSP_TYPE_MAP_SOURCE, NULL);

  dsp_map_source_set_outline (self, outline);
  shumate_map_source_set_license (SHUMATE_MAP_SOURCE (self), "Natural Earth");

  return self;
}

void
dsp_map_source_set_outline (DspMapSource  *self,
                            DspMapOutline *outline)
{
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (self);

  g_return_if_fail (DSP_IS_MAP_SOURCE (self));

  if (outline != NULL)
    dsp_map_outline_ref (outline);
  g_clear_pointer (&priv->outline, dsp_map_outline_unref);
  priv->outline = outline;
}

/* These three count for tiles asked for from now on. */

void
dsp_map_source_set_is_dark (DspMapSource *self,
                            gboolean      is_dark)
{
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (self);

  g_return_if_fail (DSP_IS_MAP_SOURCE (self));

  priv->is_dark = is_dark;
}

void
dsp_map_source_set_scale_factor (DspMapSource *self,
                                 guint         scale_factor)
{
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (self);

  g_return_if_fail (DSP_IS_MAP_SOURCE (self));

  priv->scale_factor = CLAMP (scale_factor, 1, 4);
}

void
dsp_map_source_set_has_cairo_renderer (DspMapSource *self,
                                       gboolean      has_cairo_renderer)
{
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (self);

  g_return_if_fail (DSP_IS_MAP_SOURCE (self));

  priv->has_cairo_renderer = has_cairo_renderer;
}

/* TRUE if no tile is on its way. */
gboolean
dsp_map_source_is_idle (DspMapSource *self)
{
  DspMapSourcePrivate *priv = dsp_map_source_get_instance_private (self);

  g_return_val_if_fail (DSP_IS_MAP_SOURCE (self), TRUE);

  return priv->n_pending == 0;
}
