/* dsp-http-tls.c: the server's certificate
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Certificates come from two PEM files; where the administrator gave none, a self-signed pair is made once and kept,
 * so that clients can pin its fingerprint. A reload adds a new pair in front. Handshakes in flight may still use an
 * older one, hence pairs are freed only with the whole object; a reload of unchanged files adds nothing.
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-tls.h"
#include "dsp-http.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_CHAIN 8
#define VALID_DAYS (10 * 365)

typedef struct {
  gnutls_pcert_st   chain[MAX_CHAIN];
  unsigned int      chain_length;
  gnutls_privkey_t  key;
  char             *fingerprint; /* (owned) */
} Pair;

struct _DspTls
{
  char      *certificate_path; /* (owned) */
  char      *key_path;         /* (owned) */
  GMutex     lock;
  GPtrArray *pairs;            /* (owned) (element-type Pair): the last is in use; guarded by lock */
};

static void
pair_free (gpointer data)
{
  Pair *pair = data;

  for (unsigned int i = 0; i < pair->chain_length; i++)
    gnutls_pcert_deinit (&pair->chain[i]);
  if (pair->key != NULL)
    gnutls_privkey_deinit (pair->key);
  g_free (pair->fingerprint);
  g_free (pair);
}

static gboolean
fail (GError     **error,
      const char  *path,
      const char  *why)
{
  g_set_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_CERTIFICATE, "%s: %s", path, why);
  return FALSE;
}

static char *
make_fingerprint (const gnutls_datum_t *der)
{
  guchar digest[32];
  GString *text = g_string_sized_new (96);

  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, der->data, der->size, digest) < 0)
    memset (digest, 0, sizeof digest);
  for (gsize i = 0; i < sizeof digest; i++)
    g_string_append_printf (text, "%s%02x", i > 0 ? ":" : "", digest[i]);

  return g_string_free (text, FALSE);
}

static gboolean
import_chain (Pair        *pair,
              const char  *path,
              GBytes      *pem,
              GError     **error)
{
  gsize length;
  gnutls_datum_t datum = { (void *) g_bytes_get_data (pem, &length), g_bytes_get_size (pem) };
  int status;

  pair->chain_length = MAX_CHAIN;
  status = gnutls_pcert_list_import_x509_raw (pair->chain, &pair->chain_length, &datum, GNUTLS_X509_FMT_PEM, 0);
  if (status < 0)
    {
      pair->chain_length = 0;
      return fail (error, path, gnutls_strerror (status));
    }
  if (pair->chain_length == 0)
    return fail (error, path, "holds no certificate");

  pair->fingerprint = make_fingerprint (&pair->chain[0].cert);
  return TRUE;
}

static gboolean
import_key (Pair        *pair,
            const char  *path,
            GBytes      *pem,
            GError     **error)
{
  gnutls_datum_t datum = { (void *) g_bytes_get_data (pem, NULL), g_bytes_get_size (pem) };
  guchar key_id[64], certificate_id[64];
  size_t key_length = sizeof key_id, certificate_length = sizeof certificate_id;
  gnutls_pubkey_t public_key = NULL;
  int status;

  status = gnutls_privkey_init (&pair->key);
  if (status >= 0)
    status = gnutls_privkey_import_x509_raw (pair->key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0);
  if (status < 0)
    return fail (error, path, gnutls_strerror (status));

  status = gnutls_pubkey_init (&public_key);
  if (status >= 0)
    status = gnutls_pubkey_import_privkey (public_key, pair->key, 0, 0);
  if (status >= 0)
    status = gnutls_pubkey_get_key_id (public_key, GNUTLS_KEYID_USE_SHA256, key_id, &key_length);
  if (status >= 0)
    status = gnutls_pubkey_get_key_id (pair->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, certificate_id,
                                       &certificate_length);
  if (public_key != NULL)
    gnutls_pubkey_deinit (public_key);
  if (status < 0)
    return fail (error, path, gnutls_strerror (status));
  if (key_length != certificate_length || memcmp (key_id, certificate_id, key_length) != 0)
    return fail (error, path, "is not the key of the certificate");

  return TRUE;
}

static GBytes *
read_file (const char  *path,
           GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &local_error))
    {
      g_set_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_CERTIFICATE, "%s", local_error->message);
      return NULL;
    }

  return g_bytes_new_take (text, length);
}

/* Reads both files again and uses them for connections from now on. When they can not be used, nothing changes. */
gboolean
dsp_tls_reload (DspTls  *self,
                GError **error)
{
  g_autoptr(GBytes) certificate = read_file (self->certificate_path, error);
  g_autoptr(GBytes) key = NULL;
  Pair *pair, *old;

  if (certificate == NULL)
    return FALSE;
  key = read_file (self->key_path, error);
  if (key == NULL)
    return FALSE;

  pair = g_new0 (Pair, 1);
  if (!import_chain (pair, self->certificate_path, certificate, error) ||
      !import_key (pair, self->key_path, key, error))
    {
      pair_free (pair);
      return FALSE;
    }

  g_mutex_lock (&self->lock);
  old = self->pairs->len > 0 ? self->pairs->pdata[self->pairs->len - 1] : NULL;
  if (old != NULL && strcmp (old->fingerprint, pair->fingerprint) == 0 && old->chain_length == pair->chain_length)
    pair_free (pair);
  else
    g_ptr_array_add (self->pairs, pair);
  g_mutex_unlock (&self->lock);

  return TRUE;
}

