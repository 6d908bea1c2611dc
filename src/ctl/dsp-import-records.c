/* dsp-import-records.c: crews, people and contractors from CSV
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include "dsp-batch.h"
#include "dsp-csv-write.h"

#include <glib/gi18n.h>
#include <string.h>

/* The columns that a user's file has besides the user's own: what he is, and where. */
static gboolean
is_grant_column (const DspEntity *entity,
                 const char      *column)
{
  return entity == &dsp_user && (strcmp (column, "profile") == 0 || strcmp (column, "scope") == 0);
}

static gboolean
check_columns (const DspEntity *entity,
               DspCsv          *csv,
               const char      *path,
               GError         **error)
{
  guint n_names;
  const char *const *names = dsp_csv_get_names (csv, &n_names);
  const DspField *key = dsp_entity_key (entity);

  for (guint i = 0; i < n_names; i++)
    if (!is_grant_column (entity, names[i]) && dsp_column_field (&entity->table, names[i]) == NULL)
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s: %s has no field “%s”"), path,
                     entity->table.name, names[i]);
        return FALSE;
      }
  if (key != NULL && dsp_csv_find (csv, key->name) < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s: column “%s” is missing"), path, key->name);
      return FALSE;
    }
  return TRUE;
}

/* A record without a key of its own is the same one if what may never change of it is the same. */
static DspId
id_by_content (const DspEntity *entity,
               gconstpointer    record)
{
  g_autoptr(GString) key = NULL;

  if (entity == &dsp_office_settings)
    return dsp_office_settings_id ();
  key = g_string_new (NULL);
  for (guint i = 0; i < entity->table.n_fields; i++)
    if (entity->table.fields[i].flags & (DSP_FIXED | DSP_REQUIRED))
      {
        g_autofree char *text = dsp_field_dup_text (&entity->table.fields[i], record);

        g_string_append_printf (key, "%s/", text != NULL ? text : "");
      }
  return dsp_id_from_key (entity->table.name, key->str);
}

/* Creates the record, or changes the one that has its key. */
static gboolean
put_record (DspLink         *link,
            DspDirectory    *directory,
            const DspEntity *entity,
            gpointer         record,
            guint64          given,
            DspOutcome      *outcome,
            GError         **error)
{
  const DspField *key = dsp_entity_key (entity);
  DspRecord *head = record;
  const DspRecord *there = NULL;
  const DspCommand *command;

  if (key != NULL)
    {
      const char *text = *dsp_field_text (key, record);

      if (text == NULL)
        return dsp_refuse (error, DSP_RULE_REQUIRED, _("%s is missing"), key->name);
      if (!dsp_directory_find (directory, entity, text, (gconstpointer *) &there, error))
        return FALSE;
      head->id = there != NULL ? there->id : dsp_new_id ();
    }
  else
    {
      head->id = id_by_content (entity, record);
      there = dsp_directory_by_id (directory, entity, &head->id, NULL);
    }

  if (there != NULL)
    given &= dsp_table_diff (&entity->table, there, record);
  *outcome = there == NULL ? DSP_OUTCOME_ADDED : given != 0 ? DSP_OUTCOME_CHANGED : DSP_OUTCOME_UNCHANGED;
  if (*outcome == DSP_OUTCOME_UNCHANGED)
    return TRUE;
  command = dsp_import_need_command (entity, there == NULL ? "create" : "change", NULL);
  if (command == NULL) /* one that puts, whether the record is there or not */
    command = dsp_import_need_command (entity, "put", error);
  if (command == NULL || !dsp_link_give (link, command, &head->id, record, given, error))
    return FALSE;
  dsp_directory_add (directory, entity, record);
  return TRUE;
}

static gboolean
read_scope (DspDirectory *directory,
            const char   *text,
            DspId        *over,
            GError      **error)
{
  const char *blank = strchr (text, ' ');
  const DspEntity *entity = NULL;
  const DspRecord *there = NULL;

  if (strcmp (text, "all") == 0)
    {
      *over = dsp_scope_all;
      return TRUE;
    }
  if (blank != NULL && g_str_has_prefix (text, "distributor "))
    entity = &dsp_distributor;
  else if (blank != NULL && g_str_has_prefix (text, "master "))
    entity = &dsp_master;
  if (entity == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("scope: “%s” is not all, distributor CODE or master CODE"), text);
  if (!dsp_directory_find (directory, entity, blank + 1, (gconstpointer *) &there, error))
    return FALSE;
  if (there == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("scope: there is no %s %s"), entity->table.name, blank + 1);
  *over = there->id;
  return TRUE;
}

