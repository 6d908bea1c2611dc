/* dsp-exec-facts.c: what the executor knows about records while it judges
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The executor is the only writer, so what it read stays true until it writes itself: records are kept from one batch to
 * the next. A command over many rows is stored at its end; until then its own edits stand here, "dirty", before what the
 * database says. Whole lists (types of order, rules, distributors), which each new order asks for, are kept likewise until
 * one of their records changes.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-exec-facts.h"

#include "dsp-attachments.h"
#include "dsp-bookings.h"
#include "dsp-entities.h"
#include "dsp-table.h"

#include <unistd.h>

#define KNOWN_MAX 5000

typedef struct
{
  DspId            id;     /* first: the key points here */
  const DspEntity *entity;
  gpointer         record; /* (owned) (nullable): NULL if it was deleted */
  gboolean         dirty;
} Known;

struct _DspExecFacts
{
  DspDb      *db;
  DspDbFacts *base;   /* (owned) */
  GHashTable *known[DSP_N_ENTITIES];
  GPtrArray  *lists[DSP_N_ENTITIES]; /* (owned) (nullable) of records: all of the entity */
  guint       n_known;
  GPtrArray  *dirty;  /* of Known */
  DspBookings *bookings; /* (owned) */
  DspFiles   *files;     /* not owned; nullable */
  GError     *error;  /* (owned) (nullable): of numbering, or of bookings */
  DspFacts    facts;
};

static void
known_free (gpointer data)
{
  Known *known = data;

  if (known->record != NULL)
    dsp_record_free (known->entity, known->record);
  g_free (known);
}

static Known *
known_set (DspExecFacts    *self,
           const DspEntity *entity,
           const DspId     *id,
           gpointer         record) /* (transfer full) */
{
  GHashTable *table = self->known[entity->number];
  Known *known = g_hash_table_lookup (table, id);

  if (known == NULL)
    {
      known = g_new0 (Known, 1);
      known->id = *id;
      known->entity = entity;
      g_hash_table_insert (table, &known->id, known);
      self->n_known++;
    }
  else if (known->record != NULL)
    dsp_record_free (entity, known->record);
  known->record = record;
  return known;
}

static DspFact
get (gpointer         data,
     const DspEntity *entity,
     const DspId     *id,
     gconstpointer   *record)
{
  DspExecFacts *self = data;
  const DspFacts *base = dsp_db_facts_get (self->base);
  Known *known = g_hash_table_lookup (self->known[entity->number], id);
  DspFact fact;

  if (known == NULL)
    {
      fact = base->get (base->data, entity, id, record);
      if (fact != DSP_FACT_HERE)
        return fact;
      known = known_set (self, entity, id, dsp_record_dup (entity, *record));
    }
  *record = known->record;
  return known->record != NULL ? DSP_FACT_HERE : DSP_FACT_NONE;
}

static DspFact
find (gpointer         data,
      const DspEntity *entity,
      const DspField  *field,
      const char      *text,
      gconstpointer   *record)
{
  DspExecFacts *self = data;
  const DspFacts *base = dsp_db_facts_get (self->base);
  Known *known;
  DspFact fact;

  for (guint i = 0; i < self->dirty->len; i++)
    {
      known = self->dirty->pdata[i];
      if (known->entity == entity && known->record != NULL &&
          g_strcmp0 (*dsp_field_text (field, known->record), text) == 0)
        {
          *record = known->record;
          return DSP_FACT_HERE;
        }
    }
  fact = base->find (base->data, entity, field, text, record);
  if (fact != DSP_FACT_HERE)
    return fact;
  known = g_hash_table_lookup (self->known[entity->number], &((const DspRecord *) *record)->id);
  return known != NULL && known->dirty ? DSP_FACT_NONE : DSP_FACT_HERE;
}

static void
drop_list (DspExecFacts    *self,
           const DspEntity *entity)
{
  GPtrArray *list = g_steal_pointer (&self->lists[entity->number]);

  for (guint i = 0; list != NULL && i < list->len; i++)
    dsp_record_free (entity, list->pdata[i]);
  g_clear_pointer (&list, g_ptr_array_unref);
}

typedef struct
{
  const DspEntity *entity;
  GPtrArray       *list;
} Listing;

static gboolean
add_to_list (gconstpointer record,
             gpointer      user_data)
{
  Listing *listing = user_data;

  g_ptr_array_add (listing->list, dsp_record_dup (listing->entity, record));
  return TRUE;
}

