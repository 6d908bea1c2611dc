/* dsp-presence.c: who is looking at which order now
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-presence.h"

#include "dsp-json.h"

#include <string.h>

#define SHOWN_MAX 8 /* people named of one order */

/* One client. */
typedef struct
{
  DspId    device, user_id;
  char    *user_name, *full_name;  /* (owned); full_name nullable */
  DspId    orders[DSP_LOOKS_MAX];
  guint    n_orders;
  gint64   until_us;
  guint64  serial;
  gpointer request;                /* (nullable): with which it waits */
} Looker;

struct _DspPresence
{
  GHashTable *by_device;  /* DspId to Looker (owned) */
  GHashTable *by_order;   /* DspId (owned) to GPtrArray of Looker */
  guint64     serial;
};

static void
looker_free (gpointer data)
{
  Looker *looker = data;

  g_free (looker->user_name);
  g_free (looker->full_name);
  g_free (looker);
}

DspPresence *
dsp_presence_new (void)
{
  DspPresence *self = g_new0 (DspPresence, 1);

  self->by_device = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, looker_free);
  self->by_order = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, (GDestroyNotify) g_ptr_array_unref);
  return self;
}

void
dsp_presence_free (DspPresence *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_order);
  g_hash_table_unref (self->by_device);
  g_free (self);
}

static gboolean
has (const DspId *orders,
     guint        n_orders,
     const DspId *id)
{
  for (guint i = 0; i < n_orders; i++)
    if (dsp_id_equal (&orders[i], id))
      return TRUE;
  return FALSE;
}

/* The others who look at @order and wait hear of it. */
static void
stir (DspPresence  *self,
      const Looker *looker,
      const DspId  *order,
      GPtrArray    *stirred)
{
  GPtrArray *there = g_hash_table_lookup (self->by_order, order);

  for (guint i = 0; there != NULL && i < there->len; i++)
    {
      Looker *other = there->pdata[i];

      if (other->request == NULL || dsp_id_equal (&other->user_id, &looker->user_id))
        continue;
      g_ptr_array_add (stirred, other->request);
      other->request = NULL;
    }
}

static void
enter (DspPresence *self,
       Looker      *looker,
       const DspId *order,
       GPtrArray   *stirred)
{
  GPtrArray *there = g_hash_table_lookup (self->by_order, order);

  if (there == NULL)
    {
      there = g_ptr_array_new ();
      g_hash_table_insert (self->by_order, g_memdup2 (order, sizeof *order), there);
    }
  stir (self, looker, order, stirred);
  g_ptr_array_add (there, looker);
}

static void
leave (DspPresence *self,
       Looker      *looker,
       const DspId *order,
       GPtrArray   *stirred)
{
  GPtrArray *there = g_hash_table_lookup (self->by_order, order);

  g_ptr_array_remove_fast (there, looker);
  stir (self, looker, order, stirred);
  if (there->len == 0)
    g_hash_table_remove (self->by_order, order);
}

static void
look_at (DspPresence *self,
         Looker      *looker,
         const DspId *orders,
         guint        n_orders,
         GPtrArray   *stirred)
{
  DspId before[DSP_LOOKS_MAX];
  guint n_before = looker->n_orders;

  memcpy (before, looker->orders, sizeof before);
  if (n_orders > 0)
    memcpy (looker->orders, orders, n_orders * sizeof *orders);
  looker->n_orders = n_orders;
  for (guint i = 0; i < n_before; i++)
    if (!has (orders, n_orders, &before[i]))
      leave (self, looker, &before[i], stirred);
  for (guint i = 0; i < n_orders; i++)
    if (!has (before, n_before, &orders[i]))
      enter (self, looker, &orders[i], stirred);
}

guint64
dsp_presence_say (DspPresence   *self,
                  const DspLook *look,
                  gint64         until_us,
                  GPtrArray     *stirred)
{
  Looker *looker = g_hash_table_lookup (self->by_device, &look->device);

  if (look->n_orders == 0)
    {
      if (looker == NULL)
        return 0;
      look_at (self, looker, NULL, 0, stirred);
      g_hash_table_remove (self->by_device, &look->device);
      return 0;
    }
  if (looker == NULL)
    {
      looker = g_new0 (Looker, 1);
      looker->device = look->device;
      looker->user_id = look->user_id;
      g_hash_table_insert (self->by_device, &looker->device, looker);
    }
  g_free (looker->user_name);
  g_free (looker->full_name);
  looker->user_name = g_strdup (look->user_name);
  looker->full_name = g_strdup (look->full_name);
  looker->until_us = until_us;
  looker->serial = ++self->serial;
  looker->request = NULL;
  look_at (self, looker, look->orders, look->n_orders, stirred);
  return looker->serial;
}

