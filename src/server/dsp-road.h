/* dsp-road.h: how long the ways between places are by road, from a service or a program
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of what the office has prepared one is asked after the other: an HTTP service that speaks as OSRM does, then Routino,
 * whose router runs as a program of its own. Both block: call them on a thread that may wait.
 */
#pragma once

#include "dsp-tour.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  char *osrm;      /* (nullable): where the service is: http://HOST:PORT, perhaps with a path before /route/v1 */
  char *routino;   /* (nullable): the folder of its database; as DIR/PREFIX where its files have one */
  guint timeout_s; /* of one answer; 0: 20 */
} DspRoadOptions;

/* FALSE: what is written in @options cannot be: a sentence says which and what would be right. */
gboolean dsp_road_check   (const DspRoadOptions *options, GError **error);

/* The ways of @tour (of DspTourPlace, two or more) by road: (transfer full): of gint64, metres, one fewer than places. NULL:
 * nobody could say; @error is of the last that was asked. @by: (out): who said it. */
GArray  *dsp_road_measure (const DspRoadOptions *options, const GArray *tour, DspDistance *by, GCancellable *cancellable, GError **error);

/* Each by itself. */
GArray  *dsp_road_osrm    (const DspRoadOptions *options, const GArray *tour, GCancellable *cancellable, GError **error);
GArray  *dsp_road_routino (const DspRoadOptions *options, const GArray *tour, GCancellable *cancellable, GError **error);

G_END_DECLS
