/* dsp-paper-results.c: the dense screen that takes results back from paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   typing   the order is looked up, the line is read (dsp-paper-result.c), the rules are asked what would happen
 *   Enter    a line that can be read is given, and the cursor goes to the next one at once; its answer comes to its own line
 *   refused  stays as it was typed, with the reason; nothing is lost until the line is emptied
 */
#define G_LOG_DOMAIN "dsp-paper-results"

#include "config.h"
#include "dsp-paper-results.h"

#include "dsp-paper-result.h"
#include "dsp-paper-words.h"
#include "dsp-process-dialog.h"
#include "dsp-process-effect.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define CHECK_MS 120
#define FIRST_LINES 8

typedef enum { LINE_EMPTY, LINE_TYPED, LINE_READY, LINE_WRONG, LINE_SAVING, LINE_SAVED } LineState;

typedef struct {
  DspOffice    *office;     /* (owned) */
  GtkWidget    *window;     /* NULL once closed */
  GtkWidget    *title, *day, *grid, *scroller;
  GPtrArray    *lines;      /* (owned) of Line */
  gboolean      closing;    /* asked already what becomes of what is not saved */
  int           refs;
} Screen;

typedef struct {
  Screen       *screen;
  guint         number;     /* from 1 */
  GtkWidget    *fields[DSP_PAPER_N_FIELDS];
  GtkWidget    *says, *more, *undo;
  LineState     state;
  char         *looked_up;  /* (owned) (nullable): the number that is, or is being, looked up */
  gboolean      searching;
  gboolean      wanted;     /* Enter was pressed before the order was found */
  DspId         id;         /* of the order; none: not found */
  const DspCommand *command;/* of the result as far as it was understood */
  DspOrderStatus by_hand;   /* the order's status when its process's dialog was opened; NONE: it was not */
  guint         soon, run;
  gint64        group;      /* for undo */
} Line;

/* A question on its way. */
typedef struct {
  Screen *screen;
  Line   *line;
  guint   run;
} Asked;

static void add_line (Screen *screen);
static void check (Line *line);
static void save (Line *line);

/* ---- life ---- */

static void
line_free (gpointer data)
{
  Line *line = data;

  g_clear_handle_id (&line->soon, g_source_remove);
  g_free (line->looked_up);
  g_free (line);
}

static Screen *
screen_ref (Screen *screen)
{
  screen->refs++;
  return screen;
}

static void
screen_unref (Screen *screen)
{
  if (--screen->refs > 0)
    return;
  g_ptr_array_unref (screen->lines);
  g_object_unref (screen->office);
  g_free (screen);
}

static Asked *
ask (Line *line)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->screen = screen_ref (line->screen);
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
  screen_unref (asked->screen);
  g_free (asked);
}

static void
on_destroy (GtkWidget *window,
            Screen    *screen)
{
  screen->window = NULL;
  g_signal_handlers_disconnect_by_data (screen->office, screen);
  for (guint i = 0; i < screen->lines->len; i++)
    g_clear_handle_id (&((Line *) screen->lines->pdata[i])->soon, g_source_remove);
  screen_unref (screen);
}

/* ---- what a line says ---- */

static const char *
typed (Line          *line,
       DspPaperField  field)
{
  return gtk_editable_get_text (GTK_EDITABLE (line->fields[field]));
}

static void
show_counts (Screen *screen)
{
  guint n_saved = 0, n_wrong = 0, n_open = 0;
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < screen->lines->len; i++)
    {
      const Line *line = screen->lines->pdata[i];

      n_saved += line->state == LINE_SAVED;
      n_wrong += line->state == LINE_WRONG;
      n_open += line->state == LINE_TYPED || line->state == LINE_READY || line->state == LINE_SAVING;
    }
  g_string_append_printf (text, ngettext ("%u saved", "%u saved", n_saved), n_saved);
  if (n_open > 0)
    g_string_append_printf (text, ngettext (" · %u being typed", " · %u being typed", n_open), n_open);
  if (n_wrong > 0)
    g_string_append_printf (text, ngettext (" · %u needs you (F8)", " · %u need you (F8)", n_wrong), n_wrong);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (screen->title), text->str);
}

