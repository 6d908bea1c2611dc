/* replica-fixture.h: replicas that follow a real despachod, driven from a test
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-sync.h"
#include "office.h"
#include "server-fixture.h"

typedef struct {
  char       *dir, *path, *url, *fingerprint, *user;
  DspSession *session;
  DspReplica *replica;
  DspSync    *sync;
  guint       n_changed;
  char       *last_by;   /* who made the last change that came from the server */
} Replica;

/* ---- waiting ---- */

static inline gboolean
replica_late (gpointer data)
{
  g_error ("%s: not within 30 s", (const char *) data);
  return G_SOURCE_REMOVE;
}

#ifndef WAIT_S
#define WAIT_S 30
#endif

/* Turns the main loop until CONDITION holds. */
#define WAIT_FOR(condition)                                                                   \
  G_STMT_START {                                                                              \
    guint late_ = g_timeout_add_seconds (WAIT_S, replica_late, (gpointer) (G_STRLOC " " #condition)); \
    while (!(condition))                                                                      \
      g_main_context_iteration (NULL, TRUE);                                                  \
    g_source_remove (late_);                                                                  \
  } G_STMT_END

static inline void
replica_on_result (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* ---- users ---- */

/* A user with a profile over a scope, and a one-time key for him. */
static inline char *
office_user (TestClient *administrator,
             const char *name,
             const char *profile,
             const char *over,
             char      **grant_id)
{
  g_autofree char *user = test_id (), *grant = test_id (), *profile_id = test_profile_id (profile);
  g_autofree char *make = g_strdup_printf ("{\"kind\":\"user.create\",\"id\":\"%s\",\"args\":{\"name\":\"%s\"}}", user, name);
  g_autofree char *allow = g_strdup_printf ("{\"kind\":\"grant.create\",\"id\":\"%s\",\"args\":{\"user_id\":\"%s\",\"profile_id\":\"%s\",\"over\":\"%s\"}}",
                                            grant, user, profile_id, over);
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\"}", name);
  g_autoptr(TestReply) pushed = test_push (administrator, make, allow, NULL);
  TestClient *local = test_client_new_local (administrator->server);
  g_autoptr(TestReply) reply = test_call (local, "POST", "v1/admin/user-key", body);

  test_expect (pushed, 200);
  g_assert_cmpstr (test_text (pushed, "results/1/status"), ==, "applied");
  test_expect (reply, 200);
  test_client_free (local);
  if (grant_id != NULL)
    *grant_id = g_steal_pointer (&grant);
  return g_strdup (test_text (reply, "key"));
}

#define OFFICE_ALL "00000000-0000-0000-0000-000000000003"

/* ---- replicas ---- */

static inline void
replica_on_changed (DspReplica *replica,
                    DspChanges *changes,
                    gpointer    data)
{
  Replica *self = data;

  self->n_changed++;
  for (guint i = 0; i < changes->list->len; i++)
    {
      const DspRecordChange *change = &g_array_index (changes->list, DspRecordChange, i);

      if (change->by != NULL && !changes->mine)
        {
          g_free (self->last_by);
          self->last_by = g_strdup (change->by);
        }
    }
}

static inline void
replica_open (Replica *self)
{
  g_autoptr(GError) error = NULL;

  self->replica = dsp_replica_open (self->path, 0, &error);
  g_assert_no_error (error);
  g_signal_connect (self->replica, "changed", G_CALLBACK (replica_on_changed), self);
}

static inline void
replica_start (Replica *self)
{
  self->sync = dsp_sync_new (self->replica, self->session->token);
}

static inline void
replica_stop (Replica *self)
{
  if (self->sync != NULL)
    dsp_sync_stop (self->sync);
  g_clear_object (&self->sync);
}

static inline gboolean
replica_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static inline void
replica_close (Replica *self)
{
  guint tick = g_timeout_add (5, replica_tick, NULL);

  replica_stop (self);
  dsp_replica_close (self->replica);
  /* What threads were still doing for it ends soon; a thread that lets its reference go does not wake the loop. */
  WAIT_FOR (g_atomic_int_get (&G_OBJECT (self->replica)->ref_count) == 1);
  g_source_remove (tick);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_signal_handlers_disconnect_by_data (self->replica, self);
  g_assert_finalize_object (self->replica);
  self->replica = NULL;
}

static inline DspSession *
replica_sign_in (const char *url,
                 const char *fingerprint,
                 const char *user,
                 const char *password,
                 const char *key,
                 GError    **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  dsp_sign_in_async (url, fingerprint, user, password, key, NULL, NULL, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  return dsp_sign_in_finish (result, error);
}

/* Signs in by @key and opens an empty cache; does not follow yet. */
static inline Replica *
replica_new (const char *url,
             const char *fingerprint,
             const char *user,
             const char *key)
{
  Replica *self = g_new0 (Replica, 1);
  g_autoptr(GError) error = NULL;

  self->dir = office_temp_dir ();
  self->path = g_build_filename (self->dir, "cache.sqlite", NULL);
  self->url = g_strdup (url);
  self->fingerprint = g_strdup (fingerprint);
  self->user = g_strdup (user);
  self->session = replica_sign_in (url, fingerprint, user, NULL, key, &error);
  g_assert_no_error (error);
  replica_open (self);
  dsp_replica_set_session (self->replica, self->session, &error);
  g_assert_no_error (error);
  return self;
}

static inline void
replica_free (Replica *self)
{
  if (self->replica != NULL)
    replica_close (self);
  dsp_session_free (self->session);
  office_remove_dir (self->dir);
  g_free (self->dir);
  g_free (self->path);
  g_free (self->url);
  g_free (self->fingerprint);
  g_free (self->user);
  g_free (self->last_by);
  g_free (self);
}

static inline DspReplicaStatus
replica_status (Replica *self)
{
  DspReplicaStatus status;

  dsp_replica_get_status (self->replica, &status);
  return status;
}

static inline gboolean
replica_is_ready (Replica *self)
{
  DspReplicaStatus status = replica_status (self);

  return status.link == DSP_LINK_ONLINE && !status.loading && dsp_replica_has_data (self->replica);
}

static inline gboolean
replica_is_idle (Replica *self)
{
  DspReplicaStatus status = replica_status (self);

  return replica_is_ready (self) && status.n_waiting == 0;
}

static inline DspOutcome *
replica_give (Replica          *self,
              const DspCommand *command,
              const DspId      *ids,
              guint             n_ids,
              gconstpointer     args,
              guint64           given)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  DspOutcome *outcome;

  dsp_replica_give_async (self->replica, command, ids, n_ids, args, given, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  outcome = dsp_replica_give_finish (self->replica, result, &error);
  g_assert_no_error (error);
  return outcome;
}

static inline DspOutcome *
replica_assign (Replica     *self,
                const DspId *order,
                const DspId *crew)
{
  DspAssign args = { .crew_id = *crew };

  return replica_give (self, &dsp_order_assign, order, 1, &args, 1);
}

static inline gboolean
replica_has_crew (Replica     *self,
                  const DspId *order,
                  const DspId *crew)
{
  const DspOrder *there = dsp_replica_get_order (self->replica, order);

  return there != NULL && dsp_id_equal (&there->crew_id, crew);
}

static inline GPtrArray *
replica_rejected (Replica *self)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *list;

  dsp_replica_list_rejected_async (self->replica, 0, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  list = dsp_replica_list_rejected_finish (self->replica, result, &error);
  g_assert_no_error (error);
  return list;
}

static inline DspId
id_from (const char *text)
{
  DspId id = dsp_id_none;

  g_assert_true (dsp_id_parse (text, strlen (text), &id));
  return id;
}
