/* dsp-actors.c: what each user may do where, loaded once and kept
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The executor has such a cache of its own, which sees its open transaction; requests that read share another one, which
 * is emptied after each commit that touched grants. An actor that was being read meanwhile is used, but not kept.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-actors.h"

#include "dsp-entities.h"
#include "dsp-feed.h"
#include "dsp-server-schema.h"
#include "dsp-table.h"

#include <string.h>

struct _DspActors
{
  bool        alone;
  GMutex      lock;
  GHashTable *by_user;    /* (guarded by lock): DspId to DspActorRef */
  guint       generation; /* (guarded by lock): how often it was forgotten */
};

DspActorRef *
dsp_actor_ref_ref (DspActorRef *ref)
{
  g_atomic_ref_count_inc (&ref->refs);
  return ref;
}

void
dsp_actor_ref_unref (DspActorRef *ref)
{
  if (ref == NULL || !g_atomic_ref_count_dec (&ref->refs))
    return;
  dsp_actor_free (ref->actor);
  g_array_unref (ref->scopes);
  g_array_unref (ref->entities);
  g_free (ref);
}

DspActors *
dsp_actors_new (bool alone)
{
  DspActors *self = g_new0 (DspActors, 1);

  self->alone = alone;
  g_mutex_init (&self->lock);
  self->by_user = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, (GDestroyNotify) dsp_actor_ref_unref);
  return self;
}

void
dsp_actors_free (DspActors *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_user);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
dsp_actors_forget (DspActors *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->generation++;
  g_hash_table_remove_all (self->by_user);
}

typedef struct
{
  DspDb          *db;
  DspActor       *actor;
  DspPermissions  may;
  gint64          until_us;
  gint64          next_until_us;
  gint64          now_us;
  GError         *error;
} Loading;

static gboolean
add_distributor (gconstpointer record,
                 gpointer      user_data)
{
  Loading *loading = user_data;

  dsp_actor_add_grant (loading->actor, &loading->may, &((const DspRecord *) record)->id, loading->until_us);
  return TRUE;
}

static gboolean
add_grant (gconstpointer record,
           gpointer      user_data)
{
  const DspGrant *grant = record;
  const DspField *master = dsp_table_at (&dsp_distributor.table, offsetof (DspDistributor, master_id));
  Loading *loading = user_data;
  g_autoptr(DspProfile) profile = dsp_profile_new ();

  if (dsp_table_get (loading->db, NULL, &dsp_profile, &grant->profile_id, DSP_FIELDS_ALL, profile, &loading->error) == DSP_STEP_FAILED)
    return FALSE;
  loading->may = (DspPermissions) { 0 };
  dsp_permissions_from_words (&loading->may, (const char *const *) profile->permissions, NULL);
  loading->until_us = grant->until.us;
  if (grant->until.us > loading->now_us && (loading->next_until_us == 0 || grant->until.us < loading->next_until_us))
    loading->next_until_us = grant->until.us;
  dsp_actor_add_grant (loading->actor, &loading->may, &grant->over, grant->until.us);
  return dsp_table_each_id (loading->db, NULL, &dsp_distributor, master, &grant->over,
                            dsp_table_bit (&dsp_distributor.table, offsetof (DspDistributor, master_id)),
                            add_distributor, loading, &loading->error);
}

static DspActor *
load_local (void)
{
  static const char *const everything[] = { "*", NULL };
  DspId user_id = dsp_local_user_id ();
  DspActor *actor = dsp_actor_new (&user_id, DSP_LOCAL_USER_NAME);
  DspPermissions may = { 0 };

  dsp_permissions_from_words (&may, everything, NULL);
  dsp_actor_add_grant (actor, &may, &dsp_scope_all, 0);
  return actor;
}

