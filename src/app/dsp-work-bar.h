/* dsp-work-bar.h: a line that shows long work, and stops it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One piece of work at a time, in a thread or by whoever shows it here. Under half a second nothing is seen of it.
 * Main thread only.
 */
#pragma once

#include "dsp-macro.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_WORK_BAR (dsp_work_bar_get_type ())
G_DECLARE_FINAL_TYPE (DspWorkBar, dsp_work_bar, DSP, WORK_BAR, GtkWidget)

/* In a thread of its own. NULL with an error; what it returns is freed with the function given to dsp_work_bar_run(). */
typedef gpointer (*DspWorkFunc) (gpointer data, DspMacroProgress *progress, GCancellable *cancellable, GError **error);
/* In the main thread; @result is the work's, (transfer full), or NULL with @error. Not called when the bar has gone meanwhile. */
typedef void     (*DspWorkDone) (gpointer result, const GError *error, gpointer user_data);

GtkWidget    *dsp_work_bar_new        (void);
gboolean      dsp_work_bar_is_running (DspWorkBar *self);
void          dsp_work_bar_cancel     (DspWorkBar *self);

/* @what: a sentence for people. @total: steps, if they are known already. Takes @data. To be called when nothing runs. */
void          dsp_work_bar_run        (DspWorkBar *self, const char *what, guint total, DspWorkFunc func, gpointer data,
                                       GDestroyNotify free_data, GDestroyNotify free_result, DspWorkDone done, gpointer user_data);

/* Work that is done elsewhere: until dsp_work_bar_end() the line shows it. The cancellable belongs to the bar. */
GCancellable *dsp_work_bar_begin      (DspWorkBar *self, const char *what, guint total);
void          dsp_work_bar_set_done   (DspWorkBar *self, guint n_done);
void          dsp_work_bar_end        (DspWorkBar *self);

G_END_DECLS
