/* dsp-sign-in-limits.c: how often somebody may try a password
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Wrong passwords are counted twice: for the account from one address, where the wait doubles up to a quarter of an
 * hour, and for the account from anywhere, where it stays under ten seconds, so that nobody can lock a colleague out.
 * Attempts from one address are a bucket. All of it lives in memory: a restart forgives.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-sign-in-limits.h"

#include "dsp-limits.h"

#define FREE_FAILURES    5
#define ACCOUNT_FAILURES 20 /* from anywhere, before the account itself slows down */
#define WAIT_MAX_S       (15 * 60)
#define ACCOUNT_WAIT_S   10
#define FORGET_US        (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define ENTRIES_MAX      20000 /* names and addresses come from outside */

typedef struct
{
  guint   failures;
  gint64  next_us;  /* not before */
  gint64  seen_us;
} Entry;

struct _DspSignInLimits
{
  DspLimits  *per_address; /* (owned) (nullable) */
  GMutex      lock;
  GHashTable *entries;     /* (guarded by lock): text to Entry */
};

/**
 * dsp_sign_in_limits_new:
 * @per_minute: attempts from one address; 0: any number
 */
DspSignInLimits *
dsp_sign_in_limits_new (guint per_minute)
{
  DspSignInLimits *self = g_new0 (DspSignInLimits, 1);

  if (per_minute > 0)
    self->per_address = dsp_limits_new (per_minute, G_GINT64_CONSTANT (60) * G_USEC_PER_SEC, per_minute);
  g_mutex_init (&self->lock);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
dsp_sign_in_limits_free (DspSignInLimits *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->per_address, dsp_limits_free);
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
is_stale (gpointer key,
          gpointer value,
          gpointer user_data)
{
  return ((Entry *) value)->seen_us < *(gint64 *) user_data;
}

static Entry *
entry_get (DspSignInLimits *self,
           const char      *kind,
           const char      *a,
           const char      *b,
           gint64           now_us)
{
  g_autofree char *key = g_strjoin ("\n", kind, a, b, NULL);
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL)
    {
      for (gint64 age = FORGET_US; g_hash_table_size (self->entries) >= ENTRIES_MAX; age /= 2)
        {
          gint64 before = now_us - age;

          g_hash_table_foreach_remove (self->entries, is_stale, &before);
          if (age == 0)
            g_hash_table_remove_all (self->entries);
        }
      entry = g_new0 (Entry, 1);
      g_hash_table_insert (self->entries, g_steal_pointer (&key), entry);
    }
  else if (now_us - entry->seen_us > FORGET_US)
    entry->failures = 0;
  return entry;
}

/**
 * dsp_sign_in_limits_try:
 * Counts an attempt from @address to sign in as @account.
 */
guint
dsp_sign_in_limits_try (DspSignInLimits *self,
                        const char      *account,
                        const char      *address,
                        gint64           now_us)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *pair = entry_get (self, "pair", account, address, now_us);
  gint64 next_us = pair->next_us;
  Entry *anywhere = entry_get (self, "account", account, "", now_us);

  next_us = MAX (next_us, anywhere->next_us);
  if (next_us > now_us)
    return (guint) ((next_us - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  return self->per_address != NULL ? dsp_limits_take (self->per_address, address, 1, now_us) : 0;
}

static void
count_failure (Entry *entry,
               guint  free_failures,
               guint  max_s,
               gint64 now_us)
{
  entry->failures++;
  entry->seen_us = now_us;
  if (entry->failures >= free_failures)
    {
      guint doublings = MIN (entry->failures - free_failures, 20);
      guint wait_s = MIN (1u << doublings, max_s);

      entry->next_us = now_us + (gint64) wait_s * G_USEC_PER_SEC;
    }
}

/**
 * dsp_sign_in_limits_end:
 * How the attempt ended. Success forgives the account's failures from that address.
 */
void
dsp_sign_in_limits_end (DspSignInLimits *self,
                        const char      *account,
                        const char      *address,
                        gboolean         right,
                        gint64           now_us)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *pair = entry_get (self, "pair", account, address, now_us);

  if (right)
    {
      pair->failures = 0;
      pair->next_us = 0;
      return;
    }
  count_failure (pair, FREE_FAILURES, WAIT_MAX_S, now_us);
  count_failure (entry_get (self, "account", account, "", now_us), ACCOUNT_FAILURES, ACCOUNT_WAIT_S, now_us);
}
