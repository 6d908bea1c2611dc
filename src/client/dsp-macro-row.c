/* dsp-macro-row.c: what a row of a workbook that comes back would do
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing is judged here by the rules of the office; here cells are understood. What cannot be understood is refused by its cell.
 */
#define G_LOG_DOMAIN "dsp-macro"

#include "config.h"
#include "dsp-macro-row.h"

#include "dsp-filter.h"
#include "dsp-table.h"
#include "dsp-wall-time.h"
#include "dsp-xlsx-write.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DAY_S 86400

/* ---- cells ---- */

const DspXlsxCell *
dsp_macro_row_cell (DspMacroReading *self,
                    guint            column)
{
  static const DspXlsxCell none = { .kind = DSP_XLSX_CELL_EMPTY, .text = "" };
  int place = self->in->place[column];

  return place >= 0 && (guint) place < self->n_cells ? &self->cells[place] : &none;
}

/* Without blanks around it. */
char *
dsp_macro_row_text (DspMacroReading *self,
                    guint            column)
{
  return g_strstrip (g_strdup (dsp_macro_row_cell (self, column)->text));
}

void
dsp_macro_row_refuse (DspMacroReading *self,
                      const char      *format,
                      ...)
{
  va_list args;

  if (self->row->reason != NULL)
    return;
  va_start (args, format);
  self->row->reason = g_strdup_vprintf (format, args);
  va_end (args);
  self->row->state = DSP_MACRO_REFUSED;
}

void
dsp_macro_row_refuse_cell (DspMacroReading *self,
                           guint            column,
                           const char      *why)
{
  g_autofree char *cell = dsp_xlsx_dup_cell_name (self->line - 1, (guint) MAX (self->in->place[column], 0));

  /* Translators: cell, heading of its column, what is wrong */
  dsp_macro_row_refuse (self, _("Cell %s (%s): %s"), cell, _(dsp_macro_column (column)->label), why);
}

bool
dsp_macro_same_text (const char *a,
                     const char *b)
{
  g_autofree char *one = dsp_fold (a), *other = dsp_fold (b);

  return g_str_equal (g_strstrip (one), g_strstrip (other));
}

/* By its label or its word; 0 for "", -1 for none of them. */
static int
word_of (const DspWords *words,
         const char     *text)
{
  if (*text == '\0')
    return 0;
  for (guint i = 1; i < words->n; i++)
    if (words->list[i].name != NULL && (dsp_macro_same_text (_(words->list[i].label), text) || dsp_macro_same_text (words->list[i].name, text)))
      return (int) i;
  return -1;
}

static DspYesNo
yes_no_of (DspMacroReading *self,
           guint            column)
{
  const DspXlsxCell *cell = dsp_macro_row_cell (self, column);
  g_autofree char *text = dsp_macro_row_text (self, column);

  if (*text == '\0')
    return DSP_UNSAID;
  if (cell->kind == DSP_XLSX_CELL_YES_NO)
    return cell->number != 0 ? DSP_YES : DSP_NO;
  if (dsp_macro_same_text (text, dsp_macro_yes_no (DSP_YES)) || dsp_macro_same_text (text, "yes"))
    return DSP_YES;
  if (dsp_macro_same_text (text, dsp_macro_yes_no (DSP_NO)) || dsp_macro_same_text (text, "no"))
    return DSP_NO;
  dsp_macro_row_refuse_cell (self, column, _("it takes yes or no"));
  return DSP_UNSAID;
}

/* ---- times ---- */

/* An instant of the office's clock, in whole minutes. @before: whose time of the day holds where only a day is given. */
static DspTime
time_of (DspMacroReading *self,
         guint            column,
         DspTime          before)
{
  static const char *const forms[] = { "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M",
                                       "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y" };
  const DspXlsxCell *cell = dsp_macro_row_cell (self, column);
  g_autofree char *text = dsp_macro_row_text (self, column), *why = NULL;
  DspWallTime wall = { 0 };
  gboolean is_day = FALSE, found = cell->kind == DSP_XLSX_CELL_TIME;

  if (*text == '\0')
    return (DspTime) { 0 };
  if (found)
    {
      wall.us = cell->wall_s * G_TIME_SPAN_SECOND;
      is_day = cell->wall_s % DAY_S == 0;
    }
  for (guint i = 0; cell->kind == DSP_XLSX_CELL_TEXT && !found && i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *fault = NULL;

      found = dsp_wall_time_read (text, forms[i], self->in->office->zone, &wall, &fault);
      is_day = found && strstr (forms[i], "%H") == NULL;
    }
  if (!found)
    {
      why = g_strdup_printf (_("“%s” is no date that can be read: write it as 2026-11-30 16:00"), text);
      dsp_macro_row_refuse_cell (self, column, why);
      return (DspTime) { 0 };
    }
  if (is_day && before.us != 0)
    {
      g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (before.us / G_TIME_SPAN_SECOND);
      g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, self->in->office->zone);

      wall.us += (g_date_time_get_hour (local) * 60 + g_date_time_get_minute (local)) * G_TIME_SPAN_MINUTE;
    }
  return dsp_wall_time_to_utc (wall, self->in->office->zone);
}

