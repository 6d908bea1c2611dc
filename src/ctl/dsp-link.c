/* dsp-link.c: how the administrator's commands reach the database
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * There is one way: HTTP over the server's UNIX socket, whose owner is the administrator. Where no despachod holds the
 * database, despachoctl takes the lock and runs the same server inside itself, on a socket of its own and no network.
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-link.h"

#include "dsp-db.h"
#include "dsp-house.h"
#include "dsp-record-json.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#define REPLY_MAX (64 * 1024 * 1024)
/* Whoever does not say that he is well in that time will not take an import either. */
#define PROBE_S 5
/* A push waits for the disk, behind other people's. */
#define CALL_S 300

struct _DspLink
{
  DspHouse     *house;     /* (owned) (nullable): the server inside, of the one company that the next two tell of */
  DspServerOptions options;
  char         *database;  /* (owned) (nullable) */
  char         *company;   /* (owned) (nullable): with which paths begin at the server outside */
  char         *folder;    /* (owned) (nullable): of its socket */
  SoupSession  *session;   /* (owned) */
  GCancellable *cancellable;
  char         *purpose;   /* (owned): which device gives the commands */
  char         *device, *epoch; /* (owned) (nullable) */
};

static void
refusal_free (gpointer data)
{
  DspLinkRefusal *refusal = data;

  g_free (refusal->code);
  g_free (refusal->message);
  g_free (refusal);
}

static void
warning_free (gpointer data)
{
  DspLinkWarning *warning = data;

  g_free (warning->message);
  g_free (warning);
}

void
dsp_link_result_free (DspLinkResult *result)
{
  if (result == NULL)
    return;
  g_free (result->status);
  g_free (result->code);
  g_free (result->message);
  g_free (result->outcomes);
  g_ptr_array_unref (result->refused);
  g_ptr_array_unref (result->warnings);
  g_free (result);
}

static void
remove_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

void
dsp_link_close (DspLink *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->session);
  g_clear_pointer (&self->house, dsp_house_free);
  g_free (self->database);
  g_free (self->company);
  if (self->folder != NULL)
    remove_folder (self->folder);
  g_clear_object (&self->cancellable);
  g_free (self->folder);
  g_free (self->purpose);
  g_free (self->device);
  g_free (self->epoch);
  g_free (self);
}

/* Whether somebody takes connections there. The file that a killed server left behind does not. */
static gboolean
is_taken (const char *path)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr(GSocketConnection) connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);

  return connection != NULL;
}

