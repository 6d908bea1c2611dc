/* paper-file.c: sheets in a file, and what programs find in it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "paper-file.h"

#include <glib/gstdio.h>
#include <string.h>

void
paper_file_set_up (PaperFile    *fixture,
                   gconstpointer unused)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("despacho-paper-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->dir, "sheets.pdf", NULL);
  fixture->file = g_file_new_for_path (fixture->path);
}

void
paper_file_tear_down (PaperFile    *fixture,
                      gconstpointer unused)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *keep = g_getenv ("DSP_KEEP_PAPER"); /* a folder, to look at the sheets */
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

      if (keep != NULL && g_str_has_suffix (name, ".pdf"))
        {
          g_autofree char *test = g_strdelimit (g_strdup (g_test_get_path ()), "/", '-');
          g_autofree char *kept = g_strdup_printf ("%s/paper%s.pdf", keep, test);
          g_autoptr(GFile) to = g_file_new_for_path (kept);

          g_file_copy (fixture->file, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL);
        }
      g_unlink (path);
    }
  g_rmdir (fixture->dir);
  g_object_unref (fixture->file);
  g_free (fixture->path);
  g_free (fixture->dir);
}

char *
paper_run (const char *first,
           ...)
{
  g_autoptr(GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  char *output = NULL;
  const char *argument;
  int status;
  va_list list;

  va_start (list, first);
  for (argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);
  g_spawn_sync (NULL, (char **) arguments->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  return output;
}

gboolean
paper_has_program (const char *name)
{
  g_autofree char *path = g_find_program_in_path (name);

  return path != NULL;
}

char *
paper_words (const char *path)
{
  g_autofree char *text = paper_run ("pdftotext", "-layout", path, "-", NULL);
  g_auto(GStrv) words = g_strsplit_set (text, " \n\f\t", -1);
  g_autoptr(GString) all = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (all, "%s%s", all->len > 0 ? " " : "", words[i]);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

void
paper_has (const char *all,
           const char *text)
{
  if (strstr (all, text) == NULL)
    g_error ("“%s” is not on paper: %s", text, all);
}
