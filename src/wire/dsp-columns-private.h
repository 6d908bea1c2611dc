/* dsp-columns-private.h: what writing and reading by column share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-columns.h"

G_BEGIN_DECLS

/* The columns before the entity's own fields. */
enum { DSP_COLUMNS_ID, DSP_COLUMNS_SCOPE, DSP_COLUMNS_VERSION, DSP_COLUMNS_HEAD };
extern const DspField dsp_columns_head[DSP_COLUMNS_HEAD];

/* No number on the wire: our reader refuses it. */
#define DSP_COLUMN_NONE G_MININT64

static inline bool
dsp_column_is_number (const DspField *field)
{
  return field->kind == DSP_KIND_TIME || field->kind == DSP_KIND_INT;
}

/* The version is a plain number of the head, never none. */
static inline gint64
dsp_column_number (const DspField *field,
                   gconstpointer   record)
{
  if (field == &dsp_columns_head[DSP_COLUMNS_VERSION])
    return ((const DspRecord *) record)->version;
  return field->kind == DSP_KIND_TIME ? dsp_field_time (field, record)->us : dsp_field_int (field, record)->value;
}

G_END_DECLS
