/* dsp-limits.c: rates, each key with a bucket of its own
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bucket starts full with `burst` tokens and fills at a steady rate. It is kept as one number, the instant at which
 * it will be full again: a bucket that is full needs no entry, and the entries of those who left are dropped when
 * the table grows. All functions may be called from any thread.
 */
#define G_LOG_DOMAIN "dsp-limits"

#include "config.h"
#include "dsp-limits.h"

#define SWEEP_MIN 256

struct _DspLimits
{
  GMutex      lock;
  GHashTable *full_at;   /* (owned): key -> instant in µs (owned); guarded by lock */
  guint       sweep_at;  /* entries at which those that are full are dropped; guarded by lock */
  gint64      per_us;
  guint       amount;
  guint       burst;
};

/* Makes a limit of `amount` tokens in each `per_us` microseconds, `burst` of them at once. */
DspLimits *
dsp_limits_new (guint  amount,
                gint64 per_us,
                guint  burst)
{
  DspLimits *self;

  g_return_val_if_fail (amount > 0 && per_us > 0 && burst > 0, NULL);

  self = g_new0 (DspLimits, 1);
  g_mutex_init (&self->lock);
  self->full_at = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->sweep_at = SWEEP_MIN;
  self->amount = amount;
  self->per_us = per_us;
  self->burst = burst;

  return self;
}

void
dsp_limits_free (DspLimits *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->full_at);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* How long n tokens take to come back */
static gint64
cost (DspLimits *self,
      guint      n)
{
  return (gint64) n * self->per_us / self->amount;
}

static void
sweep (DspLimits *self,
       gint64     now_us)
{
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->full_at) < self->sweep_at)
    return;

  g_hash_table_iter_init (&iter, self->full_at);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (*(gint64 *) value <= now_us)
      g_hash_table_iter_remove (&iter);
  self->sweep_at = MAX (SWEEP_MIN, 2 * g_hash_table_size (self->full_at));
}

/* Takes `n` tokens of `key` at the monotonic time `now_us`, all or none. More than the burst at once is counted as
 * the burst, or it could never pass.
 *
 * Returns: 0 when taken, else the seconds after which to try again, at least 1 */
guint
dsp_limits_take (DspLimits  *self,
                 const char *key,
                 guint       n,
                 gint64      now_us)
{
  gint64 *full_at;
  gint64 start, end;
  guint wait_s = 0;

  g_mutex_lock (&self->lock);
  full_at = g_hash_table_lookup (self->full_at, key);
  start = full_at != NULL ? MAX (*full_at, now_us) : now_us;
  end = start + cost (self, MIN (n, self->burst));

  if (end - now_us > cost (self, self->burst))
    wait_s = (guint) MAX ((end - now_us - cost (self, self->burst) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC, 1);
  else if (full_at != NULL)
    *full_at = end;
  else
    {
      sweep (self, now_us);
      full_at = g_new (gint64, 1);
      *full_at = end;
      g_hash_table_insert (self->full_at, g_strdup (key), full_at);
    }
  g_mutex_unlock (&self->lock);

  return wait_s;
}

guint
dsp_limits_get_n_keys (DspLimits *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = g_hash_table_size (self->full_at);
  g_mutex_unlock (&self->lock);

  return n;
}
