/* dsp-geojson.c: boundaries of postal codes, one feature at a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   file -> dsp-input -> dsp-geojson-split (text of one feature) -> dsp_json_scan() -> here -> DspGeometry
 *
 * The text that is read here has passed the scan: it is whole, valid JSON of bounded depth, and ends with a NUL. So the
 * cursor below may step over keys and values without looking for the end at each byte; only meaning is left to check.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-geojson.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "dsp-geojson-split.h"
#include "dsp-json-scan.h"
#include "dsp-wire-error.h"

#define MAX_PROPERTIES 256

/* A Mexican code is five digits; a number, or a careless export, has lost the first zero. */
#define CODE_LENGTH 5

/* Names seen in published boundaries, the most telling first. Compared without regard to case. */
static const char *const known_names[] = {
  "d_codigo", "d_cp", "codigo_postal", "codigopostal", "cod_postal", "postal_code", "postalcode", "postcode", "cp",
  "zip_code", "zipcode", "zip", "cve_cp", "c_cp",
};

struct _DspGeojson
{
  DspGeojsonSplit    *split;      /* (owned) */
  char               *property;   /* (owned) (nullable): none if no feature has properties */
  char               *fixed_code; /* (owned) (nullable) */
  DspOpenRings        open_rings;
  DspGeometryBuilder *builder;    /* (owned) */
  DspGeometry        *geometry;   /* (owned) (nullable): of the last feature */
  char               *reason;     /* (owned) (nullable): of the last refusal */
  guint64             index;
  char                code[CODE_LENGTH + 1];
};

typedef struct
{
  guint n_codes; /* features in which the value looks like a postal code */
  guint order;   /* of first appearance */
} Candidate;

static const char *
skip_blanks (const char *p)
{
  while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
    p++;

  return p;
}

static const char *
skip_string (const char *p)
{
  for (p++; *p != '"'; p++)
    if (*p == '\\')
      p++;

  return p + 1;
}

/* Behind the value that begins at @p. */
static const char *
skip_value (const char *p)
{
  guint depth = 0;

  do
    {
      p = skip_blanks (p);
      switch (*p)
        {
        case '"':
          p = skip_string (p);
          break;

        case '{':
        case '[':
          depth++;
          p++;
          break;

        case '}':
        case ']':
          depth--;
          p++;
          break;

        case ',':
        case ':':
          p++;
          break;

        default:
          while (*p != '\0' && strchr (",]} \n\r\t", *p) == NULL)
            p++;
          break;
        }
    }
  while (depth > 0);

  return p;
}

/* Walks through the members of an object: @p stands behind the brace, or behind the last value. Returns NULL behind
 * the last member, else where the value begins; the key is as it is written, escapes unresolved. */
static const char *
next_member (const char  *p,
             const char **key,
             gsize       *key_length)
{
  p = skip_blanks (p);
  if (*p == ',')
    p = skip_blanks (p + 1);
  if (*p == '}')
    return NULL;

  *key = p + 1;
  p = skip_string (p);
  *key_length = (gsize) (p - 1 - *key);
  p = skip_blanks (p);
  return skip_blanks (p + 1);
}

/* The value of a member of the object at @object, or NULL. */
static const char *
find_member (const char *object,
             const char *name)
{
  const char *key, *value;
  gsize length;

  for (const char *p = object + 1; (value = next_member (p, &key, &length)) != NULL; p = skip_value (value))
    if (length == strlen (name) && memcmp (key, name, length) == 0)
      return value;

  return NULL;
}

/* Walks through an array like next_member(); NULL behind the last element. */
static const char *
next_element (const char *p)
{
  p = skip_blanks (p);
  if (*p == ',')
    p = skip_blanks (p + 1);

  return *p == ']' ? NULL : p;
}

static gboolean
value_is (const char *value,
          const char *word)
{
  gsize length = strlen (word);

  return *value == '"' && strncmp (value + 1, word, length) == 0 && value[1 + length] == '"';
}

/* The value as it is written, shortened, without quotes: for messages. */
static char *
show_value (const char *value)
{
  const char *end = skip_value (value);
  gsize length = MIN ((gsize) (end - value), 40);
  g_autofree char *text = NULL;

  if (*value == '"' && length >= 2 && value[length - 1] == '"')
    text = g_strndup (value + 1, length - 2);
  else
    text = g_strndup (value, length);

  return g_utf8_make_valid (text, -1);
}

