/* dsp-assignments-page.h: orders, map and crews side by side
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_ASSIGNMENTS_PAGE (dsp_assignments_page_get_type ())
G_DECLARE_FINAL_TYPE (DspAssignmentsPage, dsp_assignments_page, DSP, ASSIGNMENTS_PAGE, GtkWidget)

GtkWidget *dsp_assignments_page_new         (DspOffice *office);

/* What the window's actions do here. */
void       dsp_assignments_page_open_filter (DspAssignmentsPage *self);
void       dsp_assignments_page_assign      (DspAssignmentsPage *self, gboolean only_move); /* to the chosen crew */
void       dsp_assignments_page_assign_key  (DspAssignmentsPage *self, guint key);          /* Ctrl+1 … 9 */
void       dsp_assignments_page_type_crew   (DspAssignmentsPage *self);
void       dsp_assignments_page_release     (DspAssignmentsPage *self);
void       dsp_assignments_page_step_case   (DspAssignmentsPage *self, int step); /* F8 */
void       dsp_assignments_page_select_all  (DspAssignmentsPage *self);
void       dsp_assignments_page_show_row    (DspAssignmentsPage *self, guint32 row);
/* The order beside @row in the list; DSP_NO_ROW: none. */
guint32    dsp_assignments_page_neighbour   (DspAssignmentsPage *self, guint32 row, int step);
void       dsp_assignments_page_focus       (DspAssignmentsPage *self); /* the list */
void       dsp_assignments_page_print_map   (DspAssignmentsPage *self, GtkWindow *parent);
void       dsp_assignments_page_find_code   (DspAssignmentsPage *self, const char *code);

G_END_DECLS