static DspFact
each_listed (DspExecFacts    *self,
             const DspEntity *entity,
             DspEach          func,
             gpointer         user_data)
{
  const DspFacts *base = dsp_db_facts_get (self->base);
  Listing listing = { entity, self->lists[entity->number] };
  DspFact fact = DSP_FACT_HERE;

  if (listing.list == NULL)
    {
      listing.list = self->lists[entity->number] = g_ptr_array_new ();
      fact = base->each (base->data, entity, NULL, &dsp_id_none, add_to_list, &listing);
    }
  for (guint i = 0; i < listing.list->len; i++)
    if (!func (listing.list->pdata[i], user_data))
      break;
  return fact;
}

typedef struct
{
  DspExecFacts *self;
  GHashTable   *known;
  DspEach       each;
  gpointer      user_data;
  gboolean      stopped;
} Walk;

static gboolean
each_stored (gconstpointer record,
             gpointer      user_data)
{
  Walk *walk = user_data;
  Known *known = g_hash_table_lookup (walk->known, &((const DspRecord *) record)->id);

  if (known != NULL && known->dirty)
    return TRUE;
  walk->stopped = !walk->each (record, walk->user_data);
  return !walk->stopped;
}

/* What the command has changed so far: all of it, or that with the id or the text. */
static void
walk_dirty (Walk            *walk,
            const DspEntity *entity,
            const DspField  *field,
            const DspId     *id,
            const char      *text)
{
  for (guint i = 0; !walk->stopped && i < walk->self->dirty->len; i++)
    {
      Known *known = walk->self->dirty->pdata[i];

      if (known->entity != entity || known->record == NULL ||
          (id != NULL && !dsp_id_equal (dsp_field_id (field, known->record), id)) ||
          (text != NULL && g_strcmp0 (*dsp_field_text (field, known->record), text) != 0))
        continue;
      walk->stopped = !walk->each (known->record, walk->user_data);
    }
}

static DspFact
each (gpointer         data,
      const DspEntity *entity,
      const DspField  *field,
      const DspId     *id,
      DspEach          func,
      gpointer         user_data)
{
  DspExecFacts *self = data;
  const DspFacts *base = dsp_db_facts_get (self->base);
  Walk walk = { self, self->known[entity->number], func, user_data, FALSE };
  DspFact fact = field != NULL ? base->each (base->data, entity, field, id, each_stored, &walk)
                               : each_listed (self, entity, each_stored, &walk);

  walk_dirty (&walk, entity, field, field != NULL ? id : NULL, NULL);
  return fact;
}

static DspFact
visits (gpointer     data,
        const DspId *crew_id,
        gint64       from_us,
        gint64       until_us,
        DspEach      func,
        gpointer     user_data)
{
  DspExecFacts *self = data;
  const DspFacts *base = dsp_db_facts_get (self->base);
  Walk walk = { self, self->known[dsp_order.number], func, user_data, FALSE };
  DspFact fact = base->visits (base->data, crew_id, from_us, until_us, each_stored, &walk);

  walk_dirty (&walk, &dsp_order, dsp_table_at (&dsp_order.table, offsetof (DspOrder, crew_id)), crew_id, NULL);
  return fact;
}

static DspFact
each_text (gpointer         data,
           const DspEntity *entity,
           const DspField  *field,
           const char      *text,
           DspEach          func,
           gpointer         user_data)
{
  DspExecFacts *self = data;
  const DspFacts *base = dsp_db_facts_get (self->base);
  Walk walk = { self, self->known[entity->number], func, user_data, FALSE };
  DspFact fact = base->each_text (base->data, entity, field, text, each_stored, &walk);

  walk_dirty (&walk, entity, field, NULL, text);
  return fact;
}

static DspFact
any (gpointer         data,
     const DspEntity *entity)
{
  DspExecFacts *self = data;
  const DspFacts *base = dsp_db_facts_get (self->base);

  for (guint i = 0; i < self->dirty->len; i++)
    if (((Known *) self->dirty->pdata[i])->entity == entity && ((Known *) self->dirty->pdata[i])->record != NULL)
      return DSP_FACT_HERE;
  return base->any (base->data, entity);
}

/* Two offices cannot overbook a slot: here, one command after the other, its places are counted. */
static DspFact
booked (gpointer       data,
        gint64         from_us,
        gint64         until_us,
        DspEachBooking func,
        gpointer       user_data)
{
  DspExecFacts *self = data;
  bool fresh;

  if (!dsp_bookings_read (self->bookings, from_us, until_us, &fresh, self->error == NULL ? &self->error : NULL))
    return DSP_FACT_UNKNOWN;
  for (guint i = 0; fresh && i < self->dirty->len; i++)
    {
      Known *known = self->dirty->pdata[i];

      if (known->entity == &dsp_order)
        dsp_bookings_note (self->bookings, &known->id, known->record);
    }
  dsp_bookings_each (self->bookings, from_us, until_us, func, user_data);
  return DSP_FACT_HERE;
}

