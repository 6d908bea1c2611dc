/* dsp-macro.h: the workbook of open services: out, worked on in a spreadsheet, and back in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. A row is an open order; its first columns (hidden) say which and with which version, so that a change by somebody since can
 * be told. Some columns may be written to (crew, status, appointment …): what differs from the order when the file comes back is
 * turned into the commands that a person would have given in the window, judged by the same rules.
 *
 * An office's snapshot is taken in the replica's thread; writing and reading then work in any thread.
 */
#pragma once

#include "dsp-replica.h"

G_BEGIN_DECLS

/* The condition by which a filter is narrowed to open orders. */
#define DSP_MACRO_OPEN "status=unassigned,assigned,in_progress,to_reschedule"

typedef enum {
  DSP_MACRO_ID,        /* keys: not to be changed */
  DSP_MACRO_VERSION,
  DSP_MACRO_WAS,       /* what the columns to be worked on said when the file was made */
  DSP_MACRO_NUMBER,
  DSP_MACRO_CREW,      /* to be worked on */
  DSP_MACRO_STATUS,
  DSP_MACRO_ATTENTION,
  DSP_MACRO_REASON,
  DSP_MACRO_ASKED_BY,
  DSP_MACRO_NOTE,
  DSP_MACRO_CLOSED_AT,
  DSP_MACRO_ATTENDED,
  DSP_MACRO_SATISFIED,
  DSP_MACRO_SOLUTIONS,
  DSP_MACRO_FIRST_FACT,/* from here on fields of the order, to be read only */
} DspMacroColumn;

/* ---- the office ---- */

typedef struct _DspMacroOffice DspMacroOffice;

/* In the replica's thread. @filter: (nullable): which orders go out; open ones of them. @zone: the office's. Records that wait for the
 * server are copied, the others are read from the cache when they are needed. */
DspMacroOffice *dsp_macro_office_new  (DspReplica *replica, const DspFilter *filter, GTimeZone *zone, const char *user) G_GNUC_WARN_UNUSED_RESULT;
void            dsp_macro_office_free (DspMacroOffice *office);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMacroOffice, dsp_macro_office_free)

/* How far long work is, for another thread to look at. */
typedef struct {
  gint done;  /* atomic */
  gint total; /* atomic; 0: not known yet */
} DspMacroProgress;

/* ---- out ---- */

/* Blocks. XLSX, or CSV if @path ends with .csv. Nothing is left of a file that was not finished. @n_rows: (out) (optional). */
gboolean        dsp_macro_write       (DspMacroOffice *office, const char *path, DspMacroProgress *progress, GCancellable *cancellable,
                                       guint *n_rows, GError **error);

/* ---- in ---- */

typedef enum {
  DSP_MACRO_READY,   /* to be given */
  DSP_MACRO_REFUSED, /* with the reason */
  DSP_MACRO_DONE,
  DSP_N_MACRO_STATES
} DspMacroState;

/* A row that says something else than its order, or that cannot be read. */
typedef struct {
  DspMacroState state;
  guint         line;    /* of the file, from 1 */
  char         *number;  /* (owned): the order's, "" if it is not known */
  char         *what;    /* (owned): what it would do: "Assign: C-02 · Reschedule: 28/11 → 30/11" */
  char         *reason;  /* (owned) (nullable): of a refusal by the file; of one by the rules see gift.rule */
  DspGift       gift;    /* with its arguments (owned) */
} DspMacroRow;

typedef struct {
  GPtrArray *rows;        /* (owned): of DspMacroRow */
  guint      n_read;      /* rows of the file */
  guint      n_unchanged;
} DspMacroPlan;

void          dsp_macro_plan_free (DspMacroPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMacroPlan, dsp_macro_plan_free)

/* Blocks. What a file that comes back wants changed; nothing is judged by the rules yet: dsp_replica_give_rows_async() does, with the
 * rows' gifts. NULL: the file as a whole cannot be read. */
DspMacroPlan *dsp_macro_read      (DspMacroOffice *office, const char *path, DspMacroProgress *progress, GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
