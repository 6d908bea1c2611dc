/* dsp-judge-private.h: what the files of the judge share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-due.h"
#include "dsp-exec-facts.h"
#include "dsp-judge.h"

G_BEGIN_DECLS

struct _DspJudge
{
  DspFeed      *feed;
  DspDb        *db;
  DspExecFacts *facts;   /* (owned) */
  DspActors    *actors;  /* (owned): as of the open transaction */
  GHashTable   *noted;   /* (owned): imports that have their history entry */
  DspDue       *due;     /* (owned) */
  DspSession   *clock;   /* (owned) (nullable): made when it first has something to do */
};

/* dsp-judge-grants.c: sets of users (DspId) whose permissions or scope change */
GHashTable *dsp_judge_user_set_new  (void);
gboolean    dsp_judge_collect_users (DspJudge *self, const DspEdit *edit, GHashTable *users, DspPublished *published, GError **error);
/* New numbers for their grants, and what they see from now on beside them. */
gboolean    dsp_judge_bump_all      (DspJudge *self, GHashTable *users, gint64 now_us, DspPublished *published, GError **error);

G_END_DECLS
