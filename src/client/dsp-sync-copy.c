/* dsp-sync-copy.c: whole copies over the network
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A page is stored while the next one is fetched. What is stored says where it goes on: a copy that was cut off, by the
 * network or by the program's end, is taken up again at its last page.
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-sync-private.h"

#include "dsp-json-read.h"

#include <string.h>

/* A page on its way into the lane, while the next one is fetched. */
typedef struct {
  DspSync    *self;
  const char *scope;
  GBytes     *body;
  GMutex      lock;
  GCond       done_cond;
  gboolean    busy, ok;
  guint       n_rows;
  guint64     total;     /* rows that there will be */
  GError     *error;
} PageJob;

/* Of one instant with the list of scopes: had it been read later, a scope that came in between would never be fetched. */
typedef struct {
  char   *epoch, *from; /* (owned) (nullable) */
  gint64  seq;
} Start;

static void
start_clear (Start *start)
{
  g_free (start->epoch);
  g_free (start->from);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Start, start_clear)

typedef struct {
  DspSyncCall  call;
  const Start *start;
} Beginning;

static void
do_copy_begin (gpointer data)
{
  Beginning *beginning = data;
  DspSyncCall *c = &beginning->call;
  DspKeeper *keeper = c->self->replica->keeper;

  c->ok = dsp_keeper_copy_begin (keeper, c->flag, &c->place, &c->error);
  if (c->ok && c->place.scope == NULL && beginning->start->from != NULL && beginning->start->epoch != NULL)
    dsp_keeper_copy_start (keeper, beginning->start->epoch, beginning->start->from, beginning->start->seq);
}

static void
do_copy_abort (gpointer data)
{
  dsp_keeper_copy_abort (((DspSyncCall *) data)->self->replica->keeper);
}

static void
do_copy_index (gpointer data)
{
  DspSyncCall *c = data;

  c->ok = dsp_keeper_copy_index (c->self->replica->keeper, &c->text, &c->error);
}

static void
do_copy_pull (gpointer data)
{
  DspSyncCall *c = data;
  gsize length;
  const char *text = g_bytes_get_data (c->body, &length);

  c->ok = dsp_keeper_copy_pull (c->self->replica->keeper, text, length, &c->text, &c->flag, &c->error);
}

static void
do_copy_swap (gpointer data)
{
  DspSyncCall *c = data;

  dsp_keeper_contact (c->self->replica->keeper, g_get_real_time ());
  c->ok = dsp_keeper_copy_swap (c->self->replica->keeper, &c->error);
  dsp_replica_post_state (c->self->replica);
}

static void
do_copy_add (gpointer data)
{
  DspSyncCall *c = data;

  c->ok = dsp_keeper_copy_add (c->self->replica->keeper, &c->error);
  dsp_replica_post_state (c->self->replica);
}

static void
do_added (gpointer data)
{
  DspSyncCall *c = data;
  g_auto(GStrv) added = dsp_keeper_dup_added (c->self->replica->keeper);

  c->list = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; added != NULL && added[i] != NULL; i++)
    g_ptr_array_add (c->list, g_strdup (added[i]));
}

static void
do_copy_page (gpointer data)
{
  PageJob *job = data;
  g_autofree char *next = NULL;
  gsize length;
  const char *text = g_bytes_get_data (job->body, &length);
  guint n = 0;
  gboolean ok = dsp_keeper_copy_page (job->self->replica->keeper, job->scope, text, length, &next, &n, &job->error);

  g_mutex_lock (&job->lock);
  job->ok = ok;
  job->n_rows += n;
  job->busy = FALSE;
  g_cond_signal (&job->done_cond);
  g_mutex_unlock (&job->lock);
}

static gboolean
page_job_wait (PageJob *job)
{
  g_mutex_lock (&job->lock);
  while (job->busy)
    g_cond_wait (&job->done_cond, &job->lock);
  g_mutex_unlock (&job->lock);
  g_clear_pointer (&job->body, g_bytes_unref);
  return job->ok;
}

/* "next" stands before the records. */
static char *
peek_next (GBytes *body)
{
  const char *name;
  gsize n, length;
  const char *text = g_bytes_get_data (body, &length);
  DspJsonReader r;
  char *next = NULL;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (next == NULL && dsp_json_next_member (&r, &name, &n) && !dsp_json_is (name, n, "columns"))
    if (dsp_json_is (name, n, "next") && dsp_json_peek (&r) == '"')
      dsp_json_read_text (&r, &next);
    else
      dsp_json_skip (&r, NULL, NULL);
  return next;
}

/* How many rows there will be, and of which scopes, from GET v1/sums; and where the feed goes on from there (nullable: an older
 * server's). @only (nullable): count those. */
