/* dsp-map-layer-private.h: the layer's state, shared by its drawing and its input
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-map-layer.h"

G_BEGIN_DECLS

typedef enum
{
  DSP_MAP_HIT_NOTHING,
  DSP_MAP_HIT_AREA,   /* index: slot */
  DSP_MAP_HIT_BUBBLE, /* index: mark */
  DSP_MAP_HIT_CREW,   /* index: crew */
  DSP_MAP_HIT_PIN,    /* index: pin */
} DspMapHitKind;

typedef struct
{
  DspMapHitKind kind;
  guint index;
} DspMapHit;

/* A finished drawing, larger than the view, that is moved and scaled until the next one is there. */
typedef struct
{
  DspMapFrame frame;
  cairo_surface_t *surface; /* (owned) */
  GskRenderNode *node;      /* (owned) (nullable): made when first shown */
  GArray *marks;            /* (owned) (element-type DspMapMark) */
  GArray *members;          /* (owned) (element-type guint32): slots */
  DspMapSlots *slots;       /* (owned) (nullable): what marks and members count in */
  GArray *pins;             /* (owned) (nullable) */
  GArray *crews;            /* (owned) (nullable) */
  gboolean has_selection;
} DspMapPicture;

struct _DspMapLayer
{
  ShumateLayer parent_instance;

  GThreadPool *pool; /* (owned): one thread; areas are prepared and pictures drawn there */

  DspMapAreas *areas;     /* (owned) */
  DspMapPlaces *places;   /* (owned) */
  DspMapSlots *slots;     /* (owned) */
  DspMapTallies *tallies; /* (owned) */
  GArray *raw_codes;      /* (owned) (element-type guint32): counts as they came, for when the slots change */
  GArray *raw_tallies;    /* (owned) (element-type DspMapTally) */
  GArray *pins;           /* (owned) (nullable) */
  GArray *crews;          /* (owned) (nullable) */
  GHashTable *closed;     /* (owned) (nullable): dsp_map_closed_new() */

  DspMapColour colour;
  DspMapTool tool;
  gboolean is_dark;

  guint8 *selection; /* (owned): DspMapSelected by code */
  guint n_selected;  /* fully or partly */
  GHashTable *selected_pins; /* (owned) (element-type DspId) */

  /* Drawing. */
  DspMapPicture *picture;    /* (owned) (nullable) */
  GCancellable *areas_cancellable; /* (owned) (nullable): of areas being prepared */
  guint n_pictures;
  gboolean is_drawing;
  gboolean is_outdated;      /* while drawing: once more */
  gboolean wants_selection_in_picture;
  guint settle_id;
  GskRenderNode *selection_node; /* (owned) (nullable) */
  GskRenderNode *hover_node;     /* (owned) (nullable) */
  gboolean is_busy;

  /* Input. */
  DspMapHit hover;
  guint32 cursor;            /* slot, or DSP_MAP_NO_SLOT */
  gboolean hover_is_cursor;  /* the keyboard spoke last */
  double pointer_x;          /* at the last motion that was one */
  double pointer_y;
  double press_x;
  double press_y;
  GArray *band;              /* (owned) (element-type graphene_point_t): box (2 points) or lasso under way */
  gboolean is_banding;
  gboolean band_is_box;
  gboolean band_extends;
  guint edge_tick;           /* while something is dragged over the map */
  gint64 edge_since;         /* frame time when it came to an edge; 0: it is not there */
  double drop_x;
  double drop_y;
  double pan_x;              /* middle button: the world's point that was grabbed */
  double pan_y;
};

#define DSP_MAP_CLICK_SLACK 4 /* pixels that a click may wander */

/* Runs in the worker; returns through the task. */
typedef void (*DspMapWorkFunc) (GTask *task);

/* dsp-map-layer.c */
void      dsp_map_layer_selection_changed (DspMapLayer *self);
void      dsp_map_layer_set_code_selected (DspMapLayer    *self,
                                           guint32         code,
                                           DspMapSelected  how);
void      dsp_map_layer_clear_selection   (DspMapLayer *self);

/* dsp-map-layer-picture.c */
void      dsp_map_layer_run_work          (gpointer     data,
                                           gpointer     user_data);
void      dsp_map_layer_push_work         (DspMapLayer         *self,
                                           DspMapWorkFunc       func,
                                           gpointer             data,
                                           GDestroyNotify       free_data,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  done);
void      dsp_map_layer_request_picture   (DspMapLayer *self);
void      dsp_map_layer_check_picture     (DspMapLayer *self);
void      dsp_map_layer_update_busy       (DspMapLayer *self);
void      dsp_map_picture_free            (DspMapPicture *picture);

/* dsp-map-layer-overlay.c; there must be a picture */
void      dsp_map_layer_make_selection_node (DspMapLayer *self);
void      dsp_map_layer_make_hover_node     (DspMapLayer *self);

/* dsp-map-layer-hit.c */
void      dsp_map_layer_hover_changed     (DspMapLayer *self);
gboolean  dsp_map_layer_hit_equal         (DspMapHit    a,
                                           DspMapHit    b);
DspMapHit dsp_map_layer_hit               (DspMapLayer *self,
                                           double       x,
                                           double       y);

/* dsp-map-layer-input.c */
void      dsp_map_layer_init_input        (DspMapLayer *self);
void      dsp_map_layer_move_centre       (DspMapLayer *self,
                                           double       dx,
                                           double       dy);
void      dsp_map_layer_choice_changed    (DspMapLayer *self);
void      dsp_map_layer_choose_pins       (DspMapLayer *self,
                                           GArray      *ids,
                                           gboolean     extend);
void      dsp_map_layer_choose_codes      (DspMapLayer   *self,
                                           const guint32 *codes,
                                           guint          n_codes,
                                           gboolean       toggle);
void      dsp_map_layer_activate_code     (DspMapLayer *self,
                                           guint32      code);
gboolean  dsp_map_has_control             (GtkEventController *controller);
gboolean  dsp_map_has_shift               (GtkEventController *controller);

/* dsp-map-layer-band.c */
void      dsp_map_layer_init_band         (DspMapLayer *self);
void      dsp_map_layer_snapshot_band     (DspMapLayer *self,
                                           GtkSnapshot *snapshot);
void      dsp_map_layer_cancel_band       (DspMapLayer *self);

/* dsp-map-layer-keys.c */
void      dsp_map_layer_init_keys         (DspMapLayer *self);

G_END_DECLS
