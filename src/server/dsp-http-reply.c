/* dsp-http-reply.c: compression, header fields and error bodies of replies
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A reply is made whole in the thread that answers, so that the I/O threads only send.
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-reply.h"

#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define COMPRESS_ABOVE 1024

static void
free_context (gpointer context)
{
  ZSTD_freeCCtx (context);
}

/* A context costs half a megabyte to set up: one a thread, kept. */
static GPrivate zstd_context = G_PRIVATE_INIT (free_context);

static GBytes *
compress_zstd (GBytes *body)
{
  ZSTD_CCtx *context = g_private_get (&zstd_context);
  gsize length, bound, packed;
  const void *data = g_bytes_get_data (body, &length);
  g_autofree char *out = NULL;

  if (context == NULL)
    {
      context = ZSTD_createCCtx ();
      if (context == NULL)
        return NULL;
      g_private_set (&zstd_context, context);
    }

  bound = ZSTD_compressBound (length);
  out = g_malloc (bound);
  packed = ZSTD_compressCCtx (context, out, bound, data, length, 1);
  if (ZSTD_isError (packed) || packed >= length)
    return NULL;

  out = g_realloc (out, packed);
  return g_bytes_new_take (g_steal_pointer (&out), packed);
}

static GBytes *
compress_gzip (GBytes *body)
{
  gsize length;
  const void *data = g_bytes_get_data (body, &length);
  z_stream stream = { 0 };
  g_autofree char *out = NULL;
  gsize packed;
  int end;

  if (length > G_MAXUINT32 / 2 || deflateInit2 (&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return NULL;

  stream.avail_out = deflateBound (&stream, length);
  out = g_malloc (stream.avail_out);
  stream.next_in = (Bytef *) data;
  stream.avail_in = length;
  stream.next_out = (Bytef *) out;
  end = deflate (&stream, Z_FINISH);
  packed = stream.total_out;
  deflateEnd (&stream);
  if (end != Z_STREAM_END || packed >= length)
    return NULL;

  out = g_realloc (out, packed);
  return g_bytes_new_take (g_steal_pointer (&out), packed);
}

static gboolean
is_compressible (const char *content_type)
{
  return content_type != NULL &&
         (g_str_has_prefix (content_type, "application/json") || g_str_has_prefix (content_type, "text/") ||
          g_str_has_prefix (content_type, "image/svg"));
}

/* The one way of a value into a header: what could end the line or the text is refused. */
gboolean
dsp_reply_add_field (DspReply   *self,
                     const char *name,
                     const char *value)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-')
      return FALSE;
  for (const char *p = value; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      return FALSE;
  if (*name == '\0')
    return FALSE;

  g_ptr_array_add (self->fields, g_strdup (name));
  g_ptr_array_add (self->fields, g_strdup (value));

  return TRUE;
}

static gboolean
add_fields (DspReply           *self,
            const char         *content_type,
            const char * const *fields)
{
  if (content_type != NULL)
    {
      gboolean is_text = g_str_has_prefix (content_type, "application/json") || g_str_has_prefix (content_type, "text/");
      g_autofree char *whole = NULL;

      if (is_text && strstr (content_type, "charset=") == NULL)
        whole = g_strconcat (content_type, "; charset=utf-8", NULL);
      if (!dsp_reply_add_field (self, "Content-Type", whole != NULL ? whole : content_type))
        return FALSE;
    }

  dsp_reply_add_field (self, "X-Content-Type-Options", "nosniff");
  dsp_reply_add_field (self, "Cache-Control", "no-store");

  for (guint i = 0; fields != NULL && fields[i] != NULL; i += 2)
    if (fields[i + 1] == NULL || !dsp_reply_add_field (self, fields[i], fields[i + 1]))
      return FALSE;

  return TRUE;
}

static gboolean
has_field (const char * const *fields,
           const char         *name)
{
  for (guint i = 0; fields != NULL && fields[i] != NULL && fields[i + 1] != NULL; i += 2)
    if (g_ascii_strcasecmp (fields[i], name) == 0)
      return TRUE;

  return FALSE;
}

static DspReply *
reply_alloc (guint status)
{
  DspReply *self = g_new0 (DspReply, 1);

  self->status = status;
  self->fields = g_ptr_array_new_with_free_func (g_free);
  self->fd = -1;

  return self;
}

/* Takes: @fields (nullable): name, value, name, value, NULL; @coding what the client takes. A body that says its own
 * Content-Encoding is left as it is. A field that can not be sent makes the whole reply a 500: better than one that
 * says something else. */
DspReply *
dsp_reply_new (guint               status,
               const char         *content_type,
               GBytes             *body,
               const char * const *fields,
               DspCoding           coding)
{
  g_autoptr(DspReply) self = reply_alloc (status);

  if (!add_fields (self, content_type, fields))
    {
      g_critical ("a reply's header field can not be sent, answering 500");
      return dsp_reply_new_error (500, "internal", "the answer could not be written");
    }

  if (body == NULL)
    return g_steal_pointer (&self);

  if (g_bytes_get_size (body) > COMPRESS_ABOVE && is_compressible (content_type) &&
      !has_field (fields, "Content-Encoding"))
    {
      if (coding != DSP_CODING_IDENTITY)
        self->body = coding == DSP_CODING_ZSTD ? compress_zstd (body) : compress_gzip (body);
      if (self->body != NULL)
        dsp_reply_add_field (self, "Content-Encoding", coding == DSP_CODING_ZSTD ? "zstd" : "gzip");
      dsp_reply_add_field (self, "Vary", "Accept-Encoding");
    }

  if (self->body == NULL)
    self->body = g_bytes_ref (body);
  self->size = g_bytes_get_size (self->body);

  return g_steal_pointer (&self);
}

/* Takes: @fd, which the reply closes */
DspReply *
dsp_reply_new_file (guint               status,
                    const char         *content_type,
                    int                 fd,
                    guint64             size,
                    const char * const *fields)
{
  g_autoptr(DspReply) self = reply_alloc (status);

  self->fd = fd;
  self->size = size;
  if (!add_fields (self, content_type, fields))
    {
      g_critical ("a reply's header field can not be sent, answering 500");
      return dsp_reply_new_error (500, "internal", "the answer could not be written");
    }

  return g_steal_pointer (&self);
}

static void
append_json_string (GString    *json,
                    const char *text)
{
  g_string_append_c (json, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (json, '\\');
      if ((guchar) *p < 0x20)
        g_string_append_printf (json, "\\u%04x", *p);
      else
        g_string_append_c (json, *p);
    }
  g_string_append_c (json, '"');
}

/* The one function that writes an error for the wire. */
DspReply *
dsp_reply_new_error (guint       status,
                     const char *code,
                     const char *message)
{
  g_autofree char *clean = g_utf8_make_valid (message != NULL ? message : "", -1);
  GString *json = g_string_new ("{\"error\":{\"code\":");
  g_autoptr(GBytes) body = NULL;
  DspReply *self;

  append_json_string (json, code);
  g_string_append (json, ",\"message\":");
  append_json_string (json, clean);
  g_string_append (json, "}}");
  body = g_string_free_to_bytes (json);

  self = dsp_reply_new (status, "application/json", body, NULL, DSP_CODING_IDENTITY);
  if (status == 401)
    dsp_reply_add_field (self, "WWW-Authenticate", "Bearer");
  if (status == 503)
    dsp_reply_retry_after (self, g_random_int_range (1, 11));

  return self;
}

/* Returns: (transfer full): what Content-Disposition says of a file of that name, to be saved and never shown. RFC 6266 and RFC
 * 8187: every byte that is not a plain letter or digit is encoded. */
char *
dsp_reply_dup_disposition (const char *name)
{
  g_autofree char *encoded = g_uri_escape_string (name, NULL, FALSE);

  return g_strdup_printf ("attachment; filename*=UTF-8''%s", encoded);
}

/* Sets Retry-After, instead of one that is there. */
void
dsp_reply_retry_after (DspReply *self,
                       guint     seconds)
{
  g_autofree char *text = g_strdup_printf ("%u", seconds);

  for (guint i = 0; i < self->fields->len; i += 2)
    if (strcmp (self->fields->pdata[i], "Retry-After") == 0)
      {
        g_free (self->fields->pdata[i + 1]);
        self->fields->pdata[i + 1] = g_steal_pointer (&text);
        return;
      }

  dsp_reply_add_field (self, "Retry-After", text);
}

void
dsp_reply_free (DspReply *self)
{
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}
