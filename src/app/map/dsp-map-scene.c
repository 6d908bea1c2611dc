/* dsp-map-scene.c: what the map shows, in shapes ready to be drawn by any thread
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-scene.h"

#include <string.h>

#include "dsp-map-mercator.h"

/* Returns: the code as a number, or DSP_MAP_NO_CODE for anything but five digits. */
guint32
dsp_map_code_parse (const char *text)
{
  guint32 code = 0;

  if (text == NULL)
    return DSP_MAP_NO_CODE;

  for (guint i = 0; i < 5; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return DSP_MAP_NO_CODE;
      code = code * 10 + (guint32) (text[i] - '0');
    }

  return text[5] == '\0' ? code : DSP_MAP_NO_CODE;
}

void
dsp_map_code_print (guint32 code,
                    char    text[8])
{
  g_snprintf (text, 8, "%05u", code % DSP_MAP_N_CODES);
}

/* --- boundaries --- */

static void
areas_clear (gpointer data)
{
  DspMapAreas *self = data;

  for (guint i = 0; i < self->n_areas; i++)
    dsp_map_shape_clear (&self->shapes[i]);
  g_free (self->shapes);
  g_free (self->codes);
  g_free (self->anchor_x);
  g_free (self->anchor_y);
  g_clear_pointer (&self->locator, dsp_locator_free);
}

/* Unpacks and projects; areas with a damaged geometry or code are left out. Any thread; 0.2 s per 400,000 points. */
DspMapAreas *
dsp_map_areas_new (const DspMapArea *areas,
                   guint             n_areas)
{
  DspMapAreas *self = g_atomic_rc_box_new0 (DspMapAreas);
  g_autoptr(GPtrArray) geometries = g_ptr_array_new_full (n_areas, (GDestroyNotify) dsp_geometry_unref);

  self->codes = g_new (guint32, n_areas);
  self->shapes = g_new0 (DspMapShape, n_areas);
  self->anchor_x = g_new (double, n_areas);
  self->anchor_y = g_new (double, n_areas);

  for (guint i = 0; i < n_areas; i++)
    {
      g_autoptr(GError) error = NULL;
      guint32 code = dsp_map_code_parse (areas[i].code);
      DspGeometry *geometry;
      DspGeoPoint inside;
      guint at = self->n_areas;

      if (code == DSP_MAP_NO_CODE || areas[i].geometry == NULL)
        continue;

      geometry = dsp_geometry_unpack (areas[i].geometry, &error);
      if (geometry == NULL)
        {
          g_message ("area %s is not drawn: %s", areas[i].code, error->message);
          continue;
        }

      g_ptr_array_add (geometries, geometry);
      inside = dsp_geometry_interior_point (geometry);
      self->codes[at] = code;
      self->anchor_x[at] = dsp_map_x_from_lon (inside.lon_e7 / 1e7);
      self->anchor_y[at] = dsp_map_y_from_lat (inside.lat_e7 / 1e7);
      dsp_map_shape_init_from_geometry (&self->shapes[at], geometry);
      self->n_areas++;
    }

  self->locator = dsp_locator_new ((DspGeometry **) geometries->pdata, geometries->len);

  return self;
}

DspMapAreas *
dsp_map_areas_ref (DspMapAreas *areas)
{
  return g_atomic_rc_box_acquire (areas);
}

void
dsp_map_areas_unref (DspMapAreas *areas)
{
  g_atomic_rc_box_release_full (areas, areas_clear);
}

/* --- places --- */

static void
places_clear (gpointer data)
{
  DspMapPlaces *self = data;

  for (guint i = 0; i < self->n_places; i++)
    g_free (self->names[i]);
  g_free (self->names);
  g_free (self->codes);
  g_free (self->x);
  g_free (self->y);
  g_free (self->is_approximate);
}

DspMapPlaces *
dsp_map_places_new (const DspMapPlace *places,
                    guint              n_places)
{
  DspMapPlaces *self = g_atomic_rc_box_new0 (DspMapPlaces);

  self->codes = g_new (guint32, n_places);
  self->x = g_new (double, n_places);
  self->y = g_new (double, n_places);
  self->is_approximate = g_new (guint8, n_places);
  self->names = g_new (char *, n_places);

  for (guint i = 0; i < n_places; i++)
    {
      guint32 code = dsp_map_code_parse (places[i].code);
      guint at = self->n_places;

      if (code == DSP_MAP_NO_CODE)
        continue;

      self->codes[at] = code;
      self->x[at] = dsp_map_x_from_lon (places[i].lon_e7 / 1e7);
      self->y[at] = dsp_map_y_from_lat (places[i].lat_e7 / 1e7);
      self->is_approximate[at] = places[i].approximate != FALSE;
      self->names[at] = g_strdup (places[i].name);
      self->n_places++;
    }

  return self;
}

DspMapPlaces *
dsp_map_places_ref (DspMapPlaces *places)
{
  return g_atomic_rc_box_acquire (places);
}

