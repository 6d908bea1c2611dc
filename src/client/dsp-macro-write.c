/* dsp-macro-write.c: the workbook of open services, out
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows are read one by one from the cache and written as they come; what stays in memory is a count by crew and type.
 *
 *   data sheet: row 1 (hidden) names of columns, row 2 headings, then the orders; protected but for the columns to work on
 *   summary:    crew by type, who made it and when
 *   lists:      (hidden) what the drop-down lists offer
 */
#define G_LOG_DOMAIN "dsp-macro"

#include "config.h"
#include "dsp-macro-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dsp-csv-write.h"
#include "dsp-query.h"
#include "dsp-xlsx-write.h"

#define FIRST_ROW 2 /* of the orders, from 0 */
#define LOOK_EVERY 256
#define MAX_ORDERS (DSP_XLSX_MAX_ROWS - FIRST_ROW)

/* ---- counts for the summary ---- */

typedef struct {
  GHashTable *crews;  /* crew title -> GHashTable of type -> GINT */
  GHashTable *types;  /* set */
  GHashTable *money;  /* crew title -> gint64 * of cents */
} Counts;

static void
counts_init (Counts *counts)
{
  counts->crews = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  counts->types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  counts->money = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
counts_clear (Counts *counts)
{
  g_hash_table_unref (counts->crews);
  g_hash_table_unref (counts->types);
  g_hash_table_unref (counts->money);
}

static void
count_order (Counts     *counts,
             const char *crew,
             const char *type,
             gint64      cents)
{
  GHashTable *row = g_hash_table_lookup (counts->crews, crew);
  gint64 *money = g_hash_table_lookup (counts->money, crew);

  if (row == NULL)
    {
      row = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (counts->crews, g_strdup (crew), row);
      money = g_new0 (gint64, 1);
      g_hash_table_insert (counts->money, g_strdup (crew), money);
    }
  *money += cents;
  g_hash_table_insert (row, g_strdup (type), GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (row, type)) + 1));
  if (!g_hash_table_contains (counts->types, type))
    g_hash_table_add (counts->types, g_strdup (type));
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
sorted_keys (GHashTable *table)
{
  GPtrArray *keys = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, key);
  g_ptr_array_sort (keys, compare_texts);
  return keys;
}

/* ---- the work ---- */

typedef struct _Out Out;
struct _Out
{
  DspMacroOffice   *office;
  DspMacroProgress *progress;
  GCancellable     *cancellable;
  Counts            counts;
  guint             n;
  GError           *error;  /* (owned) (nullable) */
  DspXlsxSheet     *sheet;  /* of a workbook */
  GString          *text;   /* of a CSV file */
  FILE             *file;   /* lent */
};

/* What stands in a column that people work on. */
static const char *
written_text (DspMacroOffice *office,
              guint           column,
              const DspOrder *order)
{
  switch (column)
    {
    case DSP_MACRO_NUMBER:
      return order->number;
    case DSP_MACRO_CREW:
      return dsp_macro_crew_title (office, &order->crew_id);
    case DSP_MACRO_STATUS:
      return _(DspOrderStatus_words.list[MIN (order->status, DSP_N_ORDER_STATUSES - 1)].label);
    default:
      return "";
    }
}

static void
write_fact (Out                *out,
            guint               row,
            guint               column,
            const DspMacroSpec *spec,
            const DspOrder     *order)
{
  const DspField *field = spec->field;
  g_autofree char *text = NULL;

  if (field->kind == DSP_KIND_TIME)
    dsp_xlsx_sheet_time (out->sheet, row, column, *dsp_field_time (field, order), DSP_XLSX_PLAIN);
  else if (field->kind == DSP_KIND_MONEY && dsp_field_money (field, order)->is_set)
    dsp_xlsx_sheet_money (out->sheet, row, column, dsp_field_money (field, order)->cents, DSP_XLSX_PLAIN);
  else if (field->kind == DSP_KIND_INT && dsp_field_int (field, order)->is_set)
    dsp_xlsx_sheet_int (out->sheet, row, column, dsp_field_int (field, order)->value, DSP_XLSX_PLAIN);
  else if (field->kind == DSP_KIND_TEXT && field->offset != offsetof (DspOrder, street))
    dsp_xlsx_sheet_text (out->sheet, row, column, *dsp_field_text (field, order), DSP_XLSX_PLAIN);
  else
    {
      text = dsp_macro_fact_text (out->office, spec, order);
      dsp_xlsx_sheet_text (out->sheet, row, column, text, DSP_XLSX_PLAIN);
    }
}

