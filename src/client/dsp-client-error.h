/* dsp-client-error.h: what can go wrong in the client
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Refusals by a rule are of DSP_RULE_ERROR (dsp-rule.h); cancelling is G_IO_ERROR_CANCELLED. */
typedef enum {
  DSP_CLIENT_ERROR_FAILED,
  DSP_CLIENT_ERROR_LOCKED,      /* another copy of the program has this cache open */
  DSP_CLIENT_ERROR_NEWER,       /* the cache was written by a newer version of the program; it was not touched */
  DSP_CLIENT_ERROR_FULL,        /* no space left on the disk: nothing was changed, nothing is lost */
  DSP_CLIENT_ERROR_DAMAGED,     /* the cache cannot be read */
  DSP_CLIENT_ERROR_OFFLINE,     /* the server cannot be reached */
  DSP_CLIENT_ERROR_SIGN_IN,     /* user or password wrong, key used, or token ended: the same for all */
  DSP_CLIENT_ERROR_WAIT,        /* too many attempts: the message says how many seconds */
  DSP_CLIENT_ERROR_CERTIFICATE, /* the server shows another certificate than the one that is known */
  DSP_CLIENT_ERROR_NEW_CERTIFICATE, /* nobody vouches for the certificate: show its fingerprint, ask, pin */
  DSP_CLIENT_ERROR_SERVER,      /* the server answered with an error of its own, or with what cannot be read */
  DSP_CLIENT_ERROR_UPGRADE,     /* the server no longer, or not yet, understands this program */
  DSP_CLIENT_ERROR_NOT_FOUND,
  DSP_CLIENT_ERROR_CODE,        /* the user has a second factor: its code is missing, wrong, or was used before */
  DSP_CLIENT_ERROR_CHANGED,     /* what the user may see changed while it was fetched: fetch it again, now */
  DSP_CLIENT_ERROR_PASSWORD,    /* the new password is too short, too long or too common */
} DspClientError;

#define DSP_CLIENT_ERROR (dsp_client_error_quark ())
GQuark dsp_client_error_quark (void);

G_END_DECLS
