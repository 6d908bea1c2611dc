/* dsp-equipment-row.c: what happened to the equipment, a line each
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line is what was done, a model of the catalogue and its serial number. Enter in a serial number, which a scanner
 * sends by itself, begins the next line.
 */
#define G_LOG_DOMAIN "dsp-equipment-row"

#include "config.h"
#include "dsp-record-form-private.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

typedef struct {
  GtkWidget *lines;  /* box */
  GPtrArray *models; /* (owned) of DspEquipmentModel, owned; as in the drop-downs after their first entry */
} Equipment;

typedef struct { GtkWidget *action, *model, *serial; } Line;

static void
equipment_free (gpointer data)
{
  Equipment *equipment = data;

  g_ptr_array_unref (equipment->models);
  g_free (equipment);
}

static void
free_model (gpointer model)
{
  dsp_record_free (&dsp_equipment_model, model);
}

static Line *
line_of (GtkWidget *box)
{
  return g_object_get_data (G_OBJECT (box), "dsp-line");
}

static const DspEquipmentModel *
model_of (Equipment  *equipment,
          const Line *line)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (line->model));

  return selected >= 1 && selected <= equipment->models->len ? equipment->models->pdata[selected - 1] : NULL;
}

static void
on_line (DspRecordRow *row)
{
  Equipment *equipment = row->own_data;

  for (GtkWidget *box = gtk_widget_get_first_child (equipment->lines); box != NULL; box = gtk_widget_get_next_sibling (box))
    {
      Line *line = line_of (box);
      gboolean applies = gtk_drop_down_get_selected (GTK_DROP_DOWN (line->action)) != DSP_EQUIPMENT_NOT_APPLICABLE;

      gtk_widget_set_sensitive (line->model, applies);
      gtk_widget_set_sensitive (line->serial, applies);
    }
  dsp_record_row_edited (row);
}

static void
on_remove (GtkWidget    *button,
           DspRecordRow *row)
{
  gtk_box_remove (GTK_BOX (((Equipment *) row->own_data)->lines), gtk_widget_get_parent (button));
  on_line (row);
}

static GtkWidget *add_line (DspRecordRow *row);

static void
on_add (DspRecordRow *row)
{
  GtkWidget *box = add_line (row);

  gtk_widget_grab_focus (line_of (box)->action);
  on_line (row);
}

static GtkWidget *
make_list (DspRecordRow  *row,
           GtkWidget     *box,
           GtkStringList *words,
           const char    *name)
{
  GtkWidget *list = gtk_drop_down_new (G_LIST_MODEL (words), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (list, "notify::selected", G_CALLBACK (on_line), row);
  gtk_box_append (GTK_BOX (box), list);
  return list;
}

static GtkWidget *
add_line (DspRecordRow *row)
{
  Equipment *equipment = row->own_data;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *remove = gtk_button_new_from_icon_name ("list-remove-symbolic");
  GtkStringList *actions = gtk_string_list_new (NULL), *models = gtk_string_list_new (NULL);
  Line *line = g_new0 (Line, 1);

  g_object_set_data_full (G_OBJECT (box), "dsp-line", line, g_free);
  gtk_string_list_append (actions, _("What was done"));
  for (guint i = 1; i < DSP_N_EQUIPMENT_ACTIONS; i++)
    gtk_string_list_append (actions, _(DspEquipmentAction_words.list[i].label));
  gtk_string_list_append (models, _("Model"));
  for (guint i = 0; i < equipment->models->len; i++)
    {
      const DspEquipmentModel *model = equipment->models->pdata[i];
      g_autofree char *name = g_strdup_printf ("%s · %s", model->code, model->label);

      gtk_string_list_append (models, name);
    }
  line->action = make_list (row, box, actions, _("What was done"));
  line->model = make_list (row, box, models, _("Model"));
  gtk_widget_set_hexpand (line->model, TRUE);
  line->serial = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (line->serial), _("Serial number"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->serial), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Serial number"), -1);
  gtk_widget_set_hexpand (line->serial, TRUE);
  g_signal_connect_swapped (line->serial, "changed", G_CALLBACK (on_line), row);
  g_signal_connect_swapped (line->serial, "activate", G_CALLBACK (on_add), row);
  gtk_box_append (GTK_BOX (box), line->serial);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _("Remove this line"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Remove this line"), -1);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), row);
  gtk_box_append (GTK_BOX (box), remove);
  gtk_box_append (GTK_BOX (equipment->lines), box);
  return box;
}

static void
show_row (DspRecordRow *row,
          gconstpointer record)
{
  Equipment *equipment = row->own_data;
  GStrv list = *dsp_field_list (row->field, record);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (equipment->lines)) != NULL)
    gtk_box_remove (GTK_BOX (equipment->lines), child);
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      g_autofree char *code = NULL, *serial = NULL;
      DspEquipmentAction action;
      Line *line;

      if (!dsp_equipment_line_parse (list[i], &action, &code, &serial))
        continue;
      line = line_of (add_line (row));
      gtk_drop_down_set_selected (GTK_DROP_DOWN (line->action), action);
      for (guint k = 0; k < equipment->models->len; k++)
        if (g_strcmp0 (((DspEquipmentModel *) equipment->models->pdata[k])->code, code) == 0)
          gtk_drop_down_set_selected (GTK_DROP_DOWN (line->model), k + 1);
      gtk_editable_set_text (GTK_EDITABLE (line->serial), serial != NULL ? serial : "");
    }
  if (row->asked && (list == NULL || list[0] == NULL))
    add_line (row);
}

