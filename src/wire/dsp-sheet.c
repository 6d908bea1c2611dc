/* dsp-sheet.c: a file of rows that a person looks at and mends before it is imported
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-sheet-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "dsp-filter.h"
#include "dsp-mapping-private.h"

/* How many rows are looked at to find out how times are written. */
#define SAMPLE 200

const char *const dsp_sheet_time_formats[] = {
  "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d",
  "%d-%m-%Y %H:%M", "%m/%d/%Y %H:%M", NULL,
};

static void
clear_row (gpointer data)
{
  DspSheetRow *row = data;

  if (row->apart)
    g_strfreev (row->cells);
  else
    g_free (row->cells);
  g_free (row->broken);
}

DspSheet *
dsp_sheet_new (const char *path)
{
  DspSheet *self = g_new0 (DspSheet, 1);

  self->rows = g_array_new (FALSE, FALSE, sizeof (DspSheetRow));
  g_array_set_clear_func (self->rows, clear_row);
  self->fields = g_ptr_array_new_with_free_func (g_free);
  self->constants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->time_format = dsp_sheet_time_formats[0];
  self->name = g_path_get_basename (path);
  return self;
}

void
dsp_sheet_free (DspSheet *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_strfreev (self->sheets);
  g_strfreev (self->columns);
  g_array_unref (self->rows);
  g_ptr_array_unref (self->fields);
  g_hash_table_unref (self->constants);
  g_free (self);
}

static DspSheetRow *
row_at (DspSheet *self,
        guint     row)
{
  return &g_array_index (self->rows, DspSheetRow, row);
}

const char *dsp_sheet_get_name (DspSheet *self) { return self->name; }
const char *const *dsp_sheet_get_sheets (DspSheet *self) { return (const char *const *) self->sheets; }
guint dsp_sheet_get_sheet (DspSheet *self) { return self->sheet; }
guint dsp_sheet_get_n_rows (DspSheet *self) { return self->rows->len; }
guint64 dsp_sheet_get_line (DspSheet *self, guint row) { return row_at (self, row)->line; }
const char *dsp_sheet_get_broken (DspSheet *self, guint row) { return row_at (self, row)->broken; }
const char *dsp_sheet_get_cell (DspSheet *self, guint row, guint column) { return row_at (self, row)->cells[column]; }
const char *const *dsp_sheet_get_cells (DspSheet *self, guint row) { return (const char *const *) row_at (self, row)->cells; }

const char *const *
dsp_sheet_get_columns (DspSheet *self,
                       guint    *n_columns)
{
  if (n_columns != NULL)
    *n_columns = self->n_columns;
  return (const char *const *) self->columns;
}

void
dsp_sheet_write_cell (DspSheet   *self,
                      guint       row,
                      guint       column,
                      const char *text)
{
  DspSheetRow *one = row_at (self, row);
  GStrv block = one->cells;

  if (!one->apart)
    {
      one->cells = g_strdupv (block);
      one->apart = TRUE;
      g_free (block);
    }
  g_free (one->cells[column]);
  one->cells[column] = g_strdup (text);
}

void
dsp_sheet_set_cell (DspSheet   *self,
                    guint       row,
                    guint       column,
                    const char *text)
{
  dsp_sheet_write_cell (self, row, column, text);
  row_at (self, row)->mended = TRUE;
}

gboolean dsp_sheet_is_mended (DspSheet *self, guint row) { return row_at (self, row)->mended; }

/* ---- choices ---- */

/* A field comes from one column. */
void
dsp_sheet_set_field (DspSheet   *self,
                     guint       column,
                     const char *field)
{
  int before = field != NULL ? dsp_sheet_find_field (self, field) : -1;

  if (before >= 0)
    g_clear_pointer (&self->fields->pdata[before], g_free);
  g_free (self->fields->pdata[column]);
  self->fields->pdata[column] = g_strdup (field);
}

const char *
dsp_sheet_get_field (DspSheet *self,
                     guint     column)
{
  return self->fields->pdata[column];
}

int
dsp_sheet_find_field (DspSheet   *self,
                      const char *field)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (g_strcmp0 (self->fields->pdata[i], field) == 0)
      return (int) i;
  return -1;
}

void
dsp_sheet_set_constant (DspSheet   *self,
                        const char *field,
                        const char *text)
{
  if (text == NULL || *text == '\0')
    g_hash_table_remove (self->constants, field);
  else
    g_hash_table_insert (self->constants, g_strdup (field), g_strdup (text));
}

const char *
dsp_sheet_get_constant (DspSheet   *self,
                        const char *field)
{
  return g_hash_table_lookup (self->constants, field);
}

