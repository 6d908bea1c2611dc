/* main.c: starts the program `despacho`
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-application.h"
#include "dsp-resources.h"
#include "dsp-icons.h"
#include "dsp-language.h"

#include <gtk/gtk.h>

int
main (int    argc,
      char **argv)
{
  g_autoptr(DspApplication) application = NULL;

  if (dsp_language_begin ())
    gtk_disable_setlocale ();
  g_set_prgname ("despacho");
  g_resources_register (dsp_get_resource ());
  g_resources_register (dsp_icons_get_resource ());
  application = dsp_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
