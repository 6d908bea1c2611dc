/* dsp-filter-visit.c: to some of the filter's orders in the list, and back
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-filter-visit"

#include "config.h"
#include "dsp-filter-visit.h"

void
dsp_filter_visit_clear (DspFilterVisit *self)
{
  g_clear_pointer (&self->opened, g_free);
  g_clear_pointer (&self->before, g_free);
}

gboolean
dsp_filter_visit_open (DspFilterVisit    *self,
                       GtkWidget         *widget,
                       DspOffice         *office,
                       const char *const *conditions)
{
  g_autoptr(DspFilter) filter = dsp_filter_dup (dsp_office_get_filter (office));

  for (guint i = 0; conditions[i] != NULL; i++)
    if (!dsp_filter_narrow (filter, conditions[i], NULL))
      return FALSE;
  dsp_filter_visit_clear (self);
  self->before = dsp_filter_print (dsp_office_get_filter (office));
  self->opened = dsp_filter_print (filter);
  gtk_widget_activate_action (widget, "win.show-orders", "s", self->opened);
  return TRUE;
}

void
dsp_filter_visit_back (DspFilterVisit *self,
                       DspOffice      *office)
{
  g_autofree char *now = self->opened != NULL ? dsp_filter_print (dsp_office_get_filter (office)) : NULL;
  DspFilter *before = now != NULL && g_str_equal (now, self->opened) ? dsp_filter_parse (&dsp_order, self->before, NULL) : NULL;

  dsp_filter_visit_clear (self);
  if (before != NULL)
    dsp_office_take_filter (office, before);
}
