/* paper-file.h: sheets in a file, and what programs find in it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A temporary folder with a place for sheets. DSP_KEEP_PAPER names a folder that they are copied to, to be looked at. */
typedef struct {
  char  *dir;
  char  *path;
  GFile *file;
} PaperFile;

void     paper_file_set_up    (PaperFile *fixture, gconstpointer unused);
void     paper_file_tear_down (PaperFile *fixture, gconstpointer unused);

/* What a program prints; it must succeed. (transfer full) */
char    *paper_run            (const char *first, ...) G_GNUC_NULL_TERMINATED;
gboolean paper_has_program    (const char *name);
/* The file's words, with one space between them: (transfer full) */
char    *paper_words          (const char *path);
void     paper_has            (const char *all, const char *text);

G_END_DECLS
