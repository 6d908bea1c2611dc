/* dsp-record-json.c: records and arguments as JSON, by their field table
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * None is not written; absent, null, "" and blank are read as none. Money travels as a decimal string, lists as arrays.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-record-json.h"
#include "dsp-rule.h"
#include "dsp-wire-error.h"

static void
put_quoted (GString    *out,
            const char *text,
            gsize       length)
{
  g_string_append_c (out, '"');
  g_string_append_len (out, text, (gssize) length);
  g_string_append_c (out, '"');
}

/**
 * dsp_field_json_write:
 * The value alone; it must not be none.
 */
void
dsp_field_json_write (const DspField *f,
                      gconstpointer   record,
                      GString        *out)
{
  char buffer[DSP_ID_TEXT];

  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT:
      dsp_json_put_string (out, *dsp_field_text (f, record));
      return;
    case DSP_KIND_ID:
      dsp_id_print (dsp_field_id (f, record), buffer);
      put_quoted (out, buffer, DSP_ID_TEXT - 1);
      return;
    case DSP_KIND_TIME:
      put_quoted (out, buffer, dsp_time_print (*dsp_field_time (f, record), buffer));
      return;
    case DSP_KIND_DATE:
      put_quoted (out, buffer, dsp_date_print (*dsp_field_date (f, record), buffer));
      return;
    case DSP_KIND_INT:
      dsp_json_put_int (out, dsp_field_int (f, record)->value);
      return;
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO:
    case DSP_KIND_MONEY:
      {
        g_autofree char *text = dsp_field_dup_text (f, record);

        put_quoted (out, text, strlen (text));
        return;
      }
    case DSP_KIND_LIST:
      {
        GStrv list = *dsp_field_list (f, record);

        for (guint i = 0; list[i] != NULL; i++)
          {
            g_string_append_c (out, i == 0 ? '[' : ',');
            dsp_json_put_string (out, list[i]);
          }
        g_string_append_c (out, ']');
        return;
      }
    }
  g_assert_not_reached ();
}

static void
write_object (const DspTable *table,
              gconstpointer   record,
              guint64         mask,
              bool            with_none,
              GString        *out)
{
  char before = '{';

  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *f = &table->fields[i];
      bool none = !(mask >> i & 1) || dsp_field_is_none (f, record);

      if (!(mask >> i & 1) || (none && !with_none))
        continue;
      g_string_append_c (out, before);
      g_string_append_len (out, f->key, f->name_len + 3);
      if (none)
        g_string_append (out, "null");
      else
        dsp_field_json_write (f, record, out);
      before = ',';
    }
  if (before == '{')
    g_string_append_c (out, '{');
  g_string_append_c (out, '}');
}

/**
 * dsp_record_json_write:
 * @mask: the fields to write; DSP_FIELDS_ALL for all
 * @out: an object is appended: members in the order of the table, none left out
 */
void
dsp_record_json_write (const DspTable *table,
                       gconstpointer   record,
                       guint64         mask,
                       GString        *out)
{
  write_object (table, record, mask, false, out);
}

/**
 * dsp_record_json_write_given:
 * The same for a command's arguments, where a field that is given as none is news: it is written as null.
 */
void
dsp_record_json_write_given (const DspTable *table,
                             gconstpointer   record,
                             guint64         given,
                             GString        *out)
{
  write_object (table, record, given, true, out);
}

static bool
read_list (const DspField *f,
           DspJsonReader  *r,
           gpointer        record)
{
  g_autoptr(GStrvBuilder) list = g_strv_builder_new ();
  guint n = 0;

  if (!dsp_json_enter_array (r))
    return false;
  while (dsp_json_next_item (r))
    {
      g_autofree char *item = NULL;

      if (!dsp_json_read_text (r, &item))
        return false;
      if (*g_strstrip (item) == '\0')
        continue;
      g_strv_builder_add (list, item);
      n++;
    }
  if (r->fault != NULL)
    return false;
  g_strfreev (*dsp_field_list (f, record));
  *dsp_field_list (f, record) = n > 0 ? g_strv_builder_end (list) : NULL;
  return true;
}

/* An instant that is as long as ours but of another kind is told apart from a broken text: the value is named. */
static bool
refuse_value (DspJsonReader  *r,
              const DspField *f,
              const char     *text,
              gsize           length,
              GError        **error)
{
  dsp_refuse (error, DSP_RULE_INVALID, "%s cannot be “%.*s”", f->name, (int) MIN (length, 60), text);
  return dsp_json_fail (r, "a wrong value");
}

/**
 * dsp_field_json_read:
 * Reads the value that comes next in @r into @record's field; null is none.
 *
 * Returns: false at a fault, which is in the reader, and in @error if the value is wrong.
 */
