/* dsp-rate-list.h: rates or tax rules as a table, with a filter
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_RATE_LIST (dsp_rate_list_get_type ())
G_DECLARE_FINAL_TYPE (DspRateList, dsp_rate_list, DSP, RATE_LIST, GtkWidget)

/* @entity: rates or tax rules. "chosen": a person chose a line; "create": he wants a new one. */
GtkWidget   *dsp_rate_list_new        (DspOffice *office, const DspEntity *entity);
void         dsp_rate_list_choose     (DspRateList *self, const DspId *id);
const DspId *dsp_rate_list_get_chosen (DspRateList *self); /* (nullable); lent */
/* What the filter lets through, in the table's first order: (transfer container), as lent as dsp_office_records() does. */
GPtrArray   *dsp_rate_list_dup_shown  (DspRateList *self);

G_END_DECLS
