/* money-office.h: an office on a real despachod that pays its distributors, for tests of what is billed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two distributors with a crew each, a rate of 100.00 for every order and 16 % VAT. Days are the server's own: what was
 * attended lies in the last days.
 */
#pragma once

#include "server-fixture.h"

#include <string.h>

#define ALL "00000000-0000-0000-0000-000000000003"
#define ROWS_AT_ONCE 200

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *distributor[2], *crew[2];
} MoneyOffice;

/* The day so many days ago at noon of Mexico City, as a moment or, cut, as a date. (transfer full) */
static inline char *
money_noon (int days_ago)
{
  gint64 day = (g_get_real_time () - 6 * G_TIME_SPAN_HOUR) / G_TIME_SPAN_DAY - days_ago;
  char text[32];

  dsp_time_print ((DspTime) { day * G_TIME_SPAN_DAY + 18 * G_TIME_SPAN_HOUR }, text);
  return g_strdup (text);
}

static inline char *
money_day (int days_ago)
{
  char *text = money_noon (days_ago);

  text[10] = '\0';
  return text;
}

/* One command on one record. @args: members. */
static inline TestReply *
money_give (TestClient *client,
            const char *kind,
            const char *id,
            const char *args)
{
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"%s\",\"id\":\"%s\",\"args\":{%s}}", kind, id, args);
  TestReply *reply = test_push (client, command, NULL);

  test_expect (reply, 200);
  return reply;
}

static inline gboolean
money_applied (TestReply *reply)
{
  return g_strcmp0 (test_text (reply, "results/0/status"), "applied") == 0;
}

/* @code (nullable): of the refusal. @says (nullable): a part of its message. */
static inline void
money_expect (TestReply  *reply,
              const char *code,
              const char *says)
{
  const char *message = test_text (reply, "results/0/message");

  if (code == NULL ? !money_applied (reply) : g_strcmp0 (test_text (reply, "results/0/code"), code) != 0)
    g_error ("not %s: %s", code != NULL ? code : "applied", reply->text);
  if (says != NULL && (message == NULL || strstr (message, says) == NULL))
    g_error ("does not say “%s”: %s", says, reply->text);
}

static inline void
money_must (TestClient *client,
            const char *kind,
            const char *id,
            const char *args)
{
  g_autoptr(TestReply) reply = money_give (client, kind, id, args);

  money_expect (reply, NULL, NULL);
}

static inline void
money_refused (TestClient *client,
               const char *kind,
               const char *id,
               const char *args,
               const char *code,
               const char *says)
{
  g_autoptr(TestReply) reply = money_give (client, kind, id, args);

  money_expect (reply, code, says);
}

/* Makes a record. (transfer full): its id */
static inline char *
money_new (TestClient *client,
           const char *kind,
           const char *args)
{
  char *id = test_id ();

  money_must (client, kind, id, args);
  return id;
}

/* Gives one command to many records, so many at a time; all must be applied. */
static inline void
money_give_all (TestClient *client,
                const char *kind,
                GPtrArray  *ids,
                const char *args)
{
  for (guint from = 0; from < ids->len; from += ROWS_AT_ONCE)
    {
      g_autoptr(GString) rows = g_string_new (NULL);
      g_autofree char *command = NULL;
      g_autoptr(TestReply) reply = NULL;

      for (guint i = from; i < MIN (ids->len, from + ROWS_AT_ONCE); i++)
        g_string_append_printf (rows, "%s{\"id\":\"%s\",\"base\":1}", i > from ? "," : "", (const char *) ids->pdata[i]);
      command = g_strdup_printf ("{\"kind\":\"%s\",\"group\":\"g\",\"rows\":[%s],\"args\":{%s}}", kind, rows->str, args);
      reply = test_push (client, command, NULL);
      test_expect (reply, 200);
      if (!money_applied (reply) || test_size (reply, "results/0/refused") != 0)
        g_error ("%s: %s", kind, reply->text);
    }
}

