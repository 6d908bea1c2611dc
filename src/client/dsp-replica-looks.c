/* dsp-replica-looks.c: who is looking at which order now
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows say which orders they show; the synchronisation says so on its waiting request, and brings who else looks at
 * them. True only now: nothing of it is stored, and without contact nobody is known to look.
 */
#define G_LOG_DOMAIN "dsp-replica"

#include "config.h"
#include "dsp-replica-private.h"

#include "dsp-json-read.h"

#include <string.h>

#define OPEN_MAX 16  /* that the server hears of: the windows opened last */
#define SAY_MS   250 /* who steps through orders does not look at each */

typedef struct {
  DspId order;
  guint n;      /* windows */
} Open;

typedef struct {
  DspReplica *self;     /* (owned) */
  GHashTable *lookers;  /* (owned): as in DspReplica */
} Looked;

static void
looker_free (gpointer data)
{
  DspLooker *looker = data;

  g_free (looker->name);
  g_free (looker);
}

static GHashTable *
new_lookers (void)
{
  return g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, (GDestroyNotify) g_ptr_array_unref);
}

void
dsp_replica_looks_init (DspReplica *self)
{
  self->open = g_array_new (FALSE, FALSE, sizeof (Open));
  self->lookers = new_lookers ();
}

void
dsp_replica_looks_clear (DspReplica *self)
{
  if (self->say_open != NULL)
    g_source_destroy (self->say_open);
  g_clear_pointer (&self->say_open, g_source_unref);
  g_array_unref (self->open);
  g_hash_table_unref (self->lookers);
  g_free (self->open_text);
  g_free (self->looks_tag);
}

/* ---- saying what is open ---- */

/* For the next waiting request; the one that waits is made anew. */
static gboolean
say_open (gpointer data)
{
  DspReplica *self = data;
  GString *text = g_string_new (NULL);
  guint from = self->open->len > OPEN_MAX ? self->open->len - OPEN_MAX : 0;
  gboolean news;

  g_clear_pointer (&self->say_open, g_source_unref);
  for (guint i = from; i < self->open->len; i++)
    {
      char id[DSP_ID_TEXT];

      dsp_id_print (&g_array_index (self->open, Open, i).order, id);
      g_string_append_printf (text, "%s%s", i > from ? "," : "", id);
    }
  g_mutex_lock (&self->sync_lock);
  news = g_strcmp0 (self->open_text != NULL ? self->open_text : "", text->str) != 0;
  g_free (self->open_text);
  self->open_text = g_string_free (text, FALSE);
  g_mutex_unlock (&self->sync_lock);
  if (news)
    dsp_sync_ask_anew (self);
  return G_SOURCE_REMOVE;
}

static void
say_soon (DspReplica *self)
{
  if (self->say_open != NULL || self->closed)
    return;
  self->say_open = g_timeout_source_new (SAY_MS);
  g_source_set_callback (self->say_open, say_open, self, NULL);
  g_source_attach (self->say_open, self->context);
}

static Open *
find_open (DspReplica  *self,
           const DspId *order,
           guint       *index)
{
  for (*index = 0; *index < self->open->len; (*index)++)
    if (dsp_id_equal (&g_array_index (self->open, Open, *index).order, order))
      return &g_array_index (self->open, Open, *index);
  return NULL;
}

void
dsp_replica_look (DspReplica  *self,
                  const DspId *order)
{
  guint index;
  Open *open = find_open (self, order, &index);
  Open one = { *order, 1 };

  if (open != NULL)
    open->n++;
  else
    {
      g_array_append_val (self->open, one);
      say_soon (self);
    }
}

void
dsp_replica_look_away (DspReplica  *self,
                       const DspId *order)
{
  guint index;
  Open *open = find_open (self, order, &index);

  if (open == NULL || --open->n > 0)
    return;
  g_array_remove_index (self->open, index);
  say_soon (self);
}

/**
 * dsp_replica_dup_looks_query:
 * Any thread. Returns: what a request for changes says of the windows: "" or "&open=…&looks=…".
 */
char *
dsp_replica_dup_looks_query (DspReplica *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->sync_lock);

  if (self->open_text == NULL || *self->open_text == '\0')
    return g_strdup ("");
  return g_strdup_printf ("&open=%s&looks=%s", self->open_text, self->looks_tag != NULL ? self->looks_tag : "0");
}

/* ---- hearing who looks ---- */

static void
looked_free (gpointer data)
{
  Looked *looked = data;

  g_object_unref (looked->self);
  g_clear_pointer (&looked->lookers, g_hash_table_unref);
  g_free (looked);
}

