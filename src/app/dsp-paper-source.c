/* dsp-paper-source.c: what goes on paper, from the replica
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper-source"

#include "config.h"
#include "dsp-paper-source.h"

#include "dsp-paper-order.h"
#include "dsp-paper-table.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define SLICE_US 6000 /* less than a frame */
#define MAX_ROUTE 60  /* visits of a day over which arrivals are estimated */
#define ROWS_A_PART 400

static const struct { gsize offset; double share; } list_columns[] = {
  { offsetof (DspOrder, number), 0.10 }, { offsetof (DspOrder, account), 0.08 }, { offsetof (DspOrder, type), 0.14 },
  { offsetof (DspOrder, status), 0.08 }, { offsetof (DspOrder, attention_at), 0.09 }, { offsetof (DspOrder, penalty_at), 0.09 },
  { offsetof (DspOrder, postal_code), 0.06 }, { offsetof (DspOrder, neighbourhood), 0.13 },
  { offsetof (DspOrder, contact_name), 0.13 }, { offsetof (DspOrder, crew_id), 0.10 },
};

typedef struct {
  DspPaperRequest      *request;   /* (owned) */
  DspOffice            *office;    /* (owned) */
  DspPaperDocument     *document;  /* (owned) */
  DspPaperProgressFunc  progress;
  gpointer              progress_data;
  guint                 next;
  DspPaperTable        *table;     /* (owned) (nullable): the part that is being filled */
  gint64                told_us;
  char                 *printed;   /* (owned) */
  GStrv                 models, rejections, reschedules; /* (owned) */
  GHashTable           *solutions; /* (owned): type -> GStrv */
  GHashTable           *crews;     /* (owned): id -> Crew */
} Gather;

/* What every sheet of a crew says. */
typedef struct {
  char        *title, *members, *vehicle; /* (owned) (nullable) */
  GHashTable  *visits;                    /* (owned): order's row -> its place in the day and arrival, in words */
} Crew;

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
crew_free (gpointer data)
{
  Crew *crew = data;

  g_free (crew->title);
  g_free (crew->members);
  g_free (crew->vehicle);
  g_hash_table_unref (crew->visits);
  g_free (crew);
}

static void
gather_free (gpointer data)
{
  Gather *gather = data;

  dsp_paper_request_free (gather->request);
  g_clear_pointer (&gather->document, dsp_paper_document_unref);
  g_clear_pointer (&gather->table, dsp_paper_table_free);
  g_object_unref (gather->office);
  g_free (gather->printed);
  g_strfreev (gather->models);
  g_strfreev (gather->rejections);
  g_strfreev (gather->reschedules);
  g_hash_table_unref (gather->solutions);
  g_hash_table_unref (gather->crews);
  g_free (gather);
}

/* ---- the office's words ---- */

