/* dsp-file-quota.h: how many bytes of files each scope may have
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What attachments have is in the database. Bytes that came and that no attachment names yet are counted here, for the scope
 * whose order they were sent for, or for their sender: without it a disk could be filled with what nobody ever refers to.
 * In memory: what came before a restart is not counted until an attachment names it. Any thread.
 */
#pragma once

#include "dsp-actors.h"

G_BEGIN_DECLS

typedef struct _DspFileQuota DspFileQuota;

DspFileQuota *dsp_file_quota_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void          dsp_file_quota_free (DspFileQuota *self);

/* May @size bytes with @hash come for @owner, a scope or a user? Counts them from then on. FALSE: with DSP_RULE_QUOTA, whose
 * text is for people, or an error of the store. In a read transaction of @db. */
gboolean      dsp_file_quota_take (DspFileQuota *self, DspDb *db, const DspId *owner, const char *hash, gint64 size, GError **error)
                                   G_GNUC_WARN_UNUSED_RESULT;
/* They were not kept. */
void          dsp_file_quota_drop (DspFileQuota *self, const char *hash);

G_END_DECLS
