/* dsp-crew-visits.h: a crew's orders of one day, as it visited them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Of any local day, from the replica. Its (transfer full) GPtrArray is of DspOrder, in the order of visit. */
void       dsp_crew_visits_async  (DspOffice *office, const DspId *crew_id, DspDate day, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *dsp_crew_visits_finish (GAsyncResult *res, GError **error);

G_END_DECLS
