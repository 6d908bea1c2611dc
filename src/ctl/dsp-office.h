/* dsp-office.h: an office's records by hand, and a whole office from a folder
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-import.h"

G_BEGIN_DECLS

gboolean dsp_office_add     (DspLink *link, const DspEntity *entity, char **words, GError **error);
gboolean dsp_office_change  (DspLink *link, const DspEntity *entity, const char *key, char **words, GError **error);
gboolean dsp_office_give    (DspLink *link, const DspCommand *command, const char *key, const char *reason, GError **error);
gboolean dsp_office_can_retire (const DspEntity *entity, const char *verb);
gboolean dsp_office_retire  (DspLink *link, const DspEntity *entity, const char *key, gboolean retired, GError **error);
gboolean dsp_office_list    (DspLink *link, const DspEntity *entity, const char *filter, gboolean json, GError **error);
gboolean dsp_office_add_user (DspLink *link, const char *name, const char *profile, const char *scope, char **words, GError **error);
gboolean dsp_office_revoke  (DspLink *link, const char *name, const char *profile, const char *scope, GError **error);
gboolean dsp_office_grant   (DspLink *link, const char *name, const char *profile, const char *scope, GError **error);
/* Prints what the user puts into an authenticator; @off: none any more. */
gboolean dsp_office_user_factor (DspLink *link, const char *name, gboolean off, gboolean json, GError **error);
char    *dsp_office_user_key (DspLink *link, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean dsp_office_load_catalogues (DspLink *link, const char *folder, gboolean json, GCancellable *cancellable, GError **error);
const DspEntity *dsp_office_catalogue_of (const char *path, GError **error);
gboolean dsp_office_load    (DspLink *link, const char *folder, gboolean json, GCancellable *cancellable, GError **error);

G_END_DECLS
