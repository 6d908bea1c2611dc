/* keeper-fixture.h: a cache file of twenty orders, and what tests do with it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "office.h"

#include "dsp-keeper-private.h"

typedef struct {
  char      *dir, *path;
  DspKeeper *keeper;
  guint      n_deltas, n_items, n_merged;
  DspId      merged_id;
} Fixture;

static inline void
on_delta (DspDelta *delta,
          gpointer  user_data)
{
  Fixture *f = user_data;

  f->n_deltas++;
  f->n_items += delta->items->len;
  f->n_merged += delta->n_merged;
  if (delta->n_merged > 0)
    f->merged_id = delta->merged_id;
  dsp_delta_free (delta);
}

static inline void
open_again (Fixture *f)
{
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&f->keeper, dsp_keeper_close);
  f->keeper = dsp_keeper_open (f->path, on_delta, f, &error);
  g_assert_no_error (error);
}

static inline void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->dir = office_temp_dir ();
  f->path = g_build_filename (f->dir, "cache.sqlite", NULL);
  open_again (f);
  office_enrol (f->keeper);
  office_fill (f->keeper, 20);
}

static inline void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_clear_pointer (&f->keeper, dsp_keeper_close);
  office_remove_dir (f->dir);
  g_free (f->dir);
  g_free (f->path);
}

static inline const DspOrder *
order_of (Fixture *f,
          guint    n)
{
  DspId id = office_id ("order", n);
  gconstpointer record;

  g_assert_cmpint (dsp_keeper_effective (f->keeper, &dsp_order, &id, &record), ==, DSP_FACT_HERE);
  return record;
}

static inline DspOutcome *
assign (Fixture *f,
        guint    from,
        guint    n,
        guint    crew)
{
  g_autofree DspId *ids = g_new (DspId, n);
  g_autoptr(GError) error = NULL;
  DspAssign args = { .crew_id = office_id ("crew", crew) };
  DspOutcome *outcome;

  for (guint i = 0; i < n; i++)
    ids[i] = office_id ("order", from + i);
  outcome = dsp_keeper_give (f->keeper, &dsp_order_assign, ids, n, &args, 1, FALSE, &error);
  g_assert_no_error (error);
  return outcome;
}

static inline guint
n_waiting (Fixture *f)
{
  g_autoptr(DspKeeperState) state = dsp_keeper_dup_state (f->keeper);

  return state->n_waiting;
}

static inline guint
n_rejected (Fixture *f)
{
  g_autoptr(DspKeeperState) state = dsp_keeper_dup_state (f->keeper);

  return state->n_rejected;
}

static inline void
answer (Fixture    *f,
        const char *results)
{
  g_autofree char *reply = g_strdup_printf ("{\"epoch\":\"" OFFICE_EPOCH "\",\"last\":1,\"stable\":0,\"head\":11,\"results\":[%s]}", results);
  g_autoptr(GError) error = NULL;

  dsp_keeper_pushed (f->keeper, 1, reply, strlen (reply), &error);
  g_assert_no_error (error);
}
