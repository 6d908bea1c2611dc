/* dsp-mapping.c: rows of any CSV file as fields of ours
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine is a function of the mapping, the rows and the day that is called today: no clock, no chance. What looks
 * invented (an account, a name) is drawn from a hash of the row's own columns, so the second run gives the same.
 *
 * Two things need all rows before the first one can be given: the newest day, and the first row of each group. The
 * survey collects them. It maps each row like the second pass, so that a row which will be refused counts in neither.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-mapping-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "dsp-wire-error.h"

#define KEY_LENGTH 16

/* What one field of the present row got. */
typedef struct
{
  GString     *text;  /* (owned) */
  gboolean     is_set;
  DspWallTime  wall;  /* of a time: before the shift */
} Value;

/* The first row of a group so far. */
typedef struct
{
  char *order;
  char *taken;
} First;

typedef struct
{
  guint8  key[KEY_LENGTH]; /* of the SHA-256 of the row: two different rows never meet */
  guint64 line;
} Seen;

struct _DspMappingRun
{
  const DspMapping *mapping;
  GPtrArray        *indexes;   /* (owned): GArray of guint for each spec: its columns, then its plus_by */
  GPtrArray        *firsts;    /* (owned): GHashTable of group -> First for each first_of, NULL for the others */
  GPtrArray        *uniques;   /* (owned): GHashTable of value -> line for each unique field, NULL for the others */
  GHashTable       *rows;      /* (owned): Seen */
  GChecksum        *checksum;  /* (owned) */
  Value            *values;    /* (owned): one for each spec */
  const char      **texts;     /* (owned): what the row gives out */
  guint             n_columns;
  gboolean          surveying;
  gint64            newest_day;  /* since 1970; G_MININT64 before the survey */
  gint64            today;       /* since 1970 */
  GString          *scratch;     /* (owned) */
  GArray           *faults;      /* (owned): of DspMappedFault: of the present row */
  char             *reason;      /* (owned) (nullable) */
};

static void
clear_fault (gpointer data)
{
  g_free (((DspMappedFault *) data)->reason);
}

static void
first_free (gpointer data)
{
  First *first = data;

  g_free (first->order);
  g_free (first->taken);
  g_free (first);
}

static guint
seen_hash (gconstpointer data)
{
  guint hash;

  memcpy (&hash, ((const Seen *) data)->key, sizeof hash);
  return hash;
}

static gboolean
seen_equal (gconstpointer a,
            gconstpointer b)
{
  return memcmp (((const Seen *) a)->key, ((const Seen *) b)->key, KEY_LENGTH) == 0;
}

/* --- the row's columns --- */

static const char *
column_of (DspMappingRun     *self,
           guint              spec,
           guint              n,
           const char *const *fields)
{
  const GArray *indexes = g_ptr_array_index (self->indexes, spec);

  return fields[g_array_index (indexes, guint, n)];
}