/* @n orders of a distributor, attended so many days ago. (transfer full): their ids */
static inline GPtrArray *
money_close_orders (MoneyOffice *office,
                    int          which,
                    const char  *prefix,
                    guint        n,
                    int          days_ago)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *made = money_noon (days_ago + 2), *closed = money_noon (days_ago);
  g_autofree char *assign = g_strdup_printf ("\"crew_id\":\"%s\"", office->crew[which]);
  g_autofree char *close = g_strdup_printf ("\"closed_at\":\"%s\",\"attended\":\"yes\",\"satisfied\":\"yes\",\"resolution\":\"done\"", closed);

  for (guint from = 0; from < n; from += 100)
    {
      g_autoptr(GString) commands = g_string_new (NULL);
      gint64 first = office->root->no + 1;
      g_autoptr(TestReply) reply = NULL;

      for (guint i = from; i < MIN (n, from + 100); i++)
        {
          char *id = test_id ();

          g_ptr_array_add (ids, id);
          g_string_append_printf (commands, "%s{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"number\":"
                                  "\"%s%u\",\"account\":\"%s\",\"group\":\"g\",\"type\":\"install\",\"postal_code\":\"03100\",\"created_at\":\"%s\","
                                  "\"distributor_id\":\"%s\"}}", i > from ? "," : "", ++office->root->no, id, prefix, i, prefix, made,
                                  office->distributor[which]);
        }
      reply = test_push_first (office->root, first, commands->str);
      test_expect (reply, 200);
      g_assert_null (strstr (reply->text, "rejected"));
    }
  money_give_all (office->root, "order.assign", ids, assign);
  money_give_all (office->root, "order.close", ids, close);
  return ids;
}

/* Generates from so many days ago until so many. @id (transfer none): the pre-invoice's. */
static inline TestReply *
money_bill (MoneyOffice *office,
            TestClient  *client,
            int          which,
            const char  *id,
            int          from_days_ago,
            int          until_days_ago)
{
  g_autofree char *from = money_day (from_days_ago), *until = money_day (until_days_ago);
  g_autofree char *args = g_strdup_printf ("\"distributor_id\":\"%s\",\"from\":\"%s\",\"until\":\"%s\"", office->distributor[which], from, until);

  return money_give (client, "pre_invoice.create", id, args);
}

static inline TestReply *
money_read (TestClient *client,
            const char *entity,
            const char *id)
{
  g_autofree char *path = g_strdup_printf ("v1/%s/%s", entity, id);

  return test_call (client, "GET", path, NULL);
}

/* Of the line that an order's service has. */
static inline char *
money_line_id (const char *source,
               const char *concept,
               const char *pays)
{
  g_autofree char *key = g_strdup_printf ("%s %s %s", source, concept, pays);
  DspId id = dsp_id_from_key ("statement_line", key);
  char text[DSP_ID_TEXT];

  dsp_id_print (&id, text);
  return g_strdup (text);
}

static inline void
money_open (MoneyOffice  *office,
            gconstpointer data)
{
  static const char *const options[] = { "--sign-ins-per-minute=0", "--requests-per-second=0", "--commands-per-minute=0" };

  office->server = test_server_new ();
  memcpy (office->server->options, options, sizeof options);
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *code = g_strdup_printf ("D%d", i + 1), *crew = g_strdup_printf ("C%d", i + 1);

      office->distributor[i] = test_distributor (office->root, code);
      office->crew[i] = test_crew (office->root, crew, office->distributor[i]);
    }
  g_free (money_new (office->root, "rate.create", "\"code\":\"ALL\",\"pays\":\"service\",\"from\":\"2020-01-01\",\"amount\":\"100.00\""));
  g_free (money_new (office->root, "tax_rule.create", "\"code\":\"IVA16\",\"from\":\"2020-01-01\",\"vat\":160000"));
}

static inline void
money_close (MoneyOffice  *office,
             gconstpointer data)
{
  for (int i = 0; i < 2; i++)
    {
      g_free (office->distributor[i]);
      g_free (office->crew[i]);
    }
  test_client_free (office->root);
  test_server_free (office->server);
}
