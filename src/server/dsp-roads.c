/* dsp-roads.c: claims of kilometres are measured by road after they were taken
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-road"

#include "config.h"
#include "dsp-roads.h"

#include "dsp-money-commands.h"
#include "dsp-query.h"
#include "dsp-record-json.h"
#include "dsp-server-schema.h"
#include "dsp-table.h"

#define FIRST_PAUSE_US (G_GINT64_CONSTANT (30) * G_USEC_PER_SEC)
#define LAST_PAUSE_US  (G_GINT64_CONSTANT (1800) * G_USEC_PER_SEC)

struct _DspRoads
{
  DspExecutor   *executor;
  DspSession    *session;     /* (owned) */
  DspRoadOptions options;     /* (owned) */
  DspDb         *db;          /* (owned): the thread's */
  GThread       *thread;
  GCancellable  *cancellable; /* (owned) */
  char           epoch[DSP_ID_TEXT];
  GMutex         lock;
  GCond          wake;
  GQueue         ids;         /* (guarded by lock): of DspId (owned) */
  gboolean       ending;      /* (guarded by lock) */
  gint64         pause_us;    /* after a failure; 0: the last answer was one */
};

static void
push_id (DspRoads    *self,
         const DspId *id)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (GList *l = self->ids.head; l != NULL; l = l->next)
    if (dsp_id_equal (l->data, id))
      return;
  g_queue_push_tail (&self->ids, g_memdup2 (id, sizeof *id));
  g_cond_signal (&self->wake);
}

void
dsp_roads_note (DspRoads     *self,
                const GArray *claims)
{
  for (guint i = 0; i < claims->len; i++)
    push_id (self, &g_array_index (claims, DspId, i));
}

/* ---- one claim ---- */

static GArray *
tour_of (DspRoads         *self,
         const DspMileage *mileage)
{
  DspDbFacts *facts = dsp_db_facts_new (self->db, NULL);
  DspId nobody = dsp_local_user_id ();
  DspActor *actor = dsp_actor_new (&nobody, "roads");
  DspWork *work = dsp_work_new (dsp_db_facts_get (facts), actor, g_get_real_time ());
  const DspCrew *lent = dsp_work_get (work, &dsp_crew, &mileage->crew_id);
  g_autoptr(DspCrew) crew = lent != NULL ? dsp_crew_dup (lent) : NULL;
  GArray *tour = crew != NULL ? dsp_tour_of_crew (work, crew, mileage->day) : NULL;

  dsp_work_free (work);
  dsp_actor_free (actor);
  dsp_db_facts_free (facts);
  return tour;
}

static gboolean
give (DspRoads          *self,
      const DspMileage  *mileage,
      DspMileageMeasure *args)
{
  g_autoptr(GString) body = g_string_new (NULL);
  g_autofree char *reply = NULL;
  char device[DSP_ID_TEXT], id[DSP_ID_TEXT];
  DspId device_id = dsp_local_device_id ("roads");
  guint status;

  dsp_id_print (&device_id, device);
  dsp_id_print (&mileage->id, id);
  g_string_printf (body, "{\"device\":\"%s\",\"epoch\":\"%s\",\"commands\":[{\"kind\":\"%s\",\"v\":%d,\"id\":\"%s\",\"args\":", device,
                   self->epoch, dsp_mileage_measure.name, DSP_COMMAND_VERSION, id);
  dsp_record_json_write_given (dsp_mileage_measure.args, args, DSP_FIELDS_ALL, body);
  g_string_append (body, "}]}");
  status = dsp_executor_run (self->executor, self->session, body->str, body->len, &reply);
  if (status != 200)
    g_warning ("a distance by road was not taken: %s", reply);
  else
    g_debug ("measured: %s", reply);
  return status == 200;
}

