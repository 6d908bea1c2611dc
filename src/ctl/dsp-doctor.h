/* dsp-doctor.h: is the installation as it should be?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  const char *database, *socket_path; /* @socket_path: nullable */
  const char *state_folder;           /* (nullable): of the server's files and certificate */
  const char *certificate_path;       /* (nullable): else the one in the state folder, if there is one */
  const char *config_path;            /* (nullable): the configuration that was read, and is understood */
  const char *secret_paths[2];        /* (nullable): of its secrets */
  int         free_mb, days;          /* less free space, or fewer days of the certificate, is a complaint */
  gboolean    json;
} DspDoctor;

#define DSP_DOCTOR_FREE_MB 1024
#define DSP_DOCTOR_DAYS    30

/* Prints a line for each thing that was looked at. FALSE: something is a complaint. Changes nothing, and may be asked while a
 * server runs. */
gboolean dsp_doctor_look (const DspDoctor *doctor, GError **error);

G_END_DECLS
