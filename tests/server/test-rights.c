/* test-rights.c: who may do what where, as the product's description says it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written by hand from the description of profiles, scopes and permissions, and not from any table of the program: where
 * the two differ, one of them is wrong. What is about money is in test-money-rules.c.
 */
#include "config.h"
#include "server-fixture.h"

#include "dsp-db-postgres.h"

#include <string.h>

#define ALL "00000000-0000-0000-0000-000000000003"

/* Whose grant, and whose record. */
typedef enum { NORTH, SOUTH, WHOLE } Where;
/* MAY: it is judged by its content; NOT_HIS: he may do this nowhere; NOT_THERE: there is no such record for him. */
typedef enum { MAY, NOT_HIS, NOT_THERE } Answer;
typedef enum { ORDER, CREW, USER, PROFILE, DISTRIBUTOR, NEW } On;

typedef struct {
  const char *profile;
  Where       grant;
  const char *kind;
  On          on;
  Where       record; /* of which distributor, where that matters */
  const char *args;   /* "%s" is a crew of the record's distributor, or the first distributor */
  Answer      answer;
} Cell;

/* clang-format off */
static const Cell cells[] = {
  /* Outside of the scope nothing exists; inside, the distributor's people do the processes (S0-21, S0-32 to S0-47). */
  { "dispatcher",    NORTH, "order.assign",         ORDER, NORTH, "\"crew_id\":\"%s\"", MAY },
  { "dispatcher",    NORTH, "order.assign",         ORDER, SOUTH, "\"crew_id\":\"%s\"", NOT_THERE },
  { "dispatcher",    SOUTH, "order.assign",         ORDER, SOUTH, "\"crew_id\":\"%s\"", MAY },
  { "distributor",   NORTH, "order.assign",         ORDER, SOUTH, "\"crew_id\":\"%s\"", NOT_THERE },
  { "distributor",   NORTH, "order.retype",         ORDER, NORTH, "\"type\":\"repair\",\"reason\":\"x\"", MAY },
  { "distributor",   NORTH, "order.reject",         ORDER, NORTH, "\"reason\":\"x\"", MAY },
  { "distributor",   NORTH, "order.reject",         ORDER, SOUTH, "\"reason\":\"x\"", NOT_THERE },
  { "distributor",   NORTH, "order.cancel",         ORDER, NORTH, "\"reason\":\"x\"", MAY },
  { "distributor",   NORTH, "order.update_address", ORDER, NORTH, "\"cause\":\"wrong\"", MAY },
  { "distributor",   NORTH, "order.follow_up",      ORDER, NORTH, "\"text\":\"x\"", MAY },
  { "distributor",   NORTH, "order.follow_up",      ORDER, SOUTH, "\"text\":\"x\"", NOT_THERE },
  { "distributor",   NORTH, "crew.change",          CREW,  SOUTH, "\"code\":\"Z\"", NOT_THERE },
  /* The supervisor assigns too; nobody who only reads, attends or drives does (section 8). */
  { "supervisor",    WHOLE, "order.assign",         ORDER, SOUTH, "\"crew_id\":\"%s\"", MAY },
  { "supervisor",    NORTH, "order.assign",         ORDER, SOUTH, "\"crew_id\":\"%s\"", NOT_THERE },
  { "administrator", WHOLE, "order.assign",         ORDER, NORTH, "\"crew_id\":\"%s\"", MAY },
  { "technician",    NORTH, "order.assign",         ORDER, NORTH, "\"crew_id\":\"%s\"", NOT_HIS },
  { "technician",    NORTH, "order.cancel",         ORDER, NORTH, "\"reason\":\"x\"", NOT_HIS },
  { "technician",    NORTH, "order.retype",         ORDER, NORTH, "\"type\":\"repair\",\"reason\":\"x\"", NOT_HIS },
  { "technician",    NORTH, "order.start",          ORDER, NORTH, "", MAY },
  { "agent",         WHOLE, "order.assign",         ORDER, NORTH, "\"crew_id\":\"%s\"", NOT_HIS },
  { "agent",         WHOLE, "order.follow_up",      ORDER, NORTH, "\"text\":\"x\"", MAY },
  /* An auditor reads and never writes. */
  { "auditor",       WHOLE, "order.assign",         ORDER, NORTH, "\"crew_id\":\"%s\"", NOT_HIS },
  { "auditor",       WHOLE, "order.follow_up",      ORDER, NORTH, "\"text\":\"x\"", NOT_HIS },
  { "auditor",       WHOLE, "crew.change",          CREW,  NORTH, "\"code\":\"Z\"", NOT_HIS },
  { "auditor",       WHOLE, "user.change",          USER,  WHOLE, "\"full_name\":\"x\"", NOT_HIS },
  { "auditor",       WHOLE, "penalty.waive",        NEW,   WHOLE, "\"reason\":\"x\"", NOT_HIS },
  /* Users, profiles and grants are the administrator's, and nobody gives himself anything (S0-09). */
  { "administrator", WHOLE, "user.create",          NEW,   WHOLE, "\"name\":\"new.one\"", MAY },
  { "administrator", WHOLE, "profile.change",       PROFILE, WHOLE, "\"label\":\"x\"", MAY },
  { "supervisor",    WHOLE, "user.create",          NEW,   WHOLE, "\"name\":\"new.two\"", NOT_HIS },
  { "supervisor",    WHOLE, "profile.change",       PROFILE, WHOLE, "\"label\":\"x\"", NOT_HIS },
  { "dispatcher",    WHOLE, "user.change",          USER,  WHOLE, "\"full_name\":\"x\"", NOT_HIS },
  { "distributor",   NORTH, "grant.create",         NEW,   WHOLE, "\"over\":\"" ALL "\"", NOT_HIS },
  { "dispatcher",    WHOLE, "grant.create",         NEW,   WHOLE, "\"over\":\"" ALL "\"", NOT_HIS },
  /* What the office is paid by, closed by and ruled by is not for those whom it rules. */
  { "distributor",   NORTH, "policy.create",        NEW,   WHOLE, "\"code\":\"x\"", NOT_HIS },
  { "dispatcher",    WHOLE, "office_settings.put",  NEW,   WHOLE, "", NOT_HIS },
  { "distributor",   NORTH, "distributor.change",   DISTRIBUTOR, SOUTH, "\"name\":\"x\"", NOT_THERE },
  { "distributor",   NORTH, "penalty.waive",        NEW,   WHOLE, "\"reason\":\"x\"", NOT_HIS },
  { "distributor",   NORTH, "penalty.confirm",      NEW,   WHOLE, "", NOT_HIS },
  { "supervisor",    WHOLE, "penalty.waive",        NEW,   WHOLE, "\"reason\":\"x\"", NOT_THERE },
  { "dispatcher",    WHOLE, "zone_closure.create",  NEW,   WHOLE, "\"reason\":\"x\"", MAY },
  { "technician",    NORTH, "zone_closure.create",  NEW,   WHOLE, "\"reason\":\"x\"", NOT_HIS },
};
/* clang-format on */

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *distributor[2], *crew[2];
  guint       n_orders;
} Office;

