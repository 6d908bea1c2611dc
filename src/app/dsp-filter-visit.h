/* dsp-filter-visit.h: to some of the filter's orders in the list, and back
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bar or a cell narrows the office's filter and opens the list; whoever comes back with it untouched finds the filter as it was.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* All zero at first. */
typedef struct {
  char *before;  /* (owned) (nullable): the filter before */
  char *opened;  /* (owned) (nullable): what was made of it */
} DspFilterVisit;

/* @conditions: texts that narrow the filter one after the other; ends with NULL. FALSE: they allow nothing together. @widget: in the
 * main window. */
gboolean dsp_filter_visit_open  (DspFilterVisit *self, GtkWidget *widget, DspOffice *office, const char *const *conditions);
void     dsp_filter_visit_back  (DspFilterVisit *self, DspOffice *office); /* when one's page is shown again */
void     dsp_filter_visit_clear (DspFilterVisit *self);

G_END_DECLS
