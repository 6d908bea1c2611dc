/* dsp-paper-source.c: what goes on paper, from the replica
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   list, sheets     the orders that were asked for, one after the other; of sheets with files these are read first
 *   a day, the pack  first the boundaries for the maps (read and prepared in threads), then crew by crew
 */
#define G_LOG_DOMAIN "dsp-paper-source"

#include "config.h"
#include "dsp-paper-source.h"

#include "dsp-paper-crews.h"
#include "dsp-paper-files.h"
#include "dsp-paper-table.h"

#include <glib/gi18n.h>

#define SLICE_US 6000 /* less than a frame */
#define TELL_US (100 * 1000)
#define ROWS_A_PART 400

static const struct { gsize offset; double share; } list_columns[] = {
  { offsetof (DspOrder, number), 0.10 }, { offsetof (DspOrder, account), 0.08 }, { offsetof (DspOrder, type), 0.14 },
  { offsetof (DspOrder, status), 0.08 }, { offsetof (DspOrder, attention_at), 0.09 }, { offsetof (DspOrder, penalty_at), 0.09 },
  { offsetof (DspOrder, postal_code), 0.06 }, { offsetof (DspOrder, neighbourhood), 0.13 },
  { offsetof (DspOrder, contact_name), 0.13 }, { offsetof (DspOrder, crew_id), 0.10 },
};

typedef struct {
  DspPaperRequest      *request;  /* (owned) */
  DspPaperWords        *words;    /* (owned) */
  DspPaperDocument     *document; /* (owned) (nullable): handed over at the end */
  DspPaperProgressFunc  progress;
  gpointer              progress_data;
  gint64                told_us;
  guint                 next, n;  /* orders */

  DspPaperTable        *table;    /* (owned) (nullable): the part of the list that is being filled */

  GPtrArray            *crews;    /* (owned) (nullable) of DspPaperCrewOrders */
  guint                 crew, visit;
  DspPaperDay          *day;      /* (owned) (nullable): the crew's part that is being filled */
  GHashTable           *files;    /* (owned) (nullable): of sheets with files */
  GPtrArray            *area_records, *blobs; /* (owned) (nullable): on their way to be areas */
  DspMapAreas          *areas;    /* (owned) (nullable) */
  DspMapOutline        *outline;  /* (owned) (nullable) */
} Gather;

DspPaperRequest *
dsp_paper_request_new (DspPaperWhat  what,
                       const DspId  *ids,
                       guint         n_ids)
{
  DspPaperRequest *request = g_new0 (DspPaperRequest, 1);

  request->what = what;
  request->ids = g_memdup2 (ids, n_ids * sizeof *ids);
  request->n_ids = n_ids;
  return request;
}

void
dsp_paper_request_free (DspPaperRequest *request)
{
  g_free (request->ids);
  g_free (request);
}

static void
gather_free (gpointer data)
{
  Gather *gather = data;

  dsp_paper_request_free (gather->request);
  dsp_paper_words_free (gather->words);
  g_clear_pointer (&gather->document, dsp_paper_document_unref);
  g_clear_pointer (&gather->table, dsp_paper_table_free);
  g_clear_pointer (&gather->crews, g_ptr_array_unref);
  g_clear_pointer (&gather->day, dsp_paper_day_free);
  g_clear_pointer (&gather->files, g_hash_table_unref);
  g_clear_pointer (&gather->area_records, g_ptr_array_unref);
  g_clear_pointer (&gather->blobs, g_ptr_array_unref);
  g_clear_pointer (&gather->areas, dsp_map_areas_unref);
  g_clear_pointer (&gather->outline, dsp_map_outline_unref);
  g_free (gather);
}

static const DspOrder *
order_of (Gather      *gather,
          const DspId *id)
{
  return dsp_replica_get_order (dsp_office_get_replica (gather->words->office), id);
}

/* ---- sheets ---- */

static void
add_sheet (Gather      *gather,
           const DspId *id)
{
  const DspOrder *order = order_of (gather, id);
  DspPaperOrder *sheet;

  if (order == NULL)
    return;
  sheet = dsp_paper_words_order (gather->words, order);
  if (gather->files != NULL)
    dsp_paper_files_add (gather->words->office, gather->files, order, sheet);
  dsp_paper_document_add (gather->document, (DspPaperLayOutFunc) dsp_paper_order_lay_out, sheet, (GDestroyNotify) dsp_paper_order_free,
                          NULL);
}

/* ---- the list ---- */

static void
end_table (Gather *gather)
{
  if (gather->table != NULL)
    dsp_paper_document_add (gather->document, (DspPaperLayOutFunc) dsp_paper_table_lay_out, g_steal_pointer (&gather->table),
                            (GDestroyNotify) dsp_paper_table_free, NULL);
}

