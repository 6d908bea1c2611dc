/* dsp-roll-sheet.c: this morning's roll call of all crews, as lines that a list shows
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-roll-sheet"

#include "config.h"
#include "dsp-roll-sheet.h"

#include "dsp-text.h"

#include <string.h>

/* ---- a line ---- */

struct _DspRollLine
{
  GObject parent_instance;
  DspId   crew_id;
  DspId   technician_id; /* none: the crew's head */
};

G_DEFINE_FINAL_TYPE (DspRollLine, dsp_roll_line, G_TYPE_OBJECT)

static guint line_changed_signal;

static void
dsp_roll_line_class_init (DspRollLineClass *klass)
{
  line_changed_signal = g_signal_new ("changed", DSP_TYPE_ROLL_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_roll_line_init (DspRollLine *self)
{
}

/* ---- the sheet ---- */

struct _DspRollSheet
{
  GObject     parent_instance;

  DspOffice  *office; /* (owned) */
  DspDate     day;
  GPtrArray  *people; /* (owned): copies of the technicians, to which the crews' members point */
  GHashTable *crews;  /* (owned): crew id -> DspRollCrew */
  GListStore *lines;  /* (owned) of DspRollLine */
  char       *words;  /* (owned): of the search, folded */
};

G_DEFINE_FINAL_TYPE (DspRollSheet, dsp_roll_sheet, G_TYPE_OBJECT)

static guint sheet_changed_signal, refused_signal;

static void
crew_free (gpointer data)
{
  DspRollCrew *crew = data;

  g_array_unref (crew->members);
  g_free (crew->vehicle);
  g_free (crew->note);
  g_free (crew);
}

static void
free_technician (gpointer technician)
{
  dsp_technician_free (technician);
}

/* What the office lends may go with the next change; what somebody is in the middle of changing must not. */
static GPtrArray *
copy_technicians (DspRollSheet *self)
{
  const GPtrArray *technicians = dsp_office_records (self->office, &dsp_technician);
  GPtrArray *people = g_ptr_array_new_with_free_func (free_technician);

  for (guint i = 0; i < technicians->len; i++)
    g_ptr_array_add (people, dsp_technician_dup (technicians->pdata[i]));
  return people;
}

static const DspTechnician *
find_person (DspRollSheet *self,
             const DspId  *id)
{
  for (guint i = 0; i < self->people->len; i++)
    if (dsp_id_equal (&((const DspTechnician *) self->people->pdata[i])->id, id))
      return self->people->pdata[i];
  return NULL;
}

static GArray *
read_members (DspRollSheet      *self,
              const DspId       *crew_id,
              const DspRollCall *call)
{
  return dsp_crew_day_read (crew_id, self->day, dsp_office_records (self->office, &dsp_membership), self->people, call);
}

static void
read_crew (DspRollSheet *self,
           DspRollCrew  *crew)
{
  const DspRollCall *call = dsp_office_get_roll_call (self->office, &crew->crew_id);

  g_clear_pointer (&crew->members, g_array_unref);
  crew->members = read_members (self, &crew->crew_id, call);
  crew->called = call != NULL;
  crew->changed = false;
  g_free (crew->vehicle);
  g_free (crew->note);
  crew->vehicle = g_strdup (call != NULL ? call->vehicle : NULL);
  crew->note = g_strdup (call != NULL ? call->note : NULL);
}

/* What somebody is changing here stays; technicians that went go with their lines. */
static void
keep_changes (DspRollSheet *self,
              DspRollCrew  *crew)
{
  g_autoptr(GArray) fresh = read_members (self, &crew->crew_id, dsp_office_get_roll_call (self->office, &crew->crew_id));

  for (guint i = 0; i < fresh->len; i++)
    {
      DspCrewDayLine *line = &g_array_index (fresh, DspCrewDayLine, i);

      for (guint k = 0; k < crew->members->len; k++)
        {
          const DspCrewDayLine *old = &g_array_index (crew->members, DspCrewDayLine, k);

          if (!dsp_id_equal (&old->technician->id, &line->technician->id))
            continue;
          line->state = old->state;
          line->stand_in = old->stand_in != NULL ? find_person (self, &old->stand_in->id) : NULL;
          if (line->state == DSP_ROLL_REPLACED && line->stand_in == NULL)
            line->state = DSP_ROLL_ABSENT;
        }
    }
  g_array_unref (crew->members);
  crew->members = g_steal_pointer (&fresh);
}

static gboolean
is_found (DspRollSheet      *self,
          const DspCrew     *crew,
          const DspRollCrew *sheet)
{
  g_autofree char *title = dsp_office_record_title (self->office, &dsp_crew, crew);
  g_autofree char *names = dsp_crew_day_names (sheet->members);
  g_autofree char *all = g_strconcat (title, " ", names, NULL);
  g_autofree char *folded = dsp_fold (all);

  return self->words == NULL || strstr (folded, self->words) != NULL;
}

static void
add_line (GPtrArray   *lines,
          const DspId *crew_id,
          const DspId *technician_id)
{
  DspRollLine *line = g_object_new (DSP_TYPE_ROLL_LINE, NULL);

  line->crew_id = *crew_id;
  line->technician_id = technician_id != NULL ? *technician_id : dsp_id_none;
  g_ptr_array_add (lines, line);
}

/* The lines as they should be; if they are so already, only what they show is new. */
static void
show_lines (DspRollSheet *self)
{
  const GPtrArray *crews = dsp_office_records (self->office, &dsp_crew);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->lines)), same = 0;

  for (guint i = 0; i < crews->len; i++)
    {
      const DspCrew *crew = crews->pdata[i];
      const DspRollCrew *sheet = g_hash_table_lookup (self->crews, &crew->id);

      if (sheet == NULL || sheet->members->len == 0 || !is_found (self, crew, sheet))
        continue;
      add_line (lines, &crew->id, NULL);
      for (guint k = 0; k < sheet->members->len; k++)
        add_line (lines, &crew->id, &g_array_index (sheet->members, DspCrewDayLine, k).technician->id);
    }
  for (; same < n && same < lines->len; same++)
    {
      g_autoptr(DspRollLine) old = g_list_model_get_item (G_LIST_MODEL (self->lines), same);
      DspRollLine *line = lines->pdata[same];

      if (!dsp_id_equal (&old->crew_id, &line->crew_id) || !dsp_id_equal (&old->technician_id, &line->technician_id))
        break;
      g_signal_emit (old, line_changed_signal, 0);
    }
  if (same < n || same < lines->len)
    g_list_store_splice (self->lines, same, n - same, lines->pdata + same, lines->len - same);
  g_signal_emit (self, sheet_changed_signal, 0);
}

