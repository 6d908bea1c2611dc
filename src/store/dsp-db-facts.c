/* dsp-db-facts.c: what a command asks about other records, answered by the database
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-table.h"

struct _DspDbFacts
{
  DspFacts         facts;
  DspDb           *db;
  char            *prefix; /* (owned) (nullable) */
  const DspEntity *entity; /* of the record */
  gpointer         record; /* (owned) (nullable): the last answer, which the asker borrows */
  GError          *error;  /* (owned) (nullable): the first failure */
};

static gpointer
fresh_record (DspDbFacts      *self,
              const DspEntity *entity)
{
  if (self->record != NULL)
    dsp_record_free (self->entity, self->record);
  self->entity = entity;
  self->record = dsp_record_new (entity);
  return self->record;
}

static DspFact
answer (DspDbFacts    *self,
        DspStep        step,
        GError        *error,
        gconstpointer *record)
{
  switch (step)
    {
    case DSP_STEP_ROW:
      *record = self->record;
      return DSP_FACT_HERE;
    case DSP_STEP_DONE:
      return DSP_FACT_NONE;
    case DSP_STEP_FAILED:
      break;
    }
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  return DSP_FACT_UNKNOWN;
}

static DspFact
facts_get (gpointer         data,
           const DspEntity *entity,
           const DspId     *id,
           gconstpointer   *record)
{
  DspDbFacts *self = data;
  GError *error = NULL;
  DspStep step = dsp_table_get (self->db, self->prefix, entity, id, DSP_FIELDS_ALL, fresh_record (self, entity), &error);

  return answer (self, step, error, record);
}

static DspFact
facts_find (gpointer         data,
            const DspEntity *entity,
            const DspField  *field,
            const char      *text,
            gconstpointer   *record)
{
  DspDbFacts *self = data;
  GError *error = NULL;
  DspStep step = dsp_table_lookup (self->db, self->prefix, entity, field, text, DSP_FIELDS_ALL, fresh_record (self, entity),
                                   &error);

  return answer (self, step, error, record);
}

/* What reading several records came to. */
static DspFact
came_to (DspDbFacts *self,
         gboolean    ok,
         GError     *error) /* (transfer full) (nullable) */
{
  if (ok)
    return DSP_FACT_HERE;
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  return DSP_FACT_UNKNOWN;
}

static DspFact
facts_each (gpointer         data,
            const DspEntity *entity,
            const DspField  *field,
            const DspId     *id,
            DspEach          each,
            gpointer         user_data)
{
  DspDbFacts *self = data;
  GError *error = NULL;
  gboolean ok;

  if (field != NULL)
    ok = dsp_table_each_id (self->db, self->prefix, entity, field, id, DSP_FIELDS_ALL, each, user_data, &error);
  else
    ok = dsp_table_scan (self->db, self->prefix, entity, NULL, 0, 0, DSP_FIELDS_ALL, each, user_data, NULL, &error);
  return came_to (self, ok, error);
}

static DspFact
facts_each_text (gpointer         data,
                 const DspEntity *entity,
                 const DspField  *field,
                 const char      *text,
                 DspEach          each,
                 gpointer         user_data)
{
  DspDbFacts *self = data;
  GError *error = NULL;
  gboolean ok = dsp_table_each_text (self->db, self->prefix, entity, field, text, DSP_FIELDS_ALL, each, user_data, &error);

  return came_to (self, ok, error);
}

static DspFact
facts_any (gpointer         data,
           const DspEntity *entity)
{
  DspDbFacts *self = data;
  GError *error = NULL;
  bool any = false;
  gboolean ok = dsp_table_any (self->db, self->prefix, entity, &any, &error);

  return ok && !any ? DSP_FACT_NONE : came_to (self, ok, error);
}

static DspFact
facts_visits (gpointer     data,
              const DspId *crew_id,
              gint64       from_us,
              gint64       until_us,
              DspEach      each,
              gpointer     user_data)
{
  DspDbFacts *self = data;
  g_autoptr(GError) error = NULL;

  if (dsp_table_each_visit (self->db, self->prefix, crew_id, from_us, until_us, each, user_data, &error))
    return DSP_FACT_HERE;
  if (self->error == NULL)
    self->error = g_steal_pointer (&error);
  return DSP_FACT_UNKNOWN;
}

DspDbFacts *
dsp_db_facts_new (DspDb      *db,
                  const char *prefix)
{
  DspDbFacts *self = g_new0 (DspDbFacts, 1);

  self->db = db;
  self->prefix = g_strdup (prefix);
  self->facts.get = facts_get;
  self->facts.find = facts_find;
  self->facts.each = facts_each;
  self->facts.each_text = facts_each_text;
  self->facts.any = facts_any;
  self->facts.visits = facts_visits;
  self->facts.data = self;
  return self;
}

const DspFacts *
dsp_db_facts_get (DspDbFacts *facts)
{
  return &facts->facts;
}

gboolean
dsp_db_facts_check (DspDbFacts *facts,
                    GError    **error)
{
  if (facts->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&facts->error));
  return FALSE;
}

void
dsp_db_facts_free (DspDbFacts *facts)
{
  if (facts == NULL)
    return;
  if (facts->record != NULL)
    dsp_record_free (facts->entity, facts->record);
  g_clear_error (&facts->error);
  g_free (facts->prefix);
  g_free (facts);
}
