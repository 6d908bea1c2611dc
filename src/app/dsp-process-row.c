/* dsp-process-row.c: editors of a process's arguments that a person fills in faster than the table's own
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reasons, types and solution codes are chosen from the catalogue; yes and no are two buttons of which neither is pressed
 * until somebody answers. What the order's type does not ask for is not shown.
 */
#define G_LOG_DOMAIN "dsp-process-row"

#include "config.h"
#include "dsp-record-form-private.h"
#include "dsp-record-kind.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

#define MAX_SOLUTIONS 3
#define SEARCH_FROM 9 /* a list of so many is searched rather than read */

static const DspOrderType *
type_of (DspOffice      *office,
         const DspOrder *order)
{
  GPtrArray *types = (GPtrArray *) dsp_office_records (office, &dsp_order_type);

  return order != NULL ? dsp_most_specific (&dsp_order_type, types, order->group, order->type, order->subtype, NULL, NULL) : NULL;
}

static guint64
bit_of (const DspTable *table,
        const char     *name)
{
  const DspField *field = dsp_table_find (table, name, strlen (name));

  return field != NULL ? dsp_table_bit (table, field->offset) : 0;
}

/**
 * dsp_process_hidden:
 * Returns: the arguments that have no editor: files, where many orders are meant or none may be attached, and what the type
 * of @order does not ask for. The place of an address is forgotten with it, and a group goes with its type.
 */
guint64
dsp_process_hidden (DspOffice        *office,
                    const DspCommand *command,
                    const DspOrder   *order)
{
  const DspTable *table = command->args;
  const DspOrderType *type = type_of (office, order);
  guint64 hidden = command == &dsp_penalty_create ? dsp_fault_rows_hidden () : 0;

  for (guint i = 0; i < table->n_fields; i++)
    if (table->fields[i].target == &dsp_attachment && (order == NULL || !dsp_office_may (office, &dsp_attachment_create)))
      hidden |= G_GUINT64_CONSTANT (1) << i;
  if (type == NULL || type->signature != DSP_YES)
    hidden |= bit_of (table, "signature_id");
  if (command == &dsp_order_update_address || command == &dsp_order_start ||
      (command == &dsp_order_close && order != NULL && (type == NULL || type->position != DSP_YES)))
    hidden |= bit_of (table, "lat_e7") | bit_of (table, "lon_e7");
  if (command == &dsp_order_close && (type == NULL || type->checklist == NULL))
    hidden |= bit_of (table, "checklist");
  if (command == &dsp_order_close && dsp_office_records (office, &dsp_solution_code)->len == 0)
    hidden |= bit_of (table, "solutions");
  if (command == &dsp_order_close && dsp_office_records (office, &dsp_equipment_model)->len == 0)
    hidden |= bit_of (table, "equipment");
  /* A visit lasts as long as its slot. */
  if (command == &dsp_order_reschedule && dsp_office_records (office, &dsp_slot)->len > 0)
    hidden |= bit_of (table, "attention_until");
  if ((command == &dsp_order_retype || command == &dsp_order_create) && dsp_office_records (office, &dsp_order_type)->len > 0)
    hidden |= bit_of (table, "group");
  return hidden;
}

/* ---- yes or no ---- */

typedef struct { GtkWidget *yes, *no; } Answer;

static GtkWidget *
make_answer (DspRecordRow *row,
             const char   *question,
             Answer       *answer)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  const char *const words[] = { _("Yes"), _("No") };
  GtkWidget **buttons[] = { &answer->yes, &answer->no };

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_set_halign (box, GTK_ALIGN_START);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s: %s", question, words[i]);

      *buttons[i] = gtk_toggle_button_new_with_label (words[i]);
      gtk_widget_set_size_request (*buttons[i], 64, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (*buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      g_signal_connect_swapped (*buttons[i], "toggled", G_CALLBACK (dsp_record_row_edited), row);
      gtk_box_append (GTK_BOX (box), *buttons[i]);
    }
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (answer->no), GTK_TOGGLE_BUTTON (answer->yes));
  return box;
}

