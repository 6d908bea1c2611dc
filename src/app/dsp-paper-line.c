/* dsp-paper-line.c: a line typed from paper: looked up, read, judged, given, answered
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   typing   the order is looked up, the line is read (dsp-paper-result.c), the rules are asked what would happen
 *   Enter    a line that can be read is given, and the cursor goes to the next one at once; its answer comes to its own line
 *   refused  stays as it was typed, with the reason; nothing is lost until the line is emptied
 */
#define G_LOG_DOMAIN "dsp-paper-line"

#include "config.h"
#include "dsp-paper-results-private.h"

#include "dsp-process-dialog.h"
#include "dsp-process-effect.h"
#include "dsp-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define CHECK_MS 120

/* A question on its way. */
typedef struct {
  DspPaperScreen *screen;
  DspPaperLine   *line;
  guint           run;
} Asked;

static void save (DspPaperLine *line);

const DspPaperColumn dsp_paper_columns[DSP_PAPER_N_FIELDS] = {
  [DSP_PAPER_FIELD_NUMBER]    = { N_("Number"), NULL, 10, FALSE },
  [DSP_PAPER_FIELD_CODE]      = { N_("Code"), N_("One code of the sheet says what happened; it may be shortened: s03, sin-acc. Up to three solutions: s03 s05"), 14, FALSE },
  [DSP_PAPER_FIELD_TIME]      = { N_("Time"), N_("When it was finished: 14:30, 1430 or 29/11 14:30. Of a rescheduled order: its new date, if it is known"), 14, FALSE },
  [DSP_PAPER_FIELD_CHECKLIST] = { N_("Checklist"), N_("A letter an answer, in the order of the questions"), 6, FALSE },
  [DSP_PAPER_FIELD_EQUIPMENT] = { N_("Equipment, position"), N_("i ONT 4857; r MODEM 12; n for not applicable; and the position as 19.43, -99.13"), 16, FALSE },
  [DSP_PAPER_FIELD_NOTE]      = { N_("What was done"), NULL, 20, TRUE },
};

void
dsp_paper_line_free (gpointer data)
{
  DspPaperLine *line = data;

  g_clear_handle_id (&line->soon, g_source_remove);
  g_free (line->looked_up);
  g_free (line);
}

static Asked *
ask (DspPaperLine *line)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->screen = dsp_paper_screen_ref (line->screen);
  asked->line = line;
  asked->run = line->run;
  return asked;
}

/* Whether the answer is still of interest. */
static gboolean
answered (Asked *asked)
{
  return asked->screen->window != NULL && asked->run == asked->line->run;
}

static void
asked_free (Asked *asked)
{
  dsp_paper_screen_unref (asked->screen);
  g_free (asked);
}

/* ---- what a line says ---- */

static const char *
typed (DspPaperLine  *line,
       DspPaperField  field)
{
  return gtk_editable_get_text (GTK_EDITABLE (line->fields[field]));
}

