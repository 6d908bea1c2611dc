/* dsp-tour.h: how far a crew drove on a day, as far as its orders tell
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tour goes from the crew's base through the places of that day's orders, in the order of visit, and back to the base.
 * Where no base is known it begins at the first place and ends at the last. How long the way between two places is comes
 * from elsewhere: by the straight line with the office's factor here, by road from a routing service. Of a claim by order
 * the proposal is the way to it, and for the day's last one the way home besides: so the proposals of a day's orders come
 * to the day's own.
 *
 * All distances are metres. Pure: client and server come to the same figure from the same records.
 */
#pragma once

#include "dsp-command.h"
#include "dsp-plan.h"

G_BEGIN_DECLS

/* Farther from the base, or from the place before, an order's coordinates are a mistake of whoever wrote them. */
#define DSP_TOUR_FAR_M 300000
/* More places than this nobody visits in a day; routing services take no more either. */
#define DSP_TOUR_MAX_PLACES 99

typedef struct {
  DspId  order_id; /* none: the base */
  gint64 at_us;    /* when the crew was there, or is to be */
  gint64 rank;     /* among those without a time: their place in the day, as planned */
  bool   was;      /* it was there */
  DspInt lat_e7;
  DspInt lon_e7;
} DspTourPlace;

/* Is the order one of its crew's visits between two instants? Sets @place but its coordinates. Started or closed then; or
 * booked for then, and still to be done. */
bool dsp_tour_visits (const DspOrder *order, gint64 from_us, gint64 until_us, DspTourPlace *place);

/* A GCompareFunc for places, by the order of visit. */
int  dsp_tour_compare (gconstpointer a, gconstpointer b);

/* Puts @visits (of DspTourPlace) in the order of visit, leaves out those of unknown or impossible place, and sets the base
 * at both ends. (transfer full): of DspTourPlace. @base: its coordinates; without them there is no base. */
GArray *dsp_tour_new (const GArray *visits, const DspTourPlace *base);

/* The ways between the places of a tour by the straight line: (transfer full): of gint64, one fewer than places. They are
 * rounded so that any run of them comes to its own rounded length, to the metre. */
GArray *dsp_tour_straight (const GArray *tour, gint64 factor_percent);

/* What is proposed for a claim of the whole day (@order_id: none) or of one order. FALSE: nothing can be said: places are
 * missing, or the order is not in it. */
bool    dsp_tour_proposal (const GArray *tour, const GArray *ways, const DspId *order_id, gint64 *metres);

/* The tour of a crew on a day, from what the work knows. (transfer full) */
GArray *dsp_tour_of_crew (DspWork *work, const DspCrew *crew, DspDate day);

G_END_DECLS