void
dsp_sheet_set_time_format (DspSheet   *self,
                           const char *format)
{
  for (guint i = 0; dsp_sheet_time_formats[i] != NULL; i++)
    if (g_str_equal (dsp_sheet_time_formats[i], format))
      self->time_format = dsp_sheet_time_formats[i];
}

const char *
dsp_sheet_get_time_format (DspSheet *self)
{
  return self->time_format;
}

/* ---- guessing ---- */

/* Letters and digits of the heading, case and accents away: "F. Creación" is "fcreacion". */
static char *
bare (const char *text)
{
  g_autofree char *folded = dsp_fold (text);
  GString *out = g_string_new (NULL);

  for (const char *p = folded; *p != '\0'; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (out, *p);
  return g_string_free (out, FALSE);
}

static const struct { const char *heading, *field; } abbreviations[] = {
  { "solicitud", "number" },        { "numsolicitud", "number" },      { "folio", "number" },         { "orden", "number" },
  { "cuenta", "account" },          { "numcuenta", "account" },        { "grupo", "group" },          { "subtipo", "subtype" },
  { "cliente", "contact_name" },    { "calle", "street" },             { "colonia", "neighbourhood" }, { "ciudad", "city" },
  { "estado", "state" },            { "prioridad", "priority" },       { "cp", "postal_code" },           { "codigopostal", "postal_code" }, { "zip", "postal_code" },
  { "tipo", "type" },               { "fcreacion", "created_at" },     { "creacion", "created_at" },  { "created", "created_at" },
  { "fatencion", "attention_at" },  { "atencion", "attention_at" },    { "cita", "attention_at" },
  { "fpenalizacion", "penalty_at" },{ "municipio", "municipality" },   { "delegacion", "municipality" }, { "alcaldia", "municipality" },
  { "nombre", "contact_name" },     { "name", "contact_name" },        { "tel", "phone" },            { "telefono", "phone" },
  { "numext", "exterior" },         { "numint", "interior" },          { "entrecalles", "between" },  { "referencias", "directions" },
  { "lat", "lat_e7" },              { "latitud", "lat_e7" },           { "latitude", "lat_e7" },      { "lon", "lon_e7" },
  { "lng", "lon_e7" },              { "longitud", "lon_e7" },          { "longitude", "lon_e7" },     { "padre", "parent" },
  { "distribuidor", "distributor" }, { "distributor", "distributor" }, { "observaciones", "description" }, { "descripcion", "description" },
};

static gboolean
heading_is (const char        *heading,
            const char        *field,
            const char        *label)
{
  g_autofree char *name = bare (field), *word = bare (label);

  if (g_str_equal (heading, name) || g_str_equal (heading, word))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (abbreviations); i++)
    if (g_str_equal (abbreviations[i].field, field) && g_str_equal (abbreviations[i].heading, heading))
      return TRUE;
  return FALSE;
}

static bool
is_time (const DspTable *table,
         const char     *name)
{
  const DspField *field = name != NULL ? dsp_table_find (table, name, strlen (name)) : NULL;

  return field != NULL && field->kind == DSP_KIND_TIME;
}

/* How many of the sample's cells can be read so. */
static guint
n_readable (DspSheet       *self,
            const DspTable *table,
            const char     *format,
            GTimeZone      *zone)
{
  guint n = 0;

  for (guint column = 0; column < self->n_columns; column++)
    for (guint row = 0; is_time (table, self->fields->pdata[column]) && row < MIN (self->rows->len, SAMPLE); row++)
      {
        DspWallTime wall;
        g_autofree char *fault = NULL;
        g_autofree char *text = g_strstrip (g_strdup (row_at (self, row)->cells[column]));

        n += *text != '\0' && dsp_wall_time_read (text, format, zone, &wall, &fault) ? 1 : 0;
      }
  return n;
}

void
dsp_sheet_guess (DspSheet           *self,
                 const DspTable     *table,
                 const char *const  *fields,
                 const char *const  *labels)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  guint best = 0;

  for (guint column = 0; column < self->n_columns; column++)
    {
      g_autofree char *heading = bare (self->columns[column]);

      for (guint i = 0; fields[i] != NULL; i++)
        if (dsp_sheet_find_field (self, fields[i]) < 0 && heading_is (heading, fields[i], labels[i]))
          {
            dsp_sheet_set_field (self, column, fields[i]);
            break;
          }
    }
  for (guint i = 0; !self->has_times && dsp_sheet_time_formats[i] != NULL; i++)
    {
      guint n = n_readable (self, table, dsp_sheet_time_formats[i], utc);

      if (n > best)
        {
          best = n;
          self->time_format = dsp_sheet_time_formats[i];
        }
    }
}

