/* dsp-locator.c: which of many areas a point lies in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A grid over everything says which areas a cell lies in, and whose outlines pass through it; a crowded cell (a city in a
 * country) has a finer grid of its own. Most points are answered by their cell alone. For the others each area keeps its
 * edges in horizontal bands, so that asking it costs a handful of edges and not its whole outline. Nothing changes after
 * building: any thread may ask.
 */
#define G_LOG_DOMAIN "dsp-locator"

#include "config.h"
#include "dsp-locator.h"

#define CELLS_PER_AREA 8
#define MIN_TOP_CELLS 16
#define MAX_TOP_CELLS 256
#define MAX_FINE_CELLS 32
#define CROWDED 4          /* areas in a cell before it gets a grid of its own */
#define EDGES_PER_BAND 4
#define MAX_BANDS 4096
#define MAX_COPIES 4       /* edges stand in several bands: at most this many times on average */

typedef struct
{
  DspGeoPoint a;
  DspGeoPoint b;
} Edge;

typedef struct
{
  DspGeoBox box;
  guint first_band; /* in band_starts, n_bands + 1 entries */
  guint n_bands;
  double bands_per_e7;
} Area;

/* Cells hold where their list begins in `lists` (ended by G_MAXUINT), 0 for an empty list; in a top cell a number with
 * FINE_FLAG is a fine grid instead. A list's entry is an area whose outline passes through the cell, or with INSIDE_FLAG
 * one that covers it entirely. */
typedef struct
{
  DspGeoBox box;
  double cells_per_lon;
  double cells_per_lat;
  guint n_cells; /* along a side */
  guint *cells;
} Grid;

#define FINE_FLAG (1u << 31)
#define INSIDE_FLAG (1u << 31)

struct _DspLocator
{
  GArray *areas;       /* (element-type Area) */
  GArray *band_starts; /* (element-type guint) */
  GArray *edges;       /* (element-type Edge) */
  GArray *lists;       /* (element-type guint) */
  GArray *fine;        /* (element-type Grid) */
  Grid top;
};

static guint
grid_index (double offset,
            double cells_per_unit,
            guint  n_cells)
{
  double at = offset * cells_per_unit;

  return at <= 0 ? 0 : MIN ((guint) at, n_cells - 1);
}

static guint
column_of (const Grid *grid,
           gint32      lon)
{
  return grid_index ((double) lon - grid->box.west, grid->cells_per_lon, grid->n_cells);
}

static guint
row_of (const Grid *grid,
        gint32      lat)
{
  return grid_index ((double) lat - grid->box.south, grid->cells_per_lat, grid->n_cells);
}

static guint
band_of (const Area *area,
         gint32      lat)
{
  return grid_index ((double) lat - area->box.south, area->bands_per_e7, area->n_bands);
}

/* The number of places that the area's edges take with its present number of bands. */
static gsize
count_copies (const Area        *area,
              const DspGeometry *geometry)
{
  gsize n = 0;

  for (guint i = 0; i < geometry->n_rings; i++)
    {
      const DspGeoRing *ring = &geometry->rings[i];
      const DspGeoPoint *points = geometry->points + ring->first;

      for (guint j = 0, k = ring->n_points - 1; j < ring->n_points; k = j++)
        {
          guint a = band_of (area, points[k].lat_e7), b = band_of (area, points[j].lat_e7);

          n += MAX (a, b) - MIN (a, b) + 1;
        }
    }

  return n;
}

static void
set_n_bands (Area *area,
             guint n_bands)
{
  area->n_bands = n_bands;
  area->bands_per_e7 = n_bands / ((double) area->box.north - area->box.south + 1);
}

