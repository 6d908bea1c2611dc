/* dsp-column.c: how fields stand in columns
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One place for the way of each kind: to a bound value, and back from a row. None is NULL.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-json-read.h"
#include "dsp-table-private.h"

#include <string.h>

/* A word that a newer server knows and this program does not: it stays unknown when it is read again. */
#define UNKNOWN "?"

void
dsp_columns_append (GString         *sql,
                    const DspEntity *entity,
                    guint64          mask)
{
  g_string_append (sql, "\"id\", \"scope\", \"version\"");
  for (guint i = 0; i < entity->table.n_fields; i++)
    if (mask >> i & 1)
      g_string_append_printf (sql, ", \"%s\"", entity->table.fields[i].name);
}

static const char *
yes_no (guint value)
{
  return value == DSP_YES ? "yes" : "no";
}

void
dsp_column_bind (DspStmt        *stmt,
                 int             n,
                 const DspField *field,
                 gconstpointer   record,
                 GPtrArray     **texts)
{
  if (dsp_field_is_none (field, record))
    {
      dsp_stmt_bind_null (stmt, n);
      return;
    }
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
      dsp_stmt_bind_text (stmt, n, *dsp_field_text (field, record), -1);
      break;
    case DSP_KIND_ID:
      dsp_stmt_bind_blob (stmt, n, dsp_field_id (field, record)->b, sizeof (DspId));
      break;
    case DSP_KIND_TIME:
      dsp_stmt_bind_int (stmt, n, dsp_field_time (field, record)->us);
      break;
    case DSP_KIND_DATE:
      dsp_stmt_bind_int (stmt, n, dsp_field_date (field, record)->day);
      break;
    case DSP_KIND_INT:
      dsp_stmt_bind_int (stmt, n, dsp_field_int (field, record)->value);
      break;
    case DSP_KIND_MONEY:
      dsp_stmt_bind_int (stmt, n, dsp_field_money (field, record)->cents);
      break;
    case DSP_KIND_WORD:
      {
        guint word = *dsp_field_word (field, record);

        dsp_stmt_bind_text (stmt, n, word < field->words->n ? field->words->list[word].name : UNKNOWN, -1);
        break;
      }
    case DSP_KIND_YES_NO:
      dsp_stmt_bind_text (stmt, n, yes_no (*dsp_field_word (field, record)), -1);
      break;
    case DSP_KIND_LIST:
      if (*texts == NULL)
        *texts = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (*texts, dsp_list_to_json (*dsp_field_list (field, record)));
      dsp_stmt_bind_text (stmt, n, g_ptr_array_index (*texts, (*texts)->len - 1), -1);
      break;
    }
}

static void
read_field (DspStmt        *stmt,
            int             column,
            const DspField *field,
            gpointer        record)
{
  const char *text;
  gsize length;

  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
      text = dsp_stmt_text (stmt, column, &length);
      if (length > 0)
        *dsp_field_text (field, record) = g_strndup (text, length);
      break;
    case DSP_KIND_ID:
      *dsp_field_id (field, record) = dsp_stmt_id (stmt, column);
      break;
    case DSP_KIND_TIME:
      dsp_field_time (field, record)->us = dsp_stmt_int (stmt, column);
      break;
    case DSP_KIND_DATE:
      dsp_field_date (field, record)->day = (gint32) dsp_stmt_int (stmt, column);
      break;
    case DSP_KIND_INT:
      if (!dsp_stmt_is_null (stmt, column))
        *dsp_field_int (field, record) = (DspInt) { dsp_stmt_int (stmt, column), true };
      break;
    case DSP_KIND_MONEY:
      if (!dsp_stmt_is_null (stmt, column))
        *dsp_field_money (field, record) = (DspMoney) { dsp_stmt_int (stmt, column), true };
      break;
    case DSP_KIND_WORD:
      text = dsp_stmt_text (stmt, column, &length);
      if (length > 0)
        *dsp_field_word (field, record) = dsp_words_find (field->words, text, length);
      break;
    case DSP_KIND_YES_NO:
      text = dsp_stmt_text (stmt, column, &length);
      if (length > 0)
        *dsp_field_word (field, record) = strcmp (text, "yes") == 0 ? DSP_YES : DSP_NO;
      break;
    case DSP_KIND_LIST:
      text = dsp_stmt_text (stmt, column, &length);
      if (length > 0)
        *dsp_field_list (field, record) = dsp_list_from_json (text, length);
      break;
    }
}

void
dsp_columns_read (DspStmt         *stmt,
                  int              column,
                  const DspEntity *entity,
                  guint64          mask,
                  gpointer         record)
{
  *(DspRecord *) record = (DspRecord) { dsp_stmt_id (stmt, column), dsp_stmt_id (stmt, column + 1),
                                        dsp_stmt_int (stmt, column + 2) };
  column += 3;
  for (guint i = 0; i < entity->table.n_fields; i++)
    if (mask >> i & 1)
      read_field (stmt, column++, &entity->table.fields[i], record);
}

char *
dsp_list_to_json (GStrv list)
{
  GString *out = g_string_new ("[");

  for (guint i = 0; list[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      dsp_json_put_string (out, list[i]);
    }
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

GStrv
dsp_list_from_json (const char *text,
                    gsize       length)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  DspJsonReader reader;
  char *item = NULL;

  dsp_json_reader_init (&reader, text, length);
  if (dsp_json_enter_array (&reader))
    while (dsp_json_next_item (&reader) && dsp_json_read_text (&reader, &item))
      g_ptr_array_add (list, g_steal_pointer (&item));
  if (!dsp_json_reader_finish (&reader, NULL) || list->len == 0)
    return NULL;
  g_ptr_array_add (list, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}