static void
read_all (DspRollSheet *self)
{
  const GPtrArray *crews = dsp_office_records (self->office, &dsp_crew);
  const DspActor *actor = dsp_replica_get_actor (dsp_office_get_replica (self->office));
  g_autoptr(GPtrArray) people = g_steal_pointer (&self->people);
  g_autoptr(GHashTable) before = g_steal_pointer (&self->crews);

  self->people = copy_technicians (self);
  self->crews = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, crew_free);
  self->day = dsp_text_local_day (g_get_real_time ());
  for (guint i = 0; i < crews->len; i++)
    {
      const DspCrew *crew = crews->pdata[i];
      gpointer old = NULL;
      DspRollCrew *sheet;

      if (crew->retired == DSP_YES || actor == NULL ||
          dsp_authz (actor, dsp_command_number (&dsp_roll_call_put), &crew->scope, g_get_real_time ()) != DSP_AUTHZ_ALLOW)
        continue;
      if (before != NULL && g_hash_table_steal_extended (before, &crew->id, NULL, &old) && ((DspRollCrew *) old)->changed)
        {
          sheet = old;
          keep_changes (self, sheet);
        }
      else
        {
          sheet = old != NULL ? old : g_new0 (DspRollCrew, 1);
          sheet->crew_id = crew->id;
          read_crew (self, sheet);
        }
      g_hash_table_insert (self->crews, &sheet->crew_id, sheet);
    }
  show_lines (self);
}

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspRollSheet    *self)
{
  if (entity == NULL || entity == &dsp_crew || entity == &dsp_technician || entity == &dsp_membership || entity == &dsp_roll_call)
    read_all (self);
}

