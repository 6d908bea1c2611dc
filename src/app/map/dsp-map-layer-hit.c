/* dsp-map-layer-hit.c: what lies under a point of the map, and the line of words about it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-layer-private.h"

#include <glib/gi18n.h>

#include "dsp-map-mercator.h"

gboolean
dsp_map_layer_hit_equal (DspMapHit a,
                         DspMapHit b)
{
  return a.kind == b.kind && (a.kind == DSP_MAP_HIT_NOTHING || a.index == b.index);
}

/* What the eye sees at x, y of the widget: marks of the present picture from top to bottom, then areas. */
DspMapHit
dsp_map_layer_hit (DspMapLayer *self,
                   double       x,
                   double       y)
{
  static const DspMapHitKind kinds[] = { DSP_MAP_HIT_BUBBLE, DSP_MAP_HIT_CREW, DSP_MAP_HIT_PIN };
  const DspMapPicture *picture = self->picture;
  DspMapFrame view;
  double unit_x, unit_y;
  int area;

  dsp_map_layer_get_frame (self, &view);
  if (view.width <= 0)
    return (DspMapHit) { DSP_MAP_HIT_NOTHING, 0 };
  unit_x = view.origin_x + x / view.scale;
  unit_y = view.origin_y + y / view.scale;

  for (guint i = picture != NULL ? picture->marks->len : 0; i > 0; i--)
    {
      const DspMapMark *mark = &g_array_index (picture->marks, DspMapMark, i - 1);
      double dx = (mark->x - unit_x) * view.scale, dy = (mark->y - unit_y) * view.scale;

      if (dx * dx + dy * dy <= mark->radius * mark->radius)
        return (DspMapHit) { kinds[mark->kind], mark->kind == DSP_MAP_MARK_BUBBLE ? i - 1 : mark->first };
    }

  area = dsp_locator_find (self->slots->areas->locator, dsp_map_point_from_xy (unit_x, unit_y));
  if (area >= 0)
    return (DspMapHit) { DSP_MAP_HIT_AREA, self->slots->by_code[self->slots->areas->codes[area]] };

  return (DspMapHit) { DSP_MAP_HIT_NOTHING, 0 };
}

static char *
describe_tally (const DspMapTally *tally)
{
  GString *text = g_string_new (NULL);
  guint32 n_total = tally->values[DSP_MAP_COLOUR_TOTAL];

  if (n_total == 0)
    return g_string_free (g_string_append (text, _("no orders")), FALSE);

  g_string_append_printf (text, ngettext ("%u order", "%u orders", n_total), n_total);
  if (tally->values[DSP_MAP_COLOUR_UNASSIGNED] > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("%u unassigned", "%u unassigned", tally->values[DSP_MAP_COLOUR_UNASSIGNED]),
                              tally->values[DSP_MAP_COLOUR_UNASSIGNED]);
    }
  if (tally->values[DSP_MAP_COLOUR_AT_RISK] > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("%u at risk", "%u at risk", tally->values[DSP_MAP_COLOUR_AT_RISK]),
                              tally->values[DSP_MAP_COLOUR_AT_RISK]);
    }
  if (tally->values[DSP_MAP_COLOUR_PENALIZED] > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, ngettext ("%u penalized", "%u penalized", tally->values[DSP_MAP_COLOUR_PENALIZED]),
                              tally->values[DSP_MAP_COLOUR_PENALIZED]);
    }

  return g_string_free (text, FALSE);
}

static char *
describe_slot (DspMapLayer *self,
               guint32      index)
{
  const DspMapSlot *slot = &self->slots->slots[index];
  g_autofree char *orders = describe_tally (&self->tallies->tallies[index]);
  GString *text = g_string_new (NULL);
  char code[8];

  dsp_map_code_print (slot->code, code);
  g_string_append (text, code);
  if (slot->name != NULL && *slot->name != '\0')
    g_string_append_printf (text, " %s", slot->name);
  g_string_append_printf (text, ": %s", orders);
  if (slot->is_approximate)
    g_string_append_printf (text, " · %s", _("approximate place"));
  if (self->closed != NULL && g_hash_table_contains (self->closed, GUINT_TO_POINTER (slot->code)))
    {
      g_string_append (text, " · ");
      /* Translators: why nobody works in a zone */
      g_string_append_printf (text, _("closed: %s"), (const char *) g_hash_table_lookup (self->closed, GUINT_TO_POINTER (slot->code)));
    }
  if (self->selection[slot->code] == DSP_MAP_SELECTED_FULLY)
    g_string_append_printf (text, " · %s", _("selected"));
  else if (self->selection[slot->code] == DSP_MAP_SELECTED_PARTLY)
    g_string_append_printf (text, " · %s", _("partly selected"));

  return g_string_free (text, FALSE);
}