void
dsp_map_places_unref (DspMapPlaces *places)
{
  g_atomic_rc_box_release_full (places, places_clear);
}

/* --- slots --- */

static void
slots_clear (gpointer data)
{
  DspMapSlots *self = data;

  dsp_map_areas_unref (self->areas);
  dsp_map_places_unref (self->places);
  g_free (self->slots);
}

/* Joins both lists; where a code has a boundary, that says where it is. */
DspMapSlots *
dsp_map_slots_new (DspMapAreas  *areas,
                   DspMapPlaces *places)
{
  DspMapSlots *self = g_atomic_rc_box_new0 (DspMapSlots);

  self->areas = dsp_map_areas_ref (areas);
  self->places = dsp_map_places_ref (places);
  self->slots = g_new (DspMapSlot, areas->n_areas + places->n_places);
  memset (self->by_code, 0xff, sizeof self->by_code);

  for (guint i = 0; i < places->n_places; i++)
    {
      if (self->by_code[places->codes[i]] != DSP_MAP_NO_SLOT)
        continue;
      self->by_code[places->codes[i]] = self->n_slots;
      self->slots[self->n_slots++] = (DspMapSlot) {
        places->codes[i], G_MAXUINT32, places->x[i], places->y[i], places->is_approximate[i], places->names[i],
      };
    }

  for (guint i = 0; i < areas->n_areas; i++)
    {
      guint32 *slot = &self->by_code[areas->codes[i]];

      if (*slot == DSP_MAP_NO_SLOT)
        {
          *slot = self->n_slots++;
          self->slots[*slot] = (DspMapSlot) { areas->codes[i], G_MAXUINT32, 0, 0, FALSE, NULL };
        }
      else if (self->slots[*slot].area != G_MAXUINT32)
        {
          continue;
        }
      self->slots[*slot].area = i;
      self->slots[*slot].x = areas->anchor_x[i];
      self->slots[*slot].y = areas->anchor_y[i];
      self->slots[*slot].is_approximate = FALSE;
    }

  return self;
}

DspMapSlots *
dsp_map_slots_ref (DspMapSlots *slots)
{
  return g_atomic_rc_box_acquire (slots);
}

void
dsp_map_slots_unref (DspMapSlots *slots)
{
  g_atomic_rc_box_release_full (slots, slots_clear);
}

/* --- tallies --- */

/* Class limits are chosen among these, so that a legend reads well. */
static const guint32 nice_numbers[] = {
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000,
  1500, 2000, 3000, 5000, 8000, 10000, 20000, 50000, 100000,
};

#define N_NICE G_N_ELEMENTS (nice_numbers)

