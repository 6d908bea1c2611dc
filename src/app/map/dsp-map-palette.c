/* dsp-map-palette.c: the map's colours, for light and dark, told apart by every kind of eye
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-palette.h"

/* [dark][colour][class - 1] */
static const guint32 classes[2][DSP_MAP_N_COLOURS][DSP_MAP_N_CLASSES] = {
  {
    { 0xcfe0f0, 0x8fbfe0, 0x4793c8, 0x1b62a5, 0x0a3468 },
    { 0xfde9bd, 0xfbc566, 0xee8d22, 0xc65a06, 0x7a3105 },
    { 0xf8d6e2, 0xf09dbf, 0xd94c94, 0xa1156c, 0x560650 },
    { 0xd3e9df, 0x98ceb6, 0x4aa687, 0x1c7760, 0x07493d },
  },
  {
    { 0x24435f, 0x2a6397, 0x3a86c8, 0x74b4ea, 0xc9e3fb },
    { 0x4f3a17, 0x825615, 0xbd7a19, 0xeea93c, 0xffe2a8 },
    { 0x4d2342, 0x7f2f66, 0xba478f, 0xe880ba, 0xfcd4e8 },
    { 0x1d463c, 0x236a57, 0x33967b, 0x70c7a9, 0xccf0df },
  },
};

static const guint32 urgencies[2][3] = {
  { 0x0072b2, 0xe69f00, 0xd55e00 },
  { 0x56b4e9, 0xf0b429, 0xff7a3c },
};

static DspMapRgb
from_hex (guint32 hex)
{
  return (DspMapRgb) { (hex >> 16 & 0xff) / 255.0, (hex >> 8 & 0xff) / 255.0, (hex & 0xff) / 255.0 };
}

/* @n_class: 1..DSP_MAP_N_CLASSES */
DspMapRgb
dsp_map_palette_get_class (DspMapColour colour,
                           guint        n_class,
                           gboolean     is_dark)
{
  return from_hex (classes[is_dark != FALSE][colour][CLAMP (n_class, 1, DSP_MAP_N_CLASSES) - 1]);
}

DspMapRgb
dsp_map_palette_get_urgency (DspMapUrgency urgency,
                             gboolean      is_dark)
{
  return from_hex (urgencies[is_dark != FALSE][urgency]);
}

/* Behind numbers, and around what must stand out. */
DspMapRgb
dsp_map_palette_get_paper (gboolean is_dark)
{
  return from_hex (is_dark ? 0x1e2328 : 0xffffff);
}

DspMapRgb
dsp_map_palette_get_ink (gboolean is_dark)
{
  return from_hex (is_dark ? 0xf4f6f8 : 0x1b1f23);
}

DspMapRgb
dsp_map_palette_get_text_on (DspMapRgb background)
{
  double lightness = 0.299 * background.red + 0.587 * background.green + 0.114 * background.blue;

  return from_hex (lightness > 0.56 ? 0x14181c : 0xffffff);
}
