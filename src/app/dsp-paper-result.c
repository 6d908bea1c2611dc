/* dsp-paper-result.c: what a line typed from paper means
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper-result"

#include "config.h"
#include "dsp-paper-result.h"

#include "dsp-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_SOLUTIONS 3
#define MAX_NAMED 6 /* of codes that a shortened one could be */

/* A code of the catalogue that a text could stand for. */
typedef struct {
  const DspEntity *entity; /* of DspSolutionCode or DspReasonCode */
  const char      *code, *label;
  DspProcess       process;
  DspYesNo         against;
} Code;

typedef struct {
  DspOffice         *office;
  const DspOrder    *order;
  const char *const *texts;
  DspDate            day;
  DspPaperField     *wrong;
  char             **why;
} Reading;

void
dsp_paper_result_free (DspPaperResult *result)
{
  dsp_table_clear (result->command->args, result->args);
  g_free (result->args);
  g_free (result->meaning);
  g_free (result);
}

static gboolean
refuse (Reading       *reading,
        DspPaperField  field,
        char          *why)
{
  *reading->wrong = field;
  g_free (*reading->why);
  *reading->why = why;
  return FALSE;
}

static char *
dup_stripped (const char *text)
{
  return g_strstrip (g_strdup (text != NULL ? text : ""));
}

/* ---- codes ---- */

static void
add_matching (GArray     *found,
              const Code *code,
              const char *typed,
              gboolean   *exact)
{
  g_autofree char *folded = dsp_fold (code->code);

  if (*exact || !g_str_has_prefix (folded, typed))
    return;
  /* A code that is typed in full is meant, even where others go on from it. */
  if (strcmp (folded, typed) == 0)
    {
      g_array_set_size (found, 0);
      *exact = TRUE;
    }
  g_array_append_val (found, *code);
}

static GArray *
find_codes (Reading    *reading,
            const char *typed)
{
  const GPtrArray *solutions = dsp_office_records (reading->office, &dsp_solution_code);
  const GPtrArray *reasons = dsp_office_records (reading->office, &dsp_reason_code);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Code));
  g_autofree char *folded = dsp_fold (typed);
  gboolean exact = FALSE;

  for (guint i = 0; i < solutions->len; i++)
    {
      const DspSolutionCode *solution = solutions->pdata[i];
      Code code = { &dsp_solution_code, solution->code, solution->label, DSP_PROCESS_NONE, DSP_UNSAID };

      if (solution->retired != DSP_YES)
        add_matching (found, &code, folded, &exact);
    }
  for (guint i = 0; i < reasons->len; i++)
    {
      const DspReasonCode *reason = reasons->pdata[i];
      Code code = { &dsp_reason_code, reason->code, reason->label, reason->process, reason->against };

      if (reason->retired != DSP_YES && (reason->process == DSP_PROCESS_REJECT || reason->process == DSP_PROCESS_RESCHEDULE))
        add_matching (found, &code, folded, &exact);
    }
  return found;
}

