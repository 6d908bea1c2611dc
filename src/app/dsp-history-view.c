/* dsp-history-view.c: everything that happened to an order, the newest first
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-history-view"

#include "config.h"
#include "dsp-history-view.h"

#include "dsp-facts.h"
#include "dsp-text.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

struct _DspHistoryView
{
  GtkWidget  parent_instance;

  DspOffice *office;  /* (owned) */
  DspId      order_id;
  GtkWidget *entries;
  GtkWidget *note;
};

G_DEFINE_FINAL_TYPE (DspHistoryView, dsp_history_view, GTK_TYPE_WIDGET)

/* An answer on its way: the view may show another order by then, or be gone. */
typedef struct {
  DspHistoryView *view; /* (owned) */
  DspId           order_id;
} Asked;

static Asked *
asked_new (DspHistoryView *self)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->view = g_object_ref (self);
  asked->order_id = self->order_id;
  return asked;
}

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->view);
  g_free (asked);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static bool
asked_matters (const Asked *asked)
{
  return asked->view->entries != NULL && dsp_id_equal (&asked->order_id, &asked->view->order_id);
}

/* ---- one entry ---- */

static char *
change_words (DspHistoryView  *self,
              const DspEntity *entity,
              const char      *name,
              JsonNode        *pair)
{
  const DspField *field = dsp_table_find (&entity->table, name, strlen (name));
  JsonArray *values = JSON_NODE_HOLDS_ARRAY (pair) ? json_node_get_array (pair) : NULL;
  g_autofree char *texts[2] = { NULL, NULL };

  if (field == NULL || values == NULL || json_array_get_length (values) != 2)
    return NULL;
  for (guint i = 0; i < 2; i++)
    {
      JsonNode *node = json_array_get_element (values, i);
      const char *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node) : NULL;
      gpointer read;

      if (text == NULL)
        continue;
      read = dsp_record_new (entity);
      if (dsp_field_set_text (field, read, text, NULL))
        texts[i] = dsp_office_field_text (self->office, field, read);
      else
        texts[i] = g_strdup (text);
      dsp_record_free (entity, read);
    }
  /* Translators: field, before, after */
  return g_strdup_printf (_("%s: %s → %s"), _(field->label), texts[0] != NULL && *texts[0] != '\0' ? texts[0] : "–",
                          texts[1] != NULL && *texts[1] != '\0' ? texts[1] : "–");
}

static void
add_changes (DspHistoryView   *self,
             GtkWidget        *box,
             const DspHistory *entry)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  const DspEntity *entity = entry->entity != NULL ? dsp_entity_find (entry->entity) : NULL; /* the order, or a penalty of it */
  JsonObject *changes;
  JsonObjectIter iter;
  const char *name;
  JsonNode *pair;

  if (entity == NULL || entry->changes == NULL || !json_parser_load_from_data (parser, entry->changes, -1, NULL) ||
      !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return;
  changes = json_node_get_object (json_parser_get_root (parser));
  /* A creation lists every field: the order itself shows them. */
  if (json_object_get_size (changes) > 8)
    return;
  json_object_iter_init (&iter, changes);
  while (json_object_iter_next (&iter, &name, &pair))
    {
      g_autofree char *words = change_words (self, entity, name, pair);

      if (words != NULL)
        gtk_box_append (GTK_BOX (box), dsp_facts_label (words, "caption"));
    }
}

static void
add_entry (DspHistoryView   *self,
           const DspHistory *entry)
{
  const DspCommand *command = entry->command != NULL ? dsp_command_find (entry->command) : NULL;
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  g_autofree char *when = dsp_text_time (entry->at);
  g_autofree char *full = dsp_text_time_full (entry->at);
  g_autofree char *who = g_strdup_printf ("%s · %s", when, entry->user_name != NULL ? entry->user_name : "");
  GtkWidget *label = dsp_facts_label (command != NULL ? _(command->past) : entry->command, "heading");

  gtk_box_append (GTK_BOX (line), label);
  label = dsp_facts_label (who, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_tooltip_text (label, full);
  gtk_box_append (GTK_BOX (line), label);
  if (entry->reason != NULL)
    gtk_box_append (GTK_BOX (line), dsp_facts_label (entry->reason, NULL));
  add_changes (self, line, entry);
  gtk_widget_add_css_class (line, "dsp-history-entry");
  gtk_box_append (GTK_BOX (self->entries), line);
}

static void
show_entries (DspHistoryView *self,
              GPtrArray      *entries)
{
  dsp_facts_clear (self->entries);
  for (guint i = entries->len; i > 0; i--)
    add_entry (self, entries->pdata[i - 1]);
  gtk_widget_set_visible (self->note, entries->len == 0);
  gtk_label_set_text (GTK_LABEL (self->note), _("No history is on this computer yet."));
}

/* ---- the answers ---- */

static void
fetched_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  g_autoptr(Asked) asked = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = dsp_sync_fetch_history_finish (DSP_SYNC (source), res, &error);
  DspHistoryView *self = asked->view;

  if (!asked_matters (asked))
    return;
  if (entries != NULL)
    show_entries (self, entries);
  else if (gtk_widget_get_first_child (self->entries) == NULL)
    {
      gtk_label_set_text (GTK_LABEL (self->note), _("The history comes when the server can be reached."));
      gtk_widget_set_visible (self->note, TRUE);
    }
}

static void
local_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(Asked) asked = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = dsp_replica_history_finish (DSP_REPLICA (source), res, &error);
  DspHistoryView *self = asked->view;
  DspSync *sync;

  if (!asked_matters (asked))
    return;
  sync = dsp_office_get_sync (self->office);
  if (entries != NULL)
    show_entries (self, entries);
  if (sync != NULL)
    dsp_sync_fetch_history_async (sync, &dsp_order, &self->order_id, NULL, fetched_cb, asked_new (self));
}

void
dsp_history_view_show (DspHistoryView *self,
                       const DspId    *order_id)
{
  if (!dsp_id_equal (order_id, &self->order_id))
    {
      dsp_facts_clear (self->entries);
      gtk_label_set_text (GTK_LABEL (self->note), _("History is being fetched"));
      gtk_widget_set_visible (self->note, TRUE);
    }
  self->order_id = *order_id;
  dsp_replica_history_async (dsp_office_get_replica (self->office), &dsp_order, order_id, NULL, local_cb, asked_new (self));
}

/* ---- object ---- */

static void
dsp_history_view_dispose (GObject *object)
{
  DspHistoryView *self = DSP_HISTORY_VIEW (object);
  GtkWidget *child;

  self->entries = self->note = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_history_view_parent_class)->dispose (object);
}

static void
dsp_history_view_class_init (DspHistoryViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_history_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
dsp_history_view_init (DspHistoryView *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->entries = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  self->note = dsp_facts_label ("", "dim-label");
  gtk_widget_set_parent (self->entries, GTK_WIDGET (self));
  gtk_widget_set_parent (self->note, GTK_WIDGET (self));
}

GtkWidget *
dsp_history_view_new (DspOffice *office)
{
  DspHistoryView *self = g_object_new (DSP_TYPE_HISTORY_VIEW, NULL);

  self->office = g_object_ref (office);
  return GTK_WIDGET (self);
}
