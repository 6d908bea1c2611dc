/* dsp-server.h: the shared server, assembled
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DspServer DspServer;

/* Texts are borrowed during dsp_server_new(). */
typedef struct {
  const char *database;          /* "sqlite:FILE"; made if it is not there */
  const char *listen;            /* (nullable): HOST:PORT, port 0 for any free one; NULL: no TCP */
  const char *socket_path;       /* (nullable): for the owner's tools */
  const char *state_folder;      /* certificate of our own making, and what is being received */
  gboolean    tls;
  const char *certificate_path;  /* (nullable), together with key_path */
  const char *key_path;
  guint       sign_ins_per_minute; /* from one address; 0: no limit */
  guint       requests_per_second; /* of one user; 0: no limit */
  guint       commands_per_minute; /* of one user; 0: no limit */
  gboolean    require_second_factor; /* supervisors and administrators without one are not let in */
  guint       waits_per_token;
  guint       rotate_tokens_s;     /* a token older than this is to be exchanged */
  guint       token_grace_s;       /* how long the one before it still counts then */
  guint       housekeeping_s;      /* every so often */
  guint       keep_days;           /* changes older than this are pruned */
  gboolean    clock;               /* give the commands of what becomes due; a tool that looks in for a moment does not */
  const char *osrm;                /* (nullable): DspRoadOptions, by which claims of kilometres are measured */
  const char *routino;             /* (nullable) */
  gint64      replay_from_us;      /* for tests: the clock stands here and goes on by the times that commands carry. 0: real
                                      time. Only with @listen on this machine itself: any command would move it */
} DspServerOptions;

void       dsp_server_options_init (DspServerOptions *options);

DspServer *dsp_server_new          (const DspServerOptions  *options,
                                    GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
/* Answers what is under way, stores what was taken, closes the database. */
void       dsp_server_free         (DspServer               *self);

guint16    dsp_server_get_port     (DspServer               *self);
/* (transfer full) (nullable): SHA-256 of the certificate, "AA:BB:…"; NULL without TLS. */
char      *dsp_server_dup_fingerprint (DspServer            *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean   dsp_server_reload_certificate (DspServer         *self,
                                    GError                 **error);
/* (transfer full) (nullable): a one-time code for the first administrator; NULL if the database has users. */
char      *dsp_server_make_first_code (DspServer            *self,
                                    GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
