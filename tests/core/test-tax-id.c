/* test-tax-id.c: tax ids and bank accounts that check themselves
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-tax-id.h"
#include "world.h"

#include <string.h>

static void
test_published_ones_pass (void)
{
  /* Companies and persons whose ids are published by SAT in its own examples and in invoices' test data. */
  static const char *const right[] = { "SAT970701NN3", "EKU9003173C9", "URE180429TM6", "CACX7605101P8", "XAXX010101000",
                                       "XEXX010101000" };
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    {
      dsp_tax_id_check (right[i], &error);
      g_assert_no_error (error);
    }
  g_assert_true (dsp_clabe_check ("002010077777777771", &error));
  g_assert_no_error (error);
}

static void
refused (const char *text,
         gboolean  (*check) (const char *, GError **),
         const char *says)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (check (text, &error));
  g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_INVALID);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_mistakes_are_found (void)
{
  const char *rfc = "EKU9003173C9";

  refused ("EKU9003173C8", dsp_tax_id_check, "would be 9");
  refused ("EKU9013173C9", dsp_tax_id_check, "is no RFC");
  refused ("EKU9002303C9", dsp_tax_id_check, "is no RFC");
  refused ("eku9003173c9", dsp_tax_id_check, "is no RFC");
  refused ("EKU900317", dsp_tax_id_check, "is no RFC");
  refused ("", dsp_tax_id_check, "is no RFC");
  refused ("EKU9003173C\xc3\x91", dsp_tax_id_check, "would be 9");
  /* Two digits of the date that changed places. */
  for (guint i = 3; i + 1 < strlen (rfc) - 1; i++)
    {
      g_autofree char *swapped = g_strdup (rfc);

      swapped[i] = rfc[i + 1];
      swapped[i + 1] = rfc[i];
      if (swapped[i] != swapped[i + 1])
        g_assert_false (dsp_tax_id_check (swapped, NULL));
    }
  refused ("002010077777777772", dsp_clabe_check, "would be 1");
  refused ("00201007777777777", dsp_clabe_check, "is no CLABE");
}

/* What a form sends is checked; a record that came in before the rule can still be changed elsewhere. */
static void
test_only_what_is_given (void)
{
  g_autoptr(World) w = world_new ();
  DspMaster master = { .code = (char *) "M1", .name = (char *) "Master", .tax_id = (char *) "EKU9003173C8" };
  g_autoptr(GError) error = NULL;
  DspMaster *kept;
  DspId id = world_id (70);

  world_refused (w, &dsp_master_create, id, &master, DSP_RULE_INVALID);
  master.tax_id = (char *) "EKU9003173C9";
  g_assert_true (world_give (w, &dsp_master_create, id, 0, &master, DSP_FIELDS_ALL, &error));
  kept = w->records[dsp_master.number]->pdata[0];
  dsp_set_text (&kept->tax_id, "EKU9003173C8");
  g_assert_true (world_give (w, &dsp_master_change, id, 1, &(DspMaster) { .name = (char *) "Other" },
                             dsp_table_bit (&dsp_master.table, offsetof (DspMaster, name)), &error));
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tax-id/published-ones-pass", test_published_ones_pass);
  g_test_add_func ("/tax-id/S0-13/mistakes-are-found", test_mistakes_are_found);
  g_test_add_func ("/tax-id/S0-14/only-what-is-given-is-checked", test_only_what_is_given);
  return g_test_run ();
}
