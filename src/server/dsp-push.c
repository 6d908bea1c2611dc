/* dsp-push.c: the body of POST v1/commands, decoded
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Done before a request stands in the executor's queue, so that the one thread that writes only judges and stores. What
 * is wrong with the envelope refuses the request; what is wrong with one command is kept as that command's verdict.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-push.h"

#include "dsp-json-scan.h"
#include "dsp-record-json.h"
#include "dsp-wire-error.h"

#include <sodium.h>
#include <string.h>

#define COMMANDS_MAX    100
#define ROWS_MAX        200
#define ROWS_MAX_LOCAL  500
#define NODES_MAX       20000
#define NODES_MAX_LOCAL 400000

typedef struct
{
  const char *text;
  gsize       length;
} Slice;

static gboolean
slice_is_null (const Slice *slice)
{
  return dsp_json_is (slice->text, slice->length, "null");
}

static gboolean
read_id (DspJsonReader *r,
         DspId         *id)
{
  const char *text;
  gsize length;

  if (dsp_json_peek (r) == 'n')
    return dsp_json_read_null (r);
  if (!dsp_json_read_raw (r, &text, &length))
    return FALSE;
  return dsp_id_parse (text, length, id) || dsp_json_fail (r, "not an id");
}

static gboolean
read_int_or_null (DspJsonReader *r,
                  gint64        *value)
{
  return dsp_json_peek (r) == 'n' ? dsp_json_read_null (r) : dsp_json_read_int (r, value);
}

static gboolean
read_text_or_null (DspJsonReader *r,
                   char         **text)
{
  return dsp_json_peek (r) == 'n' ? dsp_json_read_null (r) : dsp_json_read_text (r, text);
}

static const DspTable *
args_table (const DspCommand *command)
{
  if (command == NULL)
    return NULL;
  return command->args != NULL ? command->args : (command->flags & DSP_COMMAND_PUTS) ? &command->entity->table : NULL;
}

static void
record_free (const DspTable *table,
             gpointer        record)
{
  if (record == NULL)
    return;
  dsp_table_clear (table, record);
  g_free (record);
}

static void
command_clear (gpointer data)
{
  DspPushCommand *command = data;
  const DspTable *table = args_table (command->command);

  for (guint i = 0; command->rows != NULL && i < command->rows->len; i++)
    {
      DspPushRow *row = &g_array_index (command->rows, DspPushRow, i);

      record_free (table, row->args);
      g_free (row->fault);
    }
  g_clear_pointer (&command->rows, g_array_unref);
  record_free (table, command->args);
  g_free (command->fault);
  g_free (command->text);
  g_free (command->kind);
  g_free (command->group);
}

void
dsp_push_free (DspPush *push)
{
  if (push == NULL)
    return;
  g_array_unref (push->commands);
  g_free (push);
}

static gboolean
bad (GError    **error,
     const char *format,
     ...) G_GNUC_PRINTF (2, 3);

static gboolean
bad (GError    **error,
     const char *format,
     ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, message);
  return FALSE;
}

/* Decodes arguments. FALSE: @fault says why not; @upgrade: because a newer program made them. */
static gboolean
read_args (const DspTable *table,
           const Slice    *text,
           gpointer       *args,
           guint64        *given,
           gboolean       *upgrade,
           char          **fault)
{
  g_autoptr(GError) error = NULL;
  gpointer record;

  *upgrade = FALSE;
  if (table == NULL)
    {
      if (text->length == 0 || slice_is_null (text) || (text->length == 2 && *text->text == '{'))
        return TRUE;
      *upgrade = TRUE;
      *fault = g_strdup ("this command takes no arguments here");
      return FALSE;
    }
  record = g_malloc0 (table->size);
  if (text->length == 0 || slice_is_null (text) ||
      dsp_record_json_read (table, DSP_STRICT_ARGS, text->text, text->length, record, given, &error))
    {
      *args = record;
      return TRUE;
    }
  g_free (record);
  *upgrade = g_error_matches (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_UPGRADE);
  *fault = g_strdup (error->message);
  return FALSE;
}

static void
hash_bytes (crypto_hash_sha256_state *state,
            gconstpointer             bytes,
            gsize                     n)
{
  guint64 length = GUINT64_TO_BE (n);

  crypto_hash_sha256_update (state, (const guint8 *) &length, sizeof length);
  crypto_hash_sha256_update (state, bytes, n);
}

/* What was read is hashed by meaning; what could not be read, as it came. */
static void
hash_args (crypto_hash_sha256_state *state,
           const DspTable           *table,
           gconstpointer             args,
           guint64                   given,
           const Slice              *text)
{
  guint64 big = GUINT64_TO_BE (given);

  if (args == NULL)
    {
      hash_bytes (state, text->text != NULL ? text->text : "", text->length);
      return;
    }
  crypto_hash_sha256_update (state, (const guint8 *) &big, sizeof big);
  if (given != 0)
    {
      g_autoptr(GString) canonical = g_string_new (NULL);

      dsp_record_json_write (table, args, given, canonical);
      hash_bytes (state, canonical->str, canonical->len);
    }
}

