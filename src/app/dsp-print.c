/* dsp-print.c: the list of orders on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-print"

#include "config.h"
#include "dsp-print.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

/* A thousand pages are a mistake. */
#define MAX_PRINTED 20000
#define LINE_PT 15.0
#define HEAD_PT 44.0

static const struct { gsize offset; double share; } columns[] = {
  { offsetof (DspOrder, number), 0.11 }, { offsetof (DspOrder, account), 0.09 }, { offsetof (DspOrder, type), 0.15 },
  { offsetof (DspOrder, penalty_at), 0.11 }, { offsetof (DspOrder, postal_code), 0.06 },
  { offsetof (DspOrder, neighbourhood), 0.17 }, { offsetof (DspOrder, contact_name), 0.18 }, { offsetof (DspOrder, crew_id), 0.13 },
};

typedef struct {
  DspOffice *office; /* (owned) */
  guint32   *rows;   /* (owned) */
  guint      n_rows;
  guint      per_page;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->office);
  g_free (job->rows);
  g_free (job);
}

static void
draw_text (cairo_t     *cr,
           PangoLayout *layout,
           const char  *text,
           double       x,
           double       y,
           double       width)
{
  pango_layout_set_text (layout, text, -1);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

static void
on_begin (GtkPrintOperation *operation,
          GtkPrintContext   *context,
          Job               *job)
{
  job->per_page = (guint) MAX (1, (gtk_print_context_get_height (context) - HEAD_PT) / LINE_PT);
  gtk_print_operation_set_n_pages (operation, (int) MAX (1, (job->n_rows + job->per_page - 1) / job->per_page));
}

static void
on_draw (GtkPrintOperation *operation,
         GtkPrintContext   *context,
         int                page,
         Job               *job)
{
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  g_autoptr(PangoLayout) layout = gtk_print_context_create_pango_layout (context);
  g_autoptr(PangoFontDescription) plain = pango_font_description_from_string ("Sans 8");
  g_autoptr(PangoFontDescription) bold = pango_font_description_from_string ("Sans Bold 8");
  double width = gtk_print_context_get_width (context);
  g_autofree char *now = dsp_text_time_full ((DspTime) { g_get_real_time () });
  g_autofree char *title = g_strdup_printf (ngettext ("%u order · %s · page %d", "%u orders · %s · page %d", job->n_rows),
                                            job->n_rows, now, page + 1);

  pango_layout_set_font_description (layout, bold);
  draw_text (cr, layout, title, 0, 0, width);
  for (guint line = 0; line <= job->per_page; line++)
    {
      guint at = (guint) page * job->per_page + line - 1;
      const DspOrder *order = NULL;
      double x = 0, y = 24 + line * LINE_PT;

      if (line > 0)
        {
          if (at >= job->n_rows)
            break;
          order = dsp_office_get_order (job->office, job->rows[at]);
          if (order == NULL)
            continue;
          pango_layout_set_font_description (layout, plain);
        }
      for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
        {
          const DspField *field = dsp_table_at (&dsp_order.table, columns[i].offset);
          g_autofree char *text = order != NULL ? dsp_office_field_text (job->office, field, order) : g_strdup (_(field->label));

          draw_text (cr, layout, text, x, y, width * columns[i].share - 6);
          x += width * columns[i].share;
        }
      if (line == 0)
        {
          cairo_set_line_width (cr, 0.5);
          cairo_move_to (cr, 0, y + LINE_PT - 3);
          cairo_line_to (cr, width, y + LINE_PT - 3);
          cairo_stroke (cr);
        }
    }
}

void
dsp_print_list (GtkWindow *parent,
                DspOffice *office)
{
  g_autoptr(GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr(GtkPageSetup) page = gtk_page_setup_new ();
  g_autoptr(GError) error = NULL;
  GtkBitset *selection = dsp_office_get_selection (office);
  Job *job = g_new0 (Job, 1);
  guint n;
  const guint32 *rows = dsp_office_get_rows (office, &n);

  job->office = g_object_ref (office);
  job->rows = g_new (guint32, MIN (n, MAX_PRINTED) + 1);
  for (guint i = 0; i < n && job->n_rows < MAX_PRINTED; i++)
    if (gtk_bitset_is_empty (selection) || gtk_bitset_contains (selection, rows[i]))
      job->rows[job->n_rows++] = rows[i];
  g_object_set_data_full (G_OBJECT (operation), "job", job, job_free);
  gtk_page_setup_set_orientation (page, GTK_PAGE_ORIENTATION_LANDSCAPE);
  gtk_print_operation_set_default_page_setup (operation, page);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_job_name (operation, _("Orders"));
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_signal_connect (operation, "begin-print", G_CALLBACK (on_begin), job);
  g_signal_connect (operation, "draw-page", G_CALLBACK (on_draw), job);
  if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, parent, &error) ==
      GTK_PRINT_OPERATION_RESULT_ERROR)
    dsp_office_message (office, 0, _("The list could not be printed: %s"), error->message);
}
