/* test-reprice.c: lines that are priced again, with other rates than before
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-money.h"
#include "money-world.h"

#include <string.h>

#define N_RATES 9

/* Orders and claims of a month; two claims of one day. */
static void
add_month (World *w)
{
  money_add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  money_add_closed (w, 32, "INST", "FTTH", "21100", 12, 11, 3 * DAY);
  money_add_closed (w, 33, "INST", NULL, "06010", 13, 23, HOUR);
  money_add_closed (w, 34, "SURVEY", NULL, "06700", 17, 12, 2 * DAY);
  money_claim (w, 41, 31, 11, 42700);
  money_claim (w, 42, 33, 11, 20050);
  money_claim (w, 43, 32, 12, 8000);
  for (guint8 n = 41; n <= 43; n++)
    money_give (w, &dsp_mileage_approve, n, NULL);
}

/* The office's rates of other amounts; some of them retired, bonuses by amount or share. */
static void
roll_rates (DspRate *rates)
{
  static char *rural[] = { (char *) "31*", NULL };
  static char codes[N_RATES][4];
  const DspRate shapes[N_RATES] = {
    { .pays = DSP_PAYS_SERVICE }, { .pays = DSP_PAYS_SERVICE, .type = (char *) "INST" },
    { .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .subtype = (char *) "FTTH" },
    { .pays = DSP_PAYS_SERVICE, .type = (char *) "REP", .distributor_id = world_id (1) }, { .pays = DSP_PAYS_KILOMETRE },
    { .pays = DSP_PAYS_KILOMETRE_EXTRA, .zone = rural }, { .pays = DSP_PAYS_SAME_DAY }, { .pays = DSP_PAYS_NIGHT }, { .pays = DSP_PAYS_HOLIDAY },
  };

  for (guint i = 0; i < N_RATES; i++)
    {
      bool bonus = shapes[i].pays >= DSP_PAYS_SAME_DAY;

      g_snprintf (codes[i], sizeof codes[i], "T%u", 81 + i);
      rates[i] = shapes[i];
      rates[i].code = codes[i];
      rates[i].from = jan (1);
      rates[i].retired = g_test_rand_int_range (0, 4) == 0 ? DSP_YES : DSP_NO;
      if (bonus && g_test_rand_bit ())
        rates[i].share = number (g_test_rand_int_range (1, 500000));
      else
        rates[i].amount = cents (g_test_rand_int_range (1, 90000));
      if (rates[i].pays == DSP_PAYS_KILOMETRE)
        rates[i].included = number (g_test_rand_int_range (0, 80000));
    }
}

static void
set_rates (World         *w,
           const DspRate *rates)
{
  for (guint i = 0; i < N_RATES; i++)
    money_give (w, &dsp_rate_change, (guint8) (81 + i), &rates[i]);
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* All that counts of the statement. Of a day's kilometres their sum: which claim of it uses up the included ones, none can say. */
static char *
dump_lines (World *w)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  gint64 metres[32] = { 0 };

  for (guint i = 0; i < w->records[dsp_statement_line.number]->len; i++)
    {
      const DspStatementLine *line = w->records[dsp_statement_line.number]->pdata[i];
      bool distance = line->concept == DSP_CONCEPT_MILEAGE;

      if (line->state == DSP_LINE_VOID)
        continue;
      if (line->pays == DSP_PAYS_KILOMETRE && line->amount.is_set)
        metres[line->day.day - jan (1).day] += line->metres.value;
      if (distance && line->amount.is_set)
        g_assert_cmpint (line->amount.cents, ==, dsp_money_for_distance (line->unit.cents, line->metres.value));
      g_ptr_array_add (texts, g_strdup_printf ("%s %d %d %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %" G_GINT64_FORMAT, line->number,
                                               line->pays, line->state, line->rate_code, line->rate_by.value, line->share.value,
                                               line->amount.is_set, distance ? line->unit.cents : line->amount.cents));
    }
  for (guint i = 0; i < G_N_ELEMENTS (metres); i++)
    if (metres[i] != 0)
      g_ptr_array_add (texts, g_strdup_printf ("day %u: %" G_GINT64_FORMAT " m", i + 1, metres[i]));
  g_ptr_array_sort (texts, compare_texts);
  g_ptr_array_add (texts, NULL);
  return g_strjoinv ("\n", (char **) texts->pdata);
}

/* Each free line of its own price, in any order; some of them twice. */
static void
reprice_all (World *w)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  for (guint i = 0; i < w->records[dsp_statement_line.number]->len; i++)
    {
      const DspStatementLine *line = w->records[dsp_statement_line.number]->pdata[i];

      if (line->state == DSP_LINE_FREE)
        g_array_append_val (ids, line->id);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      guint other = (guint) g_test_rand_int_range (0, (int) ids->len);
      DspId id = g_array_index (ids, DspId, i);

      g_array_index (ids, DspId, i) = g_array_index (ids, DspId, other);
      g_array_index (ids, DspId, other) = id;
    }
  for (guint i = 0; i < ids->len; i++)
    world_give (w, &dsp_statement_line_reprice, g_array_index (ids, DspId, i), 0, NULL, 0, NULL);
}

/* Whatever the rates were, and whatever they are now: priced again, lines are what they would be if the orders were closed now. */
static void
priced_again_as_if_new (void)
{
  for (guint round = 0; round < 60; round++)
    {
      g_autoptr(World) w = money_office (), fresh = money_office ();
      g_autofree char *repriced = NULL, *again = NULL, *wanted = NULL;
      DspRate rates[N_RATES];

      if (g_test_rand_bit ())
        {
          roll_rates (rates);
          set_rates (w, rates);
        }
      add_month (w);
      roll_rates (rates);
      set_rates (w, rates);
      set_rates (fresh, rates);
      add_month (fresh);
      reprice_all (w);
      repriced = dump_lines (w);
      wanted = dump_lines (fresh);
      g_assert_cmpstr (repriced, ==, wanted);
      reprice_all (w);
      again = dump_lines (w);
      g_assert_cmpstr (again, ==, wanted);
      money_assert_whole (w);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reprice/S0-04/priced-again-as-if-new", priced_again_as_if_new);
  return g_test_run ();
}
