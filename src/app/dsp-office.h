/* dsp-office.h: what the pages of a signed-in window share
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One filter, one selection and one set of counts for list, map, crews and exceptions; each view listens and shows its
 * side. Everything comes from the replica; nothing here waits for the network.
 *
 * Signals: all without arguments but the last.
 *   refreshed          rows, counts and totals were computed anew
 *   selection-changed  another set of rows is selected
 *   filter-changed     filter, exception, tab or sort column
 *   drag-changed       orders hang on the pointer, or no longer
 *   places-changed     postal codes came or changed
 *   areas-changed      boundaries came or changed
 *   status-changed     connection, waiting or refused changes, permissions
 *   records-changed    crews, distributors … (const DspEntity *; NULL: all)
 *   message            (const char *text, gint64 group): for a toast; group 0: nothing to undo
 *   order-message      (const char *text, const DspId *id): for a toast that opens the order
 *
 * Main thread only.
 */
#pragma once

#include "dsp-calendar.h"
#include "dsp-crew-day.h"
#include "dsp-filter.h"
#include "dsp-plan.h"
#include "dsp-replica.h"
#include "dsp-sync.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_OFFICE (dsp_office_get_type ())
G_DECLARE_FINAL_TYPE (DspOffice, dsp_office, DSP, OFFICE, GObject)

typedef enum {
  DSP_TAB_UNASSIGNED, /* open, without crew */
  DSP_TAB_ASSIGNED,
  DSP_TAB_ALL,
  DSP_N_TABS
} DspTab;

DspOffice  *dsp_office_new          (DspReplica *replica, GSettings *settings);
void        dsp_office_close        (DspOffice *self); /* stops following the replica */

DspReplica *dsp_office_get_replica  (DspOffice *self);
GSettings  *dsp_office_get_settings (DspOffice *self);
DspSync    *dsp_office_get_sync     (DspOffice *self); /* nullable: without network */
void        dsp_office_set_sync     (DspOffice *self, DspSync *sync);

void        dsp_office_get_clock    (DspOffice *self, DspClock *clock);
void        dsp_office_get_plan_clock (DspOffice *self, DspPlanClock *clock);

/* ---- what the user may ---- */

bool        dsp_office_may          (DspOffice *self, const DspCommand *command);
bool        dsp_office_opens        (DspOffice *self, DspModule module);

/* ---- records other than orders ---- */

/* By display name; lent until "records-changed". */
const GPtrArray *dsp_office_records (DspOffice *self, const DspEntity *entity);
gconstpointer dsp_office_get        (DspOffice *self, const DspEntity *entity, const DspId *id); /* nullable */
char       *dsp_office_record_title (DspOffice *self, const DspEntity *entity, gconstpointer record); /* "C-07 Norte" */
char       *dsp_office_title_of     (DspOffice *self, const DspEntity *entity, const DspId *id);      /* "" for none */
char       *dsp_office_reason_title (DspOffice *self, const char *code);                              /* its words; the code if it is not known */
/* Who was in a crew on a local day, today by its roll call: "Juan Pérez, Ana Robles"; "" for nobody. */
char       *dsp_office_members (DspOffice *self, const DspId *crew_id, DspDate day);
/* The same by that day's own roll call, which is read first. On an error: by the memberships alone. */
void        dsp_office_members_async  (DspOffice *self, const DspId *crew_id, DspDate day, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
char       *dsp_office_members_finish (DspOffice *self, GAsyncResult *res, GError **error); /* NULL: cancelled */
/* A field of a record in words, ids resolved: (transfer full). */
char       *dsp_office_field_text   (DspOffice *self, const DspField *field, gconstpointer record);

/* What the office counts for penalties and promises, as of now: (transfer full). */
DspCalendar *dsp_office_dup_calendar (DspOffice *self);

/* ---- the orders in the filter ---- */

const DspFilter *dsp_office_get_filter (DspOffice *self);
void        dsp_office_take_filter  (DspOffice *self, DspFilter *filter);
DspException dsp_office_get_exception (DspOffice *self);
void        dsp_office_set_exception (DspOffice *self, DspException exception);
DspTab      dsp_office_get_tab      (DspOffice *self);
void        dsp_office_set_tab      (DspOffice *self, DspTab tab);
const DspField *dsp_office_get_sort (DspOffice *self, bool *descending);
void        dsp_office_set_sort     (DspOffice *self, const DspField *field, bool descending);
void        dsp_office_refresh      (DspOffice *self); /* soon */

/* Of the tab; lent until "refreshed". */
const guint32 *dsp_office_get_rows  (DspOffice *self, guint *n_rows);
guint       dsp_office_n_in_tab     (DspOffice *self, DspTab tab);
/* All tabs together: for the map and the counts by status; (nullable) before the first answer. */
const DspOrderResult *dsp_office_get_result (DspOffice *self);
/* The tab's own, by postal code (nullable). */
const DspOrderResult *dsp_office_get_tab_result (DspOffice *self);
const DspOrderTotals *dsp_office_get_totals (DspOffice *self); /* nullable */
const DspOrder *dsp_office_get_order (DspOffice *self, guint32 row); /* nullable; lent as dsp_replica_get_order() does */

/* ---- the selection ---- */

GtkBitset  *dsp_office_get_selection (DspOffice *self); /* of rows; do not change it */
void        dsp_office_select        (DspOffice *self, GtkBitset *rows);
DspId      *dsp_office_dup_ids       (DspOffice *self, GtkBitset *rows, guint *n_ids);
/* Rows of the tab in these postal codes. */
GtkBitset  *dsp_office_rows_of_codes (DspOffice *self, const char *const *codes);
/* What hangs on the pointer during a drag (nullable). */
void        dsp_office_set_drag      (DspOffice *self, GtkBitset *rows);
GtkBitset  *dsp_office_get_drag      (DspOffice *self);
guint       dsp_office_n_codes       (DspOffice *self, GtkBitset *rows);

/* ---- crews and places ---- */

const GHashTable *dsp_office_get_places (DspOffice *self);  /* code -> DspPostalCode */
/* (transfer full) (nullable): that the catalogue, as far as it is here, has no such postal code. @code: (nullable) */
char             *dsp_office_dup_place_warning (DspOffice *self, const char *code);
const DspPostalCode *dsp_office_get_place (DspOffice *self, const char *code); /* nullable */
/* The crew's open orders of today, in the order of their appointments; lent until "refreshed". */
const DspPlanStop *dsp_office_get_stops (DspOffice *self, const DspId *crew_id, const guint32 **rows, guint *n_stops);
/* Where a crew was last today, by an order that it began or closed. */
typedef struct {
  DspId  crew_id, order_id;
  gint32 lat_e7, lon_e7;
  gint64 at_us;
} DspCrewSeen;
/* Crew's DspId -> DspCrewSeen, of the crews of whom that is known here; (transfer full). */
GHashTable *dsp_office_dup_crews_seen (DspOffice *self);
/* Today's, once it is known that the crew was called: lent until "records-changed" (nullable). */
const DspRollCall *dsp_office_get_roll_call (DspOffice *self, const DspId *crew_id);
DspPlanOrders *dsp_office_plan (DspOffice *self, GtkBitset *rows);
void        dsp_office_answer (DspOffice *self, const DspPlanOrders *orders, const DspCrew *crew, DspPlanAnswer *answer);

void        dsp_office_message (DspOffice *self, gint64 group, const char *format, ...) G_GNUC_PRINTF (3, 4);
void        dsp_office_message_order (DspOffice *self, const DspId *id, const char *text);

G_END_DECLS
