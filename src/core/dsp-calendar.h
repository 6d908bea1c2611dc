/* dsp-calendar.h: an office's days, hours and holidays, and the minutes that a clock counts
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One function for server and client: from the same office and the same holidays both count the same minutes. Office
 * hours are one stretch of real time a day, from the first time that the opening is on the clock; so a day on which
 * clocks are changed is an hour longer or shorter if the change falls into it.
 */
#pragma once

#include "dsp-catalogue.h"

G_BEGIN_DECLS

typedef struct _DspCalendar DspCalendar; /* not for two threads at once: it remembers days */

/* What holds without a record: America/Mexico_City, Monday to Friday from 8 to 18, federal holidays, at risk within 4 h. */
const DspOfficeSettings *dsp_office_defaults (void);

DspCalendar *dsp_calendar_new         (const DspOfficeSettings *office);  /* nullable: the defaults */
void         dsp_calendar_free        (DspCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspCalendar, dsp_calendar_free)
void         dsp_calendar_add_holiday (DspCalendar *calendar, const DspHoliday *holiday);

/* The name of Mexico's rest day by federal law (Ley Federal del Trabajo, article 74), translated; NULL if @day is none.
 * Election days, which an electoral law sets, are for the office to list. */
const char  *dsp_federal_holiday      (DspDate day);

bool         dsp_calendar_works       (DspCalendar *calendar, DspDate day);
DspDate      dsp_calendar_day         (DspCalendar *calendar, gint64 at_us, int *minute); /* (nullable): after local midnight */
/* @minute: 0 to 1440. A time that clocks skip is the instant after the gap; one that comes twice is the first. */
gint64       dsp_calendar_at          (DspCalendar *calendar, DspDate day, int minute);

/* @span_us of counted time after @from_us: 0 if there is never so much, or nothing is counted. */
gint64       dsp_calendar_add         (DspCalendar *calendar, DspCounts counts, gint64 from_us, gint64 span_us);
/* Counted microseconds from one instant to the other; negative if @to_us is the earlier. */
gint64       dsp_calendar_between     (DspCalendar *calendar, DspCounts counts, gint64 from_us, gint64 to_us);

G_END_DECLS