/* ---- looking ---- */

static DspRollCrew *
crew_of (DspRollSheet *self,
         DspRollLine  *line)
{
  return g_hash_table_lookup (self->crews, &line->crew_id);
}

static DspCrewDayLine *
member_of (DspRollSheet *self,
           DspRollLine  *line)
{
  DspRollCrew *crew = crew_of (self, line);

  for (guint i = 0; crew != NULL && !dsp_id_is_none (&line->technician_id) && i < crew->members->len; i++)
    if (dsp_id_equal (&g_array_index (crew->members, DspCrewDayLine, i).technician->id, &line->technician_id))
      return &g_array_index (crew->members, DspCrewDayLine, i);
  return NULL;
}

const DspRollCrew *
dsp_roll_sheet_get_crew (DspRollSheet *self,
                         DspRollLine  *line)
{
  return crew_of (self, line);
}

const DspCrewDayLine *
dsp_roll_sheet_get_member (DspRollSheet *self,
                           DspRollLine  *line)
{
  return member_of (self, line);
}

GListModel *
dsp_roll_sheet_get_lines (DspRollSheet *self)
{
  return G_LIST_MODEL (self->lines);
}

void
dsp_roll_sheet_get_counts (DspRollSheet  *self,
                           DspRollCounts *counts)
{
  GHashTableIter iter;
  gpointer value;

  *counts = (DspRollCounts) { 0 };
  g_hash_table_iter_init (&iter, self->crews);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspRollCrew *crew = value;

      counts->n_empty += crew->members->len == 0;
      if (crew->members->len == 0)
        continue;
      counts->n_crews++;
      counts->n_called += crew->called;
      counts->n_changed += crew->changed;
      for (guint i = 0; i < crew->members->len; i++)
        {
          counts->n_absent += g_array_index (crew->members, DspCrewDayLine, i).state == DSP_ROLL_ABSENT;
          counts->n_replaced += g_array_index (crew->members, DspCrewDayLine, i).state == DSP_ROLL_REPLACED;
        }
    }
}

void
dsp_roll_sheet_search (DspRollSheet *self,
                       const char   *text)
{
  g_clear_pointer (&self->words, g_free);
  if (*text != '\0')
    self->words = dsp_fold (text);
  show_lines (self);
}

/* Nobody works in two crews, and who stayed away from his own is no help: only who was not called anywhere is. */
static gboolean
is_taken (DspRollSheet        *self,
          const DspId         *crew_id,
          const DspTechnician *technician)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->crews);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspRollCrew *crew = value;

      for (guint i = 0; i < crew->members->len; i++)
        {
          const DspCrewDayLine *member = &g_array_index (crew->members, DspCrewDayLine, i);
          bool same = dsp_id_equal (&member->technician->id, &technician->id);

          if (member->stand_in != NULL && dsp_id_equal (&member->stand_in->id, &technician->id))
            return TRUE;
          if (same && (dsp_id_equal (&crew->crew_id, crew_id) || crew->called || crew->changed))
            return TRUE;
        }
    }
  return FALSE;
}

GPtrArray *
dsp_roll_sheet_list_stand_ins (DspRollSheet *self,
                               DspRollLine  *line)
{
  const DspCrew *crew = dsp_office_get (self->office, &dsp_crew, &line->crew_id);
  const DspCrewDayLine *member = member_of (self, line);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; crew != NULL && i < self->people->len; i++)
    {
      const DspTechnician *technician = self->people->pdata[i];

      if (technician->retired == DSP_YES || !dsp_id_equal (&technician->distributor_id, &crew->distributor_id))
        continue;
      if ((member != NULL && member->stand_in == technician) || !is_taken (self, &crew->id, technician))
        g_ptr_array_add (list, (gpointer) technician);
    }
  return list;
}

