/* dsp-map-layer-picture.c: the picture of the layer, drawn by a worker before it is needed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A frame costs little because nothing is drawn in it: a worker draws a picture half again as large as the view, each
 * frame moves (and while zooming, scales) that picture, and a new one is asked for before the view leaves it. Only what
 * must answer at once, the selection and what is under the pointer, is drawn by the main thread, and kept as a node.
 *
 *   change of data, style, zoom or place ──► picture requested ──► worker: dsp_map_render() ──► on_picture_drawn()
 *                                                 ▲ one at a time; a change meanwhile asks once more │
 *                                                 └──────────────────────────────────────────────────┘
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-layer-private.h"

#include "dsp-map-mercator.h"

#define PICTURE_FACTOR 1.5     /* of the view's width and height */
#define MAX_PICTURE_SIDE 6000
#define SETTLE_MS 120          /* after the last zoom step: draw at the exact scale */

/* --- worker --- */

void
dsp_map_layer_run_work (gpointer data,
                        gpointer user_data)
{
  g_autoptr(GTask) task = data;

  if (!g_task_return_error_if_cancelled (task))
    ((DspMapWorkFunc) g_task_get_source_tag (task)) (task);
}

void
dsp_map_picture_free (DspMapPicture *picture)
{
  g_clear_pointer (&picture->surface, cairo_surface_destroy);
  g_clear_pointer (&picture->node, gsk_render_node_unref);
  g_clear_pointer (&picture->marks, g_array_unref);
  g_clear_pointer (&picture->members, g_array_unref);
  g_clear_pointer (&picture->slots, dsp_map_slots_unref);
  g_clear_pointer (&picture->pins, g_array_unref);
  g_clear_pointer (&picture->crews, g_array_unref);
  g_free (picture);
}

typedef struct
{
  DspMapRenderInput input; /* owns all it points to */
  int scale_factor;
} DrawJob;

static void
draw_job_free (DrawJob *job)
{
  g_clear_pointer (&job->input.slots, dsp_map_slots_unref);
  g_clear_pointer (&job->input.tallies, dsp_map_tallies_unref);
  g_clear_pointer (&job->input.pins, g_array_unref);
  g_clear_pointer (&job->input.crews, g_array_unref);
  g_clear_pointer (&job->input.closed, g_hash_table_unref);
  g_free ((guint8 *) job->input.selection);
  g_free (job);
}

static void
work_draw (GTask *task)
{
  DrawJob *job = g_task_get_task_data (task);
  DspMapPicture *picture = g_new0 (DspMapPicture, 1);
  cairo_t *cr;

  picture->frame = job->input.frame;
  picture->marks = g_array_new (FALSE, FALSE, sizeof (DspMapMark));
  picture->members = g_array_new (FALSE, FALSE, sizeof (guint32));
  picture->has_selection = job->input.selection != NULL;
  picture->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32,
                                                 (int) job->input.frame.width * job->scale_factor,
                                                 (int) job->input.frame.height * job->scale_factor);
  cr = cairo_create (picture->surface);
  cairo_scale (cr, job->scale_factor, job->scale_factor);
  dsp_map_render (cr, &job->input, picture->marks, picture->members);
  cairo_destroy (cr);
  cairo_surface_flush (picture->surface);

  picture->slots = g_steal_pointer (&job->input.slots);
  picture->pins = g_steal_pointer (&job->input.pins);
  picture->crews = g_steal_pointer (&job->input.crews);

  g_task_return_pointer (task, picture, (GDestroyNotify) dsp_map_picture_free);
}

/* The layer itself is no source object: its last reference must not be dropped by the worker. */
void
dsp_map_layer_push_work (DspMapLayer         *self,
                         DspMapWorkFunc       func,
                         gpointer             data,
                         GDestroyNotify       free_data,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  done)
{
  GTask *task = g_task_new (NULL, cancellable, done, g_object_ref (self));

  g_task_set_source_tag (task, func);
  g_task_set_task_data (task, data, free_data);
  g_thread_pool_push (self->pool, task, NULL);
}

/* --- asking for pictures --- */

void
dsp_map_layer_update_busy (DspMapLayer *self)
{
  gboolean is_busy = self->is_drawing || self->areas_cancellable != NULL || self->settle_id != 0;

  if (self->is_busy == is_busy)
    return;

  self->is_busy = is_busy;
  g_object_notify (G_OBJECT (self), "busy");
}

