/* dsp-geojson-split.h: the features of a GeoJSON file as pieces of text
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-input.h"

G_BEGIN_DECLS

/* One feature's text; a boundary of a country in full detail has a tenth of it. */
#define DSP_GEOJSON_FEATURE_MAX (64 * 1024 * 1024)

typedef struct _DspGeojsonSplit DspGeojsonSplit;

typedef enum {
  DSP_GEOJSON_PIECE,
  DSP_GEOJSON_PIECE_TOO_LONG, /* the text is incomplete */
  DSP_GEOJSON_PIECE_END,
  DSP_GEOJSON_PIECE_FAILED,
} DspGeojsonPiece;

DspGeojsonSplit *dsp_geojson_split_new       (DspInput         *input) G_GNUC_WARN_UNUSED_RESULT;
void             dsp_geojson_split_free      (DspGeojsonSplit  *self);
DspInput        *dsp_geojson_split_get_input (DspGeojsonSplit  *self);
DspGeojsonPiece  dsp_geojson_split_next      (DspGeojsonSplit  *self,
                                              const GString   **text,
                                              guint64          *line,
                                              GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspGeojsonSplit, dsp_geojson_split_free)

G_END_DECLS