/* Reads 4 or 5 digits from a text or a number (1010, 1010.0) and restores the leading zero. */
static gboolean
read_code (const char *value,
           char        code[CODE_LENGTH + 1])
{
  gboolean is_text = *value == '"';
  gsize n = 0, n_zeros;
  const char *p;

  if (is_text)
    value = skip_blanks (value + 1);
  while (g_ascii_isdigit (value[n]))
    n++;
  if (n < CODE_LENGTH - 1 || n > CODE_LENGTH)
    return FALSE;

  p = value + n;
  if (*p == '.')
    for (p++; *p == '0'; p++)
      ;
  p = skip_blanks (p);
  if (is_text ? *p != '"' : strchr (",}]", *p) == NULL)
    return FALSE;

  n_zeros = CODE_LENGTH - n;
  memset (code, '0', n_zeros);
  memcpy (code + n_zeros, value, n);
  code[CODE_LENGTH] = '\0';
  return TRUE;
}

/* Degrees, as nearly every file writes them: few enough digits to be exact in one division. */
static double
read_number (const char *p)
{
  static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
  const char *begin = p;
  gboolean negative = *p == '-';
  guint64 digits = 0;
  guint n = 0, n_decimals = 0;

  if (negative)
    p++;
  for (; g_ascii_isdigit (*p); p++, n++)
    digits = digits * 10 + (guint64) (*p - '0');
  if (*p == '.')
    for (p++; g_ascii_isdigit (*p); p++, n++, n_decimals++)
      digits = digits * 10 + (guint64) (*p - '0');

  if (n > 15 || *p == 'e' || *p == 'E')
    return g_ascii_strtod (begin, NULL);

  return (negative ? -1.0 : 1.0) * ((double) digits / powers[n_decimals]);
}

static gboolean
refuse (DspGeojson *self,
        char       *reason)
{
  g_free (self->reason);
  self->reason = reason;
  return FALSE;
}

static gboolean
take_refusal (DspGeojson *self,
              GError     *error)
{
  refuse (self, g_strdup (error->message));
  g_error_free (error);
  return FALSE;
}

static gboolean
add_ring (DspGeojson *self,
          const char *ring,
          guint       number)
{
  double first_lon = 0, first_lat = 0, lon = 0, lat = 0;
  GError *error = NULL;
  const char *position;
  guint n = 0;

  if (*ring != '[')
    return refuse (self, g_strdup_printf (_("wrong nesting: ring %u is not a list of positions"), number));

  dsp_geometry_builder_begin_ring (self->builder);
  for (const char *p = ring + 1; (position = next_element (p)) != NULL; p = skip_value (position))
    {
      const char *first = *position == '[' ? next_element (position + 1) : NULL;
      const char *second = first != NULL && strchr ("-0123456789", *first) != NULL ? next_element (skip_value (first)) : NULL;

      n++;
      if (second == NULL || strchr ("-0123456789", *second) == NULL)
        return refuse (self, g_strdup_printf (_("wrong nesting: position %u of ring %u is not a pair of numbers"), n,
                                              number));

      lon = read_number (first);
      lat = read_number (second);
      if (n == 1)
        {
          first_lon = lon;
          first_lat = lat;
        }
      if (!dsp_geometry_builder_add_point (self->builder, lon, lat, &error))
        return take_refusal (self, error);
    }

  if (n < 4 && !(n == 3 && (first_lon != lon || first_lat != lat)))
    return refuse (self, g_strdup_printf (ngettext ("ring %u has only %u position, 4 are needed",
                                                    "ring %u has only %u positions, 4 are needed", n), number, n));
  if (!dsp_geometry_builder_end_ring (self->builder, &error))
    return take_refusal (self, error);

  return TRUE;
}

