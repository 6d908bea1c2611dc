/* dsp-house.h: one process that serves one company, or several with nothing shared
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The house has the ports; each company in it is a DspServer of its own: its database, the threads that write and read it,
 * its sessions, limits and files. Which company a request is for is the first segment of its path, "/NAME/v1/…"; the only
 * company of a house has no name, and its paths begin with "/v1".
 */
#pragma once

#include "dsp-server.h"

G_BEGIN_DECLS

typedef struct _DspHouse DspHouse;

/* A company that could be opened, at the start or later, on any thread. @name: nullable. */
typedef void (*DspHouseOpened) (DspServer *server, const char *name, gpointer user_data);

/* Texts are borrowed during dsp_house_new(); those of the companies as long as the house. */
typedef struct {
  const DspServerOptions *companies;
  gsize       n_companies;
  const char *listen;            /* (nullable): HOST:PORT, port 0 for any free one; NULL: no TCP */
  int         listen_fd;         /* -1, or a socket that listens already, taken over; instead of listen */
  const char *socket_path;       /* (nullable): for the owner's tools */
  const char *state_folder;      /* certificate of our own making, attachments, and what is being received */
  gboolean    tls;               /* over TCP */
  const char *certificate_path;  /* (nullable), together with key_path */
  const char *key_path;
  const char *const *hosts;      /* (nullable): names taken in Host; any otherwise */
  const char *const *proxies;    /* (nullable): addresses or networks of proxies whose X-Forwarded-For counts */
  const char *metrics_secret_path; /* (nullable): who shows what that file holds may read /metrics over TCP */
  guint       waits_per_token;
  DspHouseOpened opened;         /* (nullable) */
  gpointer    user_data;
} DspHouseOptions;

void       dsp_house_options_init (DspHouseOptions *options);

/* Opens the databases and listens. Blocks on files. An only company that cannot be opened is an error; one of several is
 * tried again now and then, and its people are told to come back later. */
DspHouse  *dsp_house_new       (const DspHouseOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Answers what is under way, stores what was taken, closes the databases. */
void       dsp_house_free      (DspHouse *self);

guint16    dsp_house_get_port  (DspHouse *self);
/* (transfer full) (nullable): SHA-256 of the certificate, "AA:BB:…"; NULL without TLS. */
char      *dsp_house_dup_fingerprint (DspHouse *self) G_GNUC_WARN_UNUSED_RESULT;
/* Certificate and key are read again, and companies that are away are tried at once. */
gboolean   dsp_house_reload    (DspHouse *self, GError **error);

G_END_DECLS
