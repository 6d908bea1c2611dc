/* fuzz-geometry.c: any bytes as a packed boundary
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdint.h>

#include "dsp-geometry.h"
#include "dsp-locator.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspGeometry) geometry = dsp_geometry_unpack_data (data, size, &error);
  g_autoptr(DspGeometry) simple = NULL, again = NULL;
  g_autoptr(DspLocator) locator = NULL;
  g_autoptr(GBytes) packed = NULL;
  DspGeoPoint inside;

  g_assert_true ((geometry == NULL) == (error != NULL));
  if (geometry == NULL)
    return 0;

  /* What was accepted is packed to the same value, and every question has an answer. */
  packed = dsp_geometry_pack (geometry);
  again = dsp_geometry_unpack (packed, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (again->points, again->n_points * sizeof (DspGeoPoint),
                   geometry->points, geometry->n_points * sizeof (DspGeoPoint));
  g_assert_cmpfloat (dsp_geometry_area_m2 (geometry), >=, 0);
  inside = dsp_geometry_interior_point (geometry);
  simple = dsp_geometry_simplify (geometry, 50);
  g_assert_cmpuint (simple->n_rings, ==, geometry->n_rings);
  locator = dsp_locator_new (&geometry, 1);
  g_assert_true ((dsp_locator_find (locator, inside) == 0) == (dsp_geometry_contains (geometry, inside) != FALSE));

  return 0;
}