/* FALSE: later again. */
static gboolean
measure (DspRoads    *self,
         const DspId *id)
{
  g_autoptr(DspMileage) mileage = dsp_mileage_new ();
  g_autoptr(GArray) tour = NULL, ways = NULL;
  g_autoptr(GError) error = NULL;
  DspMileageMeasure args = { 0 };
  gint64 metres;

  if (dsp_table_get (self->db, NULL, &dsp_mileage, id, DSP_FIELDS_ALL, mileage, &error) != DSP_STEP_ROW)
    return error == NULL;
  if (!dsp_mileage_wants_road (mileage) || (tour = tour_of (self, mileage)) == NULL || tour->len < 2)
    return TRUE;
  ways = dsp_road_measure (&self->options, tour, &args.proposed_by, self->cancellable, &error);
  if (ways == NULL)
    {
      if (self->pause_us == 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("no distance by road, the straight line stays for now: %s", error->message);
      return FALSE;
    }
  if (!dsp_tour_proposal (tour, ways, &mileage->order_id, &metres))
    return TRUE;
  args.day = mileage->day;
  args.order_id = mileage->order_id;
  args.proposed = (DspInt) { metres, true };
  return give (self, mileage, &args);
}

/* ---- the thread ---- */

static gboolean
add_unmeasured (gconstpointer record,
                gpointer      user_data)
{
  const DspMileage *mileage = record;

  if (dsp_mileage_wants_road (mileage))
    push_id (user_data, &mileage->id);
  return TRUE;
}

static void
begin (DspRoads *self)
{
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_mileage, "state=captured,submitted", NULL);
  DspQuery query = { .entity = &dsp_mileage, .filter = filter, .now_us = g_get_real_time () };
  g_autoptr(GError) error = NULL;

  if (!dsp_query_rows (self->db, &query, add_unmeasured, self, NULL, &error))
    g_warning ("claims to be measured by road: %s", error->message);
}

/* (transfer full) (nullable): it ends. After a failure not before its pause is over. */
static DspId *
next_id (DspRoads *self)
{
  gint64 until = g_get_monotonic_time () + self->pause_us;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->ending && self->pause_us > 0 && g_get_monotonic_time () < until)
    g_cond_wait_until (&self->wake, &self->lock, until);
  while (!self->ending && g_queue_is_empty (&self->ids))
    g_cond_wait (&self->wake, &self->lock);
  return self->ending ? NULL : g_queue_pop_head (&self->ids);
}

static gpointer
run (gpointer user_data)
{
  DspRoads *self = user_data;
  DspId *id;

  begin (self);
  while ((id = next_id (self)) != NULL)
    {
      if (measure (self, id))
        self->pause_us = 0;
      else
        {
          self->pause_us = CLAMP (2 * self->pause_us, FIRST_PAUSE_US, LAST_PAUSE_US);
          push_id (self, id);
        }
      g_free (id);
    }
  return NULL;
}

DspRoads *
dsp_roads_new (const char            *database,
               DspExecutor           *executor,
               const DspRoadOptions  *options,
               GError               **error)
{
  DspRoads *self = g_new0 (DspRoads, 1);
  gint64 last;

  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_queue_init (&self->ids);
  self->executor = executor;
  self->options = (DspRoadOptions) { g_strdup (options->osrm), g_strdup (options->routino), options->timeout_s };
  self->cancellable = g_cancellable_new ();
  if (!dsp_road_check (options, error) ||
      (self->session = dsp_executor_local (executor, "roads", &last, self->epoch, error)) == NULL ||
      (self->db = dsp_db_open (database, DSP_DB_READ_ONLY, error)) == NULL)
    {
      dsp_roads_free (self);
      return NULL;
    }
  self->thread = g_thread_new ("roads", run, self);
  return self;
}

void
dsp_roads_stop (DspRoads *self)
{
  if (self == NULL || self->thread == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->thread, g_thread_join);
}

void
dsp_roads_free (DspRoads *self)
{
  if (self == NULL)
    return;
  dsp_roads_stop (self);
  g_clear_pointer (&self->db, dsp_db_close);
  g_clear_pointer (&self->session, dsp_session_unref);
  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->ids, g_free);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self->options.osrm);
  g_free (self->options.routino);
  g_free (self);
}
