/* dsp-mapping-parse.c: a mapping file read and checked
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People write mappings by hand. So every member is known or refused by name, and a fault is told with the place where
 * it stands, before any row is touched.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-mapping-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "dsp-json-scan.h"
#include "dsp-wire-error.h"

#define MAX_FIELDS 256
#define MAX_DIGITS 18
#define MAX_PLUS   (100 * 365 * 24 * 60)

/* Where we are, for messages: "map.json: fields.number.column". */
typedef struct
{
  DspMapping  *mapping;
  const char  *place;
  GError     **error;
} Parse;

G_GNUC_PRINTF (3, 4)
static gboolean
fail (Parse      *parse,
      const char *member,
      const char *format,
      ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (parse->error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s: %s%s%s: %s", parse->mapping->name, parse->place,
               *parse->place != '\0' && member != NULL ? "." : "", member != NULL ? member : "", what);
  return FALSE;
}

static gboolean
check_members (Parse             *parse,
               JsonObject        *object,
               const char *const *known)
{
  g_autoptr(GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    if (!g_strv_contains (known, l->data))
      return fail (parse, l->data, "there is no such setting");

  return TRUE;
}

static const char *
node_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node)
                                                                                           : NULL;
}

/* Absent members leave @text as it is. */
static gboolean
get_text (Parse       *parse,
          JsonObject  *object,
          const char  *member,
          char       **text)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL)
    return TRUE;
  if (node_text (node) == NULL)
    return fail (parse, member, "a text is needed");

  g_free (*text);
  *text = g_strdup (node_text (node));
  return TRUE;
}

static gboolean
get_truth (Parse      *parse,
           JsonObject *object,
           const char *member,
           gboolean   *truth)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return fail (parse, member, "true or false is needed");

  *truth = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
node_number (JsonNode *node,
             gint64   *number)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;

  *number = json_node_get_int (node);
  return TRUE;
}

static gboolean
get_number (Parse      *parse,
            JsonObject *object,
            const char *member,
            gint64      least,
            gint64      most,
            gint64     *number)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL)
    return TRUE;
  if (!node_number (node, number) || *number < least || *number > most)
    return fail (parse, member, "a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " is needed", least, most);

  return TRUE;
}

/* A text, or a list of texts that is not empty. */
static gboolean
get_texts (Parse      *parse,
           JsonObject *object,
           const char *member,
           GPtrArray  *texts)
{
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array;

  if (node == NULL)
    return TRUE;
  if (node_text (node) != NULL)
    {
      g_ptr_array_add (texts, g_strdup (node_text (node)));
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
    return fail (parse, member, "a text or a list of texts is needed");

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *text = node_text (json_array_get_element (array, i));

      if (text == NULL)
        return fail (parse, member, "item %u is not a text", i + 1);
      g_ptr_array_add (texts, g_strdup (text));
    }

  return TRUE;
}

static gboolean
get_object (Parse       *parse,
            JsonObject  *object,
            const char  *member,
            JsonObject **inner)
{
  JsonNode *node = json_object_get_member (object, member);

  *inner = NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (parse, member, "an object is needed");

  *inner = json_node_get_object (node);
  return TRUE;
}

static gboolean
get_null_words (Parse       *parse,
                JsonObject  *object,
                GHashTable **words)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  if (!get_texts (parse, object, "null_words", texts))
    return FALSE;

  if (texts->len > 0 && *words == NULL)
    *words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < texts->len; i++)
    g_hash_table_add (*words, g_strdup (texts->pdata[i]));

  return TRUE;
}

/* One of @words; its index goes to @choice. */
static gboolean
get_choice (Parse             *parse,
            JsonObject        *object,
            const char        *member,
            const char *const *words,
            int               *choice)
{
  g_autofree char *text = NULL;
  g_autofree char *all = NULL;

  if (!get_text (parse, object, member, &text))
    return FALSE;
  if (text == NULL)
    return TRUE;

  for (int i = 0; words[i] != NULL; i++)
    if (strcmp (text, words[i]) == 0)
      {
        *choice = i;
        return TRUE;
      }

  all = g_strjoinv (", ", (char **) words);
  return fail (parse, member, "%s is none of %s", text, all);
}

