/* dsp-report.c: what an import did, row by row and in sum
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refusals go to the standard error at once, with their line; the sum goes to the standard output at the end, as a text
 * or as one JSON object. A terminal gets a bar meanwhile; a file or a pipe does not.
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-report.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define MAX_WARNINGS 20 /* told one by one: a whole file may be of places that are not in the catalogue */
#define BAR_EVERY_US (100 * G_TIME_SPAN_MILLISECOND)

struct _DspReport
{
  char    *title;
  gboolean json;
  gboolean bar;       /* the standard error is a terminal */
  gboolean bar_shown;
  gint64   bar_at_us;
  guint64  read, counts[4], warned;
  GString *notes;
};

/**
 * dsp_report_new:
 * @title: the file's name, for people
 */
DspReport *
dsp_report_new (const char *title,
                gboolean    json)
{
  DspReport *self = g_new0 (DspReport, 1);

  self->title = g_strdup (title);
  self->json = json;
  self->bar = isatty (STDERR_FILENO);
  self->notes = g_string_new (NULL);
  return self;
}

void
dsp_report_free (DspReport *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_string_free (self->notes, TRUE);
  g_free (self);
}

static void
hide_bar (DspReport *self)
{
  if (!self->bar_shown)
    return;
  fputs ("\r\033[K", stderr);
  self->bar_shown = FALSE;
}

void
dsp_report_read (DspReport *self,
                 guint64    n)
{
  self->read += n;
}

void
dsp_report_count (DspReport *self,
                  DspOutcome outcome,
                  guint64    n)
{
  self->counts[outcome] += n;
}

/**
 * dsp_report_refuse:
 * @line: where the row begins in the file, from 1; 0 if it has none
 * @n: how many rows of the file that is
 */
void
dsp_report_refuse (DspReport  *self,
                   guint64     line,
                   guint64     n,
                   const char *reason)
{
  self->counts[DSP_OUTCOME_REFUSED] += n;
  hide_bar (self);
  if (line > 0)
    fprintf (stderr, _("%s, line %" PRIu64 ": %s\n"), self->title, line, reason);
  else
    fprintf (stderr, "%s: %s\n", self->title, reason);
}

void
dsp_report_warn (DspReport  *self,
                 guint64     line,
                 const char *warning)
{
  if (self->warned++ >= MAX_WARNINGS)
    return;
  hide_bar (self);
  fprintf (stderr, _("%s, line %" PRIu64 ", taken with a warning: %s\n"), self->title, line, warning);
}

/**
 * dsp_report_note:
 * A sentence more for the text form.
 */
void
dsp_report_note (DspReport  *self,
                 const char *format,
                 ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->notes, format, args);
  va_end (args);
  g_string_append_c (self->notes, '\n');
}

/**
 * dsp_report_progress:
 * @total: in the unit of @done; 0 if it is not known
 */
void
dsp_report_progress (DspReport *self,
                     guint64    done,
                     guint64    total)
{
  gint64 now = g_get_monotonic_time ();
  char bar[BAR_WIDTH + 1];
  guint filled;

  if (!self->bar || total == 0 || now - self->bar_at_us < BAR_EVERY_US)
    return;
  self->bar_at_us = now;
  self->bar_shown = TRUE;
  filled = (guint) (MIN (done, total) * BAR_WIDTH / total);
  for (guint i = 0; i < BAR_WIDTH; i++)
    bar[i] = i < filled ? '#' : '.';
  bar[BAR_WIDTH] = '\0';
  fprintf (stderr, "\r%s [%s] %3u %%", self->title, bar, (guint) (MIN (done, total) * 100 / total));
}

/**
 * dsp_report_is_all_refused:
 * Returns: whether there were rows, and not one of them could be taken
 */
gboolean
dsp_report_is_all_refused (DspReport *self)
{
  return self->read > 0 && self->counts[DSP_OUTCOME_REFUSED] == self->read;
}

/**
 * dsp_report_print:
 * The sum, to the standard output.
 */
void
dsp_report_print (DspReport *self)
{
  hide_bar (self);
  if (self->json)
    {
      printf ("{\"read\":%" G_GUINT64_FORMAT ",\"added\":%" G_GUINT64_FORMAT ",\"changed\":%" G_GUINT64_FORMAT
              ",\"unchanged\":%" G_GUINT64_FORMAT ",\"refused\":%" G_GUINT64_FORMAT ",\"warned\":%" G_GUINT64_FORMAT "}\n",
              self->read, self->counts[DSP_OUTCOME_ADDED], self->counts[DSP_OUTCOME_CHANGED],
              self->counts[DSP_OUTCOME_UNCHANGED], self->counts[DSP_OUTCOME_REFUSED], self->warned);
    }
  else
    {
      printf (_("%s: %" PRIu64 " read, %" PRIu64 " added, %" PRIu64 " changed, %" PRIu64 " unchanged, %" PRIu64
                " refused\n"),
              self->title, self->read, self->counts[DSP_OUTCOME_ADDED], self->counts[DSP_OUTCOME_CHANGED],
              self->counts[DSP_OUTCOME_UNCHANGED], self->counts[DSP_OUTCOME_REFUSED]);
      if (self->warned > 0)
        printf (ngettext ("%" PRIu64 " row was taken with a warning\n", "%" PRIu64 " rows were taken with a warning\n",
                          (gulong) self->warned), self->warned);
      fputs (self->notes->str, stdout);
    }
  fflush (stdout);
}
