/* dsp-paper-order.c: the work order sheet (ODR)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-order.h"

#include "dsp-paper-form.h"

#include <glib/gi18n.h>

#define GAP 12.0           /* between columns */
#define FOOT 14.0          /* kept free below for the foot line */
#define WRITING_LINE 16.0  /* a line to write on by hand */
#define BLANK_EQUIPMENT 3
#define SIGNATURE 42.0
#define MAX_EXTRA_LINES 8
#define PHOTO 190.0        /* how high a photo may be; two stand side by side */

static void
free_photo (gpointer photo)
{
  dsp_paper_photo_free (photo);
}

DspPaperOrder *
dsp_paper_order_new (void)
{
  DspPaperOrder *order = g_new0 (DspPaperOrder, 1);

  order->photos = g_ptr_array_new_with_free_func (free_photo);
  return order;
}

void
dsp_paper_order_free (DspPaperOrder *order)
{
  char *texts[] = { order->office, order->printed, order->number, order->type, order->group, order->status, order->priority,
                    order->parent, order->customer, order->account, order->phone, order->street, order->place, order->between,
                    order->directions, order->appointment, order->created, order->penalty, order->crew, order->members,
                    order->vehicle, order->distributor, order->visit, order->notes, order->other_files };
  GStrv lists[] = { order->questions, order->equipment, order->models, order->solutions, order->rejections, order->reschedules };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_strfreev (lists[i]);
  g_clear_pointer (&order->signature, dsp_paper_photo_free);
  g_ptr_array_unref (order->photos);
  g_free (order);
}

/* ---- the sheet ---- */

static void
head (DspPaperFlow        *flow,
      const DspPaperOrder *order)
{
  double width = dsp_paper_flow_width (flow), bars = 190, left = width - bars - GAP, bottom = 52;
  g_autofree char *office = g_strjoin (" · ", _("Work order sheet"), order->office, NULL);
  g_autofree char *priority = order->priority != NULL ? g_strdup_printf (_("priority %s"), order->priority) : NULL;
  const char *parts[] = { order->group, order->status, priority };
  g_autoptr(GString) below = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (below, "%s%s", below->len > 0 ? " · " : "", parts[i]);

  dsp_paper_flow_barcode (flow, width - bars, 0, bars, 36, order->number);
  dsp_paper_flow_put (flow, DSP_PAPER_NUMBER, width - bars, 37, bars, DSP_PAPER_CENTRE, order->number);
  dsp_paper_flow_text (flow, DSP_PAPER_HEADING, 0, left, office);
  dsp_paper_flow_skip (flow, 3);
  dsp_paper_flow_text (flow, DSP_PAPER_TITLE, 0, left, order->type);
  dsp_paper_flow_text (flow, DSP_PAPER_BODY, 0, left, below->str);
  if (dsp_paper_flow_n_pages (flow) == 1 && dsp_paper_flow_y (flow) < bottom)
    dsp_paper_flow_skip (flow, bottom - dsp_paper_flow_y (flow));
}

static void
on_next_page (DspPaperFlow *flow,
              gpointer      user_data)
{
  const DspPaperOrder *order = user_data;
  double width = dsp_paper_flow_width (flow);
  /* Translators: at the top of a sheet's second page: the number of the order */
  g_autofree char *text = g_strdup_printf (_("Order %s, continued"), order->number != NULL ? order->number : "");

  dsp_paper_flow_put (flow, DSP_PAPER_STRONG, 0, 6, width - 170, DSP_PAPER_LEFT, text);
  dsp_paper_flow_barcode (flow, width - 160, 0, 160, 22, order->number);
  dsp_paper_flow_skip (flow, 28);
}

static void
checklist (DspPaperFlow        *flow,
           const DspPaperOrder *order)
{
  double width = dsp_paper_flow_width (flow), yes = width - 76, no = width - 34;

  if (order->questions == NULL || order->questions[0] == NULL)
    return;
  dsp_paper_heading (flow, _("Checklist"), 14);
  for (guint i = 0; order->questions[i] != NULL; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u. %s", i + 1, order->questions[i]);
      double height = dsp_paper_flow_measure (flow, DSP_PAPER_BODY, yes - GAP, text), y;

      dsp_paper_flow_need (flow, MIN (height, 60));
      y = dsp_paper_flow_y (flow);
      dsp_paper_ticked (flow, yes, y + 1, 40, _("Yes"));
      dsp_paper_ticked (flow, no, y + 1, 34, _("No"));
      dsp_paper_flow_text (flow, DSP_PAPER_BODY, 0, yes - GAP, text);
      dsp_paper_flow_skip (flow, 3);
    }
}

