/* dsp-sync-private.h: the synchronisation's insides, for its own files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-channel.h"
#include "dsp-replica-private.h"

G_BEGIN_DECLS

typedef enum {
  BLOCK_NONE,
  BLOCK_SIGN_IN,
  BLOCK_CERTIFICATE,
  BLOCK_UPGRADE,
  BLOCK_QUARANTINED,
} Block;

struct _DspSync
{
  GObject       parent_instance;

  DspReplica   *replica;    /* (owned) */
  char         *server, *fingerprint;
  GThread      *follower, *sender;
  DspLane      *fetcher;    /* histories, signing out: its own connection */
  DspChannel   *fetch_channel; /* in the fetcher */
  GCancellable *all;        /* cancelled at the end */
  GHashTable   *sent_files; /* in the sender: hashes that the server took */
  gint64        exchange_at; /* in the follower: not before, monotonic */

  GMutex        lock;
  GCond         changed;
  char         *token;      /* (guarded by lock) */
  guint         token_no;   /* (guarded by lock): +1 with each token */
  GCancellable *poll;       /* (guarded by lock) (nullable): the follower's request */
  gboolean      stopping;   /* (guarded by lock) */
  gboolean      contact;    /* (guarded by lock): the feed answered since the connection was lost */
  gboolean      copy;       /* (guarded by lock): fetch everything anew */
  gboolean      to_send;    /* (guarded by lock) */
  gboolean      blobs;      /* (guarded by lock): areas may have come */
  gboolean      files;      /* (guarded by lock): the server may lack files that are here */
  gboolean      at_head;    /* (guarded by lock) */
  guint         hurry;      /* (guarded by lock): +1: do not wait out pauses */
  Block         block;      /* (guarded by lock) */
};

gboolean dsp_sync_is_stopping (DspSync *self);
void     dsp_sync_tell_link   (DspSync *self, DspLink link, double progress, const char *trouble);
/* Gives the channel the present token. Returns its number. */
guint    dsp_sync_give_token  (DspSync *self, DspChannel *channel);

/* One call of the keeper, in the replica's lane, and what came of it. */
typedef struct {
  DspSync    *self;
  GBytes     *body;
  gboolean    ok;
  GError     *error;
  DspPulled   pulled;
  char       *text, *epoch;
  gint64      first, number;
  guint       n;
  gboolean    flag;
  GPtrArray  *list;
  DspCopyPlace place;
} DspSyncCall;

/* Runs @func with @c in the lane, and waits. */
void     dsp_sync_call        (DspSync *self, DspLaneFunc func, DspSyncCall *c);
void     dsp_sync_call_clear  (DspSyncCall *c);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspSyncCall, dsp_sync_call_clear)
/* dsp-sync-calls.c: the calls; @data is a DspSyncCall */
void     dsp_sync_do_pulled    (gpointer data);
void     dsp_sync_do_cursor    (gpointer data);
void     dsp_sync_do_next_push (gpointer data);
void     dsp_sync_do_pushed    (gpointer data);
void     dsp_sync_do_renumber  (gpointer data);
void     dsp_sync_do_set_held  (gpointer data);
void     dsp_sync_do_wanted_blobs (gpointer data);
void     dsp_sync_do_put_blobs (gpointer data);
void     dsp_sync_do_check_sums (gpointer data);

/* dsp-sync-copy.c: all that the user may see, or only the scopes that were @added, anew or from where the last try ended.
 * @status: of a refusal that every request may get; 0 otherwise. In the follower. */
gboolean dsp_sync_fetch_copy  (DspSync *self, DspChannel *channel, gboolean added, guint *status, GError **error);

/* dsp-sync-files.c: in the sender, before the commands of @push, which may attach files. FALSE: they could not be sent now;
 * @answer has the status, or @error is set. For a refused file the command is refused too, and says why. */
gboolean dsp_sync_send_files  (DspSync *self, DspChannel *channel, const char *push, DspAnswer *answer, GError **error);
/* The server may have lost what it was sent. */
void     dsp_sync_forget_sent_files (DspSync *self);
/* Sends what this computer has and the server lacks of attachments that the user sees. FALSE: not now. */
gboolean dsp_sync_offer_files (DspSync *self, DspChannel *channel);

/* dsp-sync-token.c: in the follower */
void     dsp_sync_exchange_token (DspSync *self, DspChannel *channel);

/* dsp-sync-fetch.c: one question of a person's, in the fetcher. @json: (nullable) (transfer full): overwritten afterwards, since
 * it may hold secrets. The answer's body; errors: OFFLINE, WAIT, SIGN_IN (also a wrong password), CODE, NOT_FOUND, SERVER. */
void     dsp_sync_ask_async   (DspSync *self, const char *method, const char *path, char *json, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
GBytes  *dsp_sync_ask_finish  (DspSync *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* dsp-sync-fetch.c: in the fetcher */
void     dsp_sync_free_fetch_channel (gpointer self);

G_END_DECLS
