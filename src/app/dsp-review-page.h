/* dsp-review-page.h: the review desk: penalties, their facts, and the verdict
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_REVIEW_PAGE (dsp_review_page_get_type ())
G_DECLARE_FINAL_TYPE (DspReviewPage, dsp_review_page, DSP, REVIEW_PAGE, GtkWidget)

/* The queue on the left, the facts of the chosen penalty on the right, the verdicts below. A verdict is one key and the
 * next case stands there; nothing waits for the network. */
GtkWidget *dsp_review_page_new   (DspOffice *office);

/* The queue takes the keyboard. */
void       dsp_review_page_focus (DspReviewPage *self);

G_END_DECLS
