/* dsp-mileage-dialog.h: kilometres are claimed: by day or by order, by odometer or from where to where
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* @mileage: the claim to be changed; NULL: a new one, of @crew_id if it is not none. Before saving it says what is proposed
 * for that day or order, and what the rules refuse. */
void dsp_mileage_dialog_open (GtkWindow *parent, DspOffice *office, const DspMileage *mileage, const DspId *crew_id);

G_END_DECLS
