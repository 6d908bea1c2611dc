/* sim-disk.h: the disks of simulated machines, in memory
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands below SQLite in place of the system's files. A machine is a folder: what is in it stops, fails and loses its power
 * together. A write is on the platter when it was synchronised; what was not may be gone, there, or torn between sectors after a
 * loss of power, each write for itself, whatever came after it. Any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* From now on every database is here. @seed: of what a loss of power leaves. */
void     sim_disk_install     (guint64 seed);
void     sim_disk_set_seed    (guint64 seed);

/* Calls that write or synchronise since the last sim_disk_arm(). */
int      sim_disk_n_calls     (const char *machine);

typedef struct {
  int      stop_at;      /* at this call, before it does anything, the machine stops; 0: never */
  int      fail_at;      /* this call fails, once; 0: none */
  gboolean full;         /* nothing can be written */
  gboolean lies;         /* says that it synchronised, and does not */
} SimFaults;
/* Counts anew. */
void     sim_disk_arm         (const char *machine, const SimFaults *faults);

/* Nothing that is asked of it is done any more, until it starts again; its programs have closed their files by then. */
void     sim_disk_stop        (const char *machine);
gboolean sim_disk_has_stopped (const char *machine);
/* @power_lost: what was not synchronised is in doubt; else all that was written is there, as after the end of a program. */
void     sim_disk_start       (const char *machine, gboolean power_lost);

/* Connections that this thread opens meanwhile read on, whatever their machine does. */
void     sim_disk_look_through (gboolean on);

/* Whole files, by path: nobody has them open. */
void     sim_disk_copy        (const char *from, const char *to);
void     sim_disk_remove      (const char *path);

G_END_DECLS
