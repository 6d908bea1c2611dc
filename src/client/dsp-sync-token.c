/* dsp-sync-token.c: a new token for an old one
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-sync-private.h"

#include "dsp-json-read.h"

/* A token that could not be exchanged is tried again, not at each answer. */
#define EXCHANGE_AGAIN_US (10 * G_TIME_SPAN_SECOND)

typedef struct {
  DspSync *self;  /* (owned) */
  char    *token; /* (owned) */
} NewToken;

/* In the owner's thread: whoever keeps tokens stores it, and gives it back by dsp_sync_set_token(). */
static gboolean
offer_token (gpointer data)
{
  NewToken *new = data;
  gboolean kept = FALSE;

  g_signal_emit_by_name (new->self, "new-token", new->token, &kept);
  if (!kept)
    dsp_sync_set_token (new->self, new->token);
  return G_SOURCE_REMOVE;
}

static void
new_token_free (gpointer data)
{
  NewToken *new = data;

  g_object_unref (new->self);
  g_free (new->token);
  g_free (new);
}

/* A token a day (section 11). The old one counts until the new one is used, so nothing is lost when the answer is, or
 * when the new one cannot be stored. */
void
dsp_sync_exchange_token (DspSync    *self,
                         DspChannel *channel)
{
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GSource) source = NULL;
  char *token = NULL;
  const char *name;
  gsize n, length;
  DspJsonReader r;
  NewToken *new;

  self->exchange_at = g_get_monotonic_time () + EXCHANGE_AGAIN_US;
  if (!dsp_channel_ask (channel, "POST", "v1/session/token", "{}", self->all, &answer, NULL) || answer.status != 200)
    return;
  name = g_bytes_get_data (answer.body, &length);
  dsp_json_reader_init (&r, name, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "token") && token == NULL)
      dsp_json_read_text (&r, &token);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (token == NULL)
    return;
  new = g_new0 (NewToken, 1);
  new->self = g_object_ref (self);
  new->token = token;
  source = g_idle_source_new ();
  g_source_set_callback (source, offer_token, new, new_token_free);
  g_source_attach (source, self->replica->context);
}
