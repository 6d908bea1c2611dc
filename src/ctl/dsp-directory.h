/* dsp-directory.h: records by the key that people know them by
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-link.h"

G_BEGIN_DECLS

typedef struct _DspDirectory DspDirectory;

DspDirectory   *dsp_directory_new     (DspLink *link);
void            dsp_directory_free    (DspDirectory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspDirectory, dsp_directory_free)

const DspField *dsp_entity_key        (const DspEntity *entity);
gboolean        dsp_directory_find    (DspDirectory *self, const DspEntity *entity, const char *key, gconstpointer *record, GError **error);
gconstpointer   dsp_directory_by_id   (DspDirectory *self, const DspEntity *entity, const DspId *id, GError **error);
GPtrArray      *dsp_directory_dup_all (DspDirectory *self, const DspEntity *entity, const char *filter, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void            dsp_directory_add     (DspDirectory *self, const DspEntity *entity, gconstpointer record);

/* Sets one field of @record from a column of a file or a word of the command line. */
gboolean        dsp_directory_set     (DspDirectory *self, const DspTable *table, gpointer record, guint64 *given,
                                       const char *column, const char *text, GError **error);
const DspField *dsp_column_field      (const DspTable *table, const char *column);

G_END_DECLS
