/* dsp-attachments.h: attachments by what their bytes are
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-actor.h"
#include "dsp-db.h"

G_BEGIN_DECLS

/* What the attachments of @scope come to, in bytes. */
gboolean dsp_attachments_held (DspDb *db, const DspId *scope, gint64 *bytes, GError **error);

/* Is there an attachment with these bytes? @actor: (nullable): one that he sees. */
gboolean dsp_attachments_with (DspDb *db, const char *hash, const DspActor *actor, gint64 now_us, gboolean *there, GError **error);

G_END_DECLS
