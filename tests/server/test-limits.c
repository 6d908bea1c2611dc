/* test-limits.c: rates by key
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-limits.h"

#define S G_USEC_PER_SEC

static void
test_burst_then_rate (void)
{
  g_autoptr(DspLimits) limits = dsp_limits_new (DSP_LIMIT_REQUESTS_PER_S, S, DSP_LIMIT_REQUESTS_BURST);
  gint64 now = 1000 * S;
  guint taken = 0;

  for (guint i = 0; i < DSP_LIMIT_REQUESTS_BURST; i++)
    g_assert_cmpuint (dsp_limits_take (limits, "a", 1, now), ==, 0);
  g_assert_cmpuint (dsp_limits_take (limits, "a", 1, now), ==, 1);

  /* Ten seconds, tried each millisecond: 50 a second pass. */
  for (guint i = 1; i <= 10000; i++)
    taken += dsp_limits_take (limits, "a", 1, now + i * 1000) == 0;
  g_assert_cmpuint (taken, ==, 500);
}

static void
test_keys_are_apart (void)
{
  g_autoptr(DspLimits) limits = dsp_limits_new (1, S, 1);

  g_assert_cmpuint (dsp_limits_take (limits, "a", 1, S), ==, 0);
  g_assert_cmpuint (dsp_limits_take (limits, "a", 1, S), ==, 1);
  g_assert_cmpuint (dsp_limits_take (limits, "b", 1, S), ==, 0);
}

static void
test_offline_day_passes_at_once (void)
{
  g_autoptr(DspLimits) limits = dsp_limits_new (DSP_LIMIT_COMMANDS_PER_MIN, 60 * S, DSP_LIMIT_COMMANDS_BURST);
  gint64 now = 5;

  for (guint i = 0; i < DSP_LIMIT_COMMANDS_BURST / 100; i++)
    g_assert_cmpuint (dsp_limits_take (limits, "a", 100, now), ==, 0);

  /* 100 more come back in 6 s, and the answer says so. */
  g_assert_cmpuint (dsp_limits_take (limits, "a", 100, now), ==, 6);
  g_assert_cmpuint (dsp_limits_take (limits, "a", 100, now + 5 * S), ==, 1);
  g_assert_cmpuint (dsp_limits_take (limits, "a", 100, now + 6 * S), ==, 0);

  /* Refusals cost nothing. */
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (dsp_limits_take (limits, "a", 100, now + 6 * S), ==, 6);
  g_assert_cmpuint (dsp_limits_take (limits, "a", 100, now + 12 * S), ==, 0);
}

static void
test_more_than_the_burst_can_pass (void)
{
  g_autoptr(DspLimits) limits = dsp_limits_new (10, S, 10);

  g_assert_cmpuint (dsp_limits_take (limits, "a", 1000, S), ==, 0);
  g_assert_cmpuint (dsp_limits_take (limits, "a", 1, S), ==, 1);
}

static void
test_clock_may_go_back (void)
{
  g_autoptr(DspLimits) limits = dsp_limits_new (10, S, 10);

  g_assert_cmpuint (dsp_limits_take (limits, "a", 10, 100 * S), ==, 0);
  g_assert_cmpuint (dsp_limits_take (limits, "a", 1, 100 * S), ==, 1);
  /* A reader that took its time earlier asks later. */
  g_assert_cmpuint (dsp_limits_take (limits, "a", 1, 99 * S), >=, 1);
}

static void
test_many_keys_stay_bounded (void)
{
  g_autoptr(DspLimits) limits = dsp_limits_new (10, S, 10);

  /* Each key is full again long before the next thousand come: they are forgotten on the way. */
  for (guint i = 0; i < 200000; i++)
    {
      char key[16];

      g_snprintf (key, sizeof key, "%u", i);
      g_assert_cmpuint (dsp_limits_take (limits, key, 1, (gint64) i * 1000), ==, 0);
    }
  g_assert_cmpuint (dsp_limits_get_n_keys (limits), <, 1000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/limits/burst-then-rate", test_burst_then_rate);
  g_test_add_func ("/limits/keys-are-apart", test_keys_are_apart);
  g_test_add_func ("/limits/offline-day-passes-at-once", test_offline_day_passes_at_once);
  g_test_add_func ("/limits/more-than-the-burst-can-pass", test_more_than_the_burst_can_pass);
  g_test_add_func ("/limits/clock-may-go-back", test_clock_may_go_back);
  g_test_add_func ("/limits/many-keys-stay-bounded", test_many_keys_stay_bounded);

  return g_test_run ();
}
