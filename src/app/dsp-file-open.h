/* dsp-file-open.h: asking for a file to read
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @path: a file of this computer, lent. */
typedef void (*DspFileOpenFunc) (GtkWindow *parent, const char *path);

/* Asks once, however often it is called while the question is open. @patterns: "*.csv *.txt". Not called when nothing was chosen
 * or the window has gone. */
void dsp_file_open (GtkWindow *parent, const char *title, const char *patterns, DspFileOpenFunc func);

G_END_DECLS
