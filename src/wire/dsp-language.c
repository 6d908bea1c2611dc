/* dsp-language.c: the language in which a program speaks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The C library translates nothing in a locale that this computer has not generated, as on a small server or in a
 * container. The words are there all the same, so they are taken by the language's name in a locale that always exists.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-language.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

/* "es_MX" of "es_MX.UTF-8"; NULL where the environment asks for no language, or for none in particular. */
static char *
dup_wanted (void)
{
  static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *locale = g_getenv (names[i]);

      if (locale != NULL && *locale != '\0')
        {
          g_autofree char *language = g_strndup (locale, strcspn (locale, ".@"));

          return strcmp (language, "C") == 0 || strcmp (language, "POSIX") == 0 ? NULL : g_steal_pointer (&language);
        }
    }
  return g_strdup (g_getenv ("LANGUAGE"));
}

/**
 * dsp_language_begin:
 * Sets the locale of the whole process and where its words are. To be called first of all in main(), while there is one
 * thread. DESPACHO_LOCALE_DIR is where words are looked for that are not installed yet.
 *
 * Returns: whether the locale is another one than the environment names, so that nobody else may set it from there.
 */
gboolean
dsp_language_begin (void)
{
  const char *folder = g_getenv ("DESPACHO_LOCALE_DIR");
  const char *locale = setlocale (LC_ALL, "");
  g_autofree char *wanted = dup_wanted ();
  gboolean is_other = wanted != NULL && *wanted != '\0' &&
                      (locale == NULL || strcmp (setlocale (LC_MESSAGES, NULL), "C") == 0);

  if (is_other)
    {
      setlocale (LC_ALL, "C.UTF-8");
      g_setenv ("LANGUAGE", wanted, FALSE);
    }
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  return is_other;
}
