/* dsp-import.c: the rows of a sheet on their way to becoming orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-import"

#include "config.h"
#include "dsp-import.h"

#include "dsp-filter-words.h"
#include "dsp-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define CHUNK 100 /* so many numbers are looked up at once */
#define SAMPLE 50 /* so many to find out on which day a file came in first */

/* What an import may say of an order; the rest comes by commands and by the clock. */
static const char *const importable[] = {
  "number", "account", "group", "type", "subtype", "created_at", "attention_at", "attention_until", "penalty_at", "state",
  "municipality", "city", "neighbourhood", "postal_code", "priority", "contact_name", "phone", "parent", "street", "exterior",
  "interior", "between", "directions", "lat_e7", "lon_e7", "description", "distributor", NULL,
};

struct _DspImportRow
{
  GObject        parent_instance;

  guint          index;
  DspImportState state;
  char          *reason;  /* (owned) (nullable) */
  char         **faults;  /* (owned): of each column, nullable */
  guint          n_faults;
  DspOrder      *order;   /* (owned) (nullable): of a good row */
  guint64        given;
};

enum { ROW_CHANGED, N_ROW_SIGNALS };
static guint row_signals[N_ROW_SIGNALS];

G_DEFINE_FINAL_TYPE (DspImportRow, dsp_import_row, G_TYPE_OBJECT)

struct _DspImport
{
  DspRowModel parent_instance;

  DspOffice  *office;   /* the model's */
  DspSheet   *sheet;    /* (owned) */
  DspMapping *file;     /* (owned) (nullable): instead of the choices */
  DspDate     day;      /* that a mapping file which moves dates moves the newest to */
  GPtrArray  *rows;     /* the model's: of DspImportRow */
  GPtrArray  *labels;   /* (owned): char * */
  char       *trouble;  /* (owned) (nullable) */
  guint       counts[DSP_N_IMPORT_STATES];
  gboolean    running;
  gboolean    stopping;
  guint       next;     /* row to look up */
  GPtrArray  *chunk;    /* (owned): of DspImportRow, looked up, still to be given; the last one first */
  GHashTable *there;    /* (owned) (nullable): number -> DspOrder */
};

G_DEFINE_FINAL_TYPE (DspImport, dsp_import, DSP_TYPE_ROW_MODEL)

/* ---- a row ---- */

static void
clear_faults (DspImportRow *self)
{
  for (guint i = 0; i < self->n_faults; i++)
    g_clear_pointer (&self->faults[i], g_free);
}

static void
dsp_import_row_finalize (GObject *object)
{
  DspImportRow *self = DSP_IMPORT_ROW (object);

  clear_faults (self);
  g_free (self->faults);
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
  return column < self->n_faults ? self->faults[column] : NULL;
}

