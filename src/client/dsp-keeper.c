/* dsp-keeper.c: the cache file: opening, identity, deltas
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-keeper"

#include "config.h"
#include "dsp-keeper-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define LOG_PAGES_MAX 4096

/* ---- schema ---- */

static gboolean
make_identity (DspDb   *db,
               GError **error)
{
  return dsp_db_exec (db, "CREATE TABLE \"identity\" (\"key\" TEXT PRIMARY KEY, \"value\" TEXT)", error);
}

/* "body" is what stands in the request beside the number; "wanted" and "seen" are arrays of partial records, one a row,
 * or a single one for all rows. */
static gboolean
make_outbox (DspDb   *db,
             GError **error)
{
  return dsp_db_exec (db,
                      "CREATE TABLE \"outbox\" (\"no\" INTEGER PRIMARY KEY, \"grp\" INTEGER NOT NULL, \"state\" TEXT NOT NULL,"
                      " \"kind\" TEXT NOT NULL, \"body\" TEXT NOT NULL, \"args\" TEXT, \"at\" INTEGER NOT NULL,"
                      " \"n_rows\" INTEGER NOT NULL, \"seq\" INTEGER, \"wanted\" TEXT, \"seen\" TEXT);"
                      "CREATE INDEX \"outbox_state\" ON \"outbox\" (\"state\", \"no\");"
                      "CREATE INDEX \"outbox_grp\" ON \"outbox\" (\"grp\");"
                      "CREATE TABLE \"refused\" (\"no\" INTEGER NOT NULL, \"id\" BLOB NOT NULL, \"code\" TEXT NOT NULL,"
                      " \"message\" TEXT, \"by\" TEXT, \"by_at\" INTEGER, PRIMARY KEY (\"no\", \"id\"));",
                      error);
}

static gboolean
make_sync (DspDb   *db,
           GError **error)
{
  return dsp_db_exec (db,
                      "CREATE TABLE \"sync_state\" (\"key\" TEXT PRIMARY KEY, \"value\" TEXT);"
                      "CREATE TABLE \"touched\" (\"entity\" TEXT NOT NULL, \"id\" BLOB NOT NULL, \"user_name\" TEXT, \"kind\" TEXT,"
                      " \"at\" INTEGER, PRIMARY KEY (\"entity\", \"id\"));"
                      "CREATE TABLE \"blob\" (\"hash\" TEXT PRIMARY KEY, \"bytes\" BLOB NOT NULL);",
                      error);
}

/* Identity and outbox come first: they are what cannot be fetched again, and migrate alone. */
static const DspSchemaPart identity_part = { "identity", 1, make_identity, NULL };
static const DspSchemaPart outbox_part = { "outbox", 1, make_outbox, NULL };
static const DspSchemaPart sync_part = { "sync", 1, make_sync, NULL };
static const DspSchemaPart *const parts[] = { &identity_part, &outbox_part, &sync_part, &dsp_schema_entities };

/* The indexes of the orders that a replica asks for by SQL; everything else is asked of the order index in memory. Five
 * fewer than the server has: half of the time of a first copy. */
gboolean
dsp_keeper_create_order_indexes (DspDb      *db,
                                 const char *prefix,
                                 GError    **error)
{
  static const struct { const char *name, *what; } indexes[] = {
    { "id", "UNIQUE INDEX \"%s\" ON \"%sorder\" (\"id\")" },
    { "number", "INDEX \"%s\" ON \"%sorder\" (\"number\")" },
    { "account", "INDEX \"%s\" ON \"%sorder\" (\"account\")" },
    { "crew", "INDEX \"%s\" ON \"%sorder\" (\"crew_id\") WHERE \"status\" IN ('assigned','in_progress','to_reschedule')" },
    { "parent", "INDEX \"%s\" ON \"%sorder\" (\"parent\") WHERE \"parent\" IS NOT NULL" },
  };
  static gint counter;

  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    {
      g_autofree char *name = g_strdup_printf ("replica_%s_%" G_GINT64_FORMAT "_%d", indexes[i].name, g_get_real_time (), ++counter);
      g_auto(GStrv) around = g_strsplit (indexes[i].what, "%s", 3);
      g_autofree char *sql = g_strconcat ("CREATE ", around[0], name, around[1], prefix, around[2], NULL);

      if (!dsp_db_exec (db, sql, error))
        return FALSE;
    }
  return TRUE;
}

/* ---- small values ---- */