void
dsp_presence_wait (DspPresence *self,
                   const DspId *device,
                   guint64      serial,
                   gpointer     request,
                   gint64       until_us)
{
  Looker *looker = serial != 0 ? g_hash_table_lookup (self->by_device, device) : NULL;

  if (looker == NULL || looker->serial != serial)
    return;
  looker->request = request;
  looker->until_us = until_us;
}

gint64
dsp_presence_expire (DspPresence *self,
                     gint64       now_us,
                     GPtrArray   *stirred)
{
  gint64 next_us = G_MAXINT64;
  GHashTableIter iter;
  Looker *looker;

  g_hash_table_iter_init (&iter, self->by_device);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &looker))
    if (looker->until_us <= now_us)
      {
        look_at (self, looker, NULL, 0, stirred);
        g_hash_table_iter_remove (&iter);
      }
    else
      next_us = MIN (next_us, looker->until_us);
  return next_us;
}

/* ---- telling ---- */

static int
by_name (gconstpointer a,
         gconstpointer b)
{
  const Looker *one = *(Looker *const *) a, *other = *(Looker *const *) b;
  int order = strcmp (one->user_name, other->user_name);

  return order != 0 ? order : memcmp (one->user_id.b, other->user_id.b, sizeof one->user_id.b);
}

/* The others, each once however many windows and computers he has. */
static GPtrArray *
dup_others (const GPtrArray *there,
            const DspId     *user_id)
{
  GPtrArray *others = g_ptr_array_new ();
  guint n = 0;

  for (guint i = 0; i < there->len; i++)
    if (!dsp_id_equal (&((const Looker *) there->pdata[i])->user_id, user_id))
      g_ptr_array_add (others, there->pdata[i]);
  g_ptr_array_sort (others, by_name);
  for (guint i = 0; i < others->len; i++)
    if (n == 0 || !dsp_id_equal (&((const Looker *) others->pdata[n - 1])->user_id, &((const Looker *) others->pdata[i])->user_id))
      others->pdata[n++] = others->pdata[i];
  g_ptr_array_set_size (others, (int) n);
  return others;
}

static void
put_order (GString         *out,
           const DspId     *order,
           const GPtrArray *others)
{
  g_string_append (out, *out->str == '\0' ? "{\"id\":" : ",{\"id\":");
  dsp_json_put_id (out, order);
  g_string_append_printf (out, ",\"n\":%u,\"who\":[", others->len);
  for (guint i = 0; i < MIN (others->len, SHOWN_MAX); i++)
    {
      const Looker *other = others->pdata[i];

      g_string_append (out, i > 0 ? ",{\"user\":" : "{\"user\":");
      dsp_json_put_id (out, &other->user_id);
      g_string_append (out, ",\"name\":");
      dsp_json_put_text (out, other->user_name);
      g_string_append (out, ",\"full_name\":");
      dsp_json_put_text (out, other->full_name);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "]}");
}

void
dsp_presence_print (DspPresence *self,
                    const DspId *user_id,
                    const DspId *orders,
                    guint        n_orders,
                    GString     *out,
                    char         tag[DSP_LOOKS_TAG])
{
  g_autoptr(GString) list = g_string_new (NULL);

  for (guint i = 0; i < n_orders; i++)
    {
      const GPtrArray *there = g_hash_table_lookup (self->by_order, &orders[i]);
      g_autoptr(GPtrArray) others = there != NULL ? dup_others (there, user_id) : NULL;

      if (others != NULL && others->len > 0)
        put_order (list, &orders[i], others);
    }
  if (list->len == 0)
    g_strlcpy (tag, "0", DSP_LOOKS_TAG);
  else
    {
      g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) list->str, list->len);

      g_strlcpy (tag, sum, DSP_LOOKS_TAG);
    }
  g_string_append_printf (out, "{\"tag\":\"%s\",\"orders\":[%s]}", tag, list->str);
}