static gboolean
add_polygon (DspGeojson *self,
             const char *polygon,
             guint      *n_rings)
{
  const char *ring;
  guint before = *n_rings;

  if (*polygon != '[')
    return refuse (self, g_strdup (_("wrong nesting: a polygon is not a list of rings")));

  dsp_geometry_builder_begin_polygon (self->builder);
  for (const char *p = polygon + 1; (ring = next_element (p)) != NULL; p = skip_value (ring))
    if (!add_ring (self, ring, ++*n_rings))
      return FALSE;

  if (*n_rings == before)
    return refuse (self, g_strdup (_("a polygon without a ring")));
  return TRUE;
}

/* Recursion is bounded by the scan's depth. */
static gboolean
add_geometry (DspGeojson *self,
              const char *geometry,
              gboolean    in_collection,
              guint      *n_rings)
{
  const char *type, *parts, *part;

  if (geometry == NULL || strncmp (geometry, "null", 4) == 0)
    return refuse (self, g_strdup (_("there is no geometry")));
  type = *geometry == '{' ? find_member (geometry, "type") : NULL;
  if (type == NULL || *type != '"')
    return refuse (self, g_strdup (_("the geometry has no type")));

  if (value_is (type, "GeometryCollection"))
    {
      parts = find_member (geometry, "geometries");
      if (parts == NULL || *parts != '[')
        return refuse (self, g_strdup (_("the geometry collection has no list of geometries")));
      for (const char *p = parts + 1; (part = next_element (p)) != NULL; p = skip_value (part))
        if (!add_geometry (self, part, TRUE, n_rings))
          return FALSE;
      return TRUE;
    }

  parts = find_member (geometry, "coordinates");
  if (value_is (type, "Polygon") || value_is (type, "MultiPolygon"))
    {
      if (parts == NULL || *parts != '[')
        return refuse (self, g_strdup (_("the geometry has no coordinates")));
      if (value_is (type, "Polygon"))
        return add_polygon (self, parts, n_rings);
      for (const char *p = parts + 1; (part = next_element (p)) != NULL; p = skip_value (part))
        if (!add_polygon (self, part, n_rings))
          return FALSE;
      return TRUE;
    }

  /* A label's point or a border's line beside the areas of a collection does no harm. */
  if (in_collection)
    return TRUE;

  {
    g_autofree char *shown = show_value (type);

    return refuse (self, g_strdup_printf (_("a %s is no area"), shown));
  }
}

static gboolean
find_code (DspGeojson *self,
           const char *properties)
{
  const char *value = NULL;

  if (properties == NULL || *properties != '{')
    {
      if (self->fixed_code == NULL)
        return refuse (self, g_strdup (_("the feature has no properties, so no postal code")));
      g_strlcpy (self->code, self->fixed_code, sizeof self->code);
      return TRUE;
    }

  if (self->property != NULL)
    value = find_member (properties, self->property);
  if (value == NULL || strncmp (value, "null", 4) == 0)
    return refuse (self, g_strdup_printf (_("the property %s is missing"),
                                          self->property != NULL ? self->property : "d_codigo"));

  if (!read_code (value, self->code))
    {
      g_autofree char *shown = show_value (value);

      return refuse (self, g_strdup_printf (_("%s: “%s” is no postal code of 5 digits"), self->property, shown));
    }

  return TRUE;
}

static gboolean
scan_piece (const GString  *text,
            GError        **error)
{
  const DspJsonLimits limits = { .max_depth = 16, .max_string = 1024 * 1024, .max_nodes = 16 * 1024 * 1024,
                                 .allow_doubles = TRUE };

  if (!dsp_json_scan (text->str, text->len, &limits, error))
    return FALSE;
  if (*skip_blanks (text->str) != '{')
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "the feature is not an object");
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_feature (DspGeojson    *self,
              const GString *text)
{
  const char *feature, *type, *geometry;
  GError *error = NULL;
  guint n_rings = 0;

  if (!scan_piece (text, &error))
    return take_refusal (self, error);

  feature = skip_blanks (text->str);
  type = find_member (feature, "type");
  geometry = find_member (feature, "geometry");
  if (type != NULL && !value_is (type, "Feature") && geometry == NULL)
    geometry = feature;

  if (!find_code (self, find_member (feature, "properties")))
    return FALSE;
  if (!add_geometry (self, geometry, FALSE, &n_rings))
    return FALSE;

  self->geometry = dsp_geometry_builder_finish (self->builder, &error);
  return self->geometry != NULL || take_refusal (self, error);
}

