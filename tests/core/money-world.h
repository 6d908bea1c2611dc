/* money-world.h: an office with rates, taxes and a distributor under RESICO, for tests of what is paid
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-money-commands.h"
#include "world.h"

#define DAY G_TIME_SPAN_DAY
#define HOUR G_TIME_SPAN_HOUR
/* 2027-01-31 18:00 UTC: noon in Mexico City, when the month is billed. */
#define END (G_GINT64_CONSTANT (1801418400) * G_TIME_SPAN_SECOND)

static inline DspDate
jan (int day)
{
  return dsp_date_make (2027, 1, day);
}

/* In Mexico City, UTC-6. */
static inline gint64
at (int day,
    int hour)
{
  return END + (day - 31) * DAY + (hour - 12) * HOUR;
}

static inline DspMoney
cents (gint64 n)
{
  return (DspMoney) { .cents = n, .is_set = true };
}

static inline DspInt
number (gint64 n)
{
  return (DspInt) { .value = n, .is_set = true };
}

void money_act (World *w, const char *profile);
void money_give (World *w, const DspCommand *command, guint8 n, gconstpointer args);
/* Only what @args sets is given: a pre-invoice's other fields may not be. */
gboolean money_try (World *w, const DspCommand *command, guint8 n, gconstpointer args, GError **error);
void money_refused (World *w, const DspCommand *command, guint8 n, gconstpointer args, DspRule rule, const char *says);
gconstpointer money_record (World *w, const DspEntity *entity, DspId id);
const DspStatementLine *money_line_of (World *w, guint8 n, DspConcept concept, DspPays pays);
/* What must be true of lines and pre-invoices after anything at all. */
void money_assert_whole (World *w);
const DspStatementLine *money_service (World *w, guint8 n);
void money_add_rate (World *w, guint8 n, DspRate rate);
void money_add_closed (World *w, guint8 n, const char *type, const char *subtype, const char *postal_code, int day, int hour, gint64 waited);
/* Rates, taxes and a distributor under RESICO; as administrator at the end of January 2027. */
World *money_office (void);
void money_claim (World *w, guint8 n, guint8 order, int day, gint64 metres);
void money_fault (World *w, guint8 n, guint8 order);
