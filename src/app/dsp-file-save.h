/* dsp-file-save.h: asking where a file is to be written
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* @path: of this computer, with its suffix, (transfer full). */
typedef void (*DspFileSaveFunc) (char *path, gpointer data);

/* What cannot be done is told by @office's message. @data is freed when the question has been answered, whatever the answer. @suffix:
 * a literal, as ".csv": what kind of file it is stands in its name. */
void  dsp_file_save      (GtkWidget *widget, DspOffice *office, const char *title, const char *name, const char *suffix, DspFileSaveFunc func,
                          gpointer data, GDestroyNotify free_data);
/* "Open services 2026-11-29.xlsx", the office's day: (transfer full). */
char *dsp_file_save_name (const char *what, const char *suffix);

G_END_DECLS
