/* dsp-http-target.c: the request line's target, decoded, and the table of routes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The HTTP library decodes paths and arguments too, but cuts both at %00, so what it made of them is never used.
 * Here the path is split first and decoded then: an encoded slash can not make a segment, and no segment can
 * climb. Nothing here does I/O, which lets a fuzzer call it directly.
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-target.h"

#include <string.h>

/* Decodes `length` bytes of `raw` to `out`, which is at least as large, and ends it with a NUL. FALSE when an escape
 * is malformed or the result is not clean text. */
static gboolean
decode (const char *raw,
        gsize       length,
        gboolean    plus_is_space,
        char       *out)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      int c = (guchar) raw[i];

      if (c == '%')
        {
          int high, low;

          if (length - i < 3)
            return FALSE;
          high = g_ascii_xdigit_value (raw[i + 1]);
          low = g_ascii_xdigit_value (raw[i + 2]);
          if (high < 0 || low < 0)
            return FALSE;
          c = high << 4 | low;
          i += 2;
        }
      else if (c == '+' && plus_is_space)
        c = ' ';

      if (c < 0x20 || c == 0x7f)
        return FALSE;
      out[n++] = c;
    }

  out[n] = '\0';
  return g_utf8_validate (out, n, NULL);
}

static DspTargetVerdict
parse_path (DspTarget  *target,
            const char *raw,
            gsize       length,
            char       *out)
{
  const char *end = raw + length;

  if (!decode (raw, length, FALSE, out))
    return DSP_TARGET_BAD;
  target->path = out;
  out += length + 1;

  if (length == 0)
    return DSP_TARGET_OK;

  for (const char *start = raw;;)
    {
      const char *slash = memchr (start, '/', end - start);
      gsize n = (slash != NULL ? slash : end) - start;

      if (target->n_segments == DSP_TARGET_MAX_SEGMENTS || n == 0)
        return DSP_TARGET_NOT_FOUND;
      if (!decode (start, n, FALSE, out))
        return DSP_TARGET_BAD;
      if (strpbrk (out, "/\\") != NULL || strcmp (out, ".") == 0 || strcmp (out, "..") == 0)
        return DSP_TARGET_NOT_FOUND;

      target->segments[target->n_segments++] = out;
      out += n + 1;
      if (slash == NULL)
        return DSP_TARGET_OK;
      start = slash + 1;
    }
}

static DspTargetVerdict
parse_args (DspTarget  *target,
            const char *raw,
            char       *out)
{
  guint n_max = 1;

  if (*raw == '\0')
    return DSP_TARGET_OK;

  for (const char *p = raw; *p != '\0'; p++)
    n_max += *p == '&';
  if (n_max > DSP_TARGET_MAX_ARGS)
    return DSP_TARGET_BAD;
  target->args = g_new0 (DspTargetArg, n_max);

  for (const char *start = raw; start != NULL;)
    {
      gsize length = strcspn (start, "&");
      const char *equals = memchr (start, '=', length);
      gsize name_length = equals != NULL ? (gsize) (equals - start) : length;
      DspTargetArg *arg = &target->args[target->n_args];

      if (length > 0)
        {
          if (!decode (start, name_length, TRUE, out))
            return DSP_TARGET_BAD;
          arg->name = out;
          out += name_length + 1;

          if (equals != NULL)
            {
              gsize value_length = length - name_length - 1;

              if (!decode (equals + 1, value_length, TRUE, out))
                return DSP_TARGET_BAD;
              arg->value = out;
              out += value_length + 1;
            }
          else
            arg->value = "";
          target->n_args++;
        }

      start = start[length] == '&' ? start + length + 1 : NULL;
    }

  return DSP_TARGET_OK;
}

/* Takes apart `raw`, the target as it stood in the request line. The target must be zeroed; it is to be cleared
 * whatever the verdict is, and only holds all its parts when that is DSP_TARGET_OK. */
DspTargetVerdict
dsp_target_parse (DspTarget  *target,
                  const char *raw)
{
  DspTargetVerdict verdict;
  const char *mark, *query;
  gsize length = strlen (raw);
  gsize path_length;
  char *out;

  g_assert (target->text == NULL);

  if (length > DSP_TARGET_MAX_LENGTH)
    return DSP_TARGET_TOO_LONG;
  if (raw[0] != '/')
    return DSP_TARGET_BAD;
  for (gsize i = 0; i < length; i++)
    if (raw[i] < 0x21 || raw[i] > 0x7e || raw[i] == '#')
      return DSP_TARGET_BAD;

  mark = strchr (raw, '?');
  path_length = (mark != NULL ? (gsize) (mark - raw) : length) - 1;
  query = mark != NULL ? mark + 1 : "";

  /* Path, segments, raw query, names and values: each at most as long as what it came from, and a NUL each. */
  target->text = g_malloc (3 * length + 2 * DSP_TARGET_MAX_ARGS + DSP_TARGET_MAX_SEGMENTS + 8);
  out = target->text;
  memcpy (out, query, strlen (query) + 1);
  target->query = out;
  out += strlen (query) + 1;

  verdict = parse_path (target, raw + 1, path_length, out);
  if (verdict != DSP_TARGET_OK)
    return verdict;
  out += 2 * path_length + DSP_TARGET_MAX_SEGMENTS + 2;

  return parse_args (target, query, out);
}

void
dsp_target_clear (DspTarget *target)
{
  g_clear_pointer (&target->text, g_free);
  g_clear_pointer (&target->args, g_free);
  target->n_segments = 0;
  target->n_args = 0;
}

/* Returns: (nullable): the first value given for `name` */
const char *
dsp_target_get_arg (const DspTarget *target,
                    const char      *name)
{
  for (guint i = 0; i < target->n_args; i++)
    if (strcmp (target->args[i].name, name) == 0)
      return target->args[i].value;

  return NULL;
}

/* Takes the first segment away: routes and handlers see the rest. The path as text stays whole, for the log. */
void
dsp_target_shift (DspTarget *target)
{
  g_assert (target->n_segments > 0);
  target->n_segments--;
  memmove (target->segments, target->segments + 1, target->n_segments * sizeof target->segments[0]);
}

static gboolean
route_matches (const DspRoute  *route,
               const DspTarget *target)
{
  const char *pattern = route->pattern;
  guint i = 0;

  if (*pattern == '\0')
    return target->n_segments == 0;

  for (;;)
    {
      gsize length = strcspn (pattern, "/");

      if (i == target->n_segments)
        return FALSE;
      if (length == 2 && memcmp (pattern, "**", 2) == 0)
        return TRUE;
      if (!(length == 1 && *pattern == '*') &&
          (strncmp (pattern, target->segments[i], length) != 0 || target->segments[i][length] != '\0'))
        return FALSE;

      i++;
      if (pattern[length] == '\0')
        return i == target->n_segments;
      pattern += length + 1;
    }
}

/* Finds the first route for path and method. `allowed` gets a bit (1 << method) for each method that the path has, so
 * that 404 and 405 can be told apart. */
const DspRoute *
dsp_route_find (const DspRoute  *routes,
                gsize            n_routes,
                const DspTarget *target,
                DspMethod        method,
                gboolean         is_unix,
                guint           *allowed)
{
  *allowed = 0;

  for (gsize i = 0; i < n_routes; i++)
    {
      const DspRoute *route = &routes[i];

      if ((route->flags & DSP_ROUTE_SOCKET_ONLY) != 0 && !is_unix)
        continue;
      if (!route_matches (route, target))
        continue;
      if (route->method == method)
        return route;
      *allowed |= 1u << route->method;
    }

  return NULL;
}