static void
say (Line       *line,
     LineState   state,
     const char *text)
{
  static const struct { LineState state; const char *sign, *css_class; } looks[] = {
    { LINE_READY, "→", "dim-label" }, { LINE_WRONG, "✗", "error" }, { LINE_SAVED, "✓", "success" }, { LINE_SAVING, "…", "dim-label" },
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
      gtk_editable_set_editable (GTK_EDITABLE (line->fields[i]), state != LINE_SAVED && state != LINE_SAVING);
    }
  gtk_widget_set_visible (line->more, state != LINE_SAVED);
  gtk_widget_set_sensitive (line->more, !dsp_id_is_none (&line->id) && state != LINE_SAVING);
  gtk_widget_set_visible (line->undo, state == LINE_SAVED && line->group != 0);
  show_counts (line->screen);
}

static const DspOrder *
order_of (Line *line)
{
  return dsp_id_is_none (&line->id) ? NULL : dsp_replica_get_order (dsp_office_get_replica (line->screen->office), &line->id);
}

/* So that whoever types sees whether it is the sheet in the hand. */
static char *
order_words (Line           *line,
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

static DspDate
day_of (Screen *screen)
{
  DspDate day = dsp_text_local_day (g_get_real_time ());

  dsp_text_read_date (gtk_editable_get_text (GTK_EDITABLE (screen->day)), g_get_real_time (), &day);
  return day;
}

static DspPaperResult *
read_line (Line           *line,
           const DspOrder *order,
           DspPaperField  *wrong,
           char          **why)
{
  const char *texts[DSP_PAPER_N_FIELDS];
  DspPaperResult *result;

  for (guint i = 0; i < DSP_PAPER_N_FIELDS; i++)
    texts[i] = typed (line, i);
  result = dsp_paper_result_read (line->screen->office, order, texts, day_of (line->screen), wrong, why);
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

      say (asked->line, LINE_WRONG, why);
    }
  asked_free (asked);
}

static void
show_order (Line *line)
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

          say (line, LINE_WRONG, done);
        }
      else
        say (line, LINE_TYPED, *typed (line, DSP_PAPER_FIELD_CODE) == '\0' ? words : why);
      return;
    }
  if (result == NULL)
    {
      say (line, LINE_WRONG, why);
      gtk_widget_add_css_class (line->fields[wrong], "error");
      return;
    }
  say (line, LINE_READY, result->meaning);
  dsp_replica_preview_async (dsp_office_get_replica (line->screen->office), result->command, &line->id, 1, result->args, result->given,
                             NULL, previewed_cb, ask (line));
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Asked *asked = user_data;
  Line *line = asked->line;
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

          say (line, LINE_WRONG, why);
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

/* As a value of a filter: what could be a sign of its language is encoded. */
static char *
filter_value (const char *text)
{
  g_autoptr(GString) value = g_string_new (NULL);

  for (const guchar *c = (const guchar *) text; *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (value, (char) *c);
    else
      g_string_append_printf (value, "%%%02X", *c);
  return g_string_free (g_steal_pointer (&value), FALSE);
}

static void
look_up (Line       *line,
         const char *number)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autofree char *value = filter_value (number);
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
check (Line *line)
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
      say (line, empty ? LINE_EMPTY : LINE_TYPED, empty ? "" : _("The number of the order"));
    }
  else if (g_strcmp0 (number, line->looked_up) != 0 || dsp_id_is_none (&line->id))
    look_up (line, number);
  else
    show_order (line);
}

static gboolean
check_cb (gpointer user_data)
{
  Line *line = user_data;

  line->soon = 0;
  check (line);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GtkEditable *editable,
            Line        *line)
{
  if (line->state == LINE_SAVED || line->state == LINE_SAVING)
    return;
  line->run++;
  if (line->state == LINE_EMPTY)
    say (line, LINE_TYPED, "");
  g_clear_handle_id (&line->soon, g_source_remove);
  line->soon = g_timeout_add (CHECK_MS, check_cb, line);
}

/* ---- saving ---- */

