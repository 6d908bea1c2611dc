/* dsp-server-schema.h: the tables that only a server has
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-schema.h"

G_BEGIN_DECLS

/* device, result: pushes. credential, token: sign-in. grants: what a user saw at which grants_ver. blob: geometries. */
extern const DspSchemaPart dsp_schema_server;

/* device.state */
enum { DSP_DEVICE_ACTIVE, DSP_DEVICE_QUARANTINED };

/* The built-in user of whoever owns the server's files: no credential, acts through the UNIX socket and despachoctl. */
#define DSP_LOCAL_USER_NAME "despachoctl"
DspId dsp_local_user_id   (void);
/* A device of its own for each purpose: "admin", "import", "clock", "roads". */
DspId dsp_local_device_id (const char *purpose);

/* Makes or upgrades all that a server's database holds: entities, feed, server tables, the profiles that ship and the
 * built-in user. @db: a writer, not in a transaction. Calling it again is harmless. */
gboolean dsp_database_init (DspDb   *db,
                            GError **error);

G_END_DECLS