/* ---- commands ---- */

static gpointer
add_step (DspMacroReading  *self,
          const DspCommand *command,
          const char       *from,
          const char       *to)
{
  DspGift *gift = &self->row->gift;
  gpointer args;

  if (gift->n_steps == DSP_GIFT_STEPS)
    {
      dsp_macro_row_refuse (self, "%s", _("More changes in one row than can be made at once"));
      return NULL;
    }
  args = g_malloc0 (command->args->size);
  gift->steps[gift->n_steps++] = (DspGiftStep) { command, args, 0 };
  g_string_append_printf (self->what, "%s%s", self->what->len > 0 ? " · " : "", _(command->label));
  if (from != NULL && *from != '\0' && to != NULL && *to != '\0')
    g_string_append_printf (self->what, ": %s → %s", from, to);
  else if (to != NULL && *to != '\0')
    g_string_append_printf (self->what, ": %s", to);
  return args;
}

/* What is not none was given. */
static void
seal (DspMacroReading *self)
{
  DspGift *gift = &self->row->gift;

  for (guint i = 0; i < gift->n_steps; i++)
    {
      const DspTable *table = gift->steps[i].command->args;

      for (guint j = 0; j < table->n_fields; j++)
        if (!dsp_field_is_none (&table->fields[j], gift->steps[i].args))
          gift->steps[i].given |= G_GUINT64_CONSTANT (1) << j;
    }
}

/* A reason of the catalogue by title, code or label: its code, (transfer full) (nullable). */
static char *
reason_of (DspMacroReading *self,
           DspProcess       process)
{
  g_autofree char *text = dsp_macro_row_text (self, DSP_MACRO_REASON), *why = NULL;

  if (*text == '\0')
    return NULL;
  for (guint i = 0; i < self->in->office->reasons->len; i++)
    {
      const DspMacroReason *reason = self->in->office->reasons->pdata[i];
      const char *label = strstr (reason->title, ": ");

      if (reason->process == process
          && (dsp_macro_same_text (reason->title, text) || dsp_macro_same_text (reason->code, text) || (label != NULL && dsp_macro_same_text (label + 2, text))))
        return g_strdup (reason->code);
    }
  why = g_strdup_printf (_("“%s” is no reason for this change"), text);
  dsp_macro_row_refuse_cell (self, DSP_MACRO_REASON, why);
  return NULL;
}

