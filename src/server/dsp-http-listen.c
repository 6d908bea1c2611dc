/* dsp-http-listen.c: listening sockets
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Made here and not by the library, so that backlog, mode bits and a socket handed over by the service manager are
 * the same code path. All are non-blocking: two threads accept from each.
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netdb.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096

static int
fail (int          fd,
      GError     **error,
      const char  *what)
{
  int code = errno;

  if (fd >= 0)
    close (fd);
  g_set_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_LISTEN, "can not listen on %s: %s", what, g_strerror (code));
  return -1;
}

static int
listen_at (const struct addrinfo *info)
{
  int on = 1, off = 0;
  int fd = socket (info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return -1;
  if (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      (info->ai_family != AF_INET6 || setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0) &&
      bind (fd, info->ai_addr, info->ai_addrlen) == 0 && listen (fd, BACKLOG) == 0)
    return fd;

  on = errno;
  close (fd);
  errno = on;
  return -1;
}

/* Takes: @host (nullable): NULL is every address, of both families where the machine has them
 * Returns: a descriptor, or -1 with @error set */
int
dsp_listen_tcp (const char  *host,
                int          port,
                GError     **error)
{
  struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
                            .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
  struct addrinfo *list = NULL;
  g_autofree char *service = g_strdup_printf ("%d", port);
  g_autofree char *what = g_strdup_printf ("%s port %d", host != NULL ? host : "every address,", port);
  int status, fd = -1;

  status = getaddrinfo (host, service, &hints, &list);
  if (status != 0)
    {
      g_set_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_LISTEN, "can not listen on %s: %s", what,
                   gai_strerror (status));
      return -1;
    }

  /* The IPv6 socket takes IPv4 as well, so it goes first when nothing particular is asked for. */
  for (int pass = 0; pass < 2 && fd < 0; pass++)
    for (struct addrinfo *info = list; info != NULL && fd < 0; info = info->ai_next)
      if ((pass == 0) == (host != NULL || info->ai_family == AF_INET6))
        fd = listen_at (info);

  status = errno;
  freeaddrinfo (list);
  errno = status;

  return fd >= 0 ? fd : fail (-1, error, what);
}

/* Takes over a bound socket of the service manager. */
int
dsp_listen_adopt (int      fd,
                  GError **error)
{
  int flags = fcntl (fd, F_GETFL);

  if (flags < 0 || fcntl (fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl (fd, F_SETFD, FD_CLOEXEC) < 0 ||
      listen (fd, BACKLOG) < 0)
    return fail (-1, error, "the socket that was handed over");

  return fd;
}

/* Makes a socket of mode 0600 at @path. One that nobody listens on any more is replaced; a living one, or a file that
 * is no socket, is an error.
 *
 * Returns: a descriptor, or -1 with @error set */
int
dsp_listen_unix (const char  *path,
                 GError     **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct stat info;
  mode_t mask;
  int status, fd;

  if (strlen (path) >= sizeof address.sun_path)
    {
      errno = ENAMETOOLONG;
      return fail (-1, error, path);
    }
  memcpy (address.sun_path, path, strlen (path) + 1);

  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return fail (-1, error, path);

  if (lstat (path, &info) == 0)
    {
      errno = EEXIST;
      if (!S_ISSOCK (info.st_mode))
        return fail (fd, error, path);
      if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0 || errno == EAGAIN)
        {
          errno = EADDRINUSE;
          return fail (fd, error, path);
        }
      if (errno != ECONNREFUSED || g_unlink (path) != 0)
        return fail (fd, error, path);
    }

  /* The mask and not a chmod afterwards: there must be no moment with wider access. */
  mask = umask (0177);
  status = bind (fd, (struct sockaddr *) &address, sizeof address);
  umask (mask);
  if (status != 0 || listen (fd, BACKLOG) != 0)
    return fail (fd, error, path);

  return fd;
}

/* Returns: the port of a TCP socket, 0 for others */
guint16
dsp_listen_get_port (int fd)
{
  struct sockaddr_storage address;
  socklen_t length = sizeof address;

  if (getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    return 0;
  if (address.ss_family == AF_INET)
    return ntohs (((struct sockaddr_in *) &address)->sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs (((struct sockaddr_in6 *) &address)->sin6_port);

  return 0;
}
