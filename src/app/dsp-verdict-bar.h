/* dsp-verdict-bar.h: what is decided about the chosen records: penalties, claims of kilometres
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each verdict is one row of a table: its command, its key, from which states it may be given, what it asks for.
 *
 * Signals:
 *   step    (int)       the next case (1) or the one before (-1) is wanted
 *   giving  ()          a verdict is being stored
 *   done    (gboolean)  it was taken; FALSE: it was refused, or left: the keyboard goes back to the queue
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_VERDICT_BAR (dsp_verdict_bar_get_type ())
G_DECLARE_FINAL_TYPE (DspVerdictBar, dsp_verdict_bar, DSP, VERDICT_BAR, GtkWidget)

#define DSP_VERDICTS_MAX 8

typedef struct {
  const DspCommand *command;
  guint             key;
  guint32           states;     /* from which it may be given */
  const char       *label;      /* untranslated, as is the prompt */
  const char       *prompt;     /* for the text */
  const char       *text;       /* (nullable): the argument that the text is */
  bool              needs_text;
  bool              asks;       /* also of one alone, though nothing has to be said */
  guint             verdict;    /* the argument of that name, of an appeal's answer; 0: there is none */
  const char       *besides;    /* (nullable): another argument: a distributor to be chosen, or a number to be typed */
  const char       *besides_label;
  const char       *besides_missing; /* the sentence when nothing was chosen or typed */
  /* (nullable): of many, each has an argument of its own in place of @besides: sets it. (nullable): it cannot be. */
  void            (*each) (gconstpointer record, gpointer args);
  /* (nullable): what stands in @besides at first, for one alone. (transfer full) */
  char           *(*suggest) (gconstpointer record);
} DspVerdictChoice;

typedef struct {
  const DspEntity        *entity;
  const DspVerdictChoice *choices;
  guint                   n_choices;
  const char             *none_chosen;  /* untranslated */
  /* In words: what it is about, of one or more. (transfer full) */
  char                 *(*about) (DspOffice *office, const GPtrArray *records);
  /* In words: so many of several were left as they are, and why the first. (transfer full) */
  char                 *(*left) (guint n, const char *why);
} DspVerdictKind;

/* The supervisor's, about penalties. */
extern const DspVerdictKind dsp_penalty_verdicts;

GtkWidget *dsp_verdict_bar_new  (DspOffice *office, const DspVerdictKind *kind); /* @kind is static */

/* The verdicts are about @records (copied). What was being typed about others is dropped, unless it is about the same
 * ones. */
void       dsp_verdict_bar_set  (DspVerdictBar *self, GPtrArray *records);

/* A verdict's key, J, K: returns whether the key is one of them and does something now. */
gboolean   dsp_verdict_bar_key  (DspVerdictBar *self, guint keyval);

G_END_DECLS