static void
add_area (DspLocator        *self,
          const DspGeometry *geometry)
{
  g_autofree guint *fill = NULL;
  Area area = { geometry->box, self->band_starts->len, 1, 0 };
  guint first_edge = self->edges->len;
  guint *starts;

  set_n_bands (&area, CLAMP (geometry->n_points / EDGES_PER_BAND, 1, MAX_BANDS));
  while (area.n_bands > 1 && count_copies (&area, geometry) > (gsize) geometry->n_points * MAX_COPIES)
    set_n_bands (&area, area.n_bands / 2);

  /* Twice over the edges: first each band's length, then the edges to their places. */
  fill = g_new0 (guint, area.n_bands + 1);
  for (int is_second = 0; is_second < 2; is_second++)
    {
      for (guint i = 0; i < geometry->n_rings; i++)
        {
          const DspGeoRing *ring = &geometry->rings[i];
          const DspGeoPoint *points = geometry->points + ring->first;

          for (guint j = 0, k = ring->n_points - 1; j < ring->n_points; k = j++)
            {
              guint a, b;

              /* A level edge is never crossed by a level ray. */
              if (points[j].lat_e7 == points[k].lat_e7)
                continue;

              a = band_of (&area, MIN (points[k].lat_e7, points[j].lat_e7));
              b = band_of (&area, MAX (points[k].lat_e7, points[j].lat_e7));
              for (guint band = a; band <= b; band++)
                {
                  if (is_second)
                    g_array_index (self->edges, Edge, fill[band]++) = (Edge) { points[k], points[j] };
                  else
                    fill[band]++;
                }
            }
        }

      if (!is_second)
        {
          g_array_set_size (self->band_starts, area.first_band + area.n_bands + 1);
          starts = &g_array_index (self->band_starts, guint, area.first_band);
          starts[0] = first_edge;
          for (guint band = 0; band < area.n_bands; band++)
            {
              starts[band + 1] = starts[band] + fill[band];
              fill[band] = starts[band];
            }
          g_array_set_size (self->edges, starts[area.n_bands]);
        }
    }

  g_array_append_val (self->areas, area);
}

static gboolean
area_contains (const DspLocator *self,
               const Area       *area,
               DspGeoPoint       point)
{
  const guint *starts;
  const Edge *edge, *end;
  int winding = 0;

  if (!dsp_geo_box_contains (&area->box, point))
    return FALSE;

  starts = &g_array_index (self->band_starts, guint, area->first_band) + band_of (area, point.lat_e7);
  if (starts[0] == starts[1])
    return FALSE;
  edge = &g_array_index (self->edges, Edge, starts[0]);
  end = &g_array_index (self->edges, Edge, starts[1]);

  for (; edge < end; edge++)
    {
      if (edge->a.lat_e7 <= point.lat_e7)
        {
          if (edge->b.lat_e7 > point.lat_e7 && dsp_geo_side (edge->a, edge->b, point) > 0)
            winding++;
        }
      else if (edge->b.lat_e7 <= point.lat_e7 && dsp_geo_side (edge->a, edge->b, point) < 0)
        {
          winding--;
        }
    }

  return winding != 0;
}

static void
grid_init (Grid      *grid,
           DspGeoBox  box,
           guint      n_cells)
{
  grid->box = box;
  grid->n_cells = n_cells;
  grid->cells_per_lon = n_cells / ((double) box.east - box.west + 1);
  grid->cells_per_lat = n_cells / ((double) box.north - box.south + 1);
  grid->cells = g_new0 (guint, n_cells * n_cells);
}

/* Notes in `touched` (one number per cell) where the area's outline may pass: the boxes of its edges. */
static void
touch_cells (const Grid        *grid,
             const DspGeometry *geometry,
             guint              index,
             guint             *touched)
{
  for (guint i = 0; i < geometry->n_rings; i++)
    {
      const DspGeoRing *ring = &geometry->rings[i];
      const DspGeoPoint *points = geometry->points + ring->first;

      for (guint j = 0, k = ring->n_points - 1; j < ring->n_points; k = j++)
        {
          guint row_a = row_of (grid, MIN (points[k].lat_e7, points[j].lat_e7));
          guint row_b = row_of (grid, MAX (points[k].lat_e7, points[j].lat_e7));
          guint column_a = column_of (grid, MIN (points[k].lon_e7, points[j].lon_e7));
          guint column_b = column_of (grid, MAX (points[k].lon_e7, points[j].lon_e7));

          for (guint row = row_a; row <= row_b; row++)
            {
              for (guint column = column_a; column <= column_b; column++)
                touched[row * grid->n_cells + column] = index + 1;
            }
        }
    }
}

