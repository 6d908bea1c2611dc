/* dsp-review-filter.h: which penalties the review desk shows, in which order, and how many of each there are
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal: changed ()  another query is asked for.
 */
#pragma once

#include "dsp-office.h"
#include "dsp-penalty-query.h"

G_BEGIN_DECLS

#define DSP_TYPE_REVIEW_FILTER (dsp_review_filter_get_type ())
G_DECLARE_FINAL_TYPE (DspReviewFilter, dsp_review_filter, DSP, REVIEW_FILTER, GtkWidget)

GtkWidget *dsp_review_filter_new      (DspOffice *office);

/* States, conditions and order; the page is the caller's. */
void       dsp_review_filter_get      (DspReviewFilter *self, DspPenaltyQuery *query);
gboolean   dsp_review_filter_is_plain (DspReviewFilter *self); /* nothing but the state is asked for */
void       dsp_review_filter_reset    (DspReviewFilter *self);

/* The newest answer: its numbers stand beside the choices. */
void       dsp_review_filter_show     (DspReviewFilter *self, const DspPenaltyResult *result);

G_END_DECLS
