/* dsp-keeper-private.h: the keeper's insides, for its own files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-bookings.h"
#include "dsp-keeper.h"
#include "dsp-schema.h"
#include "dsp-table.h"

G_BEGIN_DECLS

/* What hash tables of records are keyed by. */
typedef struct {
  const DspEntity *entity;
  DspId            id;
} DspKey;

guint    dsp_key_hash  (gconstpointer key);
gboolean dsp_key_equal (gconstpointer a, gconstpointer b);

typedef enum {
  DSP_WAIT_QUEUED, /* never offered to the server: may still become nothing */
  DSP_WAIT_SENT,   /* offered; no answer is stored */
  DSP_WAIT_ACKED,  /* answered; its effect has not come back */
} DspWait;

/* A command whose effect is in the overlay. Others are only in the table. */
typedef struct {
  gint64            no, group;
  DspWait           wait;
  const DspCommand *command;  /* NULL: undone, or of a newer program */
  GArray           *ids;      /* (owned) of DspId */
  GArray           *bases;    /* (owned) of gint64 */
  GArray           *out;      /* (owned) of guint8: 1 for rows that the server refused */
  gpointer          args;     /* (owned) (nullable), of dsp_command_args() */
  guint64           given;
  gint64            at_us;
  gint64            seq;
} DspPending;

/* Where a record is named by a waiting command. */
typedef struct {
  DspPending *pending;
  guint       row;
} DspMention;

/* A record of the overlay. */
typedef struct {
  DspKey   key;
  gpointer record; /* (owned) (nullable): NULL: deleted */
} DspOver;

/* A copy in progress. */
typedef struct {
  gboolean  active, indexed;
  gboolean  added;     /* of added scopes, not of all */
  GArray   *hidden;    /* (owned) (nullable) of DspId: while the base catches up with it, the added scopes */
  gint64    top_seq;   /* highest seq of a page */
  gint64    pos;       /* of the feed, in the copy */
  char     *from;      /* (owned) (nullable) cursor */
  char     *epoch;     /* (owned) (nullable) */
  guint     n_rows;
  gboolean  tables[DSP_N_ENTITIES];
  GHashTable *touched; /* (owned) */
} DspCopy;

struct _DspKeeper
{
  char        *path;
  DspDb       *db;
  bool         salvaged;
  DspDeltaFunc emit;
  gpointer     emit_data;
  DspDelta    *delta;         /* (nullable): being collected */

  /* identity */
  char        *server, *fingerprint, *user_name, *full_name;
  DspId        user_id, device;
  gboolean     enrolled, rolled_back;
  gint64       last_no;
  DspActor    *actor;         /* (nullable) */
  gboolean     complete;      /* the actor sees everything: what is not here does not exist */

  /* base */
  char        *cursor, *epoch;
  char        *agreed; /* (owned) (nullable): the epoch in which server and file agreed on this device's numbers */
  gint64       held;   /* after a restore the server holds commands up to this one; 0: begin with the first */
  gint64       pos;           /* all changes up to it are in the base */
  gint64       contact_us;
  gint64       generation;    /* +1 with each change of the base */
  gboolean     has_data;
  GHashTable  *cache;         /* DspKey -> record: small entities of the base */

  /* commands */
  GPtrArray   *pending;       /* of DspPending, by number */
  GHashTable  *mentions;      /* DspKey -> GArray of DspMention */
  GHashTable  *overlay[DSP_N_ENTITIES]; /* by entity number: DspKey -> DspOver. Apart, so that a question about one entity does
                                           not walk over a gesture of thousands of another */
  GHashTable  *conflicts;     /* DspKey -> number of refusals in the tray */
  gboolean     outbox_unread; /* pending is not what is on disk */
  guint        n_wide;        /* pending commands that may touch other records than they name */
  gboolean     spread;        /* the overlay has records that no command names, or its commands are fewer than it was made of */

  DspFacts     facts;
  gpointer     scratch;       /* (owned) (nullable): what facts.get() lent last */
  const DspEntity *scratch_entity;
  gboolean     scratch_is_fresh; /* it is what the base has, while commands are judged and nothing is written */
  gboolean     judging;
  DspWorkStep  step;          /* (nullable) */
  gpointer     step_data;
  bool         stopped;       /* by the step, since a command began to be judged */
  GError      *facts_error;   /* (nullable): the first failed read */
  DspBookings *bookings;      /* (owned) (nullable): of the base, while commands are judged */

  DspCopy      copy;
};

#define DSP_SHADOW "shadow_"
void         dsp_keeper_copy_forget (DspKeeper *keeper); /* in memory; what is stored stays */

