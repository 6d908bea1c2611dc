/* test-macro.c: the workbook of open services, out and back: what differs becomes commands, the rest is told
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "office.h"

#include "dsp-macro.h"
#include "dsp-order-pivot.h"
#include "dsp-xlsx-read.h"
#include "dsp-xlsx-write.h"
#include "xlsx-file.h"

#include <string.h>

#define N_ORDERS 20
#define FORMULA "=1+1"

typedef struct {
  char       *dir, *path, *file;
  DspReplica *replica;
  GTimeZone  *zone;
} Fixture;

static void
drop_delta (DspDelta *delta,
            gpointer  user_data)
{
  dsp_delta_free (delta);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DspKeeper *keeper;
  DspReplicaStatus status;
  DspReasonCode reason = { .id = office_id ("reason", 1), .code = (char *) "c01", .label = (char *) "Lo pidió el cliente", .process = DSP_PROCESS_RESCHEDULE };

  f->dir = office_temp_dir ();
  f->path = g_build_filename (f->dir, "cache.sqlite", NULL);
  f->file = g_build_filename (f->dir, "macro.csv", NULL);
  f->zone = g_time_zone_new_identifier ("America/Mexico_City");
  keeper = dsp_keeper_open (f->path, drop_delta, NULL, &error);
  g_assert_no_error (error);
  office_enrol (keeper);
  office_fill (keeper, N_ORDERS);
  {
    g_autofree char *body = g_strdup ("{\"code\":\"c01\",\"label\":\"Lo pidió el cliente\",\"process\":\"reschedule\"}");
    g_autofree char *change = NULL;
    char id[DSP_ID_TEXT], scope[DSP_ID_TEXT];

    dsp_id_print (&reason.id, id);
    dsp_id_print (&dsp_scope_common, scope);
    change = g_strdup_printf ("{\"seq\":11,\"last\":true,\"entity\":\"reason_code\",\"id\":\"%s\",\"version\":1,\"op\":\"put\",\"scope\":\"%s\","
                              "\"by\":\"ana\",\"kind\":\"reason_code.create\",\"at\":\"2025-06-01T10:00:00Z\",\"body\":%s}", id, scope, body);
    office_pull (keeper, change, 11, &error);
    g_assert_no_error (error);
  }
  dsp_keeper_close (keeper);
  f->replica = dsp_replica_open (f->path, 0, &error);
  g_assert_no_error (error);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      dsp_replica_get_status (f->replica, &status);
    }
  while (status.loading);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  dsp_replica_close (f->replica);
  g_clear_object (&f->replica);
  while (g_main_context_iteration (NULL, FALSE));
  office_remove_dir (f->dir);
  g_time_zone_unref (f->zone);
  g_free (f->dir);
  g_free (f->path);
  g_free (f->file);
}

static DspMacroOffice *
office_of (Fixture    *f,
           const char *filter)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspFilter) parsed = filter != NULL ? dsp_filter_parse (&dsp_order, filter, &error) : NULL;

  g_assert_no_error (error);
  return dsp_macro_office_new (f->replica, parsed, f->zone, "Ana");
}

static guint
write_out (Fixture    *f,
           const char *filter)
{
  g_autoptr(DspMacroOffice) office = office_of (f, filter);
  g_autoptr(GError) error = NULL;
  guint n = 0;

  g_assert_true (dsp_macro_write (office, f->file, NULL, NULL, &n, &error));
  g_assert_no_error (error);
  return n;
}

static DspMacroPlan *
read_in (Fixture *f,
         GError **error)
{
  g_autoptr(DspMacroOffice) office = office_of (f, NULL);

  return dsp_macro_read (office, f->file, NULL, NULL, error);
}

/* The line of the order with that number gets @text in @column. */
static void
edit (Fixture    *f,
      guint       order,
      guint       column,
      const char *text)
{
  g_autofree char *all = NULL, *number = g_strdup_printf (",%u,", 904000 + order), *after = NULL;
  g_auto(GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (f->file, &all, NULL, NULL));
  lines = g_strsplit (all, "\r\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], number) != NULL)
      {
        g_auto(GStrv) cells = g_strsplit (lines[i], ",", -1);

        g_free (cells[column]);
        cells[column] = g_strdup (text);
        g_free (lines[i]);
        lines[i] = g_strjoinv (",", cells);
      }
  after = g_strjoinv ("\r\n", lines);
  g_assert_true (g_file_set_contents (f->file, after, -1, NULL));
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static DspOutcome *
give (Fixture      *f,
      DspMacroPlan *plan,
      gint64        group,
      gboolean      preview)
{
  g_autoptr(GPtrArray) gifts = g_ptr_array_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  DspOutcome *outcome;

  for (guint i = 0; i < plan->rows->len; i++)
    {
      DspMacroRow *row = plan->rows->pdata[i];

      if (row->state == DSP_MACRO_READY)
        g_ptr_array_add (gifts, &row->gift);
    }
  dsp_replica_give_rows_async (f->replica, (DspGift **) gifts->pdata, gifts->len, group, preview, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  outcome = dsp_replica_give_rows_finish (f->replica, result, &error);
  g_assert_no_error (error);
  return outcome;
}

static const DspOrder *
order_of (Fixture *f,
          guint    n)
{
  DspId id = office_id ("order", n);

  return dsp_replica_get_order (f->replica, &id);
}

static DspMacroRow *
row_of (DspMacroPlan *plan,
        guint         order)
{
  g_autofree char *number = g_strdup_printf ("%u", 904000 + order);

  for (guint i = 0; i < plan->rows->len; i++)
    if (g_str_equal (((DspMacroRow *) plan->rows->pdata[i])->number, number))
      return plan->rows->pdata[i];
  g_error ("no row for order %s", number);
}

static void
assert_refused (DspMacroPlan *plan,
                guint         order,
                const char   *part)
{
  DspMacroRow *row = row_of (plan, order);

  g_assert_cmpint (row->state, ==, DSP_MACRO_REFUSED);
  if (strstr (row->reason, part) == NULL)
    g_error ("order %u: no “%s” in “%s”", order, part, row->reason);
}

static void
test_unchanged (Fixture      *f,
                gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspMacroPlan) plan = NULL;

  g_assert_cmpuint (write_out (f, "postal_code=03101"), ==, 2);
  g_assert_cmpuint (write_out (f, "status=closed"), ==, 0);
  g_assert_cmpuint (write_out (f, NULL), ==, N_ORDERS);
  plan = read_in (f, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->n_read, ==, N_ORDERS);
  g_assert_cmpuint (plan->n_unchanged, ==, N_ORDERS);
  g_assert_cmpuint (plan->rows->len, ==, 0);
}

static void
test_applied_and_undone (Fixture      *f,
                         gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspMacroPlan) plan = NULL;
  g_autoptr(DspOutcome) preview = NULL;
  g_autoptr(DspOutcome) outcome = NULL;
  g_autoptr(DspOutcome) undone = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  write_out (f, NULL);
  edit (f, 0, DSP_MACRO_CREW, "C-01");
  edit (f, 1, DSP_MACRO_CREW, "c-02");
  edit (f, 2, DSP_MACRO_CREW, "C-03"); /* retired */
  edit (f, 3, DSP_MACRO_CREW, "C-01");
  edit (f, 3, DSP_MACRO_ATTENTION, "30/11/2099 16:00");
  edit (f, 3, DSP_MACRO_REASON, "c01");
  edit (f, 4, DSP_MACRO_NOTE, "=llamar antes");
  edit (f, 5, DSP_MACRO_STATUS, "cancelled");
  edit (f, 5, DSP_MACRO_NOTE, "ya quedó");
  edit (f, 6, DSP_MACRO_STATUS, "closed");
  plan = read_in (f, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->rows->len, ==, 7);
  g_assert_cmpuint (plan->n_unchanged, ==, N_ORDERS - 7);

  preview = give (f, plan, 0, TRUE);
  g_assert_cmpuint (preview->n_given, ==, 5);
  g_assert_true (row_of (plan, 2)->gift.refused);
  g_assert_cmpint (row_of (plan, 2)->gift.rule, ==, DSP_RULE_CREW_RETIRED);
  g_assert_true (row_of (plan, 6)->gift.refused); /* nobody closes what no crew had */
  g_assert_cmpint (row_of (plan, 3)->gift.steps[0].command == &dsp_order_reschedule, ==, TRUE);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_UNASSIGNED); /* nothing has changed yet */

  outcome = give (f, plan, 0, FALSE);
  g_assert_cmpuint (outcome->n_given, ==, 5);
  g_assert_cmpint (outcome->group, !=, 0);
  g_assert_cmpint (order_of (f, 0)->status, ==, DSP_ORDER_ASSIGNED);
  g_assert_cmpint (order_of (f, 2)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_cmpint (order_of (f, 3)->status, ==, DSP_ORDER_ASSIGNED);
  {
    DspTime at;

    g_assert_true (dsp_time_parse ("2099-11-30T22:00:00Z", 20, &at));
    g_assert_cmpint (order_of (f, 3)->attention_at.us, ==, at.us);
  }
  g_assert_cmpint (order_of (f, 4)->followed_at.us, !=, 0);
  g_assert_cmpint (order_of (f, 5)->status, ==, DSP_ORDER_CANCELLED);

  dsp_replica_undo_async (f->replica, outcome->group, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  undone = dsp_replica_undo_finish (f->replica, result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpint (order_of (f, i)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_cmpint (order_of (f, 3)->attention_at.us, ==, 0);
  g_assert_cmpint (order_of (f, 4)->followed_at.us, ==, 0);
}

static void
test_refused (Fixture      *f,
              gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspMacroPlan) plan = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(DspOutcome) outcome = NULL;
  DspAssign args = { .crew_id = office_id ("crew", 1) };
  DspId ids[] = { office_id ("order", 10), office_id ("order", 11) };

  write_out (f, NULL);
  dsp_replica_give_async (f->replica, &dsp_order_assign, ids, 2, &args, 1, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  outcome = dsp_replica_give_finish (f->replica, result, &error);
  edit (f, 0, DSP_MACRO_CREW, "C-99");
  edit (f, 1, DSP_MACRO_ATTENTION, "mañana");
  edit (f, 2, DSP_MACRO_STATUS, "Terminada");
  edit (f, 3, DSP_MACRO_ID, "x");
  edit (f, 3, DSP_MACRO_CREW, "C-01");
  {
    g_autofree char *other = NULL;
    char id[DSP_ID_TEXT];
    DspId five = office_id ("order", 5);

    dsp_id_print (&five, id);
    other = g_strdup (id);
    edit (f, 4, DSP_MACRO_ID, other); /* another order's key */
  }
  edit (f, 10, DSP_MACRO_CREW, "C-02"); /* changed meanwhile */
  edit (f, 12, DSP_MACRO_STATUS, "assigned");
  edit (f, 13, DSP_MACRO_REASON, "c01");
  edit (f, 14, DSP_MACRO_ATTENTION, "2099-11-30 16:00");
  edit (f, 14, DSP_MACRO_REASON, "porque sí");
  plan = read_in (f, &error);
  g_assert_no_error (error);
  assert_refused (plan, 0, "there is no crew “C-99”");
  assert_refused (plan, 1, "“mañana” is no date");
  assert_refused (plan, 2, "there is no status “Terminada”");
  assert_refused (plan, 3, "key columns");
  assert_refused (plan, 4, "key columns were changed: this is the row of order 904005");
  assert_refused (plan, 10, "Changed by somebody");
  assert_refused (plan, 12, "write its crew");
  assert_refused (plan, 13, "says nothing");
  assert_refused (plan, 14, "“porque sí” is no reason");
  /* Order 11 has changed, too, but nobody touched its row: there is nothing to tell. */
  g_assert_cmpuint (plan->rows->len, ==, 9);
}

/* ---- as a spreadsheet would save it ---- */

typedef struct {
  DspXlsxSheet *sheet;
  guint         order_row;
} Copy;

static gboolean
copy_row (guint               row,
          const DspXlsxCell  *cells,
          guint               n_cells,
          gpointer            data,
          GError            **error)
{
  Copy *copy = data;

  for (guint i = 0; i < n_cells; i++)
    if (row == 2 && i == DSP_MACRO_CREW)
      dsp_xlsx_sheet_text (copy->sheet, row, i, "C-02", DSP_XLSX_PLAIN);
    else if (row == 3 && i == DSP_MACRO_CREW)
      dsp_xlsx_sheet_int_formula (copy->sheet, row, i, "=1+1", 2, DSP_XLSX_PLAIN);
    else if (row == 4 && i == DSP_MACRO_CREW)
      dsp_xlsx_sheet_text (copy->sheet, row, i, "C-01", DSP_XLSX_PLAIN);
    else if (row == 4 && i == DSP_MACRO_ATTENTION)
      dsp_xlsx_sheet_date (copy->sheet, row, i, dsp_date_make (2099, 11, 30), DSP_XLSX_PLAIN);
    else if (row == 4 && i == DSP_MACRO_REASON)
      dsp_xlsx_sheet_text (copy->sheet, row, i, "Lo pidió el cliente", DSP_XLSX_PLAIN);
    else if (cells[i].kind == DSP_XLSX_CELL_NUMBER)
      dsp_xlsx_sheet_double (copy->sheet, row, i, cells[i].number, DSP_XLSX_PLAIN);
    else if (cells[i].kind == DSP_XLSX_CELL_TIME)
      dsp_xlsx_sheet_time (copy->sheet, row, i, (DspTime) { cells[i].wall_s * G_TIME_SPAN_SECOND }, DSP_XLSX_PLAIN);
    else
      dsp_xlsx_sheet_text (copy->sheet, row, i, cells[i].text, DSP_XLSX_PLAIN);
  return TRUE;
}

static void
test_workbook (Fixture      *f,
               gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *out = g_build_filename (f->dir, "out.xlsx", NULL);
  g_autoptr(DspXlsxReader) reader = NULL;
  g_autoptr(DspXlsxWriter) writer = NULL;
  g_autoptr(DspMacroPlan) plan = NULL;
  g_autoptr(DspOutcome) preview = NULL;
  Copy copy = { 0 };

  g_free (f->file);
  f->file = g_strdup (out);
  g_assert_cmpuint (write_out (f, NULL), ==, N_ORDERS);
  plan = read_in (f, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->n_unchanged, ==, N_ORDERS);
  g_clear_pointer (&plan, dsp_macro_plan_free);

  g_free (f->file);
  f->file = g_build_filename (f->dir, "in.xlsx", NULL);
  reader = dsp_xlsx_reader_open (out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dsp_xlsx_reader_get_n_sheets (reader), ==, 3);
  g_assert_true (dsp_xlsx_reader_is_hidden (reader, 2));
  writer = dsp_xlsx_writer_new (f->file, NULL, NULL, &error);
  copy.sheet = dsp_xlsx_writer_add_sheet (writer, "Hoja1");
  g_assert_true (dsp_xlsx_reader_read (reader, 0, copy_row, &copy, &error));
  g_assert_true (dsp_xlsx_writer_commit (writer, NULL, &error));
  g_assert_no_error (error);

  plan = read_in (f, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->n_read, ==, N_ORDERS);
  g_assert_cmpuint (plan->rows->len, ==, 3);
  assert_refused (plan, 1, "formula");
  preview = give (f, plan, 0, TRUE);
  g_assert_cmpuint (preview->n_given, ==, 2);
  g_assert_nonnull (strstr (row_of (plan, 0)->what, "C-02"));
}

static gboolean
find_text (guint               row,
           const DspXlsxCell  *cells,
           guint               n_cells,
           gpointer            data,
           GError            **error)
{
  guint *n = data;

  for (guint i = 0; i < n_cells; i++)
    {
      g_assert_false (cells[i].formula);
      *n += g_str_equal (cells[i].text, FORMULA) ? 1 : 0;
    }
  return TRUE;
}

/* What somebody typed as a customer's name is a text to the program that opens the file, and the same text when it comes back. */
static void
test_formula_as_a_name (Fixture      *f,
                        gconstpointer data)
{
  DspOrder change = { .number = (char *) "904003", .contact_name = (char *) FORMULA };
  guint64 given = dsp_table_bit (&dsp_order.table, offsetof (DspOrder, number)) | dsp_table_bit (&dsp_order.table, offsetof (DspOrder, contact_name));
  DspId id = office_id ("order", 3);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(DspOutcome) outcome = NULL;
  g_autoptr(DspXlsxReader) reader = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  dsp_replica_give_async (f->replica, &dsp_order_import, &id, 1, &change, given, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  outcome = dsp_replica_give_finish (f->replica, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->n_given, ==, 1);
  write_out (f, NULL);
  g_assert_true (g_file_get_contents (f->file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "'" FORMULA));
  g_assert_null (strstr (text, "," FORMULA));

  g_free (f->file);
  f->file = g_build_filename (f->dir, "macro.xlsx", NULL);
  write_out (f, NULL);
  reader = dsp_xlsx_reader_open (f->file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (dsp_xlsx_reader_read (reader, 0, find_text, &n, &error));
  g_assert_cmpuint (n, ==, 1);
}

/* Cells as texts, for a sheet of any form. */
static gboolean
copy_text (guint               row,
           const DspXlsxCell  *cells,
           guint               n_cells,
           gpointer            data,
           GError            **error)
{
  GString *rows = data;

  g_string_append_printf (rows, "<row r=\"%u\">", row + 1);
  for (guint i = 0; i < n_cells; i++)
    {
      g_autofree char *cell = dsp_xlsx_dup_cell_name (row, i), *escaped = g_markup_escape_text (cells[i].text, -1);

      g_string_append_printf (rows, "<c r=\"%s\" t=\"inlineStr\"><is><t>%s</t></is></c>", cell, escaped);
    }
  g_string_append (rows, "</row>");
  return TRUE;
}

/* Crews of three rows that are one cell now: each of them is refused by that cell, whatever else it says. */
static void
test_merged (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *out = g_build_filename (f->dir, "out.xlsx", NULL), *merges = NULL, *first = NULL, *last = NULL, *sheet = NULL;
  g_autoptr(GString) rows = g_string_new (NULL);
  g_autoptr(DspXlsxReader) reader = NULL;
  g_autoptr(DspMacroPlan) plan = NULL;

  g_free (f->file);
  f->file = g_strdup (out);
  write_out (f, NULL);
  reader = dsp_xlsx_reader_open (out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (dsp_xlsx_reader_read (reader, 0, copy_text, rows, &error));
  first = dsp_xlsx_dup_cell_name (2, DSP_MACRO_NOTE);
  last = dsp_xlsx_dup_cell_name (4, DSP_MACRO_NOTE);
  merges = g_strdup_printf ("<mergeCells><mergeCell ref=\"%s:%s\"/></mergeCells>", first, last);
  for (guint i = 3; i <= 5; i++)
    {
      g_autofree char *cell = dsp_xlsx_dup_cell_name (i - 1, DSP_MACRO_CREW), *old = g_strdup_printf ("<c r=\"%s\" t=\"inlineStr\"><is><t></t>", cell);
      g_autofree char *new = g_strdup_printf ("<c r=\"%s\" t=\"inlineStr\"><is><t>C-01</t>", cell);

      g_assert_cmpuint (g_string_replace (rows, old, new, 1), ==, 1);
    }
  sheet = xlsx_file_sheet (rows->str, merges);
  xlsx_file_write (out, (const XlsxPart[]) { { "xl/worksheets/sheet1.xml", sheet }, { NULL, NULL } });
  plan = read_in (f, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->n_read, ==, N_ORDERS);
  g_assert_cmpuint (plan->rows->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const DspMacroRow *row = plan->rows->pdata[i];
      g_autofree char *range = g_strdup_printf ("(%s:%s)", first, last);

      g_assert_cmpint (row->state, ==, DSP_MACRO_REFUSED);
      g_assert_nonnull (strstr (row->reason, range));
    }
}

static void
test_cancelled (Fixture      *f,
                gconstpointer data)
{
  g_autoptr(DspMacroOffice) office = office_of (f, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  const char *const names[] = { "macro.csv", "macro.xlsx" };

  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = g_build_filename (f->dir, names[i], NULL);
      g_autoptr(GDir) dir = NULL;
      const char *name;

      g_assert_false (dsp_macro_write (office, path, NULL, cancellable, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      dir = g_dir_open (f->dir, 0, NULL);
      while ((name = g_dir_read_name (dir)) != NULL)
        g_assert_null (strstr (name, "macro"));
    }
}

static void
test_other_file (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (f->file, "a,b\n1,2\n", -1, NULL));
  g_assert_null (read_in (f, &error));
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "key columns"));
}

/* ---- the pivot ---- */

static guint
n_orders_of (Fixture    *f,
             const char *row,
             const char *column)
{
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, DSP_MACRO_OPEN, NULL);
  DspOrderQuery query = { .filter = filter, .clock = { .now_us = g_get_real_time () } };
  g_autoptr(DspOrderResult) result = NULL;

  g_assert_true (dsp_filter_narrow (filter, row, NULL));
  if (!dsp_filter_narrow (filter, column, NULL))
    return 0;
  result = dsp_replica_query_now (f->replica, &query, 0);
  g_assert_nonnull (result);
  return result->n_rows;
}

static void
test_every_figure_leads_to_its_orders (Fixture      *f,
                                       gconstpointer data)
{
  g_autoptr(DspFilter) open = dsp_filter_parse (&dsp_order, DSP_MACRO_OPEN, NULL);

  for (guint i = 0; i < dsp_pivot_n_by (); i++)
    for (guint j = 0; j < dsp_pivot_n_by (); j++)
      {
        g_autoptr(GAsyncResult) result = NULL;
        g_autoptr(DspPivot) pivot = NULL;
        g_autoptr(GError) error = NULL;
        gint64 n = 0, cents = 0;

        dsp_replica_pivot_async (f->replica, open, dsp_pivot_by (i), dsp_pivot_by (j), "America/Mexico_City", NULL, on_result, &result);
        while (result == NULL)
          g_main_context_iteration (NULL, TRUE);
        pivot = dsp_replica_pivot_finish (f->replica, result, &error);
        g_assert_no_error (error);
        g_assert_cmpint (pivot->total.n, >, 0);
        for (guint row = 0; row < pivot->rows->len; row++)
          for (guint column = 0; column < pivot->columns->len; column++)
            {
              const DspPivotSum *sum = dsp_pivot_cell (pivot, row, column);

              n += sum->n;
              cents += sum->cents;
              if (sum->n > 0)
                g_assert_cmpint (n_orders_of (f, g_array_index (pivot->rows, DspPivotKey, row).condition,
                                              g_array_index (pivot->columns, DspPivotKey, column).condition), ==, sum->n);
            }
        g_assert_cmpint (n, ==, pivot->total.n);
        g_assert_cmpint (cents, ==, pivot->total.cents);
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/macro/S0-19/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("pivot/every_figure_leads_to_its_orders", test_every_figure_leads_to_its_orders);
  ADD ("what-nobody-touched-changes-nothing", test_unchanged);
  ADD ("rows-become-commands-and-are-undone-as-one", test_applied_and_undone);
  ADD ("each-refused-row-says-why", test_refused);
  ADD ("a-workbook-as-a-spreadsheet-saves-it", test_workbook);
  ADD ("merged-cells-are-refused-by-their-range", test_merged);
  ADD ("a-formula-typed-as-a-customers-name-stays-a-text", test_formula_as_a_name);
  ADD ("a-cancelled-export-leaves-nothing", test_cancelled);
  ADD ("any-other-file-is-refused", test_other_file);
  return g_test_run ();
}
