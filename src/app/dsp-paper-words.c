/* dsp-paper-words.c: orders and crews in the words that go on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper-words"

#include "config.h"
#include "dsp-paper-words.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

#define MAX_ROUTE 60 /* visits of a day over which arrivals are estimated */

/* ---- the office's words ---- */

char *
dsp_paper_join (const char        *separator,
                const char *const *parts,
                guint              n_parts)
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

/* @type: NULL for the codes of all types. */
static GStrv
solutions_of (DspOffice  *office,
              const char *type)
{
  const GPtrArray *codes = dsp_office_records (office, &dsp_solution_code);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  GStrv list;

  for (guint i = 0; i < codes->len; i++)
    {
      const DspSolutionCode *code = codes->pdata[i];
      g_autofree char *text = g_strdup_printf ("%s  %s", code->code, code->label != NULL ? code->label : "");

      if (code->retired != DSP_YES && (type == NULL || code->types == NULL || code->types[0] == NULL ||
                                       g_strv_contains ((const char *const *) code->types, type)))
        g_strv_builder_add (builder, text);
    }
  list = g_strv_builder_end (builder);
  qsort (list, g_strv_length (list), sizeof *list, compare_texts);
  return list;
}

/* (transfer none) */
static GStrv
solutions_of_type (DspPaperWords *words,
                   const char    *type)
{
  GStrv list = g_hash_table_lookup (words->of_type, type);

  if (list == NULL)
    {
      list = solutions_of (words->office, type);
      g_hash_table_insert (words->of_type, g_strdup (type), list);
    }
  return list;
}

static char *
equipment_words (const char *line)
{
  DspEquipmentAction action;
  g_autofree char *model = NULL, *serial = NULL;

  if (!dsp_equipment_line_parse (line, &action, &model, &serial))
    return g_strdup (line);
  {
    const char *parts[] = { dsp_text_word (&DspEquipmentAction_words, action), model, serial };

    return dsp_paper_join (" · ", parts, G_N_ELEMENTS (parts));
  }
}

/* ---- a crew ---- */

static void
crew_free (gpointer data)
{
  DspPaperCrew *crew = data;

  dsp_crew_free (crew->record);
  g_free (crew->title);
  g_free (crew->members);
  g_free (crew->people);
  g_free (crew->rows);
  g_free (crew->arrivals);
  g_free (crew);
}

/* Day, places and arrivals are what the crew's card says. */
const DspPaperCrew *
dsp_paper_words_crew (DspPaperWords *words,
                      const DspId   *id)
{
  const DspCrew *record = dsp_office_get (words->office, &dsp_crew, id);
  DspPaperCrew *crew = g_hash_table_lookup (words->crews, id);
  const char *people[3];
  const DspPlanStop *stops;
  const guint32 *rows;
  DspPlanClock clock;

  if (record == NULL || crew != NULL)
    return crew;
  crew = g_new0 (DspPaperCrew, 1);
  crew->record = dsp_crew_dup (record);
  crew->title = dsp_office_record_title (words->office, &dsp_crew, record);
  crew->members = dsp_office_members (words->office, id, dsp_text_local_day (g_get_real_time ()));
  people[0] = crew->members;
  people[1] = record->vehicle;
  people[2] = record->phone;
  crew->people = dsp_paper_join (" · ", people, G_N_ELEMENTS (people));
  stops = dsp_office_get_stops (words->office, id, &rows, &crew->n_stops);
  dsp_office_get_plan_clock (words->office, &clock);
  crew->rows = g_memdup2 (rows, crew->n_stops * sizeof *rows);
  crew->arrivals = g_new0 (gint64, crew->n_stops + 1);
  crew->km = dsp_plan_route (record, stops, MIN (crew->n_stops, MAX_ROUTE), &clock, crew->arrivals);
  g_hash_table_insert (words->crews, g_memdup2 (id, sizeof *id), crew);
  return crew;
}

