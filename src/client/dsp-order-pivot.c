/* dsp-order-pivot.c: open orders by any two things: how many, how old, what is at stake
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-pivot"

#include "config.h"
#include "dsp-order-index-private.h"
#include "dsp-order-pivot.h"
#include "dsp-replica-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define N_BINS 31
#define N_BINS_OF_COLUMNS 24

static const DspWord figure_words[DSP_N_PIVOT_FIGURES] = {
  { "count", N_("Number of services") },
  { "age", N_("Average age") },
  { "money", N_("Penalties at stake") },
};
const DspWords DspPivotFigure_words = { figure_words, DSP_N_PIVOT_FIGURES };

/* ---- by what ---- */

static const struct { const char *name, *label; DspAxisKind kind; gsize offset; } choices[] = {
  { "crew", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, crew_id) },
  { "type", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, type) },
  { "group", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, group) },
  { "subtype", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, subtype) },
  { "status", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, status) },
  { "age", N_("Age"), DSP_AXIS_AGE, 0 },
  { "penalized", N_("Penalized"), DSP_AXIS_PENALIZED, 0 },
  { "distributor", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, distributor_id) },
  { "postal_code", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, postal_code) },
  { "neighbourhood", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, neighbourhood) },
  { "municipality", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, municipality) },
  { "priority", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, priority) },
  { "created", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, created_at) },
  { "attention", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, attention_at) },
  { "penalty", NULL, DSP_AXIS_FIELD, offsetof (DspOrder, penalty_at) },
};

guint
dsp_pivot_n_by (void)
{
  return G_N_ELEMENTS (choices);
}

const DspPivotBy *
dsp_pivot_by (guint i)
{
  static DspPivotBy list[G_N_ELEMENTS (choices)];
  static gsize made;

  g_return_val_if_fail (i < G_N_ELEMENTS (choices), NULL);

  if (g_once_init_enter (&made))
    {
      for (guint j = 0; j < G_N_ELEMENTS (choices); j++)
        {
          const DspField *field = choices[j].kind == DSP_AXIS_FIELD ? dsp_table_at (&dsp_order.table, choices[j].offset) : NULL;

          list[j] = (DspPivotBy) { choices[j].name, field != NULL ? field->label : choices[j].label, choices[j].kind, field };
        }
      g_once_init_leave (&made, 1);
    }
  return &list[i];
}

int
dsp_pivot_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (g_strcmp0 (choices[i].name, name) == 0)
      return (int) i;
  return -1;
}

/* ---- sums ---- */

gint64
dsp_pivot_sum_get (const DspPivotSum *sum,
                   DspPivotFigure     figure)
{
  switch (figure)
    {
    case DSP_FIGURE_AGE:
      return sum->n > 0 ? sum->age_s / sum->n : 0;
    case DSP_FIGURE_MONEY:
      return sum->cents;
    case DSP_FIGURE_COUNT:
    default:
      return sum->n;
    }
}

/* The columns that are summed up. */
typedef struct {
  guint32       now;
  const guint32 *created;
  const guint32 *price;
} Summed;

static inline void
add_row (const Summed *summed,
         guint32       row,
         DspPivotSum  *sum)
{
  sum->n++;
  sum->age_s += summed->created[row] != 0 && summed->created[row] < summed->now ? summed->now - summed->created[row] : 0;
  sum->cents += summed->price[row] != 0 ? summed->price[row] - 1 : 0;
}

static void
add_sum (DspPivotSum       *to,
         const DspPivotSum *sum)
{
  to->n += sum->n;
  to->age_s += sum->age_s;
  to->cents += sum->cents;
}

static void
clear_key (gpointer key)
{
  g_free (((DspPivotKey *) key)->condition);
}

/* ---- the parts of an axis that there are ---- */

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      sums)
{
  const DspPivotSum *one = (const DspPivotSum *) sums + *(const guint32 *) a, *two = (const DspPivotSum *) sums + *(const guint32 *) b;

  if (one->n != two->n)
    return one->n > two->n ? -1 : 1;
  return *(const guint32 *) a < *(const guint32 *) b ? -1 : 1;
}

