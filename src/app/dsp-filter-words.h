/* dsp-filter-words.h: a filter's conditions in words, for chips, forms and files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* One condition in words, for a chip: "Order type: Repair"; (transfer full). @name: a field, "penalized" or "q". */
char      *dsp_filter_words     (DspOffice *office, const DspFilter *filter, const char *name);
/* One of its values: "Repair", "31/12/2026". (transfer full) */
char      *dsp_filter_alternative_words (DspOffice *office, const DspField *field, const DspAlternative *alternative);
/* Names of the criteria that are set, in the order of the table; (transfer full). */
GStrv      dsp_filter_names     (const DspFilter *filter);
const DspCondition *dsp_filter_condition (const DspFilter *filter, const char *name); /* (nullable): of a field */

G_END_DECLS
