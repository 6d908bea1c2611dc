/* dsp-paper-day.c: a crew's orders on paper: its day, or all that is open for an outage
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-day.h"

#include "dsp-paper-form.h"

#include <glib/gi18n.h>

#define FOOT 14.0
#define SEQUENCE 26.0    /* width of a visit's number */
#define BARS 130.0
#define WRITING_LINE 15.0
#define MAP_DAY 250.0    /* heights */
#define MAP_RESULTS 170.0

void
dsp_paper_visit_free (DspPaperVisit *visit)
{
  char *texts[] = { visit->sequence, visit->when, visit->number, visit->type, visit->customer, visit->phone, visit->address,
                    visit->penalty, visit->notes };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (visit->questions);
  g_free (visit);
}

DspPaperDay *
dsp_paper_day_new (void)
{
  DspPaperDay *day = g_new0 (DspPaperDay, 1);

  day->visits = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_paper_visit_free);
  return day;
}

void
dsp_paper_day_free (DspPaperDay *day)
{
  char *texts[] = { day->heading, day->title, day->day, day->people, day->totals, day->printed };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_clear_pointer (&day->map, dsp_paper_map_free);
  g_ptr_array_unref (day->visits);
  g_strfreev (day->solutions);
  g_strfreev (day->rejections);
  g_strfreev (day->reschedules);
  g_free (day);
}

/* ---- the head ---- */

static void
head (DspPaperFlow      *flow,
      const DspPaperDay *day)
{
  double width = dsp_paper_flow_width (flow), height = day->for_results ? MAP_RESULTS : MAP_DAY;

  dsp_paper_flow_text (flow, DSP_PAPER_HEADING, 0, width, day->heading);
  dsp_paper_flow_skip (flow, 3);
  dsp_paper_flow_text (flow, DSP_PAPER_TITLE, 0, width, day->title);
  dsp_paper_flow_text (flow, DSP_PAPER_STRONG, 0, width, day->day);
  dsp_paper_flow_text (flow, DSP_PAPER_BODY, 0, width, day->people);
  dsp_paper_flow_text (flow, DSP_PAPER_BODY, 0, width, day->totals);
  dsp_paper_flow_skip (flow, 6);
  if (day->map != NULL && !dsp_paper_map_is_empty (day->map))
    {
      dsp_paper_flow_need (flow, height);
      dsp_paper_flow_picture (flow, 0, dsp_paper_flow_y (flow), width, height, dsp_paper_map_draw, day->map);
      dsp_paper_flow_skip (flow, height + 2);
      dsp_paper_flow_text (flow, DSP_PAPER_LABEL, 0, width,
                           _("Numbers are the sequence of the visits; white ones stand at the middle of their postal code. The square is where the crew starts."));
      dsp_paper_flow_skip (flow, 4);
    }
}

static void
on_next_page (DspPaperFlow *flow,
              gpointer      user_data)
{
  const DspPaperDay *day = user_data;

  dsp_paper_flow_text (flow, DSP_PAPER_HEADING, 0, dsp_paper_flow_width (flow), day->title);
  dsp_paper_flow_skip (flow, 4);
}

/* ---- a line a visit ---- */

static char *
join (const char        *separator,
      const char *const *parts,
      guint              n_parts)
{
  g_autoptr(GString) all = g_string_new (NULL);

  for (guint i = 0; i < n_parts; i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (all, "%s%s", all->len > 0 ? separator : "", parts[i]);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
line (DspPaperFlow        *flow,
      const DspPaperVisit *visit)
{
  const char *what[] = { visit->number, visit->type }, *when[] = { visit->when, visit->penalty }, *who[] = { visit->customer, visit->phone };
  const char *where[] = { visit->address, visit->notes };
  g_autofree char *order = join ("\n", what, G_N_ELEMENTS (what));
  g_autofree char *times = join ("\n", when, G_N_ELEMENTS (when));
  g_autofree char *customer = join ("\n", who, G_N_ELEMENTS (who));
  g_autofree char *place = join ("\n", where, G_N_ELEMENTS (where));
  double width = dsp_paper_flow_width (flow);
  const DspPaperCell cells[] = { { DSP_PAPER_STRONG, 0, SEQUENCE - 4, visit->sequence }, { DSP_PAPER_SMALL, SEQUENCE, 96, times },
                                 { DSP_PAPER_SMALL, 126, 106, order }, { DSP_PAPER_SMALL, 236, 124, customer },
                                 { DSP_PAPER_SMALL, 364, width - 364, place } };

  dsp_paper_flow_row (flow, cells, G_N_ELEMENTS (cells));
  dsp_paper_flow_skip (flow, 2);
  dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow), width, 0, 0.3);
  dsp_paper_flow_skip (flow, 3);
}

