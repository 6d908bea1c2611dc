/* dsp-db-postgres-open.c: connections to PostgreSQL, and what they must be like
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A database of ours is a schema: the first of the search path, "public" if the address says nothing else. A connection
 * that died is made again when it is next needed outside of a transaction; with several hosts in the address libpq looks
 * for the one that takes writes, so a failover needs nothing here.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-db-postgres-private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define SCHEME "postgresql:"

/* Times that let nobody hold the one lock of all writing for long: neither a statement, nor who forgot his transaction,
 * nor a computer that is gone. */
static const char settings[] =
  "SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET standard_conforming_strings = on; SET DateStyle = 'ISO';"
  "SET lock_timeout = '5s'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'";

/* What a commit stands on. A name that the server does not say at connecting is asked for. */
static const struct { const char *name, *wanted, *also; } needed[] = {
  { "fsync", "on", NULL },
  { "full_page_writes", "on", NULL },
  { "synchronous_commit", "on", "remote_apply" },
};

static void
ignore_notice (void           *data,
               const PGresult *result)
{
  g_debug ("%s", PQresultErrorMessage (result));
}

/* Passwords do not belong where every process list and log shows them. */
static gboolean
check_address (const char *address,
               GError    **error)
{
  char *fault = NULL;
  PQconninfoOption *options = PQconninfoParse (address, &fault);
  gboolean ok = options != NULL;

  if (!ok)
    g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the address cannot be read: %s",
                 fault != NULL ? g_strchomp (fault) : "no memory");
  for (PQconninfoOption *o = options; ok && o->keyword != NULL; o++)
    if (strcmp (o->keyword, "password") == 0 && o->val != NULL)
      {
        g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED,
                             "a password must not stand in the address; write it into a file of mode 0600 and name that with passfile=");
        ok = FALSE;
      }
  PQconninfoFree (options);
  PQfreemem (fault);
  return ok;
}

static void
set_cancel (DspPostgres *self,
            PGcancel    *cancel)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->cancel != NULL)
    PQfreeCancel (self->cancel);
  self->cancel = cancel;
}

void
dsp_postgres_interrupt (DspDb *db)
{
  DspPostgres *self = (DspPostgres *) db;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  char fault[256] = "";

  g_atomic_int_set (&self->stopped, 1);
  if (self->cancel != NULL && !PQcancel (self->cancel, fault, sizeof fault))
    g_debug ("could not stop a statement: %s", fault);
}

static gboolean
ask_setting (DspPostgres *self,
             const char  *name,
             const char  *wanted,
             const char  *also,
             GError     **error)
{
  g_autofree char *sql = g_strdup_printf ("SHOW %s", name);
  PGresult *result = dsp_postgres_command (self, sql, error);
  const char *value;
  gboolean ok;

  if (result == NULL)
    return FALSE;
  value = PQgetvalue (result, 0, 0);
  ok = strcmp (value, wanted) == 0 || g_strcmp0 (value, also) == 0;
  if (!ok)
    g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the database server's setting %s is %s, it must be %s", name, value,
                 wanted);
  PQclear (result);
  return ok;
}

/* The schema that tables are made in; with @create it is made when the search path names one that is not there. */
static gboolean
find_schema (DspPostgres *self,
             GError     **error)
{
  static const char make[] =
    "DO $$ BEGIN EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', trim(split_part(current_setting('search_path'), ',', 1), ' \"')); END $$";
  PGresult *result = dsp_postgres_command (self, "SELECT current_schema()", error);
  gboolean there;

  if (result == NULL)
    return FALSE;
  there = !PQgetisnull (result, 0, 0);
  PQclear (result);
  if (there)
    return TRUE;
  if (!(self->flags & DSP_DB_CREATE))
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND, "there is no such schema in it");
      return FALSE;
    }
  result = dsp_postgres_command (self, make, error);
  PQclear (result);
  return result != NULL;
}

/* Who must be alone holds this until dsp_db_share(), or as long as it is connected. A process that was killed a moment ago
 * still has it until the server notices, and one that makes the tables for a moment. */
static gboolean
take_lock (DspPostgres *self,
           GError     **error)
{
  static const char sql[] = "BEGIN; SET LOCAL lock_timeout = '4s';"
                            "SELECT pg_advisory_lock(" DSP_POSTGRES_LOCK "); COMMIT";
  g_autoptr(GError) fault = NULL;
  PGresult *result = dsp_postgres_command (self, sql, &fault);

  PQclear (result);
  if (result != NULL)
    return TRUE;
  if (g_error_matches (fault, DSP_STORE_ERROR, DSP_STORE_ERROR_BUSY))
    g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_LOCKED, "another program has it open");
  else
    g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

