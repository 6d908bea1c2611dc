/* dsp-rate-file.h: rates and tax rules go into a file and come back, seen first
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for a file (XLSX or CSV) and writes @records (of @entity) into it. (transfer container): records */
void dsp_rate_file_export (GtkWindow *parent, DspOffice *office, const DspEntity *entity, GPtrArray *records);

/* Asks for a file, shows what each row would do and which are refused and why, and applies the rest as one action. */
void dsp_rate_file_import (GtkWindow *parent, DspOffice *office, const DspEntity *entity);

G_END_DECLS
