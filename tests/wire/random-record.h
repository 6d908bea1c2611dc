/* random-record.h: records with anything in them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-field.h"

/* Fills about three of four fields of an empty record, within their kinds but not within their limits. */
void random_record_fill (const DspTable *table, gpointer record, GRand *rand);