static void
begin_table (Gather *gather)
{
  const char *titles[G_N_ELEMENTS (list_columns) + 1] = { NULL };
  double shares[G_N_ELEMENTS (list_columns)];

  for (guint i = 0; i < G_N_ELEMENTS (list_columns); i++)
    {
      titles[i] = _(dsp_table_at (&dsp_order.table, list_columns[i].offset)->label);
      shares[i] = list_columns[i].share;
    }
  gather->table = dsp_paper_table_new (NULL, titles, shares);
}

static void
add_line (Gather      *gather,
          const DspId *id)
{
  const DspOrder *order = order_of (gather, id);
  GStrv row;

  if (order == NULL)
    return;
  if (gather->table == NULL)
    begin_table (gather);
  row = g_new0 (char *, G_N_ELEMENTS (list_columns) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (list_columns); i++)
    row[i] = dsp_office_field_text (gather->words->office, dsp_table_at (&dsp_order.table, list_columns[i].offset), order);
  dsp_paper_table_take (gather->table, row);
  if (gather->table->rows->len == ROWS_A_PART)
    end_table (gather);
}

/* ---- crews ---- */

static void
add_visit (Gather *gather)
{
  const DspPaperCrewOrders *orders = gather->crews->pdata[gather->crew];

  if (gather->day == NULL)
    gather->day = dsp_paper_crews_head (gather->words, orders, gather->request->what == DSP_PAPER_PACK, gather->areas, gather->outline);
  if (gather->visit < orders->ids->len)
    dsp_paper_crews_add (gather->words, orders, gather->visit++, gather->day);
  if (gather->visit < orders->ids->len)
    return;
  {
    guint n = gather->day->visits->len;
    /* Translators: an entry of a table of contents: the crew, and how many orders it has */
    g_autofree char *bookmark = g_strdup_printf (ngettext ("%s · %u order", "%s · %u orders", n), gather->day->title, n);

    dsp_paper_document_add (gather->document, (DspPaperLayOutFunc) dsp_paper_day_lay_out, g_steal_pointer (&gather->day),
                            (GDestroyNotify) dsp_paper_day_free, bookmark);
  }
  gather->crew++;
  gather->visit = 0;
}

/* ---- in slices ---- */

static void
add_next (Gather *gather)
{
  switch (gather->request->what)
    {
    case DSP_PAPER_SHEETS:
      add_sheet (gather, &gather->request->ids[gather->next]);
      break;
    case DSP_PAPER_LIST:
      add_line (gather, &gather->request->ids[gather->next]);
      break;
    case DSP_PAPER_DAY:
    case DSP_PAPER_PACK:
      add_visit (gather);
      break;
    case DSP_N_PAPERS:
    default:
      g_assert_not_reached ();
    }
  gather->next++;
}

static void
tell (Gather *gather)
{
  gint64 now = g_get_monotonic_time ();

  if (gather->progress == NULL || now - gather->told_us < TELL_US)
    return;
  gather->told_us = now;
  gather->progress ((double) gather->next / MAX (gather->n, 1), gather->progress_data);
}

static gboolean
gather_slice (gpointer user_data)
{
  GTask *task = user_data;
  Gather *gather = g_task_get_task_data (task);
  gint64 until = g_get_monotonic_time () + SLICE_US;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  while (gather->next < gather->n && g_get_monotonic_time () < until)
    add_next (gather);
  tell (gather);
  if (gather->next < gather->n)
    return G_SOURCE_CONTINUE;
  end_table (gather);
  g_task_return_pointer (task, g_steal_pointer (&gather->document), (GDestroyNotify) dsp_paper_document_unref);
  return G_SOURCE_REMOVE;
}

/* @task: (transfer full) */
static void
begin_slices (GTask *task)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, gather_slice, task, g_object_unref);
}

/* ---- files ---- */

/* Without them the sheets are what they are for all the same. */
static void
files_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!dsp_paper_files_read_finish (res, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("Could not read the attachments to be printed: %s", error->message);
  begin_slices (user_data);
}

/* ---- boundaries ---- */

