/* dsp-mileage-filter.h: which claims of kilometres are shown, in which order, and how many of each there are
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals:
 *   changed ()  another list is wanted
 *   new ()      somebody wants to claim
 */
#pragma once

#include "dsp-office.h"
#include "dsp-record-query.h"

G_BEGIN_DECLS

#define DSP_TYPE_MILEAGE_FILTER (dsp_mileage_filter_get_type ())
G_DECLARE_FINAL_TYPE (DspMileageFilter, dsp_mileage_filter, DSP, MILEAGE_FILTER, GtkWidget)

GtkWidget *dsp_mileage_filter_new      (DspOffice *office);

/* What is to be asked for, but how many rows. Free it with dsp_mileage_query_clear(). */
void       dsp_mileage_filter_get      (DspMileageFilter *self, DspRecordQuery *query);
void       dsp_mileage_query_clear     (DspRecordQuery *query);
/* The numbers of an answer. */
void       dsp_mileage_filter_show     (DspMileageFilter *self, const DspRecordResult *result);
/* Nothing but a view is chosen. */
gboolean   dsp_mileage_filter_is_plain (DspMileageFilter *self);
void       dsp_mileage_filter_reset    (DspMileageFilter *self);
/* The chosen crew; none: every one. */
DspId      dsp_mileage_filter_get_crew (DspMileageFilter *self);

G_END_DECLS
