/* dsp-chooser.h: a button that opens a list of values to tick, with a search
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_CHOOSER (dsp_chooser_get_type ())
G_DECLARE_FINAL_TYPE (DspChooser, dsp_chooser, DSP, CHOOSER, GtkWidget)

GtkWidget *dsp_chooser_new        (const char *name); /* what is chosen, for the accessible label */
void       dsp_chooser_clear      (DspChooser *self); /* choices and ticks */
void       dsp_chooser_add        (DspChooser *self, const char *value, const char *label);
void       dsp_chooser_set_values (DspChooser *self, const char *const *values); /* nullable; unknown ones are added */
GStrv      dsp_chooser_get_values (DspChooser *self); /* (transfer full): never NULL */

G_END_DECLS
