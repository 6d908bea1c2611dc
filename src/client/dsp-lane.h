/* dsp-lane.h: a thread that does one thing after the other
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DspLane DspLane;
typedef void (*DspLaneFunc) (gpointer data);

/* @idle (nullable): called in the thread when nothing was asked for during two seconds, once each time. */
DspLane *dsp_lane_new  (const char *name, DspLaneFunc idle, gpointer idle_data);
void     dsp_lane_free (DspLane *lane); /* does what was asked for, then ends */

/* @urgent: what a person waits for, before what only the network brought. Any thread. */
void     dsp_lane_push (DspLane *lane, gboolean urgent, DspLaneFunc func, gpointer data);
/* The same, and waits until it was done. Not from within the lane. */
void     dsp_lane_call (DspLane *lane, gboolean urgent, DspLaneFunc func, gpointer data);

G_END_DECLS