/* --- sources --- */

static gboolean
parse_first_of (Parse      *parse,
                JsonObject *object,
                DspSpec    *spec)
{
  static const char *const known[] = { "same", "take", "by", NULL };
  g_autofree char *same = NULL, *take = NULL;

  spec->source = DSP_SOURCE_FIRST_OF;
  if (!check_members (parse, object, known) || !get_text (parse, object, "same", &same)
      || !get_text (parse, object, "take", &take))
    return FALSE;
  if (same == NULL || take == NULL)
    return fail (parse, "first_of", "needs \"same\" and \"take\"");

  g_ptr_array_add (spec->columns, g_steal_pointer (&same));
  g_ptr_array_add (spec->columns, g_steal_pointer (&take));
  return get_texts (parse, object, "by", spec->columns);
}

static gboolean
parse_pick (Parse      *parse,
            JsonObject *object,
            DspSpec    *spec)
{
  static const char *const known[] = { "by", "from", NULL };
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  spec->source = DSP_SOURCE_PICK;
  if (!check_members (parse, object, known) || !get_texts (parse, object, "by", spec->columns)
      || !get_texts (parse, object, "from", names))
    return FALSE;
  if (spec->columns->len == 0 || names->len == 0)
    return fail (parse, "pick", "needs \"by\" and \"from\"");

  for (guint i = 0; i < names->len; i++)
    {
      GPtrArray *list = g_hash_table_lookup (parse->mapping->lists, names->pdata[i]);

      if (list == NULL)
        return fail (parse, "pick", "there is no list %s", (char *) names->pdata[i]);
      g_ptr_array_add (spec->lists, g_ptr_array_ref (list));
    }

  return TRUE;
}

static gboolean
parse_digits (Parse      *parse,
              JsonObject *object,
              DspSpec    *spec)
{
  static const char *const known[] = { "by", "count", NULL };
  gint64 count = 0;

  spec->source = DSP_SOURCE_DIGITS;
  if (!check_members (parse, object, known) || !get_texts (parse, object, "by", spec->columns)
      || !get_number (parse, object, "count", 1, MAX_DIGITS, &count))
    return FALSE;
  if (spec->columns->len == 0 || count == 0)
    return fail (parse, "digits", "needs \"by\" and \"count\"");

  spec->n_digits = (guint) count;
  return TRUE;
}

static gboolean
parse_earlier (Parse      *parse,
               const char *name,
               DspSpec    *spec)
{
  spec->source = DSP_SOURCE_FIELD;
  for (guint i = 0; i < parse->mapping->specs->len; i++)
    {
      const DspSpec *earlier = g_ptr_array_index (parse->mapping->specs, i);

      if (strcmp (earlier->name, name) == 0)
        {
          spec->field = i;
          spec->is_time = earlier->is_time;
          return TRUE;
        }
    }

  return fail (parse, "field", "no field %s stands before this one", name);
}

static gboolean
parse_source (Parse      *parse,
              JsonObject *object,
              DspSpec    *spec)
{
  static const char *const sources[] = { "column", "columns", "const", "field", "first_of", "pick", "digits" };
  g_autofree char *earlier = NULL;
  JsonObject *first_of, *pick, *digits;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    n += json_object_has_member (object, sources[i]);
  if (n != 1)
    return fail (parse, NULL, n == 0 ? "has no source (column, columns, const, field, first_of, pick or digits)"
                                     : "has more than one source");

  if (!get_texts (parse, object, "column", spec->columns) || !get_texts (parse, object, "columns", spec->columns)
      || !get_text (parse, object, "join", &spec->join) || !get_text (parse, object, "const", &spec->constant)
      || !get_text (parse, object, "field", &earlier) || !get_object (parse, object, "first_of", &first_of)
      || !get_object (parse, object, "pick", &pick) || !get_object (parse, object, "digits", &digits))
    return FALSE;

  if (first_of != NULL)
    return parse_first_of (parse, first_of, spec);
  if (pick != NULL)
    return parse_pick (parse, pick, spec);
  if (digits != NULL)
    return parse_digits (parse, digits, spec);
  if (earlier != NULL)
    return parse_earlier (parse, earlier, spec);

  spec->source = spec->constant != NULL ? DSP_SOURCE_CONST : DSP_SOURCE_COLUMNS;
  return TRUE;
}