static DspYesNo
said (const Answer *answer)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (answer->yes))  ? DSP_YES
         : gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (answer->no)) ? DSP_NO
                                                                         : DSP_UNSAID;
}

static void
show_said (const Answer *answer,
           DspYesNo      value)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (answer->yes), value == DSP_YES);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (answer->no), value == DSP_NO);
}

static void
show_yes_no (DspRecordRow *row,
             gconstpointer record)
{
  show_said (row->own_data, *dsp_field_word (row->field, record));
}

static char *
read_yes_no (DspRecordRow *row,
             gpointer      record)
{
  *dsp_field_word (row->field, record) = said (row->own_data);
  return NULL;
}

static GtkWidget *
make_yes_no (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_yes_no, read_yes_no, FALSE };
  Answer *answer = g_new0 (Answer, 1);

  row->editor = make_answer (row, _(row->field->label), answer);
  dsp_record_row_take_editor (row, &editor, answer, g_free);
  return row->editor;
}

/* ---- the questions of the type ---- */

static void
show_checklist (DspRecordRow *row,
                gconstpointer record)
{
  GArray *answers = row->own_data;
  GStrv list = *dsp_field_list (row->field, record);
  guint n = list != NULL ? g_strv_length (list) : 0;

  for (guint i = 0; i < answers->len; i++)
    show_said (&g_array_index (answers, Answer, i), i >= n ? DSP_UNSAID : g_str_equal (list[i], "yes") ? DSP_YES : DSP_NO);
}

static char *
read_checklist (DspRecordRow *row,
                gpointer      record)
{
  GArray *answers = row->own_data;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) list = NULL;

  for (guint i = 0; i < answers->len; i++)
    {
      DspYesNo value = said (&g_array_index (answers, Answer, i));

      if (value == DSP_UNSAID)
        return g_strdup (_("Each question needs a yes or a no."));
      g_strv_builder_add (builder, value == DSP_YES ? "yes" : "no");
    }
  list = g_strv_builder_end (builder);
  dsp_set_list (dsp_field_list (row->field, record), list);
  return NULL;
}

static void
free_array (gpointer array)
{
  g_array_unref (array);
}

static GtkWidget *
make_checklist (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_checklist, read_checklist, TRUE };
  const DspOrderType *type = type_of (row->form->office, row->form->order);
  GArray *answers = g_array_new (FALSE, TRUE, sizeof (Answer));

  row->editor = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (row->editor), 6);
  gtk_grid_set_column_spacing (GTK_GRID (row->editor), 12);
  for (guint i = 0; type != NULL && type->checklist != NULL && type->checklist[i] != NULL; i++)
    {
      GtkWidget *question = gtk_label_new (type->checklist[i]);
      Answer answer = { 0 };

      gtk_label_set_xalign (GTK_LABEL (question), 0);
      gtk_label_set_wrap (GTK_LABEL (question), TRUE);
      gtk_widget_set_hexpand (question, TRUE);
      gtk_grid_attach (GTK_GRID (row->editor), question, 0, (int) i, 1, 1);
      gtk_grid_attach (GTK_GRID (row->editor), make_answer (row, type->checklist[i], &answer), 1, (int) i, 1, 1);
      g_array_append_val (answers, answer);
    }
  row->asked = answers->len > 0;
  dsp_record_row_take_editor (row, &editor, answers, free_array);
  return row->editor;
}

/* ---- solution codes ---- */

/* After so many the others wait until one is taken back. */
static void
on_solution (DspRecordRow *row)
{
  GPtrArray *checks = row->own_data;
  guint n = 0;

  for (guint i = 0; i < checks->len; i++)
    n += gtk_check_button_get_active (checks->pdata[i]) ? 1 : 0;
  for (guint i = 0; i < checks->len; i++)
    gtk_widget_set_sensitive (checks->pdata[i], n < MAX_SOLUTIONS || gtk_check_button_get_active (checks->pdata[i]));
  dsp_record_row_edited (row);
}