static void
on_picture_drawn (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(DspMapLayer) self = user_data;
  g_autoptr(GError) error = NULL;
  DspMapPicture *picture = g_task_propagate_pointer (G_TASK (result), &error);

  self->is_drawing = FALSE;
  if (picture != NULL)
    {
      g_clear_pointer (&self->picture, dsp_map_picture_free);
      self->picture = picture;
      self->n_pictures++;
      g_clear_pointer (&self->selection_node, gsk_render_node_unref);
      g_clear_pointer (&self->hover_node, gsk_render_node_unref);
      if (self->hover.kind != DSP_MAP_HIT_NOTHING && self->hover.kind != DSP_MAP_HIT_AREA)
        {
          /* Counts in marks that are gone. */
          self->hover = (DspMapHit) { DSP_MAP_HIT_NOTHING, 0 };
          dsp_map_layer_hover_changed (self);
        }
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }

  if (self->is_outdated)
    dsp_map_layer_request_picture (self);
  else
    dsp_map_layer_check_picture (self);
  dsp_map_layer_update_busy (self);
}

void
dsp_map_layer_request_picture (DspMapLayer *self)
{
  DspMapFrame view;
  DrawJob *job;

  if (self->is_drawing)
    {
      self->is_outdated = TRUE;
      return;
    }

  dsp_map_layer_get_frame (self, &view);
  if (view.width <= 0 || view.height <= 0 || !gtk_widget_get_realized (GTK_WIDGET (self)))
    return;

  g_clear_handle_id (&self->settle_id, g_source_remove);
  job = g_new0 (DrawJob, 1);
  dsp_map_layer_get_render_input (self, &job->input);
  if (job->input.slots != NULL)
    dsp_map_slots_ref (job->input.slots);
  if (job->input.tallies != NULL)
    dsp_map_tallies_ref (job->input.tallies);
  if (job->input.pins != NULL)
    g_array_ref (job->input.pins);
  if (job->input.crews != NULL)
    g_array_ref (job->input.crews);
  if (job->input.closed != NULL)
    g_hash_table_ref (job->input.closed);
  if (self->wants_selection_in_picture)
    job->input.selection = g_memdup2 (self->selection, DSP_MAP_N_CODES);

  /* On whole pixels of the world, so that outlines snap the same way in every picture of a scale. */
  job->scale_factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  job->input.frame.scale = view.scale;
  job->input.frame.width = MIN (ceil (view.width * PICTURE_FACTOR), MAX_PICTURE_SIDE);
  job->input.frame.height = MIN (ceil (view.height * PICTURE_FACTOR), MAX_PICTURE_SIDE);
  job->input.frame.origin_x = view.origin_x - (job->input.frame.width - view.width) / 2 / view.scale;
  job->input.frame.origin_y = view.origin_y - (job->input.frame.height - view.height) / 2 / view.scale;
  job->input.frame.origin_x = floor (job->input.frame.origin_x * view.scale) / view.scale;
  job->input.frame.origin_y = floor (job->input.frame.origin_y * view.scale) / view.scale;

  self->is_drawing = TRUE;
  self->is_outdated = FALSE;
  dsp_map_layer_push_work (self, work_draw, job, (GDestroyNotify) draw_job_free, NULL, on_picture_drawn);
  dsp_map_layer_update_busy (self);
}

static gboolean
on_settled (gpointer user_data)
{
  DspMapLayer *self = user_data;

  self->settle_id = 0;
  dsp_map_layer_request_picture (self);
  dsp_map_layer_update_busy (self);

  return G_SOURCE_REMOVE;
}

/* Asks for another picture if the one at hand will not do for this view. */
void
dsp_map_layer_check_picture (DspMapLayer *self)
{
  const DspMapPicture *picture = self->picture;
  DspMapFrame view;
  double ratio, left, top, margin_x, margin_y;

  /* Looked at again when the one under way is there. */
  if (self->is_drawing)
    return;

  dsp_map_layer_get_frame (self, &view);
  if (view.width <= 0 || view.height <= 0)
    return;
  if (picture == NULL)
    {
      dsp_map_layer_request_picture (self);
      return;
    }

  ratio = view.scale / picture->frame.scale;
  left = (view.origin_x - picture->frame.origin_x) * view.scale;
  top = (view.origin_y - picture->frame.origin_y) * view.scale;
  margin_x = view.width * 0.06;
  margin_y = view.height * 0.06;

  if (ratio < 0.77 || ratio > 1.3 || left < margin_x || top < margin_y
      || left + view.width > picture->frame.width * ratio - margin_x
      || top + view.height > picture->frame.height * ratio - margin_y)
    {
      dsp_map_layer_request_picture (self);
    }
  else if (fabs (ratio - 1) > 1e-9)
    {
      g_clear_handle_id (&self->settle_id, g_source_remove);
      self->settle_id = g_timeout_add (SETTLE_MS, on_settled, self);
      dsp_map_layer_update_busy (self);
    }
}