static DspGeoPoint
cell_middle (const Grid *grid,
             guint       row,
             guint       column)
{
  return (DspGeoPoint) { (gint32) (grid->box.west + (column + 0.5) / grid->cells_per_lon),
                         (gint32) (grid->box.south + (row + 0.5) / grid->cells_per_lat) };
}

/* Puts the areas (`members`, or all if NULL) into the grid's cells. */
static void
grid_fill (DspLocator         *self,
           Grid               *grid,
           DspGeometry *const *geometries,
           const guint        *members)
{
  g_autofree GArray **found = g_new0 (GArray *, grid->n_cells * grid->n_cells);
  g_autofree guint *touched = g_new0 (guint, grid->n_cells * grid->n_cells);
  guint end = G_MAXUINT;

  for (guint i = 0; members != NULL ? members[i] != G_MAXUINT : i < self->areas->len; i++)
    {
      guint index = members != NULL ? members[i] & ~INSIDE_FLAG : i;
      const Area *area = &g_array_index (self->areas, Area, index);
      const DspGeoBox *box = &area->box;

      if (box->west > grid->box.east || box->east < grid->box.west
          || box->south > grid->box.north || box->north < grid->box.south)
        continue;

      touch_cells (grid, geometries[index], index, touched);
      for (guint row = row_of (grid, box->south); row <= row_of (grid, box->north); row++)
        {
          for (guint column = column_of (grid, box->west); column <= column_of (grid, box->east); column++)
            {
              GArray **cell = &found[row * grid->n_cells + column];
              guint entry = index;

              /* Where no outline passes, the middle speaks for the whole cell. */
              if (touched[row * grid->n_cells + column] != index + 1)
                {
                  if (!area_contains (self, area, cell_middle (grid, row, column)))
                    continue;
                  entry |= INSIDE_FLAG;
                }
              if (*cell == NULL)
                *cell = g_array_new (FALSE, FALSE, sizeof (guint));
              g_array_append_val (*cell, entry);
            }
        }
    }

  for (guint i = 0; i < grid->n_cells * grid->n_cells; i++)
    {
      if (found[i] == NULL)
        continue;

      grid->cells[i] = self->lists->len;
      g_array_append_vals (self->lists, found[i]->data, found[i]->len);
      g_array_append_val (self->lists, end);
      g_array_unref (found[i]);
    }
}

/* A grid's side for so many areas. */
static guint
side_for (guint n_areas,
          guint min_cells,
          guint max_cells)
{
  guint side = min_cells;

  while (side < max_cells && side * side < n_areas * CELLS_PER_AREA)
    side++;

  return side;
}

static guint
list_length (const guint *list)
{
  guint n = 0;

  while (list[n] != G_MAXUINT)
    n++;

  return n;
}

/* The geographic box of a cell, a unit wider on each side than rounding could make it. */
static DspGeoBox
cell_box (const Grid *grid,
          guint       row,
          guint       column)
{
  double west = grid->box.west + column / grid->cells_per_lon;
  double south = grid->box.south + row / grid->cells_per_lat;

  return (DspGeoBox) {
    (gint32) MAX (west - 1, -1800000000.0),
    (gint32) MAX (south - 1, -900000000.0),
    (gint32) MIN (west + 1 / grid->cells_per_lon + 1, 1800000000.0),
    (gint32) MIN (south + 1 / grid->cells_per_lat + 1, 900000000.0),
  };
}

