/* dsp-shipped-profiles.h: the profiles that ship, in a new database and in one of an earlier version
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-judge.h"

G_BEGIN_DECLS

/* Makes those that are not there, and gives this version's new actions to those from which the office took nothing. In the
 * feed's open transaction; a second call changes nothing. */
gboolean dsp_ship_profiles (DspJudge *judge, DspDb *db, DspPublished *published, GError **error);

G_END_DECLS