static gboolean
write_secret (const char           *path,
              const gnutls_datum_t *text,
              GError              **error)
{
  g_autoptr(GError) local_error = NULL;

  if (g_file_set_contents_full (path, (const char *) text->data, text->size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &local_error))
    return TRUE;

  g_set_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_CERTIFICATE, "%s", local_error->message);
  return FALSE;
}

/* Makes a key and a certificate for this machine's name, both written for us alone. */
static gboolean
make_self_signed (DspTls  *self,
                  GError **error)
{
  gnutls_x509_privkey_t key = NULL;
  gnutls_x509_crt_t certificate = NULL;
  gnutls_datum_t key_text = { NULL, 0 }, certificate_text = { NULL, 0 };
  const guint8 loopback[] = { 127, 0, 0, 1 };
  const char *host = g_get_host_name ();
  guchar serial[16], key_id[64];
  size_t key_id_length = sizeof key_id;
  time_t now = time (NULL);
  gboolean done = FALSE;
  int status;

#define TRY(call) if ((status = (call)) < 0) goto out
  TRY (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial));
  serial[0] &= 0x7f; /* a serial number is positive */
  TRY (gnutls_x509_privkey_init (&key));
  TRY (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0));
  TRY (gnutls_x509_crt_init (&certificate));
  TRY (gnutls_x509_crt_set_version (certificate, 3));
  TRY (gnutls_x509_crt_set_serial (certificate, serial, sizeof serial));
  TRY (gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, host, strlen (host)));
  TRY (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, host, strlen (host), GNUTLS_FSAN_SET));
  TRY (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, "localhost", strlen ("localhost"),
                                             GNUTLS_FSAN_APPEND));
  TRY (gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_IPADDRESS, loopback, sizeof loopback,
                                             GNUTLS_FSAN_APPEND));
  TRY (gnutls_x509_crt_set_activation_time (certificate, now - 24 * 3600));
  TRY (gnutls_x509_crt_set_expiration_time (certificate, now + (time_t) VALID_DAYS * 24 * 3600));
  TRY (gnutls_x509_crt_set_basic_constraints (certificate, 0, -1));
  TRY (gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
  TRY (gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));
  TRY (gnutls_x509_crt_set_key (certificate, key));
  TRY (gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, key_id, &key_id_length));
  TRY (gnutls_x509_crt_set_subject_key_id (certificate, key_id, 20));
  TRY (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0));
  TRY (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &key_text));
  TRY (gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_text));
#undef TRY

  /* The key first: a certificate alone is never left behind as the sign of a finished pair. */
  done = write_secret (self->key_path, &key_text, error) &&
         write_secret (self->certificate_path, &certificate_text, error);

out:
  if (status < 0)
    fail (error, self->certificate_path, gnutls_strerror (status));
  if (key_text.data != NULL)
    {
      gnutls_memset (key_text.data, 0, key_text.size);
      gnutls_free (key_text.data);
    }
  gnutls_free (certificate_text.data);
  if (certificate != NULL)
    gnutls_x509_crt_deinit (certificate);
  if (key != NULL)
    gnutls_x509_privkey_deinit (key);

  return done;
}

/* Takes: two PEM files, or a folder for a pair of our own making
 * Returns: (nullable): the certificate, ready for connections */
DspTls *
dsp_tls_new (const char  *certificate_path,
             const char  *key_path,
             const char  *folder,
             GError     **error)
{
  DspTls *self;

  if ((certificate_path == NULL) != (key_path == NULL) || (certificate_path == NULL && folder == NULL))
    {
      g_set_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_CERTIFICATE,
                   "TLS needs a certificate and its key, or a folder for a self-signed pair");
      return NULL;
    }

  self = g_new0 (DspTls, 1);
  g_mutex_init (&self->lock);
  self->pairs = g_ptr_array_new_with_free_func (pair_free);

  if (certificate_path != NULL)
    {
      self->certificate_path = g_strdup (certificate_path);
      self->key_path = g_strdup (key_path);
    }
  else
    {
      self->certificate_path = g_build_filename (folder, "server-certificate.pem", NULL);
      self->key_path = g_build_filename (folder, "server-key.pem", NULL);
      if (!g_file_test (self->certificate_path, G_FILE_TEST_EXISTS) && !make_self_signed (self, error))
        {
          dsp_tls_free (self);
          return NULL;
        }
    }

  if (!dsp_tls_reload (self, error))
    {
      dsp_tls_free (self);
      return NULL;
    }

  return self;
}

void
dsp_tls_free (DspTls *self)
{
  g_ptr_array_unref (self->pairs);
  g_mutex_clear (&self->lock);
  g_free (self->certificate_path);
  g_free (self->key_path);
  g_free (self);
}

static Pair *
get_pair_locked (DspTls *self)
{
  return self->pairs->pdata[self->pairs->len - 1];
}

/* Returns: SHA-256 of the certificate as DER, as hexadecimal bytes with colons between */
char *
dsp_tls_dup_fingerprint (DspTls *self)
{
  char *fingerprint;

  g_mutex_lock (&self->lock);
  fingerprint = g_strdup (get_pair_locked (self)->fingerprint);
  g_mutex_unlock (&self->lock);

  return fingerprint;
}

/* For the handshake. What is handed out lives as long as @self. */
int
dsp_tls_get (DspTls            *self,
             gnutls_pcert_st  **chain,
             unsigned int      *chain_length,
             gnutls_privkey_t  *key)
{
  Pair *pair;

  g_mutex_lock (&self->lock);
  pair = get_pair_locked (self);
  *chain = pair->chain;
  *chain_length = pair->chain_length;
  *key = pair->key;
  g_mutex_unlock (&self->lock);

  return 0;
}