static void
prepare_areas (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  Gather *gather = data;
  g_autoptr(GHashTable) by_hash = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GArray) list = g_array_new (FALSE, TRUE, sizeof (DspMapArea));

  for (guint i = 0; i < gather->blobs->len; i++)
    {
      const DspBlob *blob = gather->blobs->pdata[i];

      g_hash_table_insert (by_hash, blob->hash, blob->bytes);
    }
  for (guint i = 0; i < gather->area_records->len; i++)
    {
      const DspArea *area = gather->area_records->pdata[i];
      DspMapArea one = { .code = area->code, .geometry = area->geometry != NULL ? g_hash_table_lookup (by_hash, area->geometry) : NULL };

      if (one.code != NULL && one.geometry != NULL)
        g_array_append_val (list, one);
    }
  gather->areas = dsp_map_areas_new ((const DspMapArea *) list->data, list->len);
  gather->outline = dsp_map_outline_new_built_in (NULL);
  g_task_return_boolean (task, TRUE);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  begin_slices (user_data);
}

/* Without boundaries the map has its points all the same. */
static void
blobs_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  GTask *task = user_data;
  Gather *gather = g_task_get_task_data (task);
  g_autoptr(GTask) thread = NULL;
  g_autoptr(GError) error = NULL;

  gather->blobs = dsp_replica_blobs_finish (DSP_REPLICA (source), res, &error);
  if (gather->blobs == NULL)
    {
      begin_slices (task);
      return;
    }
  thread = g_task_new (NULL, NULL, prepared_cb, task);
  g_task_set_task_data (thread, gather, NULL);
  g_task_run_in_thread (thread, prepare_areas);
}

static void
areas_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  GTask *task = user_data;
  Gather *gather = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  gather->area_records = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);
  if (gather->area_records == NULL)
    begin_slices (task);
  else
    dsp_replica_blobs_async (DSP_REPLICA (source), g_task_get_cancellable (task), blobs_cb, task);
}

/* ---- all of it ---- */

/* The document's own words, before there are any pages. */
static DspPaperDocument *
make_document (Gather *gather)
{
  DspPaperDocument *document;
  g_autofree char *foot = NULL;

  switch (gather->request->what)
    {
    case DSP_PAPER_SHEETS:
      return dsp_paper_document_new (_("Work order sheets"));
    case DSP_PAPER_DAY:
      return dsp_paper_document_new (_("A crew's day"));
    case DSP_PAPER_PACK:
      document = dsp_paper_document_new (_("Contingency pack"));
      dsp_paper_document_set_contents (document, gather->words->printed);
      return document;
    case DSP_PAPER_LIST:
      document = dsp_paper_document_new (_("Orders"));
      foot = g_strdup_printf (ngettext ("%'u order · %s", "%'u orders · %s", gather->request->n_ids), gather->request->n_ids,
                              gather->words->printed);
      dsp_paper_document_set_foot (document, foot);
      dsp_paper_document_set_landscape (document, TRUE);
      return document;
    case DSP_N_PAPERS:
    default:
      g_assert_not_reached ();
    }
}

/* A crew without orders has a page too: its day is empty. */
static void
count_visits (Gather *gather)
{
  for (guint i = 0; i < gather->crews->len; i++)
    gather->n += MAX (((DspPaperCrewOrders *) gather->crews->pdata[i])->ids->len, 1);
}

void
dsp_paper_gather_async (DspOffice             *office,
                        const DspPaperRequest *request,
                        GCancellable          *cancellable,
                        DspPaperProgressFunc   progress,
                        gpointer               progress_data,
                        GAsyncReadyCallback    callback,
                        gpointer               user_data)
{
  GTask *task = g_task_new (office, cancellable, callback, user_data);
  Gather *gather = g_new0 (Gather, 1);
  g_autoptr(DspFilter) areas = dsp_filter_new (&dsp_area);

  gather->request = dsp_paper_request_new (request->what, request->ids, request->n_ids);
  gather->words = dsp_paper_words_new (office);
  gather->document = make_document (gather);
  gather->progress = progress;
  gather->progress_data = progress_data;
  gather->request->with_files = request->with_files;
  gather->n = request->n_ids;
  g_task_set_source_tag (task, dsp_paper_gather_async);
  g_task_set_task_data (task, gather, gather_free);
  if (request->what == DSP_PAPER_DAY)
    gather->crews = dsp_paper_crews_day (gather->words, request->ids);
  else if (request->what == DSP_PAPER_PACK)
    gather->crews = dsp_paper_crews_all (gather->words);
  if (request->what == DSP_PAPER_SHEETS && request->with_files)
    {
      gather->files = dsp_paper_files_new ();
      dsp_paper_files_read_async (office, gather->files, request->ids, request->n_ids, cancellable, files_cb, task);
      return;
    }
  if (gather->crews == NULL)
    {
      begin_slices (task);
      return;
    }
  gather->n = 0;
  count_visits (gather);
  dsp_replica_find_async (dsp_office_get_replica (office), areas, 0, cancellable, areas_cb, task);
}

DspPaperDocument *
dsp_paper_gather_finish (GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
