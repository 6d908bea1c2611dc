/* dsp-map-view.h: the map of orders by postal code, as one widget
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The widget knows nothing of orders, replicas or servers: its owner hands in plain arrays (all are copied) and listens
 * to signals. All functions belong to the main thread; those that take data return at once, the heavy part happens in a
 * worker and the old picture stays until the new one is ready (property "busy").
 *
 * Signals (the map emits them for what the person does, never for what the owner sets):
 *
 *   selection-changed ()                     another set of postal codes: dsp_map_view_dup_selected_codes()
 *   code-activated (const char *code)        double click or Enter on an area or bubble
 *   pins-chosen (GArray<DspId> *ids, gboolean extend)
 *                                            click, box or lasso on single orders; `extend`: Ctrl was held
 *   pin-activated (GBytes *id)               double click on a pin; the bytes of a DspId
 *   region-changed ()                        visible region or zoom, settled: time to ask for pins
 *   drag-prepare (GStrv codes, GArray<DspId> *pins) -> GdkContentProvider (transfer full) (nullable)
 *                                            what the pointer takes along: codes, or pins, the other one empty
 *   drag-begin (GdkDrag *drag)               time to set the drag's icon
 *   drag-end (GdkDrag *drag)
 */
#pragma once

#include <adwaita.h>

#include "dsp-geometry.h"
#include "dsp-types.h"

G_BEGIN_DECLS

#define DSP_TYPE_MAP_VIEW (dsp_map_view_get_type ())
G_DECLARE_FINAL_TYPE (DspMapView, dsp_map_view, DSP, MAP_VIEW, GtkWidget)

typedef enum
{
  DSP_MAP_ERROR_FAILED,
  DSP_MAP_ERROR_NOT_MBTILES,  /* not an SQLite database, or one without tiles */
  DSP_MAP_ERROR_VECTOR,       /* vector tiles, which nothing here can draw */
  DSP_MAP_ERROR_BAD_TEMPLATE, /* a server address that cannot be used */
} DspMapError;

#define DSP_MAP_ERROR (dsp_map_error_quark ())
GQuark dsp_map_error_quark (void);

/* What the colours of areas and bubbles, and the size of bubbles, say. */
typedef enum
{
  DSP_MAP_COLOUR_UNASSIGNED,
  DSP_MAP_COLOUR_AT_RISK,
  DSP_MAP_COLOUR_PENALIZED,
  DSP_MAP_COLOUR_TOTAL,
} DspMapColour;

#define DSP_MAP_N_COLOURS 4

typedef enum
{
  DSP_MAP_URGENCY_NORMAL,
  DSP_MAP_URGENCY_AT_RISK,
  DSP_MAP_URGENCY_PENALIZED,
} DspMapUrgency;

typedef enum
{
  DSP_MAP_TOOL_PAN,
  DSP_MAP_TOOL_BOX,
  DSP_MAP_TOOL_LASSO,
} DspMapTool;

/* Codes are five digits; rows with anything else are left out. */

typedef struct
{
  const char *code;
  GBytes *geometry; /* packed: dsp_geometry_pack() */
} DspMapArea;

typedef struct
{
  const char *code;
  gint32 lat_e7;
  gint32 lon_e7;
  gboolean approximate; /* drawn hollow and dashed */
  const char *name;     /* (nullable): municipality or settlement, for the line under the pointer */
} DspMapPlace;

typedef struct
{
  const char *code;
  guint n_unassigned;
  guint n_total;
  guint n_penalized;
  guint n_at_risk;
} DspMapCount;

typedef struct
{
  const char *code;
  const char *why; /* (nullable): in words */
} DspMapClosed;

typedef struct
{
  DspId id;
  gint32 lat_e7;
  gint32 lon_e7;
  DspMapUrgency urgency;
  gboolean is_assigned;
  const char *label;   /* (nullable): order number */
  GdkRGBA crew_colour; /* of an assigned one: dsp_map_crew_colour(); transparent: by urgency */
} DspMapPin;

