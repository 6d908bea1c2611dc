/* dsp-slot-row.h: when a visit is booked: a calendar with the places that are left
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-form.h"

G_BEGIN_DECLS

/* Which orders a form of dsp_order_reschedule is for: days and slots are shown if one policy rules all of them, places if
 * they are in one zone, too. */
void dsp_slot_row_set_orders (DspRecordForm *form, const DspId *ids, guint n_ids);

G_END_DECLS
