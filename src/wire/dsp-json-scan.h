/* dsp-json-scan.h: one bounded look at JSON text before anybody believes it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No limit can raise these two: they size the scan's own tables, which live on the stack. */
#define DSP_JSON_DEPTH_MAX     64
#define DSP_JSON_OPEN_KEYS_MAX 1024

typedef struct {
  guint    max_depth;     /* objects and arrays inside each other */
  gsize    max_string;    /* bytes of UTF-8 in one string or key, escapes resolved */
  gsize    max_nodes;     /* values of any kind, the outermost one counted */
  gboolean allow_doubles; /* GeoJSON and mappings: fractions and exponents, finite */
} DspJsonLimits;

/* What the server takes from anybody. */
#define DSP_JSON_LIMITS_DEFAULT { .max_depth = 16, .max_string = 8192, .max_nodes = 10000, .allow_doubles = FALSE }

gboolean dsp_json_scan (const char           *text,
                        gsize                 length,
                        const DspJsonLimits  *limits,
                        GError              **error);

G_END_DECLS
