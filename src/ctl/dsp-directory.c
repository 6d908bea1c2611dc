/* dsp-directory.c: records by the key that people know them by
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files name a crew by its code and a place in degrees; commands want ids and integers. An entity is read whole when its
 * first key is asked for.
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-directory.h"

#include "dsp-currency.h"
#include "dsp-record-json.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define PAGE 1000

typedef struct {
  GHashTable *by_key; /* key → record; owns neither */
  GHashTable *by_id;  /* id → record; owns the record */
  GPtrArray  *list;   /* (nullable): the records in the server's order; owns nothing */
} Shelf;

struct _DspDirectory
{
  DspLink *link;
  Shelf    shelves[DSP_N_ENTITIES];
};

static void read_currency (DspDirectory *self);

DspDirectory *
dsp_directory_new (DspLink *link)
{
  DspDirectory *self = g_new0 (DspDirectory, 1);

  self->link = link;
  read_currency (self);
  return self;
}

static void
clear_shelf (Shelf           *shelf,
             const DspEntity *entity)
{
  GHashTableIter iter;
  gpointer record;

  if (shelf->by_id == NULL)
    return;
  g_hash_table_iter_init (&iter, shelf->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &record))
    dsp_record_free (entity, record);
  g_clear_pointer (&shelf->by_id, g_hash_table_unref);
  g_clear_pointer (&shelf->by_key, g_hash_table_unref);
}

void
dsp_directory_free (DspDirectory *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    clear_shelf (&self->shelves[i], dsp_entities[i]);
  g_free (self);
}

/**
 * dsp_entity_key:
 * Returns: (nullable): the field by which people name one record: its unique text
 */
const DspField *
dsp_entity_key (const DspEntity *entity)
{
  for (guint i = 0; i < entity->table.n_fields; i++)
    if (entity->table.fields[i].flags & DSP_UNIQUE)
      return &entity->table.fields[i];
  return NULL;
}

static void
shelve (Shelf           *shelf,
        const DspEntity *entity,
        gpointer         record)
{
  const DspField *key = dsp_entity_key (entity);

  g_hash_table_insert (shelf->by_id, record, record);
  if (shelf->list != NULL)
    g_ptr_array_add (shelf->list, record);
  if (key != NULL && *dsp_field_text (key, record) != NULL)
    g_hash_table_insert (shelf->by_key, *dsp_field_text (key, record), record);
}

/* {"id":…,"scope":…,"version":…,"body":{…}} */
static bool
read_row (DspJsonReader   *r,
          const DspEntity *entity,
          gpointer         record)
{
  const char *name, *text;
  gsize length, n;
  DspRecord *head = record;

  if (!dsp_json_enter_object (r))
    return false;
  while (dsp_json_next_member (r, &name, &length))
    {
      if (dsp_json_is (name, length, "id"))
        {
          if (dsp_json_read_raw (r, &text, &n) && !dsp_id_parse (text, n, &head->id))
            dsp_json_fail (r, "not an id");
        }
      else if (dsp_json_is (name, length, "version"))
        dsp_json_read_int (r, &head->version);
      else if (dsp_json_is (name, length, "body"))
        dsp_record_json_read_at (&entity->table, DSP_STRICT_RECORD, r, record, NULL, NULL);
      else
        dsp_json_skip (r, NULL, NULL);
    }
  return r->fault == NULL;
}

static gboolean
read_page (GBytes          *page,
           const DspEntity *entity,
           Shelf           *shelf,
           char           **next,
           GError         **error)
{
  gsize size;
  const char *text = g_bytes_get_data (page, &size);
  const char *name;
  gsize length;
  DspJsonReader r;

  dsp_json_reader_init (&r, text, size);
  if (dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &name, &length))
      {
        if (dsp_json_is (name, length, "next") && dsp_json_peek (&r) == '"')
          dsp_json_read_text (&r, next);
        else if (dsp_json_is (name, length, "rows") && dsp_json_enter_array (&r))
          while (dsp_json_next_item (&r))
            {
              gpointer record = dsp_record_new (entity);

              if (read_row (&r, entity, record))
                shelve (shelf, entity, record);
              else
                dsp_record_free (entity, record);
            }
        else
          dsp_json_skip (&r, NULL, NULL);
      }
  return dsp_json_reader_finish (&r, error);
}

