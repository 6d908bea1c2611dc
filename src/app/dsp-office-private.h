/* dsp-office-private.h: the office's state, for its own files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

typedef enum
{
  DSP_OFFICE_REFRESHED,
  DSP_OFFICE_SELECTION_CHANGED,
  DSP_OFFICE_FILTER_CHANGED,
  DSP_OFFICE_PLACES_CHANGED,
  DSP_OFFICE_AREAS_CHANGED,
  DSP_OFFICE_STATUS_CHANGED,
  DSP_OFFICE_DRAG_CHANGED,
  DSP_OFFICE_RECORDS_CHANGED,
  DSP_OFFICE_MESSAGE,
  DSP_OFFICE_ORDER_MESSAGE,
  DSP_OFFICE_N_SIGNALS,
} DspOfficeSignal;

struct _DspOffice
{
  GObject         parent_instance;

  DspReplica     *replica;    /* (owned) */
  DspSync        *sync;       /* (owned) (nullable) */
  GSettings      *settings;   /* (owned) */

  DspFilter      *filter;     /* (owned) */
  DspException    exception;
  DspTab          tab;
  const DspField *sort;
  bool            descending;

  DspOrderResult *result;     /* (owned) (nullable): whole filter */
  DspOrderResult *tab_result; /* (owned) (nullable) */
  DspOrderTotals *totals;     /* (owned) (nullable) */
  GtkBitset      *selection;  /* (owned) */
  GtkBitset      *drag;       /* (owned) (nullable) */

  GPtrArray      *lists[DSP_N_ENTITIES]; /* (owned) (nullable), by entity number */
  GHashTable     *places;     /* (owned): code -> DspPostalCode */
  GPtrArray      *place_list; /* (owned) */
  GPtrArray      *roll_calls; /* (owned) (nullable) of DspRollCall: those of roll_day */
  DspDate         roll_day;
  GHashTable     *days;       /* (owned) (nullable): crew id -> Day of dsp-office-plan.c */

  GCancellable   *cancellable;
  GCancellable   *query_cancellable;
  guint           refresh_id;
  guint           tick_id;
  gint64          busy_until_us;
  gulong          changed_id, status_id, ready_id;
};

extern const guint32 dsp_office_tab_states[DSP_N_TABS];

void  dsp_office_emit        (DspOffice *self, DspOfficeSignal signal); /* one without arguments */
void  dsp_office_emit_records (DspOffice *self, const DspEntity *entity);
void  dsp_office_refresh_now (DspOffice *self);
void  dsp_office_load_roll_calls (DspOffice *self);
char *dsp_office_states_text (guint32 states); /* as a filter has them */

G_END_DECLS
