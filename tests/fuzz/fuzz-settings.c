/* fuzz-settings.c: any bytes as the server's configuration file
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dsp-settings.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Whatever is accepted has companies that can be told apart, each with a database and an address that needs no escaping. */
static void
check (DspSettings *settings)
{
  g_autofree DspServerOptions *companies = NULL;
  DspHouseOptions options;

  g_assert_cmpuint (settings->companies->len, >, 0);
  dsp_settings_fill (settings, &options, &companies);
  g_assert_nonnull (options.state_folder);
  for (guint i = 0; i < settings->companies->len; i++)
    {
      const DspCompanySettings *company = settings->companies->pdata[i];

      g_assert_true (companies[i].database != NULL && *companies[i].database != '\0');
      g_assert_true ((company->name == NULL) == (settings->companies->len == 1 && company->name == NULL));
      for (const char *p = company->name; p != NULL && *p != '\0'; p++)
        g_assert_true (g_ascii_islower (*p) || g_ascii_isdigit (*p) || *p == '-');
      for (guint k = 0; k < i; k++)
        g_assert_cmpstr (companies[i].database, !=, companies[k].database);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(DspSettings) settings = dsp_settings_new ();
  g_autoptr(GError) error = NULL;
  int fd = memfd_create ("settings", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  if (fd < 0 || write (fd, data, size) != (ssize_t) size)
    abort ();
  if (dsp_settings_load (settings, path, &error))
    check (settings);
  else
    g_assert_true (error != NULL && g_utf8_validate (error->message, -1, NULL));
  close (fd);
  return 0;
}
