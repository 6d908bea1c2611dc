/* dsp-account-help.h: what is known of the account that is being typed
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-form.h"

G_BEGIN_DECLS

/* A line above @form, a form for a new order: which orders of the typed account are open, each a button that opens it.
 * Name, telephone and address of the account's newest order go into the fields that nobody has written. */
GtkWidget *dsp_account_help_new (DspOffice *office, DspRecordForm *form);

G_END_DECLS
