/* dsp-paper-crews.h: whose orders go on a crew's sheets
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-paper-words.h"

G_BEGIN_DECLS

/* The orders of one crew, in the sequence in which they are visited. */
typedef struct {
  DspId   crew_id;  /* none: those without crew */
  GArray *ids;      /* (owned) of DspId */
  guint   n_today;  /* the first ones, which are planned for today */
} DspPaperCrewOrders;

/* Of one crew: its day. (transfer full) (element-type DspPaperCrewOrders) */
GPtrArray   *dsp_paper_crews_day  (DspPaperWords *words, const DspId *crew_id);
/* Of all crews that have open orders, by code; at the end those that no crew has, by postal code. */
GPtrArray   *dsp_paper_crews_all  (DspPaperWords *words);

/* The head of a crew's sheets, without visits yet. @areas, @outline: nullable. */
DspPaperDay *dsp_paper_crews_head (DspPaperWords *words, const DspPaperCrewOrders *orders, gboolean for_results, DspMapAreas *areas,
                                   DspMapOutline *outline);
/* Adds the visit at @i, with its place on the map; FALSE: the order is no longer there. */
gboolean     dsp_paper_crews_add  (DspPaperWords *words, const DspPaperCrewOrders *orders, guint i, DspPaperDay *day);

G_END_DECLS