/* The first nice number that is not less than the value, or the last one. */
static guint
nice_index (guint32 value)
{
  guint low = 0, high = N_NICE - 1;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (nice_numbers[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Limits near fixed quantiles of the codes that have any. They stay as they were while they are about right: colours
 * that jump with every assignment would tell nothing. Counted, not sorted: this runs on every change. */
static void
choose_breaks (DspMapTallies       *self,
               DspMapColour         colour,
               const DspMapTallies *previous)
{
  static const double quantiles[DSP_MAP_N_CLASSES] = { 0, 0.35, 0.65, 0.85, 0.96 };
  guint n_at[N_NICE] = { 0 };
  guint n = 0, n_below = 0, at = 0;
  guint indices[DSP_MAP_N_CLASSES] = { 0 };
  gboolean is_close = previous != NULL;

  for (guint i = 0; i < self->n_slots; i++)
    {
      guint32 value = self->tallies[i].values[colour];

      if (value == 0)
        continue;
      n_at[nice_index (value)]++;
      n++;
    }

  for (guint i = 1; i < DSP_MAP_N_CLASSES; i++)
    {
      while (at + 1 < N_NICE && n_below + n_at[at] <= (guint) (n * quantiles[i]))
        n_below += n_at[at++];
      indices[i] = CLAMP (n > 0 ? at : 0, indices[i - 1] + 1, N_NICE - DSP_MAP_N_CLASSES + i);
    }

  for (guint i = 1; i < DSP_MAP_N_CLASSES && is_close; i++)
    is_close = ABS ((int) nice_index (previous->breaks[colour][i]) - (int) indices[i]) <= 1;

  for (guint i = 0; i < DSP_MAP_N_CLASSES; i++)
    self->breaks[colour][i] = is_close ? previous->breaks[colour][i] : nice_numbers[indices[i]];
}

static void
tallies_clear (gpointer data)
{
  g_free (((DspMapTallies *) data)->tallies);
}

/* @previous: (nullable): whose class limits are kept if they still fit */
DspMapTallies *
dsp_map_tallies_new (const DspMapSlots   *slots,
                     const guint32       *codes,
                     const DspMapTally   *tallies,
                     guint                n_tallies,
                     const DspMapTallies *previous)
{
  DspMapTallies *self = g_atomic_rc_box_new0 (DspMapTallies);

  self->n_slots = slots->n_slots;
  self->tallies = g_new0 (DspMapTally, MAX (1, slots->n_slots));

  for (guint i = 0; i < n_tallies; i++)
    {
      guint32 slot = codes[i] < DSP_MAP_N_CODES ? slots->by_code[codes[i]] : DSP_MAP_NO_SLOT;

      if (slot == DSP_MAP_NO_SLOT)
        self->n_off_map += tallies[i].values[DSP_MAP_COLOUR_TOTAL];
      else
        self->tallies[slot] = tallies[i];
    }

  for (guint i = 0; i < DSP_MAP_N_COLOURS; i++)
    choose_breaks (self, (DspMapColour) i, previous);

  return self;
}

DspMapTallies *
dsp_map_tallies_ref (DspMapTallies *tallies)
{
  return g_atomic_rc_box_acquire (tallies);
}

void
dsp_map_tallies_unref (DspMapTallies *tallies)
{
  g_atomic_rc_box_release_full (tallies, tallies_clear);
}

/* Returns: 0 for none, else 1..DSP_MAP_N_CLASSES. */
guint
dsp_map_tallies_get_class (const DspMapTallies *tallies,
                           DspMapColour         colour,
                           guint32              value)
{
  guint n = 0;

  while (n < DSP_MAP_N_CLASSES && value >= tallies->breaks[colour][n])
    n++;

  return n;
}

GHashTable *
dsp_map_closed_new (const DspMapClosed *closed,
                    guint               n_closed)
{
  GHashTable *table = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);

  for (guint i = 0; i < n_closed; i++)
    {
      guint32 code = dsp_map_code_parse (closed[i].code);

      if (code != DSP_MAP_NO_CODE)
        g_hash_table_insert (table, GUINT_TO_POINTER (code), g_strdup (closed[i].why != NULL ? closed[i].why : ""));
    }

  return table;
}

/* --- single orders and crews --- */

static void
pin_shape_clear (gpointer data)
{
  g_free (((DspMapPinShape *) data)->label);
}

static void
crew_shape_clear (gpointer data)
{
  DspMapCrewShape *crew = data;

  g_free (crew->code);
  g_free (crew->name);
  g_free (crew->seen);
}

/* Returns: (transfer full) (element-type DspMapPinShape): to be shared by reference and not changed any more */
GArray *
dsp_map_pins_new (const DspMapPin *pins,
                  guint            n_pins)
{
  GArray *shapes = g_array_sized_new (FALSE, FALSE, sizeof (DspMapPinShape), n_pins);

  g_array_set_clear_func (shapes, pin_shape_clear);
  for (guint i = 0; i < n_pins; i++)
    {
      DspMapPinShape shape = {
        pins[i].id, dsp_map_x_from_lon (pins[i].lon_e7 / 1e7), dsp_map_y_from_lat (pins[i].lat_e7 / 1e7),
        pins[i].urgency, pins[i].is_assigned, g_strdup (pins[i].label), pins[i].crew_colour,
      };

      g_array_append_val (shapes, shape);
    }

  return shapes;
}

/* Colours that differ in hue and lightness, for crews that were given none. */
static const guint32 crew_colours[] = {
  0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xb8860b, 0x5b3fa0, 0x8c564b, 0x117733, 0x882255, 0x44679b, 0x6b7d1f,
};

void
dsp_map_crew_colour (const char *code,
                     GdkRGBA    *colour)
{
  guint32 rgb;

  g_return_if_fail (code != NULL);

  rgb = crew_colours[g_str_hash (code) % G_N_ELEMENTS (crew_colours)];
  *colour = (GdkRGBA) { (rgb >> 16 & 0xff) / 255.0f, (rgb >> 8 & 0xff) / 255.0f, (rgb & 0xff) / 255.0f, 1 };
}

/* Returns: (transfer full) (element-type DspMapCrewShape): to be shared by reference and not changed any more */
GArray *
dsp_map_crews_new (const DspMapCrew *crews,
                   guint             n_crews)
{
  GArray *shapes = g_array_sized_new (FALSE, FALSE, sizeof (DspMapCrewShape), n_crews);

  g_array_set_clear_func (shapes, crew_shape_clear);
  for (guint i = 0; i < n_crews; i++)
    {
      DspMapCrewShape shape = {
        crews[i].id, dsp_map_x_from_lon (crews[i].lon_e7 / 1e7), dsp_map_y_from_lat (crews[i].lat_e7 / 1e7),
        crews[i].colour, g_strdup (crews[i].code != NULL ? crews[i].code : ""), g_strdup (crews[i].name), g_strdup (crews[i].seen),
      };

      if (shape.colour.alpha <= 0)
        dsp_map_crew_colour (shape.code, &shape.colour);
      g_array_append_val (shapes, shape);
    }

  return shapes;
}
