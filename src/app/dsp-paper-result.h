/* dsp-paper-result.h: what a line typed from paper means
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One code says what happened: a solution code closes the order, a reason of rejection rejects it, a reason of
 * rescheduling sends it back to be rescheduled, or with a new date reschedules it. Codes may be shortened as far as they
 * stay clear, in lower case and without accents. Main thread only.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

typedef enum {
  DSP_PAPER_FIELD_NUMBER,
  DSP_PAPER_FIELD_CODE,      /* "s03", "sin-acc", "s03 s05", or the word for closed */
  DSP_PAPER_FIELD_TIME,      /* "14:30", "1430", "29/11 14:30" */
  DSP_PAPER_FIELD_CHECKLIST, /* "yyn": a letter an answer */
  DSP_PAPER_FIELD_EQUIPMENT, /* "i ONT 4857; r MODEM 12", and the position as "19.43, -99.13" */
  DSP_PAPER_FIELD_NOTE,      /* what was done */
  DSP_PAPER_N_FIELDS
} DspPaperField;

typedef struct {
  const DspCommand *command;
  gpointer          args;    /* (owned): of command->args */
  guint64           given;
  char             *meaning; /* (owned): "Closed: S03 Se cambió el conector" */
} DspPaperResult;

void             dsp_paper_result_free (DspPaperResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperResult, dsp_paper_result_free)

/* @texts: by DspPaperField, as typed. @day: to which an hour alone belongs. NULL if it cannot be a result yet: @wrong is
 * the field to mend, @why (transfer full) the sentence that says how. The rules judge it afterwards. */
DspPaperResult  *dsp_paper_result_read (DspOffice *office, const DspOrder *order, const char *const *texts, DspDate day,
                                        DspPaperField *wrong, char **why);

G_END_DECLS
