/* dsp-map-outline.h: the base map that needs neither network nor files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>

#include "dsp-map-path.h"

G_BEGIN_DECLS

typedef struct _DspMapOutline DspMapOutline;

DspMapOutline *dsp_map_outline_new   (GBytes         *bytes,
                                      GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/* The one that ships with the program. */
DspMapOutline *dsp_map_outline_new_built_in (GError  **error) G_GNUC_WARN_UNUSED_RESULT;
DspMapOutline *dsp_map_outline_ref   (DspMapOutline  *outline);
void           dsp_map_outline_unref (DspMapOutline  *outline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMapOutline, dsp_map_outline_unref)

void           dsp_map_outline_draw  (const DspMapOutline *outline,
                                      cairo_t             *cr,
                                      const DspMapFrame   *frame,
                                      gboolean             is_dark);

G_END_DECLS
