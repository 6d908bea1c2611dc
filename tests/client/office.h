/* office.h: a small office as a server would send it, for tests without a server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-columns.h"
#include "dsp-keeper.h"
#include "dsp-record-json.h"

#include <glib/gstdio.h>
#include <string.h>

#define ORDERS_A_PAGE 5000
#define OFFICE_EPOCH "11111111-2222-4333-8444-555555555555"

static inline DspId
office_id (const char *entity,
           guint       n)
{
  g_autofree char *key = g_strdup_printf ("%u", n);

  return dsp_id_from_key (entity, key);
}

static inline DspOrder *
office_order (guint n)
{
  DspOrder *order = dsp_order_new ();

  order->id = office_id ("order", n);
  order->version = 1;
  order->number = g_strdup_printf ("%u", 904000 + n);
  order->account = g_strdup_printf ("%u", 55000 + n);
  order->type = g_strdup ("repair");
  order->created_at.us = G_GINT64_CONSTANT (1700000000) * G_TIME_SPAN_SECOND + n * G_TIME_SPAN_MINUTE;
  order->status = DSP_ORDER_UNASSIGNED;
  order->postal_code = g_strdup_printf ("%05u", 3100 + n % 10);
  order->contact_name = g_strdup_printf ("Cliente %u", n);
  order->street = g_strdup ("Calle García");
  order->distributor_id = office_id ("distributor", 1);
  order->scope = order->distributor_id;
  return order;
}

/* One page of a copy with these @records; their scopes and versions are filled in. */
static inline void
office_feed_page (DspKeeper       *keeper,
                  const DspEntity *entity,
                  gpointer         records, /* one after the other */
                  guint            n_records,
                  bool             first)
{
  g_autoptr(DspColumnsWriter) writer = dsp_columns_writer_new (entity);
  g_autoptr(GString) page = g_string_new ("{\"epoch\":\"" OFFICE_EPOCH "\",\"seq\":10,\"next\":\"x\",");
  g_autofree char *next = NULL;
  g_autoptr(GError) error = NULL;
  guint n;

  for (guint i = 0; i < n_records; i++)
    {
      DspRecord *record = (DspRecord *) ((char *) records + i * entity->table.size);

      record->scope = entity->scope (record);
      record->version = MAX (record->version, 1);
      dsp_columns_writer_add (writer, record);
    }
  g_string_append_printf (page, "%s\"entity\":\"%s\",\"columns\":", first ? "\"from\":\"cursor-of-the-copy\"," : "",
                          entity->table.name);
  dsp_columns_writer_end (writer, page);
  g_string_append_c (page, '}');
  dsp_keeper_copy_page (keeper, "all", page->str, page->len, &next, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, n_records);
}

/* A user who sees everything, a distributor, three crews and @n_orders orders; the feed stands at 10. */
static inline void
office_fill (DspKeeper *keeper,
             guint      n_orders)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *cursor = NULL;
  g_autofree DspOrder *orders = NULL;
  DspCopyPlace place = { NULL };
  static char *all[] = { (char *) "*", NULL };
  DspUser user = { .id = office_id ("user", 1), .name = (char *) "ana" };
  DspProfile profile = { .id = office_id ("profile", 1), .name = (char *) "everything", .permissions = all };
  DspGrant grant = { .id = office_id ("grant", 1), .user_id = user.id, .profile_id = profile.id, .over = dsp_scope_all };
  DspDistributor distributor = { .id = office_id ("distributor", 1), .code = (char *) "D1", .name = (char *) "Uno" };

  dsp_keeper_copy_begin (keeper, FALSE, &place, &error);
  dsp_copy_place_clear (&place);
  g_assert_no_error (error);
  office_feed_page (keeper, &dsp_user, &user, 1, true);
  office_feed_page (keeper, &dsp_profile, &profile, 1, false);
  office_feed_page (keeper, &dsp_grant, &grant, 1, false);
  office_feed_page (keeper, &dsp_distributor, &distributor, 1, false);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *code = g_strdup_printf ("C-0%u", i);
      DspCrew crew = { .id = office_id ("crew", i), .code = code, .name = code, .distributor_id = distributor.id,
                       .retired = i == 3 ? DSP_YES : DSP_NO };

      office_feed_page (keeper, &dsp_crew, &crew, 1, false);
    }
  orders = g_new0 (DspOrder, n_orders);
  for (guint i = 0; i < n_orders; i++)
    {
      g_autofree DspOrder *order = office_order (i);

      orders[i] = *order;
    }
  for (guint i = 0; i < n_orders; i += ORDERS_A_PAGE)
    office_feed_page (keeper, &dsp_order, orders + i, MIN (n_orders - i, ORDERS_A_PAGE), false);
  for (guint i = 0; i < n_orders; i++)
    dsp_table_clear (&dsp_order.table, &orders[i]);
  dsp_keeper_copy_index (keeper, &cursor, &error);
  g_assert_no_error (error);
  g_assert_null (cursor);
  dsp_keeper_copy_swap (keeper, &error);
  g_assert_no_error (error);
}

static inline void
office_enrol (DspKeeper *keeper)
{
  g_autoptr(GError) error = NULL;
  DspId user = office_id ("user", 1), device = office_id ("device", 1);

  dsp_keeper_set_session (keeper, "https://server", NULL, &user, "ana", "Ana", &device, OFFICE_EPOCH, 0, NULL, &error);
  g_assert_no_error (error);
}

/* One change of the feed. */
static inline char *
office_change (gint64      seq,
               DspOrder   *order,
               const char *by)
{
  g_autoptr(GString) body = g_string_new (NULL);
  char id[DSP_ID_TEXT], scope[DSP_ID_TEXT];

  dsp_id_print (&order->id, id);
  dsp_id_print (&order->distributor_id, scope);
  dsp_record_json_write (&dsp_order.table, order, DSP_FIELDS_ALL, body);
  return g_strdup_printf ("{\"seq\":%" G_GINT64_FORMAT ",\"last\":true,\"entity\":\"order\",\"id\":\"%s\",\"version\":%" G_GINT64_FORMAT
                          ",\"op\":\"put\",\"scope\":\"%s\",\"by\":\"%s\",\"kind\":\"order.assign\",\"at\":\"2025-06-01T10:00:00Z\",\"body\":%s}",
                          seq, id, order->version, scope, by, body->str);
}

static inline gboolean
office_pull (DspKeeper  *keeper,
             const char *changes,
             gint64      head,
             GError    **error)
{
  g_autofree char *reply = g_strdup_printf ("{\"epoch\":\"" OFFICE_EPOCH "\",\"head\":%" G_GINT64_FORMAT
                                            ",\"cursor\":\"cursor-%" G_GINT64_FORMAT "\",\"more\":false,\"changes\":[%s]}",
                                            head, head, changes);
  DspPulled pulled;

  return dsp_keeper_pulled (keeper, reply, strlen (reply), &pulled, error);
}

static inline char *
office_temp_dir (void)
{
  g_autoptr(GError) error = NULL;
  char *dir = g_dir_make_tmp ("despacho-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

static inline void
office_remove_dir (const char *dir)
{
  g_autoptr(GDir) list = g_dir_open (dir, 0, NULL);
  const char *name;

  while (list != NULL && (name = g_dir_read_name (list)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (dir);
}
