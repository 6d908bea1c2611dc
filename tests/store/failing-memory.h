/* failing-memory.h: SQLite's memory, of which the k-th piece is refused
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

static sqlite3_mem_methods memory_real;
static gint memory_calls, memory_fail_at; /* (atomic); 0: none is refused */
static gboolean memory_forever, memory_failed;

static inline gboolean
memory_refuses (void)
{
  int at = g_atomic_int_get (&memory_fail_at), n;

  if (at == 0)
    return FALSE;
  n = g_atomic_int_add (&memory_calls, 1) + 1;
  if (memory_forever ? n < at : n != at)
    return FALSE;
  memory_failed = TRUE;
  return TRUE;
}

static void *
memory_malloc (int n)
{
  return memory_refuses () ? NULL : memory_real.xMalloc (n);
}

static void *
memory_realloc (void *old,
                int   n)
{
  return memory_refuses () ? NULL : memory_real.xRealloc (old, n);
}

/* The next piece, the k-th from now on, is refused; @k 0: none any more. */
static inline void
memory_arm (int      k,
            gboolean forever)
{
  memory_forever = forever;
  memory_failed = FALSE;
  g_atomic_int_set (&memory_calls, 0);
  g_atomic_int_set (&memory_fail_at, k);
}

/* Before anything else of SQLite. Each piece is asked of us, none of what a connection keeps. */
static inline void
memory_install (void)
{
  sqlite3_mem_methods methods;

  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_GETMALLOC, &memory_real), ==, SQLITE_OK);
  methods = memory_real;
  methods.xMalloc = memory_malloc;
  methods.xRealloc = memory_realloc;
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_MALLOC, &methods), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 0, 0), ==, SQLITE_OK);
}
