/* dsp-crew-day.c: who was in a crew on a day, by its memberships and that morning's roll call
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-crew-day.h"

#include <string.h>

static const DspTechnician *
find_technician (const GPtrArray *technicians,
                 const DspId     *id,
                 const char      *code)
{
  for (guint i = 0; i < technicians->len; i++)
    {
      const DspTechnician *technician = technicians->pdata[i];

      if (id != NULL ? dsp_id_equal (&technician->id, id) : g_strcmp0 (technician->code, code) == 0)
        return technician;
    }
  return NULL;
}

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  const DspCrewDayLine *x = a, *y = b;

  return g_strcmp0 (x->technician->code, y->technician->code);
}

static DspCrewDayLine *
find_line (GArray     *lines,
           const char *code)
{
  for (guint i = 0; i < lines->len; i++)
    if (g_strcmp0 (g_array_index (lines, DspCrewDayLine, i).technician->code, code) == 0)
      return &g_array_index (lines, DspCrewDayLine, i);
  return NULL;
}

/* Whoever is present without being a member stands in for the absent in their order; the rest are guests. */
static void
add_stand_ins (GArray            *lines,
               const GPtrArray   *technicians,
               const DspRollCall *call)
{
  guint n_members = lines->len, next = 0;

  for (guint i = 0; call->present != NULL && call->present[i] != NULL; i++)
    {
      const DspTechnician *technician = find_technician (technicians, NULL, call->present[i]);
      DspCrewDayLine *absent = NULL, guest = { technician, NULL, DSP_ROLL_GUEST };
      DspCrewDayLine *member = find_line (lines, call->present[i]);

      if (technician == NULL || (member != NULL && member - (DspCrewDayLine *) (gpointer) lines->data < n_members))
        continue;
      while (absent == NULL && call->absent != NULL && call->absent[next] != NULL)
        absent = find_line (lines, call->absent[next++]);
      if (absent != NULL)
        {
          absent->stand_in = technician;
          absent->state = DSP_ROLL_REPLACED;
        }
      else
        g_array_append_val (lines, guest);
    }
}

GArray *
dsp_crew_day_read (const DspId       *crew_id,
                   DspDate            day,
                   const GPtrArray   *memberships,
                   const GPtrArray   *technicians,
                   const DspRollCall *call)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (DspCrewDayLine));

  for (guint i = 0; i < memberships->len; i++)
    {
      const DspMembership *member = memberships->pdata[i];
      DspCrewDayLine line = { NULL, NULL, DSP_ROLL_UNCALLED };

      if (!dsp_id_equal (&member->crew_id, crew_id) || member->from.day > day.day ||
          (member->until.day != 0 && member->until.day < day.day))
        continue;
      line.technician = find_technician (technicians, &member->technician_id, NULL);
      if (line.technician == NULL || find_line (lines, line.technician->code) != NULL)
        continue;
      if (call != NULL && call->present != NULL && g_strv_contains ((const char *const *) call->present, line.technician->code))
        line.state = DSP_ROLL_PRESENT;
      else if (call != NULL && call->absent != NULL && g_strv_contains ((const char *const *) call->absent, line.technician->code))
        line.state = DSP_ROLL_ABSENT;
      g_array_append_val (lines, line);
    }
  g_array_sort (lines, compare_lines);
  if (call != NULL)
    add_stand_ins (lines, technicians, call);
  return lines;
}

static void
add_codes (GArray       *lines,
           GStrvBuilder *to,
           DspRollState  state,
           bool          stand_in)
{
  for (guint i = 0; i < lines->len; i++)
    {
      const DspCrewDayLine *line = &g_array_index (lines, DspCrewDayLine, i);

      if (line->state == state)
        g_strv_builder_add (to, stand_in ? line->stand_in->code : line->technician->code);
    }
}

static GStrv
end_or_null (GStrvBuilder *builder)
{
  GStrv list = g_strv_builder_end (builder);

  if (list[0] == NULL)
    g_clear_pointer (&list, g_strfreev);
  return list;
}

void
dsp_crew_day_write (GArray *lines,
                    GStrv  *present,
                    GStrv  *absent)
{
  g_autoptr(GStrvBuilder) here = g_strv_builder_new (), away = g_strv_builder_new ();

  add_codes (lines, here, DSP_ROLL_UNCALLED, false);
  add_codes (lines, here, DSP_ROLL_PRESENT, false);
  add_codes (lines, here, DSP_ROLL_REPLACED, true);
  add_codes (lines, here, DSP_ROLL_GUEST, false);
  add_codes (lines, away, DSP_ROLL_REPLACED, false);
  add_codes (lines, away, DSP_ROLL_ABSENT, false);
  *present = end_or_null (here);
  *absent = end_or_null (away);
}

char *
dsp_crew_day_names (GArray *lines)
{
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const DspCrewDayLine *line = &g_array_index (lines, DspCrewDayLine, i);
      const DspTechnician *there = line->state == DSP_ROLL_REPLACED ? line->stand_in
                                   : line->state == DSP_ROLL_ABSENT ? NULL : line->technician;

      if (there != NULL && there->name != NULL)
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", there->name);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

bool
dsp_roll_call_is_empty (const DspRollCall *call)
{
  return call->present == NULL || call->present[0] == NULL;
}
