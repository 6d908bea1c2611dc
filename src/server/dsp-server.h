/* dsp-server.h: what serves one company, assembled
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DspServer DspServer;

/* Texts are borrowed during dsp_server_new(). */
typedef struct {
  const char *name;              /* (nullable): by which it is addressed, where there are several */
  const char *database;          /* "sqlite:FILE", made if it is not there; or "postgresql://…" */
  guint       sign_ins_per_minute; /* from one address; 0: no limit */
  guint       requests_per_second; /* of one user; 0: no limit */
  guint       commands_per_minute; /* of one user; 0: no limit */
  gboolean    require_second_factor; /* supervisors and administrators without one are not let in */
  guint       rotate_tokens_s;     /* a token older than this is to be exchanged */
  guint       token_grace_s;       /* how long the one before it still counts then */
  guint       housekeeping_s;      /* every so often */
  guint       keep_days;           /* changes older than this are pruned */
  gboolean    clock;               /* give the commands of what becomes due; a tool that looks in for a moment does not */
  const char *osrm;                /* (nullable): DspRoadOptions, by which claims of kilometres are measured */
  const char *routino;             /* (nullable) */
  gint64      replay_from_us;      /* for tests: the clock stands here and goes on by the times that commands carry. 0: real
                                      time. Only where one listens on this machine itself: any command would move it */
} DspServerOptions;

void       dsp_server_options_init (DspServerOptions *options);

DspServer *dsp_server_new          (const DspServerOptions  *options,
                                    const char              *files_folder,
                                    GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
/* After the last request came: answers what is under way, stores what was taken, closes the database. */
void       dsp_server_free         (DspServer               *self);

/* (transfer full) (nullable): a one-time code for the first administrator; NULL if the database has users. */
char      *dsp_server_make_first_code (DspServer            *self,
                                    GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