/* Keys in their order, at most @n_max and one for the rest (0: all). @place: (out): where each part is. */
static GArray *
make_keys (DspOrderAxis      *axis,
           const DspPivotSum *sums,
           guint              n_parts,
           guint              n_max,
           guint32          **place)
{
  GArray *keys = g_array_new (FALSE, TRUE, sizeof (DspPivotKey));
  g_autoptr(GArray) used = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr(GString) rest = NULL;

  g_array_set_clear_func (keys, clear_key);
  *place = g_new0 (guint32, MAX (n_parts, 1));
  for (guint32 part = 0; part < n_parts; part++)
    if (sums[part].n > 0 || (dsp_order_axis_is_time (axis) && part > 0))
      g_array_append_val (used, part);
  if (!dsp_order_axis_is_ordered (axis))
    g_array_sort_with_data (used, compare_keys, (gpointer) sums);
  for (guint i = 0; i < used->len; i++)
    {
      guint32 part = g_array_index (used, guint32, i);
      DspPivotKey key = { .sum = sums[part] };

      if (n_max > 0 && i >= n_max && used->len > n_max + 1)
        {
          g_autofree char *value = dsp_order_axis_value (axis, part);
          g_autofree char *condition = rest == NULL ? dsp_order_axis_condition (axis, part) : NULL;
          DspPivotKey *last;

          if (rest == NULL)
            {
              key.rest = true;
              rest = g_string_new (condition);
              g_array_append_val (keys, key);
            }
          else
            {
              last = &g_array_index (keys, DspPivotKey, keys->len - 1);
              add_sum (&last->sum, &key.sum);
              g_string_append_printf (rest, ",%s", value);
            }
          (*place)[part] = keys->len - 1;
          continue;
        }
      dsp_order_axis_describe (axis, part, &key.part);
      key.condition = dsp_order_axis_condition (axis, part);
      (*place)[part] = keys->len;
      g_array_append_val (keys, key);
    }
  if (rest != NULL)
    g_array_index (keys, DspPivotKey, keys->len - 1).condition = g_string_free (g_steal_pointer (&rest), FALSE);
  return keys;
}

static DspPivotSum *
sum_parts (const Summed  *summed,
           const guint32 *rows,
           const guint32 *parts,
           guint          n,
           guint          n_parts)
{
  DspPivotSum *sums = g_new0 (DspPivotSum, MAX (n_parts, 1));

  for (guint i = 0; i < n; i++)
    add_row (summed, rows[i], &sums[parts[i]]);
  return sums;
}

static DspCalendar *
make_calendar (const char *zone)
{
  DspOfficeSettings office = *dsp_office_defaults ();

  if (zone != NULL)
    office.time_zone = (char *) zone;
  return dsp_calendar_new (&office);
}

/* ---- the pivot ---- */

typedef struct {
  DspFilter        *filter; /* (owned) */
  const DspPivotBy *by[2];
  char             *zone;   /* (owned) */
  gint64            now_us;
  bool              loading;

  DspOrderIndex    *index;  /* (owned) */
  DspOrderAxis     *axes[2];/* (owned) */
  guint32          *created;/* (owned) */
  guint32          *price;  /* (owned) */
  guint32          *rows;   /* (owned) */
  guint             n;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  dsp_filter_free (job->filter);
  g_free (job->zone);
  for (guint i = 0; i < 2; i++)
    dsp_order_axis_free (job->axes[i]);
  if (job->index != NULL)
    dsp_order_index_unref (job->index);
  g_free (job->created);
  g_free (job->price);
  g_free (job->rows);
  g_free (job);
}

void
dsp_pivot_free (DspPivot *pivot)
{
  if (pivot == NULL)
    return;
  g_clear_pointer (&pivot->rows, g_array_unref);
  g_clear_pointer (&pivot->columns, g_array_unref);
  g_free (pivot->cells);
  if (pivot->index != NULL)
    dsp_order_index_unref (pivot->index);
  g_free (pivot);
}

const DspPivotSum *
dsp_pivot_cell (const DspPivot *pivot,
                guint           row,
                guint           column)
{
  return &pivot->cells[(gsize) row * pivot->columns->len + column];
}

