/* sim-office.c: a simulated office: one server, some users' programs, and what may happen to each
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "sim-office.h"

#include "dsp-channel.h"
#include "dsp-json-read.h"
#include "dsp-keeper-private.h"
#include "dsp-sync-private.h"
#include "dsp-house.h"
#include "sim-check.h"
#include "sim-disk.h"
#include "sim-net.h"
#include "sim-threads.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define N_ORDERS 12
#define ALL      "00000000-0000-0000-0000-000000000003"

SimOffice sim_office = { .clients = { { .name = "ana" }, { .name = "luis" }, { .name = "dario" } } };
static DspHouse *server;
static DspChannel *root;
static char root_device[DSP_ID_TEXT], root_epoch[DSP_ID_TEXT];

/* ---- time ---- */

static void
pump (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
sim_run (gint64 us)
{
  gint64 until = g_get_monotonic_time () + us;

  pump ();
  while (g_get_monotonic_time () < until)
    {
      sim_sleep (MIN (until - g_get_monotonic_time (), 5000));
      pump ();
    }
}

/* ---- the server ---- */

gboolean
sim_server_runs (void)
{
  return server != NULL && !sim_disk_has_stopped (SIM_SERVER);
}

void
sim_server_start (void)
{
  static DspServerOptions company; /* as long as the house */
  DspHouseOptions options;
  g_autoptr(GError) error = NULL;

  dsp_server_options_init (&company);
  company.database = SIM_DATABASE;
  company.sign_ins_per_minute = company.requests_per_second = company.commands_per_minute = 0;
  dsp_house_options_init (&options);
  options.companies = &company;
  options.n_companies = 1;
  options.state_folder = SIM_SERVER "/state";
  options.tls = FALSE;
  server = dsp_house_new (&options, &error);
  if (server == NULL)
    sim_fail ("the server does not start: %s", error->message);
}

void
sim_server_stop (void)
{
  sim_check_close ();
  g_clear_pointer (&server, dsp_house_free);
  sim_check_close ();
}

/* ---- the administrator ---- */

/* Texts of a reply, by name, wherever they stand. (transfer full) (nullable) */
static char *
text_in (const char *json,
         const char *name)
{
  g_autofree char *key = g_strdup_printf ("\"%s\":\"", name);
  const char *at = strstr (json, key);

  return at != NULL ? g_strndup (at + strlen (key), strcspn (at + strlen (key), "\"")) : NULL;
}

gboolean
sim_root_post (const char *path,
               const char *body,
               char      **reply)
{
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;

  if (root == NULL)
    root = dsp_channel_new (SIM_SOCKET, NULL, 30);
  if (!dsp_channel_ask (root, body != NULL ? "POST" : "GET", path, body, NULL, &answer, &error) || answer.status != 200)
    return FALSE;
  if (reply != NULL)
    *reply = g_strndup (g_bytes_get_data (answer.body, NULL), g_bytes_get_size (answer.body));
  return TRUE;
}

gboolean
sim_root_push (const char *command)
{
  g_autofree char *session = NULL, *body = NULL, *reply = NULL, *device = NULL, *epoch = NULL;

  if (!sim_root_post ("v1/session", NULL, &session))
    return FALSE;
  device = text_in (session, "device");
  epoch = text_in (session, "epoch");
  g_strlcpy (root_device, device, sizeof root_device);
  g_strlcpy (root_epoch, epoch, sizeof root_epoch);
  body = g_strdup_printf ("{\"device\":\"%s\",\"epoch\":\"%s\",\"first\":0,\"commands\":[{\"no\":0,\"v\":1,%s]}", root_device, root_epoch, command + 1);
  return sim_root_post ("v1/admin/commands", body, &reply) && strstr (reply, "\"applied\"") != NULL;
}

static char *
new_id (void)
{
  guint8 random[10];
  char text[DSP_ID_TEXT];
  DspId id;

  for (guint i = 0; i < sizeof random; i++)
    random[i] = (guint8) sim_pick (256);
  id = dsp_id_v7 (g_get_real_time (), random);
  dsp_id_print (&id, text);
  return g_strdup (text);
}

/* (transfer full): its id as text. */
static char *
make (const char *kind,
      const char *args)
{
  char *id = new_id ();
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"%s\",\"id\":\"%s\",\"args\":%s}", kind, id, args);

  if (!sim_root_push (command))
    sim_fail ("the office cannot be made: %s", command);
  return id;
}

