/* dsp-search.h: the folded text that "q" looks through, for src/store only
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each table of an entity with DSP_SEARCH fields has a column "_search" besides: their texts, one a line, without case
 * and accents. The functions of dsp-table.h keep it.
 */
#pragma once

#include "dsp-entities.h"

G_BEGIN_DECLS

/* The DSP_SEARCH fields; 0: the entity has none, and no such column. */
guint64  dsp_search_mask (const DspEntity *entity);
/* Replaces @out by what the column holds for @record: dsp_fold() of its texts, each followed by a line end. */
void     dsp_search_text (const DspEntity *entity,
                          gconstpointer    record,
                          GString         *out);

G_END_DECLS