static void
say (DspPaperLine      *line,
     DspPaperLineState  state,
     const char        *text)
{
  static const struct { DspPaperLineState state; const char *sign, *css_class; } looks[] = {
    { DSP_PAPER_LINE_READY, "→", "dim-label" }, { DSP_PAPER_LINE_WRONG, "✗", "error" },
    { DSP_PAPER_LINE_SAVED, "✓", "success" }, { DSP_PAPER_LINE_SAVING, "…", "dim-label" },
  };
  g_autofree char *words = NULL;

  line->state = state;
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      gtk_widget_remove_css_class (line->says, looks[i].css_class);
      if (looks[i].state == state)
        words = g_strdup_printf ("%s %s", looks[i].sign, text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (looks[i].state == state)
      gtk_widget_add_css_class (line->says, looks[i].css_class);
  gtk_label_set_text (GTK_LABEL (line->says), words != NULL ? words : text);
  gtk_widget_set_tooltip_text (line->says, text);
  for (guint i = 0; i < DSP_PAPER_N_FIELDS; i++)
    {
      gtk_widget_remove_css_class (line->fields[i], "error");
      gtk_editable_set_editable (GTK_EDITABLE (line->fields[i]), state != DSP_PAPER_LINE_SAVED && state != DSP_PAPER_LINE_SAVING);
    }
  gtk_widget_set_visible (line->more, state != DSP_PAPER_LINE_SAVED);
  gtk_widget_set_sensitive (line->more, !dsp_id_is_none (&line->id) && state != DSP_PAPER_LINE_SAVING);
  gtk_widget_set_visible (line->undo, state == DSP_PAPER_LINE_SAVED && line->group != 0);
  dsp_paper_screen_count (line->screen);
}

static const DspOrder *
order_of (DspPaperLine *line)
{
  return dsp_id_is_none (&line->id) ? NULL : dsp_replica_get_order (dsp_office_get_replica (line->screen->office), &line->id);
}

/* So that whoever types sees whether it is the sheet in the hand. */
static char *
order_words (DspPaperLine   *line,
             const DspOrder *order)
{
  g_autofree char *crew = dsp_office_title_of (line->screen->office, &dsp_crew, &order->crew_id);
  const char *parts[] = { order->type, order->contact_name, crew, dsp_text_word (&DspOrderStatus_words, order->status) };
  g_autoptr(GString) all = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL && *parts[i] != '\0')
      g_string_append_printf (all, "%s%s", all->len > 0 ? " · " : "", parts[i]);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static DspPaperResult *
read_line (DspPaperLine    *line,
           const DspOrder  *order,
           DspPaperField   *wrong,
           char           **why)
{
  const char *texts[DSP_PAPER_N_FIELDS];
  DspPaperResult *result;

  for (guint i = 0; i < DSP_PAPER_N_FIELDS; i++)
    texts[i] = typed (line, i);
  result = dsp_paper_result_read (line->screen->office, order, texts, dsp_paper_screen_day (line->screen), wrong, why);
  if (result != NULL && !dsp_process_may (line->screen->office, result->command, order, why))
    {
      *wrong = DSP_PAPER_FIELD_NUMBER;
      g_clear_pointer (&result, dsp_paper_result_free);
    }
  return result;
}

/* ---- checking while it is typed ---- */

static void
previewed_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  Asked *asked = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_preview_finish (DSP_REPLICA (source), res, &error);

  if (outcome != NULL && answered (asked) && outcome->refused->len > 0)
    {
      g_autofree char *why = dsp_process_refusal (asked->screen->office, &g_array_index (outcome->refused, DspRefusal, 0));

      say (asked->line, DSP_PAPER_LINE_WRONG, why);
    }
  asked_free (asked);
}

static void
show_order (DspPaperLine *line)
{
  const DspOrder *lent = order_of (line);
  g_autoptr(DspOrder) order = lent != NULL ? dsp_order_dup (lent) : NULL;
  g_autofree char *why = NULL, *words = NULL;
  g_autoptr(DspPaperResult) result = NULL;
  DspPaperField wrong = DSP_PAPER_FIELD_NUMBER;

  if (order == NULL)
    return;
  words = order_words (line, order);
  result = read_line (line, order, &wrong, &why);
  line->command = result != NULL ? result->command : NULL;
  if (result == NULL && (*typed (line, DSP_PAPER_FIELD_CODE) == '\0' || wrong > DSP_PAPER_FIELD_CODE))
    {
      /* Not finished yet is no mistake; but an order that is done already is told before its result is typed. */
      if (!dsp_order_is_open (order))
        {
          g_autofree char *done = g_strdup_printf (_("Not possible: the order is “%s”"), dsp_text_word (&DspOrderStatus_words, order->status));

          say (line, DSP_PAPER_LINE_WRONG, done);
        }
      else
        say (line, DSP_PAPER_LINE_TYPED, *typed (line, DSP_PAPER_FIELD_CODE) == '\0' ? words : why);
      return;
    }
  if (result == NULL)
    {
      say (line, DSP_PAPER_LINE_WRONG, why);
      gtk_widget_add_css_class (line->fields[wrong], "error");
      return;
    }
  say (line, DSP_PAPER_LINE_READY, result->meaning);
  dsp_replica_preview_async (dsp_office_get_replica (line->screen->office), result->command, &line->id, 1, result->args, result->given,
                             NULL, previewed_cb, ask (line));
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Asked *asked = user_data;
  DspPaperLine *line = asked->line;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOrderResult) found = dsp_replica_query_finish (DSP_REPLICA (source), res, &error);

  if (asked->screen->window != NULL && asked->run == line->run)
    {
      line->searching = FALSE;
      if (found != NULL && found->n_rows > 0)
        line->id = *dsp_order_index_id (dsp_replica_get_index (DSP_REPLICA (source)), found->rows[0]);
      if (dsp_id_is_none (&line->id))
        {
          g_autofree char *why = g_strdup_printf (_("There is no order %s, or it is not yours to see"), line->looked_up);

          say (line, DSP_PAPER_LINE_WRONG, why);
          gtk_widget_add_css_class (line->fields[DSP_PAPER_FIELD_NUMBER], "error");
          if (line->wanted)
            gtk_widget_grab_focus (line->fields[DSP_PAPER_FIELD_NUMBER]);
        }
      else if (line->wanted)
        save (line);
      else
        show_order (line);
      line->wanted = FALSE;
    }
  asked_free (asked);
}

