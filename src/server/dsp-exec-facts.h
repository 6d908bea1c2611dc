/* dsp-exec-facts.h: what the executor knows about records while it judges
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-command.h"
#include "dsp-db.h"
#include "dsp-files.h"

G_BEGIN_DECLS

typedef struct _DspExecFacts DspExecFacts;

DspExecFacts   *dsp_exec_facts_new    (DspDb *db) G_GNUC_WARN_UNUSED_RESULT;
void            dsp_exec_facts_free   (DspExecFacts *self);
/* @files: not owned; without them nothing is known about bytes. */
void            dsp_exec_facts_set_files (DspExecFacts *self, DspFiles *files);
const DspFacts *dsp_exec_facts_get    (DspExecFacts *self);

/* An edit that is not in the database yet: what is asked from now on sees it. */
void            dsp_exec_facts_put    (DspExecFacts *self, const DspEdit *edit);
/* All edits so far are in the database, in the open transaction. */
void            dsp_exec_facts_settle (DspExecFacts *self);
/* The transaction was rolled back, or a command's edits were dropped. */
void            dsp_exec_facts_forget (DspExecFacts *self);
/* FALSE: a read failed since the last look, and what was judged by it must not be stored. */
gboolean        dsp_exec_facts_check  (DspExecFacts *self, GError **error);

G_END_DECLS
