/* dsp-judge.h: one command judged, stored and answered
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-actors.h"
#include "dsp-executor.h"

G_BEGIN_DECLS

/* The executor's own; its thread alone. */
typedef struct _DspJudge DspJudge;

DspJudge *dsp_judge_new      (DspFeed *feed) G_GNUC_WARN_UNUSED_RESULT;
void      dsp_judge_free     (DspJudge *self);
/* Before the first command. */
void      dsp_judge_set_files (DspJudge *self, DspFiles *files);

/* In an open batch. Judges @command of @session's user, stores its edits, its history and its result, and appends the
 * result's JSON to @results. FALSE: an internal fault; the batch must be rolled back. */
gboolean  dsp_judge_command  (DspJudge *self, DspSession *session, DspActor *actor, const DspPushCommand *command,
                              gint64 now_us, DspPublished *published, GString *results, GError **error);
/* For commands that the server gives itself, without a number. */
gboolean  dsp_judge_internal (DspJudge *self, const DspCommand *command, const DspId *id, gconstpointer args, guint64 given,
                              gint64 now_us, DspPublished *published, GError **error);
DspActorRef *dsp_judge_get_actor (DspJudge *self, const DspId *user_id, gint64 now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Grants that ended since @from_us: their users are told. */
gboolean  dsp_judge_end_grants (DspJudge *self, gint64 from_us, gint64 now_us, DspPublished *published, GError **error);
/* After a rollback, and when others wrote: what is remembered of the tables. */
void      dsp_judge_forget   (DspJudge *self);

/* ---- the clock ---- */
/* When it has something to do: an instant; G_MAXINT64: never. */
gint64    dsp_judge_next_due (DspJudge *self);
/* In an open batch: gives the commands of what is due by @now_us, as many as fit into a short while. */
gboolean  dsp_judge_run_due  (DspJudge *self, gint64 now_us, DspPublished *published, GError **error);

void      dsp_published_init (DspPublished *published);
void      dsp_published_clear (DspPublished *published);

G_END_DECLS