static void
refine (DspLocator         *self,
        DspGeometry *const *geometries)
{
  for (guint row = 0; row < self->top.n_cells; row++)
    {
      for (guint column = 0; column < self->top.n_cells; column++)
        {
          guint *cell = &self->top.cells[row * self->top.n_cells + column];
          g_autofree guint *members = NULL;
          guint n_members;
          Grid fine;

          if (*cell == 0)
            continue;
          n_members = list_length (&g_array_index (self->lists, guint, *cell));
          if (n_members <= CROWDED)
            continue;

          /* The list moves while others are appended to its array. */
          members = g_memdup2 (&g_array_index (self->lists, guint, *cell), sizeof (guint) * (n_members + 1));
          grid_init (&fine, cell_box (&self->top, row, column), side_for (n_members, 4, MAX_FINE_CELLS));
          grid_fill (self, &fine, geometries, members);
          *cell = FINE_FLAG | self->fine->len;
          g_array_append_val (self->fine, fine);
        }
    }
}

/* Copies what it needs of the geometries (about 30 bytes a point). Takes about 20 ms per 100,000 points. */
DspLocator *
dsp_locator_new (DspGeometry *const *geometries,
                 guint               n_geometries)
{
  DspLocator *self = g_new0 (DspLocator, 1);
  DspGeoBox box = { G_MAXINT32, G_MAXINT32, G_MININT32, G_MININT32 };
  guint end = G_MAXUINT;

  self->areas = g_array_new (FALSE, FALSE, sizeof (Area));
  self->band_starts = g_array_new (FALSE, FALSE, sizeof (guint));
  self->edges = g_array_new (FALSE, FALSE, sizeof (Edge));
  self->lists = g_array_new (FALSE, FALSE, sizeof (guint));
  self->fine = g_array_new (FALSE, FALSE, sizeof (Grid));
  g_array_append_val (self->lists, end); /* list 0: empty */

  for (guint i = 0; i < n_geometries; i++)
    {
      add_area (self, geometries[i]);
      box.west = MIN (box.west, geometries[i]->box.west);
      box.south = MIN (box.south, geometries[i]->box.south);
      box.east = MAX (box.east, geometries[i]->box.east);
      box.north = MAX (box.north, geometries[i]->box.north);
    }

  if (n_geometries > 0)
    {
      grid_init (&self->top, box, side_for (n_geometries, MIN_TOP_CELLS, MAX_TOP_CELLS));
      grid_fill (self, &self->top, geometries, NULL);
      refine (self, geometries);
    }

  return self;
}

void
dsp_locator_free (DspLocator *locator)
{
  if (locator == NULL)
    return;

  for (guint i = 0; i < locator->fine->len; i++)
    g_free (g_array_index (locator->fine, Grid, i).cells);
  g_free (locator->top.cells);
  g_array_unref (locator->areas);
  g_array_unref (locator->band_starts);
  g_array_unref (locator->edges);
  g_array_unref (locator->lists);
  g_array_unref (locator->fine);
  g_free (locator);
}

/* Returns: the index of the area that the point lies in, the first of those given where some overlap, or -1. */
int
dsp_locator_find (const DspLocator *locator,
                  DspGeoPoint       point)
{
  const Grid *grid;
  const guint *list;
  guint cell;

  g_return_val_if_fail (locator != NULL, -1);

  grid = &locator->top;
  if (grid->cells == NULL || !dsp_geo_box_contains (&grid->box, point))
    return -1;

  cell = grid->cells[row_of (grid, point.lat_e7) * grid->n_cells + column_of (grid, point.lon_e7)];
  if (cell & FINE_FLAG)
    {
      grid = &g_array_index (locator->fine, Grid, cell & ~FINE_FLAG);
      cell = grid->cells[row_of (grid, point.lat_e7) * grid->n_cells + column_of (grid, point.lon_e7)];
    }

  for (list = &g_array_index (locator->lists, guint, cell); *list != G_MAXUINT; list++)
    {
      if (*list & INSIDE_FLAG)
        return (int) (*list & ~INSIDE_FLAG);
      if (area_contains (locator, &g_array_index (locator->areas, Area, *list), point))
        return (int) *list;
    }

  return -1;
}