/* The next folio, skipping those that an import brought in. */
static char *
number (gpointer         data,
        const DspEntity *entity)
{
  DspExecFacts *self = data;
  const DspField *field = dsp_table_at (&entity->table, entity->display_offset);
  g_autoptr(DspStmt) stmt = NULL;
  gconstpointer there = NULL;

  stmt = dsp_db_prepare (self->db, "INSERT INTO folio (entity, last) VALUES ($1, 1)"
                                   " ON CONFLICT (entity) DO UPDATE SET last = folio.last + 1 RETURNING last", &self->error);
  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_text (stmt, 1, entity->table.name, -1);
  for (;;)
    {
      g_autofree char *text = NULL;

      if (dsp_stmt_step (stmt, self->error == NULL ? &self->error : NULL) != DSP_STEP_ROW)
        return NULL;
      text = g_strdup_printf ("D%07" G_GINT64_FORMAT, dsp_stmt_int (stmt, 0));
      dsp_stmt_reset (stmt);
      if (find (self, entity, field, text, &there) != DSP_FACT_HERE)
        return g_steal_pointer (&text);
    }
}

static DspFact
file (gpointer     data,
      const char  *hash,
      gint64      *size,
      const char **media_type)
{
  DspExecFacts *self = data;
  int fd = dsp_files_open (self->files, hash, size, media_type);

  if (fd < 0)
    return DSP_FACT_NONE;
  close (fd);
  return DSP_FACT_HERE;
}

/* A file is one command's, and each command is stored before the next is judged: the database knows. */
static DspFact
held (gpointer     data,
      const DspId *scope,
      gint64      *bytes)
{
  DspExecFacts *self = data;

  return dsp_attachments_held (self->db, scope, bytes, self->error == NULL ? &self->error : NULL) ? DSP_FACT_HERE : DSP_FACT_UNKNOWN;
}

void
dsp_exec_facts_set_files (DspExecFacts *self,
                          DspFiles     *files)
{
  self->files = files;
  self->facts.file = files != NULL ? file : NULL;
}

DspExecFacts *
dsp_exec_facts_new (DspDb *db)
{
  DspExecFacts *self = g_new0 (DspExecFacts, 1);

  self->db = db;
  self->base = dsp_db_facts_new (db, NULL);
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    self->known[i] = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, known_free);
  self->dirty = g_ptr_array_new ();
  self->bookings = dsp_bookings_new (db);
  self->facts = (DspFacts) { .get = get, .find = find, .each = each, .each_text = each_text, .any = any,
                            .number = number, .booked = booked, .visits = visits, .held = held, .data = self };
  return self;
}

void
dsp_exec_facts_free (DspExecFacts *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->dirty);
  dsp_bookings_free (self->bookings);
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    drop_list (self, dsp_entities[i]);
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    g_hash_table_unref (self->known[i]);
  dsp_db_facts_free (self->base);
  g_clear_error (&self->error);
  g_free (self);
}

const DspFacts *
dsp_exec_facts_get (DspExecFacts *self)
{
  return &self->facts;
}

void
dsp_exec_facts_put (DspExecFacts  *self,
                    const DspEdit *edit)
{
  const DspRecord *after = edit->after;
  Known *known;

  drop_list (self, edit->entity);
  if (edit->entity == &dsp_order)
    dsp_bookings_note (self->bookings, &after->id, edit->deleted ? NULL : edit->after);
  known = known_set (self, edit->entity, &after->id, edit->deleted ? NULL : dsp_record_dup (edit->entity, edit->after));
  if (!known->dirty)
    {
      known->dirty = TRUE;
      g_ptr_array_add (self->dirty, known);
    }
}

void
dsp_exec_facts_settle (DspExecFacts *self)
{
  for (guint i = 0; i < self->dirty->len; i++)
    {
      Known *known = self->dirty->pdata[i];

      known->dirty = FALSE;
      drop_list (self, known->entity); /* if it was read before this was stored */
    }
  g_ptr_array_set_size (self->dirty, 0);
  if (self->n_known > KNOWN_MAX)
    dsp_exec_facts_forget (self);
}

void
dsp_exec_facts_forget (DspExecFacts *self)
{
  g_ptr_array_set_size (self->dirty, 0);
  dsp_bookings_forget (self->bookings);
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    g_hash_table_remove_all (self->known[i]);
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    drop_list (self, dsp_entities[i]);
  self->n_known = 0;
  /* What failed concerns only who asked. */
  g_clear_error (&self->error);
  dsp_db_facts_check (self->base, NULL);
}

gboolean
dsp_exec_facts_check (DspExecFacts *self,
                      GError      **error)
{
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  return dsp_db_facts_check (self->base, error);
}
