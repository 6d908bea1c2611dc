/* dsp-place.c: postal codes, settlements, boundaries, and what a zone covers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-catalogue.h"
#include "dsp-entities.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const DspWord source_list[] = {
  [DSP_PLACE_NONE]         = { NULL, NULL },
  [DSP_PLACE_POLYGON]      = { "polygon", N_("Boundary") },
  [DSP_PLACE_COLONIA]      = { "colonia", N_("Neighbourhood (approximate)") },
  [DSP_PLACE_GEONAMES]     = { "geonames", N_("GeoNames (approximate)") },
  [DSP_PLACE_MUNICIPALITY] = { "municipality", N_("Municipality (approximate)") },
  [DSP_PLACE_OFFICE]       = { "office", N_("Set by the office") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (source_list) == DSP_N_PLACE_SOURCES);
const DspWords DspPlaceSource_words = { source_list, G_N_ELEMENTS (source_list) };

#define LATITUDE .min = -900000000, .max = 900000000
#define LONGITUDE .min = -1800000000, .max = 1800000000

/* clang-format off */
static const DspField postal_code_fields[] = {
  DSP_TEXT (DspPostalCode, code,              N_("Postal code"),  .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_DIGITS | DSP_FILTER | DSP_SEARCH | DSP_FIXED | DSP_COLUMN, .min = 5, .max = 5),
  DSP_TEXT (DspPostalCode, state,             N_("State"),        .flags = DSP_FILTER | DSP_COLUMN, .max = 60),
  DSP_TEXT (DspPostalCode, state_code,        N_("State code"),   .max = 4),
  DSP_TEXT (DspPostalCode, municipality,      N_("Municipality"), .flags = DSP_FILTER | DSP_COLUMN, .max = 80),
  DSP_TEXT (DspPostalCode, municipality_code, N_("Municipality code"), .max = 6),
  DSP_TEXT (DspPostalCode, city,              N_("City"),         .flags = DSP_COLUMN, .max = 80),
  DSP_INT  (DspPostalCode, lat_e7,            N_("Latitude"),     LATITUDE),
  DSP_INT  (DspPostalCode, lon_e7,            N_("Longitude"),    LONGITUDE),
  DSP_WORD (DspPostalCode, source,            DspPlaceSource, N_("Place is from"), .flags = DSP_FILTER | DSP_COLUMN),
};

static const DspField settlement_fields[] = {
  DSP_TEXT (DspSettlement, postal_code, N_("Postal code"),   .flags = DSP_REQUIRED | DSP_INDEXED | DSP_DIGITS | DSP_FILTER | DSP_FIXED | DSP_COLUMN, .min = 5, .max = 5),
  DSP_TEXT (DspSettlement, key,         N_("Key"),           .flags = DSP_REQUIRED | DSP_FIXED, .max = 8),
  DSP_TEXT (DspSettlement, name,        N_("Neighbourhood"), .flags = DSP_REQUIRED | DSP_COLUMN, .max = 120),
  DSP_TEXT (DspSettlement, kind,        N_("Kind"),          .flags = DSP_COLUMN, .max = 60),
  DSP_TEXT (DspSettlement, zone,        N_("Zone"),          .flags = DSP_COLUMN, .max = 20),
};

static const DspField area_fields[] = {
  DSP_TEXT (DspArea, code,     N_("Postal code"), .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_DIGITS | DSP_FILTER | DSP_FIXED | DSP_COLUMN, .min = 5, .max = 5),
  DSP_TEXT (DspArea, geometry, N_("Geometry"),    .flags = DSP_REQUIRED, .min = 32, .max = 32),
  DSP_INT  (DspArea, south,    N_("South"),       .flags = DSP_REQUIRED, LATITUDE),
  DSP_INT  (DspArea, west,     N_("West"),        .flags = DSP_REQUIRED, LONGITUDE),
  DSP_INT  (DspArea, north,    N_("North"),       .flags = DSP_REQUIRED, LATITUDE),
  DSP_INT  (DspArea, east,     N_("East"),        .flags = DSP_REQUIRED, LONGITUDE),
  DSP_INT  (DspArea, lat_e7,   N_("Latitude"),    .flags = DSP_REQUIRED, LATITUDE),
  DSP_INT  (DspArea, lon_e7,   N_("Longitude"),   .flags = DSP_REQUIRED, LONGITUDE),
  DSP_TEXT (DspArea, source,   N_("Source"),      .flags = DSP_COLUMN, .max = 80),
};
/* clang-format on */

