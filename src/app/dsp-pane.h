/* dsp-pane.h: a part of a page that may stand in a window of its own, on another monitor
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _DspPane DspPane;

/* @widget: a child of a GtkPaned. Settings: "NAME-window" says whether it stands in a window of its own, "NAME-window-size" how
 * large that is. @title: translated. Main thread only. */
DspPane   *dsp_pane_new    (GtkWidget *widget, GSettings *settings, const char *name, const char *title);
/* The window closes; the widget goes with whoever holds it. */
void       dsp_pane_free   (DspPane *self);

/* Puts the widget where the settings want it. @main: the window of the page: what its actions do, they do from the pane's window, too. */
void       dsp_pane_place  (DspPane *self, GtkWindow *main, gboolean shown);
gboolean   dsp_pane_is_out (DspPane *self);

/* Of the settings: "panes.NAME-window" puts a pane out and back. (transfer full) */
GActionGroup *dsp_pane_actions (GSettings *settings, const char *const *names);

G_END_DECLS