/* --- which property holds the code --- */

static void
survey_feature (GHashTable    *candidates,
                const GString *text,
                guint         *n_features)
{
  const char *properties, *key, *value;
  char code[CODE_LENGTH + 1];
  gsize length;

  if (!scan_piece (text, NULL))
    return;
  properties = find_member (skip_blanks (text->str), "properties");
  if (properties == NULL || *properties != '{')
    return;

  *n_features += 1;
  for (const char *p = properties + 1; (value = next_member (p, &key, &length)) != NULL; p = skip_value (value))
    {
      g_autofree char *name = g_strndup (key, length);
      Candidate *candidate = g_hash_table_lookup (candidates, name);

      if (candidate == NULL && g_hash_table_size (candidates) < MAX_PROPERTIES)
        {
          candidate = g_new0 (Candidate, 1);
          candidate->order = g_hash_table_size (candidates);
          g_hash_table_insert (candidates, g_steal_pointer (&name), candidate);
        }
      if (candidate != NULL)
        candidate->n_codes += read_code (value, code) ? 1 : 0;
    }
}

/* The known name that most often holds a code, or the only property that nearly always does. */
static gboolean
choose_property (DspGeojson  *self,
                 GHashTable  *candidates,
                 guint        n_features,
                 GError     **error)
{
  const char *file = dsp_input_get_name (dsp_geojson_split_get_input (self->split));
  const char *first = NULL, *second = NULL;
  guint first_order = G_MAXUINT, second_order = G_MAXUINT;
  GHashTableIter iter;
  gpointer name, value;

  for (guint i = 0; i < G_N_ELEMENTS (known_names); i++)
    {
      g_hash_table_iter_init (&iter, candidates);
      while (g_hash_table_iter_next (&iter, &name, &value))
        {
          const Candidate *candidate = value;

          if (g_ascii_strcasecmp (name, known_names[i]) == 0 && candidate->n_codes * 2 >= n_features)
            {
              self->property = g_strdup (name);
              return TRUE;
            }
        }
    }

  g_hash_table_iter_init (&iter, candidates);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const Candidate *candidate = value;

      if ((guint64) candidate->n_codes * 10 < (guint64) n_features * 9)
        continue;
      if (candidate->order < first_order)
        {
          second = first;
          second_order = first_order;
          first = name;
          first_order = candidate->order;
        }
      else if (candidate->order < second_order)
        {
          second = name;
          second_order = candidate->order;
        }
    }

  if (first == NULL)
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID,
                 "%s: no property holds postal codes; name the one that is meant", file);
  else if (second != NULL)
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID,
                 "%s: the postal code may be in %s or in %s; name the one that is meant", file, first, second);
  else
    self->property = g_strdup (first);

  return self->property != NULL;
}

/* Reads all of @input, which is freed. */
static gboolean
detect_property (DspGeojson  *self,
                 DspInput    *input,
                 GError     **error)
{
  g_autoptr(DspGeojsonSplit) split = dsp_geojson_split_new (input);
  g_autoptr(GHashTable) candidates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  DspGeojsonPiece result;
  const GString *text;
  guint n_features = 0;
  guint64 line;

  while ((result = dsp_geojson_split_next (split, &text, &line, error)) != DSP_GEOJSON_PIECE_END)
    {
      if (result == DSP_GEOJSON_PIECE_FAILED)
        return FALSE;
      if (result == DSP_GEOJSON_PIECE)
        survey_feature (candidates, text, &n_features);
    }

  /* Bare geometries: only a given code can help, and each is refused without one. */
  if (n_features == 0)
    return TRUE;

  return choose_property (self, candidates, n_features, error);
}

