/* dsp-actor.h: who acts, and what he may do where
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A profile says what, a grant says where. One function decides; push, pull, snapshot, search, counts and the window
 * all ask it. Default deny. Outside of the scope a record does not exist.
 */
#pragma once

#include "dsp-types.h"

G_BEGIN_DECLS

/* One bit a command (dsp_command_number()), then one a module. */
#define DSP_N_PERMISSIONS 256
typedef struct { guint64 bits[DSP_N_PERMISSIONS / 64]; } DspPermissions;

/* Pages of the window that a profile opens; bits from DSP_MODULE_FIRST on. Words: "module.assignments" … */
typedef enum {
  DSP_MODULE_FIRST = 192,
  DSP_MODULE_ASSIGNMENTS = DSP_MODULE_FIRST,
  DSP_MODULE_CREWS,
  DSP_MODULE_MASTERS,
  DSP_MODULE_DISTRIBUTORS,
  DSP_MODULE_ADMINISTRATION,
  DSP_MODULE_PENALTIES,
  DSP_MODULE_MILEAGE,
  DSP_MODULE_RATES,
  DSP_MODULE_PRE_INVOICES,
  DSP_MODULE_CHARTS,
  DSP_MODULE_WORKBOOK,
  DSP_MODULE_LAST
} DspModule;

#define DSP_MODULE_BIT(name) (1u << (DSP_MODULE_##name - DSP_MODULE_FIRST))

/* What a profile may that is neither a command nor a page. */
typedef enum {
  DSP_MAY_FIRST = 240,
  DSP_MAY_RESCHEDULE_BEYOND = DSP_MAY_FIRST, /* order.reschedule past the policy's count */
  DSP_MAY_LAST
} DspMay;

typedef struct {
  DspPermissions may;
  guint64        sees;   /* entities, by number: those that no page is needed for, and those of its pages and commands */
  DspId          scope;  /* dsp_scope_all, a distributor, a master (whose rows are those of scope = its own id) */
  gint64         until_us; /* 0: no end */
} DspActorGrant;

typedef struct {
  DspId          user_id;
  char          *user_name;  /* (owned) */
  GArray        *grants;     /* (owned) of DspActorGrant; masters already widened to their distributors */
  gint64         grants_ver;
} DspActor;

typedef enum { DSP_AUTHZ_DENY, DSP_AUTHZ_ALLOW, DSP_AUTHZ_HIDE } DspAuthz;

DspActor *dsp_actor_new        (const DspId *user_id, const char *user_name);
DspActor *dsp_actor_dup        (const DspActor *actor);
void      dsp_actor_free       (DspActor *actor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspActor, dsp_actor_free)

void      dsp_actor_add_grant  (DspActor *actor, const DspPermissions *may, const DspId *scope, gint64 until_us);

/* dsp_authz: may @actor do @permission (DSP_AUTHZ_READ for seeing) on a row of @row_scope? HIDE: as if it did not exist. */
#define DSP_AUTHZ_READ G_MAXUINT
DspAuthz  dsp_authz            (const DspActor *actor, guint permission, const DspId *row_scope, gint64 now_us);
bool      dsp_actor_sees       (const DspActor *actor, const DspId *row_scope, gint64 now_us);
/* The same for a record of @entity: where no grant that reaches it has the entity's page, there is none for this actor. */
struct _DspEntity;
bool      dsp_actor_sees_of    (const DspActor *actor, const struct _DspEntity *entity, const DspId *row_scope, gint64 now_us);
/* Records of @entity somewhere at all? */
bool      dsp_actor_sees_some  (const DspActor *actor, const struct _DspEntity *entity, gint64 now_us);
/* What is seen in one scope of dsp_actor_dup_scopes(): a set of entities, by number. */
guint64   dsp_actor_entities   (const DspActor *actor, const DspId *scope, gint64 now_us);
bool      dsp_actor_sees_all   (const DspActor *actor, gint64 now_us);
bool      dsp_actor_may        (const DspActor *actor, guint permission, gint64 now_us); /* anywhere at all */
/* The scopes that it sees, for SQL and the feed: sorted, without repeats; (transfer full), of DspId. dsp_scope_all
 * stands first if it sees all, and alone unless a profile shows more of one scope; dsp_scope_common and the user's own id are always there otherwise. */
GArray   *dsp_actor_dup_scopes (const DspActor *actor, gint64 now_us);

void      dsp_permissions_add       (DspPermissions *set, guint permission);
bool      dsp_permissions_has       (const DspPermissions *set, guint permission);
gboolean  dsp_permissions_from_words (DspPermissions *set, const char *const *words, const char **unknown);
const char *dsp_permission_word     (guint permission);

/* The profiles that ship; an administrator can change them or add others. Ends with a NULL name. */
typedef struct { const char *name, *label, *permissions; /* separated by blanks */ } DspShippedProfile;
extern const DspShippedProfile dsp_shipped_profiles[];

G_END_DECLS
