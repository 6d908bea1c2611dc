/* dsp-sync-files.c: the bytes of attachments on their way to the server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two ways: before commands that attach files, their bytes; and, when a server may have lost some (it was restored from a
 * backup, say), those that this computer still has and that the server says it lacks.
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-file-cache.h"
#include "dsp-sync-private.h"

#include "dsp-json-read.h"

#define ASKED_AT_ONCE 28 /* hashes: the server takes 2 KiB of address */

/* @order: (nullable): the id of the order that they are for. TRUE: they are there, or are refused for good. */
static gboolean
send_file (DspSync    *self,
           DspChannel *channel,
           const char *hash,
           const char *order,
           DspAnswer  *answer,
           GError    **error)
{
  g_autofree char *folder = dsp_file_cache_folder (self->replica->path);
  g_autofree char *file = dsp_file_cache_path (folder, hash);
  g_autofree char *path = g_strconcat ("v1/files/", hash, order != NULL ? "?order=" : NULL, order, NULL);
  g_autoptr(GMappedFile) mapped = g_mapped_file_new (file, FALSE, NULL);
  g_autoptr(GBytes) bytes = mapped != NULL ? g_mapped_file_get_bytes (mapped) : NULL;

  dsp_answer_clear (answer);
  if (bytes == NULL)
    {
      g_warning ("the file %s is gone before it was sent", hash);
      return TRUE;
    }
  if (!dsp_channel_put (channel, path, bytes, self->all, answer, error))
    return FALSE;
  if (answer->status == 401 || answer->status == 429 || answer->status >= 500)
    return FALSE;
  if (answer->status != 200)
    g_warning ("the server does not take the file %s: %u %s", hash, answer->status, answer->message != NULL ? answer->message : "");
  return TRUE;
}

/* ---- with commands ---- */

typedef struct {
  char *kind, *order, *hash; /* (owned) (nullable) */
} Named;

static void
named_clear (Named *named)
{
  g_clear_pointer (&named->kind, g_free);
  g_clear_pointer (&named->order, g_free);
  g_clear_pointer (&named->hash, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Named, named_clear)

static void
read_args (DspJsonReader *r,
           Named         *named)
{
  const char *name;
  gsize n;

  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &n))
    if (dsp_json_is (name, n, "order_id") && named->order == NULL && dsp_json_peek (r) == '"')
      dsp_json_read_text (r, &named->order);
    else if (dsp_json_is (name, n, "hash") && named->hash == NULL && dsp_json_peek (r) == '"')
      dsp_json_read_text (r, &named->hash);
    else
      dsp_json_skip (r, NULL, NULL);
}

static void
read_command (DspJsonReader *r,
              Named         *named)
{
  const char *name;
  gsize n;

  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &n))
    if (dsp_json_is (name, n, "kind") && named->kind == NULL)
      dsp_json_read_text (r, &named->kind);
    else if (dsp_json_is (name, n, "args") && dsp_json_peek (r) == '{')
      read_args (r, named);
    else
      dsp_json_skip (r, NULL, NULL);
}

/* A push that is given again sends them again only if the server's past is not what it was: dsp_sync_forget_sent_files(). */
static gboolean
send_named (DspSync     *self,
            DspChannel  *channel,
            const Named *named,
            DspAnswer   *answer,
            GError     **error)
{
  if (g_strcmp0 (named->kind, "attachment.create") != 0 || named->hash == NULL || !dsp_attachment_is_hash (named->hash) ||
      g_hash_table_contains (self->sent_files, named->hash))
    return TRUE;
  if (!send_file (self, channel, named->hash, named->order, answer, error))
    return FALSE;
  if (answer->status == 200)
    g_hash_table_add (self->sent_files, g_strdup (named->hash));
  return TRUE;
}

gboolean
dsp_sync_send_files (DspSync    *self,
                     DspChannel *channel,
                     const char *push,
                     DspAnswer  *answer,
                     GError    **error)
{
  DspJsonReader r;
  const char *name;
  gboolean going = TRUE;
  gsize n;

  dsp_json_reader_init (&r, push, strlen (push));
  dsp_json_enter_object (&r);
  while (going && dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "commands") && dsp_json_enter_array (&r))
      while (going && dsp_json_next_item (&r))
        {
          g_auto(Named) named = { 0 };

          read_command (&r, &named);
          going = send_named (self, channel, &named, answer, error);
        }
    else
      dsp_json_skip (&r, NULL, NULL);
  if (going)
    dsp_answer_clear (answer);
  return going;
}

void
dsp_sync_forget_sent_files (DspSync *self)
{
  g_hash_table_remove_all (self->sent_files);
}

/* ---- what the server lacks ---- */

static GPtrArray *
read_missing (GBytes *body)
{
  GPtrArray *hashes = g_ptr_array_new_with_free_func (g_free);
  const char *name;
  gsize n, length;
  const char *text = g_bytes_get_data (body, &length);
  DspJsonReader r;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "missing") && dsp_json_enter_array (&r))
      while (dsp_json_next_item (&r))
        {
          g_autofree char *hash = NULL;

          if (dsp_json_read_text (&r, &hash) && dsp_attachment_is_hash (hash))
            g_ptr_array_add (hashes, g_steal_pointer (&hash));
        }
    else
      dsp_json_skip (&r, NULL, NULL);
  return hashes;
}

/* FALSE: not now. */
static gboolean
offer_some (DspSync    *self,
            DspChannel *channel,
            GPtrArray  *hashes,
            guint       from)
{
  g_autoptr(GString) path = g_string_new ("v1/files/missing?hashes=");
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GPtrArray) missing = NULL;

  for (guint i = from; i < MIN (from + ASKED_AT_ONCE, hashes->len); i++)
    g_string_append_printf (path, "%s%s", i > from ? "," : "", (char *) hashes->pdata[i]);
  dsp_sync_give_token (self, channel);
  if (!dsp_channel_ask (channel, "GET", path->str, NULL, self->all, &answer, NULL))
    return FALSE;
  if (answer.status == 404)
    return TRUE; /* a server that does not know the question */
  if (answer.status != 200)
    return FALSE;
  missing = read_missing (answer.body);
  for (guint i = 0; i < missing->len; i++)
    {
      g_autoptr(GError) error = NULL;

      g_message ("the server lacks the file %s: sending it again", (char *) missing->pdata[i]);
      if (!send_file (self, channel, missing->pdata[i], NULL, &answer, &error))
        return FALSE;
    }
  return TRUE;
}

gboolean
dsp_sync_offer_files (DspSync    *self,
                      DspChannel *channel)
{
  g_autofree char *folder = dsp_file_cache_folder (self->replica->path);
  g_autoptr(GPtrArray) hashes = dsp_file_cache_list (folder);

  for (guint from = 0; from < hashes->len; from += ASKED_AT_ONCE)
    if (!offer_some (self, channel, hashes, from))
      return FALSE;
  return TRUE;
}