/* ---- an order ---- */

/* In a list days stand under each other; here nothing does. */
static char *
time_words (DspTime time)
{
  return g_strstrip (dsp_text_time (time));
}

/* Its place in the crew's day. */
static char *
planned_words (DspPaperWords      *words,
               const DspPaperCrew *crew,
               const DspOrder     *order)
{
  guint32 row = dsp_order_index_find (dsp_replica_get_index (dsp_office_get_replica (words->office)), &order->id);

  for (guint i = 0; i < crew->n_stops; i++)
    if (crew->rows[i] == row)
      {
        g_autofree char *hour = crew->arrivals[i] != 0 ? dsp_text_hour ((DspTime) { crew->arrivals[i] }) : NULL;

        /* Translators: a visit's place in the crew's day, and when it is expected there: "3 of 8, about 11:40" */
        return hour != NULL ? g_strdup_printf (_("%u of %u, about %s"), i + 1, crew->n_stops, hour)
                            : g_strdup_printf (_("%u of %u"), i + 1, crew->n_stops);
      }
  return NULL;
}

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
  places = dsp_paper_join (", ", parts, G_N_ELEMENTS (parts));
  all[0] = order->postal_code;
  all[1] = places;
  return dsp_paper_join (" ", all, G_N_ELEMENTS (all));
}

static const DspOrderType *
type_of (DspPaperWords  *words,
         const DspOrder *order)
{
  GPtrArray *types = (GPtrArray *) dsp_office_records (words->office, &dsp_order_type);

  return dsp_most_specific (&dsp_order_type, types, order->group, order->type, order->subtype, NULL, NULL);
}

static char *
type_words (const DspOrder *order)
{
  const char *parts[] = { order->type, order->subtype };

  return dsp_paper_join (" / ", parts, G_N_ELEMENTS (parts));
}

static void
add_type (DspPaperWords  *words,
          DspPaperOrder  *sheet,
          const DspOrder *order)
{
  const DspOrderType *type = type_of (words, order);
  g_autoptr(GStrvBuilder) lines = g_strv_builder_new ();

  sheet->solutions = g_strdupv (solutions_of_type (words, order->type != NULL ? order->type : ""));
  sheet->rejections = g_strdupv (words->rejections);
  sheet->reschedules = g_strdupv (words->reschedules);
  for (guint i = 0; order->equipment != NULL && order->equipment[i] != NULL; i++)
    {
      g_autofree char *line = equipment_words (order->equipment[i]);

      g_strv_builder_add (lines, line);
    }
  sheet->equipment = g_strv_builder_end (lines);
  if (type == NULL)
    return;
  sheet->questions = g_strdupv (type->checklist);
  sheet->wants_equipment = type->equipment == DSP_YES;
  sheet->wants_position = type->position == DSP_YES;
  sheet->wants_signature = type->signature == DSP_YES;
  sheet->models = sheet->wants_equipment ? g_strdupv (words->models) : NULL;
}

DspPaperOrder *
dsp_paper_words_order (DspPaperWords  *words,
                       const DspOrder *order)
{
  DspPaperOrder *sheet = dsp_paper_order_new ();
  const DspPaperCrew *crew = dsp_paper_words_crew (words, &order->crew_id);

  sheet->office = g_strdup (words->office_name);
  sheet->printed = g_strdup (words->printed);
  sheet->number = g_strdup (order->number);
  sheet->type = type_words (order);
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
  sheet->created = time_words (order->created_at);
  sheet->penalty = time_words (order->penalty_at);
  sheet->distributor = dsp_office_title_of (words->office, &dsp_distributor, &order->distributor_id);
  sheet->notes = g_strdup (order->description);
  if (crew != NULL)
    {
      sheet->crew = g_strdup (crew->title);
      sheet->members = g_strdup (crew->members);
      sheet->vehicle = g_strdup (crew->record->vehicle);
      sheet->visit = planned_words (words, crew, order);
    }
  add_type (words, sheet, order);
  return sheet;
}

