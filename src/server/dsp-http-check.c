/* dsp-http-check.c: what is judged of a request before its body
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-private.h"

#include <string.h>

static void
find_address (DspRequest *request,
              DspConn    *conn)
{
  const char *forwarded;

  g_strlcpy (request->address, conn->address, sizeof request->address);
  if (!conn->exempt || conn->is_unix)
    return;

  /* The last element is the one that our own proxy wrote; the others are whatever the client sent. */
  forwarded = dsp_fields_get_last (&request->fields, "X-Forwarded-For");
  if (forwarded != NULL)
    {
      const char *comma = strrchr (forwarded, ',');
      g_autofree char *text = g_strstrip (g_strdup (comma != NULL ? comma + 1 : forwarded));

      if (g_hostname_is_ip_address (text))
        g_strlcpy (request->address, text, sizeof request->address);
    }
}

static const char *
find_url_token (DspRequest *request)
{
  const char *names[] = { "token", "access_token", "authorization", "bearer" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = dsp_target_get_arg (&request->target, names[i]);

      if (value != NULL)
        return value;
    }

  return NULL;
}

static gboolean
find_method (const char *name,
             DspMethod  *method)
{
  const char *all[] = { "GET", "POST", "PUT" };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (strcmp (name, all[i]) == 0)
      {
        *method = i;
        return TRUE;
      }

  return FALSE;
}

/* Whom the path is for, where several share the port. People type names, so that their case does not matter. */
static int
take_prefix (DspHttp   *self,
             DspTarget *target)
{
  if (self->prefixes == NULL || target->n_segments == 0)
    return -1;
  for (int i = 0; self->prefixes[i] != NULL; i++)
    if (g_ascii_strcasecmp (self->prefixes[i], target->segments[0]) == 0)
      {
        dsp_target_shift (target);
        return i;
      }
  return -1;
}

/* Everything that can be judged before the body, once the fields are read.
 *
 * Returns FALSE with @allowed set for a method that is not for the path, else with @refusal; TRUE with @allowed 0 */
gboolean
dsp_check_request (DspHttp    *self,
                   DspRequest *request,
                   DspConn    *conn,
                   const char *method,
                   guint      *allowed,
                   DspRefusal *refusal)
{
  DspTargetVerdict verdict;
  const char *url_token;
  guint others;

  *allowed = 0;

#define REFUSE(...) \
  do \
    { \
      *refusal = (DspRefusal) { __VA_ARGS__ }; \
      return FALSE; \
    } \
  while (0)

  if (!dsp_fields_check_framing (&request->fields,
                                 conn->is_unix ? NULL : (const char * const *) self->allowed_hosts,
                                 &request->length, refusal))
    return FALSE;

  /* Who comes through the socket is the administrator by the peer's uid; behind a proxy that would be anybody. */
  if (conn->is_unix && (dsp_fields_get (&request->fields, "X-Forwarded-For") != NULL ||
                        dsp_fields_get (&request->fields, "Forwarded") != NULL))
    REFUSE (400, "proxy", "the administrator's socket is not for proxies");

  if (!find_method (method, &request->method))
    {
      *allowed = 7;
      return FALSE;
    }

  verdict = dsp_target_parse (&request->target, request->raw_target);
  if (verdict == DSP_TARGET_TOO_LONG)
    REFUSE (414, "target", "the target is longer than 2048 bytes");
  if (verdict == DSP_TARGET_BAD)
    REFUSE (400, "target", "the target is malformed");
  if (verdict == DSP_TARGET_NOT_FOUND)
    REFUSE (404, "not_found", "there is nothing here");

  url_token = find_url_token (request);
  if (url_token != NULL)
    {
      if (self->options.url_token != NULL)
        self->options.url_token (url_token, self->options.user_data);
      REFUSE (400, "token_in_url", "tokens are for the Authorization field; this one is ended");
    }

  if (g_atomic_int_get (&self->stopping))
    REFUSE (503, "stopping", "the server is stopping");

  request->prefix = take_prefix (self, &request->target);
  request->route = dsp_route_find (self->options.routes, self->options.n_routes, &request->target, request->method,
                                   conn->is_unix, &others);
  if (self->prefixes != NULL && request->prefix < 0 &&
      (request->route == NULL || (request->route->flags & DSP_ROUTE_ROOT) == 0))
    REFUSE (404, "company", "the address of a company on this server ends in its name");
  if (request->route == NULL && others != 0)
    {
      *allowed = others;
      return FALSE;
    }
  if (request->route == NULL)
    REFUSE (404, "not_found", "there is nothing here");

  if (request->method == DSP_METHOD_GET && request->length > 0)
    REFUSE (400, "length", "GET takes no body");
  if (request->method != DSP_METHOD_GET && request->length < 0)
    REFUSE (411, "length", "Content-Length is missing");
  if (request->length > 0 && (guint64) request->length > request->route->body_cap)
    REFUSE (413, "too_large", "the body is larger than this path takes");
  if (request->length > 0 &&
      !dsp_fields_check_type (&request->fields,
                              (request->route->flags & (DSP_ROUTE_ANY_TYPE | DSP_ROUTE_SPOOL)) != 0, refusal))
    return FALSE;

  if ((request->route->flags & DSP_ROUTE_NEEDS_TOKEN) != 0 && !conn->is_unix &&
      dsp_fields_get_token (&request->fields) == NULL)
    REFUSE (401, "sign_in", "sign in first");
#undef REFUSE

  find_address (request, conn);

  return TRUE;
}
