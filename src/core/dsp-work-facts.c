/* dsp-work-facts.c: what a command in progress asks about other records, and what it tells beside its edits
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-work-private.h"

/**
 * dsp_work_warn:
 * @code: static
 */
void
dsp_work_warn (DspWork    *work,
               const char *code,
               const char *format,
               ...)
{
  DspWarning warning = { code, NULL };
  va_list args;

  va_start (args, format);
  warning.message = g_strdup_vprintf (format, args);
  va_end (args);
  g_array_append_val (work->warnings, warning);
}

guint
dsp_work_n_warnings (DspWork *work)
{
  return work->warnings->len;
}

/**
 * dsp_work_warning_at:
 * Returns: (transfer none): valid until the next run
 */
const DspWarning *
dsp_work_warning_at (DspWork *work,
                     guint    i)
{
  return &g_array_index (work->warnings, DspWarning, i);
}

/**
 * dsp_work_find:
 * @offset: of a DSP_UNIQUE text member
 * Looks a record up by its business key, whatever its scope: the caller must not reveal a hidden one.
 */
DspFact
dsp_work_find (DspWork         *work,
               const DspEntity *entity,
               gsize            offset,
               const char      *text,
               gconstpointer   *record)
{
  *record = NULL;
  return work->facts->find (work->facts->data, entity, dsp_table_at (&entity->table, offset), text, record);
}

/**
 * dsp_work_each:
 * @offset: of a DSP_INDEXED id member; 0 for all records of the entity
 * Gives the records as they were before this run.
 */
DspFact
dsp_work_each (DspWork         *work,
               const DspEntity *entity,
               gsize            offset,
               const DspId     *id,
               DspEach          each,
               gpointer         user_data)
{
  const DspField *field = offset != 0 ? dsp_table_at (&entity->table, offset) : NULL;

  return work->facts->each (work->facts->data, entity, field, id, each, user_data);
}

/**
 * dsp_work_each_text:
 * @offset: of a DSP_INDEXED text member
 * Gives the records as they were before this run.
 */
DspFact
dsp_work_each_text (DspWork         *work,
                    const DspEntity *entity,
                    gsize            offset,
                    const char      *text,
                    DspEach          each,
                    gpointer         user_data)
{
  if (work->facts->each_text == NULL)
    return DSP_FACT_UNKNOWN;
  return work->facts->each_text (work->facts->data, entity, dsp_table_at (&entity->table, offset), text, each, user_data);
}

/**
 * dsp_work_any:
 * Whether there is any record of @entity: an office may do without a catalogue.
 */
DspFact
dsp_work_any (DspWork         *work,
              const DspEntity *entity)
{
  return work->facts->any != NULL ? work->facts->any (work->facts->data, entity) : DSP_FACT_UNKNOWN;
}

/**
 * dsp_work_booked:
 * The visits that are booked in a stretch of time, as they were before this run.
 */
DspFact
dsp_work_booked (DspWork       *work,
                 gint64         from_us,
                 gint64         until_us,
                 DspEachBooking each,
                 gpointer       user_data)
{
  if (work->facts->booked == NULL)
    return DSP_FACT_UNKNOWN;
  return work->facts->booked (work->facts->data, from_us, until_us, each, user_data);
}

/**
 * dsp_work_visits:
 * A crew's orders of a stretch of time, as they were before this run; perhaps others of its besides.
 */
DspFact
dsp_work_visits (DspWork     *work,
                 const DspId *crew_id,
                 gint64       from_us,
                 gint64       until_us,
                 DspEach      each,
                 gpointer     user_data)
{
  if (work->facts->visits == NULL)
    return dsp_work_each (work, &dsp_order, offsetof (DspOrder, crew_id), crew_id, each, user_data);
  return work->facts->visits (work->facts->data, crew_id, from_us, until_us, each, user_data);
}

/**
 * dsp_work_file:
 * What is known of an attachment's bytes.
 */
DspFact
dsp_work_file (DspWork     *work,
               const char  *hash,
               gint64      *size,
               const char **media_type)
{
  return work->facts->file != NULL ? work->facts->file (work->facts->data, hash, size, media_type) : DSP_FACT_UNKNOWN;
}

/**
 * dsp_work_held:
 * How many bytes the attachments of @scope come to, as they were before this run.
 */
DspFact
dsp_work_held (DspWork     *work,
               const DspId *scope,
               gint64      *bytes)
{
  return work->facts->held != NULL ? work->facts->held (work->facts->data, scope, bytes) : DSP_FACT_UNKNOWN;
}

/**
 * dsp_work_number:
 * Returns: (transfer full): the public number of a new record. Only the server has them; a replica shows a provisional
 *   label, made of the end of the id, until the server's comes.
 */
char *
dsp_work_number (DspWork         *work,
                 const DspEntity *entity,
                 const DspId     *id)
{
  char *number = work->facts->number != NULL ? work->facts->number (work->facts->data, entity) : NULL;

  if (number == NULL)
    number = g_strdup_printf ("~%02x%02x%02x", id->b[13], id->b[14], id->b[15]);
  return number;
}

/**
 * dsp_number_is_provisional:
 * @number: (nullable)
 *
 * Returns: whether it is the label of dsp_work_number() that a replica shows until the server's number comes.
 */
bool
dsp_number_is_provisional (const char *number)
{
  return number != NULL && *number == '~';
}
