/* dsp-settings.h: how a server is set up, by its configuration file and its command line
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file is one of keys and values in groups. [server] holds what is the server's, and what holds for every company that
 * does not say otherwise. A server of one office has a group [company], or just "database" on the command line; one of
 * several has [company NAME] for each, and NAME ends the address at which its people sign in.
 */
#pragma once

#include "dsp-house.h"

G_BEGIN_DECLS

/* A company's part. All owned. */
typedef struct {
  char    *name;      /* (nullable): of the only one */
  char    *database, *osrm, *routino;
  gboolean second_factor;
  int      sign_ins, requests, commands; /* -1: as is usual */
  int      rotate, grace, keep_days, housekeeping;
} DspCompanySettings;

typedef struct {
  DspCompanySettings usual;     /* what is said for all */
  GPtrArray         *companies; /* (owned) of DspCompanySettings; at least one */
  char              *listen, *socket, *state, *certificate, *key, *metrics_secret;
  GStrv              hosts, proxies;
  gboolean           no_tls;
  int                waits;
  int                listen_fd; /* handed over by the service manager, or -1 */
  char              *config, *replay;
  gint64             replay_from_us;
  int                ready_fd;
  gboolean           version;
} DspSettings;

DspSettings        *dsp_settings_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void                dsp_settings_free      (DspSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspSettings, dsp_settings_free)

/* Reads the command line, then from the file that it names what it does not say, and checks the whole, unless only the
 * version is asked for. Errors name the option or the key. */
gboolean            dsp_settings_parse     (DspSettings *self, int *argc, char ***argv, GError **error);
/* The file alone, for despachoctl. */
gboolean            dsp_settings_load      (DspSettings *self, const char *path, GError **error);

/* (nullable): that of @name; @name NULL: the only one. */
DspCompanySettings *dsp_settings_find      (DspSettings *self, const char *name, GError **error);

/* What they come to. @options borrows from the settings; @companies: (out): to be freed with g_free(). */
void                dsp_settings_fill      (const DspSettings *self, DspHouseOptions *options, DspServerOptions **companies);

G_END_DECLS
