/* dsp-paper-results-private.h: the screen for results and its lines
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"
#include "dsp-paper-result.h"

G_BEGIN_DECLS

typedef enum {
  DSP_PAPER_LINE_EMPTY,
  DSP_PAPER_LINE_TYPED,  /* not finished yet */
  DSP_PAPER_LINE_READY,  /* can be given */
  DSP_PAPER_LINE_WRONG,
  DSP_PAPER_LINE_SAVING,
  DSP_PAPER_LINE_SAVED
} DspPaperLineState;

typedef struct {
  DspOffice *office;  /* (owned) */
  GtkWidget *window;  /* NULL once closed */
  GtkWidget *title, *day, *grid, *scroller;
  GPtrArray *lines;   /* (owned) of DspPaperLine */
  gboolean   closing; /* asked already what becomes of what is not saved */
  int        refs;
} DspPaperScreen;

typedef struct {
  DspPaperScreen    *screen;
  guint              number;    /* from 1 */
  GtkWidget         *fields[DSP_PAPER_N_FIELDS];
  GtkWidget         *says, *more, *undo;
  DspPaperLineState  state;
  char              *looked_up; /* (owned) (nullable): the number that is, or is being, looked up */
  gboolean           searching;
  gboolean           wanted;    /* Enter was pressed before the order was found */
  DspId              id;        /* of the order; none: not found */
  const DspCommand  *command;   /* (nullable): of the result as far as it was understood */
  DspOrderStatus     by_hand;   /* the order's status when its process's dialog was opened; NONE: it was not */
  guint              soon, run;
  gint64             group;     /* for undo; 0: nothing to undo */
} DspPaperLine;

typedef struct { const char *title, *hint; int chars; gboolean wide; } DspPaperColumn;

/* ---- dsp-paper-results.c ---- */
DspPaperScreen *dsp_paper_screen_ref   (DspPaperScreen *screen);
void            dsp_paper_screen_unref (DspPaperScreen *screen);
void            dsp_paper_screen_count (DspPaperScreen *screen); /* shows how many lines are saved, and how many are not */
DspDate         dsp_paper_screen_day   (DspPaperScreen *screen);
/* Line @number, counted from 0; lines are added until there is one. */
void            dsp_paper_screen_focus (DspPaperScreen *screen, guint number, DspPaperField field);

/* ---- dsp-paper-line.c ---- */
extern const DspPaperColumn dsp_paper_columns[DSP_PAPER_N_FIELDS];

void            dsp_paper_line_add     (DspPaperScreen *screen); /* below the others */
void            dsp_paper_line_free    (gpointer line);
void            dsp_paper_line_refresh (DspPaperLine *line);     /* orders changed: perhaps by its own dialog */

G_END_DECLS
