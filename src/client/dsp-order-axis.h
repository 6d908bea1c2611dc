/* dsp-order-axis.h: orders divided by what they have in common, for charts and pivots
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An axis gives every order the number of its part. What parts are — codes of a dictionary, states, stretches of time — is
 * settled when the orders are divided; afterwards every part can say what it is, and which condition of a filter leads to it.
 */
#pragma once

#include "dsp-calendar.h"
#include "dsp-chart.h"
#include "dsp-order-index.h"

G_BEGIN_DECLS

/* What is no field of the order: in what a pivot may be divided besides. */
typedef enum {
  DSP_AXIS_FIELD,
  DSP_AXIS_AGE,       /* since the creation, in local days, by bands */
  DSP_AXIS_PENALIZED, /* yes or no */
} DspAxisKind;

/* How many days ago the orders of a band of age are, at most; the first band has no end. Of band @i the days are dsp_ages[i] to
 * dsp_ages[i + 1] + 1; the last is today. */
#define DSP_N_AGES 7
extern const guint dsp_ages[DSP_N_AGES];

typedef struct {
  const char *text;      /* (nullable): of a text field. Lent by the index */
  DspId       id;        /* of a crew or distributor */
  guint       number;    /* the status; priority; the band of age, from 1; penalized: DSP_YES or DSP_NO. 0: none */
  gint64      from_us;   /* of a time: the part's first instant, and the next part's; 0: none */
  gint64      to_us;
} DspAxisPart;

typedef struct _DspOrderAxis DspOrderAxis;

/* In the owner's thread: copies of @index what it needs. @by: of DSP_AXIS_FIELD. */
DspOrderAxis *dsp_order_axis_new       (DspOrderIndex *index, DspAxisKind kind, const DspField *by);
void          dsp_order_axis_free      (DspOrderAxis *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspOrderAxis, dsp_order_axis_free)
gboolean      dsp_order_axis_can       (const DspField *by); /* can orders be divided by this field? */

/* Before dividing, of a time: stretches are not finer than @finest, and span @first_us to @last_us in any case (0: nothing). */
void          dsp_order_axis_widen     (DspOrderAxis *self, DspSpan finest, gint64 first_us, gint64 last_us);

/* In any thread, once: the part of each of @rows into @parts. Times are divided into at most @n_bins stretches. Returns how many
 * parts there may be; part 0 is "none". */
guint         dsp_order_axis_divide    (DspOrderAxis *self, DspCalendar *calendar, gint64 now_us, guint n_bins, const guint32 *rows, guint n,
                                        guint32 *parts);

/* Of a field with few values, at any time: the part of one row, and how many parts there may be. */
guint         dsp_order_axis_part_of   (DspOrderAxis *self, guint32 row);
guint         dsp_order_axis_n_values  (DspOrderAxis *self);
guint         dsp_order_axis_part_of_id (DspOrderAxis *self, const DspId *id); /* of crews and distributors: 0: of no order */

/* Afterwards. */
DspSpan       dsp_order_axis_span      (DspOrderAxis *self);
bool          dsp_order_axis_is_ordered (DspOrderAxis *self); /* parts have an order of their own: states, times, ages */
bool          dsp_order_axis_is_time   (DspOrderAxis *self);  /* without gaps */
guint         dsp_order_axis_part_at   (DspOrderAxis *self, gint64 at_us); /* of a time within them */
void          dsp_order_axis_describe  (DspOrderAxis *self, guint part, DspAxisPart *what);
char         *dsp_order_axis_value     (DspOrderAxis *self, guint part); /* for a filter's condition on the field: (transfer full) */
char         *dsp_order_axis_condition (DspOrderAxis *self, guint part); /* "type=Garant%C3%ADa": (transfer full) */

G_END_DECLS
