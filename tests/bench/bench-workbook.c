/* bench-workbook.c: the workbook of 100,000 open services, out and back in, beside what the libraries alone need for it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-workbook [ORDERS]. Each figure is a line of JSON on standard output, for a person on standard error. Out and in run in
 * processes of their own over a whole replica, so that their memory is theirs.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-macro.h"
#include "dsp-xlsx-read.h"
#include "dsp-xlsx-write.h"
#include "figure.h"
#include "generate-replica.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#define N_CREWS 400
#define N_DISTRIBUTORS 12
#define PART 500
#define GOAL_OUT_S 10.0
#define GOAL_IN_S 15.0
#define GOAL_MB 300.0

/* The rows of people below the headings. */
#define FIRST_ROW 2

static void
tell (const char *name,
      double      value,
      const char *unit,
      double      goal)
{
  g_autofree char *whole = g_strconcat ("workbook/", name, NULL);

  figure (whole, value, unit, 0, NULL, goal);
}

static double
seconds_since (gint64 from)
{
  return (double) (g_get_monotonic_time () - from) / G_TIME_SPAN_SECOND;
}

static double
peak_mb (void)
{
  g_autofree char *text = NULL;
  const char *peak;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) || (peak = strstr (text, "VmHWM:")) == NULL)
    return 0;
  return (double) g_ascii_strtoull (peak + strlen ("VmHWM:"), NULL, 10) / 1024;
}

/* ---- the product ---- */

typedef struct { DspReplica *replica; DspMacroOffice *office; } Desk;

static void
open_desk (const char *dir,
           Desk       *desk)
{
  g_autofree char *path = g_build_filename (dir, "replica.db", NULL);
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier ("America/Mexico_City");
  g_autoptr(GError) error = NULL;
  DspReplicaStatus status;

  desk->replica = dsp_replica_open (path, 0, &error);
  g_assert_no_error (error);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      dsp_replica_get_status (desk->replica, &status);
    }
  while (status.loading);
  desk->office = dsp_macro_office_new (desk->replica, NULL, zone, "Ana");
}

static void
close_desk (Desk *desk)
{
  dsp_macro_office_free (desk->office);
  dsp_replica_close (desk->replica);
  g_object_unref (desk->replica);
}