static const char *
code_of (gpointer check)
{
  return g_object_get_data (G_OBJECT (check), "dsp-code");
}

static void
show_solutions (DspRecordRow *row,
                gconstpointer record)
{
  GPtrArray *checks = row->own_data;
  GStrv list = *dsp_field_list (row->field, record);

  for (guint i = 0; i < checks->len; i++)
    gtk_check_button_set_active (checks->pdata[i],
                                 list != NULL && g_strv_contains ((const char *const *) list, code_of (checks->pdata[i])));
}

static char *
read_solutions (DspRecordRow *row,
                gpointer      record)
{
  GPtrArray *checks = row->own_data;
  const DspOrderType *type = type_of (row->form->office, row->form->order);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) list = NULL;
  guint n = 0, needed = type != NULL && type->solutions.is_set ? (guint) type->solutions.value : 0;

  for (guint i = 0; i < checks->len; i++)
    if (gtk_check_button_get_active (checks->pdata[i]))
      {
        g_strv_builder_add (builder, code_of (checks->pdata[i]));
        n++;
      }
  if (n < needed)
    return g_strdup_printf (ngettext ("At least %u solution code is needed.", "At least %u solution codes are needed.", needed), needed);
  list = g_strv_builder_end (builder);
  dsp_set_list (dsp_field_list (row->field, record), n > 0 ? list : NULL);
  return NULL;
}

static void
free_ptr_array (gpointer array)
{
  g_ptr_array_unref (array);
}

static GtkWidget *
make_solutions (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_solutions, read_solutions, TRUE };
  g_autoptr(GPtrArray) codes = dsp_record_kind_dup_sorted (dsp_record_kind_of (&dsp_solution_code), row->form->office);
  const DspOrder *order = row->form->order;
  const DspOrderType *type = type_of (row->form->office, order);
  GPtrArray *checks = g_ptr_array_new ();

  row->editor = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (row->editor), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (row->editor), 12);
  for (guint i = 0; i < codes->len; i++)
    {
      const DspSolutionCode *code = codes->pdata[i];
      g_autofree char *name = g_strdup_printf ("%s %s", code->code, code->label);
      GtkWidget *check, *label;

      if (code->retired == DSP_YES ||
          (order != NULL && order->type != NULL && code->types != NULL &&
           !g_strv_contains ((const char *const *) code->types, order->type)))
        continue;
      check = gtk_check_button_new ();
      label = gtk_label_new (name);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_set_tooltip_text (check, name);
      gtk_check_button_set_child (GTK_CHECK_BUTTON (check), label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      g_object_set_data_full (G_OBJECT (check), "dsp-code", g_strdup (code->code), g_free);
      g_signal_connect_swapped (check, "toggled", G_CALLBACK (on_solution), row);
      gtk_grid_attach (GTK_GRID (row->editor), check, (int) (checks->len % 2), (int) (checks->len / 2), 1, 1);
      g_ptr_array_add (checks, check);
    }
  row->asked = type != NULL && type->solutions.is_set && type->solutions.value > 0;
  dsp_record_row_take_editor (row, &editor, checks, free_ptr_array);
  return row->editor;
}

/* ---- one of a catalogue ---- */

/* What a drop-down offers; @group belongs to a type. */
typedef struct { char *code, *group; } Choice;

static void
clear_choice (gpointer data)
{
  Choice *choice = data;

  g_free (choice->code);
  g_free (choice->group);
}

static void
add_choice (GArray        *choices,
            GtkStringList *words,
            const char    *code,
            const char    *group,
            const char    *label)
{
  Choice choice = { g_strdup (code), g_strdup (group) };

  g_array_append_val (choices, choice);
  gtk_string_list_append (words, label);
}

