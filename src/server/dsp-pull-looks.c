/* dsp-pull-looks.c: requests that wait, and who looks at which order
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client that has orders open is told who else has. What it may not see it neither hears of nor is heard of in: each time
 * a request is read its orders are looked up with the rights that its user has by then.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-pull-private.h"

#include "dsp-table.h"

#include <string.h>

/* With the lock: those of @requests that still wait do so no longer. (transfer container) */
static GPtrArray *
take_out (DspWaiters *self,
          GPtrArray  *requests)
{
  GPtrArray *calls = g_ptr_array_new ();

  for (guint i = 0; i < requests->len; i++)
    {
      gpointer call = NULL;

      if (g_hash_table_steal_extended (self->calls, requests->pdata[i], NULL, &call))
        g_ptr_array_add (calls, call);
    }
  return calls;
}

static void
read_again (GPtrArray *calls)
{
  for (guint i = 0; i < calls->len; i++)
    {
      DspCall *call = calls->pdata[i];

      dsp_call_read (call, call->server->readers, dsp_pull_read);
    }
}

void
dsp_pull_watch_until (DspWaiters *self,
                      gint64      until_us)
{
  if (until_us >= self->watch_us)
    return;
  self->watch_us = until_us;
  g_cond_signal (&self->watched);
}

static gpointer
watch_thread (gpointer data)
{
  DspWaiters *self = data;

  g_mutex_lock (&self->lock);
  while (!self->stopping)
    {
      g_autoptr(GPtrArray) stirred = g_ptr_array_new ();
      g_autoptr(GPtrArray) calls = NULL;

      self->watch_us = dsp_presence_expire (self->presence, g_get_monotonic_time (), stirred);
      calls = take_out (self, stirred);
      if (calls->len > 0)
        {
          g_mutex_unlock (&self->lock);
          read_again (calls);
          g_mutex_lock (&self->lock);
        }
      else if (self->watch_us == G_MAXINT64)
        g_cond_wait (&self->watched, &self->lock);
      else
        g_cond_wait_until (&self->watched, &self->lock, self->watch_us);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

void
dsp_pull_start_watch (DspWaiters *self)
{
  self->presence = dsp_presence_new ();
  self->watch_us = G_MAXINT64;
  g_cond_init (&self->watched);
  self->watch = g_thread_new ("looks", watch_thread, self);
}

/**
 * dsp_waiters_stop:
 * Nobody is woken any more because somebody looked away. Before the readers end.
 */
void
dsp_waiters_stop (DspWaiters *self)
{
  if (self == NULL || self->watch == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->watched);
  g_mutex_unlock (&self->lock);
  g_thread_join (g_steal_pointer (&self->watch));
}

/* Of the orders that the client has open, those that its user sees: of the others nobody hears that he looks, and he does
 * not hear who does. */
static gboolean
find_open (DspDb       *db,
           Pull        *pull,
           DspActorRef *ref,
           GError     **error)
{
  gint64 now_us = g_get_real_time ();

  pull->n_open = 0;
  for (guint i = 0; i < pull->n_asked; i++)
    {
      DspRecord head = { 0 };

      switch (dsp_table_head (db, NULL, &dsp_order, &pull->asked[i], &head, error))
        {
        case DSP_STEP_FAILED:
          return FALSE;
        case DSP_STEP_ROW:
          if (dsp_actor_sees (ref->actor, &head.scope, now_us))
            pull->open[pull->n_open++] = pull->asked[i];
          break;
        case DSP_STEP_DONE:
          break;
        }
    }
  return TRUE;
}

gboolean
dsp_pull_say_looks (DspDb       *db,
                    DspCall     *call,
                    DspActorRef *ref,
                    GError     **error)
{
  DspWaiters *self = call->server->waiters;
  Pull *pull = call->data;
  g_autoptr(GPtrArray) stirred = g_ptr_array_new ();
  g_autoptr(GPtrArray) calls = NULL;
  g_autoptr(DspUser) user = NULL;
  gint64 until_us = g_get_monotonic_time () + DSP_ASKS_AGAIN_US;
  DspLook look = { .device = call->session->device, .user_id = call->session->user_id };

  pull->n_open = 0;
  if (ref != NULL && pull->n_asked > 0 && !find_open (db, pull, ref, error))
    return FALSE;
  if (pull->n_open > 0)
    {
      user = dsp_user_new ();
      if (dsp_table_get (db, NULL, &dsp_user, &look.user_id, DSP_FIELDS_ALL, user, error) == DSP_STEP_FAILED)
        return FALSE;
      look.user_name = ref->actor->user_name;
      look.full_name = user->full_name;
      look.n_orders = pull->n_open;
      memcpy (look.orders, pull->open, pull->n_open * sizeof (DspId));
    }
  g_mutex_lock (&self->lock);
  pull->serial = dsp_presence_say (self->presence, &look, until_us, stirred);
  if (pull->serial != 0)
    dsp_pull_watch_until (self, until_us);
  calls = take_out (self, stirred);
  g_mutex_unlock (&self->lock);
  read_again (calls);
  return TRUE;
}

gboolean
dsp_pull_put_looks (DspWaiters *self,
                    DspCall    *call,
                    GString    *out)
{
  Pull *pull = call->data;
  char tag[DSP_LOOKS_TAG];

  if (!pull->looks)
    return FALSE;
  g_string_append (out, "\"looks\":");
  dsp_presence_print (self->presence, &call->session->user_id, pull->open, pull->n_open, out, tag);
  g_string_append_c (out, ',');
  return !g_str_equal (tag, pull->tag);
}

char *
dsp_pull_dup_empty (DspWaiters *self,
                    DspCall    *call,
                    gboolean   *news)
{
  const Pull *pull = call->data;
  GString *out = g_string_new (pull->empty);

  *news = dsp_pull_put_looks (self, call, out);
  g_string_append (out, "\"changes\":[]}");
  return g_string_free (out, FALSE);
}

/* open=ID,ID…: what the client's windows show; looks=TAG: what it knows of who else looks. FALSE: answered. */
gboolean
dsp_pull_parse_looks (DspRequest *request,
                      Pull       *pull)
{
  const char *open = dsp_request_get_arg (request, "open");
  const char *tag = dsp_request_get_arg (request, "looks");
  g_auto(GStrv) ids = open != NULL && *open != '\0' ? g_strsplit (open, ",", DSP_LOOKS_MAX + 1) : NULL;

  g_strlcpy (pull->tag, tag != NULL ? tag : "0", sizeof pull->tag);
  pull->looks = ids != NULL;
  if (ids != NULL && g_strv_length (ids) > DSP_LOOKS_MAX)
    {
      g_autofree char *text = g_strdup_printf ("open names more than %d orders", DSP_LOOKS_MAX);

      dsp_request_reply_error (request, 400, "invalid", text);
      return FALSE;
    }
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
    {
      DspId id;
      gboolean there = FALSE;

      if (!dsp_id_parse (ids[i], strlen (ids[i]), &id))
        {
          dsp_request_reply_error (request, 400, "invalid", "open is a list of ids of orders");
          return FALSE;
        }
      for (guint k = 0; k < pull->n_asked; k++)
        there = there || dsp_id_equal (&pull->asked[k], &id);
      if (!there)
        pull->asked[pull->n_asked++] = id;
    }
  return TRUE;
}
