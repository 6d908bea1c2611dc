/* sim-check.c: whether a replica's base is what the server showed its user
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server's own feed is the measure: its changes up to a place, one after the other, seen through the scopes that the user
 * had when the replica last heard of its grants.
 */
#include "config.h"
#include "sim-check.h"

#include "dsp-actors.h"
#include "dsp-cursor.h"
#include "dsp-feed.h"
#include "dsp-keeper-private.h"
#include "dsp-record-json.h"
#include "sim-disk.h"
#include "sim-threads.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  gint64           seq, version;
  const DspEntity *entity; /* (nullable): of no interest */
  DspId            id, scope;
  gboolean         put;
  char            *body;   /* (owned) (nullable): as the field table writes it */
} Event;

/* One history of the server. */
typedef struct {
  guint8  epoch[16];
  GArray *events; /* of Event */
  gint64  seq;
} Timeline;

gboolean sim_check_lose_a_row, sim_check_looks_away;
static GPtrArray *timelines;
static GHashTable *unsettled; /* keeper's path -> the place up to which its base is not of one instant; G_MAXINT64: it has none */
static guint n_checks;
static DspDb *server_db; /* (nullable) */

gboolean __real_dsp_keeper_pulled    (DspKeeper *keeper, const char *text, gsize length, DspPulled *pulled, GError **error);
gboolean __real_dsp_keeper_copy_swap (DspKeeper *keeper, GError **error);
gboolean __real_dsp_keeper_copy_add  (DspKeeper *keeper, GError **error);

void
sim_fail (const char *format,
          ...)
{
  va_list args;

  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
  _exit (1);
}

/* ---- the server's side ---- */

static DspDb *
get_server (void)
{
  g_autoptr(GError) error = NULL;

  if (server_db != NULL)
    return server_db;
  sim_disk_look_through (TRUE);
  server_db = dsp_db_open (SIM_DATABASE, DSP_DB_READ_ONLY, &error);
  sim_disk_look_through (FALSE);
  if (server_db == NULL)
    sim_fail ("the server's file cannot be read: %s", error->message);
  return server_db;
}

void
sim_check_close (void)
{
  g_clear_pointer (&server_db, dsp_db_close);
}

static char *
as_written (const DspEntity *entity,
            gconstpointer    record)
{
  g_autoptr(GString) text = g_string_new (NULL);

  dsp_record_json_write (&entity->table, record, DSP_FIELDS_ALL, text);
  return g_strdup (text->str);
}

static char *
normalize (const DspEntity *entity,
           const char      *body,
           gsize            length)
{
  g_autofree gpointer record = g_malloc0 (entity->table.size);
  g_autoptr(GError) error = NULL;
  guint64 given;
  char *text;

  if (!dsp_record_json_read (&entity->table, DSP_STRICT_RECORD, body, length, record, &given, &error))
    sim_fail ("a change of %s cannot be read: %s", entity->table.name, error->message);
  text = as_written (entity, record);
  dsp_table_clear (&entity->table, record);
  return text;
}

static Timeline *
find_timeline (const guint8 epoch[16])
{
  Timeline *timeline;

  for (guint i = 0; timelines != NULL && i < timelines->len; i++)
    if (memcmp (((Timeline *) timelines->pdata[i])->epoch, epoch, 16) == 0)
      return timelines->pdata[i];
  if (timelines == NULL)
    timelines = g_ptr_array_new ();
  timeline = g_new0 (Timeline, 1);
  memcpy (timeline->epoch, epoch, 16);
  timeline->events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_ptr_array_add (timelines, timeline);
  return timeline;
}

static void
read_on (DspDb *db)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspStmt) stmt = NULL;
  DspFeedState state;
  Timeline *timeline;
  DspStep step;

  if (!dsp_feed_read_state (db, &state, &error))
    sim_fail ("the feed's state cannot be read: %s", error->message);
  timeline = find_timeline (state.epoch);
  stmt = dsp_db_prepare (db, "SELECT \"seq\", \"entity\", \"id\", \"version\", \"op\", \"scope_new\", \"body\" FROM \"change\" WHERE \"seq\" > $1"
                             " ORDER BY \"seq\"", &error);
  g_assert_no_error (error);
  dsp_stmt_bind_int (stmt, 1, timeline->seq);
  while ((step = dsp_stmt_step (stmt, &error)) == DSP_STEP_ROW)
    {
      gsize length = 0;
      const char *body = dsp_stmt_text (stmt, 6, &length);
      Event event = { .seq = dsp_stmt_int (stmt, 0), .version = dsp_stmt_int (stmt, 3), .entity = dsp_entity_find (dsp_stmt_text (stmt, 1, NULL)),
                      .id = dsp_stmt_id (stmt, 2), .scope = dsp_stmt_id (stmt, 5), .put = dsp_stmt_int (stmt, 4) == DSP_FEED_PUT };

      if (event.seq != timeline->seq + 1)
        sim_fail ("the feed goes from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, timeline->seq, event.seq);
      timeline->seq = event.seq;
      if (event.put && event.entity != NULL && event.entity != &dsp_history)
        event.body = normalize (event.entity, body, length);
      g_array_append_val (timeline->events, event);
    }
  if (step == DSP_STEP_FAILED)
    sim_fail ("the feed cannot be read: %s", error->message);
}

