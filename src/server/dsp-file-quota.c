/* dsp-file-quota.c: how many bytes of files each scope may have
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-file-quota.h"

#include "dsp-attachments.h"
#include "dsp-penalty.h"
#include "dsp-rule.h"
#include "dsp-table.h"

#define LOOK_EACH 256
#define BLOCK 4096 /* the least that a file takes from a disk */

typedef struct {
  DspId  owner;
  gint64 size;
} Waiting;

struct _DspFileQuota
{
  GMutex      lock;
  GHashTable *waiting; /* (guarded by lock): hash (owned) to Waiting (owned): no attachment named it when it was looked at */
  guint       look_at; /* (guarded by lock): so many wait: look which of them are named by now */
};

DspFileQuota *
dsp_file_quota_new (void)
{
  DspFileQuota *self = g_new0 (DspFileQuota, 1);

  g_mutex_init (&self->lock);
  self->look_at = LOOK_EACH;
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
dsp_file_quota_free (DspFileQuota *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->waiting);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* With the lock: what has an attachment by now counts as its. */
static gboolean
forget_named (DspFileQuota *self,
              DspDb        *db,
              GError      **error)
{
  GHashTableIter iter;
  const char *hash;

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, (gpointer *) &hash, NULL))
    {
      gboolean there;

      if (!dsp_attachments_with (db, hash, NULL, 0, &there, error))
        return FALSE;
      if (there)
        g_hash_table_iter_remove (&iter);
    }
  self->look_at = g_hash_table_size (self->waiting) * 2 + LOOK_EACH;
  return TRUE;
}

/* With the lock. */
static gint64
count_waiting (DspFileQuota *self,
               const DspId  *owner)
{
  GHashTableIter iter;
  const Waiting *waiting;
  gint64 bytes = 0;

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &waiting))
    if (dsp_id_equal (&waiting->owner, owner))
      bytes += waiting->size;
  return bytes;
}

gboolean
dsp_file_quota_take (DspFileQuota *self,
                     DspDb        *db,
                     const DspId  *owner,
                     const char   *hash,
                     gint64        size,
                     GError      **error)
{
  g_autoptr(DspOfficeSettings) office = dsp_office_settings_new ();
  g_autoptr(GMutexLocker) locker = NULL;
  DspId settings = dsp_office_settings_id ();
  const DspOfficeSettings *known;
  gint64 held, cost = MAX (size, BLOCK);
  Waiting one = { *owner, cost };
  DspStep step = dsp_table_get (db, NULL, &dsp_office_settings, &settings, DSP_FIELDS_ALL, office, error);

  if (step == DSP_STEP_FAILED || !dsp_attachments_held (db, owner, &held, error))
    return FALSE;
  known = step == DSP_STEP_ROW ? office : NULL;
  locker = g_mutex_locker_new (&self->lock);
  if (g_hash_table_contains (self->waiting, hash))
    return TRUE;
  if (g_hash_table_size (self->waiting) >= self->look_at && !forget_named (self, db, error))
    return FALSE;
  if (!dsp_attachment_fits (known, held + count_waiting (self, owner), cost, NULL) &&
      (!forget_named (self, db, error) || !dsp_attachment_fits (known, held + count_waiting (self, owner), cost, error)))
    return FALSE;
  g_hash_table_insert (self->waiting, g_strdup (hash), g_memdup2 (&one, sizeof one));
  return TRUE;
}

void
dsp_file_quota_drop (DspFileQuota *self,
                     const char   *hash)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_remove (self->waiting, hash);
}
