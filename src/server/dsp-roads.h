/* dsp-roads.h: claims of kilometres are measured by road after they were taken
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A claim is taken at once, proposed by the straight line; nobody waits for a routing service. A thread of its own asks it
 * then, and gives the server's own command with the answer, which reaches everybody like any other change. Where it fails
 * the straight line stays, and it is asked again later.
 */
#pragma once

#include "dsp-executor.h"
#include "dsp-road.h"

G_BEGIN_DECLS

typedef struct _DspRoads DspRoads;

/* @database: as for dsp_db_open(). Begins with the claims that were not measured before. */
DspRoads *dsp_roads_new  (const char *database, DspExecutor *executor, const DspRoadOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* These (of DspId) want to be measured. Any thread. */
void      dsp_roads_note (DspRoads *self, const GArray *claims);
/* Ends the thread; before the executor ends. */
void      dsp_roads_stop (DspRoads *self);
void      dsp_roads_free (DspRoads *self);

G_END_DECLS
