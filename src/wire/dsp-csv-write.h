/* dsp-csv-write.h: rows of separated text, written so that a spreadsheet takes them as data
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DSP_CSV_BOM "\xef\xbb\xbf"

void  dsp_csv_write_field (GString    *out,
                           char        separator,
                           gboolean    first,
                           const char *text,
                           gboolean    numeric);
void  dsp_csv_write_end   (GString    *out);
char *dsp_csv_unguard     (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
