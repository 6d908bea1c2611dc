/* dsp-row-model.c: rows of a file on their way to becoming commands, as a list model
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-row-model"

#include "config.h"
#include "dsp-row-model.h"

#include "dsp-outbox-window.h"

#define MAX_REJECTED 500

typedef struct
{
  DspOffice *office; /* (owned) */
  GPtrArray *rows;   /* (owned) */
} DspRowModelPrivate;

static void model_init (GListModelInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (DspRowModel, dsp_row_model, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (DspRowModel) G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, model_init))

static guint changed_signal;

#define PRIVATE(self) ((DspRowModelPrivate *) dsp_row_model_get_instance_private (self))

GPtrArray *dsp_row_model_rows (DspRowModel *self) { return PRIVATE (self)->rows; }
DspOffice *dsp_row_model_get_office (DspRowModel *self) { return PRIVATE (self)->office; }
void dsp_row_model_changed (DspRowModel *self) { g_signal_emit (self, changed_signal, 0); }

/* ---- what the server refused later ---- */

static void
rejected_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspRowModel) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rejected = dsp_replica_list_rejected_finish (DSP_REPLICA (source), res, &error);

  for (guint i = 0; rejected != NULL && i < rejected->len; i++)
    {
      g_autofree char *sentence = dsp_rejected_sentence (PRIVATE (self)->office, rejected->pdata[i]);

      DSP_ROW_MODEL_GET_CLASS (self)->refused (self, rejected->pdata[i], sentence);
    }
  dsp_row_model_changed (self);
}

static void
on_status_changed (DspRowModel *self)
{
  DspReplica *replica = dsp_office_get_replica (PRIVATE (self)->office);
  DspReplicaStatus status;

  dsp_replica_get_status (replica, &status);
  if (status.n_rejected > 0 && DSP_ROW_MODEL_GET_CLASS (self)->waits (self))
    dsp_replica_list_rejected_async (replica, MAX_REJECTED, NULL, rejected_cb, g_object_ref (self));
}

void
dsp_row_model_set_office (DspRowModel *self,
                          DspOffice   *office)
{
  g_return_if_fail (PRIVATE (self)->office == NULL);

  PRIVATE (self)->office = g_object_ref (office);
  g_signal_connect_object (office, "status-changed", G_CALLBACK (on_status_changed), self, G_CONNECT_SWAPPED);
}

/* ---- the model ---- */

static GType get_item_type (GListModel *model) { return G_TYPE_OBJECT; }
static guint get_n_items (GListModel *model) { return dsp_row_model_rows (DSP_ROW_MODEL (model))->len; }

static gpointer
get_item (GListModel *model,
          guint       position)
{
  GPtrArray *rows = dsp_row_model_rows (DSP_ROW_MODEL (model));

  return position < rows->len ? g_object_ref (rows->pdata[position]) : NULL;
}

static void
model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
dsp_row_model_finalize (GObject *object)
{
  DspRowModelPrivate *priv = PRIVATE (DSP_ROW_MODEL (object));

  g_ptr_array_unref (priv->rows);
  g_clear_object (&priv->office);
  G_OBJECT_CLASS (dsp_row_model_parent_class)->finalize (object);
}

static void
dsp_row_model_class_init (DspRowModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_row_model_finalize;
  changed_signal = g_signal_new ("changed", DSP_TYPE_ROW_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_row_model_init (DspRowModel *self)
{
  PRIVATE (self)->rows = g_ptr_array_new_with_free_func (g_object_unref);
}