/* ---- a visit ---- */

/* "28 Nov 10:00–14:00", or when the crew will be there. */
static char *
when_words (const DspOrder *order,
            gint64          arrival_us)
{
  g_autofree char *from = NULL, *until = NULL, *arrival = arrival_us != 0 ? dsp_text_hour ((DspTime) { arrival_us }) : NULL;
  g_autofree char *slot = NULL, *about = NULL;

  if (order->attention_at.us != 0)
    {
      from = time_words (order->attention_at);
      until = order->attention_until.us > order->attention_at.us ? dsp_text_hour (order->attention_until) : NULL;
      slot = until != NULL ? g_strdup_printf ("%s–%s", from, until) : g_strdup (from);
    }
  /* Translators: an hour at which a crew is expected */
  about = arrival != NULL ? g_strdup_printf (_("about %s"), arrival) : NULL;
  {
    const char *parts[] = { slot, about };

    return dsp_paper_join (", ", parts, G_N_ELEMENTS (parts));
  }
}

DspPaperVisit *
dsp_paper_words_visit (DspPaperWords  *words,
                       const DspOrder *order,
                       guint           number,
                       gint64          arrival_us)
{
  DspPaperVisit *visit = g_new0 (DspPaperVisit, 1);
  const DspOrderType *type = type_of (words, order);
  g_autofree char *street = street_words (order), *place = place_words (order);
  g_autofree char *penalty = order->penalty_at.us != 0 ? time_words (order->penalty_at) : NULL;
  /* Translators: the account of a customer */
  g_autofree char *account = order->account != NULL ? g_strdup_printf (_("account %s"), order->account) : NULL;
  const char *customer[] = { order->contact_name, account };
  const char *address[] = { street, order->between, place, order->directions };

  visit->sequence = g_strdup_printf ("%u", number);
  visit->when = when_words (order, arrival_us);
  visit->number = g_strdup (order->number);
  visit->type = type_words (order);
  visit->customer = dsp_paper_join (", ", customer, G_N_ELEMENTS (customer));
  visit->phone = g_strdup (order->phone);
  visit->address = dsp_paper_join (" · ", address, G_N_ELEMENTS (address));
  /* Translators: a penalty date */
  visit->penalty = penalty != NULL ? g_strdup_printf (_("penalty %s"), penalty) : NULL;
  visit->notes = g_strdup (order->description);
  visit->questions = type != NULL ? g_strdupv (type->checklist) : NULL;
  visit->wants_equipment = type != NULL && type->equipment == DSP_YES;
  visit->wants_position = type != NULL && type->position == DSP_YES;
  return visit;
}

/* ---- all of it ---- */

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

DspPaperWords *
dsp_paper_words_new (DspOffice *office)
{
  DspPaperWords *words = g_new0 (DspPaperWords, 1);
  DspId id = dsp_office_settings_id ();
  const DspOfficeSettings *settings = dsp_office_get (office, &dsp_office_settings, &id);

  words->office = g_object_ref (office);
  words->office_name = g_strdup (settings != NULL ? settings->name : NULL);
  words->printed = printed_words (office);
  words->models = models_of (office);
  words->rejections = reasons_of (office, DSP_PROCESS_REJECT);
  words->reschedules = reasons_of (office, DSP_PROCESS_RESCHEDULE);
  words->solutions = solutions_of (office, NULL);
  words->of_type = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
  words->crews = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, crew_free);
  return words;
}

void
dsp_paper_words_free (DspPaperWords *words)
{
  GStrv lists[] = { words->models, words->rejections, words->reschedules, words->solutions };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_strfreev (lists[i]);
  g_hash_table_unref (words->of_type);
  g_hash_table_unref (words->crews);
  g_free (words->office_name);
  g_free (words->printed);
  g_object_unref (words->office);
  g_free (words);
}