static void
write_row (Out            *out,
           const DspOrder *order)
{
  guint row = FIRST_ROW + out->n;
  g_autofree char *was = dsp_macro_was (out->office, order);
  char id[DSP_ID_TEXT];

  dsp_id_print (&order->id, id);
  dsp_xlsx_sheet_text (out->sheet, row, DSP_MACRO_ID, id, DSP_XLSX_MUTED);
  dsp_xlsx_sheet_int (out->sheet, row, DSP_MACRO_VERSION, order->version, DSP_XLSX_MUTED);
  dsp_xlsx_sheet_text (out->sheet, row, DSP_MACRO_WAS, was, DSP_XLSX_MUTED);
  dsp_xlsx_sheet_text (out->sheet, row, DSP_MACRO_NUMBER, order->number, DSP_XLSX_MUTED);
  for (guint column = DSP_MACRO_CREW; column < DSP_MACRO_FIRST_FACT; column++)
    if (column == DSP_MACRO_ATTENTION)
      dsp_xlsx_sheet_time (out->sheet, row, column, order->attention_at, DSP_XLSX_UNLOCKED);
    else if (column == DSP_MACRO_CLOSED_AT)
      dsp_xlsx_sheet_time (out->sheet, row, column, (DspTime) { 0 }, DSP_XLSX_UNLOCKED);
    else if (column <= DSP_MACRO_STATUS)
      dsp_xlsx_sheet_text (out->sheet, row, column, written_text (out->office, column, order), DSP_XLSX_UNLOCKED);
  for (guint column = DSP_MACRO_FIRST_FACT; column < dsp_macro_n_columns (); column++)
    write_fact (out, row, column, dsp_macro_column (column), order);
}

static void
append_row (Out            *out,
            const DspOrder *order)
{
  char id[DSP_ID_TEXT], version[24];

  dsp_id_print (&order->id, id);
  g_snprintf (version, sizeof version, "%" G_GINT64_FORMAT, order->version);
  g_string_truncate (out->text, 0);
  for (guint column = 0; column < dsp_macro_n_columns (); column++)
    {
      const DspMacroSpec *spec = dsp_macro_column (column);
      g_autofree char *made = column == DSP_MACRO_ATTENTION ? dsp_macro_time_text (out->office, order->attention_at)
                              : column == DSP_MACRO_WAS     ? dsp_macro_was (out->office, order)
                              : spec->field != NULL         ? dsp_macro_fact_text (out->office, spec, order) : NULL;
      const char *text = made != NULL ? made : column == DSP_MACRO_ID ? id : column == DSP_MACRO_VERSION ? version
                                                                           : written_text (out->office, column, order);

      dsp_csv_write_field (out->text, ',', column == 0, text, spec->field != NULL && spec->field->kind != DSP_KIND_TEXT);
    }
  dsp_csv_write_end (out->text);
  if (fwrite (out->text->str, 1, out->text->len, out->file) != out->text->len)
    g_set_error (&out->error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
}

static gboolean
take_order (Out            *out,
            const DspOrder *order)
{
  const char *crew = dsp_macro_crew_title (out->office, &order->crew_id);

  if (out->n >= MAX_ORDERS)
    {
      g_set_error (&out->error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED,
                   _("A sheet holds at most %d orders: choose a narrower filter"), MAX_ORDERS);
      return FALSE;
    }
  if (out->sheet != NULL)
    write_row (out, order);
  else
    append_row (out, order);
  count_order (&out->counts, crew, order->type != NULL ? order->type : "", order->penalty.is_set ? order->penalty.cents : 0);
  out->n++;
  if (out->n % LOOK_EVERY == 0)
    {
      g_atomic_int_set (&out->progress->done, (gint) out->n);
      g_cancellable_set_error_if_cancelled (out->cancellable, &out->error);
    }
  return out->error == NULL;
}

static gboolean
on_row (gconstpointer record,
        gpointer      user_data)
{
  Out *out = user_data;

  /* What waits for the server comes from the overlay. */
  return g_hash_table_contains (out->office->overlay, &((const DspOrder *) record)->id) || take_order (out, record);
}

static gboolean
each_order (Out     *out,
            GError **error)
{
  DspMacroOffice *office = out->office;
  DspQuery query = { .entity = &dsp_order, .filter = office->filter, .sort = dsp_table_at (&dsp_order.table, offsetof (DspOrder, number)),
                     .now_us = office->now_us };
  g_autoptr(DspDb) db = NULL;
  GHashTableIter iter;
  gpointer order;

  if (office->nothing)
    return TRUE;
  db = dsp_db_open (office->uri, DSP_DB_READ_ONLY, error);
  if (db == NULL || !dsp_query_rows (db, &query, on_row, out, NULL, error))
    return FALSE;
  g_hash_table_iter_init (&iter, office->overlay);
  while (out->error == NULL && g_hash_table_iter_next (&iter, NULL, &order))
    if (order != NULL && dsp_filter_matches (office->filter, order, office->now_us))
      take_order (out, order);
  if (out->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&out->error));
  return FALSE;
}

