/* dsp-batch.c: the rows of a file on their way into the database
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of an import travel many to a command, commands many to a push, and each row's answer goes to the report under
 * the line where it stood. A push that was not answered changes nothing by being sent again.
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-batch.h"

#include "dsp-record-json.h"

#include <string.h>
#include <sys/random.h>

/* Below the socket's limit of a request, with room for the envelope. */
#define SIZE_MAX_BYTES (2 * 1024 * 1024)
#define COMMANDS_MAX 8

typedef struct {
  DspId   id;
  guint64 line;
  guint64 n_rows;
} Row;

struct _DspBatch
{
  DspLink          *link;
  DspReport        *report;
  const DspCommand *command;
  char             *group;
  guint             max_rows;
  GString          *open;     /* the command that rows are added to */
  GPtrArray        *commands; /* (owned) of texts: finished ones */
  gsize             size;     /* of them */
  GArray           *rows;     /* of Row: of all commands of the push */
  GArray           *ends;     /* of guint: where each finished command's rows end */
  guint             begin;    /* where the open command's rows begin */
};

/**
 * dsp_new_id:
 * Returns: the id of a new record, version 7, from the clock and the kernel's randomness.
 */
DspId
dsp_new_id (void)
{
  guint8 bytes[10];

  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    g_error ("the kernel gives no random bytes");
  return dsp_id_v7 (g_get_real_time (), bytes);
}

/**
 * dsp_batch_new:
 * @command: an import
 * @group: names the file, so that it has one entry in the history
 * @max_rows: how many rows one command may carry
 */
DspBatch *
dsp_batch_new (DspLink          *link,
               DspReport        *report,
               const DspCommand *command,
               const char       *group,
               guint             max_rows)
{
  DspBatch *self = g_new0 (DspBatch, 1);

  self->link = link;
  self->report = report;
  self->command = command;
  self->group = g_strdup (group);
  self->max_rows = max_rows;
  self->open = g_string_new (NULL);
  self->commands = g_ptr_array_new_with_free_func (g_free);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->ends = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
dsp_batch_free (DspBatch *self)
{
  if (self == NULL)
    return;
  g_free (self->group);
  g_string_free (self->open, TRUE);
  g_ptr_array_unref (self->commands);
  g_array_unref (self->rows);
  g_array_unref (self->ends);
  g_free (self);
}

static void
finish_command (DspBatch *self)
{
  if (self->open->len == 0)
    return;
  g_string_append (self->open, "]}");
  g_ptr_array_add (self->commands, g_strdup (self->open->str));
  self->size += self->open->len;
  g_string_set_size (self->open, 0);
  g_array_append_val (self->ends, self->rows->len);
  self->begin = self->rows->len;
}

static const char *
refusal_of (const DspLinkResult *result,
            const DspId         *id)
{
  for (guint i = 0; i < result->refused->len; i++)
    {
      const DspLinkRefusal *refusal = g_ptr_array_index (result->refused, i);

      if (dsp_id_equal (&refusal->id, id))
        return refusal->message != NULL ? refusal->message : refusal->code;
    }
  return NULL;
}

static void
tell (DspBatch            *self,
      const DspLinkResult *result,
      guint                begin,
      guint                end)
{
  gboolean rejected = g_strcmp0 (result->status, "rejected") == 0;
  gsize n_outcomes = result->outcomes != NULL ? strlen (result->outcomes) : 0;

  for (guint i = begin; i < end; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);
      char outcome = i - begin < n_outcomes ? result->outcomes[i - begin] : '?';
      const char *reason = refusal_of (result, &row->id);

      if (reason == NULL && rejected)
        reason = result->message != NULL ? result->message : result->code;
      if (reason != NULL)
        dsp_report_refuse (self->report, row->line, row->n_rows, reason);
      else
        dsp_report_count (self->report,
                          outcome == 'a'   ? DSP_OUTCOME_ADDED
                          : outcome == 'c' ? DSP_OUTCOME_CHANGED
                                           : DSP_OUTCOME_UNCHANGED,
                          row->n_rows);
    }
  for (guint i = 0; i < result->warnings->len; i++)
    {
      const DspLinkWarning *warning = g_ptr_array_index (result->warnings, i);

      if (warning->row >= 0 && warning->row < end - begin && warning->message != NULL)
        dsp_report_warn (self->report, g_array_index (self->rows, Row, begin + (guint) warning->row).line, warning->message);
    }
}

/**
 * dsp_batch_flush:
 * Sends what waits, and waits until it is on the disk.
 */
gboolean
dsp_batch_flush (DspBatch *self,
                 GError  **error)
{
  g_autoptr(GPtrArray) results = NULL;
  guint begin = 0;

  finish_command (self);
  if (self->ends->len == 0)
    return TRUE;
  results = dsp_link_send (self->link, self->commands, error);
  if (results == NULL)
    return FALSE;
  for (guint i = 0; i < self->ends->len && i < results->len; i++)
    {
      guint end = g_array_index (self->ends, guint, i);

      tell (self, g_ptr_array_index (results, i), begin, end);
      begin = end;
    }
  g_array_set_size (self->rows, 0);
  g_array_set_size (self->ends, 0);
  g_ptr_array_set_size (self->commands, 0);
  self->size = 0;
  self->begin = 0;
  return TRUE;
}

/**
 * dsp_batch_add:
 * @args: of the command's entity; @given: which of its fields the file says something about
 * @line: where it stands, @n_rows: how many rows of the file it was made of
 */
gboolean
dsp_batch_add (DspBatch     *self,
               const DspId  *id,
               gconstpointer args,
               guint64       given,
               guint64       line,
               guint64       n_rows,
               GError      **error)
{
  Row row = { *id, line, n_rows };
  char text[DSP_ID_TEXT];

  if (self->open->len == 0)
    g_string_append_printf (self->open, "\"kind\":\"%s\",\"v\":%d,\"group\":\"%s\",\"rows\":[", self->command->name,
                            DSP_COMMAND_VERSION, self->group);
  else
    g_string_append_c (self->open, ',');

  dsp_id_print (id, text);
  g_string_append_printf (self->open, "{\"id\":\"%s\",\"args\":", text);
  dsp_record_json_write_given (&self->command->entity->table, args, given, self->open);
  g_string_append_c (self->open, '}');
  g_array_append_val (self->rows, row);

  if (self->rows->len - self->begin >= self->max_rows)
    finish_command (self);
  if (self->commands->len >= COMMANDS_MAX || self->size + self->open->len > SIZE_MAX_BYTES)
    return dsp_batch_flush (self, error);
  return TRUE;
}