static void
measure_out (const char *dir)
{
  static const struct { const char *file, *name; double goal; } files[] = {
    { "open.xlsx", "out, XLSX", GOAL_OUT_S }, { "open.csv", "out, CSV", GOAL_OUT_S },
  };
  Desk desk;

  open_desk (dir, &desk);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (dir, files[i].file, NULL);
      g_autoptr(GError) error = NULL;
      gint64 from = g_get_monotonic_time ();

      dsp_macro_write (desk.office, path, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      tell (files[i].name, seconds_since (from), "s", files[i].goal);
    }
  tell ("out, memory of the process", peak_mb (), "MB", GOAL_MB);
  close_desk (&desk);
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
judge (Desk         *desk,
       DspMacroPlan *plan)
{
  g_autoptr(GPtrArray) gifts = g_ptr_array_new ();
  guint n_refused = 0;

  for (guint i = 0; i < plan->rows->len; i++)
    g_ptr_array_add (gifts, &((DspMacroRow *) plan->rows->pdata[i])->gift);
  for (guint i = 0; i < gifts->len; i += PART)
    {
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(DspOutcome) outcome = NULL;

      dsp_replica_give_rows_async (desk->replica, (DspGift **) gifts->pdata + i, MIN (gifts->len - i, PART), 0, TRUE, NULL, on_result, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      outcome = dsp_replica_give_rows_finish (desk->replica, result, NULL);
      g_assert_nonnull (outcome);
    }
  for (guint i = 0; i < gifts->len; i++)
    n_refused += ((DspGift *) gifts->pdata[i])->refused;
  g_printerr ("  (%u changes, %u refused by the rules)\n", gifts->len, n_refused);
}

static void
measure_in (const char *dir,
            const char *file,
            const char *name)
{
  g_autofree char *path = g_build_filename (dir, file, NULL), *of_memory = g_strconcat (name, ", memory of the process", NULL);
  g_autofree char *of_reading = g_strconcat (name, ", reading alone", NULL);
  g_autoptr(DspMacroPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  gint64 from;
  Desk desk;

  open_desk (dir, &desk);
  from = g_get_monotonic_time ();
  plan = dsp_macro_read (desk.office, path, NULL, NULL, &error);
  g_assert_no_error (error);
  tell (of_reading, seconds_since (from), "s", 0);
  judge (&desk, plan);
  tell (name, seconds_since (from), "s", GOAL_IN_S);
  tell (of_memory, peak_mb (), "MB", GOAL_MB);
  close_desk (&desk);
}

/* ---- what a person does to it ---- */

typedef struct {
  DspXlsxSheet *sheet;
  guint         n_changed; /* rows that get another crew */
} Copy;

static gboolean
copy_row (guint              row,
          const DspXlsxCell *cells,
          guint              n_cells,
          gpointer           data,
          GError           **error)
{
  Copy *copy = data;

  for (guint i = 0; i < n_cells; i++)
    if (i == DSP_MACRO_CREW && row >= FIRST_ROW && row - FIRST_ROW < copy->n_changed)
      {
        g_autofree char *crew = g_strdup_printf ("C%03u", (row * 7 + 1) % N_CREWS + 1);

        dsp_xlsx_sheet_text (copy->sheet, row, i, crew, DSP_XLSX_PLAIN);
      }
    else if (cells[i].kind == DSP_XLSX_CELL_NUMBER)
      dsp_xlsx_sheet_int (copy->sheet, row, i, (gint64) cells[i].number, DSP_XLSX_PLAIN);
    else if (*cells[i].text != '\0')
      dsp_xlsx_sheet_text (copy->sheet, row, i, cells[i].text, DSP_XLSX_PLAIN);
  return TRUE;
}

static void
work_on (const char *dir,
         const char *to,
         guint       n_changed)
{
  g_autofree char *from = g_build_filename (dir, "open.xlsx", NULL), *path = g_build_filename (dir, to, NULL);
  DspXlsxAbout about = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(DspXlsxReader) reader = dsp_xlsx_reader_open (from, NULL, &error);
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (path, &about, NULL, &error);
  Copy copy = { dsp_xlsx_writer_add_sheet (writer, "1"), n_changed };

  g_assert_no_error (error);
  dsp_xlsx_reader_read (reader, 0, copy_row, &copy, &error);
  g_assert_no_error (error);
  dsp_xlsx_writer_commit (writer, NULL, &error);
  g_assert_no_error (error);
}

/* ---- the limits ---- */

typedef struct { GPtrArray *texts; } Texts; /* NULL ends a row */

static gboolean
take_row (guint              row,
          const DspXlsxCell *cells,
          guint              n_cells,
          gpointer           data,
          GError           **error)
{
  Texts *texts = data;

  for (guint i = 0; i < n_cells; i++)
    g_ptr_array_add (texts->texts, g_strdup (cells[i].text));
  g_ptr_array_add (texts->texts, NULL);
  return TRUE;
}

/* The same texts in the same places, by libxlsxwriter alone. */
static void
measure_library (const char *dir)
{
  g_autofree char *from = g_build_filename (dir, "open.xlsx", NULL), *path = g_build_filename (dir, "limit.xlsx", NULL);
  lxw_workbook_options options = { .constant_memory = LXW_TRUE };
  g_autoptr(DspXlsxReader) reader = dsp_xlsx_reader_open (from, NULL, NULL);
  Texts texts = { g_ptr_array_new_with_free_func (g_free) };
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_row_t row = 0;
  lxw_col_t column = 0;
  gint64 began;

  g_assert_true (dsp_xlsx_reader_read (reader, 0, take_row, &texts, NULL));
  began = g_get_monotonic_time ();
  book = workbook_new_opt (path, &options);
  sheet = workbook_add_worksheet (book, NULL);
  for (guint i = 0; i < texts.texts->len; i++)
    if (texts.texts->pdata[i] == NULL)
      {
        row++;
        column = 0;
      }
    else
      {
        if (*(const char *) texts.texts->pdata[i] != '\0')
          worksheet_write_string (sheet, row, column, texts.texts->pdata[i], NULL);
        column++;
      }
  g_assert_cmpint (workbook_close (book), ==, LXW_NO_ERROR);
  tell ("limit of out: libxlsxwriter alone, the same cells", seconds_since (began), "s", 0);
  g_ptr_array_unref (texts.texts);
}

/* All parts of the file inflated and parsed, and nothing done with them. */
static void
measure_parsing (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "all.xlsx", NULL);
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;
  gint64 began = g_get_monotonic_time ();
  static char chunk[65536];
  xmlSAXHandler nothing = { 0 };
  la_ssize_t n;

  archive_read_support_format_zip (archive);
  g_assert_cmpint (archive_read_open_filename (archive, path, sizeof chunk), ==, ARCHIVE_OK);
  while (archive_read_next_header (archive, &entry) == ARCHIVE_OK)
    {
      xmlParserCtxtPtr parser = xmlCreatePushParserCtxt (&nothing, NULL, NULL, 0, NULL);

      while ((n = archive_read_data (archive, chunk, sizeof chunk)) > 0)
        xmlParseChunk (parser, chunk, (int) n, 0);
      xmlParseChunk (parser, NULL, 0, 1);
      xmlFreeParserCtxt (parser);
    }
  archive_read_free (archive);
  tell ("limit of in: inflating and parsing the same file", seconds_since (began), "s", 0);
}

/* ---- all of it ---- */

static void
run_self (char       *program,
          const char *what,
          const char *dir)
{
  char *arguments[] = { program, (char *) what, (char *) dir, NULL };
  int status = 0;

  if (!g_spawn_sync (NULL, arguments, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, &status, NULL) || status != 0)
    g_error ("%s failed", what);
}

int
main (int    argc,
      char **argv)
{
  guint n = argc == 2 ? (guint) atoi (argv[1]) : 100000;
  g_autofree char *dir = NULL, *path = NULL;
  char *arguments[] = { (char *) "rm", (char *) "-rf", NULL, NULL };

  if (argc == 3 && g_str_equal (argv[1], "--out"))
    measure_out (argv[2]);
  else if (argc == 3 && g_str_equal (argv[1], "--in-all"))
    measure_in (argv[2], "all.xlsx", "in (preview), every row changed");
  else if (argc == 3 && g_str_equal (argv[1], "--in-some"))
    measure_in (argv[2], "some.xlsx", "in (preview), 1,000 rows changed");
  else
    {
      /* The newest tenth is open. */
      g_autoptr(Generate) generate = generate_new (1, n * 10, N_CREWS, N_DISTRIBUTORS, NULL);

      dir = g_dir_make_tmp ("despacho-bench-XXXXXX", NULL);
      path = g_build_filename (dir, "replica.db", NULL);
      generate_replica (generate, path, n * 9, n, N_CREWS, N_DISTRIBUTORS);
      run_self (argv[0], "--out", dir);
      measure_library (dir);
      work_on (dir, "all.xlsx", n);
      work_on (dir, "some.xlsx", 1000);
      run_self (argv[0], "--in-all", dir);
      measure_parsing (dir);
      run_self (argv[0], "--in-some", dir);
      arguments[2] = dir;
      return g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL) ? 0 : 1;
    }
  return 0;
}