static guint64
read_totals (GBytes    *body,
             GPtrArray *scopes,
             GPtrArray *only,
             Start     *start)
{
  const char *name;
  gsize n, length;
  const char *text = g_bytes_get_data (body, &length);
  DspJsonReader r;
  guint64 total = 0;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "sums") && dsp_json_peek (&r) == '{')
      {
        dsp_json_enter_object (&r);
        while (dsp_json_next_member (&r, &name, &n))
          {
            g_ptr_array_add (scopes, g_strndup (name, n));
            if (dsp_json_peek (&r) != '{' ||
                (only != NULL && !g_ptr_array_find_with_equal_func (only, scopes->pdata[scopes->len - 1], g_str_equal, NULL)))
              {
                dsp_json_skip (&r, NULL, NULL);
                continue;
              }
            dsp_json_enter_object (&r);
            while (dsp_json_next_member (&r, &name, &n))
              {
                gint64 rows = 0;

                if (dsp_json_is (name, n, "rows") && dsp_json_read_int (&r, &rows))
                  total += (guint64) MAX (rows, 0);
                else
                  dsp_json_skip (&r, NULL, NULL);
              }
          }
      }
    else if (dsp_json_is (name, n, "from") && start->from == NULL && dsp_json_peek (&r) == '"')
      dsp_json_read_text (&r, &start->from);
    else if (dsp_json_is (name, n, "epoch") && start->epoch == NULL && dsp_json_peek (&r) == '"')
      dsp_json_read_text (&r, &start->epoch);
    else if (dsp_json_is (name, n, "head"))
      dsp_json_read_int (&r, &start->seq);
    else
      dsp_json_skip (&r, NULL, NULL);
  return total;
}

/* All pages of one scope, from behind @place on (NULL: from its beginning). 404 in @status: this user does not have it. */
static gboolean
copy_scope (DspSync    *self,
            DspChannel *channel,
            const char *scope,
            const char *place,
            PageJob    *job,
            guint      *status,
            GError    **error)
{
  g_autofree char *after = g_strdup (place);
  gboolean ok = TRUE;

  job->scope = scope;
  do
    {
      g_autofree char *path = g_strdup_printf ("v1/snapshot?shape=columns&scope=%s%s%s", scope, after != NULL ? "&after=" : "", after != NULL ? after : "");
      g_auto(DspAnswer) answer = { 0 };

      ok = dsp_channel_ask (channel, "GET", path, NULL, self->all, &answer, error);
      if (ok && answer.status != 200)
        {
          *status = answer.status;
          dsp_answer_set_error (&answer, error);
          ok = FALSE;
        }
      if (!page_job_wait (job) && ok)
        {
          g_propagate_error (error, g_steal_pointer (&job->error));
          ok = FALSE;
        }
      if (!ok)
        break;
      dsp_sync_tell_link (self, DSP_LINK_FIRST_SYNC, job->total > 0 ? MIN ((double) job->n_rows / (double) job->total, 0.99) : 0, NULL);
      g_free (after);
      after = peek_next (answer.body);
      job->body = g_bytes_ref (answer.body);
      job->busy = TRUE;
      dsp_lane_push (self->replica->lane, FALSE, do_copy_page, job);
    }
  while (after != NULL && !dsp_sync_is_stopping (self));
  if (!page_job_wait (job) && ok)
    {
      g_propagate_error (error, g_steal_pointer (&job->error));
      ok = FALSE;
    }
  return ok && !dsp_sync_is_stopping (self);
}

static void
do_copy_follows (gpointer data)
{
  DspSyncCall *c = data;

  c->ok = dsp_keeper_copy_follows (c->self->replica->keeper, &c->text);
}

/* One page of the feed into the copy. @cursor: (out): where it goes on; NULL: the copy has passed its pages. */
static gboolean
pull_copy (DspSync  *self,
           GBytes   *body,
           char    **cursor,
           GError  **error)
{
  g_auto(DspSyncCall) pull = { .body = body };

  dsp_sync_call (self, do_copy_pull, &pull);
  if (!pull.ok)
    {
      g_propagate_error (error, g_steal_pointer (&pull.error));
      return FALSE;
    }
  *cursor = pull.flag ? NULL : g_steal_pointer (&pull.text);
  return TRUE;
}

/* The same into the base, which has to come to where the pages of added scopes were read. FALSE without an error: what may be
 * seen changed again, and was taken. */
static gboolean
pull_base (DspSync  *self,
           GBytes   *body,
           char    **cursor,
           GError  **error)
{
  g_auto(DspSyncCall) pull = { .body = body }, follows = { 0 };

  dsp_sync_call (self, dsp_sync_do_pulled, &pull);
  if (!pull.ok)
    {
      g_propagate_error (error, g_steal_pointer (&pull.error));
      return FALSE;
    }
  dsp_sync_call (self, do_copy_follows, &follows);
  if (!follows.ok && pull.pulled.bootstrap)
    g_set_error_literal (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CHANGED, "all has to be fetched anew");
  *cursor = g_steal_pointer (&follows.text);
  return follows.ok;
}