/* A new order for each cell: what one did does not stand in the way of the next. */
static char *
record_of (Office     *office,
           const Cell *cell)
{
  guint which = cell->record == SOUTH ? 1 : 0;

  switch (cell->on)
    {
    case ORDER:
      {
        g_autofree char *number = g_strdup_printf ("R-%u", ++office->n_orders);

        return test_order (office->root, number, office->distributor[which], NULL);
      }
    case CREW:
      return g_strdup (office->crew[which]);
    case DISTRIBUTOR:
      return g_strdup (office->distributor[which]);
    case PROFILE:
      return test_profile_id ("agent");
    case USER:
      {
        char id[DSP_ID_TEXT];

        dsp_id_print (&office->root->user, id);
        return g_strdup (id);
      }
    case NEW:
    default:
      return test_id ();
    }
}

static TestClient *
client_of (Office     *office,
           GHashTable *clients,
           const Cell *cell)
{
  g_autofree char *name = g_strdup_printf ("%s-%d", cell->profile, cell->grant);
  TestClient *client = g_hash_table_lookup (clients, name);

  if (client == NULL)
    {
      client = test_user (office->root, name, cell->profile, cell->grant == WHOLE ? ALL : office->distributor[cell->grant == SOUTH ? 1 : 0]);
      g_hash_table_insert (clients, g_steal_pointer (&name), client);
    }
  return client;
}

static Answer
answer_of (TestReply *reply)
{
  const char *code = test_text (reply, "results/0/code");

  if (g_strcmp0 (code, "forbidden") == 0)
    return NOT_HIS;
  return g_strcmp0 (code, "no_such_record") == 0 ? NOT_THERE : MAY;
}

static void
as_described (void)
{
  static const char *const words[] = { "may", "may not", "finds nothing" };
  Office office = { .server = test_server_new () };
  g_autoptr(GHashTable) clients = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) test_client_free);
  guint n_wrong = 0;

  office.server->options[0] = "--sign-ins-per-minute";
  office.server->options[1] = "0";
  test_server_start (office.server);
  office.root = test_administrator (office.server);
  for (guint i = 0; i < 2; i++)
    {
      office.distributor[i] = test_distributor (office.root, i == 0 ? "NORTH" : "SOUTH");
      office.crew[i] = test_crew (office.root, i == 0 ? "CN" : "CS", office.distributor[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      const Cell *cell = &cells[i];
      g_autofree char *id = record_of (&office, cell);
      g_auto(GStrv) parts = g_strsplit (cell->args, "%s", -1);
      g_autofree char *args = g_strjoinv (office.crew[cell->record == SOUTH ? 1 : 0], parts);
      g_autofree char *command = g_strdup_printf ("{\"kind\":\"%s\",\"id\":\"%s\",\"base\":1,\"args\":{%s}}", cell->kind, id, args);
      g_autoptr(TestReply) reply = test_push (client_of (&office, clients, cell), command, NULL);
      Answer answer;

      test_expect (reply, 200);
      answer = answer_of (reply);
      if (answer == cell->answer)
        continue;
      n_wrong++;
      g_test_message ("%s over %d %s %s, and was to be: %s: %s", cell->profile, cell->grant, words[answer], cell->kind, words[cell->answer], reply->text);
    }
  g_assert_cmpuint (n_wrong, ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_free (office.distributor[i]);
      g_free (office.crew[i]);
    }
  test_client_free (office.root);
  test_server_free (office.server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dsp_db_postgres_init ();
  g_test_add_func ("/rights/S0-21/S0-49/T10/as-described", as_described);
  return g_test_run ();
}
