/* dsp-import.c: the rows of a sheet on their way to becoming orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-import"

#include "config.h"
#include "dsp-import-private.h"

#include "dsp-filter-words.h"
#include "dsp-record-json.h"
#include "dsp-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define SLICE 200 /* rows that are judged before the clock is looked at */
#define SLICE_US 8000
#define SAMPLE 50 /* so many to find out on which day a file came in first */

/* What an import may say of an order; the rest comes by commands and by the clock. */
static const char *const importable[] = {
  "number", "account", "group", "type", "subtype", "created_at", "attention_at", "attention_until", "penalty_at", "state",
  "municipality", "city", "neighbourhood", "postal_code", "priority", "contact_name", "phone", "parent", "street", "exterior",
  "interior", "between", "directions", "lat_e7", "lon_e7", "description", "distributor", NULL,
};

enum { ROW_CHANGED, N_ROW_SIGNALS };
static guint row_signals[N_ROW_SIGNALS];

G_DEFINE_FINAL_TYPE (DspImportRow, dsp_import_row, G_TYPE_OBJECT)

G_DEFINE_FINAL_TYPE (DspImport, dsp_import, DSP_TYPE_ROW_MODEL)

void
dsp_import_free_order (gpointer order)
{
  dsp_order_free (order);
}

/* ---- a row ---- */

static void
clear_faults (DspImportRow *self)
{
  for (guint i = 0; self->faults != NULL && i < self->n_columns; i++)
    g_free (self->faults[i]);
  g_clear_pointer (&self->faults, g_free);
}

static void
dsp_import_row_finalize (GObject *object)
{
  DspImportRow *self = DSP_IMPORT_ROW (object);

  clear_faults (self);
  g_free (self->args);
  g_free (self->reason);
  g_clear_pointer (&self->order, dsp_order_free);
  G_OBJECT_CLASS (dsp_import_row_parent_class)->finalize (object);
}

