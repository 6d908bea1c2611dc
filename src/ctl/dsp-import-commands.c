/* dsp-import-commands.c: commands by the row: what many people would do by hand
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include "dsp-record-json.h"

#include <glib/gi18n.h>
#include <string.h>

/* So many go in one push. */
#define COMMANDS 100

/* "@attention_at" takes the value of the record itself; an instant that has not come yet is now. */
static gboolean
take_from_record (const DspTable  *table,
                  gpointer         args,
                  guint64         *given,
                  const char      *column,
                  const DspEntity *entity,
                  gconstpointer    record,
                  const char      *name,
                  GError         **error)
{
  const DspField *to = dsp_column_field (table, column);
  const DspField *from = dsp_table_find (&entity->table, name, strlen (name));
  g_autofree char *text = NULL;

  if (to == NULL || from == NULL || to->kind != from->kind)
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s cannot be @%s"), column, name);
  text = dsp_field_dup_text (from, record);
  if (!dsp_field_set_text (to, args, text, error))
    return FALSE;
  if (to->kind == DSP_KIND_TIME)
    dsp_field_time (to, args)->us = MIN (dsp_field_time (to, args)->us, g_get_real_time ());
  *given |= G_GUINT64_CONSTANT (1) << (to - table->fields);
  return TRUE;
}

static gboolean
read_args (DspDirectory     *directory,
           const DspCommand *command,
           DspCsv           *csv,
           const DspCsvRow  *row,
           gpointer          args,
           guint64          *given,
           const DspRecord **record,
           GError          **error)
{
  const char *const *names = dsp_csv_get_names (csv, NULL);
  const DspField *key = dsp_entity_key (command->entity);
  int at = dsp_csv_find (csv, key->name);

  if (!dsp_directory_find (directory, command->entity, row->fields[at], (gconstpointer *) record, error))
    return FALSE;
  if (*record == NULL)
    return dsp_refuse (error, DSP_RULE_NO_SUCH_RECORD, _("There is no %s %s"), command->entity->table.name,
                       row->fields[at]);
  for (guint i = 0; i < row->n_fields; i++)
    {
      const char *text = row->fields[i];

      if ((int) i == at)
        continue;
      if (*text == '@' ? !take_from_record (command->args, args, given, names[i], command->entity, *record, text + 1, error)
                       : !dsp_directory_set (directory, command->args, args, given, names[i], text, error))
        return FALSE;
    }
  return TRUE;
}

static char *
command_json (const DspCommand *command,
              const DspRecord  *record,
              gconstpointer     args,
              guint64           given)
{
  GString *json = g_string_new (NULL);
  char id[DSP_ID_TEXT];

  dsp_id_print (&record->id, id);
  g_string_append_printf (json, "\"kind\":\"%s\",\"v\":%d,\"id\":\"%s\",\"base\":%" G_GINT64_FORMAT ",\"args\":",
                          command->name, DSP_COMMAND_VERSION, id, record->version);
  dsp_record_json_write_given (command->args, args, given, json);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

static gboolean
send_commands (DspLink   *link,
               DspReport *report,
               GPtrArray *commands,
               GArray    *lines,
               GError   **error)
{
  g_autoptr(GPtrArray) results = NULL;

  if (lines->len == 0)
    return TRUE;
  results = dsp_link_send (link, commands, error);
  if (results == NULL)
    return FALSE;
  for (guint i = 0; i < results->len && i < lines->len; i++)
    {
      const DspLinkResult *result = g_ptr_array_index (results, i);

      if (g_strcmp0 (result->status, "rejected") == 0)
        dsp_report_refuse (report, g_array_index (lines, guint64, i), 1,
                           result->message != NULL ? result->message : result->code);
      else
        dsp_report_count (report, DSP_OUTCOME_CHANGED, 1);
    }
  g_array_set_size (lines, 0);
  g_ptr_array_set_size (commands, 0);
  return TRUE;
}

/**
 * dsp_import_commands:
 * A CSV with the key of a record and the arguments of @command by row, given in order: what many people would do by hand.
 * A value of "@field" is the record's own.
 */
gboolean
dsp_import_commands (DspLink          *link,
                     const DspCommand *command,
                     const char       *path,
                     DspReport        *report,
                     GCancellable     *cancellable,
                     GError          **error)
{
  g_autoptr(DspCsv) csv = dsp_import_open_csv (path, cancellable, error);
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  g_autoptr(GPtrArray) commands = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint64));
  const DspField *key = dsp_entity_key (command->entity);
  DspCsvRow row;
  DspCsvResult result;

  if (csv == NULL)
    return FALSE;
  if (key == NULL || command->args == NULL || (command->flags & (DSP_COMMAND_PUTS | DSP_COMMAND_CREATES)))
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s cannot be given by the row"), command->name);
  if (dsp_csv_find (csv, key->name) < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s: column “%s” is missing"), path, key->name);
      return FALSE;
    }
  while ((result = dsp_csv_next (csv, &row, error)) != DSP_CSV_END && result != DSP_CSV_FAILED)
    {
      g_autoptr(GError) fault = NULL;
      g_autofree gpointer args = g_malloc0 (command->args->size);
      const DspRecord *record = NULL;
      guint64 given = 0;

      dsp_report_read (report, 1);
      if (dsp_import_is_stopped (cancellable, dsp_csv_get_input (csv), report, error))
        return FALSE;
      if (result == DSP_CSV_REFUSED)
        dsp_report_refuse (report, row.line, 1, row.reason);
      else if (read_args (directory, command, csv, &row, args, &given, &record, &fault))
        {
          g_ptr_array_add (commands, command_json (command, record, args, given));
          g_array_append_val (lines, row.line);
        }
      dsp_table_clear (command->args, args);
      if (fault != NULL && !dsp_import_refuse (report, row.line, &fault, error))
        return FALSE;
      if (lines->len == COMMANDS && !send_commands (link, report, commands, lines, error))
        return FALSE;
    }
  return result == DSP_CSV_END && send_commands (link, report, commands, lines, error);
}
