/* dsp-order-axis.c: orders divided by what they have in common, for charts and pivots
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-axis"

#include "config.h"
#include "dsp-order-axis.h"
#include "dsp-order-index-private.h"

#include <string.h>

const guint dsp_ages[DSP_N_AGES] = { G_MAXUINT, 29, 14, 6, 2, 1, 0 };

typedef enum { OF_CODES, OF_SECONDS, OF_STATES, OF_PRIORITIES, OF_AGES, OF_PENALIZED } Way;

struct _DspOrderAxis
{
  Way             way;
  const DspField *by;
  DspCodes        codes;     /* its dictionary is not used */
  gpointer       *values;    /* (owned): by code; lent by the index, which never takes one out */
  guint           n_values;
  bool            of_ids;
  guint32        *seconds;   /* (owned) (nullable) */
  guint8         *bytes;     /* (owned) (nullable) */
  DspBins        *bins;      /* (owned) (nullable) */
  DspSpan         finest;    /* of them */
  gint64          first_us, last_us; /* what they span in any case; 0: nothing */
  GHashTable     *by_id;     /* (owned) (nullable): DspId * (lent) to code; made when somebody asks */
  gint64          edges[DSP_N_AGES + 1]; /* of ages: where each begins; the last is that of the future */
};

static bool
is_priority (const DspField *by)
{
  return by->offset == offsetof (DspOrder, priority);
}

gboolean
dsp_order_axis_can (const DspField *by)
{
  return dsp_index_codes_of (by) >= 0 || dsp_index_seconds_of (by) >= 0 || is_priority (by) || by->offset == offsetof (DspOrder, status);
}

static guint32 *
copy_seconds (DspOrderIndex *index,
              int            which)
{
  return g_memdup2 (index->seconds[which], index->n_rows * sizeof (guint32));
}

DspOrderAxis *
dsp_order_axis_new (DspOrderIndex  *index,
                    DspAxisKind     kind,
                    const DspField *by)
{
  DspOrderAxis *self = g_new0 (DspOrderAxis, 1);
  int which;

  self->by = by;
  if (kind == DSP_AXIS_AGE)
    {
      self->way = OF_AGES;
      self->seconds = copy_seconds (index, DSP_SECONDS_CREATED);
    }
  else if (kind == DSP_AXIS_PENALIZED)
    {
      self->way = OF_PENALIZED;
      self->seconds = copy_seconds (index, DSP_SECONDS_LATE);
    }
  else if ((which = dsp_index_codes_of (by)) >= 0)
    {
      const DspCodes *from = &index->codes[which];

      self->way = OF_CODES;
      self->codes.width = from->width;
      self->codes.codes = g_memdup2 (from->codes, (gsize) index->n_rows * from->width);
      self->n_values = from->dictionary.values->len;
      self->values = g_memdup2 (from->dictionary.values->pdata, self->n_values * sizeof (gpointer));
      self->of_ids = from->dictionary.of_ids;
    }
  else if ((which = dsp_index_seconds_of (by)) >= 0)
    {
      self->way = OF_SECONDS;
      self->seconds = copy_seconds (index, which);
    }
  else
    {
      self->way = is_priority (by) ? OF_PRIORITIES : OF_STATES;
      self->bytes = g_memdup2 (is_priority (by) ? index->priority : index->status, index->n_rows);
    }
  return self;
}

void
dsp_order_axis_free (DspOrderAxis *self)
{
  if (self == NULL)
    return;
  g_free (self->codes.codes);
  g_free (self->values);
  g_free (self->seconds);
  g_free (self->bytes);
  dsp_bins_free (self->bins);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_free (self);
}

/* ---- dividing ---- */

void
dsp_order_axis_widen (DspOrderAxis *self,
                      DspSpan       finest,
                      gint64        first_us,
                      gint64        last_us)
{
  self->finest = finest;
  self->first_us = first_us;
  self->last_us = last_us;
}

static guint
divide_times (DspOrderAxis  *self,
              DspCalendar   *calendar,
              guint          n_bins,
              const guint32 *rows,
              guint          n,
              guint32       *parts)
{
  guint32 first = self->first_us != 0 ? dsp_index_seconds (self->first_us) : G_MAXUINT32, last = dsp_index_seconds (self->last_us);
  guint part = 0;

  for (guint i = 0; i < n; i++)
    if (self->seconds[rows[i]] != 0)
      {
        first = MIN (first, self->seconds[rows[i]]);
        last = MAX (last, self->seconds[rows[i]]);
      }
  if (last == 0)
    {
      memset (parts, 0, n * sizeof *parts);
      return 1;
    }
  self->bins = dsp_bins_new (calendar, first * G_TIME_SPAN_SECOND, last * G_TIME_SPAN_SECOND, self->finest, n_bins);
  for (guint i = 0; i < n; i++)
    {
      gint64 at_us = self->seconds[rows[i]] * G_TIME_SPAN_SECOND;

      if (at_us == 0)
        parts[i] = 0;
      else
        {
          /* Orders that came one after the other are of one day. */
          if (part == 0 || at_us < self->bins->starts_us[part - 1] || at_us >= self->bins->starts_us[part])
            part = dsp_bins_find (self->bins, at_us) + 1;
          parts[i] = part;
        }
    }
  return 1 + self->bins->n;
}

