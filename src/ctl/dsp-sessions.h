/* dsp-sessions.h: where users are signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-link.h"

G_BEGIN_DECLS

/* Prints the sign-ins of @user, the last used one first. */
gboolean dsp_sessions_print   (DspLink *link, const char *user, gboolean json, GError **error);
/* @id: as printed. Whoever works there has to sign in again. */
gboolean dsp_sessions_end_one (DspLink *link, const char *user, const char *id, GError **error);

G_END_DECLS
