/* dsp-form-window.h: a window that gives one command from a form, and says before what that would mean
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What differs from one such window to the next is a DspFormKind and the form itself; asking for a preview while it is written,
 * saving once, errors where they belong and a window that was closed meanwhile are here.
 */
#pragma once

#include "dsp-office.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define DSP_TYPE_FORM_WINDOW (dsp_form_window_get_type ())
G_DECLARE_FINAL_TYPE (DspFormWindow, dsp_form_window, DSP, FORM_WINDOW, AdwWindow)

/* All functions are (nullable), and are called in the window's thread. @args: of the command's arguments. */
typedef struct {
  const char       *heading;  /* (nullable) N_(): over what saving would mean; NULL: nothing is said before */
  const DspCommand *then;     /* (nullable): a second button gives it to the same record after the first command was stored */
  const char       *then_label, *then_name; /* N_(): with its mnemonic, and without */
  const DspCommand *again;    /* (nullable): what saving gives when the record is there already, as @then was refused */
  int               width, height; /* -1: as it needs */

  /* What the form does not ask: into @args and @given. */
  void        (*complete) (DspFormWindow *window, gpointer args, guint64 *given);
  /* Whether there is enough for a preview: NULL, and @given may be narrowed; else the sentence that stands there meanwhile.
   * @whole: all that is asked for is written. */
  const char *(*missing)  (DspFormWindow *window, gboolean whole, gpointer args, guint64 *given);
  /* Says by dsp_form_window_say() what @record would be. */
  void        (*show)     (DspFormWindow *window, gconstpointer record);
  /* (transfer full): what the office is told when it was saved; else the command's own word. */
  char       *(*told)     (DspFormWindow *window);
} DspFormKind;

/* @form: a DspRecordForm for the arguments of @command; @id: of the record. @kind: static. @data is freed with the window. */
DspFormWindow *dsp_form_window_new (GtkWindow *parent, DspOffice *office, const char *title, const DspFormKind *kind,
                                    const DspCommand *command, const DspId *id, GtkWidget *form, gpointer data, GDestroyNotify free_data);
void           dsp_form_window_open (DspFormWindow *self);

DspOffice     *dsp_form_window_get_office (DspFormWindow *self);
GtkWidget     *dsp_form_window_get_form   (DspFormWindow *self); /* (nullable): NULL once it was closed */
gpointer       dsp_form_window_get_data   (DspFormWindow *self);
/* One more line of what saving would mean. */
void           dsp_form_window_say        (DspFormWindow *self, const char *text, const char *css_class);

G_END_DECLS
