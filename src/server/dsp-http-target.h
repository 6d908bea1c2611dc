/* dsp-http-target.h: the request line's target, decoded, and the table of routes
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-http.h"

G_BEGIN_DECLS

#define DSP_TARGET_MAX_LENGTH   2048
#define DSP_TARGET_MAX_SEGMENTS 16
#define DSP_TARGET_MAX_ARGS     64

typedef enum {
  DSP_TARGET_OK,
  DSP_TARGET_TOO_LONG,  /* 414 */
  DSP_TARGET_BAD,       /* 400 */
  DSP_TARGET_NOT_FOUND, /* 404: no such path can exist */
} DspTargetVerdict;

typedef struct {
  const char *name;
  const char *value;
} DspTargetArg;

/* All strings point into one block, `text`. */
typedef struct {
  char         *text;  /* (owned) */
  const char   *path;  /* decoded, without the leading slash */
  const char   *query; /* as it came, without the question mark; "" when there is none */
  const char   *segments[DSP_TARGET_MAX_SEGMENTS];
  guint         n_segments;
  DspTargetArg *args;  /* (owned) (nullable) */
  guint         n_args;
} DspTarget;

DspTargetVerdict  dsp_target_parse   (DspTarget        *target,
                                      const char       *raw);
void              dsp_target_clear   (DspTarget        *target);
const char       *dsp_target_get_arg (const DspTarget  *target,
                                      const char       *name);

void              dsp_target_shift   (DspTarget        *target);

const DspRoute   *dsp_route_find     (const DspRoute   *routes,
                                      gsize             n_routes,
                                      const DspTarget  *target,
                                      DspMethod         method,
                                      gboolean          is_unix,
                                      guint            *allowed);

G_END_DECLS