static char *
describe_bubble (DspMapLayer      *self,
                 const DspMapMark *mark)
{
  DspMapTally sum = { { 0 } };
  g_autofree char *orders = NULL, *text = NULL;
  guint n_closed = 0;

  /* The picture may be older than the slots: then the bubble is about to be drawn anew. */
  if (self->picture->slots != self->slots)
    return NULL;
  if (mark->n == 1)
    return describe_slot (self, g_array_index (self->picture->members, guint32, mark->first));

  for (guint i = 0; i < mark->n; i++)
    {
      guint32 slot = g_array_index (self->picture->members, guint32, mark->first + i);

      if (self->closed != NULL && g_hash_table_contains (self->closed, GUINT_TO_POINTER (self->slots->slots[slot].code)))
        n_closed++;
      for (guint j = 0; j < DSP_MAP_N_COLOURS; j++)
        sum.values[j] += self->tallies->tallies[slot].values[j];
    }
  orders = describe_tally (&sum);

  /* Translators: the first is a number of postal codes, the second "12 orders, 3 of them urgent" or the like */
  text = g_strdup_printf (ngettext ("%u postal code: %s", "%u postal codes: %s", mark->n), mark->n, orders);
  if (n_closed > 0)
    {
      /* Translators: of postal codes */
      g_autofree char *closed = g_strdup_printf (ngettext ("%u closed", "%u closed", n_closed), n_closed);

      return g_strdup_printf ("%s · %s", text, closed);
    }

  return g_steal_pointer (&text);
}

/* Returns: (transfer full) (nullable): one line about what is under the pointer or the cursor */
char *
dsp_map_layer_dup_hover_text (DspMapLayer *self)
{
  g_return_val_if_fail (DSP_IS_MAP_LAYER (self), NULL);

  if (self->hover_is_cursor)
    return self->cursor < self->slots->n_slots ? describe_slot (self, self->cursor) : NULL;

  switch (self->hover.kind)
    {
    case DSP_MAP_HIT_AREA:
      return self->hover.index < self->slots->n_slots ? describe_slot (self, self->hover.index) : NULL;

    case DSP_MAP_HIT_BUBBLE:
      return describe_bubble (self, &g_array_index (self->picture->marks, DspMapMark, self->hover.index));

    case DSP_MAP_HIT_CREW:
      {
        const DspMapCrewShape *crew = &g_array_index (self->picture->crews, DspMapCrewShape, self->hover.index);

        if (crew->seen != NULL)
          /* Translators: code and name of a crew, how long ago */
          return g_strdup_printf (_("Crew %s %s was last here, %s"), crew->code, crew->name != NULL ? crew->name : "", crew->seen);
        /* Translators: code and name of a crew */
        return g_strdup_printf (_("Base of crew %s %s"), crew->code, crew->name != NULL ? crew->name : "");
      }

    case DSP_MAP_HIT_PIN:
      {
        const DspMapPinShape *pin = &g_array_index (self->picture->pins, DspMapPinShape, self->hover.index);
        const char *urgency = pin->urgency == DSP_MAP_URGENCY_PENALIZED ? _("penalized")
                              : pin->urgency == DSP_MAP_URGENCY_AT_RISK ? _("at risk") : _("in time");

        /* Translators: an order's number, its urgency, whether somebody has it */
        return g_strdup_printf (_("Order %s: %s, %s"), pin->label != NULL ? pin->label : "", urgency,
                                pin->is_assigned ? _("assigned") : _("unassigned"));
      }

    case DSP_MAP_HIT_NOTHING:
    default:
      return NULL;
    }
}

void
dsp_map_layer_hover_changed (DspMapLayer *self)
{
  g_autofree char *text = dsp_map_layer_dup_hover_text (self);

  g_clear_pointer (&self->hover_node, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));

  /* The pointer does not speak: only where the keyboard goes is told. */
  if (self->hover_is_cursor && text != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);

  g_signal_emit_by_name (self, "hover-changed");
}
