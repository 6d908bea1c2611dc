/* dsp-queue.h: records that wait for somebody's verdict: their list, and the bar of verdicts
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list is asked for as far as somebody has scrolled, and anew whenever a record changes: a few hundred rows of a
 * hundred thousand. What is chosen is held by its id, so that a row that somebody else takes away does not put the next
 * one under the hand; only one's own verdict moves on.
 */
#pragma once

#include "dsp-record-list.h"
#include "dsp-verdict-bar.h"

G_BEGIN_DECLS

#define DSP_TYPE_QUEUE (dsp_queue_get_type ())
G_DECLARE_FINAL_TYPE (DspQueue, dsp_queue, DSP, QUEUE, GtkWidget)

/* What a page makes of it; @page is its own. All are called in the main thread. */
typedef struct {
  const DspVerdictKind  *verdicts; /* their entity is the list's */
  const DspRecordColumn *columns;
  guint                  n_columns;
  const char            *label;    /* of the list, untranslated */
  const char            *icon;     /* where there is nothing */
  /* The first @n rows are wanted; dsp_queue_answer() comes later, before the next call. */
  void                 (*ask)  (gpointer page, guint n);
  /* Its facts are to be shown; NULL: none is chosen. Lent until the call ends. */
  void                 (*show) (gpointer page, gconstpointer record);
  /* Enter, or a double click. */
  void                 (*open) (gpointer page, gconstpointer record);
  /* A sentence about the chosen one, which somebody else's decision took out of the list. (transfer full) */
  char                *(*gone) (DspOffice *office, gconstpointer record);
} DspQueueKind;

/* The list with its counts. @page outlives it; @kind is static. Nothing is asked before dsp_queue_ask(). */
GtkWidget *dsp_queue_new     (DspOffice *office, const DspQueueKind *kind, gpointer page);
/* The bar, which the page puts where it belongs. */
GtkWidget *dsp_queue_get_bar (DspQueue *self);

void       dsp_queue_ask     (DspQueue *self);  /* something changed */
void       dsp_queue_restart (DspQueue *self);  /* it is another list by now: of its first rows the first is chosen */
void       dsp_queue_redraw  (DspQueue *self);  /* names changed, or time passed */
/* @rows NULL: @error. FALSE: it was out of date and is asked for again; nothing is to be shown of it. */
gboolean   dsp_queue_answer  (DspQueue *self, GPtrArray *rows, guint n_rows, const GError *error);
/* Under the list; and what stands in its place where it is empty (@description nullable), with a button or without. After
 * dsp_queue_answer(). */
void       dsp_queue_say     (DspQueue *self, const char *counts, const char *title, const char *description, bool may_reset);
/* That button: the page connects to it. */
GtkWidget *dsp_queue_get_reset (DspQueue *self);

/* The list takes the keyboard. */
void       dsp_queue_focus   (DspQueue *self);
/* Letters are the verdicts', unless somebody is writing: for the page's keys. */
gboolean   dsp_queue_key     (DspQueue *self, guint keyval, GdkModifierType state);
/* Nobody is writing: a letter is a key. */
bool       dsp_queue_takes_letters (DspQueue *self, GdkModifierType state);

G_END_DECLS