static gboolean
on_looked (gpointer data)
{
  Looked *looked = data;
  DspReplica *self = looked->self;

  if (self->closed || (g_hash_table_size (self->lookers) == 0 && g_hash_table_size (looked->lookers) == 0))
    return G_SOURCE_REMOVE;
  g_hash_table_unref (self->lookers);
  self->lookers = g_steal_pointer (&looked->lookers);
  g_signal_emit_by_name (self, "lookers-changed");
  return G_SOURCE_REMOVE;
}

/* Takes @lookers. */
static void
tell (DspReplica *self,
      GHashTable *lookers,
      const char *tag)
{
  Looked *looked = g_new0 (Looked, 1);

  g_mutex_lock (&self->sync_lock);
  g_free (self->looks_tag);
  self->looks_tag = g_strdup (tag);
  g_mutex_unlock (&self->sync_lock);
  looked->self = g_object_ref (self);
  looked->lookers = lookers;
  dsp_replica_post (self, on_looked, looked, looked_free);
}

/**
 * dsp_replica_forget_looks:
 * Any thread: contact is lost.
 */
void
dsp_replica_forget_looks (DspReplica *self)
{
  gboolean known;

  g_mutex_lock (&self->sync_lock);
  known = self->looks_tag != NULL;
  g_mutex_unlock (&self->sync_lock);
  if (known)
    tell (self, new_lookers (), NULL);
}

static DspLooker *
read_looker (DspJsonReader *r)
{
  DspLooker *looker = g_new0 (DspLooker, 1);
  g_autofree char *user_name = NULL;
  const char *name, *text;
  gsize n, length;

  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &n))
    if (dsp_json_is (name, n, "user") && dsp_json_read_raw (r, &text, &length))
      dsp_id_parse (text, length, &looker->user_id);
    else if (dsp_json_is (name, n, "name") && user_name == NULL)
      dsp_json_read_text (r, &user_name);
    else if (dsp_json_is (name, n, "full_name") && looker->name == NULL && dsp_json_peek (r) == '"')
      dsp_json_read_text (r, &looker->name);
    else
      dsp_json_skip (r, NULL, NULL);
  if (looker->name == NULL || *looker->name == '\0')
    {
      g_free (looker->name);
      looker->name = g_steal_pointer (&user_name);
    }
  if (looker->name == NULL)
    looker->name = g_strdup ("");
  return looker;
}

static void
read_order (DspJsonReader *r,
            GHashTable    *lookers)
{
  g_autoptr(GPtrArray) who = g_ptr_array_new_with_free_func (looker_free);
  DspId id = dsp_id_none;
  const char *name, *text;
  gsize n, length;

  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &n))
    if (dsp_json_is (name, n, "id") && dsp_json_read_raw (r, &text, &length))
      dsp_id_parse (text, length, &id);
    else if (dsp_json_is (name, n, "who") && dsp_json_enter_array (r))
      while (dsp_json_next_item (r))
        g_ptr_array_add (who, read_looker (r));
    else
      dsp_json_skip (r, NULL, NULL);
  if (who->len > 0)
    g_hash_table_replace (lookers, g_memdup2 (&id, sizeof id), g_steal_pointer (&who));
}

/**
 * dsp_replica_take_looks:
 * @reply: of a request that said what is open
 *
 * Any thread. What cannot be read tells nothing: the page itself is judged by who keeps it.
 */
void
dsp_replica_take_looks (DspReplica *self,
                        GBytes     *reply)
{
  g_autoptr(GHashTable) lookers = new_lookers ();
  g_autofree char *tag = NULL;
  const char *name;
  gsize n, length;
  const char *text = g_bytes_get_data (reply, &length);
  gboolean told = FALSE;
  DspJsonReader r;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  /* It stands before the changes, which may be many. */
  while (!told && dsp_json_next_member (&r, &name, &n) && !dsp_json_is (name, n, "changes"))
    if (dsp_json_is (name, n, "looks") && dsp_json_enter_object (&r))
      {
        told = TRUE;
        while (dsp_json_next_member (&r, &name, &n))
          if (dsp_json_is (name, n, "tag") && tag == NULL)
            dsp_json_read_text (&r, &tag);
          else if (dsp_json_is (name, n, "orders") && dsp_json_enter_array (&r))
            while (dsp_json_next_item (&r))
              read_order (&r, lookers);
          else
            dsp_json_skip (&r, NULL, NULL);
      }
    else
      dsp_json_skip (&r, NULL, NULL);
  if (told && r.fault == NULL && tag != NULL && g_regex_match_simple ("^[0-9a-f]{1,64}$", tag, 0, 0))
    tell (self, g_steal_pointer (&lookers), tag);
}

const GPtrArray *
dsp_replica_get_lookers (DspReplica  *self,
                         const DspId *order)
{
  return g_hash_table_lookup (self->lookers, order);
}