static DspId
common_scope (gconstpointer record)
{
  return dsp_scope_common;
}

static gboolean
postal_code_check (gconstpointer record,
                   GError      **error)
{
  const DspPostalCode *code = record;

  if (code->lat_e7.is_set != code->lon_e7.is_set)
    return dsp_refuse (error, DSP_RULE_INVALID, _("postal code %s has only one of latitude and longitude"), code->code);
  return TRUE;
}

static gboolean
area_check (gconstpointer record,
            GError      **error)
{
  const DspArea *area = record;

  for (const char *p = area->geometry; *p != '\0'; p++)
    if (!g_ascii_isdigit (*p) && (*p < 'a' || *p > 'f'))
      return dsp_refuse (error, DSP_RULE_INVALID, "geometry of %s is not a hash in lower-case hex", area->code);
  if (area->south.value > area->north.value || area->west.value > area->east.value)
    return dsp_refuse (error, DSP_RULE_INVALID, "the box of area %s is turned around", area->code);
  return TRUE;
}

const DspEntity dsp_postal_code = {
  .table = DSP_TABLE (DspPostalCode, postal_code_fields, "postal_code"),
  .label = N_("Postal code"), .label_plural = N_("Postal codes"), .number = 10,
  .display_offset = offsetof (DspPostalCode, code), .scope = common_scope, .check = postal_code_check,
};

const DspEntity dsp_settlement = {
  .table = DSP_TABLE (DspSettlement, settlement_fields, "settlement"),
  .label = N_("Neighbourhood"), .label_plural = N_("Neighbourhoods"), .number = 11,
  .display_offset = offsetof (DspSettlement, name), .scope = common_scope,
};

const DspEntity dsp_area = {
  .table = DSP_TABLE (DspArea, area_fields, "area"),
  .label = N_("Area"), .label_plural = N_("Areas"), .number = 12,
  .display_offset = offsetof (DspArea, code), .scope = common_scope, .check = area_check,
};

/**
 * dsp_postal_code_is_valid:
 * S0-30: a postal code is a text of five digits, leading zeros kept.
 */
bool
dsp_postal_code_is_valid (const char *code)
{
  if (code == NULL || strlen (code) != 5)
    return false;
  for (int i = 0; i < 5; i++)
    if (!g_ascii_isdigit (code[i]))
      return false;
  return true;
}

/* One item of a zone: 03100, 031*, 03100-03199, or the name of a municipality. */
static bool
zone_item_covers (const char *item,
                  const char *postal_code,
                  const char *municipality)
{
  gsize length = strlen (item);

  if (!g_ascii_isdigit (*item))
    return municipality != NULL && strcmp (item, municipality) == 0;
  if (postal_code == NULL)
    return false;
  if (item[length - 1] == '*')
    return strncmp (item, postal_code, length - 1) == 0;
  if (length == 11 && item[5] == '-')
    return strncmp (item, postal_code, 5) <= 0 && strncmp (postal_code, item + 6, 5) <= 0;
  return strcmp (item, postal_code) == 0;
}

bool
dsp_zone_item_is_valid (const char *item)
{
  gsize length = strlen (item), digits = strspn (item, "0123456789");

  if (digits == 0)
    return length > 0 && *item != '*' && *item != '-';
  if (digits == length)
    return length == 5;
  if (item[digits] == '*')
    return digits < 5 && length == digits + 1;
  return digits == 5 && item[5] == '-' && length == 11 && strspn (item + 6, "0123456789") == 5 && strncmp (item, item + 6, 5) <= 0;
}

/**
 * dsp_zone_covers:
 * @zone: (nullable): NULL is anywhere
 * @postal_code: (nullable)
 * @municipality: (nullable)
 *
 * Returns: whether a crew or distributor with that zone serves the place.
 */
bool
dsp_zone_covers (const char *const *zone,
                 const char        *postal_code,
                 const char        *municipality)
{
  if (zone == NULL)
    return true;
  for (; *zone != NULL; zone++)
    if (**zone != '\0' && zone_item_covers (*zone, postal_code, municipality))
      return true;
  return false;
}

bool
dsp_zone_closure_covers (const DspZoneClosure *closure,
                         DspDate               day,
                         const char           *postal_code,
                         const char           *municipality)
{
  return closure->from.day <= day.day && day.day <= closure->until.day &&
         dsp_zone_covers ((const char *const *) closure->zone, postal_code, municipality);
}