gboolean
dsp_keeper_get_text (DspKeeper  *keeper,
                     const char *table,
                     const char *key,
                     char      **value,
                     GError    **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT \"value\" FROM \"%s\" WHERE \"key\" = $1", table);
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, sql, error);

  *value = NULL;
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, key, -1);
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_ROW:
      *value = g_strdup (dsp_stmt_text (stmt, 0, NULL));
      return TRUE;
    case DSP_STEP_DONE:
      return TRUE;
    case DSP_STEP_FAILED:
    default:
      return FALSE;
    }
}

gboolean
dsp_keeper_put_text (DspKeeper  *keeper,
                     const char *table,
                     const char *key,
                     const char *value,
                     GError    **error)
{
  g_autofree char *sql = g_strdup_printf ("INSERT INTO \"%s\" (\"key\", \"value\") VALUES ($1, $2)"
                                          " ON CONFLICT (\"key\") DO UPDATE SET \"value\" = excluded.\"value\"",
                                          table);
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, sql, error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, key, -1);
  dsp_stmt_bind_text (stmt, 2, value, -1);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_keeper_put_int (DspKeeper  *keeper,
                    const char *table,
                    const char *key,
                    gint64      value,
                    GError    **error)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  return dsp_keeper_put_text (keeper, table, key, text, error);
}

static gboolean
get_int (DspKeeper  *keeper,
         const char *table,
         const char *key,
         gint64     *value,
         GError    **error)
{
  g_autofree char *text = NULL;

  if (!dsp_keeper_get_text (keeper, table, key, &text, error))
    return FALSE;
  *value = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
  return TRUE;
}

static gboolean
get_id (DspKeeper  *keeper,
        const char *key,
        DspId      *id,
        GError    **error)
{
  g_autofree char *text = NULL;

  *id = dsp_id_none;
  if (!dsp_keeper_get_text (keeper, "identity", key, &text, error))
    return FALSE;
  if (text != NULL && !dsp_id_parse (text, strlen (text), id))
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_DAMAGED, "%s of this cache cannot be read: “%s”", key, text);
      return FALSE;
    }
  return TRUE;
}

static gboolean
put_id (DspKeeper   *keeper,
        const char  *key,
        const DspId *id,
        GError     **error)
{
  char text[DSP_ID_TEXT];

  dsp_id_print (id, text);
  return dsp_keeper_put_text (keeper, "identity", key, text, error);
}

/* Turns an error of the store into one that the window has a sentence for. */
gboolean
dsp_keeper_fail (GError **error)
{
  DspClientError code = DSP_CLIENT_ERROR_FAILED;

  if (error == NULL || *error == NULL || (*error)->domain != DSP_STORE_ERROR)
    return FALSE;
  switch ((DspStoreError) (*error)->code)
    {
    case DSP_STORE_ERROR_FULL:
      code = DSP_CLIENT_ERROR_FULL;
      break;
    case DSP_STORE_ERROR_NEWER:
      code = DSP_CLIENT_ERROR_NEWER;
      break;
    case DSP_STORE_ERROR_DAMAGED:
      code = DSP_CLIENT_ERROR_DAMAGED;
      break;
    case DSP_STORE_ERROR_LOCKED:
      code = DSP_CLIENT_ERROR_LOCKED;
      break;
    case DSP_STORE_ERROR_NOT_FOUND:
      code = DSP_CLIENT_ERROR_NOT_FOUND;
      break;
    case DSP_STORE_ERROR_FAILED:
    case DSP_STORE_ERROR_BUSY:
    case DSP_STORE_ERROR_AWAY:
    case DSP_STORE_ERROR_CONFLICT:
      break;
    }
  (*error)->domain = DSP_CLIENT_ERROR;
  (*error)->code = code;
  return FALSE;
}

/* Within the transaction that changes the base: files made from the base before it are old from now on. */
gboolean
dsp_keeper_touch_base (DspKeeper *keeper,
                       GError   **error)
{
  keeper->generation++;
  return dsp_keeper_put_int (keeper, "sync_state", "generation", keeper->generation, error);
}

char *
dsp_keeper_stamp (DspKeeper *keeper)
{
  return g_strdup_printf ("%s %" G_GINT64_FORMAT, keeper->epoch != NULL ? keeper->epoch : "-", keeper->generation);
}

/* ---- who acts ---- */