static void
focus_line (Screen        *screen,
            guint          number,
            DspPaperField  field)
{
  while (screen->lines->len < number + 1)
    add_line (screen);
  gtk_widget_grab_focus (((Line *) screen->lines->pdata[number])->fields[field]);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Asked *asked = user_data;
  Line *line = asked->line;
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
    say (line, LINE_WRONG, why);
  else
    {
      const DspOrder *order = order_of (line);
      g_autofree char *words = g_strdup_printf ("%s · %s", _(line->command->past), order != NULL && order->contact_name != NULL
                                                                                     ? order->contact_name : "");

      line->group = outcome->group;
      say (line, LINE_SAVED, words);
    }
  asked_free (asked);
}

/* Stays in a line that cannot be read, at the field that is to be mended; from one that can it goes on to the next. */
static void
save (Line *line)
{
  Screen *screen = line->screen;
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
      say (line, LINE_WRONG, why);
      gtk_widget_add_css_class (line->fields[wrong], "error");
      gtk_widget_grab_focus (line->fields[wrong]);
      return;
    }
  line->command = result->command;
  line->run++;
  say (line, LINE_SAVING, result->meaning);
  dsp_replica_give_async (dsp_office_get_replica (screen->office), result->command, &line->id, 1, result->args, result->given, NULL,
                          given_cb, ask (line));
  focus_line (screen, line->number, DSP_PAPER_FIELD_NUMBER);
}

static void
on_activate (GtkEntry *entry,
             Line     *line)
{
  g_clear_handle_id (&line->soon, g_source_remove);
  if (line->state == LINE_SAVED || line->state == LINE_SAVING)
    {
      focus_line (line->screen, line->number, DSP_PAPER_FIELD_NUMBER);
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
      asked->line->state = LINE_TYPED;
      check (asked->line);
    }
  else if (answered (asked))
    {
      g_autofree char *why = outcome != NULL ? dsp_process_refusal (asked->screen->office, &g_array_index (outcome->refused, DspRefusal, 0))
                                             : dsp_text_error (error);
      g_autofree char *words = g_strdup_printf (_("It can no longer be undone: %s"), why);

      asked->line->group = 0;
      say (asked->line, LINE_SAVED, words);
    }
  asked_free (asked);
}

static void
on_undo (GtkWidget *button,
         Line      *line)
{
  line->run++;
  dsp_replica_undo_async (dsp_office_get_replica (line->screen->office), line->group, NULL, undone_cb, ask (line));
}

/* What a line has no field for (a signature, who asked for another day) is said in the process's own dialog. */
static void
on_more (GtkWidget *button,
         Line      *line)
{
  const DspOrder *order = order_of (line);

  if (order == NULL)
    return;
  line->by_hand = order->status;
  dsp_process_dialog_open (GTK_WINDOW (line->screen->window), line->screen->office,
                           line->command != NULL ? line->command : &dsp_order_close, &line->id, 1);
}

static void
on_refreshed (Screen *screen)
{
  for (guint i = 0; i < screen->lines->len; i++)
    {
      Line *line = screen->lines->pdata[i];
      const DspOrder *order = line->by_hand != DSP_ORDER_NONE && line->state != LINE_SAVED ? order_of (line) : NULL;

      if (order != NULL && order->status != line->by_hand)
        {
          line->by_hand = DSP_ORDER_NONE;
          line->run++;
          say (line, LINE_SAVED, dsp_text_word (&DspOrderStatus_words, order->status));
        }
    }
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        Screen                *screen)
{
  guint from = 0;

  if (keyval == GDK_KEY_Escape)
    {
      gtk_window_close (GTK_WINDOW (screen->window));
      return TRUE;
    }
  if (keyval != GDK_KEY_F8)
    return FALSE;
  for (guint i = 0; i < screen->lines->len; i++)
    if (gtk_widget_get_focus_child (screen->grid) != NULL &&
        g_object_get_data (G_OBJECT (gtk_widget_get_focus_child (screen->grid)), "line") == screen->lines->pdata[i])
      from = i + 1;
  for (guint i = 0; i < screen->lines->len; i++)
    {
      guint at = (from + i) % screen->lines->len;

      if (((Line *) screen->lines->pdata[at])->state == LINE_WRONG)
        {
          focus_line (screen, at, DSP_PAPER_FIELD_CODE);
          break;
        }
    }
  return TRUE;
}

static void
on_discard (AdwMessageDialog *dialog,
            const char       *response,
            Screen           *screen)
{
  if (screen->window == NULL || !g_str_equal (response, "discard"))
    return;
  screen->closing = TRUE;
  gtk_window_close (GTK_WINDOW (screen->window));
}

