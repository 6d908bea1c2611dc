/* dsp-plan-arrange.c: in which order a crew visits
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-plan"

#include "config.h"
#include "dsp-plan.h"

static gint64
or_never (gint64 us)
{
  return us != 0 ? us : G_MAXINT64;
}

static int
compare_times (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  const DspPlanStop *stops = data;
  guint i = *(const guint *) a, j = *(const guint *) b;
  gint64 one = or_never (stops[i].attention_us), two = or_never (stops[j].attention_us);

  if (one == two)
    {
      one = or_never (stops[i].penalty_us);
      two = or_never (stops[j].penalty_us);
    }
  return one != two ? (one > two) - (one < two) : (i > j) - (i < j);
}

static int
compare_places (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  const DspPlanStop *stops = data;
  guint i = *(const guint *) a, j = *(const guint *) b;

  if (stops[i].visit != stops[j].visit)
    return stops[i].visit < stops[j].visit ? -1 : 1;
  return compare_times (a, b, data);
}

guint *
dsp_plan_arrange (const DspPlanStop *stops,
                  guint              n_stops)
{
  g_autofree guint *placed = g_new (guint, n_stops + 1), *others = g_new (guint, n_stops + 1);
  guint *order = g_new (guint, n_stops + 1);
  guint n_placed = 0, n_others = 0, next = 0, n = 0;

  for (guint i = 0; i < n_stops; i++)
    if (stops[i].visit != 0)
      placed[n_placed++] = i;
    else
      others[n_others++] = i;
  g_qsort_with_data (placed, (int) n_placed, sizeof *placed, compare_places, (gpointer) stops);
  g_qsort_with_data (others, (int) n_others, sizeof *others, compare_times, (gpointer) stops);

  for (guint i = 0; i < n_placed; i++)
    {
      while (next < n_others && or_never (stops[others[next]].attention_us) < stops[placed[i]].attention_us)
        order[n++] = others[next++];
      order[n++] = placed[i];
    }
  while (next < n_others)
    order[n++] = others[next++];
  return order;
}
