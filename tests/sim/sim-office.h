/* sim-office.h: a simulated office: one server, some users' programs, and what may happen to each
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything runs in the present folder: a machine is a folder there, "server" and one of each user's name.
 */
#pragma once

#include "dsp-sync.h"

G_BEGIN_DECLS

#define SIM_CLIENTS 3

typedef struct {
  const char *name;      /* of the user, of the network and of the machine */
  DspSession *session;
  DspReplica *replica;   /* (nullable): the program does not run */
  DspSync    *sync;
  gint64      promised;  /* highest number that the program said is stored */
  gint64      last_group;
  gboolean    is_cut;
} SimClient;

typedef struct {
  SimClient  clients[SIM_CLIENTS];
  GArray    *orders;        /* of DspId */
  DspId      crews[3], distributors[2];
  char      *grant[2];      /* (owned) (nullable): of the user who sees some, over each distributor */
  guint      number;        /* of the next order */
  gint64     no_of_root;
  guint      n_given;
  GHashTable *promises;     /* "NAME no" -> status that the server answered */
  gboolean   clients_may_fault; /* what fails is no surprise now */
} SimOffice;

extern SimOffice sim_office;

/* The office with nobody in it but a server that has stopped: to begin each seed from. */
void     sim_office_prepare   (void);

/* The server */
void     sim_server_start     (void);
void     sim_server_stop      (void); /* orderly, or what is left of it once its machine stopped */
gboolean sim_server_runs      (void);
/* On the administrator's socket. FALSE: no answer of 200. */
gboolean sim_root_push        (const char *command);
gboolean sim_root_post        (const char *path, const char *body, char **reply);
void     sim_grant            (guint distributor);
void     sim_revoke           (guint distributor);
/* Those too of which nobody heard whether they were given. */
void     sim_revoke_all       (void);

/* Clients */
void     sim_client_start     (SimClient *client);
void     sim_client_stop      (SimClient *client);
/* Gives one command, whatever comes to mind, and waits until it is stored or was refused. */
void     sim_client_act       (SimClient *client);
/* All that the program can tell is settled: nothing waits, it is at the head. */
gboolean sim_client_is_idle   (SimClient *client);

/* Lets everything run for so long. */
void     sim_run              (gint64 us);

G_END_DECLS
