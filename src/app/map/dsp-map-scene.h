/* dsp-map-scene.h: what the map shows, in shapes ready to be drawn by any thread
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each piece is made once and never changes; a newer one replaces it. Workers hold references.
 */
#pragma once

#include "dsp-locator.h"
#include "dsp-map-path.h"
#include "dsp-map-view.h"

G_BEGIN_DECLS

#define DSP_MAP_N_CODES 100000
#define DSP_MAP_NO_CODE G_MAXUINT32
#define DSP_MAP_NO_SLOT G_MAXUINT32

guint32  dsp_map_code_parse (const char *text);
void     dsp_map_code_print (guint32     code,
                             char        text[8]);

/* --- boundaries --- */

typedef struct
{
  guint n_areas;
  guint32 *codes;
  DspMapShape *shapes;
  double *anchor_x; /* a point inside each, in the unit square */
  double *anchor_y;
  DspLocator *locator;
} DspMapAreas;

DspMapAreas *dsp_map_areas_new   (const DspMapArea *areas,
                                  guint             n_areas) G_GNUC_WARN_UNUSED_RESULT;
DspMapAreas *dsp_map_areas_ref   (DspMapAreas      *areas);
void         dsp_map_areas_unref (DspMapAreas      *areas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMapAreas, dsp_map_areas_unref)

/* --- places --- */

typedef struct
{
  guint n_places;
  guint32 *codes;
  double *x;
  double *y;
  guint8 *is_approximate;
  char **names; /* each nullable */
} DspMapPlaces;

DspMapPlaces *dsp_map_places_new   (const DspMapPlace *places,
                                    guint              n_places) G_GNUC_WARN_UNUSED_RESULT;
DspMapPlaces *dsp_map_places_ref   (DspMapPlaces      *places);
void          dsp_map_places_unref (DspMapPlaces      *places);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMapPlaces, dsp_map_places_unref)

/* --- every code with a place on the map, one slot each --- */

typedef struct
{
  guint32 code;
  guint32 area; /* index, or G_MAXUINT32 */
  double x;
  double y;
  gboolean is_approximate;
  const char *name; /* (nullable): the places' */
} DspMapSlot;

typedef struct
{
  DspMapAreas *areas;
  DspMapPlaces *places;
  guint n_slots;
  DspMapSlot *slots;
  guint32 by_code[DSP_MAP_N_CODES]; /* slot, or DSP_MAP_NO_SLOT */
} DspMapSlots;

DspMapSlots *dsp_map_slots_new   (DspMapAreas  *areas,
                                  DspMapPlaces *places) G_GNUC_WARN_UNUSED_RESULT;
DspMapSlots *dsp_map_slots_ref   (DspMapSlots  *slots);
void         dsp_map_slots_unref (DspMapSlots  *slots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMapSlots, dsp_map_slots_unref)

/* --- orders per slot --- */

typedef struct
{
  guint32 values[DSP_MAP_N_COLOURS]; /* by DspMapColour */
} DspMapTally;

#define DSP_MAP_N_CLASSES 5

typedef struct
{
  guint n_slots;
  DspMapTally *tallies;
  guint n_off_map; /* orders whose code has no place */
  guint32 breaks[DSP_MAP_N_COLOURS][DSP_MAP_N_CLASSES]; /* the least value of each class */
} DspMapTallies;

DspMapTallies *dsp_map_tallies_new   (const DspMapSlots   *slots,
                                      const guint32       *codes,
                                      const DspMapTally   *tallies,
                                      guint                n_tallies,
                                      const DspMapTallies *previous) G_GNUC_WARN_UNUSED_RESULT;
DspMapTallies *dsp_map_tallies_ref   (DspMapTallies       *tallies);
void           dsp_map_tallies_unref (DspMapTallies       *tallies);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMapTallies, dsp_map_tallies_unref)

guint          dsp_map_tallies_get_class (const DspMapTallies *tallies,
                                          DspMapColour         colour,
                                          guint32              value);

/* --- codes in which nobody works --- */

/* Code -> why, a text; not to be changed once it is made. */
GHashTable *dsp_map_closed_new (const DspMapClosed *closed,
                                guint               n_closed) G_GNUC_WARN_UNUSED_RESULT;

/* --- single orders and crews --- */

typedef struct
{
  DspId id;
  double x;
  double y;
  DspMapUrgency urgency;
  gboolean is_assigned;
  char *label; /* (nullable) */
  GdkRGBA crew_colour;
} DspMapPinShape;

typedef struct
{
  DspId id;
  double x;
  double y;
  GdkRGBA colour;
  char *code;
  char *name;
  char *seen; /* (nullable) */
} DspMapCrewShape;

GArray *dsp_map_pins_new  (const DspMapPin  *pins,
                           guint             n_pins) G_GNUC_WARN_UNUSED_RESULT;
GArray *dsp_map_crews_new (const DspMapCrew *crews,
                           guint             n_crews) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
