/* dsp-xlsx-style.h: which numbers of a workbook are dates
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-input.h"

G_BEGIN_DECLS

/* Whether a number format shows a date or a time: "dd/mm/yyyy", "[h]:mm"; not "0.00" or "0 \"days\"". */
gboolean dsp_xlsx_format_is_time (const char *code);

/* Reads xl/styles.xml: for each cell style a byte, whether it shows numbers as dates. (transfer full), NULL with an error. */
GByteArray *dsp_xlsx_styles_read (DspInput *input, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The seconds from 1970 to what the clock shows at a serial number, rounded to a second. FALSE: no such date (the 29th of February
 * of 1900 is one; before 1900; past 9999). */
gboolean dsp_xlsx_serial_to_wall (double serial, gboolean since_1904, gint64 *wall_s);

G_END_DECLS
