/* dsp-paper-form.c: boxes and lines that are filled in by hand
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-form.h"

#include <glib/gi18n.h>

#define GAP 12.0 /* between columns */

void
dsp_paper_heading (DspPaperFlow *flow,
                   const char   *text,
                   double        then)
{
  dsp_paper_flow_need (flow, 16 + then);
  dsp_paper_flow_skip (flow, 4);
  dsp_paper_flow_text (flow, DSP_PAPER_HEADING, 0, dsp_paper_flow_width (flow), text);
  dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow) + 0.5, dsp_paper_flow_width (flow), 0, 0.5);
  dsp_paper_flow_skip (flow, 3);
}

void
dsp_paper_facts (DspPaperFlow       *flow,
                 const DspPaperFact *list,
                 guint               n)
{
  double column = (dsp_paper_flow_width (flow) + GAP) / DSP_PAPER_FACT_COLUMNS;
  DspPaperCell labels[DSP_PAPER_FACT_COLUMNS], values[DSP_PAPER_FACT_COLUMNS];
  guint filled = 0, taken = 0;

  for (guint i = 0; i <= n; i++)
    {
      gboolean is_there = i < n && list[i].value != NULL && *list[i].value != '\0';

      if (filled > 0 && (i == n || (is_there && taken + list[i].span > DSP_PAPER_FACT_COLUMNS)))
        {
          dsp_paper_flow_need (flow, 24);
          dsp_paper_flow_row (flow, labels, filled);
          dsp_paper_flow_row (flow, values, filled);
          dsp_paper_flow_skip (flow, 3);
          filled = taken = 0;
        }
      if (is_there)
        {
          labels[filled] = (DspPaperCell) { DSP_PAPER_LABEL, taken * column, list[i].span * column - GAP, list[i].label };
          values[filled] = (DspPaperCell) { list[i].style, taken * column, list[i].span * column - GAP, list[i].value };
          filled++;
          taken += list[i].span;
        }
    }
}

void
dsp_paper_tick (DspPaperFlow *flow,
                double        x,
                double        y)
{
  dsp_paper_flow_box (flow, x + 0.5, y + 0.5, DSP_PAPER_TICK, DSP_PAPER_TICK, 0.7);
}

static double
code (DspPaperFlow *flow,
      gboolean      boxes,
      double        x,
      double        y,
      double        width,
      const char   *text)
{
  double height, aside = boxes ? DSP_PAPER_TICK + 4 : 0;

  if (boxes)
    dsp_paper_tick (flow, x, y);
  height = dsp_paper_flow_put (flow, DSP_PAPER_SMALL, x + aside, y - 0.5, width - DSP_PAPER_TICK - 4, DSP_PAPER_LEFT, text);
  return MAX (height, DSP_PAPER_TICK) + 3;
}

double
dsp_paper_ticked (DspPaperFlow *flow,
                  double        x,
                  double        y,
                  double        width,
                  const char   *text)
{
  return code (flow, TRUE, x, y, width, text);
}

double
dsp_paper_ticked_height (DspPaperFlow *flow,
                         double        width,
                         const char   *text)
{
  return MAX (dsp_paper_flow_measure (flow, DSP_PAPER_SMALL, width - DSP_PAPER_TICK - 4, text), DSP_PAPER_TICK) + 3;
}

void
dsp_paper_blank (DspPaperFlow *flow,
                 double        x,
                 double        y,
                 double        width,
                 double        label_width,
                 const char   *label)
{
  dsp_paper_flow_put (flow, DSP_PAPER_SMALL, x, y, label_width, DSP_PAPER_LEFT, label);
  dsp_paper_flow_rule (flow, x + label_width, y + 10, width - label_width, 0, 0.4);
}

/* ---- the three ways in which a visit ends ---- */

static double
codes_height (DspPaperFlow *flow,
              double        width,
              GStrv         codes)
{
  double height = 16;

  for (guint i = 0; codes != NULL && codes[i] != NULL; i++)
    height += dsp_paper_ticked_height (flow, width, codes[i]);
  return height;
}

static double
column_width (DspPaperFlow *flow)
{
  return (dsp_paper_flow_width (flow) - 2 * GAP) / 3;
}

double
dsp_paper_ways_height (DspPaperFlow *flow,
                       GStrv         solutions,
                       GStrv         rejections,
                       GStrv         reschedules)
{
  double width = column_width (flow);

  return MAX (codes_height (flow, width, solutions), MAX (codes_height (flow, width, rejections), codes_height (flow, width, reschedules)));
}

void
dsp_paper_ways (DspPaperFlow *flow,
                gboolean      boxes,
                GStrv         solutions,
                GStrv         rejections,
                GStrv         reschedules)
{
  const struct { const char *title; GStrv codes; } ways[] = {
    { _("Closed"), solutions }, { _("Rejected"), rejections }, { _("To be rescheduled"), reschedules },
  };
  double height = dsp_paper_ways_height (flow, solutions, rejections, reschedules), width = dsp_paper_flow_width (flow);
  gboolean beside = height <= dsp_paper_flow_left (flow);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      double column = beside ? column_width (flow) : width, x = beside ? i * (column + GAP) : 0, y;

      if (!beside)
        dsp_paper_flow_need (flow, 30);
      y = dsp_paper_flow_y (flow);
      if (boxes)
        dsp_paper_tick (flow, x, y + 2);
      dsp_paper_flow_put (flow, DSP_PAPER_STRONG, boxes ? x + DSP_PAPER_TICK + 4 : x, y - 1, column - DSP_PAPER_TICK - 4, DSP_PAPER_LEFT, ways[i].title);
      y += 16;
      if (!beside)
        dsp_paper_flow_skip (flow, 16);
      for (guint c = 0; ways[i].codes != NULL && ways[i].codes[c] != NULL; c++)
        if (beside)
          y += code (flow, boxes, x, y, column, ways[i].codes[c]);
        else
          {
            /* More of them than fit a column: one under the other, over as many pages as they need. */
            dsp_paper_flow_need (flow, dsp_paper_ticked_height (flow, column, ways[i].codes[c]));
            dsp_paper_flow_skip (flow, code (flow, boxes, 0, dsp_paper_flow_y (flow), column, ways[i].codes[c]));
          }
    }
  dsp_paper_flow_skip (flow, beside ? height + 5 : 5);
}