static char *
note_of (DspMacroReading *self)
{
  g_autofree char *text = dsp_macro_row_text (self, DSP_MACRO_NOTE);

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/* What the three columns were when the file was made; of a file without it, what the order is now. */
const char *
dsp_macro_row_was (DspMacroReading *self,
                   guint            i)
{
  return self->was[i];
}

void
dsp_macro_row_take_was (DspMacroReading *self)
{
  g_autofree char *text = dsp_macro_row_text (self, DSP_MACRO_WAS), *now = NULL;
  char *attention = strrchr (text, '|'), *status;

  if (attention == NULL)
    {
      now = dsp_macro_was (self->in->office, self->order);
      g_free (text);
      text = g_steal_pointer (&now);
      attention = strrchr (text, '|');
    }
  *attention++ = '\0';
  status = strrchr (text, '|');
  if (status != NULL)
    *status++ = '\0';
  self->was = g_new0 (char *, 4);
  self->was[0] = g_strdup (text);
  self->was[1] = g_strdup (status != NULL ? status : "");
  self->was[2] = g_strdup (attention);
}

typedef struct {
  bool    crew_changed, attention_changed;
  DspId   crew_id;       /* none: taken away */
  char   *crew;          /* (owned): as the cell says */
  int     status;        /* changed to; 0: unchanged */
  DspTime attention_at;
} Wanted;

static void
want_crew (DspMacroReading *self,
           Wanted          *wanted)
{
  g_autofree char *why = NULL, *folded = NULL;
  const DspMacroName *name;

  wanted->crew = dsp_macro_row_text (self, DSP_MACRO_CREW);
  wanted->crew_changed = self->in->place[DSP_MACRO_CREW] >= 0 && !dsp_macro_same_text (wanted->crew, dsp_macro_row_was (self, 0));
  if (!wanted->crew_changed || *wanted->crew == '\0')
    return;
  folded = g_strstrip (dsp_fold (wanted->crew));
  name = g_hash_table_lookup (self->in->office->crew_by_text, folded);
  if (name != NULL)
    {
      wanted->crew_id = name->id;
      g_free (wanted->crew);
      wanted->crew = g_strdup (name->title); /* whatever part of it was typed */
    }
  else
    {
      why = g_strdup_printf (g_hash_table_contains (self->in->office->crew_by_text, folded)
                             ? _("several crews are called “%s”: write the code") : _("there is no crew “%s”, or it is not yours to see"), wanted->crew);
      dsp_macro_row_refuse_cell (self, DSP_MACRO_CREW, why);
    }
}

static void
want_status (DspMacroReading *self,
             Wanted          *wanted)
{
  g_autofree char *text = dsp_macro_row_text (self, DSP_MACRO_STATUS), *why = NULL;
  int status = word_of (&DspOrderStatus_words, text);

  if (self->in->place[DSP_MACRO_STATUS] < 0)
    return;
  if (status < 0)
    {
      why = g_strdup_printf (_("there is no status “%s”"), text);
      dsp_macro_row_refuse_cell (self, DSP_MACRO_STATUS, why);
    }
  else if (status == 0 || !g_str_equal (DspOrderStatus_words.list[status].name, dsp_macro_row_was (self, 1)))
    wanted->status = status;
  if (status == 0)
    dsp_macro_row_refuse_cell (self, DSP_MACRO_STATUS, _("a status cannot be taken away"));
}

static void
want_attention (DspMacroReading *self,
                Wanted          *wanted)
{
  g_autofree char *text = NULL;

  if (self->in->place[DSP_MACRO_ATTENTION] < 0)
    return;
  wanted->attention_at = time_of (self, DSP_MACRO_ATTENTION, self->order->attention_at);
  text = dsp_macro_time_text (self->in->office, wanted->attention_at);
  wanted->attention_changed = !g_str_equal (text, dsp_macro_row_was (self, 2));
  if (wanted->attention_changed && wanted->attention_at.us == 0)
    dsp_macro_row_refuse_cell (self, DSP_MACRO_ATTENTION, _("an appointment cannot be taken away: give another one"));
}

static void
plan_reschedule (DspMacroReading *self,
                 const Wanted    *wanted)
{
  g_autofree char *to = dsp_macro_time_text (self->in->office, wanted->attention_at), *asked = dsp_macro_row_text (self, DSP_MACRO_ASKED_BY);
  DspReschedule *args = add_step (self, &dsp_order_reschedule, dsp_macro_row_was (self, 2), to);
  int asked_by = word_of (&DspAskedBy_words, asked);

  if (args == NULL)
    return;
  args->attention_at = wanted->attention_at;
  if (self->order->attention_until.us > self->order->attention_at.us && self->order->attention_at.us != 0)
    args->attention_until.us = wanted->attention_at.us + (self->order->attention_until.us - self->order->attention_at.us);
  args->reason = reason_of (self, DSP_PROCESS_RESCHEDULE);
  if (asked_by < 0)
    dsp_macro_row_refuse_cell (self, DSP_MACRO_ASKED_BY, _("choose one of the list"));
  args->asked_by = asked_by > 0 ? (DspAskedBy) asked_by : DSP_ASKED_BY_COMPANY;
  if (!dsp_id_is_none (&self->order->crew_id))
    args->keep_crew = wanted->crew_changed ? DSP_NO : DSP_YES;
  args->note = note_of (self);
}

/* @free: the order has no crew when this is given. */
static void
plan_crew (DspMacroReading *self,
           const Wanted    *wanted,
           bool             is_free)
{
  g_autofree char *note = self->row->gift.n_steps == 0 ? note_of (self) : NULL;

  if (dsp_id_is_none (&wanted->crew_id))
    {
      DspUnassign *args = is_free ? NULL : add_step (self, &dsp_order_unassign, NULL, dsp_macro_row_was (self, 0));

      if (args != NULL)
        {
          args->from_crew_id = self->order->crew_id;
          args->reason = g_steal_pointer (&note);
        }
    }
  else if (is_free)
    {
      DspAssign *args = add_step (self, &dsp_order_assign, NULL, wanted->crew);

      if (args != NULL)
        {
          args->crew_id = wanted->crew_id;
          args->reason = g_steal_pointer (&note);
        }
    }
  else
    {
      DspMove *args = add_step (self, &dsp_order_move, dsp_macro_row_was (self, 0), wanted->crew);

      if (args != NULL)
        {
          args->from_crew_id = self->order->crew_id;
          args->crew_id = wanted->crew_id;
          args->reason = g_steal_pointer (&note);
        }
    }
}

static void
plan_close (DspMacroReading *self)
{
  g_autofree char *codes = dsp_macro_row_text (self, DSP_MACRO_SOLUTIONS);
  DspClose *args = add_step (self, &dsp_order_close, NULL, NULL);

  if (args == NULL)
    return;
  args->closed_at = time_of (self, DSP_MACRO_CLOSED_AT, (DspTime) { 0 });
  if (args->closed_at.us == 0)
    args->closed_at.us = self->in->office->now_us;
  args->attended = yes_no_of (self, DSP_MACRO_ATTENDED);
  args->satisfied = yes_no_of (self, DSP_MACRO_SATISFIED);
  args->resolution = note_of (self);
  if (*codes != '\0')
    {
      g_auto(GStrv) parts = g_strsplit_set (codes, ",; ", -1);
      g_autoptr(GStrvBuilder) kept = g_strv_builder_new ();

      for (guint i = 0; parts[i] != NULL; i++)
        if (*parts[i] != '\0')
          g_strv_builder_add (kept, parts[i]);
      args->solutions = g_strv_builder_end (kept);
    }
}

static void
plan_status (DspMacroReading *self,
             const Wanted    *wanted)
{
  switch (wanted->status)
    {
    case DSP_ORDER_CLOSED:
      plan_close (self);
      break;

    case DSP_ORDER_CANCELLED:
      {
        DspCancel *args = add_step (self, &dsp_order_cancel, NULL, NULL);

        if (args != NULL)
          {
            args->reason = reason_of (self, DSP_PROCESS_CANCEL);
            args->solved = note_of (self);
          }
        break;
      }

    case DSP_ORDER_REJECTED:
      {
        DspReject *args = add_step (self, &dsp_order_reject, NULL, NULL);

        if (args != NULL)
          {
            args->reason = reason_of (self, DSP_PROCESS_REJECT);
            args->note = note_of (self);
          }
        break;
      }

    case DSP_ORDER_TO_RESCHEDULE:
      {
        DspNeedsReschedule *args = add_step (self, &dsp_order_needs_reschedule, NULL, NULL);

        if (args != NULL)
          {
            args->reason = reason_of (self, DSP_PROCESS_RESCHEDULE);
            args->note = note_of (self);
          }
        break;
      }

    case DSP_ORDER_IN_PROGRESS:
      add_step (self, &dsp_order_start, NULL, NULL);
      break;

    case DSP_ORDER_ASSIGNED:
      if (!wanted->crew_changed || dsp_id_is_none (&wanted->crew_id))
        dsp_macro_row_refuse_cell (self, DSP_MACRO_STATUS, _("to assign an order write its crew"));
      break;

    default:
      dsp_macro_row_refuse_cell (self, DSP_MACRO_STATUS, _("an order does not come to this status through the workbook"));
    }
}

/* What would only mean something together with another change. */
static void
look_for_loose_ends (DspMacroReading *self)
{
  static const guint columns[] = { DSP_MACRO_REASON, DSP_MACRO_ASKED_BY, DSP_MACRO_CLOSED_AT, DSP_MACRO_ATTENDED, DSP_MACRO_SATISFIED,
                                   DSP_MACRO_SOLUTIONS };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (*dsp_macro_row_cell (self, columns[i])->text != '\0')
      dsp_macro_row_refuse_cell (self, columns[i], _("says nothing without a change of status or date"));
}

void
dsp_macro_row_plan (DspMacroReading *self)
{
  Wanted wanted = { 0 };
  bool is_free;

  want_crew (self, &wanted);
  want_status (self, &wanted);
  want_attention (self, &wanted);
  if (self->row->reason == NULL)
    {
      is_free = dsp_id_is_none (&self->order->crew_id);
      if (wanted.status == DSP_ORDER_UNASSIGNED && !wanted.crew_changed)
        {
          wanted.crew_changed = true;
          wanted.crew_id = dsp_id_none;
        }
      if (wanted.attention_changed)
        {
          plan_reschedule (self, &wanted);
          is_free = is_free || wanted.crew_changed;
        }
      if (wanted.crew_changed)
        plan_crew (self, &wanted, is_free);
      if (wanted.status != 0 && wanted.status != DSP_ORDER_UNASSIGNED)
        plan_status (self, &wanted);
      if (self->row->gift.n_steps == 0 && !wanted.crew_changed && wanted.status == 0)
        {
          g_autofree char *note = note_of (self);

          look_for_loose_ends (self);
          if (note != NULL && self->row->reason == NULL)
            {
              DspFollowUp *args = add_step (self, &dsp_order_follow_up, NULL, note);

              args->text = g_steal_pointer (&note);
            }
        }
      seal (self);
    }
  g_free (wanted.crew);
}
