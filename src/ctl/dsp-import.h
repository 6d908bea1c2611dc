/* dsp-import.h: what despachoctl reads from files
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each counts what it did in its report, goes on after a row that is refused, and stops between two pushes when the
 * cancellable says so: what was sent is in the database whole, and a second run goes on from there.
 */
#pragma once

#include "dsp-csv.h"
#include "dsp-directory.h"
#include "dsp-report.h"

G_BEGIN_DECLS

/* A catalogue's rows are one change each; a command may make 500 of them. */
#define DSP_IMPORT_CATALOGUE_ROWS 400

char    *dsp_import_group        (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
DspCsv  *dsp_import_open_csv     (const char *path, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean dsp_import_is_stopped   (GCancellable *cancellable, DspInput *input, DspReport *report, GError **error);
gboolean dsp_import_refuse       (DspReport *report, guint64 line, GError **fault, GError **error);
const DspCommand *dsp_import_need_command (const DspEntity *entity, const char *verb, GError **error);

gboolean dsp_import_postal_codes (DspLink *link, const char *path, DspReport *report, GCancellable *cancellable, GError **error);
gboolean dsp_import_coordinates  (DspLink *link, const char *path, DspReport *report, GCancellable *cancellable, GError **error);
gboolean dsp_import_boundaries   (DspLink *link, const char *path, const char *property, DspReport *report, GCancellable *cancellable, GError **error);
gboolean dsp_import_orders       (DspLink *link, const char *path, const char *mapping, DspDate today, DspReport *report, GCancellable *cancellable, GError **error);
gboolean dsp_import_records      (DspLink *link, const DspEntity *entity, const char *path, DspReport *report, GCancellable *cancellable, GError **error);
gboolean dsp_import_commands     (DspLink *link, const DspCommand *command, const char *path, DspReport *report, GCancellable *cancellable, GError **error);

gboolean dsp_grant_read          (DspDirectory *directory, const char *profile, const char *scope, DspGrant *grant, GError **error);
gboolean dsp_grant_give          (DspLink *link, DspDirectory *directory, DspGrant *grant, DspOutcome *outcome, GError **error);

G_END_DECLS
