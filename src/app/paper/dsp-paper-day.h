/* dsp-paper-day.h: a crew's orders on paper: its day, or all that is open for an outage
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-paper-flow.h"
#include "dsp-paper-map.h"

G_BEGIN_DECLS

/* One visit. Texts are owned and may be NULL. */
typedef struct {
  char    *sequence;   /* its number, as on the map */
  char    *when;       /* the appointment, or the arrival planned */
  char    *number;
  char    *type;
  char    *customer;   /* with account */
  char    *phone;
  char    *address;    /* with references */
  char    *penalty;
  char    *notes;
  GStrv    questions;  /* of its type's checklist */
  gboolean wants_equipment, wants_position;
} DspPaperVisit;

typedef struct {
  char        *heading;    /* what this is, and the office */
  char        *title;      /* the crew */
  char        *day;
  char        *people;     /* technicians, vehicle, telephone */
  char        *totals;
  char        *printed;
  DspPaperMap *map;        /* (owned) (nullable) */
  GPtrArray   *visits;     /* (owned) of DspPaperVisit */
  gboolean     for_results;/* a block a visit with boxes for its result; else a line each */
  GStrv        solutions, rejections, reschedules; /* (owned) (nullable): codes for the results, at the end */
} DspPaperDay;

void          dsp_paper_visit_free (DspPaperVisit *visit);
DspPaperDay  *dsp_paper_day_new    (void);
void          dsp_paper_day_free   (DspPaperDay *day);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperDay, dsp_paper_day_free)

/* As a part of a document. */
DspPaperFlow *dsp_paper_day_lay_out (const DspPaperDay *day, DspPaperPen *pen, double width, double height);

G_END_DECLS