static gboolean
on_close_request (GtkWindow *window,
                  Screen    *screen)
{
  guint n = 0;
  GtkWidget *dialog;

  for (guint i = 0; i < screen->lines->len; i++)
    {
      LineState state = ((Line *) screen->lines->pdata[i])->state;

      n += state == LINE_TYPED || state == LINE_READY || state == LINE_WRONG;
    }
  if (n == 0 || screen->closing)
    return FALSE;
  dialog = adw_message_dialog_new (window, NULL, NULL);
  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), ngettext ("%u line is not saved", "%u lines are not saved", n), n);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "stay", _("_Go on typing"), "discard", _("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  g_signal_connect (dialog, "response", G_CALLBACK (on_discard), screen);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/* ---- the window ---- */

static const struct { const char *title, *hint; int chars; gboolean wide; } columns[DSP_PAPER_N_FIELDS] = {
  [DSP_PAPER_FIELD_NUMBER]    = { N_("Number"), NULL, 10, FALSE },
  [DSP_PAPER_FIELD_CODE]      = { N_("Code"), N_("One code of the sheet says what happened; it may be shortened: s03, sin-acc. Up to three solutions: s03 s05"), 14, FALSE },
  [DSP_PAPER_FIELD_TIME]      = { N_("Time"), N_("When it was finished: 14:30, 1430 or 29/11 14:30. Of a rescheduled order: its new date, if it is known"), 14, FALSE },
  [DSP_PAPER_FIELD_CHECKLIST] = { N_("Checklist"), N_("A letter an answer, in the order of the questions"), 6, FALSE },
  [DSP_PAPER_FIELD_EQUIPMENT] = { N_("Equipment, position"), N_("i ONT 4857; r MODEM 12; n for not applicable; and the position as 19.43, -99.13"), 16, FALSE },
  [DSP_PAPER_FIELD_NOTE]      = { N_("What was done"), NULL, 20, TRUE },
};

static GtkWidget *
make_icon_button (const char *icon,
                  const char *name,
                  GCallback   callback,
                  Line       *line)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", callback, line);
  g_object_set_data (G_OBJECT (button), "line", line);
  return button;
}