/* The feed from where the copy began, or for added scopes from where the base is, until it has passed the copy's pages. */
static gboolean
catch_up (DspSync    *self,
          DspChannel *channel,
          gboolean    added,
          GError    **error)
{
  g_auto(DspSyncCall) index = { 0 };
  g_autofree char *cursor = NULL;

  dsp_sync_call (self, do_copy_index, &index);
  if (!index.ok)
    {
      g_propagate_error (error, g_steal_pointer (&index.error));
      return FALSE;
    }
  cursor = g_steal_pointer (&index.text);
  while (cursor != NULL)
    {
      g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=0", cursor);
      g_auto(DspAnswer) answer = { 0 };

      if (!dsp_channel_ask (channel, "GET", path, NULL, self->all, &answer, error))
        return FALSE;
      if (answer.status == 409 || answer.status == 410)
        {
          g_set_error_literal (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CHANGED, "the feed does not go on from here");
          return FALSE;
        }
      if (answer.status != 200)
        {
          dsp_answer_set_error (&answer, error);
          return FALSE;
        }
      g_clear_pointer (&cursor, g_free);
      if (!(added ? pull_base : pull_copy) (self, answer.body, &cursor, error))
        return FALSE;
    }
  return TRUE;
}

/* A user who sees all gets all at once, others scope by scope; added scopes come one by one. @place: what an earlier try has. */
static gboolean
copy_scopes (DspSync            *self,
             DspChannel         *channel,
             GPtrArray          *scopes,
             gboolean            added,
             const DspCopyPlace *place,
             PageJob            *job,
             guint              *status,
             GError            **error)
{
  guint first = 0;

  if (!added && (place->scope == NULL || strcmp (place->scope, "all") == 0))
    {
      if (place->scope != NULL && place->next == NULL)
        return TRUE;
      if (copy_scope (self, channel, "all", place->next, job, status, error))
        return TRUE;
      if (*status != 404 || place->scope != NULL)
        return FALSE;
      g_clear_error (error);
      *status = 0;
    }
  else if (place->scope != NULL && !g_ptr_array_find_with_equal_func (scopes, place->scope, g_str_equal, &first))
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CHANGED, "scope %s of an earlier try is not there any more", place->scope);
      return FALSE;
    }
  for (guint i = first; i < scopes->len; i++)
    {
      bool earlier = place->scope != NULL && i == first;

      if (earlier && place->next == NULL)
        continue;
      if (!copy_scope (self, channel, g_ptr_array_index (scopes, i), earlier ? place->next : NULL, job, status, error))
        return FALSE;
    }
  return TRUE;
}

/* What is stored stays good: the same would be fetched again. */
static gboolean
is_passing (DspSync      *self,
            guint         status,
            const GError *error)
{
  return dsp_sync_is_stopping (self) || status == 401 || status == 429 || status == 503 ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE) ||
         g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CERTIFICATE) ||
         g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NEW_CERTIFICATE) ||
         g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FULL);
}

static gboolean
fetch_pages (DspSync    *self,
             DspChannel *channel,
             gboolean    added,
             guint      *status,
             GError    **error)
{
  g_autoptr(GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_auto(DspAnswer) sums = { 0 };
  g_auto(DspSyncCall) ask = { 0 };
  g_auto(Start) start = { 0 };
  Beginning beginning = { .call.flag = added, .start = &start };
  DspSyncCall *begin = &beginning.call;
  PageJob job = { .self = self, .ok = TRUE };
  gboolean ok;

  if (!dsp_channel_ask (channel, "GET", "v1/sums", NULL, self->all, &sums, error))
    return FALSE;
  if (sums.status != 200)
    {
      *status = sums.status;
      dsp_answer_set_error (&sums, error);
      return FALSE;
    }
  if (added)
    dsp_sync_call (self, do_added, &ask);
  job.total = read_totals (sums.body, scopes, ask.list, &start);
  dsp_sync_call (self, do_copy_begin, begin);
  if (!begin->ok)
    {
      g_propagate_error (error, g_steal_pointer (&begin->error));
      return FALSE;
    }
  job.n_rows = begin->place.n_rows;
  g_mutex_init (&job.lock);
  g_cond_init (&job.done_cond);
  ok = copy_scopes (self, channel, added ? ask.list : scopes, added, &begin->place, &job, status, error);
  dsp_sync_call_clear (begin);
  g_mutex_clear (&job.lock);
  g_cond_clear (&job.done_cond);
  g_clear_error (&job.error);
  return ok;
}

gboolean
dsp_sync_fetch_copy (DspSync    *self,
                     DspChannel *channel,
                     gboolean    added,
                     guint      *status,
                     GError    **error)
{
  g_autoptr(GError) fault = NULL;
  g_auto(DspSyncCall) swap = { 0 };

  if (fetch_pages (self, channel, added, status, &fault) && catch_up (self, channel, added, &fault))
    {
      dsp_sync_call (self, added ? do_copy_add : do_copy_swap, &swap);
      if (swap.ok)
        return TRUE;
      fault = g_steal_pointer (&swap.error);
    }
  if (!is_passing (self, *status, fault))
    {
      g_auto(DspSyncCall) abort = { 0 };

      dsp_sync_call (self, do_copy_abort, &abort);
    }
  if (fault != NULL)
    g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}
