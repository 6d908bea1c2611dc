/* dsp-record-json.h: records and arguments as JSON, by their field table
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-field.h"
#include "dsp-json-read.h"

G_BEGIN_DECLS

typedef enum {
  DSP_STRICT_RECORD, /* from the feed: unknown members are skipped, unknown words kept as unknown */
  DSP_STRICT_ARGS,   /* from a client: unknown members are refused as a newer client's: DSP_WIRE_ERROR_UPGRADE */
} DspStrict;

void     dsp_record_json_write (const DspTable *table, gconstpointer record, guint64 mask, GString *out);
void     dsp_record_json_write_given (const DspTable *table, gconstpointer record, guint64 given, GString *out);
bool     dsp_record_json_read_at (const DspTable *table, DspStrict strict, DspJsonReader *r, gpointer record,
                                  guint64 *given, GError **error);
gboolean dsp_record_json_read  (const DspTable *table, DspStrict strict, const char *text, gsize length,
                                gpointer record, guint64 *given, GError **error);

/* One value of a record. */
void     dsp_field_json_write  (const DspField *f, gconstpointer record, GString *out);
bool     dsp_field_json_read   (const DspField *f, DspStrict strict, DspJsonReader *r, gpointer record, GError **error);

G_END_DECLS