/* --- what is done to the value --- */

static gboolean
parse_map (Parse      *parse,
           JsonObject *object,
           DspSpec    *spec)
{
  static const char *const words[] = { "refuse", "keep", "none", NULL };
  int unmapped = DSP_UNMAPPED_REFUSE;
  g_autoptr(GList) members = NULL;
  JsonObject *map;

  if (!get_object (parse, object, "map", &map) || !get_choice (parse, object, "unmapped", words, &unmapped)
      || !get_text (parse, object, "default", &spec->map_default))
    return FALSE;

  spec->unmapped = spec->map_default != NULL ? DSP_UNMAPPED_DEFAULT : (DspUnmapped) unmapped;
  if (map == NULL)
    {
      if (spec->map_default != NULL || json_object_has_member (object, "unmapped"))
        return fail (parse, "map", "is missing: default and unmapped say what becomes of values that it lacks");
      return TRUE;
    }

  spec->map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  members = json_object_get_members (map);
  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (map, l->data);

      if (!JSON_NODE_HOLDS_NULL (node) && node_text (node) == NULL)
        return fail (parse, "map", "%s: a text or null is needed", (char *) l->data);
      g_hash_table_insert (spec->map, g_strdup (l->data),
                           JSON_NODE_HOLDS_NULL (node) ? NULL : g_strdup (node_text (node)));
    }

  return TRUE;
}

static gboolean
parse_plus (Parse      *parse,
            JsonObject *object,
            DspSpec    *spec)
{
  static const char *const known[] = { "minutes", "step", "by", NULL };
  JsonObject *plus;
  JsonNode *minutes;
  JsonArray *range;

  if (!get_object (parse, object, "plus", &plus))
    return FALSE;
  if (plus == NULL)
    return TRUE;
  if (!spec->is_time)
    return fail (parse, "plus", "the field is no time");
  if (!check_members (parse, plus, known) || !get_texts (parse, plus, "by", spec->plus_by)
      || !get_number (parse, plus, "step", 1, MAX_PLUS, &spec->plus_step))
    return FALSE;

  minutes = json_object_get_member (plus, "minutes");
  if (minutes != NULL && node_number (minutes, &spec->plus_from))
    {
      spec->plus_to = spec->plus_from;
    }
  else
    {
      range = minutes != NULL && JSON_NODE_HOLDS_ARRAY (minutes) ? json_node_get_array (minutes) : NULL;
      if (range == NULL || json_array_get_length (range) != 2
          || !node_number (json_array_get_element (range, 0), &spec->plus_from)
          || !node_number (json_array_get_element (range, 1), &spec->plus_to) || spec->plus_from > spec->plus_to)
        return fail (parse, "plus.minutes", "a number or two, the smaller first, are needed");
      if (spec->plus_by->len == 0)
        return fail (parse, "plus.by", "the columns that choose the minutes are missing");
    }
  if (spec->plus_from < -MAX_PLUS || spec->plus_to > MAX_PLUS)
    return fail (parse, "plus.minutes", "more than a hundred years");

  return TRUE;
}

