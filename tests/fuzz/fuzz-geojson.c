/* fuzz-geojson.c: any bytes as a file of boundaries
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "dsp-geojson.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  DspGeojsonOptions options = { 0 };
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspGeojson) geojson = NULL;
  DspGeojsonFeature feature;
  DspGeojsonResult result;

  if (size == 0)
    return 0;

  options.property = (data[0] & 1) != 0 ? "cp" : NULL;
  options.code = (data[0] & 2) != 0 ? "01010" : NULL;
  options.open_rings = (data[0] & 4) != 0 ? DSP_OPEN_RINGS_CLOSE : DSP_OPEN_RINGS_REFUSE;
  bytes = g_bytes_new (data + 1, size - 1);
  geojson = dsp_geojson_new_for_bytes ("fuzz", bytes, &options, &error);
  g_assert_true ((geojson == NULL) == (error != NULL));
  if (geojson == NULL)
    return 0;

  while ((result = dsp_geojson_next (geojson, &feature, &error)) == DSP_GEOJSON_FEATURE
         || result == DSP_GEOJSON_REFUSED)
    {
      g_assert_true ((result == DSP_GEOJSON_FEATURE) == (feature.geometry != NULL && feature.code != NULL
                                                         && feature.reason == NULL));
      g_assert_true (feature.code == NULL || strlen (feature.code) == 5);
      g_assert_true (feature.reason == NULL || g_utf8_validate (feature.reason, -1, NULL));
    }
  g_assert_true ((result == DSP_GEOJSON_FAILED) == (error != NULL));

  return 0;
}