/**
 * dsp_grant_read:
 * @scope: (nullable): "all", which it is if not said, "distributor CODE" or "master CODE"
 * @grant: (inout): gets what it gives and where
 */
gboolean
dsp_grant_read (DspDirectory *directory,
                const char   *profile,
                const char   *scope,
                DspGrant     *grant,
                GError      **error)
{
  const DspRecord *there = NULL;

  if (!dsp_directory_find (directory, &dsp_profile, profile, (gconstpointer *) &there, error))
    return FALSE;
  if (there == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("profile: there is no “%s”"), profile);
  grant->profile_id = there->id;
  return read_scope (directory, scope != NULL ? scope : "all", &grant->over, error);
}

/**
 * dsp_grant_give:
 * Nothing happens if the user has it.
 */
gboolean
dsp_grant_give (DspLink      *link,
                DspDirectory *directory,
                DspGrant     *grant,
                DspOutcome   *outcome,
                GError      **error)
{
  return put_record (link, directory, &dsp_grant, grant,
                     DSP_FIELDS_ALL >> (64 - dsp_grant.table.n_fields), outcome, error);
}

static gboolean
read_record (DspDirectory    *directory,
             const DspEntity *entity,
             DspCsv          *csv,
             const DspCsvRow *row,
             gpointer         record,
             guint64         *given,
             GError         **error)
{
  const char *const *names = dsp_csv_get_names (csv, NULL);

  for (guint i = 0; i < row->n_fields; i++)
    {
      /* As "list" wrote it, or a spreadsheet. */
      g_autofree char *text = dsp_csv_unguard (row->fields[i]);

      if (!is_grant_column (entity, names[i]) &&
          !dsp_directory_set (directory, &entity->table, record, given, names[i], text, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
import_row (DspLink         *link,
            DspDirectory    *directory,
            const DspEntity *entity,
            DspCsv          *csv,
            const DspCsvRow *row,
            DspOutcome      *outcome,
            GError         **error)
{
  int profile = entity == &dsp_user ? dsp_csv_find (csv, "profile") : -1;
  int scope = entity == &dsp_user ? dsp_csv_find (csv, "scope") : -1;
  gpointer record = dsp_record_new (entity);
  guint64 given = 0;
  gboolean grants = profile >= 0 && *row->fields[profile] != '\0';
  DspGrant grant = { 0 };
  gboolean done = read_record (directory, entity, csv, row, record, &given, error) &&
                  (!grants || dsp_grant_read (directory, row->fields[profile], scope >= 0 ? row->fields[scope] : NULL,
                                              &grant, error)) &&
                  put_record (link, directory, entity, record, given, outcome, error);

  if (done && grants)
    {
      DspOutcome granted = DSP_OUTCOME_UNCHANGED;

      grant.user_id = ((DspRecord *) record)->id;
      done = dsp_grant_give (link, directory, &grant, &granted, error);
      if (*outcome == DSP_OUTCOME_UNCHANGED && granted != DSP_OUTCOME_UNCHANGED)
        *outcome = DSP_OUTCOME_CHANGED;
    }
  dsp_record_free (entity, record);
  return done;
}

/**
 * dsp_import_records:
 * A CSV whose columns are named as the fields; references by key. New keys are created, known ones changed.
 */
gboolean
dsp_import_records (DspLink         *link,
                    const DspEntity *entity,
                    const char      *path,
                    DspReport       *report,
                    GCancellable    *cancellable,
                    GError         **error)
{
  g_autoptr(DspCsv) csv = dsp_import_open_csv (path, cancellable, error);
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  DspCsvRow row;
  DspCsvResult result;

  if (csv == NULL || !check_columns (entity, csv, path, error))
    return FALSE;
  while ((result = dsp_csv_next (csv, &row, error)) != DSP_CSV_END && result != DSP_CSV_FAILED)
    {
      g_autoptr(GError) fault = NULL;
      DspOutcome outcome = DSP_OUTCOME_UNCHANGED;

      dsp_report_read (report, 1);
      if (dsp_import_is_stopped (cancellable, dsp_csv_get_input (csv), report, error))
        return FALSE;
      if (result == DSP_CSV_REFUSED)
        dsp_report_refuse (report, row.line, 1, row.reason);
      else if (import_row (link, directory, entity, csv, &row, &outcome, &fault))
        dsp_report_count (report, outcome, 1);
      else if (!dsp_import_refuse (report, row.line, &fault, error))
        return FALSE;
    }
  return result == DSP_CSV_END;
}