static DspId
parse_id (const char *text)
{
  DspId id = dsp_id_none;

  g_assert_true (dsp_id_parse (text, strlen (text), &id));
  return id;
}

static char *
make_grant (const char  *user,
            const char  *profile,
            const DspId *over)
{
  DspId id = dsp_id_from_key ("profile", profile);
  char profile_id[DSP_ID_TEXT], scope[DSP_ID_TEXT];
  g_autofree char *args = NULL, *command = NULL;
  char *grant = new_id ();

  dsp_id_print (&id, profile_id);
  dsp_id_print (over, scope);
  command = g_strdup_printf ("{\"kind\":\"grant.create\",\"id\":\"%s\",\"args\":{\"user_id\":\"%s\",\"profile_id\":\"%s\",\"over\":\"%s\"}}", grant, user,
                             profile_id, scope);
  if (sim_root_push (command))
    return grant;
  g_free (grant);
  return NULL;
}

void
sim_grant (guint i)
{
  char user[DSP_ID_TEXT];

  dsp_id_print (&sim_office.clients[SIM_CLIENTS - 1].session->user_id, user);
  if (sim_office.grant[i] == NULL)
    sim_office.grant[i] = make_grant (user, "distributor", &sim_office.distributors[i]);
}

void
sim_revoke (guint i)
{
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"grant.delete\",\"id\":\"%s\"}", sim_office.grant[i] != NULL ? sim_office.grant[i] : "");

  if (sim_office.grant[i] != NULL && sim_root_push (command))
    g_clear_pointer (&sim_office.grant[i], g_free);
}

void
sim_revoke_all (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (SIM_DATABASE, DSP_DB_READ_ONLY, &error);
  g_autoptr(DspStmt) stmt = db != NULL ? dsp_db_prepare (db, "SELECT \"id\" FROM \"grant\" WHERE \"user_id\" = $1", &error) : NULL;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  g_assert_no_error (error);
  dsp_stmt_bind_id (stmt, 1, &sim_office.clients[SIM_CLIENTS - 1].session->user_id);
  while (dsp_stmt_step (stmt, &error) == DSP_STEP_ROW)
    {
      DspId id = dsp_stmt_id (stmt, 0);

      g_array_append_val (ids, id);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      char text[DSP_ID_TEXT];
      g_autofree char *command = NULL;

      dsp_id_print (&g_array_index (ids, DspId, i), text);
      command = g_strdup_printf ("{\"kind\":\"grant.delete\",\"id\":\"%s\"}", text);
      if (!sim_root_push (command))
        sim_fail ("a grant cannot be taken back");
    }
}

/* ---- making it ---- */

static void
make_user (SimClient   *client,
           const char  *profile,
           const DspId *over,
           char       **grant)
{
  g_autofree char *args = g_strdup_printf ("{\"name\":\"%s\"}", client->name), *user = make ("user.create", args);
  g_autofree char *ask = g_strdup_printf ("{\"user\":\"%s\"}", client->name), *reply = NULL, *key = NULL, *body = NULL, *url = NULL, *json = NULL;
  g_autofree char *device = NULL;
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  DspChannel *channel;

  *grant = make_grant (user, profile, over);
  if (!sim_root_post ("v1/admin/user-key", ask, &reply))
    sim_fail ("%s gets no key", client->name);
  key = text_in (reply, "key");
  body = g_strdup_printf ("{\"user\":\"%s\",\"key\":\"%s\",\"program\":\"sim\"}", client->name, key);
  url = g_strconcat ("sim://", client->name, NULL);
  channel = dsp_channel_new (url, NULL, 30);
  if (!dsp_channel_ask (channel, "POST", "v1/session", body, NULL, &answer, &error) || answer.status != 200)
    sim_fail ("%s cannot sign in: %u", client->name, answer.status);
  dsp_channel_free (channel);
  json = g_strndup (g_bytes_get_data (answer.body, NULL), g_bytes_get_size (answer.body));
  device = text_in (json, "device");
  client->session = g_new0 (DspSession, 1);
  client->session->server = g_steal_pointer (&url);
  client->session->token = text_in (json, "token");
  client->session->device = parse_id (device);
  client->session->user_id = parse_id (user);
  client->session->user_name = g_strdup (client->name);
  client->session->epoch = text_in (json, "epoch");
}