static SoupSession *
session_at (const char *path,
            guint       timeout_s)
{
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (path);
  SoupSession *session = soup_session_new_with_options ("remote-connectable", address, "timeout", timeout_s,
                                                        "max-conns-per-host", 1, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

/* What takes connections may be a server that hangs, or no despachod at all: either would keep an import waiting. */
static gboolean
probe (const char *path,
       GError    **error)
{
  g_autoptr(SoupSession) session = session_at (path, PROBE_S);
  g_autoptr(SoupMessage) message = soup_message_new ("GET", "http://localhost/healthz");
  g_autoptr(GBytes) reply = soup_session_send_and_read (session, message, NULL, NULL);

  if (reply != NULL && soup_message_get_status (message) == 200)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("A program holds the socket %s but does not answer as a despachod does"),
               path);
  return FALSE;
}

static gboolean
start_inside (DspLink    *self,
              const char *database,
              char      **path,
              GError    **error)
{
  DspHouseOptions house;
  g_autoptr(DspDb) lock = NULL;
  g_autoptr(GError) fault = NULL;

  self->folder = g_dir_make_tmp ("despachoctl.XXXXXX", error);
  if (self->folder == NULL)
    return FALSE;
  *path = g_build_filename (self->folder, "control", NULL);

  /* Only "init" makes a database: a mistyped name must not. */
  lock = dsp_db_open (database, DSP_DB_LOCK, &fault);
  if (lock == NULL)
    {
      if (g_error_matches (fault, DSP_STORE_ERROR, DSP_STORE_ERROR_LOCKED))
        g_set_error (error, fault->domain, fault->code,
                     _("%s; if that is a despachod, --socket says where it listens, or --config what it serves"), fault->message);
      else
        g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  g_clear_pointer (&lock, dsp_db_close);

  dsp_server_options_init (&self->options);
  self->options.database = self->database = g_strdup (database);
  self->options.requests_per_second = 0;
  self->options.commands_per_minute = 0;
  self->options.clock = FALSE;
  dsp_house_options_init (&house);
  house.companies = &self->options;
  house.n_companies = 1;
  house.socket_path = *path;
  house.state_folder = self->folder;
  self->house = dsp_house_new (&house, error);
  return self->house != NULL;
}

/**
 * dsp_link_open:
 * @purpose: "admin" or "import": which device of the administrator's gives the commands
 */
DspLink *
dsp_link_open (const DspPlace *place,
               const char     *purpose,
               GCancellable   *cancellable,
               GError        **error)
{
  DspLink *self = g_new0 (DspLink, 1);
  g_autofree char *path = NULL;
  gboolean done;

  self->purpose = g_strdup (purpose);
  g_set_object (&self->cancellable, cancellable);
  if (place->socket_path != NULL)
    path = g_strdup (place->socket_path);
  else if (g_str_has_prefix (place->database, "sqlite:"))
    path = g_strconcat (place->database + strlen ("sqlite:"), ".socket", NULL);

  if (path != NULL && is_taken (path))
    {
      self->company = g_strdup (place->company);
      done = probe (path, error);
    }
  else
    {
      g_clear_pointer (&path, g_free);
      done = start_inside (self, place->database, &path, error);
    }
  if (!done)
    {
      dsp_link_close (self);
      return NULL;
    }
  self->session = session_at (path, CALL_S);
  return self;
}

/* {"error":{"code":…,"message":…}} */
static void
set_error_from_reply (GBytes     *reply,
                      guint       status,
                      const char *target,
                      GError    **error)
{
  gsize size, length;
  const char *text = g_bytes_get_data (reply, &size), *name;
  g_autofree char *code = NULL;
  g_autofree char *message = NULL;
  DspJsonReader r;

  dsp_json_reader_init (&r, text, size);
  if (dsp_json_enter_object (&r) && dsp_json_next_member (&r, &name, &length) &&
      dsp_json_is (name, length, "error") && dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &name, &length))
      {
        if (dsp_json_is (name, length, "code") && code == NULL)
          dsp_json_read_text (&r, &code);
        else if (dsp_json_is (name, length, "message") && message == NULL)
          dsp_json_read_text (&r, &message);
        else
          dsp_json_skip (&r, NULL, NULL);
      }
  g_set_error (error, G_IO_ERROR, status == 404 ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_FAILED, "%s",
               message != NULL ? message : code != NULL ? code : target);
}

/**
 * dsp_link_call:
 * @body: (nullable)
 * Returns: (transfer full) (nullable): the reply's body; any status but 200 is an error with the server's words
 */
GBytes *
dsp_link_call (DspLink    *self,
               const char *method,
               const char *target,
               GBytes     *body,
               GError    **error)
{
  g_autofree char *uri = g_strconcat ("http://localhost", self->company != NULL ? "/" : "", self->company != NULL ? self->company : "", target, NULL);
  g_autoptr(SoupMessage) message = soup_message_new (method, uri);
  g_autoptr(GBytes) reply = NULL;
  guint status;

  if (message == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s", target);
      return NULL;
    }
  soup_message_headers_append (soup_message_get_request_headers (message), "X-Despacho-Device", self->purpose);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (
        message, g_str_equal (method, "PUT") ? "application/octet-stream" : "application/json", body);
  /* Not cancelled in the middle: an answer that was not waited for is a doubt. */
  reply = soup_session_send_and_read (self->session, message, NULL, error);
  if (reply == NULL)
    {
      g_prefix_error (error, _("the server went away: "));
      return NULL;
    }
  status = soup_message_get_status (message);
  if (status / 100 == 2 && g_bytes_get_size (reply) <= REPLY_MAX)
    return g_steal_pointer (&reply);
  set_error_from_reply (reply, status, target, error);
  return NULL;
}

/* Who this device is. */
static gboolean
know_myself (DspLink *self,
             GError **error)
{
  g_autoptr(GBytes) reply = NULL;
  const char *name;
  gsize length, size;
  DspJsonReader r;

  if (self->device != NULL)
    return TRUE;
  reply = dsp_link_call (self, "GET", "/v1/session", NULL, error);
  if (reply == NULL)
    return FALSE;
  name = g_bytes_get_data (reply, &size);
  dsp_json_reader_init (&r, name, size);
  if (dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &name, &length))
      {
        if (dsp_json_is (name, length, "device") && self->device == NULL)
          dsp_json_read_text (&r, &self->device);
        else if (dsp_json_is (name, length, "epoch") && self->epoch == NULL)
          dsp_json_read_text (&r, &self->epoch);
        else
          dsp_json_skip (&r, NULL, NULL);
      }
  if (!dsp_json_reader_finish (&r, error))
    return FALSE;
  if (self->device != NULL && self->epoch != NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The server did not say which device this is."));
  return FALSE;
}

static void
read_refused (DspJsonReader *r,
              DspLinkResult *result)
{
  const char *name, *text;
  gsize length, n;

  if (!dsp_json_enter_array (r))
    return;
  while (dsp_json_next_item (r))
    {
      DspLinkRefusal *refusal = g_new0 (DspLinkRefusal, 1);

      g_ptr_array_add (result->refused, refusal);
      if (!dsp_json_enter_object (r))
        return;
      while (dsp_json_next_member (r, &name, &length))
        {
          if (dsp_json_is (name, length, "id") && dsp_json_read_raw (r, &text, &n))
            dsp_id_parse (text, n, &refusal->id);
          else if (dsp_json_is (name, length, "code") && refusal->code == NULL)
            dsp_json_read_text (r, &refusal->code);
          else if (dsp_json_is (name, length, "message") && refusal->message == NULL)
            dsp_json_read_text (r, &refusal->message);
          else
            dsp_json_skip (r, NULL, NULL);
        }
    }
}

static void
read_warnings (DspJsonReader *r,
               DspLinkResult *result)
{
  const char *name;
  gsize length;

  if (!dsp_json_enter_array (r))
    return;
  while (dsp_json_next_item (r))
    {
      DspLinkWarning *warning = g_new0 (DspLinkWarning, 1);

      g_ptr_array_add (result->warnings, warning);
      if (!dsp_json_enter_object (r))
        return;
      while (dsp_json_next_member (r, &name, &length))
        {
          if (dsp_json_is (name, length, "row"))
            dsp_json_read_int (r, &warning->row);
          else if (dsp_json_is (name, length, "message") && warning->message == NULL)
            dsp_json_read_text (r, &warning->message);
          else
            dsp_json_skip (r, NULL, NULL);
        }
    }
}

static DspLinkResult *
read_result (DspJsonReader *r)
{
  DspLinkResult *result = g_new0 (DspLinkResult, 1);
  const char *name;
  gsize length;

  result->refused = g_ptr_array_new_with_free_func (refusal_free);
  result->warnings = g_ptr_array_new_with_free_func (warning_free);
  if (!dsp_json_enter_object (r))
    return result;
  while (dsp_json_next_member (r, &name, &length))
    {
      char **text = dsp_json_is (name, length, "status")     ? &result->status
                    : dsp_json_is (name, length, "code")     ? &result->code
                    : dsp_json_is (name, length, "message")  ? &result->message
                    : dsp_json_is (name, length, "outcomes") ? &result->outcomes
                                                             : NULL;

      if (text != NULL && *text == NULL && dsp_json_peek (r) == '"')
        dsp_json_read_text (r, text);
      else if (dsp_json_is (name, length, "refused"))
        read_refused (r, result);
      else if (dsp_json_is (name, length, "warnings"))
        read_warnings (r, result);
      else
        dsp_json_skip (r, NULL, NULL);
    }
  return result;
}

static gboolean
read_results (GBytes    *reply,
              GPtrArray *results,
              GError   **error)
{
  const char *name;
  gsize length, size;
  DspJsonReader r;

  name = g_bytes_get_data (reply, &size);
  dsp_json_reader_init (&r, name, size);
  if (dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &name, &length))
      {
        if (dsp_json_is (name, length, "results") && dsp_json_enter_array (&r))
          while (dsp_json_next_item (&r))
            g_ptr_array_add (results, read_result (&r));
        else
          dsp_json_skip (&r, NULL, NULL);
      }
  return dsp_json_reader_finish (&r, error);
}

