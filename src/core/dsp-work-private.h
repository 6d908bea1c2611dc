/* dsp-work-private.h: what the files of one command in progress share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-command.h"

G_BEGIN_DECLS

struct _DspWork
{
  const DspFacts *facts;
  const DspActor *actor;
  gint64          now_us;
  guint64         given;
  GPtrArray      *edits; /* (owned) of DspEdit */
  GHashTable     *by_id; /* (owned): the same, as a set by entity and id: one run may edit thousands */
  GPtrArray      *all[DSP_N_ENTITIES]; /* (owned) (nullable): catalogues that were asked for */
  DspCalendar    *calendar;            /* (owned) (nullable) */
  GArray         *warnings;            /* (owned) of DspWarning */
  DspWorkStep     step;                /* (nullable) */
  gpointer        step_data;
  guint           n_passes;            /* that the run makes over what it changes */
};

G_END_DECLS