/* ---- changing ---- */

static void
touch (DspRollSheet *self,
       DspRollCrew  *crew)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->lines));

  crew->changed = true;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(DspRollLine) line = g_list_model_get_item (G_LIST_MODEL (self->lines), i);

      if (dsp_id_equal (&line->crew_id, &crew->crew_id))
        g_signal_emit (line, line_changed_signal, 0);
    }
  g_signal_emit (self, sheet_changed_signal, 0);
}

static void
set_state (DspCrewDayLine *member,
           bool            came)
{
  member->stand_in = NULL;
  if (member->state != DSP_ROLL_GUEST)
    member->state = came ? DSP_ROLL_PRESENT : DSP_ROLL_ABSENT;
}

static bool
is_away (const DspCrewDayLine *member)
{
  return member->state == DSP_ROLL_ABSENT || member->state == DSP_ROLL_REPLACED;
}

/* Who stands in elsewhere is missing in his own crew; who no longer does has come there. */
static void
lend (DspRollSheet        *self,
      const DspTechnician *technician,
      bool                 away)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->crews);
  while (technician != NULL && g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspRollCrew *crew = value;

      for (guint i = 0; i < crew->members->len; i++)
        {
          DspCrewDayLine *member = &g_array_index (crew->members, DspCrewDayLine, i);

          if (!dsp_id_equal (&member->technician->id, &technician->id) || member->state == DSP_ROLL_GUEST)
            continue;
          set_state (member, !away);
          touch (self, crew);
        }
    }
}

void
dsp_roll_sheet_toggle (DspRollSheet *self,
                       DspRollLine  *line)
{
  DspRollCrew *crew = crew_of (self, line);
  DspCrewDayLine *member = member_of (self, line);
  bool came = member != NULL && is_away (member);

  if (crew == NULL)
    return;
  for (guint i = 0; member == NULL && i < crew->members->len; i++)
    came |= is_away (&g_array_index (crew->members, DspCrewDayLine, i));
  for (guint i = 0; i < crew->members->len; i++)
    {
      DspCrewDayLine *one = &g_array_index (crew->members, DspCrewDayLine, i);

      if (member != NULL && one != member)
        continue;
      lend (self, one->stand_in, false);
      set_state (one, came);
    }
  touch (self, crew);
}

void
dsp_roll_sheet_replace (DspRollSheet *self,
                        DspRollLine  *line,
                        const DspId  *technician_id)
{
  DspCrewDayLine *member = member_of (self, line);
  const DspTechnician *stand_in = find_person (self, technician_id);

  if (member == NULL || member->state == DSP_ROLL_GUEST || member->stand_in == stand_in)
    return;
  lend (self, member->stand_in, false);
  lend (self, stand_in, true);
  member->stand_in = stand_in;
  member->state = stand_in != NULL ? DSP_ROLL_REPLACED : DSP_ROLL_ABSENT;
  touch (self, crew_of (self, line));
}

static void
set_text (DspRollSheet *self,
          DspRollCrew  *crew,
          char        **text,
          const char   *to)
{
  g_autofree char *stripped = g_strstrip (g_strdup (to));

  if (crew == NULL || g_strcmp0 (*text != NULL ? *text : "", stripped) == 0)
    return;
  g_free (*text);
  *text = *stripped != '\0' ? g_steal_pointer (&stripped) : NULL;
  touch (self, crew);
}

void
dsp_roll_sheet_set_vehicle (DspRollSheet *self,
                            DspRollLine  *line,
                            const char   *vehicle)
{
  DspRollCrew *crew = crew_of (self, line);

  if (crew != NULL)
    set_text (self, crew, &crew->vehicle, vehicle);
}

void
dsp_roll_sheet_set_note (DspRollSheet *self,
                         DspRollLine  *line,
                         const char   *note)
{
  DspRollCrew *crew = crew_of (self, line);

  if (crew != NULL)
    set_text (self, crew, &crew->note, note);
}