static DspActorRef *
load (DspDb       *db,
      const DspId *user_id,
      gint64       now_us,
      GError     **error)
{
  DspId local = dsp_local_user_id ();
  g_autoptr(DspUser) user = dsp_user_new ();
  g_autoptr(DspActor) actor = NULL;
  Loading loading = { .db = db, .now_us = now_us };
  gint64 grants_ver = 0;
  DspActorRef *ref;

  if (dsp_id_equal (user_id, &local))
    actor = load_local ();
  else
    {
      switch (dsp_table_get (db, NULL, &dsp_user, user_id, DSP_FIELDS_ALL, user, error))
        {
        case DSP_STEP_ROW:
          break;
        case DSP_STEP_DONE:
        case DSP_STEP_FAILED:
        default:
          return NULL;
        }
      if (user->disabled == DSP_YES)
        return NULL;
      actor = loading.actor = dsp_actor_new (user_id, user->name);
      if (!dsp_table_each_id (db, NULL, &dsp_grant, dsp_table_at (&dsp_grant.table, offsetof (DspGrant, user_id)),
                              user_id, DSP_FIELDS_ALL, add_grant, &loading, error))
        return NULL;
      if (loading.error != NULL)
        {
          g_propagate_error (error, loading.error);
          return NULL;
        }
      if (!dsp_feed_grants_ver (db, user_id, &grants_ver, error))
        return NULL;
    }
  ref = g_new0 (DspActorRef, 1);
  g_atomic_ref_count_init (&ref->refs);
  ref->actor = g_steal_pointer (&actor);
  ref->actor->grants_ver = grants_ver;
  ref->scopes = dsp_actor_dup_scopes (ref->actor, now_us);
  ref->entities = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < ref->scopes->len; i++)
    {
      guint64 set = dsp_actor_entities (ref->actor, &g_array_index (ref->scopes, DspId, i), now_us);

      g_array_append_val (ref->entities, set);
    }
  ref->until_us = loading.next_until_us;
  return ref;
}

static DspActorRef *
peek_locked (DspActors   *self,
             const DspId *user_id,
             gint64       now_us)
{
  DspActorRef *ref = g_hash_table_lookup (self->by_user, user_id);

  return ref != NULL && (ref->until_us == 0 || now_us < ref->until_us) ? dsp_actor_ref_ref (ref) : NULL;
}

/* What is kept counts as long as the grants have the number that they had: one look at a key, in the caller's own
 * transaction, so that nobody reads with grants of before what he reads. Who is alone knows when they change. */
DspActorRef *
dsp_actors_get (DspActors   *self,
                DspDb       *db,
                const DspId *user_id,
                gint64       now_us,
                GError     **error)
{
  DspActorRef *ref;
  gint64 grants_ver = 0;
  guint generation;

  if (!self->alone && !dsp_feed_grants_ver (db, user_id, &grants_ver, error))
    return NULL;
  g_mutex_lock (&self->lock);
  ref = peek_locked (self, user_id, now_us);
  generation = self->generation;
  g_mutex_unlock (&self->lock);
  if (ref != NULL && (self->alone || ref->actor->grants_ver == grants_ver))
    return ref;
  dsp_actor_ref_unref (ref);
  ref = load (db, user_id, now_us, error);
  if (ref == NULL)
    return NULL;
  g_mutex_lock (&self->lock);
  if (generation == self->generation)
    g_hash_table_replace (self->by_user, &ref->actor->user_id, dsp_actor_ref_ref (ref));
  g_mutex_unlock (&self->lock);
  return ref;
}

GArray *
dsp_actor_ref_dup_scopes_of (DspActorRef     *ref,
                             const DspEntity *entity)
{
  GArray *scopes = g_array_new (FALSE, FALSE, sizeof (DspId));

  for (guint i = 0; i < ref->scopes->len; i++)
    if (g_array_index (ref->entities, guint64, i) >> entity->number & 1)
      g_array_append_val (scopes, g_array_index (ref->scopes, DspId, i));
  if (scopes->len == 0)
    g_clear_pointer (&scopes, g_array_unref);
  return scopes;
}

/* No scope is dsp_id_none: it begins what has sets of entities behind the scopes. */
GBytes *
dsp_scopes_pack (const GArray *scopes,
                 const GArray *entities)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, dsp_id_none.b, sizeof dsp_id_none.b);
  g_byte_array_append (bytes, (const guint8 *) scopes->data, scopes->len * (guint) sizeof (DspId));
  g_byte_array_append (bytes, (const guint8 *) entities->data, entities->len * (guint) sizeof (guint64));
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

GArray *
dsp_scopes_unpack (gconstpointer bytes,
                   gsize         size,
                   GArray      **entities)
{
  GArray *scopes = g_array_new (FALSE, FALSE, sizeof (DspId));
  const guint8 *at = bytes;
  gsize n = size / sizeof (DspId);
  bool sets = n > 0 && memcmp (at, dsp_id_none.b, sizeof dsp_id_none.b) == 0;
  guint64 all = G_MAXUINT64;

  *entities = g_array_new (FALSE, FALSE, sizeof (guint64));
  if (sets)
    {
      at += sizeof (DspId);
      n = (size - sizeof (DspId)) / (sizeof (DspId) + sizeof (guint64));
    }
  if (n > 0)
    g_array_append_vals (scopes, at, (guint) n);
  if (sets && n > 0)
    g_array_append_vals (*entities, at + n * sizeof (DspId), (guint) n);
  for (gsize i = 0; !sets && i < n; i++)
    g_array_append_val (*entities, all);
  return scopes;
}