static gboolean
load (DspDirectory    *self,
      const DspEntity *entity,
      const char      *filter,
      GError         **error)
{
  Shelf *shelf = &self->shelves[entity->number];
  g_autofree char *next = NULL;

  if (shelf->by_id != NULL)
    return TRUE;
  shelf->by_id = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  shelf->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  do
    {
      g_autofree char *after = g_steal_pointer (&next);
      g_autofree char *target = g_strdup_printf ("/v1/%s?limit=%d%s%s%s%s", entity->table.name, PAGE,
                                                 after != NULL ? "&after=" : "", after != NULL ? after : "",
                                                 filter != NULL ? "&" : "", filter != NULL ? filter : "");
      g_autoptr(GBytes) page = dsp_link_call (self->link, "GET", target, NULL, error);

      if (page == NULL || !read_page (page, entity, shelf, &next, error))
        return FALSE;
    }
  while (next != NULL);
  return TRUE;
}

/**
 * dsp_directory_find:
 * @record: (out): NULL if there is none with that key
 * Returns: FALSE only if it could not be found out
 */
gboolean
dsp_directory_find (DspDirectory    *self,
                    const DspEntity *entity,
                    const char      *key,
                    gconstpointer   *record,
                    GError         **error)
{
  *record = NULL;
  if (!load (self, entity, NULL, error))
    return FALSE;
  *record = g_hash_table_lookup (self->shelves[entity->number].by_key, key);
  return TRUE;
}

gconstpointer
dsp_directory_by_id (DspDirectory    *self,
                     const DspEntity *entity,
                     const DspId     *id,
                     GError         **error)
{
  return load (self, entity, NULL, error) ? g_hash_table_lookup (self->shelves[entity->number].by_id, id) : NULL;
}

/* Amounts are read and written in the office's currency. If it cannot be asked for, what follows fails with its reason. The shelf is
 * left as if nobody had asked. */
static void
read_currency (DspDirectory *self)
{
  DspId id = dsp_office_settings_id ();
  const DspOfficeSettings *office = dsp_directory_by_id (self, &dsp_office_settings, &id, NULL);

  dsp_currency_set (office != NULL ? office->currency : NULL);
  clear_shelf (&self->shelves[dsp_office_settings.number], &dsp_office_settings);
}

/**
 * dsp_directory_dup_all:
 * @filter: (nullable): as in GET v1/ENTITY; before anything else was asked of this entity
 * Returns: (transfer container) (nullable): the records in the server's order; they live as long as the directory
 */
GPtrArray *
dsp_directory_dup_all (DspDirectory    *self,
                       const DspEntity *entity,
                       const char      *filter,
                       GError         **error)
{
  Shelf *shelf = &self->shelves[entity->number];
  g_autoptr(GPtrArray) list = g_ptr_array_new ();
  gboolean done;

  shelf->list = list;
  done = load (self, entity, filter, error);
  shelf->list = NULL;
  return done ? g_steal_pointer (&list) : NULL;
}

/**
 * dsp_directory_add:
 * Notes a record that was just created or changed, so that later rows can name it.
 */
void
dsp_directory_add (DspDirectory    *self,
                   const DspEntity *entity,
                   gconstpointer    record)
{
  Shelf *shelf = &self->shelves[entity->number];
  gpointer old, copy;

  if (shelf->by_id == NULL)
    return;
  copy = dsp_record_dup (entity, record);
  old = g_hash_table_lookup (shelf->by_id, record);
  if (old != NULL)
    {
      const DspField *key = dsp_entity_key (entity);

      g_hash_table_remove (shelf->by_id, old);
      if (key != NULL && *dsp_field_text (key, old) != NULL)
        g_hash_table_remove (shelf->by_key, *dsp_field_text (key, old));
      dsp_record_free (entity, old);
    }
  shelve (shelf, entity, copy);
}

