/* dsp-filter-private.h: what the files of a filter share, for src/core only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-filter.h"

G_BEGIN_DECLS

void  dsp_alternative_clear     (gpointer alternative); /* of DspAlternative: what it owns */
/* The place of @field's condition; the conditions' number: it has none. */
guint dsp_filter_find_condition (const DspFilter *filter, const DspField *field);
bool  dsp_alternative_takes     (const DspAlternative *alternative, const char *text);
bool  dsp_filter_is_text        (const DspField *field); /* compared as text */

G_END_DECLS