void
sim_check_read_on (void)
{
  sim_hold (TRUE);
  read_on (get_server ());
  sim_hold (FALSE);
}

/* ---- what there should be ---- */

/* The scopes of a user at some version of his grants, without those whose rows have still to come. */
static GArray *
scopes_at (DspDb       *db,
           DspKeeper   *keeper,
           gint64       grants_ver,
           GArray     **entities)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT scopes FROM grants_scopes WHERE user_id = $1 AND grants_ver = $2", &error);
  g_auto(GStrv) added = dsp_keeper_dup_added (keeper);
  GArray *scopes;
  gconstpointer bytes;
  gsize size = 0;

  g_assert_no_error (error);
  dsp_stmt_bind_id (stmt, 1, &keeper->user_id);
  dsp_stmt_bind_int (stmt, 2, grants_ver);
  if (dsp_stmt_step (stmt, &error) != DSP_STEP_ROW)
    sim_fail ("%s has grants of version %" G_GINT64_FORMAT ", which the server never had", keeper->user_name, grants_ver);
  bytes = dsp_stmt_blob (stmt, 0, &size);
  scopes = dsp_scopes_unpack (bytes, size, entities);
  for (guint i = 0; added != NULL && added[i] != NULL; i++)
    for (guint k = 0; k < scopes->len; k++)
      {
        char text[DSP_ID_TEXT];

        dsp_id_print (&g_array_index (scopes, DspId, k), text);
        if (strcmp (text, added[i]) == 0)
          {
            g_array_remove_index (scopes, k);
            g_array_remove_index (*entities, k--);
          }
      }
  return scopes;
}

static gboolean
sees (const GArray *scopes,
      const GArray *entities,
      const Event  *event)
{
  for (guint i = 0; i < scopes->len; i++)
    {
      const DspId *one = &g_array_index (scopes, DspId, i);

      if ((dsp_id_equal (one, &event->scope) || dsp_id_equal (one, &dsp_scope_all)) &&
          (g_array_index (entities, guint64, i) >> event->entity->number & 1))
        return TRUE;
    }
  return FALSE;
}

typedef struct {
  DspKeeper       *keeper;
  const DspEntity *entity;
  GHashTable      *expected; /* DspKey -> Event */
  gint64           seq;
} Comparing;

static gboolean
compare_row (gconstpointer data,
             gpointer      user_data)
{
  const DspRecord *record = data;
  Comparing *c = user_data;
  DspKey key = { c->entity, record->id };
  const Event *event = g_hash_table_lookup (c->expected, &key);
  g_autofree char *text = NULL;
  char id[DSP_ID_TEXT];

  dsp_id_print (&record->id, id);
  if (event == NULL)
    sim_fail ("P3: %s at %" G_GINT64_FORMAT " has %s %s, which the server would not show", c->keeper->user_name, c->seq, c->entity->table.name, id);
  if (event->version != record->version || !dsp_id_equal (&event->scope, &record->scope))
    sim_fail ("P3: %s at %" G_GINT64_FORMAT " has %s %s of version %" G_GINT64_FORMAT ", the server %" G_GINT64_FORMAT, c->keeper->user_name,
              c->seq, c->entity->table.name, id, record->version, event->version);
  text = as_written (c->entity, record);
  if (strcmp (text, event->body) != 0)
    sim_fail ("P3: %s at %" G_GINT64_FORMAT " has %s %s as\n%s, the server as\n%s", c->keeper->user_name, c->seq, c->entity->table.name, id, text,
              event->body);
  g_hash_table_remove (c->expected, &key);
  return TRUE;
}

static void
expect_none_left (Comparing *c)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, c->expected);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      char id[DSP_ID_TEXT];

      dsp_id_print (&((DspKey *) key)->id, id);
      sim_fail ("P3: %s at %" G_GINT64_FORMAT " lacks %s %s", c->keeper->user_name, c->seq, ((DspKey *) key)->entity->table.name, id);
    }
}