/* Without numbers: other programs of the owner's may be giving commands on the same device, so the server numbers them. */
static GBytes *
push_body (DspLink   *self,
           GPtrArray *commands)
{
  GString *body = g_string_new (NULL);

  g_string_append_printf (body, "{\"device\":\"%s\",\"epoch\":\"%s\",\"commands\":[", self->device, self->epoch);
  for (guint i = 0; i < commands->len; i++)
    g_string_append_printf (body, "%s{%s", i > 0 ? "," : "", (const char *) g_ptr_array_index (commands, i));
  g_string_append (body, "]}");
  return g_string_free_to_bytes (body);
}

GPtrArray *
dsp_link_send (DspLink   *self,
               GPtrArray *commands,
               GError   **error)
{
  g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_link_result_free);
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GBytes) reply = NULL;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error) || !know_myself (self, error))
    return NULL;
  body = push_body (self, commands);
  reply = dsp_link_call (self, "POST", "/v1/admin/commands", body, error);
  if (reply == NULL || !read_results (reply, results, error))
    return NULL;
  if (results->len != commands->len)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The server did not answer each command."));
      return NULL;
    }
  return g_steal_pointer (&results);
}

gboolean
dsp_link_give (DspLink          *self,
               const DspCommand *command,
               const DspId      *id,
               gconstpointer     args,
               guint64           given,
               GError          **error)
{
  g_autoptr(GString) json = g_string_new (NULL);
  g_autoptr(GPtrArray) commands = g_ptr_array_new ();
  g_autoptr(GPtrArray) results = NULL;
  const DspLinkResult *result;
  char text[DSP_ID_TEXT];
  DspRule rule;

  dsp_id_print (id, text);
  g_string_append_printf (json, "\"kind\":\"%s\",\"v\":%d,\"id\":\"%s\"", command->name, DSP_COMMAND_VERSION, text);
  if (command->args != NULL)
    {
      g_string_append (json, ",\"args\":");
      dsp_record_json_write_given (command->args, args, given, json);
    }
  g_string_append_c (json, '}');
  g_ptr_array_add (commands, json->str);
  results = dsp_link_send (self, commands, error);
  if (results == NULL)
    return FALSE;
  result = g_ptr_array_index (results, 0);
  if (g_strcmp0 (result->status, "rejected") != 0)
    return TRUE;
  rule = dsp_rule_from_word (result->code);
  g_set_error_literal (error, DSP_RULE_ERROR, (int) (rule < DSP_N_RULES ? rule : DSP_RULE_INVALID),
                       result->message != NULL ? result->message : result->code);
  return FALSE;
}
