/* dsp-http-tls.h: the server's certificate
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <gnutls/abstract.h>

G_BEGIN_DECLS

typedef struct _DspTls DspTls;

DspTls   *dsp_tls_new             (const char        *certificate_path,
                                   const char        *key_path,
                                   const char        *folder,
                                   GError           **error);
void      dsp_tls_free            (DspTls            *self);
gboolean  dsp_tls_reload          (DspTls            *self,
                                   GError           **error);
char     *dsp_tls_dup_fingerprint (DspTls            *self);
int       dsp_tls_get             (DspTls            *self,
                                   gnutls_pcert_st  **chain,
                                   unsigned int      *chain_length,
                                   gnutls_privkey_t  *key);

G_END_DECLS