static void
look_up (DspPaperLine *line,
         const char   *number)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autofree char *value = dsp_filter_escape (number);
  DspOrderQuery query = { .filter = filter };

  g_free (line->looked_up);
  line->looked_up = g_strdup (number);
  line->id = dsp_id_none;
  line->searching = TRUE;
  dsp_office_get_clock (line->screen->office, &query.clock);
  dsp_filter_set (filter, "number", value, NULL);
  dsp_replica_query_async (dsp_office_get_replica (line->screen->office), &query, 1, NULL, found_cb, ask (line));
}

static void
check (DspPaperLine *line)
{
  g_autofree char *number = g_strstrip (g_strdup (typed (line, DSP_PAPER_FIELD_NUMBER)));
  gboolean empty = TRUE;

  for (guint i = 0; i < DSP_PAPER_N_FIELDS; i++)
    empty = empty && *typed (line, i) == '\0';
  line->run++;
  if (*number == '\0')
    {
      line->id = dsp_id_none;
      line->searching = FALSE;
      g_clear_pointer (&line->looked_up, g_free);
      say (line, empty ? DSP_PAPER_LINE_EMPTY : DSP_PAPER_LINE_TYPED, empty ? "" : _("The number of the order"));
    }
  else if (g_strcmp0 (number, line->looked_up) != 0 || dsp_id_is_none (&line->id))
    look_up (line, number);
  else
    show_order (line);
}

static gboolean
check_cb (gpointer user_data)
{
  DspPaperLine *line = user_data;

  line->soon = 0;
  check (line);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GtkEditable  *editable,
            DspPaperLine *line)
{
  if (line->state == DSP_PAPER_LINE_SAVED || line->state == DSP_PAPER_LINE_SAVING)
    return;
  line->run++;
  if (line->state == DSP_PAPER_LINE_EMPTY)
    say (line, DSP_PAPER_LINE_TYPED, "");
  g_clear_handle_id (&line->soon, g_source_remove);
  line->soon = g_timeout_add (CHECK_MS, check_cb, line);
}

/* ---- saving ---- */

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Asked *asked = user_data;
  DspPaperLine *line = asked->line;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *why = NULL;

  if (asked->screen->window == NULL)
    {
      /* The screen has gone; what was refused is told where it can be seen. */
      if (outcome == NULL || outcome->n_given == 0)
        dsp_office_message (asked->screen->office, 0, _("A result from paper was not saved: order %s"), line->looked_up);
      asked_free (asked);
      return;
    }
  if (outcome == NULL)
    why = dsp_text_error (error);
  else if (outcome->n_given == 0)
    why = dsp_process_refusal (asked->screen->office, &g_array_index (outcome->refused, DspRefusal, 0));
  if (why != NULL)
    say (line, DSP_PAPER_LINE_WRONG, why);
  else
    {
      const DspOrder *order = order_of (line);
      g_autofree char *words = g_strdup_printf ("%s · %s", _(line->command->past), order != NULL && order->contact_name != NULL
                                                                                     ? order->contact_name : "");

      line->group = outcome->group;
      say (line, DSP_PAPER_LINE_SAVED, words);
    }
  asked_free (asked);
}

