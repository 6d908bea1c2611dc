/* dsp-macro-read.c: the workbook of open services, back in: what each row would do
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   cells --> what differs from what the file said when it was made --> commands of one order (DspGift), or why not
 *
 * Nothing is judged here by the rules of the office; here a file is understood. What cannot be understood is refused by its cell.
 */
#define G_LOG_DOMAIN "dsp-macro"

#include "config.h"
#include "dsp-macro-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "dsp-csv-write.h"
#include "dsp-csv.h"
#include "dsp-filter.h"
#include "dsp-table.h"
#include "dsp-wall-time.h"
#include "dsp-xlsx-read.h"
#include "dsp-xlsx-write.h"

#define LOOK_EVERY 256
#define HEADER_WITHIN 20 /* rows */
#define MAX_COLUMNS 64   /* looked at */
#define DAY_S 86400

typedef struct {
  DspMacroOffice   *office;
  DspMacroPlan     *plan;
  DspMacroProgress *progress;
  GCancellable     *cancellable;
  DspXlsxReader    *reader;              /* (nullable): of a workbook */
  DspDb            *db;
  DspOrder         *scratch;             /* (owned) */
  int              *place;               /* where each of our columns is in the file; -1: nowhere */
  gboolean          has_header;
  guint             header_line;
  GHashTable       *seen;                /* (owned): ids of rows */
} In;

/* One row being understood. */
typedef struct {
  In                *in;
  guint              line;
  const DspXlsxCell *cells;
  guint              n_cells;
  const DspOrder    *order;
  DspMacroRow       *row;
  GString           *what;
  char             **was;      /* (nullable): crew, status, attention, when the file was made */
} Row;

static void
free_row (gpointer data)
{
  DspMacroRow *row = data;

  for (guint i = 0; i < row->gift.n_steps; i++)
    if (row->gift.steps[i].args != NULL)
      {
        dsp_table_clear (row->gift.steps[i].command->args, row->gift.steps[i].args);
        g_free (row->gift.steps[i].args);
      }
  g_free (row->gift.message);
  g_free (row->number);
  g_free (row->what);
  g_free (row->reason);
  g_free (row);
}

void
dsp_macro_plan_free (DspMacroPlan *plan)
{
  if (plan == NULL)
    return;
  g_ptr_array_unref (plan->rows);
  g_free (plan);
}

/* ---- cells ---- */

static const DspXlsxCell *
cell_of (Row  *self,
         guint column)
{
  static const DspXlsxCell none = { .kind = DSP_XLSX_CELL_EMPTY, .text = "" };
  int place = self->in->place[column];

  return place >= 0 && (guint) place < self->n_cells ? &self->cells[place] : &none;
}

/* Without blanks around it. */
static char *
text_of (Row  *self,
         guint column)
{
  return g_strstrip (g_strdup (cell_of (self, column)->text));
}