static void
lines (DspPaperFlow      *flow,
       const DspPaperDay *day)
{
  double width = dsp_paper_flow_width (flow);
  const DspPaperCell titles[] = { { DSP_PAPER_HEADING, 0, SEQUENCE, "#" }, { DSP_PAPER_HEADING, SEQUENCE, 96, _("When") },
                                  { DSP_PAPER_HEADING, 126, 106, _("Order") }, { DSP_PAPER_HEADING, 236, 124, _("Customer") },
                                  { DSP_PAPER_HEADING, 364, width - 364, _("Address") } };

  dsp_paper_flow_need (flow, 50);
  dsp_paper_flow_row (flow, titles, G_N_ELEMENTS (titles));
  dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow) + 1, width, 0, 0.7);
  dsp_paper_flow_skip (flow, 4);
  for (guint i = 0; i < day->visits->len; i++)
    line (flow, day->visits->pdata[i]);
}

/* ---- a block a visit ---- */

static double
block_height (DspPaperFlow        *flow,
              const DspPaperVisit *visit,
              const char          *who,
              double               text)
{
  double height = 34 + 2 * WRITING_LINE + 8;

  height += dsp_paper_flow_measure (flow, DSP_PAPER_BODY, text, who);
  height += dsp_paper_flow_measure (flow, DSP_PAPER_BODY, text, visit->address);
  height += dsp_paper_flow_measure (flow, DSP_PAPER_SMALL, text, visit->notes);
  for (guint i = 0; visit->questions != NULL && visit->questions[i] != NULL; i++)
    height += dsp_paper_flow_measure (flow, DSP_PAPER_SMALL, text - 80, visit->questions[i]) + 3;
  if (visit->wants_equipment || visit->wants_position)
    height += WRITING_LINE;
  return height;
}

/* What the office types afterwards: which result, its code, when, what was done. */
static void
result_lines (DspPaperFlow        *flow,
              const DspPaperVisit *visit)
{
  double width = dsp_paper_flow_width (flow), x = SEQUENCE, y = dsp_paper_flow_y (flow), third = (width - x) / 3;
  const char *ways[] = { _("Closed"), _("Rejected"), _("To be rescheduled") };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      double left = x + i * third, label = i == 2 ? 84 : 64;

      dsp_paper_ticked (flow, left, y, label, ways[i]);
      dsp_paper_blank (flow, left + label, y, third - label - 8, 34, _("code"));
    }
  y += WRITING_LINE;
  if (visit->wants_equipment || visit->wants_position)
    {
      double half = (width - x) / 2;

      if (visit->wants_equipment)
        dsp_paper_blank (flow, x, y, (visit->wants_position ? half : width - x) - 8, 116, _("Equipment (model, serial)"));
      if (visit->wants_position)
        dsp_paper_blank (flow, visit->wants_equipment ? x + half : x, y, visit->wants_equipment ? half : width - x, 60, _("Position"));
      y += WRITING_LINE;
    }
  dsp_paper_blank (flow, x, y, 84, 42, _("Finished"));
  dsp_paper_blank (flow, x + 92, y, width - x - 92, 72, _("What was done"));
  dsp_paper_flow_skip (flow, y + WRITING_LINE - dsp_paper_flow_y (flow));
}