/* Stays in a line that cannot be read, at the field that is to be mended; from one that can it goes on to the next. */
static void
save (DspPaperLine *line)
{
  DspPaperScreen *screen = line->screen;
  const DspOrder *lent = order_of (line);
  g_autoptr(DspOrder) order = lent != NULL ? dsp_order_dup (lent) : NULL;
  g_autofree char *why = NULL;
  g_autoptr(DspPaperResult) result = NULL;
  DspPaperField wrong = DSP_PAPER_FIELD_NUMBER;

  if (order == NULL)
    return;
  result = read_line (line, order, &wrong, &why);
  if (result == NULL)
    {
      say (line, DSP_PAPER_LINE_WRONG, why);
      gtk_widget_add_css_class (line->fields[wrong], "error");
      gtk_widget_grab_focus (line->fields[wrong]);
      return;
    }
  line->command = result->command;
  line->run++;
  say (line, DSP_PAPER_LINE_SAVING, result->meaning);
  dsp_replica_give_async (dsp_office_get_replica (screen->office), result->command, &line->id, 1, result->args, result->given, NULL,
                          given_cb, ask (line));
  dsp_paper_screen_focus (screen, line->number, DSP_PAPER_FIELD_NUMBER);
}

static void
on_activate (GtkEntry     *entry,
             DspPaperLine *line)
{
  g_clear_handle_id (&line->soon, g_source_remove);
  if (line->state == DSP_PAPER_LINE_SAVED || line->state == DSP_PAPER_LINE_SAVING)
    {
      dsp_paper_screen_focus (line->screen, line->number, DSP_PAPER_FIELD_NUMBER);
      return;
    }
  check (line);
  /* A scanner sends Enter after the number by itself. */
  if (GTK_WIDGET (entry) == line->fields[DSP_PAPER_FIELD_NUMBER])
    gtk_widget_grab_focus (line->fields[DSP_PAPER_FIELD_CODE]);
  else if (line->searching)
    line->wanted = TRUE;
  else if (!dsp_id_is_none (&line->id))
    save (line);
  else
    gtk_widget_grab_focus (line->fields[DSP_PAPER_FIELD_NUMBER]);
}

/* ---- the other ways ---- */

static void
undone_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  Asked *asked = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_undo_finish (DSP_REPLICA (source), res, &error);

  if (answered (asked) && outcome != NULL && outcome->refused->len == 0)
    {
      asked->line->group = 0;
      asked->line->state = DSP_PAPER_LINE_TYPED;
      check (asked->line);
    }
  else if (answered (asked))
    {
      g_autofree char *why = outcome != NULL ? dsp_process_refusal (asked->screen->office, &g_array_index (outcome->refused, DspRefusal, 0))
                                             : dsp_text_error (error);
      g_autofree char *words = g_strdup_printf (_("It can no longer be undone: %s"), why);

      asked->line->group = 0;
      say (asked->line, DSP_PAPER_LINE_SAVED, words);
    }
  asked_free (asked);
}

static void
on_undo (GtkWidget    *button,
         DspPaperLine *line)
{
  line->run++;
  dsp_replica_undo_async (dsp_office_get_replica (line->screen->office), line->group, NULL, undone_cb, ask (line));
}

/* What a line has no field for (a signature, who asked for another day) is said in the process's own dialog. */
static void
on_more (GtkWidget    *button,
         DspPaperLine *line)
{
  const DspOrder *order = order_of (line);

  if (order == NULL)
    return;
  line->by_hand = order->status;
  dsp_process_dialog_open (GTK_WINDOW (line->screen->window), line->screen->office,
                           line->command != NULL ? line->command : &dsp_order_close, &line->id, 1);
}

