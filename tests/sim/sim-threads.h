/* sim-threads.h: time, chance and the order in which threads run, decided by a seed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The linker puts these in place of GLib's threads, locks, conditions, clocks and random numbers in the programs under test
 * (see meson.build), whose code is as it ships. One thread runs at a time; who is next is chosen by the seed wherever a thread
 * takes a lock or waits; when all wait, time goes on to the first who waits no longer. The same seed is the same run.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The linker's names. */
GThread *__wrap_g_thread_new              (const char *name, GThreadFunc func, gpointer data);
gpointer __wrap_g_thread_join             (GThread *thread);
void     __wrap_g_mutex_lock              (GMutex *mutex);
void     __wrap_g_mutex_unlock            (GMutex *mutex);
void     __wrap_g_cond_wait               (GCond *cond, GMutex *mutex);
gboolean __wrap_g_cond_wait_until         (GCond *cond, GMutex *mutex, gint64 until);
void     __wrap_g_cond_signal             (GCond *cond);
void     __wrap_g_cond_broadcast          (GCond *cond);
gint64   __wrap_g_get_monotonic_time      (void);
gint64   __wrap_g_get_real_time           (void);
gint32   __wrap_g_random_int_range        (gint32 begin, gint32 end);
guint32  __wrap_g_random_int              (void);
void     __wrap_g_usleep                  (gulong us);
gssize   __wrap_getrandom                 (void *buffer, gsize length, guint flags);

/* The calling thread is the first one. Before anything else. */
void     sim_threads_begin (guint64 seed);
/* Another seed from now on; no other thread is there. */
void     sim_threads_seed  (guint64 seed);

/* The time, without taking any. */
gint64   sim_now           (void);
/* Lets the others run for so long. */
void     sim_sleep         (gint64 us);
/* The caller alone runs until it lets go again; calls nest. */
void     sim_hold          (gboolean on);
/* Of the same chance; [0, 1), and below @n. */
double   sim_chance        (void);
guint    sim_pick          (guint n);

/* What happened so far, as a number: the same in each run of a seed. */
guint64  sim_trace         (void);
void     sim_trace_add     (guint64 what);
/* How often another thread was let on. */
guint64  sim_n_switches    (void);

G_END_DECLS
