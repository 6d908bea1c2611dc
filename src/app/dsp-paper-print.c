/* dsp-paper-print.c: a document through the system's print dialog
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages are counted in steps and drawn one by one, each from the main loop.
 */
#define G_LOG_DOMAIN "dsp-paper-print"

#include "config.h"
#include "dsp-paper-print.h"

#include <glib/gi18n.h>

#define STEP_US 8000
#define LAST_KEY "dsp-print-settings" /* on the office: the printer that was chosen last */

const DspPaperSize *
dsp_paper_size_chosen (DspOffice *office)
{
  return g_settings_get_enum (dsp_office_get_settings (office), "paper") == 1 ? &dsp_paper_a4 : &dsp_paper_letter;
}

typedef struct {
  DspOffice        *office;   /* (owned) */
  DspPaperDocument *document; /* (owned) */
  DspPaperPager    *pager;    /* (owned) (nullable): of the paper that was chosen */
} Print;

static void
print_free (gpointer  data,
            GClosure *closure)
{
  Print *print = data;

  g_clear_pointer (&print->pager, dsp_paper_pager_free);
  dsp_paper_document_unref (print->document);
  g_object_unref (print->office);
  g_free (print);
}

static void
on_begin (GtkPrintOperation *operation,
          GtkPrintContext   *context,
          Print             *print)
{
  g_clear_pointer (&print->pager, dsp_paper_pager_free);
  print->pager = dsp_paper_pager_new (print->document, gtk_print_context_get_width (context), gtk_print_context_get_height (context));
}

static gboolean
on_paginate (GtkPrintOperation *operation,
             GtkPrintContext   *context,
             Print             *print)
{
  if (!dsp_paper_pager_count (print->pager, STEP_US))
    return FALSE;
  gtk_print_operation_set_n_pages (operation, (int) MAX (dsp_paper_pager_n_pages (print->pager), 1));
  return TRUE;
}

static void
on_draw (GtkPrintOperation *operation,
         GtkPrintContext   *context,
         int                page,
         Print             *print)
{
  if ((guint) page < dsp_paper_pager_n_pages (print->pager))
    dsp_paper_pager_draw (print->pager, (guint) page, gtk_print_context_get_cairo_context (context));
}

static void
on_done (GtkPrintOperation       *operation,
         GtkPrintOperationResult  result,
         Print                   *print)
{
  g_autoptr(GError) error = NULL;

  if (result == GTK_PRINT_OPERATION_RESULT_APPLY)
    g_object_set_data_full (G_OBJECT (print->office), LAST_KEY, gtk_print_settings_copy (gtk_print_operation_get_print_settings (operation)),
                            g_object_unref);
  if (result != GTK_PRINT_OPERATION_RESULT_ERROR)
    return;
  gtk_print_operation_get_error (operation, &error);
  dsp_office_message (print->office, 0, _("It could not be printed: %s"), error != NULL ? error->message : "?");
}

/* The printer of the last time; where "print to file" goes, and under which name. */
static GtkPrintSettings *
make_settings (DspOffice        *office,
               DspPaperDocument *document)
{
  GtkPrintSettings *last = g_object_get_data (G_OBJECT (office), LAST_KEY);
  GtkPrintSettings *settings = last != NULL ? gtk_print_settings_copy (last) : gtk_print_settings_new ();
  g_autofree char *folder = g_settings_get_string (dsp_office_get_settings (office), "paper-folder");

  gtk_print_settings_unset (settings, GTK_PRINT_SETTINGS_OUTPUT_URI);
  gtk_print_settings_unset (settings, GTK_PRINT_SETTINGS_PAGE_RANGES);
  gtk_print_settings_set_n_copies (settings, 1);
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_BASENAME, dsp_paper_document_title (document));
  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_DIR, folder);
  return settings;
}

void
dsp_paper_print (GtkWindow          *parent,
                 DspOffice          *office,
                 DspPaperDocument   *document,
                 const DspPaperSize *size)
{
  g_autoptr(GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr(GtkPageSetup) setup = gtk_page_setup_new ();
  g_autoptr(GtkPrintSettings) settings = make_settings (office, document);
  g_autoptr(GError) error = NULL;
  GtkPaperSize *paper = gtk_paper_size_new (size == &dsp_paper_a4 ? GTK_PAPER_NAME_A4 : GTK_PAPER_NAME_LETTER);
  Print *print = g_new0 (Print, 1);

  print->office = g_object_ref (office);
  print->document = dsp_paper_document_ref (document);
  gtk_page_setup_set_paper_size_and_default_margins (setup, paper);
  gtk_paper_size_free (paper);
  gtk_page_setup_set_orientation (setup, dsp_paper_document_is_landscape (document) ? GTK_PAGE_ORIENTATION_LANDSCAPE
                                                                                   : GTK_PAGE_ORIENTATION_PORTRAIT);
  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_print_settings (operation, settings);
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_job_name (operation, dsp_paper_document_title (document));
  gtk_print_operation_set_allow_async (operation, TRUE);
  gtk_print_operation_set_show_progress (operation, TRUE);
  g_signal_connect (operation, "begin-print", G_CALLBACK (on_begin), print);
  g_signal_connect (operation, "paginate", G_CALLBACK (on_paginate), print);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw), print);
  g_signal_connect_data (operation, "done", G_CALLBACK (on_done), print, print_free, 0);
  if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, parent, &error) == GTK_PRINT_OPERATION_RESULT_ERROR)
    dsp_office_message (office, 0, _("It could not be printed: %s"), error->message);
}