static char *
join_words (const char *separator,
            const char *const *parts,
            guint n_parts)
{
  g_autoptr(GString) all = g_string_new (NULL);

  for (guint i = 0; i < n_parts; i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (all, "%s%s", all->len > 0 ? separator : "", parts[i]);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static GStrv
reasons_of (DspOffice  *office,
            DspProcess  process)
{
  const GPtrArray *reasons = dsp_office_records (office, &dsp_reason_code);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  /* By family: what is alike stands together. */
  for (guint family = 0; family < DSP_N_FAMILIES; family++)
    for (guint i = 0; i < reasons->len; i++)
      {
        const DspReasonCode *reason = reasons->pdata[i];

        if (reason->process == process && (guint) reason->family == family && reason->retired != DSP_YES)
          {
            g_autofree char *text = g_strdup_printf ("%s  %s", reason->code, reason->label != NULL ? reason->label : "");

            g_strv_builder_add (builder, text);
          }
      }
  return g_strv_builder_end (builder);
}

static GStrv
models_of (DspOffice *office)
{
  const GPtrArray *models = dsp_office_records (office, &dsp_equipment_model);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < models->len; i++)
    {
      const DspEquipmentModel *model = models->pdata[i];
      g_autofree char *text = g_strdup_printf ("%s  %s", model->code, model->label != NULL ? model->label : "");

      if (model->retired != DSP_YES)
        g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GStrv
solutions_of (Gather     *gather,
              const char *type)
{
  const GPtrArray *codes = dsp_office_records (gather->office, &dsp_solution_code);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  GStrv list = g_hash_table_lookup (gather->solutions, type);

  if (list != NULL)
    return list;
  for (guint i = 0; i < codes->len; i++)
    {
      const DspSolutionCode *code = codes->pdata[i];
      g_autofree char *text = g_strdup_printf ("%s  %s", code->code, code->label != NULL ? code->label : "");

      if (code->retired != DSP_YES &&
          (code->types == NULL || code->types[0] == NULL || g_strv_contains ((const char *const *) code->types, type)))
        g_strv_builder_add (builder, text);
    }
  list = g_strv_builder_end (builder);
  qsort (list, g_strv_length (list), sizeof *list, compare_texts);
  g_hash_table_insert (gather->solutions, g_strdup (type), list);
  return list;
}

static char *
equipment_words (Gather     *gather,
                 const char *line)
{
  DspEquipmentAction action;
  g_autofree char *model = NULL, *serial = NULL;

  if (!dsp_equipment_line_parse (line, &action, &model, &serial))
    return g_strdup (line);
  {
    const char *parts[] = { dsp_text_word (&DspEquipmentAction_words, action), model, serial };

    return join_words (" · ", parts, G_N_ELEMENTS (parts));
  }
}

/* ---- a crew ---- */

/* Day, places and arrivals are what the crew's card says. */
static Crew *
crew_of (Gather      *gather,
         const DspId *id)
{
  const DspCrew *record = dsp_office_get (gather->office, &dsp_crew, id);
  Crew *crew = g_hash_table_lookup (gather->crews, id);
  g_autofree gint64 *arrivals = NULL;
  const DspPlanStop *stops;
  const guint32 *rows;
  DspPlanClock clock;
  guint n;

  if (record == NULL || crew != NULL)
    return crew;
  crew = g_new0 (Crew, 1);
  crew->title = dsp_office_record_title (gather->office, &dsp_crew, record);
  crew->members = dsp_office_members (gather->office, id, dsp_text_local_day (g_get_real_time ()));
  crew->vehicle = g_strdup (record->vehicle);
  crew->visits = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  stops = dsp_office_get_stops (gather->office, id, &rows, &n);
  dsp_office_get_plan_clock (gather->office, &clock);
  arrivals = g_new0 (gint64, n + 1);
  dsp_plan_route (record, stops, MIN (n, MAX_ROUTE), &clock, arrivals);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *hour = i < MAX_ROUTE ? dsp_text_hour ((DspTime) { arrivals[i] }) : NULL;
      /* Translators: a visit's place in the crew's day, and when it is expected there: "3 of 8, about 11:40" */
      char *words = hour != NULL ? g_strdup_printf (_("%u of %u, about %s"), i + 1, n, hour)
                                 : g_strdup_printf (_("%u of %u"), i + 1, n);

      g_hash_table_insert (crew->visits, GUINT_TO_POINTER (rows[i]), words);
    }
  g_hash_table_insert (gather->crews, g_memdup2 (id, sizeof *id), crew);
  return crew;
}

/* ---- an order ---- */

static char *
slot_words (const DspOrder *order)
{
  g_autofree char *day = NULL, *from = NULL, *until = NULL;

  if (order->attention_at.us == 0)
    return NULL;
  from = dsp_text_time_full (order->attention_at);
  if (order->attention_until.us <= order->attention_at.us)
    return g_steal_pointer (&from);
  until = dsp_text_hour (order->attention_until);
  /* Translators: the booked slot: its beginning in full, then the hour of its end */
  return g_strdup_printf (_("%s, until %s"), from, until);
}

static char *
street_words (const DspOrder *order)
{
  g_autoptr(GString) street = g_string_new (order->street);

  if (order->exterior != NULL)
    g_string_append_printf (street, " %s", order->exterior);
  if (order->interior != NULL)
    /* Translators: the interior number of an address */
    g_string_append_printf (street, _(", int. %s"), order->interior);
  return g_string_free (g_steal_pointer (&street), FALSE);
}

static char *
place_words (const DspOrder *order)
{
  const char *parts[] = { order->neighbourhood, order->municipality, order->city, order->state };
  g_autofree char *places = NULL;
  const char *all[2];

  if (g_strcmp0 (order->city, order->state) == 0 || g_strcmp0 (order->city, order->municipality) == 0)
    parts[2] = NULL;
  places = join_words (", ", parts, G_N_ELEMENTS (parts));
  all[0] = order->postal_code;
  all[1] = places;
  return join_words (" ", all, G_N_ELEMENTS (all));
}

static void
add_type (Gather         *gather,
          DspPaperOrder  *sheet,
          const DspOrder *order)
{
  GPtrArray *types = (GPtrArray *) dsp_office_records (gather->office, &dsp_order_type);
  const DspOrderType *type = dsp_most_specific (&dsp_order_type, types, order->group, order->type, order->subtype, NULL, NULL);
  g_autoptr(GStrvBuilder) lines = g_strv_builder_new ();

  sheet->solutions = g_strdupv (solutions_of (gather, order->type != NULL ? order->type : ""));
  sheet->rejections = g_strdupv (gather->rejections);
  sheet->reschedules = g_strdupv (gather->reschedules);
  for (guint i = 0; order->equipment != NULL && order->equipment[i] != NULL; i++)
    {
      g_autofree char *words = equipment_words (gather, order->equipment[i]);

      g_strv_builder_add (lines, words);
    }
  sheet->equipment = g_strv_builder_end (lines);
  if (type == NULL)
    return;
  sheet->questions = g_strdupv (type->checklist);
  sheet->wants_equipment = type->equipment == DSP_YES;
  sheet->wants_position = type->position == DSP_YES;
  sheet->wants_signature = type->signature == DSP_YES;
  sheet->models = sheet->wants_equipment ? g_strdupv (gather->models) : NULL;
}

static DspPaperOrder *
sheet_of (Gather         *gather,
          const DspOrder *order)
{
  DspPaperOrder *sheet = g_new0 (DspPaperOrder, 1);
  DspId settings_id = dsp_office_settings_id ();
  const DspOfficeSettings *settings = dsp_office_get (gather->office, &dsp_office_settings, &settings_id);
  const char *types[] = { order->type, order->subtype };
  const Crew *crew = crew_of (gather, &order->crew_id);
  guint32 row = dsp_order_index_find (dsp_replica_get_index (dsp_office_get_replica (gather->office)), &order->id);

  sheet->office = g_strdup (settings != NULL ? settings->name : NULL);
  sheet->printed = g_strdup (gather->printed);
  sheet->number = g_strdup (order->number);
  sheet->type = join_words (" / ", types, G_N_ELEMENTS (types));
  sheet->group = g_strdup (order->group);
  sheet->status = g_strdup (dsp_text_word (&DspOrderStatus_words, order->status));
  sheet->priority = order->priority.is_set ? g_strdup_printf ("%d", (int) order->priority.value) : NULL;
  sheet->parent = g_strdup (order->parent);
  sheet->customer = g_strdup (order->contact_name);
  sheet->account = g_strdup (order->account);
  sheet->phone = g_strdup (order->phone);
  sheet->street = street_words (order);
  sheet->place = place_words (order);
  sheet->between = g_strdup (order->between);
  sheet->directions = g_strdup (order->directions);
  sheet->appointment = slot_words (order);
  sheet->created = dsp_text_time (order->created_at);
  sheet->penalty = dsp_text_time (order->penalty_at);
  sheet->distributor = dsp_office_title_of (gather->office, &dsp_distributor, &order->distributor_id);
  sheet->notes = g_strdup (order->description);
  if (crew != NULL)
    {
      sheet->crew = g_strdup (crew->title);
      sheet->members = g_strdup (crew->members);
      sheet->vehicle = g_strdup (crew->vehicle);
      sheet->visit = g_strdup (g_hash_table_lookup (crew->visits, GUINT_TO_POINTER (row)));
    }
  add_type (gather, sheet, order);
  return sheet;
}

static void
add_sheet (Gather      *gather,
           const DspId *id)
{
  const DspOrder *lent = dsp_replica_get_order (dsp_office_get_replica (gather->office), id);
  g_autoptr(DspOrder) order = lent != NULL ? dsp_order_dup (lent) : NULL;

  if (order != NULL)
    dsp_paper_document_add (gather->document, (DspPaperLayOutFunc) dsp_paper_order_lay_out, sheet_of (gather, order),
                            (GDestroyNotify) dsp_paper_order_free, NULL);
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
add_line (Gather      *gather,
          const DspId *id)
{
  const DspOrder *lent = dsp_replica_get_order (dsp_office_get_replica (gather->office), id);
  g_autoptr(DspOrder) order = lent != NULL ? dsp_order_dup (lent) : NULL;
  GStrv row;

  if (order == NULL)
    return;
  if (gather->table == NULL)
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
  row = g_new0 (char *, G_N_ELEMENTS (list_columns) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (list_columns); i++)
    row[i] = dsp_office_field_text (gather->office, dsp_table_at (&dsp_order.table, list_columns[i].offset), order);
  dsp_paper_table_take (gather->table, row);
  if (gather->table->rows->len == ROWS_A_PART)
    end_table (gather);
}

/* ---- in slices ---- */

static void
add_next (Gather *gather)
{
  const DspId *id = &gather->request->ids[gather->next++];

  switch (gather->request->what)
    {
    case DSP_PAPER_SHEETS:
      add_sheet (gather, id);
      break;
    case DSP_PAPER_LIST:
      add_line (gather, id);
      break;
    case DSP_N_PAPERS:
    default:
      g_assert_not_reached ();
    }
}

/* The document's own words, before there are any pages. */
static DspPaperDocument *
make_document (Gather *gather)
{
  DspPaperDocument *document;
  g_autofree char *foot = NULL;

  if (gather->request->what == DSP_PAPER_SHEETS)
    return dsp_paper_document_new (_("Work order sheets"));
  document = dsp_paper_document_new (_("Orders"));
  foot = g_strdup_printf (ngettext ("%'u order · %s", "%'u orders · %s", gather->request->n_ids), gather->request->n_ids, gather->printed);
  dsp_paper_document_set_foot (document, foot);
  dsp_paper_document_set_landscape (document, TRUE);
  return document;
}

static void
tell (Gather *gather)
{
  gint64 now = g_get_monotonic_time ();

  if (gather->progress == NULL || now - gather->told_us < 100 * 1000)
    return;
  gather->told_us = now;
  gather->progress ((double) gather->next / MAX (gather->request->n_ids, 1), gather->progress_data);
}

static gboolean
gather_slice (gpointer user_data)
{
  GTask *task = user_data;
  Gather *gather = g_task_get_task_data (task);
  gint64 until = g_get_monotonic_time () + SLICE_US;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  while (gather->next < gather->request->n_ids && g_get_monotonic_time () < until)
    add_next (gather);
  tell (gather);
  if (gather->next < gather->request->n_ids)
    return G_SOURCE_CONTINUE;
  end_table (gather);
  g_task_return_pointer (task, g_steal_pointer (&gather->document), (GDestroyNotify) dsp_paper_document_unref);
  return G_SOURCE_REMOVE;
}

static char *
printed_words (DspOffice *office)
{
  const char *user = dsp_replica_get_full_name (dsp_office_get_replica (office));
  g_autofree char *now = dsp_text_time_full ((DspTime) { g_get_real_time () });

  if (user == NULL)
    user = dsp_replica_get_user_name (dsp_office_get_replica (office));
  /* Translators: at the foot of a sheet: when it was printed, and by whom */
  return user != NULL ? g_strdup_printf (_("Printed %s by %s"), now, user) : g_strdup_printf (_("Printed %s"), now);
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

  gather->request = dsp_paper_request_new (request->what, request->ids, request->n_ids);
  gather->office = g_object_ref (office);
  gather->progress = progress;
  gather->progress_data = progress_data;
  gather->printed = printed_words (office);
  gather->document = make_document (gather);
  gather->models = models_of (office);
  gather->rejections = reasons_of (office, DSP_PROCESS_REJECT);
  gather->reschedules = reasons_of (office, DSP_PROCESS_RESCHEDULE);
  gather->solutions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  gather->crews = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, crew_free);
  g_task_set_source_tag (task, dsp_paper_gather_async);
  g_task_set_task_data (task, gather, gather_free);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, gather_slice, task, g_object_unref);
}

DspPaperDocument *
dsp_paper_gather_finish (GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