/* What was installed or taken away, a piece a line; models that exist are named below it. */
static void
equipment (DspPaperFlow        *flow,
           const DspPaperOrder *order)
{
  double width = dsp_paper_flow_width (flow), x[] = { 0, 62, 124, 186, 330 }, line = WRITING_LINE;
  const char *titles[] = { _("Installed"), _("Recovered"), _("Not used"), _("Model"), _("Serial number") };
  guint known = order->equipment != NULL ? g_strv_length (order->equipment) : 0;
  guint lines = order->wants_equipment ? BLANK_EQUIPMENT : 1;
  g_autofree char *models = order->models != NULL ? g_strjoinv (" · ", order->models) : NULL;
  double y;

  dsp_paper_heading (flow, _("Equipment"), 12 + line);
  for (guint i = 0; i < known; i++)
    dsp_paper_flow_text (flow, DSP_PAPER_BODY, 0, width, order->equipment[i]);
  dsp_paper_flow_need (flow, 12 + line * lines);
  y = dsp_paper_flow_y (flow);
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    dsp_paper_flow_put (flow, DSP_PAPER_LABEL, x[i], y, (i + 1 < G_N_ELEMENTS (titles) ? x[i + 1] : width) - x[i] - 4,
                        DSP_PAPER_LEFT, titles[i]);
  y += 10;
  for (guint i = 0; i < lines; i++, y += line)
    {
      for (guint box = 0; box < 3; box++)
        dsp_paper_tick (flow, x[box] + 12, y + 5);
      dsp_paper_flow_rule (flow, x[3], y + line - 3, x[4] - x[3] - GAP, 0, 0.4);
      dsp_paper_flow_rule (flow, x[4], y + line - 3, width - x[4], 0, 0.4);
    }
  dsp_paper_flow_skip (flow, 12 + line * lines);
  if (order->wants_equipment)
    dsp_paper_flow_text (flow, DSP_PAPER_LABEL, 0, width, models);
  dsp_paper_flow_skip (flow, 2);
}

static void
results (DspPaperFlow        *flow,
         const DspPaperOrder *order)
{
  double width = dsp_paper_flow_width (flow), column = (width - 2 * GAP) / 3, y;
  double page = dsp_paper_flow_left (flow) + dsp_paper_flow_y (flow);
  double height = dsp_paper_ways_height (flow, order->solutions, order->rejections, order->reschedules);

  dsp_paper_heading (flow, _("Result of the visit"), MIN (height, page - 80) + 18);

  y = dsp_paper_flow_y (flow) + 3;
  dsp_paper_blank (flow, 0, y, column, 46, _("Date"));
  dsp_paper_blank (flow, column + GAP, y, column, 46, _("Arrived"));
  dsp_paper_blank (flow, 2 * (column + GAP), y, column, 46, _("Finished"));
  dsp_paper_flow_skip (flow, 20);

  dsp_paper_ways (flow, TRUE, order->solutions, order->rejections, order->reschedules);

  dsp_paper_flow_need (flow, 3 * WRITING_LINE + 4);
  y = dsp_paper_flow_y (flow);
  dsp_paper_flow_put (flow, DSP_PAPER_SMALL, 0, y, 110, DSP_PAPER_LEFT, _("Attended completely"));
  dsp_paper_ticked (flow, 112, y + 1, 34, _("Yes"));
  dsp_paper_ticked (flow, 150, y + 1, 34, _("No"));
  dsp_paper_flow_put (flow, DSP_PAPER_SMALL, 200, y, 96, DSP_PAPER_LEFT, _("Customer satisfied"));
  dsp_paper_ticked (flow, 298, y + 1, 34, _("Yes"));
  dsp_paper_ticked (flow, 336, y + 1, 34, _("No"));
  dsp_paper_blank (flow, 386, y, width - 386, 54, _("New date"));
  dsp_paper_flow_skip (flow, WRITING_LINE);
  dsp_paper_blank (flow, 0, dsp_paper_flow_y (flow), width, 112, order->wants_position ? _("Position (latitude, longitude)") : _("What was done"));
  dsp_paper_flow_skip (flow, WRITING_LINE);
  dsp_paper_blank (flow, 0, dsp_paper_flow_y (flow), width, order->wants_position ? 112 : 0, order->wants_position ? _("What was done") : NULL);
  dsp_paper_flow_skip (flow, WRITING_LINE);
  /* What is left of the page is for writing. */
  for (guint i = 0; i < MAX_EXTRA_LINES && dsp_paper_flow_left (flow) > WRITING_LINE + SIGNATURE + 12; i++)
    {
      dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow) + 10, width, 0, 0.4);
      dsp_paper_flow_skip (flow, WRITING_LINE);
    }
  dsp_paper_flow_skip (flow, 4);
}

static void
signatures (DspPaperFlow        *flow,
            const DspPaperOrder *order)
{
  double width = dsp_paper_flow_width (flow), column = (width - GAP) / 2, height = SIGNATURE, y;
  const char *customer = order->wants_signature ? _("Name and signature of the customer (needed for the closing)")
                                                : _("Name and signature of the customer");

  dsp_paper_flow_need (flow, height + 4);
  y = dsp_paper_flow_y (flow);
  dsp_paper_flow_box (flow, 0.5, y, column - 1, height, 0.7);
  dsp_paper_flow_box (flow, column + GAP, y, column - 0.5, height, 0.7);
  dsp_paper_flow_put (flow, DSP_PAPER_LABEL, 4, y + 2, column - 8, DSP_PAPER_LEFT, customer);
  if (order->signature != NULL)
    dsp_paper_flow_picture (flow, 4, y + 11, column - 8, height - 13, dsp_paper_photo_draw, order->signature);
  dsp_paper_flow_put (flow, DSP_PAPER_LABEL, column + GAP + 4, y + 2, column - 8, DSP_PAPER_LEFT,
                      _("Name and signature of the technician"));
  dsp_paper_flow_skip (flow, height + 2);
}

