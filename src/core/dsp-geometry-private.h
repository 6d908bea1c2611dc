/* dsp-geometry-private.h: what the files of the geometry share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-geometry.h"

G_BEGIN_DECLS

/* Takes arrays of at least one valid ring. */
DspGeometry *dsp_geometry_new_take (GArray *points,
                                    GArray *rings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
