/* dsp-paper-table.c: a list in columns
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-table.h"

#include <string.h>

#define GAP 6.0
#define MAX_COLUMNS 24

DspPaperTable *
dsp_paper_table_new (const char        *title,
                     const char *const *columns,
                     const double      *shares)
{
  DspPaperTable *table = g_new0 (DspPaperTable, 1);

  table->title = g_strdup (title);
  table->columns = g_strdupv ((GStrv) columns);
  table->shares = g_memdup2 (shares, g_strv_length (table->columns) * sizeof *shares);
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_assert (g_strv_length (table->columns) <= MAX_COLUMNS);
  return table;
}

void
dsp_paper_table_free (DspPaperTable *table)
{
  g_free (table->title);
  g_strfreev (table->columns);
  g_free (table->shares);
  g_ptr_array_unref (table->rows);
  g_free (table);
}

void
dsp_paper_table_take (DspPaperTable *table,
                      GStrv          row)
{
  g_ptr_array_add (table->rows, row);
}

static guint
fill_cells (const DspPaperTable *table,
            DspPaperFlow        *flow,
            DspPaperStyle        style,
            GStrv                texts,
            DspPaperCell        *cells)
{
  double width = dsp_paper_flow_width (flow), x = 0;
  guint n = 0;

  for (; table->columns[n] != NULL && texts[n] != NULL; n++)
    {
      cells[n] = (DspPaperCell) { style, x, width * table->shares[n] - GAP, texts[n] };
      x += width * table->shares[n];
    }
  return n;
}

static void
on_page (DspPaperFlow *flow,
         gpointer      user_data)
{
  const DspPaperTable *table = user_data;
  DspPaperCell cells[MAX_COLUMNS];
  guint n = fill_cells (table, flow, DSP_PAPER_HEADING, table->columns, cells);

  dsp_paper_flow_row (flow, cells, n);
  dsp_paper_flow_skip (flow, 2);
  dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow), dsp_paper_flow_width (flow), 0, 0.7);
  dsp_paper_flow_skip (flow, 3);
}

DspPaperFlow *
dsp_paper_table_lay_out (const DspPaperTable *table,
                         DspPaperPen         *pen,
                         double               width,
                         double               height)
{
  DspPaperFlow *flow = dsp_paper_flow_new (pen, width, height, on_page, (gpointer) table);
  DspPaperCell cells[MAX_COLUMNS];

  if (table->title != NULL)
    {
      dsp_paper_flow_text (flow, DSP_PAPER_STRONG, 0, width, table->title);
      dsp_paper_flow_skip (flow, 6);
    }
  on_page (flow, (gpointer) table);
  for (guint i = 0; i < table->rows->len; i++)
    {
      guint n = fill_cells (table, flow, DSP_PAPER_SMALL, table->rows->pdata[i], cells);

      dsp_paper_flow_row (flow, cells, n);
      dsp_paper_flow_skip (flow, 2);
      dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow), width, 0, 0.2);
      dsp_paper_flow_skip (flow, 2);
    }
  return flow;
}