static void
hash_row (crypto_hash_sha256_state *state,
          const DspPushRow         *row)
{
  guint64 base = GUINT64_TO_BE ((guint64) row->base);

  crypto_hash_sha256_update (state, row->id.b, sizeof row->id.b);
  crypto_hash_sha256_update (state, (const guint8 *) &base, sizeof base);
}

static gboolean
read_row (DspPushCommand           *command,
          DspJsonReader            *r,
          crypto_hash_sha256_state *state,
          gboolean                 *upgrade)
{
  const DspTable *table = args_table (command->command);
  DspPushRow row = { 0 };
  Slice args = { NULL, 0 };
  gboolean newer = FALSE;
  const char *name;
  gsize length;

  if (!dsp_json_enter_object (r))
    return FALSE;
  while (dsp_json_next_member (r, &name, &length))
    {
      if (dsp_json_is (name, length, "id"))
        read_id (r, &row.id);
      else if (dsp_json_is (name, length, "base"))
        read_int_or_null (r, &row.base);
      else if (dsp_json_is (name, length, "args"))
        dsp_json_skip (r, &args.text, &args.length);
      else
        {
          dsp_json_skip (r, NULL, NULL);
          *upgrade = TRUE;
        }
    }
  if (args.length > 0 && command->command != NULL)
    {
      if (!(command->command->flags & DSP_COMMAND_IMPORT))
        *upgrade = TRUE;
      else if (!read_args (table, &args, &row.args, &row.given, &newer, &row.fault))
        *upgrade = *upgrade || newer;
    }
  hash_row (state, &row);
  if (args.length > 0)
    hash_args (state, table, row.args, row.given, &args);
  g_array_append_val (command->rows, row);
  return r->fault == NULL;
}

static void
set_verdict (DspPushCommand *command,
             DspPushVerdict  verdict,
             const char     *fault)
{
  if (command->verdict == DSP_PUSH_UPGRADE)
    return;
  command->verdict = verdict;
  g_free (command->fault);
  command->fault = g_strdup (fault);
}

typedef struct
{
  Slice    args, rows;
  DspId    id;
  gint64   v, base;
  gboolean newer;
} Envelope;

static gboolean
read_envelope (DspPushCommand *command,
               DspJsonReader  *r,
               Envelope       *in)
{
  const char *name;
  gsize length;

  if (!dsp_json_enter_object (r))
    return FALSE;
  while (dsp_json_next_member (r, &name, &length))
    {
      if (dsp_json_is (name, length, "no"))
        dsp_json_read_int (r, &command->no);
      else if (dsp_json_is (name, length, "kind"))
        dsp_json_read_text (r, &command->kind);
      else if (dsp_json_is (name, length, "v"))
        dsp_json_read_int (r, &in->v);
      else if (dsp_json_is (name, length, "base"))
        read_int_or_null (r, &in->base);
      else if (dsp_json_is (name, length, "seq"))
        read_int_or_null (r, &command->seq);
      else if (dsp_json_is (name, length, "group"))
        read_text_or_null (r, &command->group);
      else if (dsp_json_is (name, length, "at"))
        {
          g_autofree char *text = NULL;
          DspTime at = { 0 };

          /* Information only: a strange clock is no reason to refuse. */
          if (read_text_or_null (r, &text) && text != NULL && dsp_time_parse (text, strlen (text), &at))
            command->at_us = at.us;
        }
      else if (dsp_json_is (name, length, "id"))
        read_id (r, &in->id);
      else if (dsp_json_is (name, length, "args"))
        dsp_json_skip (r, &in->args.text, &in->args.length);
      else if (dsp_json_is (name, length, "rows"))
        dsp_json_skip (r, &in->rows.text, &in->rows.length);
      else
        {
          dsp_json_skip (r, NULL, NULL);
          in->newer = TRUE;
        }
    }
  if (r->fault == NULL && (command->kind == NULL || command->no < 0))
    return dsp_json_fail (r, "a command has a number from 1 on, and a kind");
  return r->fault == NULL;
}

static gboolean
read_rows (DspPushCommand           *command,
           Envelope                 *in,
           gboolean                  local,
           crypto_hash_sha256_state *state,
           GError                  **error)
{
  guint max = local ? ROWS_MAX_LOCAL : ROWS_MAX;
  DspJsonReader r;

  if (in->rows.length == 0)
    {
      DspPushRow row = { .id = in->id, .base = in->base };

      hash_row (state, &row);
      g_array_append_val (command->rows, row);
      return TRUE;
    }
  command->many = TRUE;
  dsp_json_reader_init (&r, in->rows.text, in->rows.length);
  if (dsp_json_enter_array (&r))
    while (dsp_json_next_item (&r))
      {
        if (command->rows->len >= max)
          return bad (error, "a command has more than %u rows", max);
        if (!read_row (command, &r, state, &in->newer))
          break;
      }
  return dsp_json_reader_finish (&r, error);
}