typedef struct
{
  DspId id;
  gint32 lat_e7;
  gint32 lon_e7;
  const char *code;
  const char *name;
  GdkRGBA colour;   /* transparent: one is chosen by the code */
  const char *seen; /* (nullable): it is not its base but where it was last: how long ago, in words */
} DspMapCrew;

/* The colour that a crew has on the map if it was given none; the same for the same code. */
void       dsp_map_crew_colour (const char *code,
                                GdkRGBA    *colour);

GtkWidget *dsp_map_view_new         (void) G_GNUC_WARN_UNUSED_RESULT;
GtkWidget *dsp_map_view_new_picture (void) G_GNUC_WARN_UNUSED_RESULT;

/* Data. */
void dsp_map_view_set_areas  (DspMapView        *self,
                              const DspMapArea  *areas,
                              guint              n_areas);
void dsp_map_view_set_places (DspMapView        *self,
                              const DspMapPlace *places,
                              guint              n_places);
void dsp_map_view_set_counts (DspMapView        *self,
                              const DspMapCount *counts,
                              guint              n_counts);
void dsp_map_view_set_pins   (DspMapView        *self,
                              const DspMapPin   *pins,
                              guint              n_pins);
void dsp_map_view_set_crews  (DspMapView        *self,
                              const DspMapCrew  *crews,
                              guint              n_crews);
/* Codes in which nobody works: hatched. @when is what the legend calls them, such as "closed today"; NULL: none are. */
void dsp_map_view_set_closed (DspMapView         *self,
                              const DspMapClosed *closed,
                              guint               n_closed,
                              const char         *when);
void dsp_map_view_set_data_attribution (DspMapView *self,
                                        const char *attribution);

/* Selection. `partial` are codes of which only some orders are selected elsewhere. */
char       **dsp_map_view_dup_selected_codes (DspMapView         *self) G_GNUC_WARN_UNUSED_RESULT;
void         dsp_map_view_set_selected_codes (DspMapView         *self,
                                              const char *const  *codes,
                                              const char *const  *partial);
void         dsp_map_view_set_selected_pins  (DspMapView         *self,
                                              const DspId        *ids,
                                              guint               n_ids);

/* How it looks. */
DspMapColour dsp_map_view_get_colour (DspMapView   *self);
void         dsp_map_view_set_colour (DspMapView   *self,
                                      DspMapColour  colour);
DspMapTool   dsp_map_view_get_tool   (DspMapView   *self);
void         dsp_map_view_set_tool   (DspMapView   *self,
                                      DspMapTool    tool);

/* Base map. On an error the outline is shown and the attribution of what failed is gone. */
void         dsp_map_view_use_outline (DspMapView  *self);
gboolean     dsp_map_view_use_mbtiles (DspMapView  *self,
                                       const char  *path,
                                       GError     **error);
gboolean     dsp_map_view_use_server  (DspMapView  *self,
                                       const char  *url_template,
                                       const char  *attribution,
                                       GError     **error);

/* Where it looks. */
void         dsp_map_view_zoom_to_fit       (DspMapView *self);
void         dsp_map_view_zoom_to_selection (DspMapView *self);
gboolean     dsp_map_view_zoom_to_code      (DspMapView *self,
                                             const char *code);
void         dsp_map_view_set_centre        (DspMapView *self,
                                             gint32      lat_e7,
                                             gint32      lon_e7,
                                             double      zoom);
void         dsp_map_view_get_centre        (DspMapView *self,
                                             gint32     *lat_e7,
                                             gint32     *lon_e7,
                                             double     *zoom);
DspGeoBox    dsp_map_view_get_region        (DspMapView *self);
gboolean     dsp_map_view_wants_pins        (DspMapView *self);

/* For printing and tests. */
gboolean     dsp_map_view_is_busy            (DspMapView *self);
gboolean     dsp_map_view_get_place_position (DspMapView *self,
                                              const char *code,
                                              double     *x,
                                              double     *y);
gboolean     dsp_map_view_get_pin_position   (DspMapView  *self,
                                              const DspId *id,
                                              double      *x,
                                              double      *y);
void         dsp_map_view_draw               (DspMapView *self,
                                              cairo_t    *cr,
                                              double      width,
                                              double      height);

G_END_DECLS
