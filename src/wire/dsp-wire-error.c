/* dsp-wire-error.c: the error domain of the wire layer
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-wire-error.h"

G_DEFINE_QUARK (dsp-wire-error-quark, dsp_wire_error)