bool
dsp_field_json_read (const DspField *f,
                     DspStrict       strict,
                     DspJsonReader  *r,
                     gpointer        record,
                     GError        **error)
{
  char kind = dsp_json_peek (r);
  const char *text;
  gsize length;
  guint word;

  if (kind == 'n')
    return dsp_json_read_null (r) && dsp_field_set_text (f, record, NULL, NULL);
  if (f->kind == DSP_KIND_INT)
    {
      DspInt *number = dsp_field_int (f, record);

      if (kind != '0')
        return dsp_json_skip (r, &text, &length) && refuse_value (r, f, text, length, error);
      number->is_set = dsp_json_read_int (r, &number->value);
      return number->is_set;
    }
  if (f->kind == DSP_KIND_LIST)
    return kind == '[' ? read_list (f, r, record)
                       : dsp_json_skip (r, &text, &length) && refuse_value (r, f, text, length, error);
  if (kind != '"')
    return dsp_json_skip (r, &text, &length) && refuse_value (r, f, text, length, error);

  if (f->kind == DSP_KIND_TEXT)
    {
      char *value;

      if (!dsp_json_read_text (r, &value))
        return false;
      g_free (*dsp_field_text (f, record));
      *dsp_field_text (f, record) = value;
      /* Blanks around a text go, and a blank one is none; most have none, and are not copied again. */
      if (*value == '\0' || g_ascii_isspace (*value) || g_ascii_isspace (value[strlen (value) - 1]))
        {
          *dsp_field_text (f, record) = NULL;
          dsp_set_text (dsp_field_text (f, record), value);
          g_free (value);
        }
      return true;
    }

  if (!dsp_json_read_raw (r, &text, &length))
    return false;
  if (length == 0)
    return dsp_field_set_text (f, record, NULL, NULL);
  switch ((DspKind) f->kind)
    {
    case DSP_KIND_ID:
      return dsp_id_parse (text, length, dsp_field_id (f, record)) || refuse_value (r, f, text, length, error);
    case DSP_KIND_TIME:
      return dsp_time_parse (text, length, dsp_field_time (f, record)) || refuse_value (r, f, text, length, error);
    case DSP_KIND_DATE:
      return dsp_date_parse (text, length, dsp_field_date (f, record)) || refuse_value (r, f, text, length, error);
    case DSP_KIND_WORD:
      word = dsp_words_find (f->words, text, length);
      if (word == DSP_WORD_UNKNOWN && strict == DSP_STRICT_ARGS)
        return refuse_value (r, f, text, length, error);
      *dsp_field_word (f, record) = word;
      return true;
    case DSP_KIND_MONEY:
    case DSP_KIND_YES_NO:
      {
        g_autofree char *value = g_strndup (text, length);

        return dsp_field_set_text (f, record, value, NULL) || refuse_value (r, f, text, length, error);
      }
    case DSP_KIND_TEXT:
    case DSP_KIND_INT:
    case DSP_KIND_LIST:
      break;
    }
  g_assert_not_reached ();
}

/* Members come in the order of the table: the search goes on where the last one was found. */
static const DspField *
find_field (const DspTable *table,
            const char     *name,
            gsize           length,
            guint          *from)
{
  for (guint n = 0; n < table->n_fields; n++)
    {
      guint i = *from + n < table->n_fields ? *from + n : *from + n - table->n_fields;
      const DspField *f = &table->fields[i];

      if (f->name_len == length && memcmp (f->name, name, length) == 0)
        {
          *from = i + 1 < table->n_fields ? i + 1 : 0;
          return f;
        }
    }
  return NULL;
}

/**
 * dsp_record_json_read_at:
 * @record: a zeroed struct of @table; empty again at a fault
 * @given: (out) (optional): which members stood there, none among them
 *
 * Reads the object that comes next in @r.
 *
 * Returns: false at a fault: in @error if a value is wrong (DSP_RULE_ERROR) or a member unknown (DSP_WIRE_ERROR_UPGRADE),
 *   else in the reader alone.
 */
bool
dsp_record_json_read_at (const DspTable *table,
                         DspStrict       strict,
                         DspJsonReader  *r,
                         gpointer        record,
                         guint64        *given,
                         GError        **error)
{
  const char *name;
  gsize length;
  guint from = 0;
  guint64 seen = 0;

  if (!dsp_json_enter_object (r))
    return false;
  while (dsp_json_next_member (r, &name, &length))
    {
      const DspField *f = find_field (table, name, length, &from);
      guint64 bit;

      if (f == NULL)
        {
          if (strict == DSP_STRICT_ARGS)
            {
              g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_UPGRADE, "%s has no “%.*s” here", table->name,
                           (int) MIN (length, 60), name);
              dsp_json_fail (r, "an unknown member");
            }
          else
            dsp_json_skip (r, NULL, NULL);
          continue;
        }
      bit = G_GUINT64_CONSTANT (1) << (f - table->fields);
      if (seen & bit)
        {
          dsp_json_fail (r, "a member stands twice");
          break;
        }
      seen |= bit;
      if (!dsp_field_json_read (f, strict, r, record, error))
        break;
    }
  if (r->fault != NULL)
    {
      dsp_table_clear (table, record);
      return false;
    }
  if (given != NULL)
    *given = seen;
  return true;
}

/**
 * dsp_record_json_read:
 * As dsp_record_json_read_at(), for a text that is one object and nothing else. @error is always set at a fault.
 */
gboolean
dsp_record_json_read (const DspTable *table,
                      DspStrict       strict,
                      const char     *text,
                      gsize           length,
                      gpointer        record,
                      guint64        *given,
                      GError        **error)
{
  DspJsonReader r;
  g_autoptr(GError) fault = NULL;

  dsp_json_reader_init (&r, text, length);
  dsp_record_json_read_at (table, strict, &r, record, given, &fault);
  if (fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  if (dsp_json_reader_finish (&r, error))
    return TRUE;
  dsp_table_clear (table, record);
  return FALSE;
}
