/* dsp-mileage-row.c: editors of a claim of kilometres
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The claim's table has what commands set besides; a person is asked what is known on the evening of that day.
 */
#define G_LOG_DOMAIN "dsp-mileage-row"

#include "config.h"
#include "dsp-record-form-private.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

const DspFormLine dsp_mileage_lines[] = {
  { NULL, "crew_id day" },
  { NULL, "order_id" },
  { N_("By the odometer"), "odometer_start odometer_end vehicle" },
  { N_("Or by distance"), "from_place to_place claimed" },
  { NULL, "note" },
  { NULL, NULL },
};

/* ---- the whole day, or one of its orders ---- */

static void
select_order (DspRecordRow *row,
              const DspId  *id)
{
  GArray *ids = row->own_data;
  guint selected = 0;

  for (guint i = 0; i < ids->len; i++)
    if (dsp_id_equal (&g_array_index (ids, DspId, i), id))
      selected = i + 1;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (row->editor), selected);
}

static const DspId *
selected_order (DspRecordRow *row)
{
  GArray *ids = row->own_data;
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (row->editor));

  return selected > 0 && selected <= ids->len ? &g_array_index (ids, DspId, selected - 1) : &dsp_id_none;
}

static void
offer (DspRecordRow    *row,
       const GPtrArray *orders, /* of DspOrder */
       const DspId     *id)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  GArray *ids = row->own_data;

  g_array_set_size (ids, 0);
  gtk_string_list_append (names, _("The whole day"));
  for (guint i = 0; i < orders->len; i++)
    {
      const DspOrder *order = orders->pdata[i];
      g_autoptr(GString) name = g_string_new (order->number);
      const char *const more[] = { order->type, order->neighbourhood, order->postal_code };

      for (guint k = 0; k < G_N_ELEMENTS (more); k++)
        if (more[k] != NULL)
          g_string_append_printf (name, " · %s", more[k]);
      gtk_string_list_append (names, name->str);
      g_array_append_val (ids, order->id);
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (row->editor), G_LIST_MODEL (names));
  select_order (row, id);
}

void
dsp_mileage_rows_offer (DspRecordForm   *form,
                        const GPtrArray *orders)
{
  DspRecordRow *row = dsp_record_form_row (form, "order_id");
  DspId before = *selected_order (row);
  gboolean filling = form->filling;

  /* Nobody typed. */
  form->filling = TRUE;
  offer (row, orders, &before);
  form->filling = filling;
}

static void
show_order (DspRecordRow *row,
            gconstpointer record)
{
  const DspId *id = dsp_field_id (row->field, record);
  const DspOrder *order = dsp_id_is_none (id) ? NULL : dsp_replica_get_order (dsp_office_get_replica (row->form->office), id);
  g_autoptr(GPtrArray) orders = g_ptr_array_new ();

  if (order != NULL)
    g_ptr_array_add (orders, (gpointer) order);
  offer (row, orders, id);
}

static char *
read_order (DspRecordRow *row,
            gpointer      record)
{
  *dsp_field_id (row->field, record) = *selected_order (row);
  return NULL;
}

static void
free_ids (gpointer ids)
{
  g_array_unref (ids);
}

static GtkWidget *
make_order (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_order, read_order, TRUE };

  row->label = N_("Of the whole day, or of an order");
  dsp_record_row_make_drop_down (row, gtk_string_list_new (NULL));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (row->editor), TRUE);
  dsp_record_row_take_editor (row, &editor, g_array_new (FALSE, FALSE, sizeof (DspId)), free_ids);
  return row->editor;
}

/* ---- all ---- */

GtkWidget *
dsp_mileage_row_make (DspRecordRow *row)
{
  switch (row->field->offset)
    {
    case offsetof (DspMileage, order_id):
      return make_order (row);

    case offsetof (DspMileage, odometer_start):
      row->label = N_("At the start (km)");
      return NULL;

    case offsetof (DspMileage, odometer_end):
      row->label = N_("At the end (km)");
      return NULL;

    default:
      return NULL;
    }
}