static gboolean
parse_steps (Parse      *parse,
             JsonObject *object,
             DspSpec    *spec)
{
  static const char *const degrees[] = { "", "latitude", "longitude", NULL };
  static const char *const codes[] = { "", "refuse", "pad", NULL };
  int choice = 0;
  g_autofree char *fault = NULL;

  if (!get_null_words (parse, object, &spec->null_words) || !parse_map (parse, object, spec)
      || !get_text (parse, object, "time", &spec->time_format) || !get_text (parse, object, "prefix", &spec->prefix)
      || !get_text (parse, object, "suffix", &spec->suffix) || !get_truth (parse, object, "required", &spec->required)
      || !get_truth (parse, object, "unique", &spec->unique))
    return FALSE;

  if (!get_choice (parse, object, "degrees", degrees, &choice))
    return FALSE;
  spec->degrees = (DspDegrees) choice;
  choice = 0;
  if (!get_choice (parse, object, "postal_code", codes, &choice))
    return FALSE;
  spec->code = (DspCode) choice;

  if (spec->time_format != NULL)
    {
      if (spec->is_time)
        return fail (parse, "time", "the earlier field is a time already");
      if (!dsp_wall_time_check_format (spec->time_format, &fault))
        return fail (parse, "time", "%s", fault);
      spec->is_time = TRUE;
    }
  if (spec->is_time + (spec->degrees != DSP_DEGREES_NONE) + (spec->code != DSP_CODE_NONE) > 1)
    return fail (parse, NULL, "is only one of time, degrees and postal_code");
  if (spec->is_time && (spec->prefix != NULL || spec->suffix != NULL))
    return fail (parse, NULL, "a time takes no prefix and no suffix");

  return parse_plus (parse, object, spec);
}

static void
spec_free (gpointer data)
{
  DspSpec *spec = data;

  g_ptr_array_unref (spec->columns);
  g_ptr_array_unref (spec->plus_by);
  g_ptr_array_unref (spec->lists);
  g_clear_pointer (&spec->null_words, g_hash_table_unref);
  g_clear_pointer (&spec->map, g_hash_table_unref);
  g_free (spec->name);
  g_free (spec->join);
  g_free (spec->constant);
  g_free (spec->map_default);
  g_free (spec->time_format);
  g_free (spec->prefix);
  g_free (spec->suffix);
  g_free (spec);
}

static gboolean
parse_field (Parse             *parse,
             const char        *name,
             JsonNode          *node,
             const char *const *known_fields)
{
  static const char *const known[] = {
    "column", "columns", "join", "const", "field", "first_of", "pick", "digits", "null_words", "map", "unmapped",
    "default", "time", "plus", "degrees", "postal_code", "prefix", "suffix", "required", "unique", NULL
  };
  g_autofree char *place = g_strdup_printf ("fields.%s", name);
  DspSpec *spec = g_new0 (DspSpec, 1);
  gboolean fine;

  spec->name = g_strdup (name);
  spec->columns = g_ptr_array_new_with_free_func (g_free);
  spec->plus_by = g_ptr_array_new_with_free_func (g_free);
  spec->lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  spec->plus_step = 1;

  parse->place = place;
  if (known_fields != NULL && !g_strv_contains (known_fields, name))
    {
      fine = fail (parse, NULL, "there is no such field");
    }
  else if (node_text (node) != NULL)
    {
      spec->source = DSP_SOURCE_COLUMNS;
      g_ptr_array_add (spec->columns, g_strdup (node_text (node)));
      fine = TRUE;
    }
  else if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      fine = fail (parse, NULL, "a column's name or an object is needed");
    }
  else
    {
      JsonObject *object = json_node_get_object (node);

      fine = check_members (parse, object, known) && parse_source (parse, object, spec)
             && parse_steps (parse, object, spec);
    }
  parse->place = "";

  if (!fine)
    {
      spec_free (spec);
      return FALSE;
    }

  g_ptr_array_add (parse->mapping->specs, spec);
  g_ptr_array_add (parse->mapping->fields, spec->name);
  return TRUE;
}

