/* dsp-channel.c: one connection to the server, for one thread that may wait
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-channel.h"

#include <libsoup/soup.h>
#include <string.h>
#include <zstd.h>

#define REPLY_MAX (64u << 20)

static gssize n_received; /* (atomic) */

struct _DspChannel
{
  GMainContext *context;
  SoupSession  *session;
  char         *server, *fingerprint, *token, *shown;
};

/* The client library speaks HTTP/2 when it is offered; its implementation has open holes. Read when a session is made,
 * and the environment may only be written before there are threads. */
static void __attribute__ ((constructor))
only_http_1 (void)
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
}

DspChannel *
dsp_channel_new (const char *server,
                 const char *fingerprint,
                 guint       timeout_s)
{
  DspChannel *channel = g_new0 (DspChannel, 1);

  channel->context = g_main_context_new ();
  g_main_context_push_thread_default (channel->context);
  channel->server = g_strdup (server);
  while (g_str_has_suffix (channel->server, "/"))
    channel->server[strlen (channel->server) - 1] = '\0';
  channel->fingerprint = fingerprint != NULL ? g_ascii_strdown (fingerprint, -1) : NULL;
  channel->session = soup_session_new_with_options ("timeout", timeout_s, "idle-timeout", 60, "max-conns", 1, "max-conns-per-host", 1,
                                                    "user-agent", "despacho/" PACKAGE_VERSION, NULL);
  soup_session_remove_feature_by_type (channel->session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (channel->session, SOUP_TYPE_CONTENT_SNIFFER);
  soup_session_remove_feature_by_type (channel->session, SOUP_TYPE_COOKIE_JAR);
  soup_session_remove_feature_by_type (channel->session, SOUP_TYPE_AUTH_MANAGER);
  /* Without authorities every certificate is unknown, so that each comes before our own eyes. */
  if (channel->fingerprint != NULL)
    soup_session_set_tls_database (channel->session, NULL);
  g_main_context_pop_thread_default (channel->context);
  return channel;
}

void
dsp_channel_free (DspChannel *channel)
{
  if (channel == NULL)
    return;
  g_main_context_push_thread_default (channel->context);
  soup_session_abort (channel->session);
  g_object_unref (channel->session);
  while (g_main_context_iteration (channel->context, FALSE))
    ;
  g_main_context_pop_thread_default (channel->context);
  g_main_context_unref (channel->context);
  g_free (channel->server);
  g_free (channel->fingerprint);
  g_free (channel->token);
  g_free (channel->shown);
  g_free (channel);
}

void
dsp_channel_set_token (DspChannel *channel,
                       const char *token)
{
  g_free (channel->token);
  channel->token = g_strdup (token);
}

const char *
dsp_channel_get_shown_fingerprint (DspChannel *channel)
{
  return channel->shown;
}

static char *
fingerprint_of (GTlsCertificate *certificate)
{
  g_autoptr(GByteArray) der = NULL;
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr(GString) text = g_string_new (NULL);
  guint8 digest[32];
  gsize n = sizeof digest;

  g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return NULL;
  g_checksum_update (sum, der->data, der->len);
  g_checksum_get_digest (sum, digest, &n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%02x", i > 0 ? ":" : "", digest[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
on_accept_certificate (SoupMessage         *message,
                       GTlsCertificate     *certificate,
                       GTlsCertificateFlags problems,
                       gpointer             user_data)
{
  DspChannel *channel = user_data;

  g_free (channel->shown);
  channel->shown = fingerprint_of (certificate);
  return channel->fingerprint != NULL && g_strcmp0 (channel->shown, channel->fingerprint) == 0;
}

/* ---- packing ---- */

static GBytes *
unpack (GBytes  *packed,
        GError **error)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (packed, &length);
  ZSTD_DCtx *context = ZSTD_createDCtx ();
  ZSTD_inBuffer in = { data, length, 0 };
  unsigned long long known = ZSTD_getFrameContentSize (data, length);
  gsize capacity = known < REPLY_MAX ? (gsize) known + 1 : MIN (length * 8 + 4096, REPLY_MAX);
  guint8 *out_data = g_malloc (capacity);
  ZSTD_outBuffer out = { out_data, capacity, 0 };
  size_t left = 1;

  while (left != 0 && !ZSTD_isError (left))
    {
      gsize in_before = in.pos, out_before = out.pos;

      left = ZSTD_decompressStream (context, &out, &in);
      if (ZSTD_isError (left) || left == 0)
        break;
      if (out.pos == out.size)
        {
          if (out.size >= REPLY_MAX)
            break;
          out.size = MIN (out.size * 2, REPLY_MAX);
          out.dst = out_data = g_realloc (out_data, out.size);
        }
      else if (in.pos == in_before && out.pos == out_before)
        break;
    }
  ZSTD_freeDCtx (context);
  if (left == 0 && !ZSTD_isError (left))
    return g_bytes_new_take (out_data, out.pos);
  g_free (out_data);
  g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SERVER, "the reply cannot be unpacked, or is too large");
  return NULL;
}

/* ---- asking ---- */

static gboolean
read_body (DspChannel   *channel,
           SoupMessage  *message,
           GInputStream *stream,
           GCancellable *cancellable,
           DspAnswer    *answer,
           GError      **error)
{
  const char *encoding = soup_message_headers_get_one (soup_message_get_response_headers (message), "Content-Encoding");
  goffset size = soup_message_headers_get_content_length (soup_message_get_response_headers (message));
  g_autoptr(GByteArray) bytes = g_byte_array_sized_new (size > 0 && size < REPLY_MAX ? (guint) size : 16 * 1024);
  g_autoptr(GBytes) raw = NULL;
  guint8 buffer[64 * 1024];
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, cancellable, error)) > 0)
    {
      if (bytes->len + (gsize) n > REPLY_MAX)
        {
          g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SERVER, "the reply is too large");
          return FALSE;
        }
      g_byte_array_append (bytes, buffer, (guint) n);
    }
  if (n < 0)
    return FALSE;
  answer->wire_bytes = bytes->len;
  g_atomic_pointer_add (&n_received, bytes->len);
  raw = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  if (encoding == NULL || g_ascii_strcasecmp (encoding, "identity") == 0)
    answer->body = g_steal_pointer (&raw);
  else if (g_ascii_strcasecmp (encoding, "zstd") == 0)
    answer->body = unpack (raw, error);
  else
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SERVER, "the reply is packed as %s, which was not asked for", encoding);
  return answer->body != NULL;
}