/* ---- a workbook ---- */

static void
write_headings (DspXlsxSheet *sheet)
{
  for (guint column = 0; column < dsp_macro_n_columns (); column++)
    {
      const DspMacroSpec *spec = dsp_macro_column (column);

      dsp_xlsx_sheet_set_column (sheet, column, spec->width, spec->written ? DSP_XLSX_UNLOCKED : DSP_XLSX_PLAIN);
      dsp_xlsx_sheet_text (sheet, 0, column, spec->name, DSP_XLSX_MUTED);
    }
  dsp_xlsx_sheet_hide_row (sheet, 0);
  for (guint column = 0; column < dsp_macro_n_columns (); column++)
    dsp_xlsx_sheet_text (sheet, 1, column, _(dsp_macro_column (column)->label), DSP_XLSX_HEADING);
  dsp_xlsx_sheet_hide_column (sheet, DSP_MACRO_ID);
  dsp_xlsx_sheet_hide_column (sheet, DSP_MACRO_VERSION);
  dsp_xlsx_sheet_hide_column (sheet, DSP_MACRO_WAS);
  dsp_xlsx_sheet_freeze (sheet, FIRST_ROW, DSP_MACRO_CREW);
}

/* Lists stand beside each other, so their rows are written together: a sheet is written from the top. */
static void
write_lists (DspMacroOffice *office,
             DspXlsxSheet   *lists,
             DspXlsxSheet   *data,
             guint           n_orders)
{
  GPtrArray *columns[5];
  static const guint of[5] = { DSP_MACRO_CREW, DSP_MACRO_STATUS, DSP_MACRO_REASON, DSP_MACRO_ASKED_BY, DSP_MACRO_ATTENDED };
  guint longest = 0;

  for (guint i = 0; i < 5; i++)
    columns[i] = g_ptr_array_new ();
  for (guint i = 0; i < office->n_active; i++)
    g_ptr_array_add (columns[0], ((DspMacroName *) office->crews->pdata[i])->title);
  for (guint i = DSP_ORDER_UNASSIGNED; i < DSP_ORDER_ANNULLED; i++)
    g_ptr_array_add (columns[1], (gpointer) _(DspOrderStatus_words.list[i].label));
  for (guint i = 0; i < office->reasons->len; i++)
    g_ptr_array_add (columns[2], ((DspMacroReason *) office->reasons->pdata[i])->title);
  for (guint i = 1; i < DSP_N_ASKED_BY; i++)
    g_ptr_array_add (columns[3], (gpointer) _(DspAskedBy_words.list[i].label));
  g_ptr_array_add (columns[4], (gpointer) dsp_macro_yes_no (DSP_YES));
  g_ptr_array_add (columns[4], (gpointer) dsp_macro_yes_no (DSP_NO));
  for (guint i = 0; i < 5; i++)
    longest = MAX (longest, columns[i]->len);
  for (guint row = 0; row < longest; row++)
    for (guint i = 0; i < 5; i++)
      if (row < columns[i]->len)
        dsp_xlsx_sheet_text (lists, row, i, columns[i]->pdata[row], DSP_XLSX_PLAIN);
  for (guint i = 0; i < 5 && n_orders > 0; i++)
    if (columns[i]->len > 0)
      {
        dsp_xlsx_sheet_set_list (data, of[i], FIRST_ROW, FIRST_ROW + n_orders - 1, lists, i, 0, columns[i]->len - 1,
                                 _("Choose one of the list."));
        if (of[i] == DSP_MACRO_ATTENDED)
          dsp_xlsx_sheet_set_list (data, DSP_MACRO_SATISFIED, FIRST_ROW, FIRST_ROW + n_orders - 1, lists, i, 0, columns[i]->len - 1,
                                   _("Choose one of the list."));
      }
  for (guint i = 0; i < 5; i++)
    g_ptr_array_unref (columns[i]);
  dsp_xlsx_sheet_hide (lists);
}