/**
 * dsp_column_field:
 * A column is called as the field, or without what only a machine needs: "crew" is crew_id, "home_lat" is home_lat_e7.
 */
const DspField *
dsp_column_field (const DspTable *table,
                  const char     *column)
{
  static const char *const suffixes[] = { "", "_id", "_e7" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (column, suffixes[i], NULL);
      const DspField *field = dsp_table_find (table, name, strlen (name));

      if (field != NULL)
        return field;
    }
  return NULL;
}

static gboolean
wrong (GError    **error,
       const char *column,
       const char *text,
       const char *what)
{
  g_set_error (error, DSP_RULE_ERROR, DSP_RULE_INVALID, _("%s: “%s” is not %s"), column, text, what);
  return FALSE;
}

static gboolean
set_reference (DspDirectory   *self,
               const DspField *field,
               gpointer        record,
               const char     *column,
               const char     *text,
               GError        **error)
{
  const DspRecord *there = NULL;
  DspId id;

  if (dsp_id_parse (text, strlen (text), &id))
    {
      *dsp_field_id (field, record) = id;
      return TRUE;
    }
  if (field->target == NULL || dsp_entity_key (field->target) == NULL)
    return wrong (error, column, text, _("an id"));
  if (!dsp_directory_find (self, field->target, text, (gconstpointer *) &there, error))
    return FALSE;
  if (there == NULL)
    return wrong (error, column, text, _("known: there is no such record"));
  *dsp_field_id (field, record) = there->id;
  return TRUE;
}

static gboolean
set_degrees (const DspField *field,
             gpointer        record,
             const char     *column,
             const char     *text,
             GError        **error)
{
  char *end;
  double degrees = g_ascii_strtod (text, &end);

  if (*end != '\0' || !isfinite (degrees) || fabs (degrees) > 180)
    return wrong (error, column, text, _("a number of degrees"));
  *dsp_field_int (field, record) = (DspInt) { (gint64) llround (degrees * 1e7), true };
  return TRUE;
}

/* "08:30" where minutes after midnight are meant. */
static gboolean
set_clock (const DspField *field,
           gpointer        record,
           const char     *column,
           const char     *text,
           GError        **error)
{
  guint hours, minutes;
  int used = 0;

  if (sscanf (text, "%2u:%2u%n", &hours, &minutes, &used) != 2 || text[used] != '\0' || hours > 24 || minutes > 59)
    return wrong (error, column, text, _("a time of day, HH:MM"));
  *dsp_field_int (field, record) = (DspInt) { hours * 60 + minutes, true };
  return TRUE;
}

gboolean
dsp_directory_set (DspDirectory   *self,
                   const DspTable *table,
                   gpointer        record,
                   guint64        *given,
                   const char     *column,
                   const char     *text,
                   GError        **error)
{
  const DspField *field = dsp_column_field (table, column);
  g_autofree char *clean = g_strstrip (g_strdup (text));

  if (field == NULL)
    return wrong (error, table->name, column, _("one of its fields"));
  *given |= G_GUINT64_CONSTANT (1) << (field - table->fields);
  if (*clean == '\0')
    return dsp_field_set_said (field, record, NULL, error);
  if (field->kind == DSP_KIND_ID)
    return set_reference (self, field, record, column, clean, error);
  if (field->kind == DSP_KIND_INT && g_str_has_suffix (field->name, "_e7") && !g_str_has_suffix (column, "_e7"))
    return set_degrees (field, record, column, clean, error);
  if (field->kind == DSP_KIND_INT && strchr (clean, ':') != NULL)
    return set_clock (field, record, column, clean, error);
  if (field->kind == DSP_KIND_LIST)
    g_strdelimit (clean, "|", ';');
  return dsp_field_set_said (field, record, clean, error);
}
