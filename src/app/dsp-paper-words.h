/* dsp-paper-words.h: orders and crews in the words that go on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything is read once and kept, since most of it stands on every sheet. Main thread only.
 */
#pragma once

#include "dsp-office.h"
#include "dsp-paper-day.h"
#include "dsp-paper-order.h"

G_BEGIN_DECLS

typedef struct {
  DspOffice  *office;      /* (owned) */
  char       *office_name; /* (owned) (nullable) */
  char       *printed;     /* (owned): when, and by whom */
  GStrv       models, rejections, reschedules, solutions; /* (owned): codes with what they mean */
  GHashTable *of_type;     /* (owned): type -> GStrv of solutions */
  GHashTable *crews;       /* (owned): id -> DspPaperCrew */
} DspPaperWords;

/* What every sheet of a crew says. */
typedef struct {
  DspCrew *record;                   /* (owned) */
  char    *title, *members, *people; /* (owned) */
  guint    n_stops;
  guint32 *rows;                     /* (owned): of today's orders, in sequence */
  gint64  *arrivals;                 /* (owned): planned, us; 0: not planned */
  double   km;
} DspPaperCrew;

DspPaperWords *dsp_paper_words_new   (DspOffice *office);
void           dsp_paper_words_free  (DspPaperWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperWords, dsp_paper_words_free)

char          *dsp_paper_join        (const char *separator, const char *const *parts, guint n_parts); /* those that say something */

/* (transfer none) (nullable): no such crew. */
const DspPaperCrew *dsp_paper_words_crew  (DspPaperWords *words, const DspId *id);
DspPaperOrder      *dsp_paper_words_order (DspPaperWords *words, const DspOrder *order);
/* @number: in the sequence; @arrival_us: 0 where nothing is planned. */
DspPaperVisit      *dsp_paper_words_visit (DspPaperWords *words, const DspOrder *order, guint number, gint64 arrival_us);

G_END_DECLS
