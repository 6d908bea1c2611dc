/* dsp-client-error.c: what can go wrong in the client
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-client"

#include "config.h"
#include "dsp-client-error.h"

G_DEFINE_QUARK (dsp-client-error-quark, dsp_client_error)