/* Entities that are held in memory whole: a few thousand records at most. */
bool
dsp_entity_is_small (const DspEntity *entity)
{
  static const DspEntity *const small[] = {
    &dsp_crew, &dsp_technician, &dsp_membership, &dsp_distributor, &dsp_master, &dsp_user, &dsp_profile, &dsp_grant,
    &dsp_saved_filter, &dsp_order_type, &dsp_reason_code, &dsp_solution_code, &dsp_equipment_model, &dsp_policy, &dsp_slot,
    &dsp_holiday, &dsp_office_settings, &dsp_zone_closure, &dsp_penalty_rule, &dsp_rate,
    &dsp_tax_rule,
  };

  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    if (entity == small[i])
      return true;
  return false;
}

typedef struct {
  DspKeeper     *keeper;
  DspActor      *actor;
  DspPermissions may;
  gint64         until_us;
  GError        *error;
} LoadActor;

static gboolean
add_distributor (gconstpointer record,
                 gpointer      user_data)
{
  LoadActor *load = user_data;

  dsp_actor_add_grant (load->actor, &load->may, &((const DspRecord *) record)->id, load->until_us);
  return TRUE;
}

static gboolean
add_grant (gconstpointer record,
           gpointer      user_data)
{
  const DspGrant *grant = record;
  LoadActor *load = user_data;
  g_autoptr(DspProfile) profile = dsp_profile_new ();

  if (dsp_table_get (load->keeper->db, NULL, &dsp_profile, &grant->profile_id, DSP_FIELDS_ALL, profile, &load->error) == DSP_STEP_FAILED)
    return FALSE;
  load->may = (DspPermissions) { 0 };
  dsp_permissions_from_words (&load->may, (const char *const *) profile->permissions, NULL);
  load->until_us = grant->until.us;
  dsp_actor_add_grant (load->actor, &load->may, &grant->over, grant->until.us);
  return dsp_table_each_id (load->keeper->db, NULL, &dsp_distributor,
                            dsp_table_at (&dsp_distributor.table, offsetof (DspDistributor, master_id)), &grant->over,
                            dsp_table_bit (&dsp_distributor.table, offsetof (DspDistributor, master_id)), add_distributor, load,
                            &load->error);
}

/* What the user may do, from the grants and profiles that the server sent. The server's answer decides all the same. */
gboolean
dsp_keeper_load_actor (DspKeeper *keeper,
                       GError   **error)
{
  LoadActor load = { .keeper = keeper };

  g_clear_pointer (&keeper->actor, dsp_actor_free);
  load.actor = keeper->actor = dsp_actor_new (&keeper->user_id, keeper->user_name);
  if (!dsp_table_each_id (keeper->db, NULL, &dsp_grant, dsp_table_at (&dsp_grant.table, offsetof (DspGrant, user_id)),
                          &keeper->user_id, DSP_FIELDS_ALL, add_grant, &load, error))
    return FALSE;
  if (load.error != NULL)
    {
      g_propagate_error (error, load.error);
      return FALSE;
    }
  keeper->complete = keeper->has_data && dsp_actor_sees_all (keeper->actor, 0);
  return TRUE;
}

/* ---- identity ---- */

static gboolean
load_identity (DspKeeper *keeper,
               GError   **error)
{
  gint64 enrolled;

  if (!dsp_keeper_get_text (keeper, "identity", "server", &keeper->server, error) ||
      !dsp_keeper_get_text (keeper, "identity", "fingerprint", &keeper->fingerprint, error) ||
      !dsp_keeper_get_text (keeper, "identity", "user_name", &keeper->user_name, error) ||
      !dsp_keeper_get_text (keeper, "identity", "full_name", &keeper->full_name, error) ||
      !get_id (keeper, "user_id", &keeper->user_id, error) || !get_id (keeper, "device", &keeper->device, error) ||
      !get_int (keeper, "identity", "last_no", &keeper->last_no, error) ||
      !get_int (keeper, "identity", "enrolled", &enrolled, error))
    return FALSE;
  keeper->enrolled = enrolled != 0;
  return TRUE;
}

static gboolean
load_sync_state (DspKeeper *keeper,
                 GError   **error)
{
  gint64 has_data;

  if (!dsp_keeper_get_text (keeper, "sync_state", "cursor", &keeper->cursor, error) ||
      !dsp_keeper_get_text (keeper, "sync_state", "epoch", &keeper->epoch, error) ||
      !dsp_keeper_get_text (keeper, "sync_state", "agreed", &keeper->agreed, error) ||
      !get_int (keeper, "sync_state", "pos", &keeper->pos, error) ||
      !get_int (keeper, "sync_state", "contact", &keeper->contact_us, error) ||
      !get_int (keeper, "sync_state", "generation", &keeper->generation, error) ||
      !get_int (keeper, "sync_state", "has_data", &has_data, error))
    return FALSE;
  keeper->has_data = has_data != 0;
  /* Files from before there were restores agree. */
  if (keeper->agreed == NULL)
    keeper->agreed = g_strdup (keeper->epoch);
  return TRUE;
}