/* What is dated after today is as young as today's. */
static guint
divide_ages (DspOrderAxis  *self,
             DspCalendar   *calendar,
             gint64         now_us,
             const guint32 *rows,
             guint          n,
             guint32       *parts)
{
  DspDate today = dsp_calendar_day (calendar, now_us, NULL);

  for (guint i = 1; i < DSP_N_AGES; i++)
    self->edges[i] = dsp_calendar_at (calendar, (DspDate) { today.day - (int) dsp_ages[i] }, 0);
  self->edges[DSP_N_AGES] = G_MAXINT64;
  for (guint i = 0; i < n; i++)
    {
      gint64 at_us = self->seconds[rows[i]] * G_TIME_SPAN_SECOND;
      guint band = 0;

      while (band + 1 < DSP_N_AGES && at_us >= self->edges[band + 1])
        band++;
      parts[i] = at_us == 0 ? 0 : band + 1;
    }
  return DSP_N_AGES + 1;
}

guint
dsp_order_axis_divide (DspOrderAxis  *self,
                       DspCalendar   *calendar,
                       gint64         now_us,
                       guint          n_bins,
                       const guint32 *rows,
                       guint          n,
                       guint32       *parts)
{
  guint32 now = dsp_index_seconds (now_us);

  switch (self->way)
    {
    case OF_SECONDS:
      return divide_times (self, calendar, n_bins, rows, n, parts);

    case OF_AGES:
      return divide_ages (self, calendar, now_us, rows, n, parts);

    case OF_CODES:
      for (guint i = 0; i < n; i++)
        parts[i] = dsp_codes_get (&self->codes, rows[i]);
      return self->n_values;

    case OF_PENALIZED:
      for (guint i = 0; i < n; i++)
        parts[i] = self->seconds[rows[i]] - 1 < now ? DSP_YES : DSP_NO;
      return 1 + MAX (DSP_YES, DSP_NO);

    case OF_PRIORITIES:
      for (guint i = 0; i < n; i++)
        parts[i] = self->bytes[rows[i]];
      return 1 + G_MAXUINT8;

    case OF_STATES:
    default:
      for (guint i = 0; i < n; i++)
        parts[i] = self->bytes[rows[i]] < DSP_N_ORDER_STATUSES ? self->bytes[rows[i]] : 0;
      return DSP_N_ORDER_STATUSES;
    }
}

guint
dsp_order_axis_part_of (DspOrderAxis *self,
                        guint32       row)
{
  g_return_val_if_fail (self->way == OF_CODES, 0);

  return dsp_codes_get (&self->codes, row);
}

guint
dsp_order_axis_n_values (DspOrderAxis *self)
{
  return self->n_values;
}

guint
dsp_order_axis_part_of_id (DspOrderAxis *self,
                           const DspId  *id)
{
  g_return_val_if_fail (self->of_ids, 0);

  if (self->by_id == NULL)
    {
      self->by_id = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
      for (guint code = 1; code < self->n_values; code++)
        g_hash_table_insert (self->by_id, self->values[code], GUINT_TO_POINTER (code));
    }
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, id));
}

guint
dsp_order_axis_part_at (DspOrderAxis *self,
                        gint64        at_us)
{
  guint bin = self->bins != NULL ? dsp_bins_find (self->bins, at_us) : 0;

  return self->bins != NULL && bin < self->bins->n ? bin + 1 : 0;
}

/* ---- what parts are ---- */

DspSpan
dsp_order_axis_span (DspOrderAxis *self)
{
  return self->bins != NULL ? self->bins->span : DSP_SPAN_DAY;
}

bool
dsp_order_axis_is_ordered (DspOrderAxis *self)
{
  return self->way != OF_CODES;
}

bool
dsp_order_axis_is_time (DspOrderAxis *self)
{
  return self->bins != NULL;
}

void
dsp_order_axis_describe (DspOrderAxis *self,
                         guint         part,
                         DspAxisPart  *what)
{
  *what = (DspAxisPart) { 0 };
  if (part == 0)
    return;
  if (self->bins != NULL)
    {
      what->from_us = self->bins->starts_us[part - 1];
      what->to_us = self->bins->starts_us[part];
    }
  else if (self->way == OF_CODES && self->of_ids)
    what->id = *(DspId *) self->values[part];
  else if (self->way == OF_CODES)
    what->text = self->values[part];
  else
    what->number = self->way == OF_PRIORITIES ? part - 1 : part;
}

static char *
range (gint64 from_us,
       gint64 to_us)
{
  char from[32] = "", to[32] = "";

  if (from_us != 0)
    dsp_time_print ((DspTime) { from_us }, from);
  if (to_us != G_MAXINT64)
    dsp_time_print ((DspTime) { to_us }, to);
  return g_strdup_printf ("%s..%s", from, to);
}

char *
dsp_order_axis_value (DspOrderAxis *self,
                      guint         part)
{
  if (self->way == OF_PENALIZED)
    return g_strdup (part == DSP_YES ? "yes" : "no");
  if (part == 0)
    return g_strdup ("-");
  if (self->bins != NULL)
    return range (self->bins->starts_us[part - 1], self->bins->starts_us[part]);
  if (self->way == OF_AGES)
    return range (self->edges[part - 1], self->edges[part]);
  if (self->way == OF_PRIORITIES)
    return g_strdup_printf ("%u", part - 1);
  if (self->way == OF_STATES)
    return g_strdup (DspOrderStatus_words.list[part].name);
  if (self->of_ids)
    {
      char id[DSP_ID_TEXT];

      dsp_id_print (self->values[part], id);
      return g_strdup (id);
    }
  return dsp_filter_escape (self->values[part]);
}

char *
dsp_order_axis_condition (DspOrderAxis *self,
                          guint         part)
{
  g_autofree char *value = dsp_order_axis_value (self, part);

  return g_strdup_printf ("%s=%s", self->way == OF_AGES ? "created_at" : self->way == OF_PENALIZED ? "penalized" : self->by->name, value);
}