static void
add_line (Screen *screen)
{
  Line *line = g_new0 (Line, 1);
  int row = (int) screen->lines->len + 1;

  g_ptr_array_add (screen->lines, line);
  line->screen = screen;
  line->number = screen->lines->len;
  for (guint i = 0; i < DSP_PAPER_N_FIELDS; i++)
    {
      /* Translators: accessible name of a field: its column and its line */
      g_autofree char *name = g_strdup_printf (_("%s, line %u"), _(columns[i].title), line->number);

      line->fields[i] = gtk_entry_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (line->fields[i]), columns[i].chars);
      gtk_editable_set_max_width_chars (GTK_EDITABLE (line->fields[i]), columns[i].chars);
      gtk_entry_set_max_length (GTK_ENTRY (line->fields[i]), 2000);
      gtk_widget_set_hexpand (line->fields[i], columns[i].wide);
      gtk_widget_add_css_class (line->fields[i], "numeric");
      gtk_accessible_update_property (GTK_ACCESSIBLE (line->fields[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      if (columns[i].hint != NULL)
        {
          gtk_widget_set_tooltip_text (line->fields[i], _(columns[i].hint));
          gtk_accessible_update_property (GTK_ACCESSIBLE (line->fields[i]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(columns[i].hint), -1);
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
  say (line, LINE_EMPTY, "");
}

static GtkWidget *
make_day (Screen *screen)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *label = gtk_label_new_with_mnemonic (_("_Day of the visits"));
  g_autofree char *today = dsp_text_date (dsp_text_local_day (g_get_real_time ()));
  GtkWidget *hint = gtk_label_new (_("Enter goes on: from the number to its code, from any other field to the next line. What a line still needs stands beside it."));

  screen->day = gtk_entry_new ();
  gtk_editable_set_text (GTK_EDITABLE (screen->day), today);
  gtk_editable_set_width_chars (GTK_EDITABLE (screen->day), 11);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), screen->day);
  gtk_accessible_update_property (GTK_ACCESSIBLE (screen->day), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Day of the visits"), -1);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_widget_set_hexpand (hint, TRUE);
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_add_css_class (hint, "caption");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), screen->day);
  gtk_box_append (GTK_BOX (box), hint);
  gtk_widget_add_css_class (box, "dsp-results-head");
  return box;
}

/* As at the end of the sheets, for a code that nobody can read. */
static GtkWidget *
make_codes (Screen *screen)
{
  GtkWidget *expander = gtk_expander_new_with_mnemonic (_("_Codes")), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  g_autoptr(DspPaperWords) words = dsp_paper_words_new (screen->office);
  const struct { const char *title; GStrv codes; } ways[] = {
    { dsp_text_word (&DspOrderStatus_words, DSP_ORDER_CLOSED), words->solutions },
    { dsp_text_word (&DspOrderStatus_words, DSP_ORDER_REJECTED), words->rejections },
    { dsp_text_word (&DspOrderStatus_words, DSP_ORDER_TO_RESCHEDULE), words->reschedules },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *label = gtk_label_new (ways[i].title);
      g_autofree char *all = g_strjoinv ("\n", ways[i].codes);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption-heading");
      gtk_box_append (GTK_BOX (column), label);
      label = gtk_label_new (all);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption");
      gtk_box_append (GTK_BOX (column), label);
      gtk_widget_set_hexpand (column, TRUE);
      gtk_box_append (GTK_BOX (box), column);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (expander), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Codes"), -1);
  gtk_expander_set_child (GTK_EXPANDER (expander), box);
  gtk_widget_add_css_class (expander, "dsp-results-head");
  return expander;
}

static void
on_day_changed (GtkEditable *editable,
                Screen      *screen)
{
  DspDate day;

  if (dsp_text_read_date (gtk_editable_get_text (editable), g_get_real_time (), &day))
    gtk_widget_remove_css_class (GTK_WIDGET (editable), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (editable), "error");
}

void
dsp_paper_results_open (GtkWindow *parent,
                        DspOffice *office)
{
  Screen *screen = g_new0 (Screen, 1);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  screen->refs = 1;
  screen->office = g_object_ref (office);
  screen->lines = g_ptr_array_new_with_free_func (line_free);
  screen->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (screen->window), _("Results from paper"));
  gtk_window_set_transient_for (GTK_WINDOW (screen->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (screen->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (screen->window), 1300, 640);
  screen->title = adw_window_title_new (_("Results from paper"), "");
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), screen->title);

  screen->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (screen->grid), 3);
  gtk_grid_set_column_spacing (GTK_GRID (screen->grid), 4);
  gtk_widget_add_css_class (screen->grid, "dsp-results");
  for (guint i = 0; i < DSP_PAPER_N_FIELDS; i++)
    {
      GtkWidget *label = gtk_label_new (_(columns[i].title));

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption-heading");
      gtk_widget_set_tooltip_text (label, columns[i].hint != NULL ? _(columns[i].hint) : NULL);
      gtk_grid_attach (GTK_GRID (screen->grid), label, (int) i, 0, 1, 1);
    }
  screen->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (screen->scroller), screen->grid);
  gtk_widget_set_vexpand (screen->scroller, TRUE);
  gtk_box_append (GTK_BOX (content), header);
  gtk_box_append (GTK_BOX (content), make_day (screen));
  gtk_box_append (GTK_BOX (content), screen->scroller);
  gtk_box_append (GTK_BOX (content), make_codes (screen));
  adw_window_set_content (ADW_WINDOW (screen->window), content);
  for (guint i = 0; i < FIRST_LINES; i++)
    add_line (screen);

  g_signal_connect (screen->day, "changed", G_CALLBACK (on_day_changed), screen);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), screen);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (screen->window, keys);
  g_signal_connect (screen->window, "close-request", G_CALLBACK (on_close_request), screen);
  g_signal_connect (screen->window, "destroy", G_CALLBACK (on_destroy), screen);
  g_signal_connect_swapped (office, "refreshed", G_CALLBACK (on_refreshed), screen);
  gtk_window_present (GTK_WINDOW (screen->window));
  focus_line (screen, 0, DSP_PAPER_FIELD_NUMBER);
}
