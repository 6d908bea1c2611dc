/* dsp-sync-calls.c: what the synchronisation asks of the keeper, in its lane
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-sync-private.h"

#define BLOBS_AT_ONCE 40

void
dsp_sync_call (DspSync     *self,
               DspLaneFunc  func,
               DspSyncCall *c)
{
  c->self = self;
  dsp_lane_call (self->replica->lane, FALSE, func, c);
}

void
dsp_sync_call_clear (DspSyncCall *c)
{
  g_clear_error (&c->error);
  g_clear_pointer (&c->text, g_free);
  g_clear_pointer (&c->list, g_ptr_array_unref);
  dsp_copy_place_clear (&c->place);
}

static DspKeeper *
keeper_of (DspSyncCall *c)
{
  return c->self->replica->keeper;
}

void
dsp_sync_do_pulled (gpointer data)
{
  DspSyncCall *c = data;
  gsize length;
  const char *text = g_bytes_get_data (c->body, &length);

  dsp_keeper_contact (keeper_of (c), g_get_real_time ());
  c->ok = dsp_keeper_pulled (keeper_of (c), text, length, &c->pulled, &c->error);
  dsp_replica_post_state (c->self->replica);
}

void
dsp_sync_do_cursor (gpointer data)
{
  DspSyncCall *c = data;

  g_auto(GStrv) added = dsp_keeper_dup_added (keeper_of (c));

  c->text = dsp_keeper_dup_cursor (keeper_of (c));
  c->flag = added != NULL;
}

void
dsp_sync_do_next_push (gpointer data)
{
  DspSyncCall *c = data;

  c->text = dsp_keeper_next_push (keeper_of (c), &c->first, &c->error);
  c->number = dsp_keeper_last_no (keeper_of (c));
  c->flag = dsp_keeper_is_rolled_back (keeper_of (c));
}

void
dsp_sync_do_pushed (gpointer data)
{
  DspSyncCall *c = data;
  gsize length;
  const char *text = g_bytes_get_data (c->body, &length);

  c->ok = dsp_keeper_pushed (keeper_of (c), c->first, text, length, &c->error);
  dsp_replica_post_state (c->self->replica);
}

void
dsp_sync_do_renumber (gpointer data)
{
  DspSyncCall *c = data;

  c->ok = dsp_keeper_renumber (keeper_of (c), c->number, &c->error);
  dsp_replica_post_state (c->self->replica);
}

void
dsp_sync_do_set_held (gpointer data)
{
  DspSyncCall *c = data;

  dsp_keeper_set_held (keeper_of (c), c->number);
}

void
dsp_sync_do_wanted_blobs (gpointer data)
{
  DspSyncCall *c = data;

  c->list = dsp_keeper_wanted_blobs (keeper_of (c), BLOBS_AT_ONCE, &c->error);
}

void
dsp_sync_do_put_blobs (gpointer data)
{
  DspSyncCall *c = data;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (c->body, &length);

  c->ok = dsp_keeper_put_blobs (keeper_of (c), bytes, length, &c->n, &c->error);
}

void
dsp_sync_do_check_sums (gpointer data)
{
  DspSyncCall *c = data;
  gsize length;
  const char *text = g_bytes_get_data (c->body, &length);

  c->ok = dsp_keeper_check_sums (keeper_of (c), text, length, &c->flag, &c->error);
}
