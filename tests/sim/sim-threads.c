/* sim-threads.c: time, chance and the order in which threads run, decided by a seed
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "sim-threads.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define MAX_THREADS  256
#define SWITCH_ONE_IN 8                                          /* of the locks that are free */
#define REAL_AT_START (G_GINT64_CONSTANT (1795900000) * G_USEC_PER_SEC) /* November 2026 */

typedef enum { READY, WAITS, ENDED } State;

typedef struct {
  char          *name;
  pthread_t      handle;
  GThreadFunc    func;
  gpointer       data;
  guint          number;
  State          state;
  gconstpointer  on;       /* lock, condition or thread that it waits for */
  gint64         until;    /* -1: for ever */
  gboolean       late;     /* time was over */
  gboolean       released; /* (with the baton): it may end, with nobody beside it */
  pthread_cond_t go;
} Thread;

static Thread *threads[MAX_THREADS];
static guint n_threads, n_made;
static __thread Thread *self;
static Thread *running;
static pthread_mutex_t baton = PTHREAD_MUTEX_INITIALIZER;
static gint64 now = G_USEC_PER_SEC;
static GRand *chance;
static guint n_holds;
static guint64 trace = 14695981039346656037u, n_switches;

/* ---- chance ---- */

static void
bytes_of_chance (void  *to,
                 size_t length)
{
  for (size_t i = 0; i < length; i++)
    ((guint8 *) to)[i] = (guint8) g_rand_int (chance);
}

static const char *
name_of_chance (void)
{
  return "seed";
}

static uint32_t
word_of_chance (void)
{
  return g_rand_int (chance);
}

static struct randombytes_implementation implementation = { name_of_chance, word_of_chance, NULL, NULL, bytes_of_chance, NULL };

double
sim_chance (void)
{
  return g_rand_double (chance);
}

guint
sim_pick (guint n)
{
  return n > 1 ? (guint) g_rand_int_range (chance, 0, (gint32) n) : 0;
}

gint32
__wrap_g_random_int_range (gint32 begin,
                           gint32 end)
{
  return g_rand_int_range (chance, begin, end);
}

guint32
__wrap_g_random_int (void)
{
  return g_rand_int (chance);
}

gssize
__wrap_getrandom (void *buffer,
                  gsize length,
                  guint flags)
{
  bytes_of_chance (buffer, length);
  return (gssize) length;
}

void
sim_trace_add (guint64 what)
{
  trace = (trace ^ what) * 1099511628211u;
}

guint64
sim_trace (void)
{
  return trace;
}

guint64
sim_n_switches (void)
{
  return n_switches;
}

/* ---- who runs ---- */

static void
give_up (void)
{
  for (guint i = 0; i < n_threads; i++)
    g_printerr ("%u %s: %s %p until %" G_GINT64_FORMAT "\n", threads[i]->number, threads[i]->name,
                threads[i]->state == READY ? "ready" : "waits for", threads[i]->on, threads[i]->until);
  g_error ("all threads wait for each other");
}

static Thread *
choose (void)
{
  for (;;)
    {
      Thread *ready[MAX_THREADS];
      guint n = 0;
      gint64 next = -1;

      for (guint i = 0; i < n_threads; i++)
        {
          Thread *thread = threads[i];

          if (thread->state == WAITS && thread->until >= 0 && thread->until <= now)
            {
              thread->state = READY;
              thread->late = TRUE;
            }
          if (thread->state == READY)
            ready[n++] = thread;
          else if (thread->state == WAITS && thread->until >= 0 && (next < 0 || thread->until < next))
            next = thread->until;
        }
      if (n > 0)
        return ready[sim_pick (n)];
      if (next < 0)
        give_up ();
      now = next;
    }
}

/* With the baton. */
static void
wait_for_turn (void)
{
  while (running != self)
    pthread_cond_wait (&self->go, &baton);
}

static void
pass_on (Thread *next)
{
  sim_trace_add (next->number);
  n_switches++;
  running = next;
  pthread_cond_signal (&next->go);
}

/* Somebody runs; it may be the caller again. */
static void
let_run (void)
{
  Thread *next = choose ();

  if (next == self)
    return;
  pthread_mutex_lock (&baton);
  pass_on (next);
  wait_for_turn ();
  pthread_mutex_unlock (&baton);
}

/* FALSE: time was over. */
static gboolean
wait_on (gconstpointer on,
         gint64        until)
{
  g_assert_cmpuint (n_holds, ==, 0);
  self->state = WAITS;
  self->on = on;
  self->until = until;
  self->late = FALSE;
  let_run ();
  self->on = NULL;
  return !self->late;
}

static void
wake_who_waits (gconstpointer on)
{
  for (guint i = 0; i < n_threads; i++)
    if (threads[i]->state == WAITS && threads[i]->on == on)
      threads[i]->state = READY;
}