/* ---- as a mapping ---- */

static void
add_member (JsonBuilder *builder,
            const char  *name,
            const char  *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_truth (JsonBuilder *builder,
           const char  *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, TRUE);
}

/* What the kind of a field needs besides where it comes from. */
static void
add_steps (DspSheet       *self,
           JsonBuilder    *builder,
           const DspField *field,
           const char     *name)
{
  if (field != NULL && field->kind == DSP_KIND_TIME)
    add_member (builder, "time", self->time_format);
  else if (g_str_equal (name, "lat_e7"))
    add_member (builder, "degrees", "latitude");
  else if (g_str_equal (name, "lon_e7"))
    add_member (builder, "degrees", "longitude");
  else if (g_str_equal (name, "postal_code"))
    add_member (builder, "postal_code", "pad");
  else if (field != NULL && (field->flags & DSP_UNIQUE))
    add_truth (builder, "unique");
}

char *
dsp_sheet_dup_mapping (DspSheet       *self,
                       const DspTable *table,
                       const char     *time_zone)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(JsonNode) root = NULL;
  GHashTableIter iter;
  gpointer key;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "format");
  json_builder_add_int_value (builder, 1);
  add_member (builder, "time_zone", time_zone);
  json_builder_set_member_name (builder, "fields");
  json_builder_begin_object (builder);
  for (guint i = 0; i < self->n_columns; i++)
    {
      const char *name = self->fields->pdata[i];
      const DspField *field = name != NULL ? dsp_table_find (table, name, strlen (name)) : NULL;

      if (name == NULL || g_hash_table_contains (self->constants, name))
        continue;
      json_builder_set_member_name (builder, name);
      json_builder_begin_object (builder);
      add_member (builder, "column", self->columns[i]);
      add_steps (self, builder, field, name);
      if (field != NULL && (field->flags & DSP_REQUIRED) && field->kind == DSP_KIND_TEXT)
        add_truth (builder, "required");
      json_builder_end_object (builder);
    }
  g_hash_table_iter_init (&iter, self->constants);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const DspField *field = dsp_table_find (table, key, strlen (key));

      json_builder_set_member_name (builder, key);
      json_builder_begin_object (builder);
      add_member (builder, "const", g_hash_table_lookup (self->constants, key));
      if (field == NULL || !(field->flags & DSP_UNIQUE))
        add_steps (self, builder, field, key);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

/* ---- kept for the next time ---- */

char *
dsp_sheet_dup_key (DspSheet *self)
{
  g_autofree char *all = g_strjoinv ("\n", self->columns);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);
}

char *
dsp_sheet_dup_choices (DspSheet *self)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  GHashTableIter iter;
  gpointer field, text;

  g_key_file_set_string_list (file, "columns", "names", (const char *const *) self->columns, self->n_columns);
  g_key_file_set_string (file, "columns", "times", self->time_format);
  for (guint i = 0; i < self->n_columns; i++)
    if (self->fields->pdata[i] != NULL)
      g_key_file_set_integer (file, "fields", self->fields->pdata[i], (int) i);
  g_hash_table_iter_init (&iter, self->constants);
  while (g_hash_table_iter_next (&iter, &field, &text))
    g_key_file_set_string (file, "constants", field, text);
  return g_key_file_to_data (file, NULL, NULL);
}

gboolean
dsp_sheet_take_choices (DspSheet   *self,
                        const char *text)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_auto(GStrv) names = NULL, fields = NULL, constants = NULL;
  g_autofree char *format = NULL;

  if (!g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL))
    return FALSE;
  names = g_key_file_get_string_list (file, "columns", "names", NULL, NULL);
  if (names == NULL || !g_strv_equal ((const char *const *) names, (const char *const *) self->columns))
    return FALSE;
  format = g_key_file_get_string (file, "columns", "times", NULL);
  if (format != NULL && !self->has_times)
    dsp_sheet_set_time_format (self, format);
  fields = g_key_file_get_keys (file, "fields", NULL, NULL);
  for (guint i = 0; fields != NULL && fields[i] != NULL; i++)
    {
      int column = g_key_file_get_integer (file, "fields", fields[i], NULL);

      if (column >= 0 && column < (int) self->n_columns)
        dsp_sheet_set_field (self, (guint) column, fields[i]);
    }
  constants = g_key_file_get_keys (file, "constants", NULL, NULL);
  for (guint i = 0; constants != NULL && constants[i] != NULL; i++)
    {
      g_autofree char *constant = g_key_file_get_string (file, "constants", constants[i], NULL);

      dsp_sheet_set_constant (self, constants[i], constant);
    }
  return TRUE;
}
