/* dsp-map-view-private.h: the map's state, shared by the widget, its base map and where it looks
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <shumate/shumate.h>

#include "dsp-map-layer.h"
#include "dsp-map-legend.h"
#include "dsp-map-source.h"
#include "dsp-map-view.h"

G_BEGIN_DECLS

typedef enum
{
  DSP_MAP_PENDING_NOTHING,
  DSP_MAP_PENDING_FIT,
  DSP_MAP_PENDING_SELECTION,
} DspMapPending;

struct _DspMapView
{
  GtkWidget parent_instance;

  GtkWidget *overlay;
  ShumateMap *map;
  GtkWidget *tools;
  GtkWidget *legend_panel;
  GtkWidget *zoom_panel;
  GtkToggleButton *box_button;
  GtkToggleButton *lasso_button;
  GtkWidget *selection_button;
  GtkEntry *code_entry;
  GtkRevealer *hover_revealer;
  GtkLabel *hover_label;
  GtkDropDown *colour_drop_down;
  DspMapLegend *legend;
  GtkLabel *off_map_label;
  ShumateScale *scale;
  GtkLabel *attribution_label;

  ShumateViewport *viewport; /* (not owned): the map's */
  DspMapLayer *layer;        /* (not owned): a child of the map */
  ShumateMapLayer *base;     /* (not owned): a child of the map */
  DspMapSource *source;      /* (owned) */
  DspMapOutline *outline;    /* (owned) (nullable) */
  char *data_attribution;    /* (owned) (nullable) */

  char *closed;              /* (owned) (nullable): what the legend calls hatched codes */

  DspMapColour colour;
  DspMapTool tool;
  gboolean is_picture;       /* dsp_map_view_new_picture() */
  DspMapPending pending;     /* until there is a size and the areas are ready */
  guint region_id;
  DspMapFrame told_frame;    /* at the last "region-changed" */
  gboolean is_busy;
};

/* dsp-map-view-base.c */
void dsp_map_view_show_base  (DspMapView *self);

/* dsp-map-view-look.c */
void dsp_map_view_go_to      (DspMapView *self,
                              double      x,
                              double      y,
                              double      zoom);
void dsp_map_view_zoom_by    (DspMapView *self,
                              double      step);
void dsp_map_view_do_pending (DspMapView *self);

G_END_DECLS