void
dsp_paper_line_refresh (DspPaperLine *line)
{
  const DspOrder *order = line->by_hand != DSP_ORDER_NONE && line->state != DSP_PAPER_LINE_SAVED ? order_of (line) : NULL;

  if (order == NULL || order->status == line->by_hand)
    return;
  line->by_hand = DSP_ORDER_NONE;
  line->run++;
  say (line, DSP_PAPER_LINE_SAVED, dsp_text_word (&DspOrderStatus_words, order->status));
}

/* ---- its widgets ---- */

static GtkWidget *
make_icon_button (const char   *icon,
                  const char   *name,
                  GCallback     callback,
                  DspPaperLine *line)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", callback, line);
  g_object_set_data (G_OBJECT (button), "line", line);
  return button;
}

void
dsp_paper_line_add (DspPaperScreen *screen)
{
  DspPaperLine *line = g_new0 (DspPaperLine, 1);
  int row = (int) screen->lines->len + 1;

  g_ptr_array_add (screen->lines, line);
  line->screen = screen;
  line->number = screen->lines->len;
  for (guint i = 0; i < DSP_PAPER_N_FIELDS; i++)
    {
      /* Translators: accessible name of a field: its column and its line */
      g_autofree char *name = g_strdup_printf (_("%s, line %u"), _(dsp_paper_columns[i].title), line->number);

      line->fields[i] = gtk_entry_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (line->fields[i]), dsp_paper_columns[i].chars);
      gtk_editable_set_max_width_chars (GTK_EDITABLE (line->fields[i]), dsp_paper_columns[i].chars);
      gtk_entry_set_max_length (GTK_ENTRY (line->fields[i]), 2000);
      gtk_widget_set_hexpand (line->fields[i], dsp_paper_columns[i].wide);
      gtk_widget_add_css_class (line->fields[i], "numeric");
      gtk_accessible_update_property (GTK_ACCESSIBLE (line->fields[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      if (dsp_paper_columns[i].hint != NULL)
        {
          gtk_widget_set_tooltip_text (line->fields[i], _(dsp_paper_columns[i].hint));
          gtk_accessible_update_property (GTK_ACCESSIBLE (line->fields[i]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(dsp_paper_columns[i].hint), -1);
        }
      g_object_set_data (G_OBJECT (line->fields[i]), "line", line);
      g_signal_connect (line->fields[i], "changed", G_CALLBACK (on_changed), line);
      g_signal_connect (line->fields[i], "activate", G_CALLBACK (on_activate), line);
      gtk_grid_attach (GTK_GRID (screen->grid), line->fields[i], (int) i, row, 1, 1);
    }
  line->says = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (line->says), 0);
  gtk_label_set_wrap (GTK_LABEL (line->says), TRUE);
  gtk_label_set_lines (GTK_LABEL (line->says), 2);
  gtk_label_set_ellipsize (GTK_LABEL (line->says), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (line->says), 36);
  gtk_label_set_max_width_chars (GTK_LABEL (line->says), 36);
  gtk_widget_add_css_class (line->says, "caption");
  gtk_grid_attach (GTK_GRID (screen->grid), line->says, DSP_PAPER_N_FIELDS, row, 1, 1);
  line->more = make_icon_button ("view-more-symbolic", _("All fields of this process"), G_CALLBACK (on_more), line);
  line->undo = make_icon_button ("edit-undo-symbolic", _("Undo this line"), G_CALLBACK (on_undo), line);
  gtk_grid_attach (GTK_GRID (screen->grid), line->more, DSP_PAPER_N_FIELDS + 1, row, 1, 1);
  gtk_grid_attach (GTK_GRID (screen->grid), line->undo, DSP_PAPER_N_FIELDS + 1, row, 1, 1);
  say (line, DSP_PAPER_LINE_EMPTY, "");
}
