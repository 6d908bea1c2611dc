/* dsp-http-fields.c: checks on the header fields of a request
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The library's parser is lenient about framing. What decides where a body ends (RFC 9112, 6) is checked here again,
 * more strictly than the standard asks: we need none of the liberties, and a proxy in front may read them otherwise.
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-fields.h"

#include <string.h>

static gboolean
refuse (DspRefusal *refusal,
        guint       status,
        const char *code,
        const char *message)
{
  *refusal = (DspRefusal) { status, code, message };
  return FALSE;
}

static gboolean
is_token_char (guchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

/* Checks and copies one field. */
gboolean
dsp_fields_add (DspFields  *fields,
                const char *name,
                gsize       name_length,
                const char *value,
                gsize       value_length,
                DspRefusal *refusal)
{
  if (fields->n_fields == DSP_FIELDS_MAX)
    return refuse (refusal, 431, "fields", "too many header fields");

  if (name_length == 0)
    return refuse (refusal, 400, "field", "a header field has no name");
  for (gsize i = 0; i < name_length; i++)
    if (!is_token_char (name[i]))
      return refuse (refusal, 400, "field", "a header field's name has a character that is not allowed");
  for (gsize i = 0; i < value_length; i++)
    if (((guchar) value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
      return refuse (refusal, 400, "field", "a header field's value has a control character");

  if (fields->text == NULL)
    fields->text = g_string_sized_new (512);
  fields->fields[fields->n_fields].name = fields->text->len;
  g_string_append_len (fields->text, name, name_length);
  g_string_append_c (fields->text, '\0');
  fields->fields[fields->n_fields].value = fields->text->len;
  g_string_append_len (fields->text, value, value_length);
  g_string_append_c (fields->text, '\0');
  fields->n_fields++;

  return TRUE;
}

void
dsp_fields_clear (DspFields *fields)
{
  if (fields->text != NULL)
    g_string_free (fields->text, TRUE);
  fields->text = NULL;
  fields->n_fields = 0;
}

static const char *
find (const DspFields *fields,
      const char      *name,
      guint           *n_found,
      const char     **last)
{
  const char *first = NULL;

  *n_found = 0;
  for (guint i = 0; i < fields->n_fields; i++)
    {
      if (g_ascii_strcasecmp (fields->text->str + fields->fields[i].name, name) != 0)
        continue;
      *last = fields->text->str + fields->fields[i].value;
      if (first == NULL)
        first = *last;
      ++*n_found;
    }

  return first;
}

/* Returns: (nullable): the first value of the field */
const char *
dsp_fields_get (const DspFields *fields,
                const char      *name)
{
  const char *last = NULL;
  guint n;

  return find (fields, name, &n, &last);
}

/* Returns: (nullable): the last value of the field: the one that the nearest proxy wrote */
const char *
dsp_fields_get_last (const DspFields *fields,
                     const char      *name)
{
  const char *last = NULL;
  guint n;

  find (fields, name, &n, &last);
  return last;
}

static gboolean
host_is_well_formed (const char *host)
{
  gsize length = strlen (host);

  if (length == 0 || length > 255)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (host[i]) && strchr (".-_:[]", host[i]) == NULL)
      return FALSE;

  return TRUE;
}

static gboolean
host_is_allowed (const char         *host,
                 const char * const *allowed_hosts)
{
  gsize length = strlen (host);
  const char *colon = strrchr (host, ':');

  if (allowed_hosts == NULL)
    return TRUE;

  /* The port is of no interest: it was right enough to arrive here. */
  if (colon != NULL && strspn (colon + 1, "0123456789") == strlen (colon + 1))
    if (host[0] != '[' || (colon > host && colon[-1] == ']'))
      length = colon - host;

  for (guint i = 0; allowed_hosts[i] != NULL; i++)
    if (strlen (allowed_hosts[i]) == length && g_ascii_strncasecmp (allowed_hosts[i], host, length) == 0)
      return TRUE;

  return FALSE;
}

/* Checks Host, Transfer-Encoding and Content-Length. `length` gets the body's length, -1 where none was given. */
gboolean
dsp_fields_check_framing (const DspFields    *fields,
                          const char * const *allowed_hosts,
                          gint64             *length,
                          DspRefusal         *refusal)
{
  const char *last = NULL;
  const char *value;
  guint n;

  *length = -1;

  value = find (fields, "Host", &n, &last);
  if (n != 1)
    return refuse (refusal, 400, "host", "exactly one Host field is needed");
  if (!host_is_well_formed (value) || !host_is_allowed (value, allowed_hosts))
    return refuse (refusal, 400, "host", "this server does not go by the name in the Host field");

  find (fields, "Transfer-Encoding", &n, &last);
  if (n > 0)
    return refuse (refusal, 411, "length", "a body needs a Content-Length; Transfer-Encoding is not taken");

  value = find (fields, "Content-Length", &n, &last);
  if (n > 1)
    return refuse (refusal, 400, "length", "more than one Content-Length");
  if (n == 1)
    {
      gsize digits = strspn (value, "0123456789");

      if (digits == 0 || digits > 10 || value[digits] != '\0')
        return refuse (refusal, 400, "length", "Content-Length is not a number of 1 to 10 digits");
      *length = g_ascii_strtoll (value, NULL, 10);
    }

  return TRUE;
}

/* Checks Content-Encoding and Content-Type of a request that has a body. */
gboolean
dsp_fields_check_type (const DspFields *fields,
                       gboolean         any_type,
                       DspRefusal      *refusal)
{
  const char *coding = dsp_fields_get (fields, "Content-Encoding");
  const char *type = dsp_fields_get (fields, "Content-Type");
  const char *charset;
  gsize length;

  if (coding != NULL && g_ascii_strcasecmp (coding, "identity") != 0)
    return refuse (refusal, 415, "encoding", "compressed requests are not taken");
  if (any_type)
    return TRUE;

  length = type != NULL ? strcspn (type, "; \t") : 0;
  if (length != strlen ("application/json") || g_ascii_strncasecmp (type, "application/json", length) != 0)
    return refuse (refusal, 415, "type", "the body must be application/json");

  charset = strchr (type, '=');
  if (charset != NULL && g_ascii_strcasecmp (charset + 1, "utf-8") != 0 &&
      g_ascii_strcasecmp (charset + 1, "\"utf-8\"") != 0)
    return refuse (refusal, 415, "type", "the body must be in UTF-8");

  return TRUE;
}

/* Returns: whether Accept-Encoding names `coding` with a quality above 0 */
gboolean
dsp_fields_accept (const DspFields *fields,
                   const char      *coding)
{
  const char *p = dsp_fields_get (fields, "Accept-Encoding");
  gsize n = strlen (coding);

  while (p != NULL && *p != '\0')
    {
      gsize length;

      p += strspn (p, ", \t");
      length = strcspn (p, ",");
      if (length >= n && g_ascii_strncasecmp (p, coding, n) == 0 && (length == n || strchr ("; \t", p[n]) != NULL))
        {
          g_autofree char *rest = g_strndup (p + n, length - n);
          const char *q = strstr (rest, "q=");

          return q == NULL || g_ascii_strtod (q + 2, NULL) > 0;
        }
      p += length;
    }

  return FALSE;
}

/* Returns: (nullable): what follows "Bearer" in Authorization */
const char *
dsp_fields_get_token (const DspFields *fields)
{
  const char *value = dsp_fields_get (fields, "Authorization");

  if (value == NULL || g_ascii_strncasecmp (value, "Bearer ", 7) != 0)
    return NULL;
  value += 7;
  value += strspn (value, " ");

  return *value != '\0' ? value : NULL;
}