static void G_GNUC_PRINTF (2, 3)
refuse (Row        *self,
        const char *format,
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

static void
refuse_cell (Row        *self,
             guint       column,
             const char *why)
{
  g_autofree char *cell = dsp_xlsx_dup_cell_name (self->line - 1, (guint) MAX (self->in->place[column], 0));

  /* Translators: cell, heading of its column, what is wrong */
  refuse (self, _("Cell %s (%s): %s"), cell, _(dsp_macro_column (column)->label), why);
}

static bool
same_text (const char *a,
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
    if (words->list[i].name != NULL && (same_text (_(words->list[i].label), text) || same_text (words->list[i].name, text)))
      return (int) i;
  return -1;
}

static DspYesNo
yes_no_of (Row  *self,
           guint column)
{
  const DspXlsxCell *cell = cell_of (self, column);
  g_autofree char *text = text_of (self, column);

  if (*text == '\0')
    return DSP_UNSAID;
  if (cell->kind == DSP_XLSX_CELL_YES_NO)
    return cell->number != 0 ? DSP_YES : DSP_NO;
  if (same_text (text, dsp_macro_yes_no (DSP_YES)) || same_text (text, "yes"))
    return DSP_YES;
  if (same_text (text, dsp_macro_yes_no (DSP_NO)) || same_text (text, "no"))
    return DSP_NO;
  refuse_cell (self, column, _("it takes yes or no"));
  return DSP_UNSAID;
}

/* ---- times ---- */

/* An instant of the office's clock, in whole minutes. @before: whose time of the day holds where only a day is given. */
static DspTime
time_of (Row     *self,
         guint    column,
         DspTime  before)
{
  static const char *const forms[] = { "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M",
                                       "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y" };
  const DspXlsxCell *cell = cell_of (self, column);
  g_autofree char *text = text_of (self, column), *why = NULL;
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
      refuse_cell (self, column, why);
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
add_step (Row              *self,
          const DspCommand *command,
          const char       *from,
          const char       *to)
{
  DspGift *gift = &self->row->gift;
  gpointer args;

  if (gift->n_steps == DSP_GIFT_STEPS)
    {
      refuse (self, "%s", _("More changes in one row than can be made at once"));
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
seal (Row *self)
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
reason_of (Row        *self,
           DspProcess  process)
{
  g_autofree char *text = text_of (self, DSP_MACRO_REASON), *why = NULL;

  if (*text == '\0')
    return NULL;
  for (guint i = 0; i < self->in->office->reasons->len; i++)
    {
      const DspMacroReason *reason = self->in->office->reasons->pdata[i];
      const char *label = strstr (reason->title, ": ");

      if (reason->process == process
          && (same_text (reason->title, text) || same_text (reason->code, text) || (label != NULL && same_text (label + 2, text))))
        return g_strdup (reason->code);
    }
  why = g_strdup_printf (_("“%s” is no reason for this change"), text);
  refuse_cell (self, DSP_MACRO_REASON, why);
  return NULL;
}

static char *
note_of (Row *self)
{
  g_autofree char *text = text_of (self, DSP_MACRO_NOTE);

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/* What the three columns were when the file was made; of a file without it, what the order is now. */
static const char *
was (Row  *self,
     guint i)
{
  return self->was[i];
}

static void
take_was (Row *self)
{
  g_autofree char *text = text_of (self, DSP_MACRO_WAS), *now = NULL;
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
want_crew (Row    *self,
           Wanted *wanted)
{
  g_autofree char *why = NULL, *folded = NULL;
  const DspMacroName *name;

  wanted->crew = text_of (self, DSP_MACRO_CREW);
  wanted->crew_changed = self->in->place[DSP_MACRO_CREW] >= 0 && !same_text (wanted->crew, was (self, 0));
  if (!wanted->crew_changed || *wanted->crew == '\0')
    return;
  folded = g_strstrip (dsp_fold (wanted->crew));
  name = g_hash_table_lookup (self->in->office->crew_by_text, folded);
  if (name != NULL)
    wanted->crew_id = name->id;
  else
    {
      why = g_strdup_printf (g_hash_table_contains (self->in->office->crew_by_text, folded)
                             ? _("several crews are called “%s”: write the code") : _("there is no crew “%s”, or it is not yours to see"), wanted->crew);
      refuse_cell (self, DSP_MACRO_CREW, why);
    }
}

static void
want_status (Row    *self,
             Wanted *wanted)
{
  g_autofree char *text = text_of (self, DSP_MACRO_STATUS), *why = NULL;
  int status = word_of (&DspOrderStatus_words, text);

  if (self->in->place[DSP_MACRO_STATUS] < 0)
    return;
  if (status < 0)
    {
      why = g_strdup_printf (_("there is no status “%s”"), text);
      refuse_cell (self, DSP_MACRO_STATUS, why);
    }
  else if (status == 0 || !g_str_equal (DspOrderStatus_words.list[status].name, was (self, 1)))
    wanted->status = status;
  if (status == 0)
    refuse_cell (self, DSP_MACRO_STATUS, _("a status cannot be taken away"));
}

static void
want_attention (Row    *self,
                Wanted *wanted)
{
  g_autofree char *text = NULL;

  if (self->in->place[DSP_MACRO_ATTENTION] < 0)
    return;
  wanted->attention_at = time_of (self, DSP_MACRO_ATTENTION, self->order->attention_at);
  text = dsp_macro_time_text (self->in->office, wanted->attention_at);
  wanted->attention_changed = !g_str_equal (text, was (self, 2));
  if (wanted->attention_changed && wanted->attention_at.us == 0)
    refuse_cell (self, DSP_MACRO_ATTENTION, _("an appointment cannot be taken away: give another one"));
}

static void
plan_reschedule (Row          *self,
                 const Wanted *wanted)
{
  g_autofree char *to = dsp_macro_time_text (self->in->office, wanted->attention_at), *asked = text_of (self, DSP_MACRO_ASKED_BY);
  DspReschedule *args = add_step (self, &dsp_order_reschedule, was (self, 2), to);
  int asked_by = word_of (&DspAskedBy_words, asked);

  if (args == NULL)
    return;
  args->attention_at = wanted->attention_at;
  if (self->order->attention_until.us > self->order->attention_at.us && self->order->attention_at.us != 0)
    args->attention_until.us = wanted->attention_at.us + (self->order->attention_until.us - self->order->attention_at.us);
  args->reason = reason_of (self, DSP_PROCESS_RESCHEDULE);
  if (asked_by < 0)
    refuse_cell (self, DSP_MACRO_ASKED_BY, _("choose one of the list"));
  args->asked_by = asked_by > 0 ? (DspAskedBy) asked_by : DSP_ASKED_BY_COMPANY;
  if (!dsp_id_is_none (&self->order->crew_id))
    args->keep_crew = wanted->crew_changed ? DSP_NO : DSP_YES;
  args->note = note_of (self);
}

/* @free: the order has no crew when this is given. */
static void
plan_crew (Row          *self,
           const Wanted *wanted,
           bool          is_free)
{
  g_autofree char *note = self->row->gift.n_steps == 0 ? note_of (self) : NULL;

  if (dsp_id_is_none (&wanted->crew_id))
    {
      DspUnassign *args = is_free ? NULL : add_step (self, &dsp_order_unassign, NULL, was (self, 0));

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
      DspMove *args = add_step (self, &dsp_order_move, was (self, 0), wanted->crew);

      if (args != NULL)
        {
          args->from_crew_id = self->order->crew_id;
          args->crew_id = wanted->crew_id;
          args->reason = g_steal_pointer (&note);
        }
    }
}

static void
plan_close (Row *self)
{
  g_autofree char *codes = text_of (self, DSP_MACRO_SOLUTIONS);
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
plan_status (Row          *self,
             const Wanted *wanted)
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
        refuse_cell (self, DSP_MACRO_STATUS, _("to assign an order write its crew"));
      break;

    default:
      refuse_cell (self, DSP_MACRO_STATUS, _("an order does not come to this status through the workbook"));
    }
}

/* What would only mean something together with another change. */
static void
look_for_loose_ends (Row *self)
{
  static const guint columns[] = { DSP_MACRO_REASON, DSP_MACRO_ASKED_BY, DSP_MACRO_CLOSED_AT, DSP_MACRO_ATTENDED, DSP_MACRO_SATISFIED,
                                   DSP_MACRO_SOLUTIONS };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (*cell_of (self, columns[i])->text != '\0')
      refuse_cell (self, columns[i], _("says nothing without a change of status or date"));
}

static void
plan_row (Row *self)
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

/* ---- keys ---- */

/* (nullable): lent until the next call. */
static const DspOrder *
order_of (In          *in,
          const DspId *id)
{
  gpointer order;

  if (g_hash_table_lookup_extended (in->office->overlay, id, NULL, &order))
    return order;
  return dsp_table_get (in->db, NULL, &dsp_order, id, DSP_FIELDS_ALL, in->scratch, NULL) == DSP_STEP_ROW ? in->scratch : NULL;
}

/* Formulas compute to what nobody typed; merged cells are several rows' at once. */
static void
look_at_cells (Row *self)
{
  for (guint column = 0; column < DSP_MACRO_FIRST_FACT; column++)
    {
      if (cell_of (self, column)->formula)
        refuse_cell (self, column, _("is a formula: write the value itself"));
      if (cell_of (self, column)->kind == DSP_XLSX_CELL_ERROR)
        refuse_cell (self, column, cell_of (self, column)->text);
    }
}

static void
find_order (Row *self)
{
  g_autofree char *id = text_of (self, DSP_MACRO_ID), *version = text_of (self, DSP_MACRO_VERSION), *number = text_of (self, DSP_MACRO_NUMBER);
  DspGift *gift = &self->row->gift;

  self->row->number = g_strdup (number);
  if (!dsp_id_parse (id, strlen (id), &gift->id) || !g_ascii_string_to_signed (version, 10, 1, G_MAXINT64, &gift->version, NULL))
    {
      refuse (self, "%s", _("The key columns were changed, or the row is not of this workbook"));
      return;
    }
  self->order = order_of (self->in, &gift->id);
  if (self->order == NULL)
    refuse (self, "%s", _("There is no such order, or it is not yours to see"));
  else if (g_strcmp0 (self->order->number, number) != 0 && self->in->place[DSP_MACRO_NUMBER] >= 0)
    refuse (self, _("The key columns were changed: this is the row of order %s"), self->order->number);
  else if (g_hash_table_contains (self->in->seen, &gift->id))
    refuse (self, _("Order %s has two rows in the file"), self->order->number);
  else
    g_hash_table_add (self->in->seen, g_memdup2 (&gift->id, sizeof gift->id));
}

static bool
is_blank (Row *self)
{
  for (guint column = 0; column < DSP_MACRO_FIRST_FACT; column++)
    if (*cell_of (self, column)->text != '\0' || cell_of (self, column)->formula)
      return false;
  return true;
}

static void
take_row (In                *in,
          guint              line,
          const DspXlsxCell *cells,
          guint              n_cells)
{
  Row self = { .in = in, .line = line, .cells = cells, .n_cells = n_cells };

  if (is_blank (&self))
    return;
  self.row = g_new0 (DspMacroRow, 1);
  self.row->line = line;
  self.what = g_string_new (NULL);
  in->plan->n_read++;
  look_at_cells (&self);
  if (self.row->reason == NULL)
    find_order (&self);
  if (self.row->reason == NULL)
    {
      take_was (&self);
      plan_row (&self);
    }
  if (self.row->reason == NULL && self.row->gift.n_steps > 0 && self.order->version != self.row->gift.version)
    refuse (&self, "%s", _("Changed by somebody since the workbook was made: make it anew"));
  self.row->what = g_string_free (self.what, FALSE);
  g_strfreev (self.was);
  if (self.row->number == NULL)
    self.row->number = text_of (&self, DSP_MACRO_NUMBER);
  if (self.row->reason != NULL || self.row->gift.n_steps > 0)
    g_ptr_array_add (in->plan->rows, self.row);
  else
    {
      in->plan->n_unchanged++;
      free_row (self.row);
    }
}

/* ---- the header ---- */

static void
take_header (In                *in,
             guint              line,
             const DspXlsxCell *cells,
             guint              n_cells)
{
  for (guint column = 0; column < dsp_macro_n_columns (); column++)
    {
      const DspMacroSpec *spec = dsp_macro_column (column);

      in->place[column] = -1;
      for (guint i = 0; i < MIN (n_cells, MAX_COLUMNS) && in->place[column] < 0; i++)
        {
          g_autofree char *text = g_strstrip (g_strdup (cells[i].text));

          if (g_str_equal (text, spec->name) || same_text (text, _(spec->label)) || same_text (text, spec->label))
            in->place[column] = (int) i;
        }
    }
  in->has_header = in->place[DSP_MACRO_ID] >= 0 && in->place[DSP_MACRO_VERSION] >= 0;
  in->header_line = line;
}

/* The headings that people see stand below the hidden names. */
static bool
is_heading (In                *in,
            guint              line,
            const DspXlsxCell *cells,
            guint              n_cells)
{
  guint place = (guint) in->place[DSP_MACRO_ID];

  return line == in->header_line + 1 && place < n_cells
         && (same_text (cells[place].text, _(dsp_macro_column (DSP_MACRO_ID)->label)) || strchr (cells[place].text, '(') != NULL);
}

static gboolean
on_row (guint               row,
        const DspXlsxCell  *cells,
        guint               n_cells,
        gpointer            data,
        GError            **error)
{
  In *in = data;

  if (!in->has_header)
    {
      if (row < HEADER_WITHIN)
        take_header (in, row + 1, cells, n_cells);
      return TRUE;
    }
  if (!is_heading (in, row + 1, cells, n_cells))
    take_row (in, row + 1, cells, n_cells);
  if (row % LOOK_EVERY == 0)
    {
      guint64 done = 0, total = 0;

      if (in->reader != NULL)
        dsp_xlsx_reader_get_progress (in->reader, &done, &total);
      g_atomic_int_set (&in->progress->done, (gint) (done >> 10));
      g_atomic_int_set (&in->progress->total, (gint) (total >> 10));
      return !g_cancellable_set_error_if_cancelled (in->cancellable, error);
    }
  return TRUE;
}

/* ---- files ---- */

static void
refuse_merged (In *in)
{
  for (guint i = 0; i < in->plan->rows->len; i++)
    {
      DspMacroRow *row = in->plan->rows->pdata[i];
      Row self = { .in = in, .line = row->line, .row = row };

      for (guint column = 0; column < DSP_MACRO_FIRST_FACT; column++)
        if (in->place[column] >= 0 && dsp_xlsx_reader_is_merged (in->reader, row->line - 1, (guint) in->place[column]))
          refuse_cell (&self, column, _("is merged with others: undo that"));
    }
}

static gboolean
read_workbook (In          *in,
               const char  *path,
               GError     **error)
{
  g_autoptr(DspXlsxReader) reader = dsp_xlsx_reader_open (path, in->cancellable, error);

  if (reader == NULL)
    return FALSE;
  in->reader = reader;
  for (guint i = 0; i < dsp_xlsx_reader_get_n_sheets (reader) && !in->has_header; i++)
    if (!dsp_xlsx_reader_read (reader, i, on_row, in, error))
      return FALSE;
  if (in->has_header)
    refuse_merged (in);
  in->reader = NULL;
  return TRUE;
}

static gboolean
take_line (In               *in,
           const DspCsvRow  *row,
           GError          **error)
{
  DspXlsxCell cells[MAX_COLUMNS] = { 0 };
  guint n = MIN (row->n_fields, MAX_COLUMNS);
  gboolean go_on;

  for (guint i = 0; i < n; i++)
    cells[i] = (DspXlsxCell) { .kind = DSP_XLSX_CELL_TEXT, .text = dsp_csv_unguard (row->fields[i]) };
  go_on = on_row ((guint) row->line - 1, cells, n, in, error);
  for (guint i = 0; i < n; i++)
    g_free ((char *) cells[i].text);
  return go_on;
}

static gboolean
read_text (In          *in,
           const char  *path,
           GError     **error)
{
  const DspInputOptions input_options = { .encoding = DSP_INPUT_AUTO };
  const DspCsvOptions options = { .any_width = TRUE };
  DspInput *input = dsp_input_open (path, &input_options, in->cancellable, error);
  g_autoptr(DspCsv) csv = input != NULL ? dsp_csv_new (input, &options, error) : NULL;
  const char *const *names;
  DspCsvResult result;
  DspCsvRow row = { .line = 1 };

  if (csv == NULL)
    return FALSE;
  names = dsp_csv_get_names (csv, &row.n_fields);
  row.fields = names;
  if (!take_line (in, &row, error))
    return FALSE;
  while ((result = dsp_csv_next (csv, &row, error)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
    if (result == DSP_CSV_REFUSED)
      {
        DspMacroRow *refused = g_new0 (DspMacroRow, 1);

        *refused = (DspMacroRow) { .state = DSP_MACRO_REFUSED, .line = (guint) row.line, .number = g_strdup (""), .what = g_strdup (""),
                                   .reason = g_strdup (row.reason) };
        in->plan->n_read++;
        g_ptr_array_add (in->plan->rows, refused);
      }
    else if (!take_line (in, &row, error))
      return FALSE;
  return result == DSP_CSV_END;
}

DspMacroPlan *
dsp_macro_read (DspMacroOffice    *office,
                const char        *path,
                DspMacroProgress  *progress,
                GCancellable      *cancellable,
                GError           **error)
{
  DspMacroProgress own = { 0 };
  g_autoptr(DspMacroPlan) plan = g_new0 (DspMacroPlan, 1);
  g_autoptr(DspDb) db = dsp_db_open (office->uri, DSP_DB_READ_ONLY, error);
  g_autoptr(DspOrder) scratch = dsp_order_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL);
  g_autofree int *place = g_new0 (int, dsp_macro_n_columns ());
  In in = { .office = office, .plan = plan, .progress = progress != NULL ? progress : &own, .cancellable = cancellable, .db = db,
            .scratch = scratch, .place = place, .seen = seen };
  gboolean is_text = g_str_has_suffix (path, ".csv") || g_str_has_suffix (path, ".txt") || g_str_has_suffix (path, ".tsv");

  plan->rows = g_ptr_array_new_with_free_func (free_row);
  if (db == NULL || !(is_text ? read_text (&in, path, error) : read_workbook (&in, path, error)))
    return NULL;
  if (in.has_header)
    return g_steal_pointer (&plan);
  g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED,
               _("%s has no key columns: only a workbook of open services that was made here can be taken back"), path);
  return NULL;
}
