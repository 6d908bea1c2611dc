/* dsp-text.h: values and answers in words for the screen
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instants are UTC everywhere; here, and only here, they become the office's local time. Main thread only.
 */
#pragma once

#include "dsp-currency.h"
#include "dsp-entities.h"
#include "dsp-plan.h"
#include "dsp-replica.h"
#include "dsp-rule.h"

G_BEGIN_DECLS

/* The office's time zone, a name of the time zone database; an unknown name is UTC. */
void       dsp_text_set_zone   (const char *name);
GTimeZone *dsp_text_zone       (void);
gint64     dsp_text_offset_us  (gint64 at_us);           /* local minus UTC at that instant */

char      *dsp_text_time       (DspTime time);           /* short, for lists: "22 Nov 10:21"; "" for none */
char      *dsp_text_time_full  (DspTime time);           /* for tooltips: with weekday, year and zone */
char      *dsp_text_hour       (DspTime time);           /* "10:21" */
char      *dsp_text_date       (DspDate date);           /* as the locale writes it */
char      *dsp_text_minutes    (DspInt minutes);         /* after midnight: "08:30" */
char      *dsp_text_span       (gint64 us);              /* "5 min", "1 h 12", "3 d 4 h"; of the absolute value */
char      *dsp_text_ago        (gint64 at_us, gint64 now_us); /* "a moment ago", "5 min ago" */
char      *dsp_text_km         (double km);
gboolean   dsp_text_is_degrees (const DspField *field);  /* a whole number of 1e-7 degrees */
char      *dsp_text_degrees    (DspInt e7);              /* "19.432608"; "" for none */
char      *dsp_text_money      (gint64 cents);           /* "$1,234.50", "−$20.00", "USD 1,234.50"; any thread */
char      *dsp_text_money_coded (gint64 cents);          /* "$1,234.50 MXN": with the currency's letters in any case; any thread */
char      *dsp_text_amount     (gint64 cents);           /* "1,234.50", "−20.00": for columns; any thread */

/* A local day, typed or as YYYY-MM-DD: its first instant. Accepts 2026-11-22, 22/11/2026 and 22/11. */
gboolean   dsp_text_read_date  (const char *text, gint64 now_us, DspDate *date);
DspTime    dsp_text_day_starts (DspDate date);
DspDate    dsp_text_local_day  (gint64 us);
/* "31/12/2026 10:30", local; and back, for editing. */
gboolean   dsp_text_read_time  (const char *text, gint64 now_us, DspTime *time);
char      *dsp_text_time_edit  (DspTime time);
gboolean   dsp_text_read_minutes (const char *text, DspInt *minutes);
const char *dsp_text_weekday   (int weekday, gboolean full); /* Monday is 1. Not from the locale, which may be missing */
char      *dsp_text_months     (DspDate from, DspDate to); /* "November – December 2026" */
char      *dsp_text_day_name   (DspDate date);           /* "Monday 30 November" */

const char *dsp_text_word      (const DspWords *words, guint value); /* translated; "" for none */

/* What a crew card says while something hangs over it, in one sentence. */
char      *dsp_text_answer     (const DspPlanAnswer *answer);
/* Each warning by itself, for the question about the reason. */
GStrv      dsp_text_warnings   (const DspPlanAnswer *answer);

/* Why a command was refused. @message is the log's, shown only when there is nothing better; nullable. */
char      *dsp_text_rule       (DspRule rule, const char *message);
char      *dsp_text_error      (const GError *error);
/* What went wrong with a command that was given: the error where @outcome is NULL, or the first refusal. (nullable): nothing. */
char      *dsp_text_outcome    (const DspOutcome *outcome, const GError *error);

G_END_DECLS
