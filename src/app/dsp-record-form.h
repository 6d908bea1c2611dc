/* dsp-record-form.h: a form for one record of any entity
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_RECORD_FORM (dsp_record_form_get_type ())
G_DECLARE_FINAL_TYPE (DspRecordForm, dsp_record_form, DSP, RECORD_FORM, GtkWidget)

/* Editors for the fields of @entity whose bit is not in @without. "changed" is emitted when a person types. */
GtkWidget *dsp_record_form_new        (DspOffice *office, const DspEntity *entity, guint64 without);

/* The same for the arguments of a command: a reason is chosen from the catalogue's, yes or no has to be said, and what is
 * asked for depends on @order (nullable: on many of different types). What it is given and reads is a struct of
 * command->args. Attachments and what is not asked for have no editor. */
GtkWidget *dsp_record_form_new_for_args (DspOffice *office, const DspCommand *command, const DspOrder *order);

/* Shows a copy of @record; NULL: an empty one, for a creation. @may_change: otherwise the editors are insensitive. */
void       dsp_record_form_set_record (DspRecordForm *self, gconstpointer record, gboolean may_change);

/* Writes @record into the editors of an empty form, as if a person had typed it: what is left as it stands is given too. */
void       dsp_record_form_suggest    (DspRecordForm *self, gconstpointer record);

/* Reads what was typed into @record, a record of the entity. Returns FALSE when something cannot be; the error stands at
 * its field, what was typed stays, and the first wrong field has the focus. @given: fields that differ from the record
 * that was shown. */
gboolean   dsp_record_form_read       (DspRecordForm *self, gpointer record, guint64 *given);
/* The same while it is being written: says nothing of what is missing, and leaves the focus where it is. */
gboolean   dsp_record_form_peek       (DspRecordForm *self, gpointer record, guint64 *given);

/* One argument as it is written now, whatever the others are; none if it cannot be read. */
void       dsp_record_form_peek_field (DspRecordForm *self, const char *name, gpointer record);

/* Puts an error that came from elsewhere (a refusal) at @field, or above the form if there is none. */
void       dsp_record_form_show_error (DspRecordForm *self, const DspField *field, const char *sentence);
void       dsp_record_form_clear_errors (DspRecordForm *self);
void       dsp_record_form_focus_field  (DspRecordForm *self, const DspField *field);

/* Asks in a dialog over the window of @parent; its "response" is "discard" or "stay". What was typed is not dropped unasked. */
GtkWidget *dsp_record_form_ask_discard (GtkWidget *parent);

/* The words a list is chosen from, or that an entry proposes (types of order, municipalities); (element-type utf8), nullable. */
void       dsp_record_form_set_choices (DspRecordForm *self, const char *field, const char *const *choices);

G_END_DECLS
