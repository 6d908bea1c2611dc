/* dsp-attachments-view.h: the files of an order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_ATTACHMENTS_VIEW (dsp_attachments_view_get_type ())
G_DECLARE_FINAL_TYPE (DspAttachmentsView, dsp_attachments_view, DSP, ATTACHMENTS_VIEW, GtkWidget)

/* Small pictures and names; pressing one opens it, fetching it first if it is not on this computer. With @may_add and the
 * permission: a button, and files can be dropped on it. */
GtkWidget *dsp_attachments_view_new  (DspOffice *office, gboolean may_add);
void       dsp_attachments_view_show (DspAttachmentsView *self, const DspId *order_id);

/* Attaches a file of this computer to an order; @callback as of dsp_replica_attach_async(). Reads the file in a thread, at
 * most one byte more than may be attached. Errors are for people. */
void       dsp_attach_file_async     (DspOffice *office, const DspId *id, const DspId *order_id, GFile *file,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean   dsp_attach_file_finish    (GAsyncResult *result, GError **error);

/* The platform's chooser over @widget's window. @chosen: (GtkNativeDialog *, int response, @data) while @data, a GObject,
 * lives; it unrefs the dialog. */
void       dsp_attach_file_choose    (GtkWidget *widget, const char *title, gboolean many, GCallback chosen, gpointer data);

G_END_DECLS
