/* world.h: a small office in hash tables, for tests of the rules
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Distributors 1 and 2, crews 11 (of 1) and 12 (of 2), 13 (of 1, retired); order 21 is of distributor 1, unassigned.
 */
#pragma once

#include "dsp-command.h"

#define NOW (G_GINT64_CONSTANT (1800000000) * G_TIME_SPAN_SECOND)

typedef struct {
  GPtrArray *records[DSP_N_ENTITIES];
  DspFacts   facts;
  DspActor  *actor;
  DspWork   *work;
  gint64     now_us;  /* of the next world_act_as() */
  bool       counts;  /* it knows every order, as a server does */
} World;

World          *world_new     (void);
void            world_free    (World *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

DspId           world_id      (guint8 n);
DspPermissions  world_profile (const char *name); /* of those that ship */
/* From here on commands are given by a user of that profile over @scope, at w->now_us. */
void            world_act_as  (World *w, const char *profile, DspId scope);
/* Runs the command, and stores what it changed. */
gboolean        world_give    (World *w, const DspCommand *command, DspId id, gint64 base, gconstpointer args,
                               guint64 given, GError **error);
/* Stores what the last run of w->work changed. */
void            world_store   (World *w);
/* world_give(), refused with @rule, and nothing changed. */
void            world_refused (World *w, const DspCommand *command, DspId id, gconstpointer args, DspRule rule);
const DspOrder *world_order   (World *w); /* number 21 */
