/* dsp-wall-time.h: times as a clock of the place shows them, in texts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-types.h"

G_BEGIN_DECLS

/* Microseconds of the clock on the wall, as if it were UTC. */
typedef struct { gint64 us; } DspWallTime;

gboolean dsp_wall_time_check_format (const char         *format,
                                     char              **fault);
gboolean dsp_wall_time_read         (const char         *text,
                                     const char         *format,
                                     GTimeZone          *zone,
                                     DspWallTime        *wall,
                                     char              **fault);
DspTime  dsp_wall_time_to_utc       (DspWallTime         wall,
                                     GTimeZone          *zone);

G_END_DECLS
