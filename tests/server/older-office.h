/* older-office.h: a database as an older version left it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db.h"

/* Takes away what versions above @version of the part "server" brought. The server that opens it next has to bring it again. */
static inline void
test_make_older (DspDb *db,
                 int    version)
{
  static const char *const brought[] = { NULL, NULL, "due", "shipped_profile", "recovery offer", "second_factor recovery_code", "sign_in" };
  g_autofree char *since = g_strdup_printf ("UPDATE schema_part SET version = %d WHERE name = 'server'", version);
  g_autoptr(GError) error = NULL;
  gint64 present = 0;

  dsp_db_int (db, "SELECT version FROM schema_part WHERE name = 'server'", &present, &error);
  g_assert_no_error (error);
  g_assert_cmpint (present, ==, G_N_ELEMENTS (brought) - 1); /* else name here what the newest one brought */
  for (int i = version + 1; i <= present; i++)
    {
      g_auto(GStrv) tables = g_strsplit (brought[i], " ", -1);

      for (guint k = 0; tables[k] != NULL; k++)
        {
          g_autofree char *drop = g_strdup_printf ("DROP TABLE %s", tables[k]);

          dsp_db_exec (db, drop, &error);
          g_assert_no_error (error);
        }
    }
  dsp_db_exec (db, since, &error);
  g_assert_no_error (error);
}