static void
show_choice (DspRecordRow *row,
             gconstpointer record)
{
  GArray *choices = row->own_data;
  const char *code = *dsp_field_text (row->field, record);
  guint selected = 0;

  for (guint i = 1; code != NULL && i < choices->len; i++)
    if (g_strcmp0 (g_array_index (choices, Choice, i).code, code) == 0)
      {
        selected = i;
        break;
      }
  gtk_drop_down_set_selected (GTK_DROP_DOWN (row->editor), selected);
}

static const Choice *
chosen (DspRecordRow *row)
{
  GArray *choices = row->own_data;
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (row->editor));

  return selected < choices->len ? &g_array_index (choices, Choice, selected) : NULL;
}

static char *
read_choice (DspRecordRow *row,
             gpointer      record)
{
  const Choice *choice = chosen (row);

  dsp_set_text (dsp_field_text (row->field, record), choice != NULL ? choice->code : NULL);
  return NULL;
}

static char *
read_type (DspRecordRow *row,
           gpointer      record)
{
  const Choice *choice = chosen (row);

  if (choice != NULL && choice->group != NULL)
    dsp_set_text (dsp_field_text (dsp_table_find (row->form->table, "group", 5), record), choice->group);
  return read_choice (row, record);
}

static GtkWidget *
finish_choice (DspRecordRow       *row,
               const DspRowEditor *editor,
               GArray             *choices,
               GtkStringList      *words)
{
  dsp_record_row_make_drop_down (row, words);
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (row->editor), choices->len > SEARCH_FROM);
  dsp_record_row_take_editor (row, editor, choices, free_array);
  return row->editor;
}

static GArray *
new_choices (GtkStringList **words)
{
  GArray *choices = g_array_new (FALSE, TRUE, sizeof (Choice));

  g_array_set_clear_func (choices, clear_choice);
  *words = gtk_string_list_new (NULL);
  add_choice (choices, *words, NULL, NULL, _("(none)"));
  return choices;
}