static void
set_state (DspImport      *self,
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

  for (guint i = 0; at < 0 && column != NULL && i < row->n_faults; i++)
    if (g_str_equal (names[i], column))
      at = (int) i;
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

static void
check_row (DspImport     *self,
           DspMappingRun *run,
           DspImportRow  *row)
{
  const char *broken = dsp_sheet_get_broken (self->sheet, row->index);
  DspMappedRow mapped;

  clear_faults (row);
  g_clear_pointer (&row->reason, g_free);
  g_clear_pointer (&row->order, dsp_order_free);
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
    for (guint i = 0; i < mapped.n_fields; i++)
      take_value (self, row, mapped.names[i], mapped.values[i]);
  row->state = row->reason != NULL ? DSP_IMPORT_BAD : DSP_IMPORT_GOOD;
  if (row->state == DSP_IMPORT_GOOD)
    row->reason = dsp_office_dup_place_warning (self->office, row->order->postal_code);
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

/* All rows anew: whether one is the same as an earlier one depends on that one too. */
void
dsp_import_check (DspImport *self)
{
  g_autofree char *text = dsp_sheet_dup_mapping (self->sheet, &dsp_order.table, g_time_zone_get_identifier (dsp_text_zone ()));
  g_autoptr(GError) error = NULL;
  g_autoptr(DspMapping) chosen = NULL;
  g_autoptr(DspMappingRun) run = NULL;
  const DspMapping *mapping = self->file;

  g_clear_pointer (&self->trouble, g_free);
  self->trouble = missing_field (self);
  if (self->trouble == NULL && mapping == NULL)
    mapping = chosen = dsp_mapping_new_from_data (dsp_sheet_get_name (self->sheet), text, strlen (text), importable, &error);
  if (mapping != NULL)
    run = dsp_mapping_run_new (mapping, dsp_sheet_get_name (self->sheet), dsp_sheet_get_columns (self->sheet, NULL), self->day, &error);
  if (self->trouble == NULL && run == NULL)
    self->trouble = g_strdup (error->message);
  for (guint i = 0; run != NULL && dsp_mapping_run_needs_survey (run) && i < self->rows->len; i++)
    if (dsp_sheet_get_broken (self->sheet, i) == NULL)
      dsp_mapping_run_survey (run, dsp_sheet_get_cells (self->sheet, i));
  for (guint i = 0; i < self->rows->len; i++)
    {
      DspImportRow *row = self->rows->pdata[i];

      if (is_done (row))
        continue;
      if (run != NULL)
        check_row (self, run, row);
      else
        {
          clear_faults (row);
          row->state = DSP_IMPORT_BAD;
          g_clear_pointer (&row->reason, g_free); /* the trouble is the same for all */
        }
      g_signal_emit (row, row_signals[ROW_CHANGED], 0);
    }
  count (self);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
}

static void
day_found_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr(DspImport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);
  gboolean known = FALSE;

  for (guint i = 0; found != NULL && i < found->len && !known; i++)
    for (guint r = 0; r < self->rows->len && !known; r++)
      {
        const DspOrder *order = ((DspImportRow *) self->rows->pdata[r])->order, *there = found->pdata[i];

        if (order != NULL && order->created_at.us != 0 && g_strcmp0 (order->number, there->number) == 0)
          known = dsp_mapping_find_day (order->created_at, there->created_at, &self->day);
      }
  dsp_import_check (self);
}

/* The numbers of the first good rows: whether the file came in before, and on which day. */
static void
find_day (DspImport *self)
{
  g_autoptr(GString) numbers = g_string_new (NULL);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);

  for (guint i = 0, n = 0; i < self->rows->len && n < SAMPLE; i++)
    {
      DspImportRow *row = self->rows->pdata[i];
      g_autofree char *number = row->order != NULL && row->order->number != NULL ? dsp_filter_escape (row->order->number) : NULL;

      if (number == NULL)
        continue;
      g_string_append_printf (numbers, "%s%s", n++ > 0 ? "," : "", number);
    }
  if (numbers->len == 0 || !dsp_filter_set (filter, "number", numbers->str, NULL))
    return;
  self->trouble = g_strdup (_("Looking whether this file came in before"));
  dsp_row_model_changed (DSP_ROW_MODEL (self));
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
  dsp_import_check (self);
  if (mapping != NULL && dsp_mapping_get_shifts (mapping) && self->trouble == NULL)
    find_day (self);
  return TRUE;
}

/* ---- sending ---- */

static void look_up (DspImport *self);
static void give_next (DspImport *self);

static void
finish (DspImport *self)
{
  self->running = FALSE;
  g_ptr_array_set_size (self->chunk, 0);
  g_clear_pointer (&self->there, g_hash_table_unref);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspImport) self = user_data;
  DspImportRow *row = g_ptr_array_index (self->chunk, self->chunk->len - 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *reason = NULL, *warning = NULL;

  if (outcome == NULL)
    reason = dsp_text_error (error);
  else if (outcome->n_given == 0)
    {
      const DspRefusal *refusal = &g_array_index (outcome->refused, DspRefusal, 0);

      reason = dsp_text_rule (refusal->rule, refusal->message);
    }
  set_state (self, row,
             reason != NULL                                                      ? DSP_IMPORT_REFUSED
             : g_hash_table_contains (self->there, row->order->number)           ? DSP_IMPORT_CHANGED
                                                                                 : DSP_IMPORT_ADDED,
             reason != NULL ? reason : (warning = dsp_office_dup_place_warning (self->office, row->order->postal_code)));
  g_ptr_array_set_size (self->chunk, (int) self->chunk->len - 1);
  dsp_row_model_changed (DSP_ROW_MODEL (self));
  give_next (self);
}