/* dsp-keeper.c */
gboolean     dsp_keeper_get_text   (DspKeeper *keeper, const char *table, const char *key, char **value, GError **error);
gboolean     dsp_keeper_put_text   (DspKeeper *keeper, const char *table, const char *key, const char *value, GError **error);
gboolean     dsp_keeper_put_int    (DspKeeper *keeper, const char *table, const char *key, gint64 value, GError **error);
gboolean     dsp_keeper_agree      (DspKeeper *keeper, GError **error); /* in a transaction: the server answered as one that knows the numbers */
gboolean     dsp_keeper_fail       (GError **error); /* turns a store error into the client's; always FALSE */
gboolean     dsp_keeper_load_actor (DspKeeper *keeper, GError **error);
gboolean     dsp_keeper_touch_base (DspKeeper *keeper, GError **error);
gboolean     dsp_keeper_create_order_indexes (DspDb *db, const char *prefix, GError **error);
extern const DspSchemaPart dsp_client_parts[];
extern const guint dsp_n_client_parts;

/* dsp-keeper-delta.c */
DspDelta    *dsp_keeper_delta      (DspKeeper *keeper); /* the one being collected, (transfer none) */
void         dsp_keeper_tell       (DspKeeper *keeper, const DspKey *key, const char *by, const DspCommand *command);
void         dsp_keeper_flush      (DspKeeper *keeper, gboolean mine);
/* What the next delta says of changes that were merged: one more record, or none after all. */
void         dsp_keeper_tell_merged (DspKeeper *keeper, const DspEntity *entity, const DspId *id);
void         dsp_keeper_none_merged (DspKeeper *keeper);

/* dsp-keeper-salvage.c */
gboolean     dsp_keeper_salvage    (const char *path, GError **error);

/* dsp-overlay.c */
static inline GHashTable *
dsp_keeper_overlay (DspKeeper       *keeper,
                    const DspEntity *entity)
{
  return keeper->overlay[entity->number];
}
void dsp_overlay_init  (GHashTable *overlay[DSP_N_ENTITIES]);
void dsp_overlay_clear (GHashTable *overlay[DSP_N_ENTITIES]);
const DspTable *dsp_command_args   (const DspCommand *command);
DspPending  *dsp_pending_new       (const DspCommand *command, gint64 no, gint64 group);
void         dsp_pending_free      (gpointer pending);
void         dsp_keeper_add_pending    (DspKeeper *keeper, DspPending *pending);
void         dsp_keeper_remove_pending (DspKeeper *keeper, DspPending *pending, GHashTable *affected);
DspPending  *dsp_keeper_find_pending   (DspKeeper *keeper, gint64 no);
void         dsp_keeper_init_facts (DspKeeper *keeper);
DspFact      dsp_keeper_effective  (DspKeeper *keeper, const DspEntity *entity, const DspId *id, gconstpointer *record);
void         dsp_keeper_take_edits (DspKeeper *keeper, const DspCommand *command, const DspId *id, DspWork *work, GHashTable *replaced);
/* Computes the overlay of the records of @affected (a set of DspKey) anew, or all of it if @all, and tells what differs. */
gboolean     dsp_keeper_replay     (DspKeeper *keeper, GHashTable *affected, gboolean all, GError **error);
GHashTable  *dsp_key_set_new       (void);
void         dsp_key_set_add       (GHashTable *set, const DspEntity *entity, const DspId *id);
void         dsp_over_free         (gpointer over);

/* dsp-outbox.c */
gboolean     dsp_keeper_load_outbox (DspKeeper *keeper, GError **error);
/* Within a transaction: acknowledged commands up to keeper->pos are in the base now. */
gboolean     dsp_keeper_settle     (DspKeeper *keeper, GHashTable *affected, GError **error);
gboolean     dsp_keeper_reload_outbox  (DspKeeper *keeper); /* as it stands on disk; memory may have gone ahead */
/* Before anything that looks at what waits: it could not be read again, and is now, or there is an error. */
gboolean     dsp_keeper_need_outbox    (DspKeeper *keeper, GError **error);
gboolean     dsp_keeper_set_state      (DspKeeper *keeper, gint64 no, const char *state, gint64 seq, GError **error);
void         dsp_keeper_count_conflict (DspKeeper *keeper, const DspEntity *entity, const DspId *id, int change);
gboolean     dsp_pending_read_body     (DspPending *pending, const char *body);
gboolean     dsp_pending_read_args     (DspPending *pending, const char *args);

G_END_DECLS
