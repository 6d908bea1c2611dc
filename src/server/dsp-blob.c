/* dsp-blob.c: packed geometries by their hash
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET v1/blobs/H1,H2,… answers, for each that is there, 16 bytes of hash, 4 bytes of length (little endian), and the
 * bytes. A geometry never changes: its hash is its name.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-command.h"

#include <sodium.h>
#include <string.h>

#define BLOBS_MAX 40

typedef struct
{
  GArray *hashes; /* (owned) of DspId */
  GBytes *bytes;  /* (owned) (nullable): to be stored under the only hash */
} Blobs;

static void
blobs_free (gpointer data)
{
  Blobs *blobs = data;

  g_array_unref (blobs->hashes);
  g_clear_pointer (&blobs->bytes, g_bytes_unref);
  g_free (blobs);
}

static gboolean
parse_hash (const char *text,
            DspId      *hash)
{
  size_t n = 0;

  return strlen (text) == 2 * sizeof hash->b &&
         sodium_hex2bin (hash->b, sizeof hash->b, text, 2 * sizeof hash->b, NULL, &n, NULL) == 0 && n == sizeof hash->b;
}

static Blobs *
parse_hashes (const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, ",", BLOBS_MAX + 1);
  Blobs *blobs = g_new0 (Blobs, 1);

  blobs->hashes = g_array_new (FALSE, FALSE, sizeof (DspId));
  for (guint i = 0; parts[i] != NULL; i++)
    {
      DspId hash;

      if (i >= BLOBS_MAX || !parse_hash (parts[i], &hash))
        {
          blobs_free (blobs);
          return NULL;
        }
      g_array_append_val (blobs->hashes, hash);
    }
  return blobs;
}

static void
read_blobs (DspDb   *db,
            gpointer data)
{
  g_autoptr(DspCall) call = data;
  Blobs *blobs = call->data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GBytes) body = NULL;

  if (ref == NULL)
    return;
  for (guint i = 0; i < blobs->hashes->len; i++)
    {
      const DspId *hash = &g_array_index (blobs->hashes, DspId, i);
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = dsp_blob_get (db, hash, &error);
      guint32 length;

      if (bytes == NULL && !g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND))
        {
          dsp_call_end (db);
          dsp_reply_fault (call->request, error);
          return;
        }
      if (bytes == NULL)
        continue;
      length = GUINT32_TO_LE ((guint32) g_bytes_get_size (bytes));
      g_byte_array_append (out, hash->b, sizeof hash->b);
      g_byte_array_append (out, (const guint8 *) &length, sizeof length);
      g_byte_array_append (out, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  dsp_call_end (db);
  body = g_byte_array_free_to_bytes (g_steal_pointer (&out));
  dsp_request_reply (call->request, 200, "application/octet-stream", body, NULL);
}

void
dsp_handle_blobs (DspServer  *server,
                  DspRequest *request,
                  DspSession *session)
{
  Blobs *blobs = parse_hashes (dsp_request_get_segment (request, 2));
  DspCall *call;

  if (blobs == NULL)
    {
      dsp_request_reply_error (request, 400, "invalid", "at most 40 hashes of 32 hexadecimal digits");
      return;
    }
  call = dsp_call_new (server, request, session);
  call->data = blobs;
  call->free_data = blobs_free;
  dsp_call_read (call, server->readers, read_blobs);
}

static gboolean
store_blob (DspFeed  *feed,
            gpointer  user_data,
            GError  **error)
{
  Blobs *blobs = user_data;

  return dsp_blob_put (dsp_feed_get_db (feed), &g_array_index (blobs->hashes, DspId, 0), blobs->bytes, error);
}

/* On a signer's thread, which may wait for the executor. */
static void
put_blob (DspDb   *db,
          gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;

  if (ref == NULL)
    return;
  dsp_call_end (db);
  if (!dsp_actor_may (ref->actor, dsp_command_number (&dsp_area_import), g_get_real_time ()))
    dsp_request_reply_error (call->request, 403, "forbidden", "the profile does not allow area.import");
  else if (dsp_executor_write (call->server->executor, store_blob, call->data, &error))
    dsp_request_reply_json (call->request, 200, "{}");
  else
    dsp_reply_fault (call->request, error);
}

void
dsp_handle_blob_put (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  Blobs *blobs = parse_hashes (dsp_request_get_segment (request, 2));
  GBytes *body = dsp_request_get_body (request);
  guint8 digest[32];
  gsize length;
  const guint8 *bytes = g_bytes_get_data (body, &length);
  DspCall *call;

  crypto_hash_sha256 (digest, bytes, length);
  if (blobs == NULL || blobs->hashes->len != 1 || length == 0 ||
      memcmp (digest, g_array_index (blobs->hashes, DspId, 0).b, sizeof (DspId)) != 0)
    {
      g_clear_pointer (&blobs, blobs_free);
      dsp_request_reply_error (request, 400, "invalid", "the hash is not that of the body");
      return;
    }
  blobs->bytes = g_bytes_ref (body);
  call = dsp_call_new (server, request, session);
  call->data = blobs;
  call->free_data = blobs_free;
  dsp_call_read (call, server->signers, put_blob);
}
