/* pusher.c: clients that assign orders and return them as fast as they are answered
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "pusher.h"

#include "dsp-table.h"

#include <string.h>

#define ORDERS_EACH 40

/* It assigns (or returns) the next orders of this client. */
void
pusher_push (Pusher *one)
{
  TestClient *client = one->caller.client;
  g_autoptr(GString) body = g_string_new (NULL);
  g_autofree char *request = NULL;
  g_autofree char *fields = NULL;
  char device[DSP_ID_TEXT], order[DSP_ID_TEXT], crew[DSP_ID_TEXT];
  gint64 start_us, took_us;
  const char *reply;

  dsp_id_print (&client->device, device);
  g_string_printf (body, "{\"device\":\"%s\",\"epoch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"commands\":[", device, client->epoch, client->no + 1);
  for (guint i = 0; i < one->n_commands; i++)
    {
      DspId crew_id = generate_crew_id (one->next % N_CREWS);

      dsp_id_print (&g_array_index (one->ids, DspId, one->next), order);
      dsp_id_print (&crew_id, crew);
      g_string_append_printf (body, "%s{\"no\":%" G_GINT64_FORMAT ",\"kind\":\"order.%s\",\"v\":1,\"id\":\"%s\",\"base\":1,\"at\":"
                              "\"2026-03-02T16:00:00Z\",\"args\":{", i > 0 ? "," : "", ++client->no, one->assigned ? "unassign" : "assign", order);
      if (!one->assigned)
        g_string_append_printf (body, "\"crew_id\":\"%s\"", crew);
      g_string_append (body, "}}");
      if (++one->next == one->ids->len)
        {
          one->next = 0;
          one->assigned = !one->assigned;
        }
    }
  g_string_append (body, "]}");
  fields = g_strdup_printf ("Content-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n", body->len);
  request = make_request (client, "POST", "v1/commands", fields, body->str);
  start_us = g_get_monotonic_time ();
  caller_send (&one->caller, request, strlen (request));
  caller_receive (&one->caller, &reply);
  took_us = g_get_monotonic_time () - start_us;
  if (strstr (reply, "rejected") != NULL)
    g_error ("%.600s", reply);
  g_array_append_val (one->times, took_us);
}

static gpointer
push_on (gpointer data)
{
  Pusher *one = data;

  while (g_get_monotonic_time () < one->until_us)
    pusher_push (one);
  return NULL;
}

double
pushers_run (Pusher *pushers,
             guint   n,
             guint   seconds,
             GArray *times)
{
  gint64 start_us = g_get_monotonic_time ();
  guint n_commands = 0;

  for (guint i = 0; i < n; i++)
    {
      pushers[i].until_us = start_us + (gint64) seconds * G_USEC_PER_SEC;
      pushers[i].thread = g_thread_new ("client", push_on, &pushers[i]);
    }
  for (guint i = 0; i < n; i++)
    {
      g_thread_join (pushers[i].thread);
      n_commands += pushers[i].times->len * pushers[i].n_commands;
      g_array_append_vals (times, pushers[i].times->data, pushers[i].times->len);
    }
  return n_commands * 1e6 / (double) (g_get_monotonic_time () - start_us);
}

/* Orders that nobody has, of which each client gets some. */
static void
share_orders (Generate *generate,
              int       n_orders,
              Pusher   *pushers,
              guint     n)
{
  DspOrder order = { 0 };

  for (guint i = 0; i < n; i++)
    pushers[i].ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  for (guint i = (guint) n_orders, k = 0; i > 0 && pushers[n - 1].ids->len < ORDERS_EACH; i--)
    {
      generate_order (generate, i - 1, false, &order);
      if (order.status == DSP_ORDER_UNASSIGNED)
        g_array_append_val (pushers[k++ % n].ids, order.id);
    }
  dsp_table_clear (&dsp_order.table, &order);
}

Pusher *
pushers_new (TestServer *const *servers,
             guint              n_servers,
             Generate          *generate,
             int                n_orders,
             guint              n,
             guint              n_commands)
{
  Pusher *pushers = g_new0 (Pusher, n);

  for (guint s = 0; s < n_servers; s++)
    {
      guint n_here = (n - s + n_servers - 1) / n_servers;
      g_autofree TestClient **clients = n_here > 0 ? sign_in_all (servers[s], n_here) : NULL;

      for (guint k = 0; k < n_here; k++)
        {
          Pusher *pusher = &pushers[s + k * n_servers];

          caller_open (&pusher->caller, clients[k], 1 << 20);
          pusher->times = g_array_new (FALSE, FALSE, sizeof (gint64));
          pusher->n_commands = n_commands;
        }
    }
  share_orders (generate, n_orders, pushers, n);
  return pushers;
}

void
pushers_free (Pusher *pushers,
              guint   n)
{
  for (guint i = 0; i < n; i++)
    {
      /* What it has assigned goes back, for the next round. */
      while (pushers[i].assigned || pushers[i].next != 0)
        {
          pushers[i].n_commands = 1;
          pusher_push (&pushers[i]);
        }
      caller_close (&pushers[i].caller);
      g_array_unref (pushers[i].times);
      g_array_unref (pushers[i].ids);
    }
  g_free (pushers);
}
