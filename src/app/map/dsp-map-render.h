/* dsp-map-render.h: draws areas, bubbles, crews and pins; for the screen's worker and for paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-map-scene.h"

G_BEGIN_DECLS

/* Below it areas are too small to be read: codes gather in bubbles whether they have a boundary or not. */
#define DSP_MAP_AREA_ZOOM 8.6
/* From it on single orders are shown. */
#define DSP_MAP_PIN_ZOOM 14.0

typedef struct
{
  DspMapSlots *slots;      /* (nullable) */
  DspMapTallies *tallies;  /* (nullable) */
  GArray *pins;            /* (nullable) (element-type DspMapPinShape) */
  GArray *crews;           /* (nullable) (element-type DspMapCrewShape) */
  GHashTable *closed;      /* (nullable): dsp_map_closed_new() */
  const guint8 *selection; /* (nullable): DspMapSelected by code, where the picture shows it too */
  DspMapColour colour;
  gboolean is_dark;
  DspMapFrame frame;
} DspMapRenderInput;

typedef enum
{
  DSP_MAP_SELECTED_NO,
  DSP_MAP_SELECTED_PARTLY,
  DSP_MAP_SELECTED_FULLY,
} DspMapSelected;

typedef enum
{
  DSP_MAP_MARK_BUBBLE,
  DSP_MAP_MARK_CREW,
  DSP_MAP_MARK_PIN,
} DspMapMarkKind;

/* Something drawn that the pointer can meet. */
typedef struct
{
  DspMapMarkKind kind;
  double x; /* in the unit square */
  double y;
  double radius; /* pixels */
  guint first;   /* bubble: its codes' slots in `members`; crew, pin: index */
  guint n;
} DspMapMark;

void dsp_map_render         (cairo_t                 *cr,
                             const DspMapRenderInput *input,
                             GArray                  *marks,
                             GArray                  *members);

/* The outlines of chosen areas, visible on any colour: ink cased in paper. */
void dsp_map_render_outline (cairo_t                 *cr,
                             const DspMapFrame       *frame,
                             const DspMapShape       *shape,
                             gboolean                 is_dark,
                             DspMapSelected           how,
                             double                   width);
void dsp_map_render_ring    (cairo_t                 *cr,
                             double                   x,
                             double                   y,
                             double                   radius,
                             gboolean                 is_dark,
                             DspMapSelected           how,
                             double                   width);

G_END_DECLS