static void
dsp_import_row_class_init (DspImportRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_import_row_finalize;
  row_signals[ROW_CHANGED] = g_signal_new ("changed", DSP_TYPE_IMPORT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_import_row_init (DspImportRow *self)
{
}

guint dsp_import_row_get_index (DspImportRow *self) { return self->index; }
DspImportState dsp_import_row_get_state (DspImportRow *self) { return self->state; }
const char *dsp_import_row_get_reason (DspImportRow *self) { return self->reason; }

const char *
dsp_import_row_get_fault (DspImportRow *self,
                          guint         column)
{
  return self->faults != NULL && column < self->n_columns ? self->faults[column] : NULL;
}

void
dsp_import_set_state (DspImport      *self,
                      DspImportRow   *row,
                      DspImportState  state,
                      const char     *reason)
{
  self->counts[row->state]--;
  self->counts[state]++;
  row->state = state;
  g_free (row->reason);
  row->reason = g_strdup (reason);
  g_signal_emit (row, row_signals[ROW_CHANGED], 0);
}

/* ---- judging ---- */

/* The first fault is the row's reason; each stands at its cell, if it has one of its own. */
static void
add_fault (DspImport    *self,
           DspImportRow *row,
           const char   *field,
           const char   *column,
           const char   *sentence)
{
  const char *const *names = dsp_sheet_get_columns (self->sheet, NULL);
  int at = self->file == NULL ? dsp_sheet_find_field (self->sheet, field) : -1;

  for (guint i = 0; at < 0 && column != NULL && i < row->n_columns; i++)
    if (g_str_equal (names[i], column))
      at = (int) i;
  if (at >= 0 && row->faults == NULL)
    row->faults = g_new0 (char *, row->n_columns);
  if (at >= 0 && row->faults[at] == NULL)
    row->faults[at] = g_strdup (sentence);
  if (row->reason == NULL)
    row->reason = g_strdup (sentence);
}

/* (nullable): by its code. */
static const DspDistributor *
find_distributor (DspImport  *self,
                  const char *code)
{
  const GPtrArray *all = dsp_office_records (self->office, &dsp_distributor);

  for (guint i = 0; i < all->len; i++)
    if (g_strcmp0 (((const DspDistributor *) all->pdata[i])->code, code) == 0)
      return all->pdata[i];
  return NULL;
}

static void
take_value (DspImport    *self,
            DspImportRow *row,
            const char   *name,
            const char   *value)
{
  bool distributor = g_str_equal (name, "distributor");
  const DspField *field = dsp_table_find (&dsp_order.table, distributor ? "distributor_id" : name,
                                          strlen (distributor ? "distributor_id" : name));
  guint64 bit;
  g_autoptr(GError) error = NULL;

  if (field == NULL || value == NULL)
    return;
  bit = dsp_table_bit (&dsp_order.table, field->offset);
  row->given |= bit;
  if (distributor)
    {
      const DspDistributor *found = find_distributor (self, value);
      g_autofree char *sentence = found == NULL ? g_strdup_printf (_("There is no distributor “%s”."), value) : NULL;

      if (found == NULL)
        add_fault (self, row, name, NULL, sentence);
      else
        row->order->distributor_id = found->id;
    }
  else if (!dsp_field_set_said (field, row->order, value, &error) || !dsp_table_check (&dsp_order.table, row->order, bit, &error))
    {
      g_autofree char *sentence = dsp_text_error (error);

      add_fault (self, row, name, NULL, sentence);
    }
}

/* What a workbook shows where a formula came to nothing is no value, in whatever field. */
static void
look_for_errors (DspImport    *self,
                 DspImportRow *row)
{
  static const char *const words[] = { "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", NULL };
  const char *const *names = dsp_sheet_get_columns (self->sheet, NULL);

  for (guint i = 0; dsp_sheet_get_sheets (self->sheet) != NULL && i < row->n_columns; i++)
    {
      const char *text = dsp_sheet_get_cell (self->sheet, row->index, i);
      const char *field = dsp_sheet_get_field (self->sheet, i);

      if (*text == '#' && g_strv_contains (words, text) && (field != NULL || self->file != NULL))
        {
          g_autofree char *sentence = g_strdup_printf (_("%s: “%s” is an error of the workbook, not a value."), names[i], text);

          add_fault (self, row, field, names[i], sentence);
        }
    }
}

DspOrder *
dsp_import_row_dup_order (DspImportRow *row)
{
  DspOrder *order = dsp_order_new ();
  g_autoptr(GError) error = NULL;
  guint64 given;

  if (!dsp_record_json_read (&dsp_order.table, DSP_STRICT_RECORD, row->args, strlen (row->args), order, &given, &error))
    g_critical ("A row of an import cannot be read back: %s", error->message);
  return order;
}

static void
check_row (DspImport     *self,
           DspMappingRun *run,
           DspImportRow  *row)
{
  const char *broken = dsp_sheet_get_broken (self->sheet, row->index);
  g_autoptr(GString) args = g_string_new (NULL);
  DspMappedRow mapped;

  clear_faults (row);
  g_clear_pointer (&row->reason, g_free);
  g_clear_pointer (&row->args, g_free);
  row->order = dsp_order_new ();
  row->given = 0;
  if (broken != NULL)
    row->reason = g_strdup (broken);
  else if (!dsp_mapping_run_row (run, dsp_sheet_get_line (self->sheet, row->index), dsp_sheet_get_cells (self->sheet, row->index), &mapped))
    {
      for (guint i = 0; i < mapped.faults->len; i++)
        {
          const DspMappedFault *fault = &g_array_index (mapped.faults, DspMappedFault, i);

          add_fault (self, row, fault->field, fault->column, fault->reason);
        }
      if (row->reason == NULL)
        row->reason = g_strdup (mapped.reason);
    }
  else
    {
      for (guint i = 0; i < mapped.n_fields; i++)
        take_value (self, row, mapped.names[i], mapped.values[i]);
      look_for_errors (self, row);
    }
  row->state = row->reason != NULL ? DSP_IMPORT_BAD : DSP_IMPORT_GOOD;
  if (row->state == DSP_IMPORT_GOOD)
    {
      dsp_record_json_write (&dsp_order.table, row->order, row->given, args);
      row->args = g_strdup (args->str);
      row->reason = dsp_office_dup_place_warning (self->office, row->order->postal_code);
    }
  g_clear_pointer (&row->order, dsp_order_free);
}

/* What an order cannot be without. Without its number the second import would bring in everything again. */
static char *
missing_field (DspImport *self)
{
  static const char *const needed[] = { "number", "account", "type" };

  for (guint i = 0; self->file == NULL && i < G_N_ELEMENTS (needed); i++)
    {
      const DspField *field = dsp_table_find (&dsp_order.table, needed[i], strlen (needed[i]));

      if (dsp_sheet_find_field (self->sheet, needed[i]) < 0 && dsp_sheet_get_constant (self->sheet, needed[i]) == NULL)
        return g_strdup_printf (_("Say which column is: %s"), _(field->label));
    }
  return NULL;
}

static bool
is_done (DspImportRow *row)
{
  return row->state != DSP_IMPORT_GOOD && row->state != DSP_IMPORT_BAD && row->state != DSP_IMPORT_REFUSED;
}

static void
count (DspImport *self)
{
  memset (self->counts, 0, sizeof self->counts);
  for (guint i = 0; i < self->rows->len; i++)
    self->counts[((DspImportRow *) self->rows->pdata[i])->state]++;
}

static void find_day (DspImport *self);

static void
end_check (DspImport *self)
{
  g_clear_handle_id (&self->check_id, g_source_remove);
  g_clear_pointer (&self->run, dsp_mapping_run_free);
  g_clear_pointer (&self->chosen, dsp_mapping_free);
}

/* Goes on with the rows until the time is over. */
static gboolean
check_slice (gpointer user_data)
{
  DspImport *self = user_data;
  gint64 until_us = g_get_monotonic_time () + SLICE_US;
  bool all;

  do
    for (guint i = 0; i < SLICE && self->surveyed < self->rows->len; i++, self->surveyed++)
      if (dsp_sheet_get_broken (self->sheet, self->surveyed) == NULL)
        dsp_mapping_run_survey (self->run, dsp_sheet_get_cells (self->sheet, self->surveyed));
  while (self->surveyed < self->rows->len && g_get_monotonic_time () < until_us);
  while (self->surveyed == self->rows->len && self->checked < self->rows->len && g_get_monotonic_time () < until_us)
    for (guint i = 0; i < SLICE && self->checked < self->rows->len; i++, self->checked++)
      {
        DspImportRow *row = self->rows->pdata[self->checked];

        if (is_done (row) || row->order != NULL) /* it is being given */
          continue;
        check_row (self, self->run, row);
        g_signal_emit (row, row_signals[ROW_CHANGED], 0);
      }
  all = self->checked == self->rows->len;
  if (all)
    {
      self->check_id = 0;
      end_check (self);
    }
  count (self);
  if (all && self->wants_day)
    find_day (self);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
  return all ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* All rows anew: whether one is the same as an earlier one depends on that one too. */
void
dsp_import_check (DspImport *self)
{
  g_autofree char *text = dsp_sheet_dup_mapping (self->sheet, &dsp_order.table, g_time_zone_get_identifier (dsp_text_zone ()));
  g_autoptr(GError) error = NULL;
  const DspMapping *mapping = self->file;

  end_check (self);
  g_clear_pointer (&self->trouble, g_free);
  self->trouble = missing_field (self);
  if (self->trouble == NULL && mapping == NULL)
    mapping = self->chosen = dsp_mapping_new_from_data (dsp_sheet_get_name (self->sheet), text, strlen (text), importable, &error);
  if (mapping != NULL)
    self->run = dsp_mapping_run_new (mapping, dsp_sheet_get_name (self->sheet), dsp_sheet_get_columns (self->sheet, NULL), self->day, &error);
  if (self->run == NULL)
    {
      if (self->trouble == NULL)
        self->trouble = g_strdup (error->message);
      for (guint i = 0; i < self->rows->len; i++)
        {
          DspImportRow *row = self->rows->pdata[i];

          if (is_done (row))
            continue;
          clear_faults (row);
          row->state = DSP_IMPORT_BAD;
          g_clear_pointer (&row->reason, g_free); /* the trouble is the same for all */
          g_signal_emit (row, row_signals[ROW_CHANGED], 0);
        }
      count (self);
      dsp_row_model_changed (DSP_ROW_MODEL (self));
      return;
    }
  self->checked = 0;
  self->surveyed = dsp_mapping_run_needs_survey (self->run) ? 0 : self->rows->len;
  if (check_slice (self) == G_SOURCE_CONTINUE)
    self->check_id = g_idle_add (check_slice, self);
}

gboolean
dsp_import_is_checking (DspImport *self,
                        double    *fraction)
{
  *fraction = self->rows->len > 0 ? (self->surveyed / 2.0 + self->checked / 2.0) / self->rows->len : 1;
  return self->check_id != 0;
}

/* The first good rows. */
static GPtrArray *
sample (DspImport *self)
{
  GPtrArray *orders = g_ptr_array_new_with_free_func (dsp_import_free_order);

  for (guint i = 0; i < self->rows->len && orders->len < SAMPLE; i++)
    {
      DspImportRow *row = self->rows->pdata[i];

      if (row->args != NULL)
        g_ptr_array_add (orders, dsp_import_row_dup_order (row));
    }
  return orders;
}

static void
day_found_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr(DspImport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);
  g_autoptr(GPtrArray) orders = sample (self);
  gboolean known = FALSE;

  for (guint i = 0; found != NULL && i < found->len && !known; i++)
    for (guint k = 0; k < orders->len && !known; k++)
      {
        const DspOrder *order = orders->pdata[k], *there = found->pdata[i];

        if (order->created_at.us != 0 && g_strcmp0 (order->number, there->number) == 0)
          known = dsp_mapping_find_day (order->created_at, there->created_at, &self->day);
      }
  dsp_import_check (self);
}

char *
dsp_import_numbers (GPtrArray *orders)
{
  GString *numbers = g_string_new (NULL);

  for (guint i = 0; i < orders->len; i++)
    {
      const DspOrder *order = orders->pdata[i];
      g_autofree char *number = order->number != NULL ? dsp_filter_escape (order->number) : NULL;

      if (number != NULL)
        g_string_append_printf (numbers, "%s%s", numbers->len > 0 ? "," : "", number);
    }
  return g_string_free (numbers, FALSE);
}

/* The numbers of the first good rows: whether the file came in before, and on which day. */
static void
find_day (DspImport *self)
{
  g_autoptr(GPtrArray) orders = sample (self);
  g_autofree char *numbers = dsp_import_numbers (orders);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);

  self->wants_day = FALSE;
  if (*numbers == '\0' || !dsp_filter_set (filter, "number", numbers, NULL))
    return;
  self->trouble = g_strdup (_("Looking whether this file came in before"));
  dsp_replica_find_async (dsp_office_get_replica (self->office), filter, 0, NULL, day_found_cb, g_object_ref (self));
}

gboolean
dsp_import_use_mapping (DspImport   *self,
                        const char  *path,
                        GError     **error)
{
  DspMapping *mapping = NULL;

  if (path != NULL && (mapping = dsp_mapping_new_from_file (path, importable, error)) == NULL)
    return FALSE;
  g_clear_pointer (&self->file, dsp_mapping_free);
  self->file = mapping;
  if (mapping != NULL)
    self->day = dsp_mapping_get_day (mapping, (DspTime) { g_get_real_time () });
  self->wants_day = mapping != NULL && dsp_mapping_get_shifts (mapping);
  dsp_import_check (self);
  return TRUE;
}

/* ---- object ---- */

static void
dsp_import_finalize (GObject *object)
{
  DspImport *self = DSP_IMPORT (object);

  end_check (self);
  dsp_import_clear_chunk (self);
  g_ptr_array_unref (self->chunk);
  g_hash_table_unref (self->given);
  g_ptr_array_unref (self->labels);
  g_clear_pointer (&self->file, dsp_mapping_free);
  g_clear_pointer (&self->sheet, dsp_sheet_free);
  g_free (self->trouble);
  G_OBJECT_CLASS (dsp_import_parent_class)->finalize (object);
}

static void
dsp_import_class_init (DspImportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_import_finalize;
  DSP_ROW_MODEL_CLASS (klass)->waits = dsp_import_waits;
  DSP_ROW_MODEL_CLASS (klass)->refused = dsp_import_refused;
}

static void
dsp_import_init (DspImport *self)
{
  self->rows = dsp_row_model_rows (DSP_ROW_MODEL (self));
  self->chunk = g_ptr_array_new_with_free_func (g_object_unref);
  self->labels = g_ptr_array_new ();
  self->given = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
}

DspImport *
dsp_import_new (DspOffice *office,
                DspSheet  *sheet)
{
  DspImport *self = g_object_new (DSP_TYPE_IMPORT, NULL);
  guint n_columns;

  dsp_row_model_set_office (DSP_ROW_MODEL (self), office);
  self->office = office;
  self->sheet = sheet;
  self->day = dsp_text_local_day (g_get_real_time ());
  dsp_sheet_get_columns (sheet, &n_columns);
  for (guint i = 0; importable[i] != NULL; i++)
    {
      const DspField *field = dsp_table_find (&dsp_order.table, importable[i], strlen (importable[i]));

      g_ptr_array_add (self->labels, (gpointer) (field != NULL ? _(field->label) : _("Distributor (code)")));
    }
  g_ptr_array_add (self->labels, NULL);
  for (guint i = 0; i < dsp_sheet_get_n_rows (sheet); i++)
    {
      DspImportRow *row = g_object_new (DSP_TYPE_IMPORT_ROW, NULL);

      row->index = i;
      row->n_columns = n_columns;
      g_ptr_array_add (self->rows, row);
    }
  return self;
}

gboolean
dsp_import_has_mended (DspImport *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (!is_done (self->rows->pdata[i]) && dsp_sheet_is_mended (self->sheet, i))
      return TRUE;
  return FALSE;
}

DspSheet *dsp_import_get_sheet (DspImport *self) { return self->sheet; }
const char *const *dsp_import_get_fields (DspImport *self) { return importable; }
const char *const *dsp_import_get_labels (DspImport *self) { return (const char *const *) self->labels->pdata; }
guint dsp_import_count (DspImport *self, DspImportState state) { return self->counts[state]; }
const char *dsp_import_get_trouble (DspImport *self) { return self->trouble; }