static gboolean
set_up (DspPostgres *self,
        GError     **error)
{
  bool writes = !(self->flags & DSP_DB_READ_ONLY);
  PGresult *result;

  PQsetNoticeReceiver (self->conn, ignore_notice, NULL);
  if (PQserverVersion (self->conn) < 150000)
    {
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the database server is of version %d, 15 is the oldest",
                   PQserverVersion (self->conn) / 10000);
      return FALSE;
    }
  if (g_strcmp0 (PQparameterStatus (self->conn, "server_encoding"), "UTF8") != 0)
    {
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the database's encoding is %s, it must be UTF8",
                   PQparameterStatus (self->conn, "server_encoding"));
      return FALSE;
    }
  result = PQexec (self->conn, settings);
  if (PQresultStatus (result) != PGRES_COMMAND_OK)
    {
      dsp_postgres_error (self, result, error);
      PQclear (result);
      return FALSE;
    }
  PQclear (result);
  for (guint i = 0; writes && i < G_N_ELEMENTS (needed); i++)
    if (!ask_setting (self, needed[i].name, needed[i].wanted, needed[i].also, error))
      return FALSE;
  if (!find_schema (self, error) || ((self->flags & DSP_DB_LOCK) && !take_lock (self, error)))
    return FALSE;
  if (!writes)
    {
      result = dsp_postgres_command (self, "SET default_transaction_read_only = on", error);
      PQclear (result);
      if (result == NULL)
        return FALSE;
    }
  if (!PQenterPipelineMode (self->conn))
    {
      dsp_postgres_error (self, NULL, error);
      return FALSE;
    }
  return TRUE;
}

static void
disconnect (DspPostgres *self)
{
  set_cancel (self, NULL);
  g_clear_pointer (&self->conn, PQfinish);
  self->n_queued = 0;
  g_array_set_size (self->ones, 0);
  g_ptr_array_set_size (self->dropped, 0);
}

/* What the address says itself is stronger: it comes behind. */
static gboolean
connect_now (DspPostgres *self,
             const char  *address,
             GError     **error)
{
  const char *keys[] = { "connect_timeout", "tcp_user_timeout", "keepalives_idle", "fallback_application_name", "target_session_attrs",
                         "dbname", NULL };
  const char *values[] = { "5", "10000", "10", "despacho", "read-write", address, NULL };

  self->conn = PQconnectdbParams (keys, values, TRUE);
  if (PQstatus (self->conn) != CONNECTION_OK)
    {
      g_autofree char *message = g_strchomp (g_strdup (PQerrorMessage (self->conn)));

      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY, message);
      disconnect (self);
      return FALSE;
    }
  self->life++;
  self->moved = false;
  set_cancel (self, PQgetCancel (self->conn));
  if (set_up (self, error))
    return TRUE;
  disconnect (self);
  return FALSE;
}

/* A server that ended has closed its side, which costs one look at the socket to see, and nothing else. */
static bool
is_dead (DspPostgres *self)
{
  struct pollfd look = { .fd = PQsocket (self->conn), .events = POLLIN };

  /* Behind what it said last comes the end. */
  while (!self->moved && PQstatus (self->conn) == CONNECTION_OK && poll (&look, 1, 0) > 0)
    if (!PQconsumeInput (self->conn))
      return true;
  return self->moved || PQstatus (self->conn) != CONNECTION_OK;
}

gboolean
dsp_postgres_ensure (DspPostgres *self,
                     GError     **error)
{
  if (self->conn != NULL && (self->in_transaction || !is_dead (self)))
    return TRUE;
  if (self->in_transaction)
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY, "the connection to the database was lost in the middle of a transaction");
      return FALSE;
    }
  if (self->conn != NULL)
    g_message ("the connection to the database was lost; connecting anew");
  disconnect (self);
  return connect_now (self, self->parent.uri, error);
}

void
dsp_postgres_close (DspDb *db)
{
  DspPostgres *self = (DspPostgres *) db;

  disconnect (self);
  g_array_unref (self->ones);
  g_ptr_array_unref (self->dropped);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Hosts and database: neither who, nor with what. */
char *
dsp_postgres_label (const char *where)
{
  gsize length = strcspn (where, "?");
  const char *at = g_strrstr_len (where, (gssize) length, "@");
  const char *from = at != NULL ? at + 1 : where;

  return g_strdup_printf (SCHEME "%s%.*s", at != NULL ? "//" : "", (int) (length - (gsize) (from - where)), from);
}

DspDb *
dsp_postgres_open (const char *where,
                   DspDbFlags  flags,
                   GError    **error)
{
  g_autofree char *address = g_strconcat (SCHEME, where, NULL);
  DspPostgres *self = g_new0 (DspPostgres, 1);

  self->flags = flags;
  self->dropped = g_ptr_array_new_with_free_func (g_free);
  self->ones = g_array_new (FALSE, FALSE, sizeof (guint));
  g_mutex_init (&self->lock);
  if (check_address (address, error) && connect_now (self, address, error))
    return &self->parent;
  dsp_postgres_close (&self->parent);
  return NULL;
}
