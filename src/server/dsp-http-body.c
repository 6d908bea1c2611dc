/* dsp-http-body.c: the body of a request, as it comes in pieces: in memory, or in a file without a name
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Returns FALSE if there is no room for it. */
gboolean
dsp_body_begin (DspHttp    *self,
                DspRequest *request,
                DspConn    *conn)
{
  if ((request->route->flags & DSP_ROUTE_SPOOL) != 0)
    {
      request->spool_fd = open (self->options.spool_folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
      if (request->spool_fd < 0)
        return FALSE;
    }
  else
    request->gathered = g_byte_array_new ();

  g_mutex_lock (&self->table.lock);
  conn->phase = DSP_PHASE_BODY;
  conn->body_start = g_get_monotonic_time ();
  conn->deadline = conn->body_start + (gint64) self->options.body_ms * 1000;
  g_mutex_unlock (&self->table.lock);

  return TRUE;
}

static gboolean
spool (DspRequest *request,
       const char *data,
       gsize       length)
{
  while (length > 0)
    {
      ssize_t n = write (request->spool_fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      length -= n;
    }

  return TRUE;
}

/* Returns FALSE for more than was announced, and when it can not be stored. */
gboolean
dsp_body_add (DspHttp    *self,
              DspRequest *request,
              const char *data,
              gsize       length)
{
  gint64 by_rate;

  if (request->received + length > (guint64) MAX (request->length, 0))
    return FALSE;
  request->received += length;

  if (request->gathered != NULL)
    g_byte_array_append (request->gathered, (const guint8 *) data, length);
  else if (!spool (request, data, length))
    {
      g_warning ("a body can not be stored: %s", g_strerror (errno));
      return FALSE;
    }

  /* Large bodies over slow lines get more time as long as they keep coming. */
  by_rate = (gint64) request->received * G_USEC_PER_SEC / self->options.body_rate;
  g_mutex_lock (&self->table.lock);
  if (request->conn != NULL)
    request->conn->deadline = request->conn->body_start + MAX ((gint64) self->options.body_ms * 1000, by_rate);
  g_mutex_unlock (&self->table.lock);

  return TRUE;
}

/* All has come: now it can be read. */
void
dsp_body_end (DspRequest *request)
{
  if (request->gathered != NULL)
    request->body = g_byte_array_free_to_bytes (g_steal_pointer (&request->gathered));
  else
    request->body = g_bytes_new_static ("", 0);
  if (request->spool_fd >= 0)
    lseek (request->spool_fd, 0, SEEK_SET);
}
