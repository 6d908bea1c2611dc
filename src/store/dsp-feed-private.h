/* dsp-feed-private.h: what the feed's files share, for src/store only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-feed.h"

G_BEGIN_DECLS

#define DSP_SALT 16

/* (scope, entity) and its sum, as of now in the batch. */
typedef struct {
  DspId       scope;
  const char *entity; /* interned */
  gint64      n_rows;
  guint8      sum[16];
  bool        changed;
} DspScopeSum;

typedef struct {
  DspDevice device;
  bool      changed; /* its state; numbers are written with each result */
} DspFeedDevice;

struct _DspFeed
{
  DspDb       *db;
  DspFeedState state;      /* as of now */
  DspFeedState committed;  /* as of the last commit */
  DspFeedState marked;     /* as of dsp_feed_mark() */
  bool         others_wrote; /* before this batch */
  GHashTable  *sums;       /* (owned) of DspScopeSum, key itself */
  GHashTable  *devices;    /* (owned) of DspFeedDevice, key its id */
  GChecksum   *checksum;   /* (owned) used anew for each digest */
  GString     *text;       /* (owned) scratch: a body */
  GString     *changes;    /* (owned) scratch: a diff */
  DspId        last_device; /* of the last change in this batch, and its number: a command may come in several appends */
  gint64       last_no;
  DspStmt     *insert_change, *insert_entry, *find_digest; /* (owned) */
  guint8       random[4096];
  gsize        random_left;
};

/* Chains. @out may be @before. */
void     dsp_chain_body    (GChecksum       *checksum,
                            const guint8     salt[DSP_SALT],
                            const char      *body,
                            gsize            length,
                            guint8           out[DSP_DIGEST]);
void     dsp_chain_change  (GChecksum       *checksum,
                            const guint8     before[DSP_DIGEST],
                            const DspChange *change, /* seq, entity, id, version, op */
                            const DspId     *scope_old,
                            const DspId     *scope_new,
                            const guint8     body_hash[DSP_DIGEST],
                            guint8           out[DSP_DIGEST]);
void     dsp_chain_entry   (GChecksum       *checksum,
                            const guint8     before_log[DSP_DIGEST],
                            const guint8     before_record[DSP_DIGEST],
                            gint64           seq,
                            const DspId     *entry,
                            const guint8     body_hash[DSP_DIGEST],
                            guint8           out[DSP_DIGEST]);

/* The state, and with it the lock on all writing until the transaction ends, where others may write as well. */
gboolean dsp_feed_lock_state (DspDb         *db,
                            DspFeedState    *state,
                            GError         **error);
/* Fresh random bytes of the system. */
void     dsp_feed_random   (DspFeed         *feed,
                            gpointer         out,
                            gsize            length);
/* Counts one row in or out. */
gboolean dsp_feed_count    (DspFeed         *feed,
                            const DspId     *scope,
                            const char      *entity,
                            const DspId     *id,
                            gint64           version,
                            gboolean         out,
                            GError         **error);
/* Writes what changed of sums and devices. */
gboolean dsp_feed_flush    (DspFeed         *feed,
                            GError         **error);
/* Adds an entry to the history and to its chain. @entry's id, seq and texts are set by the caller but for id and seq. */
gboolean dsp_feed_log      (DspFeed         *feed,
                            DspHistory      *entry,
                            bool             is_first,
                            GError         **error);
/* Does a reader of @scopes see an @entity (by its word) of @scope? @entities: as for dsp_feed_read(). */
gboolean dsp_scope_visible (const GArray    *scopes,
                            const GArray    *entities,
                            const char      *entity,
                            const DspId     *scope);
/* A digest from a column; FALSE if it is not 32 bytes. */
gboolean dsp_stmt_digest   (DspStmt         *stmt,
                            int              column,
                            guint8           digest[DSP_DIGEST]);

G_END_DECLS
