/* dsp-http-fields.h: checks on the header fields of a request
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DSP_FIELDS_MAX 64

/* Copies of the fields, in one block: they must outlive the connection, since a worker may still read them when the
 * peer has left. */
typedef struct {
  GString *text; /* (owned) */
  guint    n_fields;
  struct {
    guint name;  /* offsets in text */
    guint value;
  } fields[DSP_FIELDS_MAX];
} DspFields;

typedef struct {
  guint       status; /* 0 when all is well, else what to answer */
  const char *code;
  const char *message;
} DspRefusal;

gboolean    dsp_fields_add           (DspFields          *fields,
                                      const char         *name,
                                      gsize               name_length,
                                      const char         *value,
                                      gsize               value_length,
                                      DspRefusal         *refusal);
void        dsp_fields_clear         (DspFields          *fields);
const char *dsp_fields_get           (const DspFields    *fields,
                                      const char         *name);
const char *dsp_fields_get_last      (const DspFields    *fields,
                                      const char         *name);
gboolean    dsp_fields_check_framing (const DspFields    *fields,
                                      const char * const *allowed_hosts,
                                      gint64             *length,
                                      DspRefusal         *refusal);
gboolean    dsp_fields_check_type    (const DspFields    *fields,
                                      gboolean            any_type,
                                      DspRefusal         *refusal);
gboolean    dsp_fields_accept        (const DspFields    *fields,
                                      const char         *coding);
const char *dsp_fields_get_token     (const DspFields    *fields);

G_END_DECLS
