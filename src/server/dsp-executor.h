/* dsp-executor.h: the one thread that writes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pushes wait in one queue. The thread takes as many commands as fit into a batch, judges them in order, stores what
 * they changed in one transaction, and answers when that is on the disk. It works the same inside a server and inside
 * despachoctl.
 */
#pragma once

#include "dsp-feed.h"
#include "dsp-files.h"
#include "dsp-push.h"
#include "dsp-server-schema.h"
#include "dsp-session.h"

G_BEGIN_DECLS

typedef struct _DspExecutor DspExecutor;

typedef struct {
  guint       status;        /* of HTTP: 200, 401, 403, 409, 426, 503 */
  const char *code;          /* (nullable): why not, static; NULL with 200 */
  const char *message;       /* (nullable): for the log, static */
  guint       retry_after_s; /* with 503 */
  char       *json;          /* (owned) (nullable): the body; NULL: code and message say it all */
} DspPushReply;

/* On the executor's thread, after the commit. @reply is borrowed. */
typedef void (*DspPushDone) (const DspPushReply *reply, gpointer user_data);

/* What a commit brought, on the executor's thread, after the answers. */
typedef struct {
  gint64      seq;             /* the head now */
  gint64      after_seq;       /* the head before */
  GArray     *scopes;          /* of DspId: scopes that a change left or entered */
  GPtrArray  *ended_users;     /* of DspId: disabled: their sessions end */
  gboolean    grants_changed;  /* what somebody may see or do is another */
  GArray     *claims;          /* of DspId (nullable): claims of kilometres whose proposal is by the straight line now */
} DspPublished;
typedef void (*DspPublishFunc) (const DspPublished *published, gpointer user_data);

/* Now and then, between batches, on the executor's thread; for what must be stored without haste. */
typedef gboolean (*DspWriteFunc) (DspFeed *feed, gpointer user_data, GError **error);

/* Takes @db, a writer that holds the lock. Its tables must be there (dsp_database_init()). @replay_from_us: 0, or where
 * the clock of a replay starts, which goes on by the times that commands carry. */
DspExecutor *dsp_executor_new         (DspDb *db, gint64 replay_from_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Finishes what is queued, then ends the thread and closes the database. */
void         dsp_executor_free        (DspExecutor *self);
/* Before the first push. */
void         dsp_executor_set_publish (DspExecutor *self, DspPublishFunc func, gpointer user_data);

/* Whether what becomes due is done (not, at first). Any thread. */
void         dsp_executor_set_clock   (DspExecutor *self, gboolean on);
/* What others are told with each commit that changes something, where several processes write: see dsp_db_notify().
 * Before the first push. */
void         dsp_executor_set_word    (DspExecutor *self, const char *word);
/* Where the bytes of attachments are; not owned. Before the first command. */
void         dsp_executor_set_files   (DspExecutor *self, DspFiles *files);

/* Any thread. Takes @push. FALSE: the queue is full, @push is freed and @done will not be called. */
gboolean     dsp_executor_push        (DspExecutor *self, DspSession *session, DspPush *push, DspPushDone done, gpointer user_data);
/* The same for the body of POST v1/commands as text, waiting for the answer. Not on the executor's thread. */
guint        dsp_executor_run         (DspExecutor *self, DspSession *session, const char *text, gsize length, char **reply);
/* Runs @func in a transaction of its own on the executor's thread, and waits until it is on the disk. */
gboolean     dsp_executor_write       (DspExecutor *self, DspWriteFunc func, gpointer user_data, GError **error);

/* A session for the owner of the files, on the device of its own that @purpose has ("admin", "import"); makes the device
 * on first use. Waits. @last: (out): the highest number taken so far. @epoch: (out): as text, for the envelope. */
DspSession  *dsp_executor_local       (DspExecutor *self, const char *purpose, gint64 *last, char epoch[DSP_ID_TEXT],
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The time after a restore, if it is open, ends: what is held is judged now. Waits for the first of it only. */
gboolean     dsp_executor_end_recovery (DspExecutor *self, GError **error);

void         dsp_executor_get_epoch   (DspExecutor *self, guint8 epoch[16]);
guint        dsp_executor_get_n_waiting (DspExecutor *self);
guint64      dsp_executor_get_n_commands (DspExecutor *self);
guint64      dsp_executor_get_n_batches (DspExecutor *self);
/* How long the commits of all batches took together, waiting for the disk included. */
guint64      dsp_executor_get_commit_us (DspExecutor *self);
/* How many transactions were rolled back because the store failed. */
guint64      dsp_executor_get_n_faults (DspExecutor *self);
/* The head of the feed as of the last commit of this process. */
gint64       dsp_executor_get_seq     (DspExecutor *self);
/* Whether the store took the last transaction. After one that it did not take it is asked again each second. Any thread. */
gboolean     dsp_executor_can_store   (DspExecutor *self);

G_END_DECLS
