/* dsp-map-layer.h: everything on the map that is ours, and what the pointer and the keyboard do to it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals: those of DspMapView (dsp-map-view.h), and
 *   hover-changed ()   another thing under the pointer or the keyboard's cursor: dsp_map_layer_dup_hover_text()
 *   tallies-changed () other counts or codes
 *   bubble-activated () double click on a bubble of several codes, which the first click selected
 *   tool-done ()       Escape: back to panning
 */
#pragma once

#include <shumate/shumate.h>

#include "dsp-map-render.h"
#include "dsp-map-view.h"

G_BEGIN_DECLS

#define DSP_TYPE_MAP_LAYER (dsp_map_layer_get_type ())
G_DECLARE_FINAL_TYPE (DspMapLayer, dsp_map_layer, DSP, MAP_LAYER, ShumateLayer)

DspMapLayer *dsp_map_layer_new (ShumateViewport *viewport) G_GNUC_WARN_UNUSED_RESULT;

void  dsp_map_layer_set_areas     (DspMapLayer         *self,
                                   const DspMapArea    *areas,
                                   guint                n_areas);
void  dsp_map_layer_set_places    (DspMapLayer         *self,
                                   const DspMapPlace   *places,
                                   guint                n_places);
void  dsp_map_layer_set_counts    (DspMapLayer         *self,
                                   const DspMapCount   *counts,
                                   guint                n_counts);
void  dsp_map_layer_set_pins      (DspMapLayer         *self,
                                   const DspMapPin     *pins,
                                   guint                n_pins);
void  dsp_map_layer_set_crews     (DspMapLayer         *self,
                                   const DspMapCrew    *crews,
                                   guint                n_crews);

void  dsp_map_layer_set_closed    (DspMapLayer         *self,
                                   const DspMapClosed  *closed,
                                   guint                n_closed);

void  dsp_map_layer_set_colour    (DspMapLayer         *self,
                                   DspMapColour         colour);
void  dsp_map_layer_set_is_dark   (DspMapLayer         *self,
                                   gboolean             is_dark);
void  dsp_map_layer_set_tool      (DspMapLayer         *self,
                                   DspMapTool           tool);

char **dsp_map_layer_dup_selected_codes (DspMapLayer       *self) G_GNUC_WARN_UNUSED_RESULT;
void  dsp_map_layer_set_selected_codes  (DspMapLayer       *self,
                                         const char *const *codes,
                                         const char *const *partial);
void  dsp_map_layer_set_selected_pins   (DspMapLayer       *self,
                                         const DspId       *ids,
                                         guint              n_ids);
void  dsp_map_layer_set_cursor          (DspMapLayer       *self,
                                         const char        *code);

/* What is there to see, in the unit square; FALSE if nothing. */
gboolean dsp_map_layer_get_extent        (DspMapLayer    *self,
                                          gboolean        is_selection,
                                          double         *x0,
                                          double         *y0,
                                          double         *x1,
                                          double         *y1);
gboolean dsp_map_layer_get_code_extent   (DspMapLayer    *self,
                                          const char     *code,
                                          double         *x0,
                                          double         *y0,
                                          double         *x1,
                                          double         *y1);
gboolean dsp_map_layer_get_pin           (DspMapLayer    *self,
                                          const DspId    *id,
                                          double         *x,
                                          double         *y);
void     dsp_map_layer_get_frame         (DspMapLayer    *self,
                                          DspMapFrame    *frame);
void     dsp_map_layer_get_render_input  (DspMapLayer       *self,
                                          DspMapRenderInput *input);
char    *dsp_map_layer_dup_hover_text    (DspMapLayer    *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean dsp_map_layer_is_busy           (DspMapLayer    *self);
gboolean dsp_map_layer_is_preparing      (DspMapLayer    *self);
guint    dsp_map_layer_get_n_pictures    (DspMapLayer    *self);

G_END_DECLS
