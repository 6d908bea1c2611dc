/* dsp-report.h: what an import did, row by row and in sum
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum { DSP_OUTCOME_ADDED, DSP_OUTCOME_CHANGED, DSP_OUTCOME_UNCHANGED, DSP_OUTCOME_REFUSED } DspOutcome;

typedef struct _DspReport DspReport;

DspReport *dsp_report_new      (const char *title, gboolean json);
void       dsp_report_free     (DspReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspReport, dsp_report_free)

void       dsp_report_read     (DspReport *self, guint64 n);
void       dsp_report_count    (DspReport *self, DspOutcome outcome, guint64 n);
void       dsp_report_refuse   (DspReport *self, guint64 line, guint64 n, const char *reason);
/* A row that was taken all the same. Of many only the first are told one by one. */
void       dsp_report_warn     (DspReport *self, guint64 line, const char *warning);
void       dsp_report_note     (DspReport *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void       dsp_report_progress (DspReport *self, guint64 done, guint64 total);
gboolean   dsp_report_is_all_refused (DspReport *self);
void       dsp_report_print    (DspReport *self);

G_END_DECLS