/* After the form, which is what a sheet is for. */
static void
photos (DspPaperFlow        *flow,
        const DspPaperOrder *order)
{
  double width = dsp_paper_flow_width (flow), column = (width - GAP) / 2;

  if (order->photos->len == 0 && order->other_files == NULL)
    return;
  dsp_paper_flow_skip (flow, 4);
  dsp_paper_heading (flow, _("Attachments"), order->photos->len > 0 ? PHOTO + 12 : 12);
  dsp_paper_flow_skip (flow, 3);
  for (guint i = 0; i < order->photos->len; i += 2)
    {
      double y;

      dsp_paper_flow_need (flow, PHOTO + 14);
      y = dsp_paper_flow_y (flow);
      for (guint k = i; k < MIN (i + 2, order->photos->len); k++)
        {
          const DspPaperPhoto *photo = order->photos->pdata[k];
          double x = (k - i) * (column + GAP);

          dsp_paper_flow_picture (flow, x, y, column, PHOTO, dsp_paper_photo_draw, photo);
          dsp_paper_flow_put (flow, DSP_PAPER_LABEL, x, y + PHOTO + 2, column, DSP_PAPER_LEFT, photo->name);
        }
      dsp_paper_flow_skip (flow, PHOTO + 14);
    }
  dsp_paper_flow_text (flow, DSP_PAPER_SMALL, 0, width, order->other_files);
}

DspPaperFlow *
dsp_paper_order_lay_out (const DspPaperOrder *order,
                         DspPaperPen         *pen,
                         double               width,
                         double               height)
{
  DspPaperFlow *flow = dsp_paper_flow_new (pen, width, height - FOOT, on_next_page, (gpointer) order);
  const DspPaperFact customer[] = { { _("Name"), order->customer, DSP_PAPER_STRONG, 2 }, { _("Telephone"), order->phone, DSP_PAPER_STRONG, 1 },
                            { _("Account"), order->account, DSP_PAPER_BODY, 1 }, { _("Street"), order->street, DSP_PAPER_STRONG, 3 },
                            { _("Between streets"), order->between, DSP_PAPER_BODY, 1 },
                            { _("Postal code, neighbourhood and municipality"), order->place, DSP_PAPER_BODY, 4 },
                            { _("References"), order->directions, DSP_PAPER_BODY, 4 } };
  const DspPaperFact visit[] = { { _("Appointment"), order->appointment, DSP_PAPER_STRONG, 2 }, { _("Penalty date"), order->penalty, DSP_PAPER_BODY, 1 },
                         { _("Created"), order->created, DSP_PAPER_BODY, 1 }, { _("Crew"), order->crew, DSP_PAPER_STRONG, 1 },
                         { _("Technicians"), order->members, DSP_PAPER_BODY, 2 }, { _("Vehicle"), order->vehicle, DSP_PAPER_BODY, 1 },
                         { _("Planned"), order->visit, DSP_PAPER_BODY, 1 }, { _("Distributor"), order->distributor, DSP_PAPER_BODY, 2 },
                         { _("Follows from order"), order->parent, DSP_PAPER_BODY, 1 } };
  guint n_pages;

  head (flow, order);
  dsp_paper_heading (flow, _("Customer"), 24);
  dsp_paper_facts (flow, customer, G_N_ELEMENTS (customer));
  dsp_paper_heading (flow, _("Visit"), 24);
  dsp_paper_facts (flow, visit, G_N_ELEMENTS (visit));
  if (order->notes != NULL && *order->notes != '\0')
    {
      dsp_paper_heading (flow, _("Notes"), 12);
      dsp_paper_flow_text (flow, DSP_PAPER_BODY, 0, width, order->notes);
      dsp_paper_flow_skip (flow, 3);
    }
  checklist (flow, order);
  equipment (flow, order);
  results (flow, order);
  signatures (flow, order);
  photos (flow, order);

  n_pages = dsp_paper_flow_n_pages (flow);
  for (guint page = 0; page < n_pages; page++)
    {
      /* Translators: at the foot of a work order sheet: number of the order, page, pages */
      g_autofree char *foot = g_strdup_printf (_("Order %s · page %u of %u"), order->number != NULL ? order->number : "", page + 1, n_pages);

      dsp_paper_flow_put_on (flow, page, DSP_PAPER_LABEL, 0, height - 10, width / 2, DSP_PAPER_LEFT, order->printed);
      dsp_paper_flow_put_on (flow, page, DSP_PAPER_LABEL, width / 2, height - 10, width / 2, DSP_PAPER_RIGHT, foot);
    }
  return flow;
}
