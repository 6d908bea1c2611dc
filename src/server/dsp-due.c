/* dsp-due.c: when a record must be looked at again
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-due.h"

struct _DspDue
{
  DspDb   *db;
  gint64   next_us;
  gboolean known;  /* next_us is that of the table, or earlier */
};

DspDue *
dsp_due_new (DspDb *db)
{
  DspDue *self = g_new0 (DspDue, 1);

  self->db = db;
  return self;
}

void
dsp_due_free (DspDue *self)
{
  g_free (self);
}

void
dsp_due_forget (DspDue *self)
{
  self->known = FALSE;
}

static gboolean
run (DspDue          *self,
     const char      *sql,
     gint64           at_us,
     const DspEntity *entity,
     const DspId     *id,
     GError         **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (self->db, sql, error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, at_us);
  dsp_stmt_bind_text (stmt, 2, entity->table.name, -1);
  dsp_stmt_bind_id (stmt, 3, id);
  return dsp_stmt_run (stmt, NULL, error);
}

static gboolean
drop (DspDue          *self,
      gint64           at_us,
      const DspEntity *entity,
      const DspId     *id,
      GError         **error)
{
  return run (self, "DELETE FROM due WHERE at = $1 AND entity = $2 AND id = $3", at_us, entity, id, error);
}

gboolean
dsp_due_note (DspDue        *self,
              const DspEdit *edit,
              GError       **error)
{
  const DspEntity *entity = edit->entity;
  const DspId *id = &((const DspRecord *) edit->after)->id;
  gint64 before_us, after_us;

  if (entity->due == NULL)
    return TRUE;
  before_us = edit->before != NULL ? entity->due (edit->before).us : 0;
  after_us = edit->deleted ? 0 : entity->due (edit->after).us;
  if (before_us == after_us)
    return TRUE;
  if (before_us != 0 && !drop (self, before_us, entity, id, error))
    return FALSE;
  if (after_us == 0)
    return TRUE;
  if (self->known)
    self->next_us = MIN (self->next_us, after_us);
  return run (self, "INSERT INTO due (at, entity, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", after_us, entity, id, error);
}

gboolean
dsp_due_take (DspDue           *self,
              gint64            now_us,
              guint             max,
              const DspEntity **entity,
              GArray           *ids,
              GError          **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  DspStep step;

  *entity = NULL;
  g_array_set_size (ids, 0);
  stmt = dsp_db_prepare (self->db, "SELECT at, entity, id FROM due WHERE at <= $1 ORDER BY at, entity, id LIMIT $2", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, now_us);
  dsp_stmt_bind_int (stmt, 2, max);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      const DspEntity *of = dsp_entity_find (dsp_stmt_text (stmt, 1, NULL));
      gint64 at_us = dsp_stmt_int (stmt, 0);
      DspId id = dsp_stmt_id (stmt, 2);

      if (*entity == NULL)
        *entity = of;
      if (of == NULL || of != *entity)
        break;
      g_array_append_val (times, at_us);
      g_array_append_val (ids, id);
      if (of->due_command->flags & DSP_COMMAND_WHOLE)
        break;
    }
  g_clear_pointer (&stmt, dsp_stmt_done);
  if (step == DSP_STEP_FAILED)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!drop (self, g_array_index (times, gint64, i), *entity, &g_array_index (ids, DspId, i), error))
      return FALSE;
  self->known = FALSE;
  return TRUE;
}

gint64
dsp_due_next (DspDue *self)
{
  g_autoptr(DspStmt) stmt = NULL;
  g_autoptr(GError) error = NULL;

  if (self->known)
    return self->next_us;
  stmt = dsp_db_prepare (self->db, "SELECT at FROM due ORDER BY at LIMIT 1", &error);
  switch (stmt != NULL ? dsp_stmt_step (stmt, &error) : DSP_STEP_FAILED)
    {
    case DSP_STEP_ROW:
      self->next_us = dsp_stmt_int (stmt, 0);
      self->known = TRUE;
      break;
    case DSP_STEP_DONE:
      self->next_us = G_MAXINT64;
      self->known = TRUE;
      break;
    case DSP_STEP_FAILED:
    default:
      g_warning ("the next instant that is due: %s", error->message);
      return G_MAXINT64;
    }
  return self->next_us;
}
