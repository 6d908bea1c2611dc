/* dsp-paper-map.h: where a crew goes, as a picture for paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Boundaries of postal codes and the built-in outline, in lines: it needs no network and takes little ink. Any thread.
 */
#pragma once

#include "dsp-map-outline.h"
#include "dsp-map-scene.h"

G_BEGIN_DECLS

typedef struct {
  double   x, y;          /* in the map's unit square */
  guint    number;        /* in the sequence, from 1; 0: where the crew starts */
  gboolean approximate;   /* only its postal code is known */
} DspPaperPoint;

typedef struct {
  DspMapAreas   *areas;   /* (owned) (nullable) */
  DspMapOutline *outline; /* (owned) (nullable) */
  GArray        *points;  /* (owned) of DspPaperPoint, in the order in which they are visited */
} DspPaperMap;

DspPaperMap *dsp_paper_map_new  (DspMapAreas *areas, DspMapOutline *outline); /* both nullable; referenced */
void         dsp_paper_map_free (DspPaperMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperMap, dsp_paper_map_free)
void         dsp_paper_map_add  (DspPaperMap *map, gint64 lat_e7, gint64 lon_e7, guint number, gboolean approximate);
gboolean     dsp_paper_map_is_empty (const DspPaperMap *map);

/* A DspPaperDrawFunc. */
void         dsp_paper_map_draw (cairo_t *cr, gconstpointer map, double width, double height);

G_END_DECLS
