/* dsp-feed-chain.c: digests of the feed and of the history, and sums over rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exact bytes that are hashed. They are part of the format: a change here breaks every stored chain.
 * Numbers are 8 bytes, big endian; names end with a zero byte.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-feed-private.h"

#include <string.h>

static void
add (GChecksum    *checksum,
     gconstpointer data,
     gsize         length)
{
  g_checksum_update (checksum, data, (gssize) length);
}

static void
add_int (GChecksum *checksum,
         gint64     value)
{
  gint64 big = GINT64_TO_BE (value);

  add (checksum, &big, sizeof big);
}

static void
finish (GChecksum *checksum,
        guint8     out[DSP_DIGEST])
{
  gsize length = DSP_DIGEST;

  g_checksum_get_digest (checksum, out, &length);
  g_checksum_reset (checksum);
}

void
dsp_chain_body (GChecksum    *checksum,
                const guint8  salt[DSP_SALT],
                const char   *body,
                gsize         length,
                guint8        out[DSP_DIGEST])
{
  add (checksum, salt, DSP_SALT);
  if (length > 0)
    add (checksum, body, length);
  finish (checksum, out);
}

void
dsp_chain_change (GChecksum       *checksum,
                  const guint8     before[DSP_DIGEST],
                  const DspChange *change,
                  const DspId     *scope_old,
                  const DspId     *scope_new,
                  const guint8     body_hash[DSP_DIGEST],
                  guint8           out[DSP_DIGEST])
{
  guint8 op = change->op == DSP_FEED_PUT ? 'p' : 'd';

  add (checksum, before, DSP_DIGEST);
  add_int (checksum, change->seq);
  add (checksum, change->entity, strlen (change->entity) + 1);
  add (checksum, change->id.b, sizeof change->id.b);
  add_int (checksum, change->version);
  add (checksum, &op, 1);
  add (checksum, scope_old->b, sizeof scope_old->b);
  add (checksum, scope_new->b, sizeof scope_new->b);
  add (checksum, body_hash, DSP_DIGEST);
  finish (checksum, out);
}

void
dsp_chain_entry (GChecksum    *checksum,
                 const guint8  before_log[DSP_DIGEST],
                 const guint8  before_record[DSP_DIGEST],
                 gint64        seq,
                 const DspId  *entry,
                 const guint8  body_hash[DSP_DIGEST],
                 guint8        out[DSP_DIGEST])
{
  add (checksum, before_log, DSP_DIGEST);
  add (checksum, before_record, DSP_DIGEST);
  add_int (checksum, seq);
  add (checksum, entry->b, sizeof entry->b);
  add (checksum, body_hash, DSP_DIGEST);
  finish (checksum, out);
}

static void
row_digest (const char  *entity,
            const DspId *id,
            gint64       version,
            guint8       out[DSP_DIGEST])
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  add (checksum, entity, strlen (entity) + 1);
  add (checksum, id->b, sizeof id->b);
  add_int (checksum, version);
  finish (checksum, out);
}

static unsigned __int128
number_of (const guint8 bytes[16])
{
  unsigned __int128 number = 0;

  for (guint i = 0; i < 16; i++)
    number = number << 8 | bytes[i];
  return number;
}

static void
put_number (unsigned __int128 number,
            guint8            bytes[16])
{
  for (guint i = 16; i > 0; i--, number >>= 8)
    bytes[i - 1] = (guint8) number;
}

void
dsp_sum_add (guint8       sum[16],
             const char  *entity,
             const DspId *id,
             gint64       version)
{
  guint8 digest[DSP_DIGEST];

  row_digest (entity, id, version, digest);
  put_number (number_of (sum) + number_of (digest), sum);
}

void
dsp_sum_remove (guint8       sum[16],
                const char  *entity,
                const DspId *id,
                gint64       version)
{
  guint8 digest[DSP_DIGEST];

  row_digest (entity, id, version, digest);
  put_number (number_of (sum) - number_of (digest), sum);
}