/* Returns a sentence when the line says too little; @text: NULL for an empty line. */
static char *
read_line (Equipment  *equipment,
           const Line *line,
           char      **text)
{
  guint action = gtk_drop_down_get_selected (GTK_DROP_DOWN (line->action));
  const DspEquipmentModel *model = model_of (equipment, line);
  g_autofree char *serial = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (line->serial))));
  const char *word;

  *text = NULL;
  if (action == 0 && model == NULL && *serial == '\0')
    return NULL;
  if (action == 0 || action >= DSP_N_EQUIPMENT_ACTIONS)
    return g_strdup (_("Choose for each piece what was done with it."));
  word = DspEquipmentAction_words.list[action].name;
  if (action == DSP_EQUIPMENT_NOT_APPLICABLE)
    {
      *text = g_strdup (word);
      return NULL;
    }
  if (model == NULL)
    return g_strdup (_("Choose the model of each piece."));
  if (model->serial == DSP_YES && *serial == '\0')
    return g_strdup_printf (_("The serial number of %s is missing."), model->label);
  *text = *serial != '\0' ? g_strdup_printf ("%s %s %s", word, model->code, serial) : g_strdup_printf ("%s %s", word, model->code);
  return NULL;
}

static char *
read_row (DspRecordRow *row,
          gpointer      record)
{
  Equipment *equipment = row->own_data;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) list = NULL;

  for (GtkWidget *box = gtk_widget_get_first_child (equipment->lines); box != NULL; box = gtk_widget_get_next_sibling (box))
    {
      g_autofree char *text = NULL;
      char *wrong = read_line (equipment, line_of (box), &text);

      if (wrong != NULL)
        return wrong;
      if (text != NULL)
        g_strv_builder_add (builder, text);
    }
  list = g_strv_builder_end (builder);
  if (row->asked && list[0] == NULL)
    return g_strdup (_("Say what happened to the equipment, be it “not applicable”."));
  dsp_set_list (dsp_field_list (row->field, record), list[0] != NULL ? list : NULL);
  return NULL;
}

GtkWidget *
dsp_equipment_row_make (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_row, read_row, TRUE };
  const GPtrArray *models = dsp_office_records (row->form->office, &dsp_equipment_model);
  const DspOrder *order = row->form->order;
  GPtrArray *types = (GPtrArray *) dsp_office_records (row->form->office, &dsp_order_type);
  const DspOrderType *type = order != NULL ? dsp_most_specific (&dsp_order_type, types, order->group, order->type, order->subtype, NULL, NULL)
                                           : NULL;
  Equipment *equipment = g_new0 (Equipment, 1);
  GtkWidget *add = gtk_button_new_with_label (_("Add equipment"));

  equipment->models = g_ptr_array_new_with_free_func (free_model);
  for (guint i = 0; i < models->len; i++)
    if (((const DspEquipmentModel *) models->pdata[i])->retired != DSP_YES)
      g_ptr_array_add (equipment->models, dsp_record_dup (&dsp_equipment_model, models->pdata[i]));
  row->asked = type != NULL && type->equipment == DSP_YES;
  row->editor = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  equipment->lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_halign (add, GTK_ALIGN_START);
  g_signal_connect_swapped (add, "clicked", G_CALLBACK (on_add), row);
  gtk_box_append (GTK_BOX (row->editor), equipment->lines);
  gtk_box_append (GTK_BOX (row->editor), add);
  dsp_record_row_take_editor (row, &editor, equipment, equipment_free);
  return row->editor;
}
