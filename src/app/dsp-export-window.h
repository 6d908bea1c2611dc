/* dsp-export-window.h: something is chosen, made with progress and cancel, and found again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three faces of one modal window: what is wanted, how far it is, and where it went. It lives until it is closed and nobody who
 * works for it holds a reference any more; closing it cancels the work. Main thread only.
 */
#pragma once

#include "dsp-office.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _DspExportWindow DspExportWindow;

/* @data: of its owner, freed with it. The window itself is the first reference: nothing is to be unreferenced for it. */
DspExportWindow *dsp_export_window_new      (GtkWindow *parent, DspOffice *office, const char *title, gpointer data, GDestroyNotify data_free);
DspExportWindow *dsp_export_window_ref      (DspExportWindow *self);
void             dsp_export_window_unref    (DspExportWindow *self);
GtkWindow       *dsp_export_window_parent   (DspExportWindow *self);
GtkWindow       *dsp_export_window_window   (DspExportWindow *self); /* NULL once closed */
GCancellable    *dsp_export_window_cancellable (DspExportWindow *self);

/* The first face: @page, and at the window's upper end buttons that begin the work; @name: for readers of the screen. */
void             dsp_export_window_set_page (DspExportWindow *self, GtkWidget *page);
GtkWidget       *dsp_export_window_add_button (DspExportWindow *self, const char *label, const char *name, GCallback clicked, gpointer data);
void             dsp_export_window_present  (DspExportWindow *self, GtkWidget *first_choice);
/* The paper's size, as it was chosen last: a row for the page. */
GtkWidget       *dsp_export_window_paper_row (DspExportWindow *self);

/* Asks for a file to be called @name, or for a folder (@name NULL). @chosen is called unless it was cancelled. */
typedef void (*DspExportChosenFunc) (DspExportWindow *self, GFile *file, gpointer data);
void             dsp_export_window_choose   (DspExportWindow *self, const char *title, const char *name, DspExportChosenFunc chosen, gpointer data);

/* The second face. */
void             dsp_export_window_work     (DspExportWindow *self, const char *doing);
void             dsp_export_window_progress (DspExportWindow *self, double fraction);

/* The third one: @file is there, to be opened or found. Without a file only @text. What was cancelled says nothing. */
void             dsp_export_window_done     (DspExportWindow *self, const char *title, GFile *file);
void             dsp_export_window_tell     (DspExportWindow *self, const char *title, const char *text);
void             dsp_export_window_fail     (DspExportWindow *self, const GError *error);

G_END_DECLS