static void
give_next (DspImport *self)
{
  DspReplica *replica = dsp_office_get_replica (self->office);

  for (; self->chunk->len > 0 && !self->stopping; g_ptr_array_set_size (self->chunk, (int) self->chunk->len - 1))
    {
      DspImportRow *row = g_ptr_array_index (self->chunk, self->chunk->len - 1);
      const DspOrder *there = g_hash_table_lookup (self->there, row->order->number);
      DspId id = there != NULL ? there->id : dsp_replica_new_id (replica);

      if (there == NULL || (dsp_table_diff (&dsp_order.table, there, row->order) & row->given) != 0)
        {
          row->order->id = id;
          dsp_replica_give_async (replica, &dsp_order_import, &id, 1, row->order, row->given, NULL, given_cb, g_object_ref (self));
          return;
        }
      set_state (self, row, DSP_IMPORT_UNCHANGED, NULL);
    }
  if (self->stopping)
    finish (self);
  else
    look_up (self);
}

static void
free_order (gpointer order)
{
  dsp_order_free (order);
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspImport) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (found == NULL)
    {
      self->trouble = dsp_text_error (error);
      finish (self);
      return;
    }
  g_clear_pointer (&self->there, g_hash_table_unref);
  self->there = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_order);
  for (guint i = 0; i < found->len; i++)
    {
      DspOrder *order = dsp_order_dup (found->pdata[i]);

      if (order->number != NULL)
        g_hash_table_insert (self->there, order->number, order);
    }
  give_next (self);
}

/* The next good rows, in reverse, and which of their numbers there are. */
static void
look_up (DspImport *self)
{
  g_autoptr(GString) numbers = g_string_new (NULL);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);

  for (; self->next < self->rows->len && self->chunk->len < CHUNK; self->next++)
    {
      DspImportRow *row = self->rows->pdata[self->next];
      g_autofree char *number = row->state == DSP_IMPORT_GOOD && row->order->number != NULL ? dsp_filter_escape (row->order->number) : NULL;

      if (number == NULL)
        continue;
      g_string_append_printf (numbers, "%s%s", numbers->len > 0 ? "," : "", number);
      g_ptr_array_insert (self->chunk, 0, g_object_ref (row));
    }
  if (self->chunk->len == 0 || !dsp_filter_set (filter, "number", numbers->str, NULL))
    finish (self);
  else
    dsp_replica_find_async (dsp_office_get_replica (self->office), filter, 0, NULL, found_cb, g_object_ref (self));
}

void
dsp_import_start (DspImport *self)
{
  if (self->running)
    return;
  self->running = TRUE;
  self->stopping = FALSE;
  self->next = 0;
  dsp_row_model_changed (DSP_ROW_MODEL (self));
  look_up (self);
}

void
dsp_import_stop (DspImport *self)
{
  self->stopping = TRUE;
}

gboolean dsp_import_is_running (DspImport *self) { return self->running; }

/* ---- what the server refused later ---- */

static gboolean
waits (DspRowModel *model)
{
  DspImport *self = DSP_IMPORT (model);

  return self->counts[DSP_IMPORT_ADDED] + self->counts[DSP_IMPORT_CHANGED] > 0;
}

static void
refused (DspRowModel       *model,
         const DspRejected *rejected,
         const char        *sentence)
{
  DspImport *self = DSP_IMPORT (model);

  for (guint i = 0; rejected->command == &dsp_order_import && i < self->rows->len; i++)
    {
      DspImportRow *row = self->rows->pdata[i];

      if ((row->state == DSP_IMPORT_ADDED || row->state == DSP_IMPORT_CHANGED) && dsp_id_equal (&row->order->id, &rejected->id))
        set_state (self, row, DSP_IMPORT_REFUSED, sentence);
    }
}

/* ---- object ---- */

static void
dsp_import_finalize (GObject *object)
{
  DspImport *self = DSP_IMPORT (object);

  g_ptr_array_unref (self->chunk);
  g_ptr_array_unref (self->labels);
  g_clear_pointer (&self->there, g_hash_table_unref);
  g_clear_pointer (&self->file, dsp_mapping_free);
  g_clear_pointer (&self->sheet, dsp_sheet_free);
  g_free (self->trouble);
  G_OBJECT_CLASS (dsp_import_parent_class)->finalize (object);
}

static void
dsp_import_class_init (DspImportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_import_finalize;
  DSP_ROW_MODEL_CLASS (klass)->waits = waits;
  DSP_ROW_MODEL_CLASS (klass)->refused = refused;
}

static void
dsp_import_init (DspImport *self)
{
  self->rows = dsp_row_model_rows (DSP_ROW_MODEL (self));
  self->chunk = g_ptr_array_new_with_free_func (g_object_unref);
  self->labels = g_ptr_array_new ();
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
      row->n_faults = n_columns;
      row->faults = g_new0 (char *, n_columns + 1);
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