static gboolean
read_code (Reading    *reading,
           const char *typed,
           Code       *code)
{
  g_autoptr(GArray) found = find_codes (reading, typed);
  g_autoptr(GString) names = g_string_new (NULL);

  if (found->len == 1)
    {
      *code = g_array_index (found, Code, 0);
      return TRUE;
    }
  if (found->len == 0)
    /* Translators: what was typed */
    return refuse (reading, DSP_PAPER_FIELD_CODE, g_strdup_printf (_("There is no code “%s”"), typed));
  for (guint i = 0; i < found->len && i < MAX_NAMED; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", g_array_index (found, Code, i).code);
  if (found->len > MAX_NAMED)
    g_string_append (names, "…");
  /* Translators: what was typed, then the codes that begin so */
  return refuse (reading, DSP_PAPER_FIELD_CODE, g_strdup_printf (_("“%s” could be %s"), typed, names->str));
}

static gboolean
means_closed (const char *typed)
{
  const char *word = dsp_text_word (&DspOrderStatus_words, DSP_ORDER_CLOSED);
  g_autofree char *folded = dsp_fold (typed), *wanted = dsp_fold (word);

  return *folded != '\0' && g_str_has_prefix (wanted, folded);
}

/* ---- times ---- */

/* An hour of that day, or a day with its hour. "1430" is what fast hands type. */
static gboolean
read_time (Reading *reading,
           DspTime *time)
{
  g_autofree char *text = dup_stripped (reading->texts[DSP_PAPER_FIELD_TIME]);
  DspInt minutes = { 0 };

  if (strlen (text) == 4 && strspn (text, "0123456789") == 4)
    {
      g_autofree char *hour = g_strdup_printf ("%.2s:%.2s", text, text + 2);

      g_free (text);
      text = g_steal_pointer (&hour);
    }
  if (dsp_text_read_time (text, g_get_real_time (), time))
    return TRUE;
  if (!dsp_text_read_minutes (text, &minutes))
    return FALSE;
  time->us = dsp_text_day_starts (reading->day).us + minutes.value * G_TIME_SPAN_MINUTE;
  return TRUE;
}

/* ---- what the type asks for ---- */

static gboolean
read_checklist (Reading *reading,
                GStrv   *answers)
{
  GPtrArray *types = (GPtrArray *) dsp_office_records (reading->office, &dsp_order_type);
  const DspOrder *order = reading->order;
  const DspOrderType *type = dsp_most_specific (&dsp_order_type, types, order->group, order->type, order->subtype, NULL, NULL);
  guint n = type != NULL && type->checklist != NULL ? g_strv_length (type->checklist) : 0, i = 0;
  g_autofree char *typed = dup_stripped (reading->texts[DSP_PAPER_FIELD_CHECKLIST]);
  g_autofree char *folded = dsp_fold (typed), *yes = dsp_fold (_("Yes")), *no = dsp_fold (_("No"));
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (const char *c = folded; *c != '\0'; c = g_utf8_next_char (c))
    {
      if (*c == ' ' || *c == ',')
        continue;
      /* English letters too: a sheet may be in the other language. */
      if (*c == *yes || *c == 'y' || *c == '1')
        g_strv_builder_add (builder, "yes");
      else if (*c == *no || *c == 'n' || *c == '0')
        g_strv_builder_add (builder, "no");
      else
        {
          g_autofree char *other = g_utf8_substring (c, 0, 1);

          return refuse (reading, DSP_PAPER_FIELD_CHECKLIST,
                         /* Translators: the letters for yes and no, then the one that was typed */
                         g_strdup_printf (_("The checklist is answered with %c and %c, not with “%s”"), *yes, *no, other));
        }
      i++;
    }
  if (i != n)
    return refuse (reading, DSP_PAPER_FIELD_CHECKLIST,
                   g_strdup_printf (ngettext ("The checklist has %u question; each is answered with %c or %c",
                                              "The checklist has %u questions; each is answered with %c or %c", n), n, *yes, *no));
  *answers = n > 0 ? g_strv_builder_end (builder) : NULL;
  return TRUE;
}

/* "19.43, -99.13" */
static gboolean
read_position (const char *text,
               DspInt     *lat,
               DspInt     *lon)
{
  const char *second;
  char *end;
  double y = g_ascii_strtod (text, &end), x;

  if (end == text)
    return FALSE;
  second = end + strspn (end, " ,");
  if (second == end)
    return FALSE;
  x = g_ascii_strtod (second, &end);
  if (end == second || end[strspn (end, " ")] != '\0' || y < -90 || y > 90 || x < -180 || x > 180)
    return FALSE;
  *lat = (DspInt) { (gint64) (y * 1e7 + (y < 0 ? -0.5 : 0.5)), true };
  *lon = (DspInt) { (gint64) (x * 1e7 + (x < 0 ? -0.5 : 0.5)), true };
  return TRUE;
}

/* "i ONT 4857": the first letter says what happened, in either language. */
static char *
read_piece (const char *text)
{
  g_auto(GStrv) words = g_strsplit_set (text, " \t", -1);
  g_autoptr(GPtrArray) said = g_ptr_array_new ();
  g_autofree char *action = NULL, *model = NULL, *serial = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_ptr_array_add (said, words[i]);
  if (said->len == 0)
    return NULL;
  action = dsp_fold (said->pdata[0]);
  for (guint i = DSP_EQUIPMENT_INSTALLED; i < DSP_N_EQUIPMENT_ACTIONS; i++)
    {
      const char *name = DspEquipmentAction_words.list[i].name;
      g_autofree char *local = dsp_fold (dsp_text_word (&DspEquipmentAction_words, i));

      if (!g_str_has_prefix (name, action) && !g_str_has_prefix (local, action))
        continue;
      model = said->len > 1 ? g_ascii_strup (said->pdata[1], -1) : NULL;
      g_ptr_array_add (said, NULL);
      serial = said->len > 3 ? g_strjoinv (" ", (GStrv) &said->pdata[2]) : NULL;
      return g_strjoin (" ", name, model, serial, NULL);
    }
  return NULL;
}

static gboolean
read_equipment (Reading  *reading,
                DspClose *close)
{
  g_auto(GStrv) pieces = g_strsplit (reading->texts[DSP_PAPER_FIELD_EQUIPMENT] != NULL ? reading->texts[DSP_PAPER_FIELD_EQUIPMENT] : "",
                                     ";", -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; pieces[i] != NULL; i++)
    {
      g_autofree char *line = NULL;

      g_strstrip (pieces[i]);
      if (*pieces[i] == '\0' || read_position (pieces[i], &close->lat_e7, &close->lon_e7))
        continue;
      line = read_piece (pieces[i]);
      if (line == NULL)
        return refuse (reading, DSP_PAPER_FIELD_EQUIPMENT,
                       g_strdup_printf (_("“%s” is neither equipment, such as “i ONT 4857”, nor a position, such as “19.43, -99.13”"), pieces[i]));
      g_strv_builder_add (builder, line);
      n++;
    }
  close->equipment = n > 0 ? g_strv_builder_end (builder) : NULL;
  return TRUE;
}

/* ---- the four results ---- */

static DspPaperResult *
result_new (const DspCommand *command)
{
  DspPaperResult *result = g_new0 (DspPaperResult, 1);

  result->command = command;
  result->args = g_malloc0 (command->args->size);
  return result;
}

/* What is not none is given. */
static DspPaperResult *
finish (DspPaperResult *result,
        const char     *what,
        const char     *label)
{
  const DspTable *table = result->command->args;

  for (guint i = 0; i < table->n_fields; i++)
    if (!dsp_field_is_none (&table->fields[i], result->args))
      result->given |= G_GUINT64_CONSTANT (1) << i;
  /* Translators: what happens with the order, then why: "Closed: S03 the plug was changed" */
  result->meaning = label != NULL ? g_strdup_printf (_("%s: %s"), what, label) : g_strdup (what);
  return result;
}

static DspPaperResult *
read_closing (Reading    *reading,
              GArray     *codes,
              const char *note)
{
  g_autoptr(DspPaperResult) result = result_new (&dsp_order_close);
  DspClose *close = result->args;
  g_autoptr(GStrvBuilder) solutions = g_strv_builder_new ();
  g_autoptr(GString) labels = g_string_new (NULL);

  for (guint i = 0; i < codes->len; i++)
    {
      const Code *code = &g_array_index (codes, Code, i);

      g_strv_builder_add (solutions, code->code);
      g_string_append_printf (labels, "%s%s %s", i > 0 ? ", " : "", code->code, code->label != NULL ? code->label : "");
    }
  if (codes->len > 0)
    close->solutions = g_strv_builder_end (solutions);
  if (!read_time (reading, &close->closed_at))
    {
      refuse (reading, DSP_PAPER_FIELD_TIME, g_strdup (_("When it was finished: an hour such as 14:30, or 29/11 14:30")));
      return NULL;
    }
  if (!read_checklist (reading, &close->checklist) || !read_equipment (reading, close))
    return NULL;
  /* Where a position is asked for it is the customer's, unless the sheet says another. */
  if (!close->lat_e7.is_set)
    {
      close->lat_e7 = reading->order->lat_e7;
      close->lon_e7 = reading->order->lon_e7;
    }
  if (*note == '\0')
    {
      refuse (reading, DSP_PAPER_FIELD_NOTE, g_strdup (_("What was done is missing")));
      return NULL;
    }
  /* A sheet says closed only when both were ticked. */
  close->attended = close->satisfied = DSP_YES;
  close->resolution = g_strdup (note);
  return finish (g_steal_pointer (&result), dsp_text_word (&DspOrderStatus_words, DSP_ORDER_CLOSED), labels->len > 0 ? labels->str : NULL);
}

static DspPaperResult *
read_rejection (const Code *code,
                const char *note)
{
  DspPaperResult *result = result_new (&dsp_order_reject);
  DspReject *reject = result->args;

  reject->reason = g_strdup (code->code);
  reject->note = *note != '\0' ? g_strdup (note) : NULL;
  return finish (result, dsp_text_word (&DspOrderStatus_words, DSP_ORDER_REJECTED), code->label);
}

static DspPaperResult *
read_rescheduling (Reading    *reading,
                   const Code *code,
                   const char *note)
{
  g_autofree char *time = dup_stripped (reading->texts[DSP_PAPER_FIELD_TIME]);
  g_autoptr(DspPaperResult) result = result_new (*time != '\0' ? &dsp_order_reschedule : &dsp_order_needs_reschedule);

  if (*time == '\0')
    {
      DspNeedsReschedule *needs = result->args;

      needs->reason = g_strdup (code->code);
      needs->note = *note != '\0' ? g_strdup (note) : NULL;
      return finish (g_steal_pointer (&result), dsp_text_word (&DspOrderStatus_words, DSP_ORDER_TO_RESCHEDULE), code->label);
    }
  {
    DspReschedule *reschedule = result->args;

    /* An hour alone would be of the day that has gone. */
    if (!dsp_text_read_time (time, g_get_real_time (), &reschedule->attention_at))
      {
        refuse (reading, DSP_PAPER_FIELD_TIME, g_strdup (_("The new date, with its hour: 30/11 10:00; or nothing, if it is not known yet")));
        return NULL;
      }
    reschedule->reason = g_strdup (code->code);
    reschedule->asked_by = DSP_ASKED_BY_TECHNICIAN;
    reschedule->note = *note != '\0' ? g_strdup (note) : NULL;
  }
  return finish (g_steal_pointer (&result), _(dsp_order_reschedule.past), code->label);
}

DspPaperResult *
dsp_paper_result_read (DspOffice          *office,
                       const DspOrder     *order,
                       const char *const  *texts,
                       DspDate             day,
                       DspPaperField      *wrong,
                       char              **why)
{
  Reading reading = { office, order, texts, day, wrong, why };
  g_autofree char *typed = dup_stripped (texts[DSP_PAPER_FIELD_CODE]), *note = dup_stripped (texts[DSP_PAPER_FIELD_NOTE]);
  g_auto(GStrv) words = g_strsplit_set (typed, " ,", -1);
  g_autoptr(GArray) solutions = g_array_new (FALSE, FALSE, sizeof (Code));
  gboolean closed = FALSE;
  Code reason = { NULL };

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autoptr(GArray) found = *words[i] != '\0' ? find_codes (&reading, words[i]) : NULL;
      Code code;

      if (*words[i] == '\0')
        continue;
      if (means_closed (words[i]) && (found->len != 1 || strlen (words[i]) > 2))
        {
          closed = TRUE;
          continue;
        }
      if (!read_code (&reading, words[i], &code))
        return NULL;
      if (code.entity == &dsp_solution_code)
        g_array_append_val (solutions, code);
      else if (reason.code == NULL)
        reason = code;
      else
        return refuse (&reading, DSP_PAPER_FIELD_CODE, g_strdup_printf (_("Two reasons, %s and %s: which one?"), reason.code, code.code)), NULL;
    }
  if (reason.code != NULL && (closed || solutions->len > 0))
    return refuse (&reading, DSP_PAPER_FIELD_CODE, g_strdup (_("It is either closed or not: a solution and a reason cannot both be"))), NULL;
  if (solutions->len > MAX_SOLUTIONS)
    return refuse (&reading, DSP_PAPER_FIELD_CODE, g_strdup_printf (_("At most %d solution codes"), MAX_SOLUTIONS)), NULL;
  if (closed || solutions->len > 0)
    return read_closing (&reading, solutions, note);
  if (reason.code == NULL)
    return refuse (&reading, DSP_PAPER_FIELD_CODE, g_strdup (_("What happened: a code of the sheet"))), NULL;
  return reason.process == DSP_PROCESS_REJECT ? read_rejection (&reason, note) : read_rescheduling (&reading, &reason, note);
}
