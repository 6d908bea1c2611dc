/* dsp-process-bar.h: the processes of an order as buttons
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_PROCESS_BAR (dsp_process_bar_get_type ())
G_DECLARE_FINAL_TYPE (DspProcessBar, dsp_process_bar, DSP, PROCESS_BAR, GtkWidget)

/* The six, and a menu with the others. */
GtkWidget *dsp_process_bar_new       (DspOffice *office);
/* What may not be pressed now is insensitive, and its tooltip says why. */
void       dsp_process_bar_set_order (DspProcessBar *self, const DspOrder *order);

/* A menu of the processes that many orders can go through at once; it acts on the office's selection. */
GtkWidget *dsp_process_menu_new      (DspOffice *office);

G_END_DECLS
