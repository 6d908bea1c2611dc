/* pusher.h: clients that assign orders and return them as fast as they are answered
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "caller.h"

typedef struct {
  Caller   caller;
  GArray  *times;      /* (owned): of gint64, µs of each push */
  GArray  *ids;        /* (owned): of DspId: the orders that are its own */
  guint    n_commands; /* of a push */
  guint    next;
  gboolean assigned;
  gint64   until_us;
  GThread *thread;
} Pusher;

/* @n of them, shared out among @n_servers of one database of @n_orders. */
Pusher *pushers_new  (TestServer *const *servers, guint n_servers, Generate *generate, int n_orders, guint n, guint n_commands);
/* Gives back what is assigned. */
void    pushers_free (Pusher *pushers, guint n);
void    pusher_push  (Pusher *pusher);
/* All of them for @seconds, at once. Returns: commands a second; @times, of gint64, gets µs of each push. */
double  pushers_run  (Pusher *pushers, guint n, guint seconds, GArray *times);
