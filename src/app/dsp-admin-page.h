/* dsp-admin-page.h: the office's catalogues, rules and settings
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_ADMIN_PAGE (dsp_admin_page_get_type ())
G_DECLARE_FINAL_TYPE (DspAdminPage, dsp_admin_page, DSP, ADMIN_PAGE, GtkWidget)

/* A list of what there is to maintain, and beside it the page of records for each (dsp_catalogues). */
GtkWidget *dsp_admin_page_new (DspOffice *office);

G_END_DECLS