/* ---- threads ---- */

static Thread *
add_thread (const char *name)
{
  Thread *thread = g_new0 (Thread, 1);

  g_assert_cmpuint (n_threads, <, MAX_THREADS);
  thread->name = g_strdup (name);
  thread->number = n_made++;
  pthread_cond_init (&thread->go, NULL);
  threads[n_threads++] = thread;
  return thread;
}

/* A thread's beginning and end allocate: they do not happen beside others either, so that what is allocated where is decided by
 * the seed, too. GLib's own would go on by itself for a moment. */
static gpointer
run (gpointer data)
{
  gpointer result;

  self = data;
  pthread_mutex_lock (&baton);
  wait_for_turn ();
  pthread_mutex_unlock (&baton);
  result = self->func (self->data);
  self->state = ENDED;
  wake_who_waits (self);
  pthread_mutex_lock (&baton);
  pass_on (choose ());
  while (!self->released)
    pthread_cond_wait (&self->go, &baton);
  pthread_mutex_unlock (&baton);
  return result;
}

GThread *
__wrap_g_thread_new (const char *name,
                     GThreadFunc func,
                     gpointer    data)
{
  Thread *thread = add_thread (name);

  thread->func = func;
  thread->data = data;
  if (pthread_create (&thread->handle, NULL, run, thread) != 0)
    g_error ("no thread");
  return (GThread *) thread;
}

gpointer
__wrap_g_thread_join (GThread *handle)
{
  Thread *thread = (Thread *) handle;
  gpointer result = NULL;
  guint i;

  while (thread->state != ENDED)
    wait_on (thread, -1);
  pthread_mutex_lock (&baton);
  thread->released = TRUE;
  pthread_cond_signal (&thread->go);
  pthread_mutex_unlock (&baton);
  pthread_join (thread->handle, &result);
  for (i = 0; threads[i] != thread; i++)
    ;
  memmove (threads + i, threads + i + 1, (n_threads - i - 1) * sizeof *threads);
  n_threads--;
  pthread_cond_destroy (&thread->go);
  g_free (thread->name);
  g_free (thread);
  return result;
}

/* ---- locks and conditions: a lock holds its owner ---- */

void
__wrap_g_mutex_lock (GMutex *mutex)
{
  if (n_holds == 0 && sim_pick (SWITCH_ONE_IN) == 0)
    let_run ();
  while (mutex->p != NULL)
    {
      if (mutex->p == self)
        g_error ("%s takes a lock that it has", self->name);
      wait_on (mutex, -1);
    }
  mutex->p = self;
}

void
__wrap_g_mutex_unlock (GMutex *mutex)
{
  g_assert (mutex->p == self);
  mutex->p = NULL;
  wake_who_waits (mutex);
}

gboolean
__wrap_g_cond_wait_until (GCond  *cond,
                          GMutex *mutex,
                          gint64  until)
{
  gboolean in_time;

  __wrap_g_mutex_unlock (mutex);
  in_time = wait_on (cond, until);
  while (mutex->p != NULL)
    wait_on (mutex, -1);
  mutex->p = self;
  return in_time;
}

void
__wrap_g_cond_wait (GCond  *cond,
                    GMutex *mutex)
{
  __wrap_g_cond_wait_until (cond, mutex, -1);
}

void
__wrap_g_cond_signal (GCond *cond)
{
  Thread *waiting[MAX_THREADS];
  guint n = 0;

  for (guint i = 0; i < n_threads; i++)
    if (threads[i]->state == WAITS && threads[i]->on == cond)
      waiting[n++] = threads[i];
  if (n > 0)
    waiting[sim_pick (n)]->state = READY;
}

void
__wrap_g_cond_broadcast (GCond *cond)
{
  wake_who_waits (cond);
}

void
sim_hold (gboolean on)
{
  n_holds += on ? 1 : -1u;
}

/* ---- time: each look at the clock takes a little ---- */

gint64
__wrap_g_get_monotonic_time (void)
{
  return ++now;
}

gint64
__wrap_g_get_real_time (void)
{
  return REAL_AT_START + ++now;
}

gint64
sim_now (void)
{
  return now;
}

void
sim_sleep (gint64 us)
{
  wait_on (NULL, now + us);
}

void
__wrap_g_usleep (gulong us)
{
  sim_sleep ((gint64) us);
}

/* ---- beginning ---- */

void
sim_threads_seed (guint64 seed)
{
  guint32 words[] = { (guint32) seed, (guint32) (seed >> 32) };

  g_assert_cmpuint (n_threads, ==, 1);
  g_rand_set_seed_array (chance, words, 2);
}

void
sim_threads_begin (guint64 seed)
{
  chance = g_rand_new ();
  self = running = add_thread ("main");
  sim_threads_seed (seed);
  randombytes_set_implementation (&implementation);
}
