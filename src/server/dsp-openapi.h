/* dsp-openapi.h: the description of the API
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full): an OpenAPI 3.0 document as JSON text, made from the tables. */
char *dsp_openapi_print (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
