/* dsp-new-order.h: an order that is taken down
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Opens the form beside @parent, which stays usable, or brings the one that is open to the front. Says so instead when
 * the profile does not allow it. Works without network. */
void     dsp_new_order_open      (GtkWindow *parent, DspOffice *office);

/* Closes the form, if one is open. FALSE: it holds what nobody saved, and asks. */
gboolean dsp_new_order_may_close (DspOffice *office);

G_END_DECLS
