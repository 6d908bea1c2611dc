/* main.c: starts the program `despacho`
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-application.h"
#include "dsp-resources.h"
#include "dsp-icons.h"

#include <glib/gi18n.h>
#include <locale.h>

int
main (int    argc,
      char **argv)
{
  const char *locale_dir = g_getenv ("DESPACHO_LOCALE_DIR");
  g_autoptr(DspApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("despacho");
  g_resources_register (dsp_get_resource ());
  g_resources_register (dsp_icons_get_resource ());
  application = dsp_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
