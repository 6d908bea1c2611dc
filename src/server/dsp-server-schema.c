/* dsp-server-schema.c: the tables that only a server has, and what a new database holds
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-schema.h"

#include "dsp-entities.h"

/* grants_scopes: which scopes a user saw at which grants_ver: a client that comes back with an old one is told what to
 * drop. folio: the last public number given. due: dsp-due.h. */
#define DUE "CREATE TABLE due (at INTEGER NOT NULL, entity TEXT NOT NULL, id BLOB NOT NULL, PRIMARY KEY (at, entity, id))"

/* What the program shipped last for each of its profiles: words, separated by blanks. */
#define SHIPPED "CREATE TABLE shipped_profile (id BLOB NOT NULL PRIMARY KEY, permissions TEXT NOT NULL)"

/* dsp-recovery.c. */
#define RECOVERY \
  "CREATE TABLE recovery (one INTEGER PRIMARY KEY CHECK (one = 1), minutes INTEGER NOT NULL, until INTEGER NOT NULL);" \
  "CREATE TABLE offer (device BLOB NOT NULL, no INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (device, no));" \
  "CREATE INDEX offer_seq ON offer (seq, device, no)"

/* dsp-second-factor.c. */
#define SECOND_FACTOR \
  "CREATE TABLE second_factor (user_id BLOB NOT NULL PRIMARY KEY, secret BLOB NOT NULL, made_at INTEGER NOT NULL, last_step INTEGER NOT NULL);" \
  "CREATE TABLE recovery_code (hash BLOB NOT NULL PRIMARY KEY, user_id BLOB NOT NULL, used_at INTEGER NOT NULL)"

/* dsp-sign-in-list.c: from where each sign-in came, whose tokens are a family. */
#define SIGN_IN "CREATE TABLE sign_in (family BLOB NOT NULL PRIMARY KEY, address TEXT NOT NULL)"

static gboolean
fresh (DspDb   *db,
       GError **error)
{
  return dsp_db_exec (db, "CREATE TABLE grants_scopes (user_id BLOB NOT NULL, grants_ver INTEGER NOT NULL,"
                          " scopes BLOB NOT NULL, PRIMARY KEY (user_id, grants_ver));"
                          "CREATE TABLE folio (entity TEXT NOT NULL PRIMARY KEY, last INTEGER NOT NULL);" DUE ";" SHIPPED ";" RECOVERY ";" SECOND_FACTOR ";" SIGN_IN, error);
}

/* 2: the clock. Orders that wait are looked at when their date comes, or at once if it has passed; what was closed long
 * ago is left alone. Frozen text: the part "entities" is at version 2 or later by then. */
static const DspMigration steps[] = {
  { 2, DUE "; INSERT INTO due (at, entity, id) SELECT \"penalty_at\", 'order', \"id\" FROM \"order\" WHERE \"penalty_at\" IS NOT NULL"
       " AND \"status\" IN ('unassigned', 'assigned', 'in_progress', 'to_reschedule', 'rejected')", NULL },
  { 3, SHIPPED, NULL },
  { 4, RECOVERY, NULL },
  { 5, SECOND_FACTOR, NULL },
  { 6, SIGN_IN, NULL },
  { 0 },
};

const DspSchemaPart dsp_schema_server = { .name = "server", .version = 6, .fresh = fresh, .migrations = steps };

DspId
dsp_local_user_id (void)
{
  return dsp_id_from_key ("user", DSP_LOCAL_USER_NAME);
}

/**
 * dsp_local_device_id:
 * @purpose: "admin", "import", "clock" or "roads"
 */
DspId
dsp_local_device_id (const char *purpose)
{
  return dsp_id_from_key ("device", purpose);
}
