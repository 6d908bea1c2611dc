/* dsp-process-dialog.h: a process of one order or of many, from its command's argument table
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Asks for the arguments of @command, shows what it would mean before it is saved, and gives it for these orders. What
 * was typed stays until it was accepted. Works without network. */
void     dsp_process_dialog_open  (GtkWindow *parent, DspOffice *office, const DspCommand *command, const DspId *ids, guint n_ids);

/* The six processes in their order, then NULL; and those besides. */
extern const DspCommand *const dsp_processes[];
extern const DspCommand *const dsp_more_processes[];

/* May the button be pressed for @order? @why: (out) (optional) (transfer full): the sentence that says why not. */
gboolean dsp_process_may          (DspOffice *office, const DspCommand *command, const DspOrder *order, char **why);

G_END_DECLS
