/* test-crew-day.c: who was in a crew on a day
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-crew-day.h"

static DspTechnician people[] = {
  { .code = (char *) "T1", .name = (char *) "Ana" }, { .code = (char *) "T2", .name = (char *) "Beto" },
  { .code = (char *) "T3", .name = (char *) "Carla" }, { .code = (char *) "T4", .name = (char *) "Dora" },
};
static DspMembership members[4];
static DspId crew = { { 7 } }, other = { { 8 } };

/* Ana and Beto since the 1st, Carla until the 10th; Dora is of another crew. */
static void
make (GPtrArray *technicians,
      GPtrArray *memberships)
{
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      people[i].id.b[0] = (guint8) (20 + i);
      members[i] = (DspMembership) { .crew_id = i == 3 ? other : crew, .technician_id = people[i].id, .from = dsp_date_make (2026, 11, 1) };
      g_ptr_array_add (technicians, &people[i]);
      g_ptr_array_add (memberships, &members[i]);
    }
  members[2].until = dsp_date_make (2026, 11, 10);
}

static char *
names_on (DspDate            day,
          const DspRollCall *call)
{
  g_autoptr(GPtrArray) technicians = g_ptr_array_new (), memberships = g_ptr_array_new ();
  g_autoptr(GArray) lines = NULL;

  make (technicians, memberships);
  lines = dsp_crew_day_read (&crew, day, memberships, technicians, call);
  return dsp_crew_day_names (lines);
}

static void
test_members (void)
{
  g_autofree char *before = names_on (dsp_date_make (2026, 10, 31), NULL);
  g_autofree char *last = names_on (dsp_date_make (2026, 11, 10), NULL);
  g_autofree char *after = names_on (dsp_date_make (2026, 11, 11), NULL);

  g_assert_cmpstr (before, ==, "");
  g_assert_cmpstr (last, ==, "Ana, Beto, Carla");
  g_assert_cmpstr (after, ==, "Ana, Beto");
}

static void
test_roll_call (void)
{
  char *present[] = { (char *) "T2", (char *) "T4", NULL }, *absent[] = { (char *) "T1", NULL };
  char *all[] = { (char *) "T1", (char *) "T2", (char *) "T3", (char *) "T99", NULL };
  DspRollCall call = { .present = present, .absent = absent };
  DspDate day = dsp_date_make (2026, 11, 20);
  g_autofree char *replaced = names_on (day, &call);
  g_autofree char *guest = NULL;

  /* Dora came instead of Ana. */
  g_assert_cmpstr (replaced, ==, "Dora, Beto");
  /* Carla is no member any more: she came besides; of one that is not here nothing can be said. */
  call = (DspRollCall) { .present = all };
  guest = names_on (day, &call);
  g_assert_cmpstr (guest, ==, "Ana, Beto, Carla");
}

/* What is written is read again as it was, with two stand-ins. */
static void
test_there_and_back (void)
{
  g_autoptr(GPtrArray) technicians = g_ptr_array_new (), memberships = g_ptr_array_new ();
  g_autoptr(GArray) lines = NULL, again = NULL;
  g_auto(GStrv) present = NULL, absent = NULL;
  DspRollCall call = { 0 };
  DspDate day = dsp_date_make (2026, 11, 5);

  make (technicians, memberships);
  lines = dsp_crew_day_read (&crew, day, memberships, technicians, NULL);
  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_cmpint (g_array_index (lines, DspCrewDayLine, 0).state, ==, DSP_ROLL_UNCALLED);
  g_array_index (lines, DspCrewDayLine, 0).state = DSP_ROLL_ABSENT;
  g_array_index (lines, DspCrewDayLine, 2).state = DSP_ROLL_REPLACED;
  g_array_index (lines, DspCrewDayLine, 2).stand_in = &people[3];
  dsp_crew_day_write (lines, &present, &absent);
  call.present = present;
  call.absent = absent;
  again = dsp_crew_day_read (&crew, day, memberships, technicians, &call);
  g_assert_cmpuint (again->len, ==, 3);
  g_assert_cmpint (g_array_index (again, DspCrewDayLine, 0).state, ==, DSP_ROLL_ABSENT);
  g_assert_cmpint (g_array_index (again, DspCrewDayLine, 1).state, ==, DSP_ROLL_PRESENT);
  g_assert_cmpint (g_array_index (again, DspCrewDayLine, 2).state, ==, DSP_ROLL_REPLACED);
  g_assert_true (g_array_index (again, DspCrewDayLine, 2).stand_in == &people[3]);
  g_assert_false (dsp_roll_call_is_empty (&call));

  for (guint i = 0; i < lines->len; i++)
    g_array_index (lines, DspCrewDayLine, i).state = DSP_ROLL_ABSENT;
  g_clear_pointer (&present, g_strfreev);
  g_clear_pointer (&absent, g_strfreev);
  dsp_crew_day_write (lines, &present, &absent);
  call = (DspRollCall) { .present = present, .absent = absent };
  g_assert_true (dsp_roll_call_is_empty (&call));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crew-day/S0-12/members-by-their-dates", test_members);
  g_test_add_func ("/crew-day/S0-12/the-roll-call-says-who-came", test_roll_call);
  g_test_add_func ("/crew-day/S0-12/what-is-called-is-read-again", test_there_and_back);
  return g_test_run ();
}
