/* dsp-office-records.c: records other than orders, as people call and read them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-office"

#include "config.h"
#include "dsp-office-private.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

typedef struct { char *key; gpointer record; } Keyed;

static int
compare_keyed (gconstpointer a,
               gconstpointer b)
{
  return strcmp (((const Keyed *) a)->key, ((const Keyed *) b)->key);
}

/* As people read them: C-9 before C-10. */
static GPtrArray *
sorted (DspOffice       *self,
        const DspEntity *entity,
        GPtrArray       *list)
{
  g_autofree Keyed *keyed = g_new (Keyed, list->len + 1);

  for (guint i = 0; i < list->len; i++)
    {
      g_autofree char *title = dsp_office_record_title (self, entity, list->pdata[i]);

      keyed[i].key = g_utf8_collate_key_for_filename (title != NULL ? title : "", -1);
      keyed[i].record = list->pdata[i];
    }
  qsort (keyed, list->len, sizeof *keyed, compare_keyed);
  for (guint i = 0; i < list->len; i++)
    {
      list->pdata[i] = keyed[i].record;
      g_free (keyed[i].key);
    }
  return list;
}

const GPtrArray *
dsp_office_records (DspOffice       *self,
                    const DspEntity *entity)
{
  if (self->lists[entity->number] == NULL)
    self->lists[entity->number] = sorted (self, entity, dsp_replica_list (self->replica, entity));
  return self->lists[entity->number];
}

gconstpointer
dsp_office_get (DspOffice       *self,
                const DspEntity *entity,
                const DspId     *id)
{
  return dsp_id_is_none (id) ? NULL : dsp_replica_get (self->replica, entity, id);
}

char *
dsp_office_record_title (DspOffice       *self,
                         const DspEntity *entity,
                         gconstpointer    record)
{
  const DspField *code = dsp_table_find (&entity->table, "code", 4);
  const DspField *name = dsp_table_find (&entity->table, "name", 4);

  if (code != NULL && name != NULL)
    {
      const char *c = *dsp_field_text (code, record), *n = *dsp_field_text (name, record);

      if (c != NULL && n != NULL)
        return g_strdup_printf ("%s %s", c, n);
    }
  return g_strdup (dsp_record_display (entity, record));
}

char *
dsp_office_title_of (DspOffice       *self,
                     const DspEntity *entity,
                     const DspId     *id)
{
  gconstpointer record = dsp_office_get (self, entity, id);

  return record != NULL ? dsp_office_record_title (self, entity, record) : g_strdup ("");
}

char *
dsp_office_reason_title (DspOffice  *self,
                         const char *code)
{
  const GPtrArray *reasons = dsp_office_records (self, &dsp_reason_code);

  for (guint i = 0; i < reasons->len; i++)
    {
      const DspReasonCode *reason = reasons->pdata[i];

      if (g_strcmp0 (reason->code, code) == 0 && reason->label != NULL)
        return g_strdup (reason->label);
    }
  return g_strdup (code);
}

char *
dsp_office_members (DspOffice   *self,
                    const DspId *crew_id,
                    DspDate      day)
{
  bool today = day.day == dsp_text_local_day (g_get_real_time ()).day;
  g_autoptr(GArray) lines = dsp_crew_day_read (crew_id, day, dsp_office_records (self, &dsp_membership),
                                               dsp_office_records (self, &dsp_technician),
                                               today ? dsp_office_get_roll_call (self, crew_id) : NULL);

  return dsp_crew_day_names (lines);
}

char *
dsp_office_field_text (DspOffice      *self,
                       const DspField *field,
                       gconstpointer   record)
{
  char *text;

  switch ((DspKind) field->kind)
    {
    case DSP_KIND_ID:
      if (field->target != NULL && field->target != &dsp_customer)
        return dsp_office_title_of (self, field->target, dsp_field_id (field, record));
      return g_strdup ("");
    case DSP_KIND_TIME:
      return dsp_text_time (*dsp_field_time (field, record));
    case DSP_KIND_DATE:
      return dsp_text_date (*dsp_field_date (field, record));
    case DSP_KIND_WORD:
      return g_strdup (dsp_text_word (field->words, *dsp_field_word (field, record)));
    case DSP_KIND_YES_NO:
      {
        guint value = *dsp_field_word (field, record);

        return g_strdup (value == DSP_YES ? _("Yes") : value == DSP_NO ? _("No") : "");
      }
    case DSP_KIND_LIST:
      {
        GStrv list = *dsp_field_list (field, record);

        return list != NULL ? g_strjoinv (", ", list) : g_strdup ("");
      }
    case DSP_KIND_TEXT:
    case DSP_KIND_INT:
    case DSP_KIND_MONEY:
    default:
      if (field == dsp_table_at (&dsp_order.table, offsetof (DspOrder, reason)) && *dsp_field_text (field, record) != NULL)
        return dsp_office_reason_title (self, *dsp_field_text (field, record));
      if (dsp_text_is_degrees (field))
        return dsp_text_degrees (*dsp_field_int (field, record));
      text = dsp_field_dup_said (field, record);
      return text != NULL ? text : g_strdup ("");
    }
}

DspCalendar *
dsp_office_dup_calendar (DspOffice *self)
{
  DspId id = dsp_office_settings_id ();
  DspCalendar *calendar = dsp_calendar_new (dsp_office_get (self, &dsp_office_settings, &id));
  const GPtrArray *holidays = dsp_office_records (self, &dsp_holiday);

  for (guint i = 0; i < holidays->len; i++)
    dsp_calendar_add_holiday (calendar, holidays->pdata[i]);
  return calendar;
}
