/* dsp-crew-card.h: one crew of the panel: its load, its answer, its day
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* What a place of the panel's list shows. Signal "changed": another crew, or other figures. */
#define DSP_TYPE_CREW_ITEM (dsp_crew_item_get_type ())
G_DECLARE_FINAL_TYPE (DspCrewItem, dsp_crew_item, DSP, CREW_ITEM, GObject)

typedef struct {
  DspId         crew_id;
  guint         load;       /* of today */
  guint         penalized;
  guint         key;        /* 1 to 9: Ctrl+key assigns; 0: none */
  gboolean      asked;      /* answer holds: something is selected or dragged */
  DspPlanAnswer answer;
  double        distance;   /* km to the selection; -1: unknown */
  gboolean      expanded;
} DspCrewFigures;

DspCrewItem          *dsp_crew_item_new         (void);
const DspCrewFigures *dsp_crew_item_get_figures (DspCrewItem *self);
void                  dsp_crew_item_set_figures (DspCrewItem *self, const DspCrewFigures *figures);

#define DSP_TYPE_CREW_CARD (dsp_crew_card_get_type ())
G_DECLARE_FINAL_TYPE (DspCrewCard, dsp_crew_card, DSP, CREW_CARD, GtkWidget)

/* Signal "expanded" (DspId *crew, gboolean): the person opened or closed the card. */
GtkWidget *dsp_crew_card_new      (DspOffice *office);
void       dsp_crew_card_set_item (DspCrewCard *self, DspCrewItem *item); /* nullable */

G_END_DECLS
