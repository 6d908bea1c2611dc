/* dsp-order-groups.c: rows of orders put together by what they have in common, with their sums
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-groups"

#include "config.h"
#include "dsp-order-groups.h"
#include "dsp-order-index-private.h"

static void
add_row (DspOrderGroup *group,
         DspOrderIndex *index,
         guint32        row,
         guint32        now)
{
  guint32 created = index->seconds[DSP_SECONDS_CREATED][row], price = index->seconds[DSP_SECONDS_PRICE][row];

  group->n++;
  group->age_s += created != 0 && created < now ? now - created : 0;
  group->cents += price != 0 ? price - 1 : 0;
}

GArray *
dsp_order_groups_make (DspOrderIndex  *index,
                       const DspField *by,
                       gint64          now_us,
                       guint32        *rows,
                       guint           n_rows)
{
  g_autoptr(DspOrderAxis) axis = dsp_order_axis_new (index, DSP_AXIS_FIELD, by);
  g_autofree guint32 *parts = g_new (guint32, MAX (n_rows, 1)), *before = g_memdup2 (rows, n_rows * sizeof *rows);
  guint n_parts = dsp_order_axis_divide (axis, NULL, now_us, 0, rows, n_rows, parts);
  g_autofree guint *at = g_new0 (guint, n_parts + 1);
  GArray *groups = g_array_new (FALSE, TRUE, sizeof (DspOrderGroup));
  g_autofree DspOrderGroup *all = g_new0 (DspOrderGroup, MAX (n_parts, 1));
  guint first = 0;

  for (guint i = 0; i < n_rows; i++)
    add_row (&all[parts[i]], index, rows[i], dsp_index_seconds (now_us));
  for (guint part = 0; part < n_parts; part++)
    {
      all[part].first = at[part] = first;
      first += all[part].n;
      if (all[part].n == 0)
        continue;
      dsp_order_axis_describe (axis, part, &all[part].part);
      g_array_append_val (groups, all[part]);
    }
  for (guint i = 0; i < n_rows; i++)
    rows[at[parts[i]]++] = before[i];
  return groups;
}
