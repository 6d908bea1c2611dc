/* dsp-json.h: values that the server's replies are made of
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-json-read.h"
#include "dsp-types.h"

G_BEGIN_DECLS

/* null for NULL */
void  dsp_json_put_text  (GString *out, const char *text);
void  dsp_json_put_id    (GString *out, const DspId *id);
/* null for none */
void  dsp_json_put_time  (GString *out, gint64 us);
/* "common", "company", "all", or the id */
void  dsp_json_put_scope (GString *out, const DspId *scope);
bool  dsp_scope_parse    (const char *text, DspId *scope);
/* {"error":{"code":…,"message":…}} */
char *dsp_json_error     (const char *code, const char *message) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