/**
 * dsp_keeper_set_session:
 * @verifier: (nullable): argon2id text of the password, for signing in without the server
 * Refused if the file is of another user or server. A device that differs from the stored one is another enrolment: what
 * was never answered is given anew under it. A server that has heard more of this device than the file ever said has
 * heard another copy of it: nothing is sent any more until there is a new device.
 */
gboolean
dsp_keeper_set_session (DspKeeper   *keeper,
                        const char  *server,
                        const char  *fingerprint,
                        const DspId *user_id,
                        const char  *user_name,
                        const char  *full_name,
                        const DspId *device,
                        const char  *epoch,
                        gint64       last,
                        const char  *verifier,
                        GError     **error)
{
  if (keeper->enrolled && (!dsp_id_equal (&keeper->user_id, user_id) || g_strcmp0 (keeper->server, server) != 0))
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "this cache is of %s at %s", keeper->user_name, keeper->server);
      return FALSE;
    }
  if (keeper->enrolled && !dsp_id_equal (&keeper->device, device) && !dsp_keeper_enrol_again (keeper, device, epoch, last, error))
    return FALSE;
  keeper->rolled_back = keeper->enrolled && last > keeper->last_no;
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!dsp_keeper_put_text (keeper, "identity", "server", server, error) ||
      !dsp_keeper_put_text (keeper, "identity", "fingerprint", fingerprint, error) ||
      !dsp_keeper_put_text (keeper, "identity", "user_name", user_name, error) ||
      !dsp_keeper_put_text (keeper, "identity", "full_name", full_name, error) ||
      !put_id (keeper, "user_id", user_id, error) ||
      (!keeper->enrolled && (!put_id (keeper, "device", device, error) || !dsp_keeper_put_int (keeper, "identity", "last_no", last, error))) ||
      (verifier != NULL && !dsp_keeper_put_text (keeper, "identity", "verifier", verifier, error)) ||
      !dsp_keeper_put_int (keeper, "identity", "enrolled", 1, error) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return dsp_keeper_fail (error);
    }
  if (!keeper->enrolled)
    {
      keeper->device = *device;
      keeper->last_no = last;
    }
  g_free (keeper->server);
  keeper->server = g_strdup (server);
  g_free (keeper->fingerprint);
  keeper->fingerprint = g_strdup (fingerprint);
  g_free (keeper->user_name);
  keeper->user_name = g_strdup (user_name);
  g_free (keeper->full_name);
  keeper->full_name = g_strdup (full_name);
  keeper->user_id = *user_id;
  keeper->enrolled = TRUE;
  return dsp_keeper_load_actor (keeper, error) || dsp_keeper_fail (error);
}

char *
dsp_keeper_dup_verifier (DspKeeper *keeper,
                         GError   **error)
{
  char *verifier;

  if (!dsp_keeper_get_text (keeper, "identity", "verifier", &verifier, error))
    {
      dsp_keeper_fail (error);
      return NULL;
    }
  if (verifier == NULL)
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NOT_FOUND, "nobody signed in here by password yet");
  return verifier;
}

/* Kept in memory, and on disk with the next change of the base: it is only told to people. */
void
dsp_keeper_contact (DspKeeper *keeper,
                    gint64     now_us)
{
  keeper->contact_us = now_us;
}

/* ---- opening ---- */