/* @input and @survey are taken; @survey is NULL if the property is given. */
static DspGeojson *
geojson_new (DspInput                 *input,
             DspInput                 *survey,
             const DspGeojsonOptions  *options,
             GError                  **error)
{
  g_autoptr(DspGeojson) self = g_new0 (DspGeojson, 1);

  self->split = dsp_geojson_split_new (input);
  self->property = g_strdup (options->property);
  self->open_rings = options->open_rings;
  self->builder = dsp_geometry_builder_new (options->open_rings);

  if (options->code != NULL)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", options->code);

      if (!read_code (quoted, self->code))
        {
          g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s is no postal code of 5 digits", options->code);
          dsp_input_free (survey);
          return NULL;
        }
      self->fixed_code = g_strdup (self->code);
    }

  if (survey != NULL && !detect_property (self, survey, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * dsp_geojson_open:
 * @path: a FeatureCollection, a Feature, a GeometryCollection or a geometry; packed as dsp_input_open() allows
 * @options: (nullable)
 *
 * Blocks; without a given property for as long as it takes to read the file once.
 *
 * Returns: (transfer full): the reader, or %NULL with an error that names the file
 */
DspGeojson *
dsp_geojson_open (const char               *path,
                  const DspGeojsonOptions  *options,
                  GCancellable             *cancellable,
                  GError                  **error)
{
  const DspGeojsonOptions used = options != NULL ? *options : (DspGeojsonOptions) { 0 };
  g_autoptr(DspInput) input = dsp_input_open (path, NULL, cancellable, error);
  DspInput *survey = NULL;

  if (input == NULL)
    return NULL;
  if (used.property == NULL && (survey = dsp_input_open (path, NULL, cancellable, error)) == NULL)
    return NULL;

  return geojson_new (g_steal_pointer (&input), survey, &used, error);
}

/* The same for text in memory, which messages call @name. */
DspGeojson *
dsp_geojson_new_for_bytes (const char               *name,
                           GBytes                   *bytes,
                           const DspGeojsonOptions  *options,
                           GError                  **error)
{
  const DspGeojsonOptions used = options != NULL ? *options : (DspGeojsonOptions) { 0 };

  return geojson_new (dsp_input_new_for_bytes (name, bytes, DSP_INPUT_UTF8),
                      used.property == NULL ? dsp_input_new_for_bytes (name, bytes, DSP_INPUT_UTF8) : NULL, &used, error);
}

void
dsp_geojson_free (DspGeojson *self)
{
  if (self == NULL)
    return;

  dsp_geojson_split_free (self->split);
  g_clear_pointer (&self->builder, dsp_geometry_builder_free);
  g_clear_pointer (&self->geometry, dsp_geometry_unref);
  g_free (self->property);
  g_free (self->fixed_code);
  g_free (self->reason);
  g_free (self);
}

/* For progress and the file's name. */
DspInput *
dsp_geojson_get_input (DspGeojson *self)
{
  return dsp_geojson_split_get_input (self->split);
}

/* (nullable): the property that holds the postal code, given or found. */
const char *
dsp_geojson_get_property (DspGeojson *self)
{
  return self->property;
}

/**
 * dsp_geojson_next:
 * @feature: (out): valid until the next call. Several features may have the same code: together they are its area.
 *
 * Blocks for as long as the input does.
 */
DspGeojsonResult
dsp_geojson_next (DspGeojson         *self,
                  DspGeojsonFeature  *feature,
                  GError            **error)
{
  DspGeojsonPiece result;
  const GString *text;
  gboolean fine;

  *feature = (DspGeojsonFeature) { 0 };
  g_clear_pointer (&self->geometry, dsp_geometry_unref);
  self->code[0] = '\0';

  result = dsp_geojson_split_next (self->split, &text, &feature->line, error);
  if (result == DSP_GEOJSON_PIECE_END)
    return DSP_GEOJSON_END;
  if (result == DSP_GEOJSON_PIECE_FAILED)
    return DSP_GEOJSON_FAILED;

  feature->index = ++self->index;
  if (result == DSP_GEOJSON_PIECE_TOO_LONG)
    fine = refuse (self, g_strdup_printf (_("the feature is longer than %d bytes"), DSP_GEOJSON_FEATURE_MAX));
  else
    fine = read_feature (self, text);

  if (!fine)
    {
      /* Half a geometry is left in the builder. */
      dsp_geometry_builder_free (self->builder);
      self->builder = dsp_geometry_builder_new (self->open_rings);
    }

  feature->code = self->code[0] != '\0' ? self->code : NULL;
  feature->geometry = self->geometry;
  feature->reason = fine ? NULL : self->reason;
  return fine ? DSP_GEOJSON_FEATURE : DSP_GEOJSON_REFUSED;
}
