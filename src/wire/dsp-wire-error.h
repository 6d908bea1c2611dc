/* dsp-wire-error.h: what can be wrong with bytes that come from outside
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DSP_WIRE_ERROR_INVALID,   /* not what the format says; sending it again will not help */
  DSP_WIRE_ERROR_LIMIT,     /* larger, deeper or longer than we take */
  DSP_WIRE_ERROR_UPGRADE,   /* made by a newer version: keep it, do not throw it away */
  DSP_WIRE_ERROR_TRUNCATED, /* ends in the middle: a download that was cut */
} DspWireError;

#define DSP_WIRE_ERROR (dsp_wire_error_quark ())
GQuark dsp_wire_error_quark (void);

G_END_DECLS
