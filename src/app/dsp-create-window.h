/* dsp-create-window.h: a small window for a new record, of a few of its fields
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* @command creates; @fields: of its entity's table, those that are asked for; @suggested: (nullable): of the entity. */
void dsp_create_window_open (GtkWindow *parent, DspOffice *office, const DspCommand *command, guint64 fields, gconstpointer suggested);

G_END_DECLS