static char *
sum_formula (guint first_row,
             guint first_column,
             guint last_row,
             guint last_column)
{
  g_autofree char *from = dsp_xlsx_dup_cell_name (first_row, first_column), *to = dsp_xlsx_dup_cell_name (last_row, last_column);

  return g_strdup_printf ("=SUM(%s:%s)", from, to);
}

#define SUMMARY_ROW 4 /* of its headings */

static void
write_summary_totals (DspXlsxSheet *sheet,
                      GHashTable   *by_type,
                      GPtrArray    *types,
                      guint         n_crews,
                      gint64        n_all,
                      gint64        cents)
{
  guint row = SUMMARY_ROW + 1 + n_crews;
  g_autofree char *all = sum_formula (SUMMARY_ROW + 1, types->len + 1, row - 1, types->len + 1);
  g_autofree char *money = sum_formula (SUMMARY_ROW + 1, types->len + 2, row - 1, types->len + 2);

  dsp_xlsx_sheet_text (sheet, row, 0, _("Total"), DSP_XLSX_TOTAL);
  for (guint i = 0; i < types->len; i++)
    {
      g_autofree char *formula = sum_formula (SUMMARY_ROW + 1, i + 1, row - 1, i + 1);

      dsp_xlsx_sheet_int_formula (sheet, row, i + 1, formula, GPOINTER_TO_INT (g_hash_table_lookup (by_type, types->pdata[i])), DSP_XLSX_TOTAL);
    }
  dsp_xlsx_sheet_int_formula (sheet, row, types->len + 1, all, n_all, DSP_XLSX_TOTAL);
  dsp_xlsx_sheet_money_formula (sheet, row, types->len + 2, money, cents, DSP_XLSX_TOTAL);
}

static void
write_summary (Out          *out,
               DspXlsxSheet *sheet)
{
  g_autoptr(GPtrArray) crews = sorted_keys (out->counts.crews), types = sorted_keys (out->counts.types);
  g_autoptr(GHashTable) by_type = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *made = dsp_macro_time_text (out->office, (DspTime) { out->office->now_us });
  g_autofree char *filter = dsp_filter_print (out->office->filter);
  gint64 n_all = 0, cents = 0;

  dsp_xlsx_sheet_set_column (sheet, 0, 28, DSP_XLSX_PLAIN);
  for (guint i = 0; i < types->len + 2; i++)
    dsp_xlsx_sheet_set_column (sheet, i + 1, 14, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 0, _("Open services by crew and type"), DSP_XLSX_TITLE);
  dsp_xlsx_sheet_text (sheet, 1, 0, _("Made by"), DSP_XLSX_BOLD);
  dsp_xlsx_sheet_text (sheet, 1, 1, out->office->user, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 1, 2, _("on"), DSP_XLSX_BOLD);
  dsp_xlsx_sheet_text (sheet, 1, 3, made, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 2, 0, _("Filter"), DSP_XLSX_BOLD);
  dsp_xlsx_sheet_text (sheet, 2, 1, filter, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, SUMMARY_ROW, 0, _("Crew"), DSP_XLSX_HEADING);
  for (guint i = 0; i < types->len; i++)
    dsp_xlsx_sheet_text (sheet, SUMMARY_ROW, i + 1, *(const char *) types->pdata[i] != '\0' ? types->pdata[i] : _("None"), DSP_XLSX_HEADING);
  dsp_xlsx_sheet_text (sheet, SUMMARY_ROW, types->len + 1, _("Total"), DSP_XLSX_HEADING);
  dsp_xlsx_sheet_text (sheet, SUMMARY_ROW, types->len + 2, _("Penalties at stake"), DSP_XLSX_HEADING);
  for (guint i = 0; i < crews->len; i++)
    {
      GHashTable *row = g_hash_table_lookup (out->counts.crews, crews->pdata[i]);
      gint64 n_row = 0, money = *(gint64 *) g_hash_table_lookup (out->counts.money, crews->pdata[i]);
      g_autofree char *formula = sum_formula (SUMMARY_ROW + 1 + i, 1, SUMMARY_ROW + 1 + i, MAX (types->len, 1));

      dsp_xlsx_sheet_text (sheet, SUMMARY_ROW + 1 + i, 0, *(const char *) crews->pdata[i] != '\0' ? crews->pdata[i] : _("No crew"), DSP_XLSX_PLAIN);
      for (guint j = 0; j < types->len; j++)
        {
          int n = GPOINTER_TO_INT (g_hash_table_lookup (row, types->pdata[j]));

          if (n > 0)
            dsp_xlsx_sheet_int (sheet, SUMMARY_ROW + 1 + i, j + 1, n, DSP_XLSX_PLAIN);
          g_hash_table_insert (by_type, types->pdata[j], GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (by_type, types->pdata[j])) + n));
          n_row += n;
        }
      dsp_xlsx_sheet_int_formula (sheet, SUMMARY_ROW + 1 + i, types->len + 1, formula, n_row, DSP_XLSX_BOLD);
      dsp_xlsx_sheet_money (sheet, SUMMARY_ROW + 1 + i, types->len + 2, money, DSP_XLSX_PLAIN);
      n_all += n_row;
      cents += money;
    }
  if (crews->len > 0)
    write_summary_totals (sheet, by_type, types, crews->len, n_all, cents);
  dsp_xlsx_sheet_freeze (sheet, SUMMARY_ROW + 1, 1);
}