static gboolean
parse_fields (Parse             *parse,
              JsonObject        *top,
              const char *const *known_fields)
{
  g_autoptr(GList) members = NULL;
  JsonObject *object;

  if (!get_object (parse, top, "fields", &object))
    return FALSE;
  if (object == NULL || json_object_get_size (object) == 0 || json_object_get_size (object) > MAX_FIELDS)
    return fail (parse, "fields", "1 to %d fields are needed", MAX_FIELDS);

  members = json_object_get_members (object);
  for (GList *l = members; l != NULL; l = l->next)
    if (!parse_field (parse, l->data, json_object_get_member (object, l->data), known_fields))
      return FALSE;

  g_ptr_array_add (parse->mapping->fields, NULL);
  return TRUE;
}

/* --- the whole --- */

static gboolean
parse_csv (Parse      *parse,
           JsonObject *top)
{
  static const char *const known[] = { "encoding", "separator", "quotes", "skip_lines", "names", NULL };
  static const char *const encodings[] = { "utf-8", "latin1", "auto", NULL };
  DspMapping *mapping = parse->mapping;
  g_autofree char *separator = NULL;
  int encoding = DSP_INPUT_UTF8;
  gboolean quotes = TRUE;
  gint64 skip_lines = 0;
  JsonObject *csv;

  if (!get_object (parse, top, "csv", &csv))
    return FALSE;
  if (csv == NULL)
    return TRUE;

  parse->place = "csv";
  mapping->csv_names = g_ptr_array_new_with_free_func (g_free);
  if (!check_members (parse, csv, known) || !get_choice (parse, csv, "encoding", encodings, &encoding)
      || !get_text (parse, csv, "separator", &separator) || !get_truth (parse, csv, "quotes", &quotes)
      || !get_number (parse, csv, "skip_lines", 0, 1000, &skip_lines)
      || !get_texts (parse, csv, "names", mapping->csv_names))
    return FALSE;
  if (separator != NULL && (strlen (separator) != 1 || strchr (",;|\t", *separator) == NULL))
    return fail (parse, "separator", "one of , ; | and TAB is needed");
  parse->place = "";

  mapping->encoding = (DspInputEncoding) encoding;
  mapping->csv.separator = separator != NULL ? *separator : '\0';
  mapping->csv.no_quotes = !quotes;
  mapping->csv.skip_lines = (guint) skip_lines;
  if (mapping->csv_names->len > 0)
    {
      g_ptr_array_add (mapping->csv_names, NULL);
      mapping->csv.names = (const char *const *) mapping->csv_names->pdata;
    }

  return TRUE;
}

static gboolean
parse_lists (Parse      *parse,
             JsonObject *top)
{
  g_autoptr(GList) members = NULL;
  JsonObject *lists;

  if (!get_object (parse, top, "lists", &lists))
    return FALSE;
  if (lists == NULL)
    return TRUE;

  parse->place = "lists";
  members = json_object_get_members (lists);
  for (GList *l = members; l != NULL; l = l->next)
    {
      GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);

      g_hash_table_insert (parse->mapping->lists, g_strdup (l->data), texts);
      if (!get_texts (parse, lists, l->data, texts))
        return FALSE;
    }
  parse->place = "";
  return TRUE;
}

static gboolean
parse_shift (Parse      *parse,
             JsonObject *top)
{
  static const char *const words[] = { "", "newest-is-today", NULL };
  g_autofree char *by = NULL;
  int choice = 0;

  if (!get_choice (parse, top, "shift_dates", words, &choice) || !get_text (parse, top, "shift_by", &by))
    return FALSE;

  parse->mapping->shifts = choice == 1;
  parse->mapping->shift_by = -1;
  if (by == NULL)
    return TRUE;

  for (guint i = 0; i < parse->mapping->specs->len; i++)
    {
      const DspSpec *spec = g_ptr_array_index (parse->mapping->specs, i);

      if (spec->is_time && strcmp (spec->name, by) == 0)
        parse->mapping->shift_by = (int) i;
    }

  return parse->mapping->shift_by >= 0 || fail (parse, "shift_by", "%s is no field with a time", by);
}

