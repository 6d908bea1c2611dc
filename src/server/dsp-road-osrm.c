/* dsp-road-osrm.c: ways by road from an HTTP service that speaks as OSRM does
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request a tour: GET …/route/v1/driving/LON,LAT;LON,LAT…, whose answer has one "leg" a way. The service is the office's
 * own, but what it sends is read like anybody's: bounded, in one pass, and only what is asked for.
 */
#define G_LOG_DOMAIN "dsp-road"

#include "config.h"
#include "dsp-road.h"

#include "dsp-json-read.h"

#include <libsoup/soup.h>
#include <math.h>

#define REPLY_MAX (1024 * 1024)
#define TIMEOUT_S 20

static char *
dup_target (const DspRoadOptions *options,
            const GArray         *tour)
{
  GString *target = g_string_new (options->osrm);

  while (target->len > 0 && target->str[target->len - 1] == '/')
    g_string_truncate (target, target->len - 1);
  g_string_append (target, "/route/v1/driving/");
  for (guint i = 0; i < tour->len; i++)
    {
      const DspTourPlace *place = &g_array_index (tour, DspTourPlace, i);
      char lon[G_ASCII_DTOSTR_BUF_SIZE], lat[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (lon, sizeof lon, "%.6f", place->lon_e7.value * 1e-7);
      g_ascii_formatd (lat, sizeof lat, "%.6f", place->lat_e7.value * 1e-7);
      g_string_append_printf (target, "%s%s,%s", i > 0 ? ";" : "", lon, lat);
    }
  g_string_append (target, "?overview=false&steps=false");
  return g_string_free (target, FALSE);
}

static bool
read_metres (DspJsonReader *r,
             gint64        *metres)
{
  const char *from;
  gsize length;
  char text[64];
  double value;
  char *end;

  if (dsp_json_peek (r) != '0' || !dsp_json_skip (r, &from, &length) || length >= sizeof text)
    return dsp_json_fail (r, "a leg's distance is no number");
  memcpy (text, from, length);
  text[length] = '\0';
  value = g_ascii_strtod (text, &end);
  if (*end != '\0' || !isfinite (value) || value < 0 || value > 1e9)
    return dsp_json_fail (r, "a leg's distance is no distance");
  *metres = llround (value);
  return true;
}

static void
read_legs (DspJsonReader *r,
           GArray        *ways)
{
  const char *name;
  gsize length;

  if (!dsp_json_enter_array (r))
    return;
  while (dsp_json_next_item (r))
    {
      gint64 metres = -1;

      if (!dsp_json_enter_object (r))
        return;
      while (dsp_json_next_member (r, &name, &length))
        if (dsp_json_is (name, length, "distance"))
          read_metres (r, &metres);
        else
          dsp_json_skip (r, NULL, NULL);
      g_array_append_val (ways, metres);
    }
}

/* Of several routes the first is the one it would drive. */
static void
read_routes (DspJsonReader *r,
             GArray        *ways)
{
  const char *name;
  gsize length;
  guint n = 0;

  if (!dsp_json_enter_array (r))
    return;
  while (dsp_json_next_item (r))
    {
      if (n++ > 0)
        {
          dsp_json_skip (r, NULL, NULL);
          continue;
        }
      if (!dsp_json_enter_object (r))
        return;
      while (dsp_json_next_member (r, &name, &length))
        if (dsp_json_is (name, length, "legs"))
          read_legs (r, ways);
        else
          dsp_json_skip (r, NULL, NULL);
    }
}

static GArray *
read_reply (GBytes  *reply,
            GError **error)
{
  g_autoptr(GArray) ways = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *code = NULL;
  const char *name;
  gsize length, size;
  DspJsonReader r;

  name = g_bytes_get_data (reply, &size);
  dsp_json_reader_init (&r, name != NULL ? name : "", size);
  if (dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &name, &length))
      {
        if (dsp_json_is (name, length, "code") && code == NULL && dsp_json_peek (&r) == '"')
          dsp_json_read_text (&r, &code);
        else if (dsp_json_is (name, length, "routes"))
          read_routes (&r, ways);
        else
          dsp_json_skip (&r, NULL, NULL);
      }
  if (!dsp_json_reader_finish (&r, error))
    return NULL;
  if (g_strcmp0 (code, "Ok") == 0)
    return g_steal_pointer (&ways);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the service says “%.40s”", code != NULL ? code : "nothing");
  return NULL;
}

/* The reply's bytes; NULL also beyond the limit. */
static GBytes *
fetch (SoupSession   *session,
       SoupMessage   *message,
       GCancellable  *cancellable,
       GError       **error)
{
  g_autoptr(GInputStream) stream = soup_session_send (session, message, cancellable, error);
  g_autofree char *buffer = g_malloc (REPLY_MAX);
  gsize n = 0;

  if (stream == NULL || !g_input_stream_read_all (stream, buffer, REPLY_MAX, &n, cancellable, error))
    return NULL;
  if (n == REPLY_MAX)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the answer is larger than %d bytes", REPLY_MAX);
      return NULL;
    }
  return g_bytes_new (buffer, n);
}

GArray *
dsp_road_osrm (const DspRoadOptions *options,
               const GArray         *tour,
               GCancellable         *cancellable,
               GError              **error)
{
  g_autofree char *target = dup_target (options, tour);
  g_autoptr(SoupSession) session = soup_session_new_with_options ("timeout", options->timeout_s != 0 ? options->timeout_s : TIMEOUT_S,
                                                                  "user-agent", "despachod", NULL);
  g_autoptr(SoupMessage) message = soup_message_new (SOUP_METHOD_GET, target);
  g_autoptr(GBytes) reply = NULL;
  guint status;

  if (message == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "“%s” is no address", options->osrm);
      return NULL;
    }
  /* It is asked where the office said, and nowhere else. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  reply = fetch (session, message, cancellable, error);
  if (reply == NULL)
    return NULL;
  status = soup_message_get_status (message);
  if (status == SOUP_STATUS_OK)
    return read_reply (reply, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the service answers with %u", status);
  return NULL;
}