static void
check_base (DspKeeper *keeper)
{
  DspDb *db = get_server ();
  g_autoptr(GHashTable) expected = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, g_free, NULL);
  g_autoptr(GArray) scopes = NULL, entities = NULL;
  Comparing comparing = { .keeper = keeper, .expected = expected };
  DspCursor cursor;
  Timeline *timeline;

  read_on (db);
  if (!dsp_cursor_parse (keeper->cursor, &cursor))
    sim_fail ("%s has no cursor", keeper->user_name);
  timeline = find_timeline (cursor.epoch);
  if (cursor.seq > timeline->seq)
    sim_fail ("P3: %s is at %" G_GINT64_FORMAT ", the server at %" G_GINT64_FORMAT, keeper->user_name, cursor.seq, timeline->seq);
  comparing.seq = cursor.seq;
  scopes = scopes_at (db, keeper, cursor.grants_ver, &entities);
  for (guint i = 0; i < timeline->events->len; i++)
    {
      Event *event = &g_array_index (timeline->events, Event, i);
      DspKey key = { event->entity, event->id };

      if (event->seq > cursor.seq)
        break;
      if (event->entity == NULL || event->entity == &dsp_history)
        continue;
      if (event->put && sees (scopes, entities, event))
        g_hash_table_replace (expected, g_memdup2 (&key, sizeof key), event);
      else
        g_hash_table_remove (expected, &key);
    }
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    {
      g_autoptr(GError) error = NULL;

      comparing.entity = dsp_entities[i];
      if (comparing.entity != &dsp_history &&
          !dsp_table_scan (keeper->db, NULL, comparing.entity, NULL, 0, 0, DSP_FIELDS_ALL, compare_row, &comparing, NULL, &error))
        return; /* its disk is gone: it will be looked at again */
    }
  expect_none_left (&comparing);
  n_checks++;
}

void
sim_check_base (DspKeeper *keeper)
{
  sim_hold (TRUE);
  check_base (keeper);
  sim_hold (FALSE);
}

guint
sim_check_n (void)
{
  return n_checks;
}

/* ---- after each page ---- */

static void
set_unsettled (DspKeeper *keeper,
               gint64     until)
{
  if (unsettled == NULL)
    unsettled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace (unsettled, g_strdup (keeper->path), g_memdup2 (&until, sizeof until));
}

static void
look (DspKeeper *keeper)
{
  const gint64 *until = unsettled != NULL ? g_hash_table_lookup (unsettled, keeper->path) : NULL;

  if (!sim_check_looks_away && keeper->has_data && keeper->cursor != NULL && (until == NULL || keeper->pos >= *until))
    sim_check_base (keeper);
}

gboolean
__wrap_dsp_keeper_pulled (DspKeeper  *keeper,
                          const char *text,
                          gsize       length,
                          DspPulled  *pulled,
                          GError    **error)
{
  if (!__real_dsp_keeper_pulled (keeper, text, length, pulled, error))
    return FALSE;
  if (sim_check_lose_a_row && pulled->n_changes > 0)
    dsp_db_exec (keeper->db, "DELETE FROM \"order\" WHERE \"id\" = (SELECT min(\"id\") FROM \"order\")", NULL);
  if (pulled->bootstrap)
    set_unsettled (keeper, G_MAXINT64);
  look (keeper);
  return TRUE;
}

gboolean
__wrap_dsp_keeper_copy_swap (DspKeeper *keeper,
                             GError   **error)
{
  if (!__real_dsp_keeper_copy_swap (keeper, error))
    return FALSE;
  set_unsettled (keeper, 0);
  look (keeper);
  return TRUE;
}

gboolean
__wrap_dsp_keeper_copy_add (DspKeeper *keeper,
                            GError   **error)
{
  if (!__real_dsp_keeper_copy_add (keeper, error))
    return FALSE;
  look (keeper);
  return TRUE;
}

/* ---- at the end ---- */

static void
on_finding (const char *what,
            gpointer    user_data)
{
  fprintf (stderr, "%s\n", what);
}

void
sim_check_server (void)
{
  DspDb *db = get_server ();
  g_autoptr(GError) error = NULL;
  guint n_findings = 0;

  if (!dsp_db_check (db, TRUE, &error))
    sim_fail ("the server's file: %s", error->message);
  if (!dsp_feed_verify (db, on_finding, NULL, &n_findings, &error))
    sim_fail ("the server's chains: %s", error->message);
  if (n_findings > 0)
    sim_fail ("%u findings in the server's chains", n_findings);
  sim_check_close ();
}