static gboolean
is_blank (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The column without blanks around it, in @self->scratch; NULL if it holds nothing or a word for nothing. */
static const char *
column_value (DspMappingRun     *self,
              const DspSpec     *spec,
              guint              i,
              guint              n,
              const char *const *fields)
{
  const char *begin = column_of (self, i, n, fields);
  const char *end = begin + strlen (begin);

  while (is_blank (*begin))
    begin++;
  while (end > begin && is_blank (end[-1]))
    end--;

  g_string_truncate (self->scratch, 0);
  g_string_append_len (self->scratch, begin, end - begin);
  if (self->scratch->len == 0 || g_hash_table_contains (self->mapping->null_words, self->scratch->str)
      || (spec->null_words != NULL && g_hash_table_contains (spec->null_words, self->scratch->str)))
    return NULL;

  return self->scratch->str;
}

/* 64 bits that depend on the columns @from ... and on @salt only. */
static guint64
hash_columns (DspMappingRun     *self,
              guint              i,
              guint              from,
              guint              n,
              const char *const *fields,
              const char        *salt)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (const char *p = salt; *p != '\0'; p++)
    hash = (hash ^ (guint8) *p) * G_GUINT64_CONSTANT (1099511628211);
  for (guint k = from; k < from + n; k++)
    {
      hash = (hash ^ 0x1f) * G_GUINT64_CONSTANT (1099511628211);
      for (const char *p = column_of (self, i, k, fields); *p != '\0'; p++)
        hash = (hash ^ (guint8) *p) * G_GUINT64_CONSTANT (1099511628211);
    }

  /* The product alone leaves the low bits poorly mixed, and the remainder takes those. */
  hash = (hash ^ (hash >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  hash = (hash ^ (hash >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return hash ^ (hash >> 31);
}

/* "column fecha: “31/02/2018” " before @what; takes both. */
static gboolean
refuse (DspMappingRun *self,
        const DspSpec *spec,
        const char    *value,
        char          *what)
{
  DspMappedFault fault;
  g_autofree char *where = NULL;
  g_autofree char *shown = g_utf8_strlen (value, -1) > 80 ? g_utf8_substring (value, 0, 80) : g_strdup (value);

  if (spec->source == DSP_SOURCE_COLUMNS && spec->columns->len == 1)
    {
      where = g_strdup_printf (_("column %s"), (char *) spec->columns->pdata[0]);
    }
  else if (spec->source == DSP_SOURCE_COLUMNS)
    {
      g_autoptr(GString) all = g_string_new (spec->columns->pdata[0]);

      for (guint k = 1; k < spec->columns->len; k++)
        g_string_append_printf (all, ", %s", (char *) spec->columns->pdata[k]);
      where = g_strdup_printf (_("columns %s"), all->str);
    }
  else
    {
      where = g_strdup_printf (_("field %s"), spec->name);
    }

  fault.field = spec->name;
  fault.column = spec->source == DSP_SOURCE_COLUMNS && spec->columns->len == 1 ? spec->columns->pdata[0] : NULL;
  if (*value == '\0')
    fault.reason = g_strdup_printf ("%s %s", where, what);
  else
    /* Translators: "column fecha: “31/02/2018” is no day of the calendar" */
    fault.reason = g_strdup_printf (_("%s: “%s” %s"), where, shown, what);
  if (self->faults->len == 0)
    {
      g_free (self->reason);
      self->reason = g_strdup (fault.reason);
    }
  g_array_append_val (self->faults, fault);
  g_free (what);
  return FALSE;
}

/* --- sources --- */

static void
take_first_of (DspMappingRun     *self,
               guint              i,
               const char *const *fields,
               Value             *value)
{
  const First *first = g_hash_table_lookup (g_ptr_array_index (self->firsts, i), column_of (self, i, 0, fields));

  /* The first one follows from none. */
  if (self->surveying || first == NULL || *first->taken == '\0'
      || strcmp (first->taken, column_of (self, i, 1, fields)) == 0)
    return;

  g_string_append (value->text, first->taken);
  value->is_set = TRUE;
}

static void
take_source (DspMappingRun     *self,
             const DspSpec     *spec,
             guint              i,
             const char *const *fields,
             Value             *value)
{
  const char *text;
  guint64 hash;

  switch (spec->source)
    {
    case DSP_SOURCE_COLUMNS:
      for (guint n = 0; n < spec->columns->len; n++)
        {
          text = column_value (self, spec, i, n, fields);
          if (text == NULL)
            continue;
          if (value->is_set)
            g_string_append (value->text, spec->join != NULL ? spec->join : " ");
          g_string_append (value->text, text);
          value->is_set = TRUE;
        }
      break;

    case DSP_SOURCE_CONST:
      g_string_append (value->text, spec->constant);
      value->is_set = *spec->constant != '\0';
      break;

    case DSP_SOURCE_FIELD:
      g_string_append (value->text, self->values[spec->field].text->str);
      value->is_set = self->values[spec->field].is_set;
      value->wall = self->values[spec->field].wall;
      break;

    case DSP_SOURCE_FIRST_OF:
      take_first_of (self, i, fields, value);
      break;

    case DSP_SOURCE_PICK:
      hash = hash_columns (self, i, 0, spec->columns->len, fields, spec->name);
      for (guint n = 0; n < spec->lists->len; n++)
        {
          const GPtrArray *list = g_ptr_array_index (spec->lists, n);

          g_string_append_printf (value->text, "%s%s", n > 0 ? " " : "", (char *) list->pdata[hash % list->len]);
          hash = hash / list->len + hash * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
        }
      value->is_set = TRUE;
      break;

    case DSP_SOURCE_DIGITS:
      hash = hash_columns (self, i, 0, spec->columns->len, fields, spec->name);
      for (guint n = 0; n < spec->n_digits; n++, hash /= 10)
        g_string_append_c (value->text, (char) ('0' + hash % 10));
      value->is_set = TRUE;
      break;

    case DSP_SOURCE_NONE:
    default:
      g_assert_not_reached ();
    }
}

/* --- steps --- */

static gboolean
step_map (DspMappingRun *self,
          const DspSpec *spec,
          Value         *value)
{
  gpointer mapped = NULL;

  if (!g_hash_table_lookup_extended (spec->map, value->text->str, NULL, &mapped))
    {
      switch (spec->unmapped)
        {
        case DSP_UNMAPPED_KEEP:
          return TRUE;
        case DSP_UNMAPPED_NONE:
          break;
        case DSP_UNMAPPED_DEFAULT:
          mapped = spec->map_default;
          break;
        case DSP_UNMAPPED_REFUSE:
        default:
          return refuse (self, spec, value->text->str, g_strdup (_("is not in the mapping's list of values")));
        }
    }

  value->is_set = mapped != NULL;
  g_string_assign (value->text, mapped != NULL ? mapped : "");
  return TRUE;
}

static gboolean
step_time (DspMappingRun     *self,
           const DspSpec     *spec,
           guint              i,
           const char *const *fields,
           Value             *value)
{
  gint64 minutes = spec->plus_from;
  char *fault = NULL;

  if (spec->time_format != NULL
      && !dsp_wall_time_read (value->text->str, spec->time_format, self->mapping->time_zone, &value->wall, &fault))
    return refuse (self, spec, value->text->str, fault);

  if (spec->plus_to > spec->plus_from)
    {
      guint64 n = (guint64) ((spec->plus_to - spec->plus_from) / spec->plus_step) + 1;

      minutes += spec->plus_step * (gint64) (hash_columns (self, i, spec->columns->len, spec->plus_by->len, fields,
                                                           spec->name) % n);
    }
  value->wall.us += minutes * 60 * G_USEC_PER_SEC;
  return TRUE;
}

static gboolean
step_degrees (DspMappingRun *self,
              const DspSpec *spec,
              Value         *value)
{
  double limit = spec->degrees == DSP_DEGREES_LATITUDE ? 90 : 180;
  const char *text = value->text->str;
  char *end = NULL;
  double degrees = 0;
  gint32 e7;

  /* Plain decimal notation only: strtod() alone takes "inf", "0x10" and leading blanks. */
  if (strspn (text, "0123456789.+-") != value->text->len || (degrees = g_ascii_strtod (text, &end), *end != '\0')
      || end == text)
    return refuse (self, spec, text, g_strdup (_("is no decimal number of degrees")));
  if (!(degrees >= -limit && degrees <= limit))
    return refuse (self, spec, text,
                   spec->degrees == DSP_DEGREES_LATITUDE ? g_strdup (_("is no latitude: -90 to 90 degrees are possible"))
                                                         : g_strdup (_("is no longitude: -180 to 180 degrees are possible")));

  e7 = (gint32) lround (degrees * 1e7);
  g_string_printf (value->text, "%d", e7);
  return TRUE;
}

static gboolean
step_code (DspMappingRun *self,
           const DspSpec *spec,
           Value         *value)
{
  gsize n = value->text->len;

  if (strspn (value->text->str, "0123456789") != n || n < 4 || n > 5 || (n == 4 && spec->code == DSP_CODE_REFUSE))
    return refuse (self, spec, value->text->str, g_strdup (_("is no postal code of 5 digits")));

  if (n == 4)
    g_string_prepend_c (value->text, '0');
  return TRUE;
}

static gboolean
map_field (DspMappingRun     *self,
           guint              i,
           const char *const *fields)
{
  const DspSpec *spec = g_ptr_array_index (self->mapping->specs, i);
  Value *value = &self->values[i];

  g_string_truncate (value->text, 0);
  value->is_set = FALSE;
  value->wall.us = 0;
  take_source (self, spec, i, fields, value);

  if (value->is_set && spec->map != NULL && !step_map (self, spec, value))
    return FALSE;
  if (value->is_set && spec->is_time && !step_time (self, spec, i, fields, value))
    return FALSE;
  if (value->is_set && spec->degrees != DSP_DEGREES_NONE && !step_degrees (self, spec, value))
    return FALSE;
  if (value->is_set && spec->code != DSP_CODE_NONE && !step_code (self, spec, value))
    return FALSE;

  if (value->is_set && spec->prefix != NULL)
    g_string_prepend (value->text, spec->prefix);
  if (value->is_set && spec->suffix != NULL)
    g_string_append (value->text, spec->suffix);

  return value->is_set || !spec->required || refuse (self, spec, "", g_strdup (_("is empty, a value is needed")));
}

/* Fills @self->values from one row. FALSE with all @self->faults, the first of which is @self->reason. */
static gboolean
map_row (DspMappingRun     *self,
         const char *const *fields)
{
  for (guint i = 0; i < self->mapping->specs->len; i++)
    if (!map_field (self, i, fields))
      self->values[i].is_set = FALSE;

  return self->faults->len == 0;
}

/* --- the run --- */

static gboolean
resolve_columns (DspMappingRun      *self,
                 const char         *file,
                 const char *const  *columns,
                 GError            **error)
{
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GString) missing = g_string_new (NULL);

  for (; columns[self->n_columns] != NULL; self->n_columns++)
    g_hash_table_insert (known, (gpointer) columns[self->n_columns], GUINT_TO_POINTER (self->n_columns));

  for (guint i = 0; i < self->mapping->specs->len; i++)
    {
      const DspSpec *spec = g_ptr_array_index (self->mapping->specs, i);
      GArray *indexes = g_array_new (FALSE, FALSE, sizeof (guint));

      g_ptr_array_add (self->indexes, indexes);
      for (guint n = 0; n < spec->columns->len + spec->plus_by->len; n++)
        {
          const char *name = n < spec->columns->len ? spec->columns->pdata[n] : spec->plus_by->pdata[n - spec->columns->len];
          gpointer found = NULL;
          guint index;

          if (!g_hash_table_lookup_extended (known, name, NULL, &found))
            g_string_append_printf (missing, "%s%s (fields.%s)", missing->len > 0 ? ", " : "", name, spec->name);
          index = GPOINTER_TO_UINT (found);
          g_array_append_val (indexes, index);
        }
    }

  if (missing->len > 0)
    {
      g_autofree char *all = g_strjoinv (", ", (char **) columns);

      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID,
                   "%s: the mapping %s needs columns that are not there: %s. The columns are: %s", file,
                   self->mapping->name, missing->str, all);
      return FALSE;
    }

  return TRUE;
}

/**
 * dsp_mapping_run_new:
 * @mapping: must outlive the run
 * @file: what messages call the rows' file
 * @columns: its columns' names, %NULL-terminated; each row must have as many fields
 * @today: the day that the newest one becomes, if the mapping shifts dates
 *
 * One thread at a time.
 *
 * Returns: (transfer full): the run, or %NULL with an error that names every column that the file lacks
 */
DspMappingRun *
dsp_mapping_run_new (const DspMapping   *mapping,
                     const char         *file,
                     const char *const  *columns,
                     DspDate             today,
                     GError            **error)
{
  g_autoptr(DspMappingRun) self = g_new0 (DspMappingRun, 1);
  guint n = mapping->specs->len;

  self->mapping = mapping;
  self->indexes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->firsts = g_ptr_array_new ();
  self->uniques = g_ptr_array_new ();
  self->rows = g_hash_table_new_full (seen_hash, seen_equal, g_free, NULL);
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  self->values = g_new0 (Value, n);
  self->texts = g_new0 (const char *, n + 1);
  self->scratch = g_string_new (NULL);
  self->faults = g_array_new (FALSE, FALSE, sizeof (DspMappedFault));
  g_array_set_clear_func (self->faults, clear_fault);
  self->newest_day = G_MININT64;
  self->today = (gint64) today.day - 1;

  for (guint i = 0; i < n; i++)
    {
      const DspSpec *spec = g_ptr_array_index (mapping->specs, i);

      self->values[i].text = g_string_new (NULL);
      g_ptr_array_add (self->firsts, spec->source == DSP_SOURCE_FIRST_OF
                                       ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, first_free) : NULL);
      g_ptr_array_add (self->uniques, spec->unique
                                        ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) : NULL);
    }

  if (!resolve_columns (self, file, columns, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dsp_mapping_run_free (DspMappingRun *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < self->firsts->len; i++)
    {
      g_string_free (self->values[i].text, TRUE);
      g_clear_pointer (&self->firsts->pdata[i], g_hash_table_unref);
      g_clear_pointer (&self->uniques->pdata[i], g_hash_table_unref);
    }
  g_ptr_array_unref (self->indexes);
  g_ptr_array_unref (self->firsts);
  g_ptr_array_unref (self->uniques);
  g_hash_table_unref (self->rows);
  g_checksum_free (self->checksum);
  g_free (self->values);
  g_free (self->texts);
  g_string_free (self->scratch, TRUE);
  g_array_unref (self->faults);
  g_free (self->reason);
  g_free (self);
}

/* Whether all rows must be surveyed before the first one is mapped. */
gboolean
dsp_mapping_run_needs_survey (DspMappingRun *self)
{
  for (guint i = 0; i < self->firsts->len; i++)
    if (self->firsts->pdata[i] != NULL)
      return TRUE;

  return self->mapping->shifts;
}

static void
survey_first (DspMappingRun     *self,
              const DspSpec     *spec,
              guint              i,
              const char *const *fields)
{
  GHashTable *firsts = g_ptr_array_index (self->firsts, i);
  const char *group = column_of (self, i, 0, fields);
  First *first = g_hash_table_lookup (firsts, group);

  g_string_truncate (self->scratch, 0);
  for (guint n = 2; n < spec->columns->len; n++)
    g_string_append_printf (self->scratch, "%s\x1f", column_of (self, i, n, fields));

  if (*group == '\0' || (first != NULL && strcmp (first->order, self->scratch->str) <= 0))
    return;

  first = g_new0 (First, 1);
  first->order = g_strdup (self->scratch->str);
  first->taken = g_strdup (column_of (self, i, 1, fields));
  g_hash_table_replace (firsts, g_strdup (group), first);
}

/* The first pass: every row once, in file order. */
void
dsp_mapping_run_survey (DspMappingRun     *self,
                        const char *const *fields)
{
  gboolean fine;

  g_array_set_size (self->faults, 0);
  self->surveying = TRUE;
  fine = map_row (self, fields);
  self->surveying = FALSE;
  if (!fine)
    return;

  for (guint i = 0; i < self->mapping->specs->len; i++)
    {
      const DspSpec *spec = g_ptr_array_index (self->mapping->specs, i);
      const Value *value = &self->values[i];

      if (spec->source == DSP_SOURCE_FIRST_OF)
        survey_first (self, spec, i, fields);

      if (value->is_set && spec->is_time
          && (self->mapping->shift_by >= 0 ? i == (guint) self->mapping->shift_by : spec->time_format != NULL))
        {
          gint64 us_a_day = 86400 * (gint64) G_USEC_PER_SEC;
          gint64 day = value->wall.us / us_a_day - (value->wall.us % us_a_day < 0);

          self->newest_day = MAX (self->newest_day, day);
        }
    }
}

/* What people call the row: its unique column, else its first. */
static const char *
name_of_row (DspMappingRun     *self,
             const char *const *fields)
{
  for (guint i = 0; i < self->uniques->len; i++)
    {
      const DspSpec *spec = g_ptr_array_index (self->mapping->specs, i);

      if (spec->unique && spec->columns != NULL && spec->columns->len > 0)
        return column_of (self, i, 0, fields);
    }

  return fields[0];
}

/* Refuses a row that is in every column equal to an earlier one. */
static gboolean
check_row_is_new (DspMappingRun     *self,
                  guint64            line,
                  const char *const *fields)
{
  guint8 digest[32];
  gsize length = sizeof digest;
  const Seen *earlier;
  Seen seen;

  g_checksum_reset (self->checksum);
  for (guint n = 0; n < self->n_columns; n++)
    g_checksum_update (self->checksum, (const guchar *) fields[n], (gssize) strlen (fields[n]) + 1);
  g_checksum_get_digest (self->checksum, digest, &length);
  memcpy (seen.key, digest, KEY_LENGTH);
  seen.line = line;

  earlier = g_hash_table_lookup (self->rows, &seen);
  if (earlier == NULL)
    {
      g_hash_table_add (self->rows, g_memdup2 (&seen, sizeof seen));
      return TRUE;
    }

  g_free (self->reason);
  self->reason = g_strdup_printf (_("“%s”: the row is the same as line %" PRIu64), name_of_row (self, fields),
                                  earlier->line);
  return FALSE;
}

static gboolean
check_uniques (DspMappingRun *self,
               guint64        line)
{
  for (guint i = 0; i < self->uniques->len; i++)
    {
      const DspSpec *spec = g_ptr_array_index (self->mapping->specs, i);
      GHashTable *lines = self->uniques->pdata[i];
      const guint64 *earlier;

      if (lines == NULL || !self->values[i].is_set)
        continue;

      earlier = g_hash_table_lookup (lines, self->values[i].text->str);
      if (earlier != NULL)
        return refuse (self, spec, self->values[i].text->str,
                       g_strdup_printf (_("stands in line %" PRIu64 " already"), *earlier));
    }

  /* Only now: a row that is refused takes no value from a later one. */
  for (guint i = 0; i < self->uniques->len; i++)
    if (self->uniques->pdata[i] != NULL && self->values[i].is_set)
      g_hash_table_insert (self->uniques->pdata[i], g_strdup (self->values[i].text->str),
                           g_memdup2 (&line, sizeof line));

  return TRUE;
}

static void
write_times (DspMappingRun *self)
{
  gint64 shift_days = self->mapping->shifts && self->newest_day != G_MININT64 ? self->today - self->newest_day : 0;

  for (guint i = 0; i < self->mapping->specs->len; i++)
    {
      const DspSpec *spec = g_ptr_array_index (self->mapping->specs, i);
      Value *value = &self->values[i];
      DspWallTime shifted;
      char text[32];

      if (!value->is_set || !spec->is_time)
        continue;

      shifted.us = value->wall.us + shift_days * 86400 * G_USEC_PER_SEC;
      dsp_time_print (dsp_wall_time_to_utc (shifted, self->mapping->time_zone), text);
      g_string_assign (value->text, text);
    }
}

/**
 * dsp_mapping_run_row:
 * @line: where the row begins, for messages about later duplicates
 * @fields: the row, as many as there are columns
 * @row: (out): what it became, or why it is refused
 *
 * Returns: %FALSE if the row is refused
 */
gboolean
dsp_mapping_run_row (DspMappingRun      *self,
                     guint64             line,
                     const char *const  *fields,
                     DspMappedRow       *row)
{
  *row = (DspMappedRow) { .line = line };
  row->names = dsp_mapping_get_fields (self->mapping, &row->n_fields);
  g_array_set_size (self->faults, 0);

  if (!check_row_is_new (self, line, fields) || !map_row (self, fields) || !check_uniques (self, line))
    {
      row->reason = self->reason;
      row->faults = self->faults;
      return FALSE;
    }

  write_times (self);
  for (guint i = 0; i < row->n_fields; i++)
    self->texts[i] = self->values[i].is_set ? self->values[i].text->str : NULL;
  row->values = self->texts;
  return TRUE;
}

/* Our fields in the mapping's order; %NULL-terminated. */
const char *const *
dsp_mapping_get_fields (const DspMapping *self,
                        guint            *n_fields)
{
  if (n_fields != NULL)
    *n_fields = self->fields->len - 1;

  return (const char *const *) self->fields->pdata;
}

/* Whether the times that come out depend on the day that it is. */
gboolean
dsp_mapping_get_shifts (const DspMapping *self)
{
  return self->shifts;
}