static DspProcess
process_of (const DspCommand *command)
{
  static const struct { const DspCommand *command; DspProcess process; } processes[] = {
    { &dsp_order_retype, DSP_PROCESS_RETYPE },         { &dsp_order_cancel, DSP_PROCESS_CANCEL },
    { &dsp_order_reject, DSP_PROCESS_REJECT },         { &dsp_order_reschedule, DSP_PROCESS_RESCHEDULE },
    { &dsp_order_needs_reschedule, DSP_PROCESS_RESCHEDULE }, { &dsp_order_transfer, DSP_PROCESS_TRANSFER },
    { &dsp_order_reopen, DSP_PROCESS_REOPEN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    if (processes[i].command == command)
      return processes[i].process;
  return DSP_PROCESS_NONE;
}

/* The reasons of the command's own process, by family. */
static GtkWidget *
make_reason (DspRecordRow *row,
             DspProcess    process)
{
  static const DspRowEditor narrow = { show_choice, read_choice, FALSE }, wide = { show_choice, read_choice, TRUE };
  const GPtrArray *reasons = dsp_office_records (row->form->office, &dsp_reason_code);
  GtkStringList *words;
  GArray *choices = new_choices (&words);

  for (guint family = 0; family < DSP_N_FAMILIES; family++)
    for (guint i = 0; i < reasons->len; i++)
      {
        const DspReasonCode *reason = reasons->pdata[i];
        g_autofree char *label = NULL;

        if (reason->process != process || reason->family != family || reason->retired == DSP_YES)
          continue;
        label = family != DSP_FAMILY_NONE ? g_strdup_printf ("%s: %s", dsp_text_word (&DspFamily_words, family), reason->label)
                                          : g_strdup (reason->label);
        add_choice (choices, words, reason->code, NULL, label);
      }
  return finish_choice (row, process == DSP_PROCESS_REJECT ? &wide : &narrow, choices, words);
}

/* Each type once, with its group; the catalogue may tell its subtypes apart. */
static GtkWidget *
make_type (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_choice, read_type, FALSE };
  const GPtrArray *types = dsp_office_records (row->form->office, &dsp_order_type);
  const DspOrder *order = row->form->order;
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GtkStringList *words;
  GArray *choices;

  if (types->len == 0)
    return NULL;
  choices = new_choices (&words);
  for (guint i = 0; i < types->len; i++)
    {
      const DspOrderType *type = types->pdata[i];
      g_autofree char *label = NULL;

      if (type->type == NULL || type->retired == DSP_YES)
        continue;
      label = type->group != NULL ? g_strdup_printf ("%s (%s)", type->type, type->group) : g_strdup (type->type);
      if (g_hash_table_add (seen, g_strdup (label)))
        {
          g_hash_table_add (seen, g_strdup (type->type));
          add_choice (choices, words, type->type, type->group, label);
        }
    }
  if (order != NULL && order->type != NULL && !g_hash_table_contains (seen, order->type))
    add_choice (choices, words, order->type, order->group, order->type);
  return finish_choice (row, &editor, choices, words);
}

/* Those that orders have had. */
static GtkWidget *
make_subtype (DspRecordRow *row)
{
  const DspField *field = dsp_table_at (&dsp_order.table, offsetof (DspOrder, subtype));
  g_autoptr(GArray) values = dsp_order_index_values (dsp_replica_get_index (dsp_office_get_replica (row->form->office)), field);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) proposals = NULL;
  GtkWidget *content = dsp_proposal_row_make (row);

  for (guint i = 0; values != NULL && i < values->len; i++)
    if (g_array_index (values, DspColumnValue, i).text != NULL)
      g_strv_builder_add (builder, g_array_index (values, DspColumnValue, i).text);
  proposals = g_strv_builder_end (builder);
  dsp_proposal_row_set (row, (const char *const *) proposals);
  return content;
}

GtkWidget *
dsp_process_row_make (DspRecordRow *row)
{
  const DspCommand *command = row->form->command;
  const char *name = row->field->name;
  DspProcess process = process_of (command);

  if (command == &dsp_penalty_create)
    return dsp_fault_row_make (row);
  if (row->form->table == &dsp_mileage.table)
    return dsp_mileage_row_make (row);
  if (row->field->kind == DSP_KIND_YES_NO)
    return make_yes_no (row);
  if (row->field->target == &dsp_attachment)
    return dsp_file_row_make (row);
  if (process != DSP_PROCESS_NONE && g_str_equal (name, "reason"))
    return make_reason (row, process);
  if ((command == &dsp_order_retype || command == &dsp_order_create) && g_str_equal (name, "type"))
    return make_type (row);
  if ((command == &dsp_order_retype || command == &dsp_order_create) && g_str_equal (name, "subtype"))
    return make_subtype (row);
  if (command == &dsp_order_reschedule && g_str_equal (name, "attention_at"))
    return dsp_slot_row_make (row);
  if (command == &dsp_order_update_address || command == &dsp_order_create)
    {
      GtkWidget *content = dsp_address_row_make (row);

      return content == NULL && command == &dsp_order_create ? dsp_new_order_row_make (row) : content;
    }
  if (command != &dsp_order_close)
    return NULL;
  if (g_str_equal (name, "lat_e7") || g_str_equal (name, "lon_e7"))
    {
      const DspOrderType *type = type_of (row->form->office, row->form->order);

      row->asked = type != NULL && type->position == DSP_YES;
    }
  if (g_str_equal (name, "solutions"))
    return make_solutions (row);
  if (g_str_equal (name, "checklist"))
    return make_checklist (row);
  return g_str_equal (name, "equipment") ? dsp_equipment_row_make (row) : NULL;
}
