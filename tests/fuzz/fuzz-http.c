/* fuzz-http.c: any bytes on a connection of the whole HTTP layer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server listens on a UNIX socket; each input is what one peer says. The owner checks what reaches it.
 */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "dsp-http.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const DspRoute routes[] = {
  { DSP_METHOD_GET, "v1/ping", 0, DSP_ROUTE_NONE, 0, NULL },
  { DSP_METHOD_GET, "v1/orders/*", 0, DSP_ROUTE_NEEDS_TOKEN, 0, NULL },
  { DSP_METHOD_POST, "v1/commands", 4096, DSP_ROUTE_NONE, 0, NULL },
  { DSP_METHOD_PUT, "v1/files/*", 65536, DSP_ROUTE_SPOOL, 0, NULL },
};

static DspHttp *http;
static char *folder;
static char *path;

static void
dispatch (DspRequest *request,
          gpointer    data)
{
  const DspRoute *route = dsp_request_get_route (request);

  g_assert_cmpint (dsp_request_get_method (request), ==, route->method);
  g_assert_cmpuint (dsp_request_get_body_size (request), <=, route->body_cap);
  g_assert_true (g_utf8_validate (dsp_request_get_path (request), -1, NULL));
  g_assert_nonnull (dsp_request_get_field (request, "host"));
  g_assert_null (dsp_request_get_field (request, "transfer-encoding"));
  g_assert_cmpuint (dsp_request_get_peer_uid (request), ==, getuid ());
  dsp_request_reply_json (request, 200, "{}");
}

static void
stop (void)
{
  dsp_http_free (http);
  g_rmdir (folder);
}

static void
start (void)
{
  g_autoptr(GError) error = NULL;
  DspHttpOptions options;

  signal (SIGPIPE, SIG_IGN);
  folder = g_dir_make_tmp ("fuzz-http-XXXXXX", NULL);
  path = g_build_filename (folder, "socket", NULL);
  dsp_http_options_init (&options);
  options.unix_path = path;
  options.routes = routes;
  options.n_routes = G_N_ELEMENTS (routes);
  options.dispatch = dispatch;
  /* Half a request stands until its deadline: that is how fast this can go. */
  options.header_ms = options.body_ms = 20;
  options.spool_folder = folder;
  http = dsp_http_new (&options, &error);
  g_assert_no_error (error);
  atexit (stop);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  char buffer[4096];
  int fd;

  if (http == NULL)
    start ();

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  while (size > 0)
    {
      ssize_t n = send (fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);

      /* It may stop reading, or be waiting for us to read. */
      if (n < 0)
        break;
      data += n;
      size -= n;
    }
  shutdown (fd, SHUT_WR);
  while (recv (fd, buffer, sizeof buffer, 0) > 0)
    continue;
  close (fd);

  return 0;
}