static gboolean
refuse_newer (DspDb   *db,
              GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      int version;

      if (!dsp_schema_version (db, parts[i]->name, &version, error))
        return FALSE;
      if (version > parts[i]->version)
        {
          g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NEWER, "%s is of version %d; this program knows %d", parts[i]->name,
                       version, parts[i]->version);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
open_file (DspKeeper *keeper,
           GError   **error)
{
  g_autofree char *uri = g_strconcat ("sqlite:", keeper->path, NULL);
  g_autofree char *doubt = g_strconcat (keeper->path, ".doubt", NULL);
  struct stat info;
  bool suspect = g_access (doubt, F_OK) == 0;

  keeper->db = dsp_db_open (uri, DSP_DB_CREATE | DSP_DB_LOCK, error);
  if (keeper->db == NULL)
    return FALSE;
  if (stat (keeper->path, &info) == 0 && info.st_size > 0 && (info.st_size <= DSP_KEEPER_CHECK_MAX || suspect) &&
      !dsp_db_check (keeper->db, FALSE, error))
    return FALSE;
  if (!refuse_newer (keeper->db, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!dsp_schema_open (keeper->db, parts[i], error))
      return FALSE;
  if (!load_identity (keeper, error) || !load_sync_state (keeper, error) || !dsp_keeper_load_actor (keeper, error) ||
      !dsp_keeper_load_outbox (keeper, error))
    return FALSE;
  if (suspect)
    g_unlink (doubt);
  return TRUE;
}

static DspKeeper *
keeper_new (const char  *path,
            DspDeltaFunc emit,
            gpointer     emit_data)
{
  DspKeeper *keeper = g_new0 (DspKeeper, 1);

  keeper->path = g_strdup (path);
  keeper->emit = emit;
  keeper->emit_data = emit_data;
  keeper->pending = g_ptr_array_new_with_free_func (dsp_pending_free);
  keeper->mentions = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, g_free, (GDestroyNotify) g_array_unref);
  dsp_overlay_init (keeper->overlay);
  keeper->conflicts = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, g_free, NULL);
  keeper->cache = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, NULL, dsp_over_free);
  dsp_keeper_init_facts (keeper);
  return keeper;
}

/**
 * dsp_keeper_open:
 * @emit: (nullable): hears what changes, in this thread
 *
 * Opens the file, or makes it. A damaged file is replaced by one that has its identity and outbox; if those cannot be
 * read it is left alone and the error is DAMAGED.
 */
DspKeeper *
dsp_keeper_open (const char  *path,
                 DspDeltaFunc emit,
                 gpointer     emit_data,
                 GError     **error)
{
  g_autoptr(DspKeeper) keeper = keeper_new (path, emit, emit_data);
  GError *local = NULL;

  if (open_file (keeper, &local))
    return g_steal_pointer (&keeper);
  dsp_keeper_fail (&local);
  if (!g_error_matches (local, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_DAMAGED))
    {
      g_propagate_error (error, local);
      return NULL;
    }

  g_warning ("%s is damaged (%s): saving outbox and identity", path, local->message);
  g_clear_error (&local);
  g_clear_pointer (&keeper, dsp_keeper_close);
  if (!dsp_keeper_salvage (path, error))
    return NULL;
  keeper = keeper_new (path, emit, emit_data);
  if (!open_file (keeper, error))
    {
      dsp_keeper_fail (error);
      return NULL;
    }
  keeper->salvaged = true;
  return g_steal_pointer (&keeper);
}

void
dsp_keeper_close (DspKeeper *keeper)
{
  if (keeper == NULL)
    return;
  if (keeper->db != NULL && !dsp_db_in_transaction (keeper->db))
    dsp_db_checkpoint (keeper->db, DSP_CHECKPOINT_TRUNCATE, NULL, NULL);
  dsp_keeper_copy_forget (keeper);
  if (keeper->scratch != NULL)
    dsp_record_free (keeper->scratch_entity, keeper->scratch);
  g_clear_error (&keeper->facts_error);
  g_clear_pointer (&keeper->delta, dsp_delta_free);
  g_clear_pointer (&keeper->bookings, dsp_bookings_free);
  g_clear_pointer (&keeper->db, dsp_db_close);
  g_clear_pointer (&keeper->actor, dsp_actor_free);
  g_hash_table_unref (keeper->mentions);
  dsp_overlay_clear (keeper->overlay);
  g_hash_table_unref (keeper->conflicts);
  g_hash_table_unref (keeper->cache);
  g_ptr_array_unref (keeper->pending);
  g_free (keeper->server);
  g_free (keeper->fingerprint);
  g_free (keeper->user_name);
  g_free (keeper->full_name);
  g_free (keeper->cursor);
  g_free (keeper->epoch);
  g_free (keeper->agreed);
  g_free (keeper->path);
  g_free (keeper);
}

bool
dsp_keeper_was_salvaged (DspKeeper *keeper)
{
  return keeper->salvaged;
}

DspDb *
dsp_keeper_get_db (DspKeeper *keeper)
{
  return keeper->db;
}

char *
dsp_keeper_dup_cursor (DspKeeper *keeper)
{
  return g_strdup (keeper->cursor);
}

char *
dsp_keeper_dup_epoch (DspKeeper *keeper)
{
  return g_strdup (keeper->epoch);
}

