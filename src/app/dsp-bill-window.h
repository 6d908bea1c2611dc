/* dsp-bill-window.h: a new pre-invoice: whose, of which days, what it would hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* @distributor_id: none: to be chosen, where there is more than one. @from, @until: none: the month before this one. */
void dsp_bill_window_open (GtkWindow *parent, DspOffice *office, const DspId *distributor_id, DspDate from, DspDate until);

G_END_DECLS