/* ---- saving ---- */

typedef struct { DspRollSheet *sheet; DspId crew_id; } Saving;

static void
saved_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autofree Saving *saving = user_data;
  g_autoptr(DspRollSheet) self = saving->sheet;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  DspRollCrew *crew = g_hash_table_lookup (self->crews, &saving->crew_id);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);
  g_autofree char *title = NULL;

  if (sentence == NULL)
    return;
  /* It stays to be saved. */
  if (crew != NULL)
    touch (self, crew);
  title = dsp_office_title_of (self->office, &dsp_crew, &saving->crew_id);
  g_signal_emit (self, refused_signal, 0, title, sentence);
}

static void
save_crew (DspRollSheet *self,
           DspRollCrew  *crew)
{
  const DspTable *table = &dsp_roll_call.table;
  g_auto(GStrv) present = NULL, absent = NULL;
  DspRollCall call = { .crew_id = crew->crew_id, .day = self->day, .vehicle = crew->vehicle, .note = crew->note };
  DspId id = dsp_roll_call_id (&crew->crew_id, self->day);
  Saving *saving = g_new0 (Saving, 1);

  dsp_crew_day_write (crew->members, &present, &absent);
  call.present = present;
  call.absent = absent;
  saving->sheet = g_object_ref (self);
  saving->crew_id = crew->crew_id;
  crew->changed = false;
  dsp_replica_give_async (dsp_office_get_replica (self->office), &dsp_roll_call_put, &id, 1, &call,
                          dsp_table_bit (table, offsetof (DspRollCall, crew_id)) | dsp_table_bit (table, offsetof (DspRollCall, day)) |
                          dsp_table_bit (table, offsetof (DspRollCall, present)) | dsp_table_bit (table, offsetof (DspRollCall, absent)) |
                          dsp_table_bit (table, offsetof (DspRollCall, vehicle)) | dsp_table_bit (table, offsetof (DspRollCall, note)),
                          NULL, saved_cb, saving);
}

void
dsp_roll_sheet_save (DspRollSheet *self,
                     DspRollLine  *line)
{
  DspRollCrew *crew = crew_of (self, line);

  if (crew != NULL && (crew->changed || !crew->called))
    save_crew (self, crew);
}

void
dsp_roll_sheet_save_all (DspRollSheet *self,
                         gboolean      rest)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->crews);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspRollCrew *crew = value;

      if (crew->members->len > 0 && (crew->changed || (rest && !crew->called)))
        save_crew (self, crew);
    }
}

/* ---- object ---- */

static void
dsp_roll_sheet_dispose (GObject *object)
{
  DspRollSheet *self = DSP_ROLL_SHEET (object);

  g_clear_object (&self->office);
  g_clear_object (&self->lines);
  G_OBJECT_CLASS (dsp_roll_sheet_parent_class)->dispose (object);
}

static void
dsp_roll_sheet_finalize (GObject *object)
{
  DspRollSheet *self = DSP_ROLL_SHEET (object);

  g_clear_pointer (&self->crews, g_hash_table_unref);
  g_clear_pointer (&self->people, g_ptr_array_unref);
  g_free (self->words);
  G_OBJECT_CLASS (dsp_roll_sheet_parent_class)->finalize (object);
}

static void
dsp_roll_sheet_class_init (DspRollSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_roll_sheet_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_roll_sheet_finalize;
  sheet_changed_signal = g_signal_new ("changed", DSP_TYPE_ROLL_SHEET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  refused_signal = g_signal_new ("refused", DSP_TYPE_ROLL_SHEET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_STRING, G_TYPE_STRING);
}

static void
dsp_roll_sheet_init (DspRollSheet *self)
{
  self->lines = g_list_store_new (DSP_TYPE_ROLL_LINE);
}

DspRollSheet *
dsp_roll_sheet_new (DspOffice *office)
{
  DspRollSheet *self = g_object_new (DSP_TYPE_ROLL_SHEET, NULL);

  self->office = g_object_ref (office);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  read_all (self);
  return self;
}