void
sim_office_prepare (void)
{
  g_autofree char *unused = NULL, *unused_too = NULL;

  sim_office.orders = g_array_new (FALSE, FALSE, sizeof (DspId));
  sim_office.promises = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < SIM_CLIENTS; i++)
    g_assert_cmpint (g_mkdir (sim_office.clients[i].name, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (SIM_SERVER, 0700), ==, 0);
  sim_server_start ();
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *args = g_strdup_printf ("{\"code\":\"D%u\",\"name\":\"Distributor %u\"}", i, i), *id = make ("distributor.create", args);

      sim_office.distributors[i] = parse_id (id);
    }
  for (guint i = 0; i < 3; i++)
    {
      char distributor[DSP_ID_TEXT];
      g_autofree char *args = NULL, *id = NULL;

      dsp_id_print (&sim_office.distributors[i / 2], distributor);
      args = g_strdup_printf ("{\"code\":\"C%u\",\"name\":\"Crew %u\",\"distributor_id\":\"%s\"}", i, i, distributor);
      id = make ("crew.create", args);
      sim_office.crews[i] = parse_id (id);
    }
  for (guint i = 0; i < N_ORDERS; i++)
    {
      char distributor[DSP_ID_TEXT];
      g_autofree char *args = NULL, *text = NULL;
      DspId id;

      dsp_id_print (&sim_office.distributors[i % 2], distributor);
      args = g_strdup_printf ("{\"number\":\"9%05u\",\"account\":\"A\",\"group\":\"g\",\"type\":\"t\",\"created_at\":\"2026-11-20T10:00:00Z\","
                              "\"postal_code\":\"03100\",\"distributor_id\":\"%s\"}", sim_office.number++, distributor);
      text = make ("order.create", args);
      id = parse_id (text);
      g_array_append_val (sim_office.orders, id);
    }
  make_user (&sim_office.clients[0], "supervisor", &dsp_scope_all, &unused);
  make_user (&sim_office.clients[1], "dispatcher", &dsp_scope_all, &unused_too);
  make_user (&sim_office.clients[2], "distributor", &sim_office.distributors[0], &sim_office.grant[0]);
  sim_server_stop ();
}

/* ---- clients ---- */

void
sim_client_start (SimClient *client)
{
  g_autofree char *path = g_build_filename (client->name, "cache.sqlite", NULL);
  g_autoptr(GError) error = NULL;

  client->replica = dsp_replica_open (path, DSP_REPLICA_NO_INDEX, &error);
  if (client->replica == NULL && sim_office.clients_may_fault)
    return; /* its disk fails now: again later */
  if (client->replica == NULL)
    sim_fail ("%s: the cache does not open: %s", client->name, error->message);
  if (dsp_replica_was_salvaged (client->replica))
    sim_fail ("%s: the cache was damaged", client->name);
  if (!client->replica->state->enrolled && !dsp_replica_set_session (client->replica, client->session, &error))
    sim_fail ("%s: the session cannot be stored: %s", client->name, error->message);
  if (dsp_keeper_last_no (client->replica->keeper) < client->promised)
    sim_fail ("%s said that %" G_GINT64_FORMAT " was stored, and has %" G_GINT64_FORMAT, client->name, client->promised,
              dsp_keeper_last_no (client->replica->keeper));
  client->sync = dsp_sync_new (client->replica, client->session->token);
}

void
sim_client_stop (SimClient *client)
{
  if (client->replica == NULL)
    return;
  dsp_sync_stop (client->sync);
  pump ();
  g_clear_object (&client->sync);
  dsp_replica_close (client->replica);
  pump ();
  g_assert_finalize_object (g_steal_pointer (&client->replica));
}