static gboolean
parse_mapping (Parse             *parse,
               JsonObject        *top,
               const char *const *known_fields)
{
  static const char *const known[] = { "format", "title", "csv", "time_zone", "null_words", "lists", "shift_dates",
                                       "shift_by", "fields", NULL };
  g_autofree char *zone = NULL, *title = NULL;
  gint64 format = 0;

  if (!get_number (parse, top, "format", 1, G_MAXINT64, &format))
    return FALSE;
  if (format == 0)
    return fail (parse, "format", "is missing; it is 1");
  if (format > 1)
    {
      g_set_error (parse->error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_UPGRADE, "%s: format %" G_GINT64_FORMAT
                   " is newer than this program, which reads 1", parse->mapping->name, format);
      return FALSE;
    }

  if (!check_members (parse, top, known) || !get_text (parse, top, "title", &title)
      || !get_text (parse, top, "time_zone", &zone) || !get_null_words (parse, top, &parse->mapping->null_words))
    return FALSE;

  parse->mapping->time_zone = g_time_zone_new_identifier (zone != NULL ? zone : "UTC");
  if (parse->mapping->time_zone == NULL)
    return fail (parse, "time_zone", "there is no time zone %s", zone);

  return parse_csv (parse, top) && parse_lists (parse, top) && parse_fields (parse, top, known_fields)
         && parse_shift (parse, top);
}

/**
 * dsp_mapping_new_from_data:
 * @name: what messages call the mapping
 * @known_fields: (nullable): the fields there are; others are refused. %NULL takes any
 *
 * Returns: (transfer full): the mapping, or %NULL with a #DspWireError that says where the fault is
 */
DspMapping *
dsp_mapping_new_from_data (const char         *name,
                           const char         *text,
                           gsize               length,
                           const char *const  *known_fields,
                           GError            **error)
{
  g_autoptr(DspMapping) self = g_new0 (DspMapping, 1);
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autoptr(GError) fault = NULL;
  Parse parse = { self, "", error };
  JsonNode *root;

  self->name = g_strdup (name);
  self->specs = g_ptr_array_new_with_free_func (spec_free);
  self->fields = g_ptr_array_new ();
  self->null_words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);

  if (!dsp_json_scan (text, length, NULL, &fault))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&fault), "%s: ", name);
      return NULL;
    }
  if (!json_parser_load_from_data (parser, text, (gssize) length, &fault))
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s: %s", name, fault->message);
      return NULL;
    }

  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      fail (&parse, NULL, "a mapping is a JSON object");
      return NULL;
    }
  if (!parse_mapping (&parse, json_node_get_object (root), known_fields))
    return NULL;

  return g_steal_pointer (&self);
}

/* The same from a file. */
DspMapping *
dsp_mapping_new_from_file (const char         *path,
                           const char *const  *known_fields,
                           GError            **error)
{
  const DspInputOptions small = { .max_bytes = 1024 * 1024 };
  g_autoptr(DspInput) input = dsp_input_open (path, &small, NULL, error);
  g_autoptr(GString) text = g_string_new (NULL);
  char piece[4096];
  gssize n;

  if (input == NULL)
    return NULL;
  while ((n = dsp_input_read (input, piece, sizeof piece, error)) > 0)
    g_string_append_len (text, piece, n);
  if (n < 0)
    return NULL;

  return dsp_mapping_new_from_data (dsp_input_get_name (input), text->str, text->len, known_fields, error);
}

void
dsp_mapping_free (DspMapping *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_ptr_array_unref (self->specs);
  g_ptr_array_unref (self->fields);
  g_hash_table_unref (self->null_words);
  g_hash_table_unref (self->lists);
  g_clear_pointer (&self->time_zone, g_time_zone_unref);
  g_clear_pointer (&self->csv_names, g_ptr_array_unref);
  g_free (self);
}