gboolean
dsp_keeper_is_rolled_back (DspKeeper *keeper)
{
  return keeper->rolled_back;
}

gint64
dsp_keeper_last_no (DspKeeper *keeper)
{
  return keeper->last_no;
}

/* Off the path of what people wait for: a little log is written back, a long one is emptied. */
void
dsp_keeper_idle (DspKeeper *keeper)
{
  g_autoptr(GError) error = NULL;

  if (dsp_db_in_transaction (keeper->db) || dsp_db_log_pages (keeper->db) < 256)
    return;
  if (!dsp_db_checkpoint (keeper->db, dsp_db_log_pages (keeper->db) > LOG_PAGES_MAX ? DSP_CHECKPOINT_TRUNCATE : DSP_CHECKPOINT_PASSIVE,
                          NULL, &error))
    g_debug ("checkpoint: %s", error->message);
}

/* ---- state for the owner's thread ---- */

DspKeeperState *
dsp_keeper_dup_state (DspKeeper *keeper)
{
  DspKeeperState *state = g_new0 (DspKeeperState, 1);
  gint64 last_group = 0;

  for (guint i = 0; i < keeper->pending->len; i++)
    {
      DspPending *pending = g_ptr_array_index (keeper->pending, i);

      if (pending->wait == DSP_WAIT_ACKED || pending->command == NULL)
        continue;
      state->n_waiting += pending->group != last_group;
      state->n_waiting_rows += pending->ids->len;
      last_group = pending->group;
    }
  {
    GHashTableIter iter;
    gpointer n;

    g_hash_table_iter_init (&iter, keeper->conflicts);
    while (g_hash_table_iter_next (&iter, NULL, &n))
      state->n_rejected += GPOINTER_TO_UINT (n);
  }
  state->contact_us = keeper->contact_us;
  state->has_data = keeper->has_data;
  state->enrolled = keeper->enrolled;
  state->server = g_strdup (keeper->server);
  state->fingerprint = g_strdup (keeper->fingerprint);
  state->user_name = g_strdup (keeper->user_name);
  state->full_name = g_strdup (keeper->full_name);
  state->user_id = keeper->user_id;
  state->device = keeper->device;
  state->actor = keeper->actor != NULL ? dsp_actor_dup (keeper->actor) : NULL;
  return state;
}

void
dsp_keeper_state_free (DspKeeperState *state)
{
  if (state == NULL)
    return;
  g_free (state->server);
  g_free (state->fingerprint);
  g_free (state->user_name);
  g_free (state->full_name);
  dsp_actor_free (state->actor);
  g_free (state);
}

static gboolean
tell_record (gconstpointer record,
             gpointer      user_data)
{
  DspKeeper *keeper = user_data;
  DspKey key = { keeper->scratch_entity, ((const DspRecord *) record)->id };
  DspDeltaItem item = { .entity = key.entity, .id = key.id };

  if (!g_hash_table_contains (dsp_keeper_overlay (keeper, key.entity), &key))
    {
      item.record = dsp_record_dup (key.entity, record);
      g_array_append_val (dsp_keeper_delta (keeper)->items, item);
    }
  return TRUE;
}

/**
 * dsp_keeper_load_all:
 * Tells all records of the small entities and everything that is in the overlay or in conflict: what the owner's thread
 * must know before it shows the first screen, or after the base was replaced.
 */
gboolean
dsp_keeper_load_all (DspKeeper *keeper,
                     GError   **error)
{
  GHashTableIter iter;
  gpointer key;

  dsp_keeper_delta (keeper)->reset = TRUE;
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    {
      if (!dsp_entity_is_small (dsp_entities[i]))
        continue;
      if (keeper->scratch != NULL)
        dsp_record_free (keeper->scratch_entity, keeper->scratch);
      keeper->scratch = NULL;
      keeper->scratch_entity = dsp_entities[i];
      if (!dsp_table_scan (keeper->db, NULL, dsp_entities[i], NULL, 0, 0, DSP_FIELDS_ALL, tell_record, keeper, NULL, error))
        return dsp_keeper_fail (error);
    }
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    {
      g_hash_table_iter_init (&iter, keeper->overlay[i]);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        dsp_keeper_tell (keeper, key, NULL, NULL);
    }
  g_hash_table_iter_init (&iter, keeper->conflicts);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (dsp_keeper_overlay (keeper, ((DspKey *) key)->entity), key))
      dsp_keeper_tell (keeper, key, NULL, NULL);
  dsp_keeper_flush (keeper, FALSE);
  return TRUE;
}