static SoupMessage *
make_message (DspChannel *channel,
              const char *method,
              const char *path,
              const char *type,
              GBytes     *body,
              GError    **error)
{
  g_autofree char *url = g_strconcat (channel->server, "/", path, NULL);
  g_autoptr(GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  SoupMessage *message;
  SoupMessageHeaders *headers;

  if (uri == NULL || g_uri_get_host (uri) == NULL ||
      (g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 &&
       !(g_strcmp0 (g_uri_get_scheme (uri), "http") == 0 &&
         (g_str_equal (g_uri_get_host (uri), "127.0.0.1") || g_str_equal (g_uri_get_host (uri), "::1") || g_str_equal (g_uri_get_host (uri), "localhost")))))
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE, "“%s” is not the address of a server (https://…)", channel->server);
      return NULL;
    }
  message = soup_message_new_from_uri (method, uri);
  /* Numbered commands are done once however often they come; without saying so each POST would get a new connection, and
   * with it a handshake. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_IDEMPOTENT);
  headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "Accept-Encoding", "zstd");
  if (channel->token != NULL)
    {
      g_autofree char *bearer = g_strconcat ("Bearer ", channel->token, NULL);

      soup_message_headers_replace (headers, "Authorization", bearer);
    }
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, type, body);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate), channel);
  return message;
}

static void
set_network_error (DspChannel *channel,
                   GError     *why,
                   GError    **error)
{
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED) || why->domain == DSP_CLIENT_ERROR)
    {
      g_propagate_error (error, why);
      return;
    }
  if (why->domain == G_TLS_ERROR && channel->shown != NULL && g_strcmp0 (channel->shown, channel->fingerprint) != 0)
    g_set_error (error, DSP_CLIENT_ERROR, channel->fingerprint != NULL ? DSP_CLIENT_ERROR_CERTIFICATE : DSP_CLIENT_ERROR_NEW_CERTIFICATE,
                 "%s shows the certificate %s", channel->server, channel->shown);
  else
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE, "%s: %s", channel->server, why->message);
  g_error_free (why);
}

static gboolean
ask (DspChannel   *channel,
     const char   *method,
     const char   *path,
     const char   *type,
     GBytes       *body,
     GCancellable *cancellable,
     DspAnswer    *answer,
     GError      **error)
{
  g_autoptr(SoupMessage) message = make_message (channel, method, path, type, body, error);
  g_autoptr(GInputStream) stream = NULL;
  GError *local = NULL;
  gboolean ok;

  memset (answer, 0, sizeof *answer);
  if (message == NULL)
    return FALSE;
  g_clear_pointer (&channel->shown, g_free);
  g_main_context_push_thread_default (channel->context);
  stream = soup_session_send (channel->session, message, cancellable, &local);
  ok = stream != NULL && read_body (channel, message, stream, cancellable, answer, &local);
  if (stream != NULL)
    g_input_stream_close (stream, NULL, NULL);
  g_main_context_pop_thread_default (channel->context);
  if (!ok)
    {
      dsp_answer_clear (answer);
      set_network_error (channel, local, error);
      return FALSE;
    }
  answer->status = soup_message_get_status (message);
  if (answer->status >= 400)
    {
      const char *wait = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");

      if (wait != NULL)
        answer->retry_after_s = (guint) MIN (g_ascii_strtoull (wait, NULL, 10), 3600);
      dsp_answer_read_error (answer);
    }
  return TRUE;
}

gboolean
dsp_channel_ask (DspChannel   *channel,
                 const char   *method,
                 const char   *path,
                 const char   *json,
                 GCancellable *cancellable,
                 DspAnswer    *answer,
                 GError      **error)
{
  g_autoptr(GBytes) body = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;

  return ask (channel, method, path, "application/json", body, cancellable, answer, error);
}

gboolean
dsp_channel_put (DspChannel   *channel,
                 const char   *path,
                 GBytes       *body,
                 GCancellable *cancellable,
                 DspAnswer    *answer,
                 GError      **error)
{
  return ask (channel, "PUT", path, "application/octet-stream", body, cancellable, answer, error);
}

guint64
dsp_channel_n_received (void)
{
  return (guint64) (gsize) g_atomic_pointer_get (&n_received);
}