static gboolean
write_workbook (Out         *out,
                const char  *path,
                GError     **error)
{
  DspXlsxAbout about = { .title = _("Open services"), .author = out->office->user, .created = { out->office->now_us } };
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (path, &about, out->office->zone, error);
  DspXlsxSheet *summary, *lists;

  if (writer == NULL)
    return FALSE;
  out->sheet = dsp_xlsx_writer_add_sheet (writer, _("Open services"));
  summary = dsp_xlsx_writer_add_sheet (writer, _("Summary"));
  lists = dsp_xlsx_writer_add_sheet (writer, _("Lists"));
  write_headings (out->sheet);
  if (!each_order (out, error))
    return FALSE;
  dsp_xlsx_sheet_filter (out->sheet, 1, MAX (FIRST_ROW + out->n, 1) - 1, dsp_macro_n_columns () - 1);
  dsp_xlsx_sheet_protect (out->sheet);
  write_lists (out->office, lists, out->sheet, out->n);
  write_summary (out, summary);
  return dsp_xlsx_writer_commit (writer, out->cancellable, error);
}

/* ---- separated text ---- */

static gboolean
write_text (Out         *out,
            const char  *path,
            GError     **error)
{
  g_autofree char *part = g_strdup_printf ("%s.%08x", path, g_random_int ());
  gboolean done;
  int code;

  out->file = fopen (part, "wxe");
  if (out->file == NULL)
    {
      code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
      return FALSE;
    }
  out->text = g_string_new (DSP_CSV_BOM);
  for (guint column = 0; column < dsp_macro_n_columns (); column++)
    dsp_csv_write_field (out->text, ',', column == 0, _(dsp_macro_column (column)->label), FALSE);
  dsp_csv_write_end (out->text);
  fwrite (out->text->str, 1, out->text->len, out->file);
  done = each_order (out, error) && !g_cancellable_set_error_if_cancelled (out->cancellable, error);
  errno = 0;
  if (done && (ferror (out->file) || fflush (out->file) != 0 || fsync (fileno (out->file)) != 0 || g_rename (part, path) != 0))
    {
      code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
      done = FALSE;
    }
  fclose (out->file);
  if (!done)
    g_unlink (part);
  g_string_free (out->text, TRUE);
  return done;
}

gboolean
dsp_macro_write (DspMacroOffice   *office,
                 const char       *path,
                 DspMacroProgress *progress,
                 GCancellable     *cancellable,
                 guint            *n_rows,
                 GError          **error)
{
  DspMacroProgress own = { 0 };
  Out out = { .office = office, .progress = progress != NULL ? progress : &own, .cancellable = cancellable };
  gboolean done;

  counts_init (&out.counts);
  done = g_str_has_suffix (path, ".csv") ? write_text (&out, path, error) : write_workbook (&out, path, error);
  counts_clear (&out.counts);
  g_clear_error (&out.error);
  if (n_rows != NULL)
    *n_rows = out.n;
  return done;
}
