/* dsp-actors.h: what each user may do where, loaded once and kept
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-actor.h"
#include "dsp-field.h"
#include "dsp-db.h"

G_BEGIN_DECLS

/* A DspActor that several threads read. */
typedef struct {
  DspActor       *actor;  /* (owned) */
  GArray         *scopes; /* (owned) of DspId: dsp_actor_dup_scopes() as of loading */
  GArray         *entities; /* (owned) of guint64: dsp_actor_entities() of each of them */
  gint64          until_us; /* the next instant at which a grant ends; 0: none does */
  gatomicrefcount refs;
} DspActorRef;

DspActorRef *dsp_actor_ref_ref   (DspActorRef *ref);
void         dsp_actor_ref_unref (DspActorRef *ref);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspActorRef, dsp_actor_ref_unref)

typedef struct _DspActors DspActors;

/* @alone: grants change only in transactions of the caller, who forgets them then, or when another server has written. */
DspActors   *dsp_actors_new    (bool alone) G_GNUC_WARN_UNUSED_RESULT;
void         dsp_actors_free   (DspActors *self);
/* Loads with the database @db as it is now: on the writer, in the middle of its transaction. NULL with @error unset: no
 * such user, or a disabled one. */
DspActorRef *dsp_actors_get    (DspActors *self, DspDb *db, const DspId *user_id, gint64 now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What is known may be old: forget it. */
void         dsp_actors_forget (DspActors *self);

/* The scopes in which @entity is seen; NULL: in none. */
GArray      *dsp_actor_ref_dup_scopes_of (DspActorRef *ref, const DspEntity *entity) G_GNUC_WARN_UNUSED_RESULT;

/* The scopes, with what is seen in each, as bytes, as grants_scopes keeps them. Of an earlier version: everything is seen. */
GBytes      *dsp_scopes_pack   (const GArray *scopes, const GArray *entities) G_GNUC_WARN_UNUSED_RESULT;
GArray      *dsp_scopes_unpack (gconstpointer bytes, gsize size, GArray **entities) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
