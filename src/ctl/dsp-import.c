/* dsp-import.c: what the imports share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include <glib/gi18n.h>

/**
 * dsp_import_group:
 * Returns: (transfer full): what names the content of a file in the history: the same for the same bytes
 */
char *
dsp_import_group (const char *path,
                  GError    **error)
{
  g_autoptr(GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  char *sum;

  if (file == NULL)
    return NULL;
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) g_mapped_file_get_contents (file),
                                     g_mapped_file_get_length (file));
  sum[32] = '\0';
  return sum;
}

/**
 * dsp_import_open_csv:
 * Returns: (transfer full) (nullable): a CSV of our own columns, in UTF-8 or ISO-8859-1
 */
DspCsv *
dsp_import_open_csv (const char   *path,
                     GCancellable *cancellable,
                     GError      **error)
{
  DspInputOptions input_options = { .encoding = DSP_INPUT_AUTO };
  DspCsvOptions csv_options = { 0 };
  DspInput *input = dsp_input_open (path, &input_options, cancellable, error);

  return input != NULL ? dsp_csv_new (input, &csv_options, error) : NULL;
}

/**
 * dsp_import_need_command:
 * @verb: "create", "change" and so on
 * Returns: the entity's command of that name, or NULL with an error: not every record can be made or changed by hand
 */
const DspCommand *
dsp_import_need_command (const DspEntity *entity,
                         const char      *verb,
                         GError         **error)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", entity->table.name, verb);
  const DspCommand *command = dsp_command_find (name);

  if (command == NULL)
    dsp_refuse (error, DSP_RULE_INVALID, _("%s: there is no “%s”"), entity->table.name, verb);
  return command;
}

/**
 * dsp_import_is_stopped:
 * Between two rows: shows how far the file is read.
 * Returns: TRUE, with an error, if somebody wants it to end
 */
gboolean
dsp_import_is_stopped (GCancellable *cancellable,
                       DspInput     *input,
                       DspReport    *report,
                       GError      **error)
{
  guint64 done, total;

  dsp_input_get_progress (input, &done, &total);
  dsp_report_progress (report, done, total);
  return g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * dsp_import_refuse:
 * @fault: (inout) (transfer full): why the row at @line cannot be taken
 * Returns: FALSE, with @error, if it is no fault of the row's, and ends the import
 */
gboolean
dsp_import_refuse (DspReport *report,
                   guint64    line,
                   GError   **fault,
                   GError   **error)
{
  if ((*fault)->domain != DSP_RULE_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (fault));
      return FALSE;
    }
  dsp_report_refuse (report, line, 1, (*fault)->message);
  g_clear_error (fault);
  return TRUE;
}