static gboolean
read_command (DspPushCommand *command,
              DspJsonReader  *r,
              gboolean        local,
              GError        **error)
{
  crypto_hash_sha256_state state;
  Envelope in = { 0 };
  gboolean newer = FALSE;
  const DspTable *table;
  const char *from;

  command->rows = g_array_new (FALSE, TRUE, sizeof (DspPushRow));
  dsp_json_peek (r);
  from = r->p;
  if (!read_envelope (command, r, &in))
    return dsp_json_reader_finish (r, error);
  if (!local)
    command->text = g_strndup (from, (gsize) (r->p - from));
  command->command = dsp_command_find (command->kind);
  table = args_table (command->command);

  crypto_hash_sha256_init (&state);
  hash_bytes (&state, command->kind, strlen (command->kind));
  hash_bytes (&state, &in.v, sizeof in.v);
  hash_bytes (&state, command->group != NULL ? command->group : "", command->group != NULL ? strlen (command->group) : 0);
  if (!read_rows (command, &in, local, &state, error))
    return FALSE;

  if (g_str_equal (command->kind, "noop"))
    set_verdict (command, DSP_PUSH_NOOP, NULL);
  else if (command->command == NULL || in.v != DSP_COMMAND_VERSION || in.newer)
    set_verdict (command, DSP_PUSH_UPGRADE, "this server does not know this command");
  else
    {
      g_autofree char *fault = NULL;

      if (!read_args (table, &in.args, &command->args, &command->given, &newer, &fault))
        set_verdict (command, newer ? DSP_PUSH_UPGRADE : DSP_PUSH_INVALID, fault);
      if (command->many && !(command->command->flags & (DSP_COMMAND_MANY | DSP_COMMAND_IMPORT)))
        set_verdict (command, DSP_PUSH_INVALID, "this command takes one record at a time");
    }
  hash_args (&state, table, command->args, command->given, &in.args);
  crypto_hash_sha256_final (&state, command->hash);
  return TRUE;
}

static gboolean
read_commands (DspPush       *push,
               const Slice   *text,
               gboolean       local,
               GError       **error)
{
  DspJsonReader r;

  dsp_json_reader_init (&r, text->text, text->length);
  if (dsp_json_enter_array (&r))
    while (dsp_json_next_item (&r))
      {
        DspPushCommand *command;

        if (push->commands->len >= COMMANDS_MAX)
          return bad (error, "more than %d commands", COMMANDS_MAX);
        g_array_set_size (push->commands, push->commands->len + 1);
        command = &g_array_index (push->commands, DspPushCommand, push->commands->len - 1);
        if (!read_command (command, &r, local, error))
          return FALSE;
        if (push->first > 0 ? command->no - push->first != (gint64) push->commands->len - 1 : command->no != 0)
          return bad (error, "numbers go up from first without a gap: %" G_GINT64_FORMAT, command->no);
      }
  return dsp_json_reader_finish (&r, error);
}

DspPush *
dsp_push_parse (const char *text,
                gsize       length,
                gboolean    local,
                GError    **error)
{
  g_autoptr(DspPush) push = g_new0 (DspPush, 1);
  DspJsonLimits limits = DSP_JSON_LIMITS_DEFAULT;
  Slice commands = { NULL, 0 };
  DspId epoch = dsp_id_none;
  DspJsonReader r;
  const char *name;
  gsize name_length;

  push->commands = g_array_new (FALSE, TRUE, sizeof (DspPushCommand));
  g_array_set_clear_func (push->commands, command_clear);
  limits.max_nodes = local ? NODES_MAX_LOCAL : NODES_MAX;
  if (!dsp_json_scan (text, length, &limits, error))
    return NULL;
  dsp_json_reader_init (&r, text, length);
  if (dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &name, &name_length))
      {
        if (dsp_json_is (name, name_length, "device"))
          read_id (&r, &push->device);
        else if (dsp_json_is (name, name_length, "epoch"))
          read_id (&r, &epoch);
        else if (dsp_json_is (name, name_length, "first"))
          dsp_json_read_int (&r, &push->first);
        else if (dsp_json_is (name, name_length, "commands"))
          dsp_json_skip (&r, &commands.text, &commands.length);
        else
          dsp_json_skip (&r, NULL, NULL);
      }
  if (!dsp_json_reader_finish (&r, error))
    return NULL;
  memcpy (push->epoch, epoch.b, sizeof push->epoch);
  if (commands.length == 0 || push->first < 0 || (push->first == 0 && !local))
    {
      bad (error, "first (from 1 on) and commands are needed");
      return NULL;
    }
  return read_commands (push, &commands, local, error) ? g_steal_pointer (&push) : NULL;
}