gboolean
sim_client_is_idle (SimClient *client)
{
  const GPtrArray *pending = client->replica != NULL ? client->replica->keeper->pending : NULL;
  DspReplicaStatus status;

  if (client->replica == NULL)
    return FALSE;
  /* What was undone before it was sent may wait for a page that nothing else brings: it has no effect to be taken away. */
  for (guint i = 0; i < pending->len; i++)
    if (((DspPending *) pending->pdata[i])->command != NULL || ((DspPending *) pending->pdata[i])->wait != DSP_WAIT_ACKED)
      return FALSE;
  dsp_replica_get_status (client->replica, &status);
  return status.link == DSP_LINK_ONLINE && status.n_waiting == 0 && dsp_replica_has_data (client->replica) && client->sync->at_head;
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  pump ();
  while (*result == NULL)
    sim_run (1000);
  return *result;
}

/* What the program said. @said: "give" or "undo". */
static void
note_outcome (SimClient    *client,
              DspOutcome   *outcome,
              const GError *error,
              const char   *said)
{
  if (outcome == NULL && !sim_office.clients_may_fault)
    sim_fail ("%s: %s failed: %s", client->name, said, error->message);
  if (outcome == NULL || outcome->group == 0)
    return;
  client->promised = MAX (client->promised, outcome->group);
  client->last_group = outcome->group;
  sim_office.n_given += outcome->n_given;
}

static void
give (SimClient        *client,
      const DspCommand *command,
      const DspId      *ids,
      guint             n_ids,
      gconstpointer     args,
      guint64           given)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = NULL;

  dsp_replica_give_async (client->replica, command, ids, n_ids, args, given, NULL, on_result, &result);
  outcome = dsp_replica_give_finish (client->replica, await (&result), &error);
  note_outcome (client, outcome, error, command->name);
}

static void
undo (SimClient *client)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = NULL;

  dsp_replica_undo_async (client->replica, client->last_group, NULL, on_result, &result);
  client->last_group = 0;
  outcome = dsp_replica_undo_finish (client->replica, await (&result), &error);
  if (outcome != NULL || sim_office.clients_may_fault)
    note_outcome (client, outcome, error, "undo");
}

static void
create (SimClient *client)
{
  g_autoptr(DspOrder) order = dsp_order_new ();
  DspId id = dsp_replica_new_id (client->replica);

  order->number = g_strdup_printf ("9%05u", sim_office.number++);
  order->account = g_strdup ("A");
  order->group = g_strdup ("g");
  order->type = g_strdup ("t");
  order->created_at.us = g_get_real_time ();
  order->distributor_id = sim_office.distributors[sim_pick (2)];
  give (client, &dsp_order_create, &id, 1, order, DSP_FIELDS_ALL);
  g_array_append_val (sim_office.orders, id);
}

void
sim_client_act (SimClient *client)
{
  DspId ids[3];
  const DspOrder *order;
  guint n = 1 + sim_pick (3), what = sim_pick (12);
  DspId crew = sim_office.crews[sim_pick (3)], from;

  for (guint i = 0; i < n; i++)
    ids[i] = g_array_index (sim_office.orders, DspId, sim_pick (sim_office.orders->len));
  n = n > 1 && (dsp_id_equal (&ids[0], &ids[1]) || (n > 2 && (dsp_id_equal (&ids[0], &ids[2]) || dsp_id_equal (&ids[1], &ids[2])))) ? 1 : n;
  order = dsp_replica_get_order (client->replica, &ids[0]);
  from = order != NULL ? order->crew_id : dsp_id_none;
  if (what == 0)
    create (client);
  else if (what == 1 && client->last_group != 0)
    undo (client);
  else if (order == NULL || dsp_id_is_none (&from) || what == 2)
    give (client, &dsp_order_assign, ids, n, &(DspAssign) { .crew_id = crew }, 1);
  else if (what % 2 == 0)
    give (client, &dsp_order_unassign, ids, 1, &(DspUnassign) { .from_crew_id = from, .reason = (char *) "otra" }, 3);
  else
    give (client, &dsp_order_move, ids, 1, &(DspMove) { .from_crew_id = from, .crew_id = crew }, 3);
}