static void
block (DspPaperFlow        *flow,
       const DspPaperVisit *visit)
{
  double width = dsp_paper_flow_width (flow), text = width - SEQUENCE, y;
  g_autofree char *first = g_strjoin ("  ", visit->number != NULL ? visit->number : "", visit->type, NULL);
  const char *times[] = { visit->when, visit->penalty };
  g_autofree char *when = join (" · ", times, G_N_ELEMENTS (times));
  g_autofree char *who = g_strjoin (" · ", visit->customer != NULL ? visit->customer : "", visit->phone, NULL);

  /* One that would fit a page is not torn. */
  dsp_paper_flow_need (flow, block_height (flow, visit, who, text));
  y = dsp_paper_flow_y (flow);
  dsp_paper_flow_rule (flow, 0, y, width, 0, 0.7);
  dsp_paper_flow_put (flow, DSP_PAPER_TITLE, 0, y + 5, SEQUENCE, DSP_PAPER_LEFT, visit->sequence);
  dsp_paper_flow_barcode (flow, width - BARS, y + 5, BARS, 22, visit->number);
  dsp_paper_flow_skip (flow, 5);
  dsp_paper_flow_text (flow, DSP_PAPER_STRONG, SEQUENCE, text - BARS - 8, first);
  dsp_paper_flow_text (flow, DSP_PAPER_BODY, SEQUENCE, text - BARS - 8, when);
  if (dsp_paper_flow_y (flow) - y < 30 && dsp_paper_flow_y (flow) > y)
    dsp_paper_flow_skip (flow, 30 - (dsp_paper_flow_y (flow) - y));
  dsp_paper_flow_text (flow, DSP_PAPER_BODY, SEQUENCE, text, who);
  dsp_paper_flow_text (flow, DSP_PAPER_BODY, SEQUENCE, text, visit->address);
  dsp_paper_flow_text (flow, DSP_PAPER_SMALL, SEQUENCE, text, visit->notes);
  for (guint i = 0; visit->questions != NULL && visit->questions[i] != NULL; i++)
    {
      double row;

      dsp_paper_flow_need (flow, 12);
      row = dsp_paper_flow_y (flow) + 1;
      dsp_paper_ticked (flow, width - 76, row + 1, 40, _("Yes"));
      dsp_paper_ticked (flow, width - 34, row + 1, 34, _("No"));
      dsp_paper_flow_text (flow, DSP_PAPER_SMALL, SEQUENCE, text - 80, visit->questions[i]);
      dsp_paper_flow_skip (flow, 3);
    }
  dsp_paper_flow_skip (flow, 3);
  dsp_paper_flow_need (flow, 3 * WRITING_LINE);
  result_lines (flow, visit);
  dsp_paper_flow_skip (flow, 4);
}

DspPaperFlow *
dsp_paper_day_lay_out (const DspPaperDay *day,
                       DspPaperPen       *pen,
                       double             width,
                       double             height)
{
  DspPaperFlow *flow = dsp_paper_flow_new (pen, width, height - FOOT, on_next_page, (gpointer) day);
  guint n_pages;

  head (flow, day);
  if (!day->for_results)
    lines (flow, day);
  else
    {
      for (guint i = 0; i < day->visits->len; i++)
        block (flow, day->visits->pdata[i]);
      dsp_paper_heading (flow, _("Codes for the results"),
                         MIN (dsp_paper_ways_height (flow, day->solutions, day->rejections, day->reschedules), height / 2));
      dsp_paper_flow_skip (flow, 3);
      dsp_paper_ways (flow, FALSE, day->solutions, day->rejections, day->reschedules);
    }
  n_pages = dsp_paper_flow_n_pages (flow);
  for (guint page = 0; page < n_pages; page++)
    {
      /* Translators: at the foot of a crew's sheets: the crew, page, pages */
      g_autofree char *foot = g_strdup_printf (_("%s · page %u of %u"), day->title != NULL ? day->title : "", page + 1, n_pages);

      dsp_paper_flow_put_on (flow, page, DSP_PAPER_LABEL, 0, height - 10, width / 2, DSP_PAPER_LEFT, day->printed);
      dsp_paper_flow_put_on (flow, page, DSP_PAPER_LABEL, width / 2, height - 10, width / 2, DSP_PAPER_RIGHT, foot);
    }
  return flow;
}