static void
run_in_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr(DspPivot) pivot = g_new0 (DspPivot, 1);
  g_autoptr(DspCalendar) calendar = make_calendar (job->zone);
  Summed summed = { dsp_index_seconds (job->now_us), job->created, job->price };
  g_autofree guint32 *parts[2] = { NULL, NULL };
  guint32 *places[2] = { NULL, NULL };
  GArray *keys[2];

  for (guint i = 0; i < 2; i++)
    {
      guint n_parts;
      g_autofree DspPivotSum *sums = NULL;

      parts[i] = g_new (guint32, MAX (job->n, 1));
      n_parts = dsp_order_axis_divide (job->axes[i], calendar, job->now_us, i == 0 ? N_BINS : N_BINS_OF_COLUMNS, job->rows, job->n, parts[i]);
      sums = sum_parts (&summed, job->rows, parts[i], job->n, n_parts);
      keys[i] = make_keys (job->axes[i], sums, n_parts, i == 0 ? 0 : DSP_PIVOT_MAX_COLUMNS, &places[i]);
      pivot->by[i] = job->by[i];
      pivot->ordered[i] = dsp_order_axis_is_ordered (job->axes[i]);
      pivot->span[i] = dsp_order_axis_span (job->axes[i]);
    }
  pivot->rows = keys[0];
  pivot->columns = keys[1];
  pivot->cells = g_new0 (DspPivotSum, MAX ((gsize) keys[0]->len * keys[1]->len, 1));
  for (guint i = 0; i < job->n; i++)
    add_row (&summed, job->rows[i], &pivot->cells[(gsize) places[0][parts[0][i]] * keys[1]->len + places[1][parts[1][i]]]);
  for (guint i = 0; i < keys[0]->len; i++)
    add_sum (&pivot->total, &g_array_index (keys[0], DspPivotKey, i).sum);
  pivot->index = dsp_order_index_ref (job->index);
  pivot->loading = job->loading;
  g_free (places[0]);
  g_free (places[1]);
  g_free (parts[1]);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_steal_pointer (&pivot), (GDestroyNotify) dsp_pivot_free);
}

static void
take_columns (Job             *job,
              DspOrderIndex   *index,
              const DspRowSet *only)
{
  DspOrderQuery query = { .filter = job->filter, .only = only, .clock = { .now_us = job->now_us } };
  guint n_words;
  g_autofree guint64 *words = dsp_index_match (index, &query, &n_words);
  guint n = 0;

  for (guint w = 0; w < n_words; w++)
    n += (guint) __builtin_popcountll (words[w]);
  job->rows = g_new (guint32, MAX (n, 1));
  for (guint w = 0; w < n_words; w++)
    for (guint64 left = words[w]; left != 0; left &= left - 1)
      job->rows[job->n++] = (w << 6) + (guint) __builtin_ctzll (left);
  job->index = dsp_order_index_ref (index);
  for (guint i = 0; i < 2; i++)
    job->axes[i] = dsp_order_axis_new (index, job->by[i]->kind, job->by[i]->field);
  job->created = g_memdup2 (index->seconds[DSP_SECONDS_CREATED], index->n_rows * sizeof (guint32));
  job->price = g_memdup2 (index->seconds[DSP_SECONDS_PRICE], index->n_rows * sizeof (guint32));
}

static void
on_rows (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  DspReplica *self = DSP_REPLICA (source);
  g_autoptr(GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  DspRowSet *only = NULL;
  GError *error = NULL;

  if (!dsp_replica_resolve_finish (self, result, &only, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  job->loading = self->loading;
  take_columns (job, self->index, only);
  dsp_row_set_free (only);
  g_task_run_in_thread (task, run_in_thread);
}

void
dsp_replica_pivot_async (DspReplica          *self,
                         const DspFilter     *filter,
                         const DspPivotBy    *rows,
                         const DspPivotBy    *columns,
                         const char          *zone,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  g_task_set_source_tag (task, dsp_replica_pivot_async);
  job->filter = filter != NULL ? dsp_filter_dup (filter) : dsp_filter_new (&dsp_order);
  job->by[0] = rows;
  job->by[1] = columns;
  job->zone = g_strdup (zone);
  job->now_us = g_get_real_time ();
  g_task_set_task_data (task, job, job_free);
  dsp_replica_resolve_async (self, job->filter, job->now_us, cancellable, on_rows, task);
}

DspPivot *
dsp_replica_pivot_finish (DspReplica   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
