/* dsp-sign-ins-view.h: where somebody is signed in, with a button that ends each of these sign-ins
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define DSP_TYPE_SIGN_INS_VIEW (dsp_sign_ins_view_get_type ())
G_DECLARE_FINAL_TYPE (DspSignInsView, dsp_sign_ins_view, DSP, SIGN_INS_VIEW, GtkWidget)

/* Empty until it is told of whom. The server is asked each time: without it the view says so. */
GtkWidget *dsp_sign_ins_view_new  (DspOffice *office);
/* @user: NULL: the one who sits here. */
void       dsp_sign_ins_view_show (DspSignInsView *self, const char *user);

/* For the page of administration: the same under a row that asks of whom. */
GtkWidget *dsp_sign_ins_page_new  (DspOffice *office);

/* Why the server did not do what was asked, as a sentence: (transfer full). */
char      *dsp_sign_ins_sentence  (const GError *error);

G_END_DECLS
