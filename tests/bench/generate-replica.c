/* generate-replica.c: the cache of one user of the invented office
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "generate-replica.h"

#include "dsp-replica.h"
#include "office.h"

static void
ignore_delta (DspDelta *delta,
              gpointer  user_data)
{
  dsp_delta_free (delta);
}

void
generate_replica (Generate   *generate,
                  const char *path,
                  guint       first,
                  guint       n_orders,
                  guint       n_crews,
                  guint       n_distributors)
{
  g_autoptr(GError) error = NULL;
  DspKeeper *keeper = dsp_keeper_open (path, ignore_delta, NULL, &error);
  g_autofree char *cursor = NULL;
  static char *all[] = { (char *) "*", NULL };
  DspCopyPlace place = { NULL };
  DspUser user = { .id = office_id ("user", 1), .name = (char *) "ana" };
  DspProfile profile = { .id = office_id ("profile", 1), .name = (char *) "everything", .permissions = all };
  DspGrant grant = { .id = office_id ("grant", 1), .user_id = user.id, .profile_id = profile.id, .over = dsp_scope_all };
  g_autofree DspOrder *orders = g_new0 (DspOrder, ORDERS_A_PAGE);
  DspDistributor distributor = { 0 };
  DspCrew crew = { 0 };

  g_assert_no_error (error);
  office_enrol (keeper);
  dsp_keeper_copy_begin (keeper, FALSE, &place, &error);
  dsp_copy_place_clear (&place);
  office_feed_page (keeper, &dsp_user, &user, 1, true);
  office_feed_page (keeper, &dsp_profile, &profile, 1, false);
  office_feed_page (keeper, &dsp_grant, &grant, 1, false);
  for (guint i = 0; i < n_distributors; i++)
    {
      generate_distributor (generate, i, &distributor);
      office_feed_page (keeper, &dsp_distributor, &distributor, 1, false);
    }
  for (guint i = 0; i < n_crews; i++)
    {
      generate_crew (generate, i, &crew);
      office_feed_page (keeper, &dsp_crew, &crew, 1, false);
    }
  for (guint i = 0; i < n_orders; i += ORDERS_A_PAGE)
    {
      guint n = MIN (n_orders - i, ORDERS_A_PAGE);

      for (guint k = 0; k < n; k++)
        generate_order (generate, first + i + k, true, &orders[k]);
      office_feed_page (keeper, &dsp_order, orders, n, false);
    }
  for (guint k = 0; k < ORDERS_A_PAGE; k++)
    dsp_table_clear (&dsp_order.table, &orders[k]);
  dsp_table_clear (&dsp_distributor.table, &distributor);
  dsp_table_clear (&dsp_crew.table, &crew);
  dsp_keeper_copy_index (keeper, &cursor, &error);
  dsp_keeper_copy_swap (keeper, &error);
  g_assert_no_error (error);
  dsp_keeper_close (keeper);
}
