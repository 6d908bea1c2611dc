/* dsp-geojson.h: boundaries of postal codes, one feature at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "dsp-geometry.h"
#include "dsp-input.h"

G_BEGIN_DECLS

typedef struct {
  const char   *property;    /* (nullable): which holds the postal code; %NULL to find it out, which reads the file once more */
  const char   *code;        /* (nullable): of geometries that have no properties at all */
  DspOpenRings  open_rings;
} DspGeojsonOptions;

typedef enum {
  DSP_GEOJSON_FEATURE,
  DSP_GEOJSON_REFUSED, /* one feature is no boundary; reading goes on with the next */
  DSP_GEOJSON_END,
  DSP_GEOJSON_FAILED,  /* the file itself: error is set */
} DspGeojsonResult;

/* Valid until the next call. */
typedef struct {
  guint64      index;    /* of the feature, from 1 */
  guint64      line;     /* where it begins, from 1 */
  const char  *code;     /* (nullable): five digits; of a refused one if it could be read */
  DspGeometry *geometry; /* (nullable): borrowed */
  const char  *reason;   /* (nullable): of a refusal, for people */
} DspGeojsonFeature;

typedef struct _DspGeojson DspGeojson;

DspGeojson       *dsp_geojson_open         (const char              *path,
                                            const DspGeojsonOptions *options,
                                            GCancellable            *cancellable,
                                            GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
DspGeojson       *dsp_geojson_new_for_bytes (const char              *name,
                                            GBytes                  *bytes,
                                            const DspGeojsonOptions *options,
                                            GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
void              dsp_geojson_free         (DspGeojson              *self);

DspInput         *dsp_geojson_get_input    (DspGeojson              *self);
const char       *dsp_geojson_get_property (DspGeojson              *self);
DspGeojsonResult  dsp_geojson_next         (DspGeojson              *self,
                                            DspGeojsonFeature       *feature,
                                            GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspGeojson, dsp_geojson_free)

G_END_DECLS
