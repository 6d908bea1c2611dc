/* dsp-record-page.h: the records of an entity, and a form for one of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_RECORD_PAGE (dsp_record_page_get_type ())
G_DECLARE_FINAL_TYPE (DspRecordPage, dsp_record_page, DSP, RECORD_PAGE, GtkWidget)

/* For what has a kind (dsp-record-kind.h). */
GtkWidget *dsp_record_page_new  (DspOffice *office, const DspEntity *entity);
/* Without its list and its button for a new one: what is shown is chosen elsewhere. "shown": something else is shown, or the same
 * still, since what was typed is not dropped. */
GtkWidget *dsp_record_page_new_beside (DspOffice *office, const DspEntity *entity);
const DspId *dsp_record_page_get_shown (DspRecordPage *self); /* none: nothing, or a new one */
void       dsp_record_page_show (DspRecordPage *self, const DspId *id);
void       dsp_record_page_create (DspRecordPage *self);
/* What was refused may be accepted now. */
void       dsp_record_page_clear_errors (DspRecordPage *self);

G_END_DECLS
