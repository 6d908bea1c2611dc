/* dsp-attachments-view.c: the files of an order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-attachments-view"

#include "config.h"
#include "dsp-attachments-view.h"

#include "dsp-facts.h"
#include "dsp-media-type.h"
#include "dsp-penalty.h"
#include "dsp-text.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define PICTURE_PX 72

struct _DspAttachmentsView
{
  GtkWidget  parent_instance;

  DspOffice *office;    /* (owned) */
  DspId      order_id;
  gboolean   may_add;
  GtkWidget *list;
  GtkWidget *add;
  GtkWidget *note;      /* none yet, or what went wrong */
};

G_DEFINE_FINAL_TYPE (DspAttachmentsView, dsp_attachments_view, GTK_TYPE_WIDGET)

static void ask (DspAttachmentsView *self);

static void
say (DspAttachmentsView *self,
     const char         *sentence,
     gboolean            wrong)
{
  gtk_label_set_text (GTK_LABEL (self->note), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->note, sentence != NULL);
  if (wrong)
    gtk_widget_add_css_class (self->note, "error");
  else
    gtk_widget_remove_css_class (self->note, "error");
}

/* ---- opening one ---- */

/* A copy under its own name, for programs that go by the name's end; in a folder of the session. */
static char *
dup_copy (const char          *path,
          const DspAttachment *attachment,
          GError             **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_runtime_dir (), "despacho", attachment->hash, NULL);
  g_autofree char *suffixed = g_str_has_suffix (attachment->name, dsp_media_type_suffix (attachment->media_type))
                              ? g_strdup (attachment->name)
                              : g_strconcat (attachment->name, dsp_media_type_suffix (attachment->media_type), NULL);
  g_autofree char *copy = g_build_filename (folder, suffixed, NULL);
  g_autoptr(GFile) from = g_file_new_for_path (path), to = g_file_new_for_path (copy);

  g_mkdir_with_parents (folder, 0700);
  if (!g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&copy);
}

static void
open_path (DspAttachmentsView  *self,
           const DspAttachment *attachment,
           const char          *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *copy = dup_copy (path, attachment, &error);
  g_autofree char *uri = copy != NULL ? g_filename_to_uri (copy, NULL, NULL) : NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (uri != NULL)
    gtk_show_uri (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, uri, GDK_CURRENT_TIME);
  else
    say (self, error->message, TRUE);
}

typedef struct {
  DspAttachmentsView *view;       /* (owned) */
  DspAttachment      *attachment; /* (owned) */
} Opening;

static void
fetched_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  Opening *opening = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = dsp_sync_fetch_file_finish (DSP_SYNC (source), res, &error);

  if (opening->view->list != NULL && path != NULL)
    {
      say (opening->view, NULL, FALSE);
      ask (opening->view); /* its picture is here now */
      open_path (opening->view, opening->attachment, path);
    }
  else if (opening->view->list != NULL)
    {
      g_autofree char *sentence = dsp_text_error (error);

      say (opening->view, sentence, TRUE);
    }
  g_object_unref (opening->view);
  dsp_attachment_free (opening->attachment);
  g_free (opening);
}

static void
on_open (GtkWidget          *button,
         DspAttachmentsView *self)
{
  const DspAttachment *attachment = g_object_get_data (G_OBJECT (button), "attachment");
  g_autofree char *path = dsp_replica_dup_file_path (dsp_office_get_replica (self->office), attachment->hash);
  DspSync *sync = dsp_office_get_sync (self->office);
  Opening *opening;

  if (path != NULL)
    {
      open_path (self, attachment, path);
      return;
    }
  if (sync == NULL)
    {
      say (self, _("This file comes when the server can be reached."), TRUE);
      return;
    }
  opening = g_new0 (Opening, 1);
  opening->view = g_object_ref (self);
  opening->attachment = dsp_attachment_dup (attachment);
  say (self, _("Fetching the file"), FALSE);
  dsp_sync_fetch_file_async (sync, &attachment->id, attachment->hash, NULL, fetched_cb, opening);
}

/* ---- the list ---- */

static GtkWidget *
make_picture (DspAttachmentsView  *self,
              const DspAttachment *attachment)
{
  g_autofree char *path = g_str_has_prefix (attachment->media_type, "image/")
                          ? dsp_replica_dup_file_path (dsp_office_get_replica (self->office), attachment->hash) : NULL;
  g_autoptr(GdkPixbuf) pixbuf = path != NULL ? gdk_pixbuf_new_from_file_at_scale (path, PICTURE_PX, PICTURE_PX, TRUE, NULL) : NULL;
  g_autoptr(GdkTexture) texture = pixbuf != NULL ? gdk_texture_new_for_pixbuf (pixbuf) : NULL;
  GtkWidget *image;

  if (texture == NULL)
    return gtk_image_new_from_icon_name (g_str_has_prefix (attachment->media_type, "image/") ? "image-x-generic-symbolic"
                                                                                              : "text-x-generic-symbolic");
  image = gtk_image_new_from_paintable (GDK_PAINTABLE (texture));
  gtk_image_set_pixel_size (GTK_IMAGE (image), PICTURE_PX);
  return image;
}

static void
add_line (DspAttachmentsView  *self,
          const DspAttachment *attachment)
{
  GtkWidget *button = gtk_button_new (), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *label;
  g_autofree char *size = g_format_size ((guint64) attachment->size.value);

  label = dsp_facts_label (attachment->name, NULL);
  gtk_box_append (GTK_BOX (texts), label);
  label = dsp_facts_label (size, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (texts), label);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (line), make_picture (self, attachment));
  gtk_box_append (GTK_BOX (line), texts);
  gtk_button_set_child (GTK_BUTTON (button), line);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, attachment->name, -1);
  gtk_widget_set_tooltip_text (button, _("Open"));
  g_object_set_data_full (G_OBJECT (button), "attachment", dsp_attachment_dup (attachment), (GDestroyNotify) dsp_attachment_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_open), self);
  gtk_box_append (GTK_BOX (self->list), button);
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspAttachmentsView) self = user_data;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, NULL);

  if (self->list == NULL || found == NULL)
    return;
  dsp_facts_clear (self->list);
  for (guint i = 0; i < found->len; i++)
    {
      const DspAttachment *attachment = found->pdata[i];

      /* An answer for the order that was shown before. */
      if (!dsp_id_equal (&attachment->order_id, &self->order_id))
        return;
      add_line (self, attachment);
    }
  if (!gtk_widget_has_css_class (self->note, "error"))
    say (self, found->len == 0 ? _("None") : NULL, FALSE);
}

static void
ask (DspAttachmentsView *self)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_attachment);
  char id[DSP_ID_TEXT];

  dsp_id_print (&self->order_id, id);
  dsp_filter_set (filter, "order_id", id, NULL);
  dsp_replica_find_async (dsp_office_get_replica (self->office), filter, 100, NULL, found_cb, g_object_ref (self));
}

void
dsp_attachments_view_show (DspAttachmentsView *self,
                           const DspId        *order_id)
{
  if (dsp_id_equal (&self->order_id, order_id))
    return; /* what changes is followed */
  dsp_facts_clear (self->list);
  say (self, NULL, FALSE);
  self->order_id = *order_id;
  gtk_widget_set_visible (self->add, self->may_add && dsp_office_may (self->office, &dsp_attachment_create));
  ask (self);
}

/* ---- adding ---- */

static void
attached_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspAttachmentsView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!dsp_attach_file_finish (res, &error) && self->list != NULL)
    say (self, error->message, TRUE);
  else if (self->list != NULL)
    {
      say (self, NULL, FALSE);
      ask (self);
    }
}

static void
attach (DspAttachmentsView *self,
        GFile              *file)
{
  DspId id = dsp_replica_new_id (dsp_office_get_replica (self->office));

  dsp_attach_file_async (self->office, &id, &self->order_id, file, attached_cb, g_object_ref (self));
}

static void
on_chosen (GtkNativeDialog    *chooser,
           int                 response,
           DspAttachmentsView *self)
{
  g_autoptr(GListModel) files = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser)) : NULL;

  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr(GFile) file = g_list_model_get_item (files, i);

      attach (self, file);
    }
  g_object_unref (chooser);
}

static void
on_add (GtkWidget          *button,
        DspAttachmentsView *self)
{
  dsp_attach_file_choose (GTK_WIDGET (self), _("Attach files"), TRUE, G_CALLBACK (on_chosen), self);
}

static gboolean
on_drop (GtkDropTarget      *target,
         const GValue       *value,
         double              x,
         double              y,
         DspAttachmentsView *self)
{
  GSList *files = g_value_get_boxed (value);

  if (!gtk_widget_get_visible (self->add))
    return FALSE;
  for (GSList *l = files; l != NULL; l = l->next)
    attach (self, l->data);
  return TRUE;
}

/* ---- object ---- */

static void
on_records_changed (DspOffice          *office,
                    const DspEntity    *entity,
                    DspAttachmentsView *self)
{
  if ((entity == NULL || entity == &dsp_attachment) && !dsp_id_is_none (&self->order_id))
    ask (self);
}

static void
dsp_attachments_view_dispose (GObject *object)
{
  DspAttachmentsView *self = DSP_ATTACHMENTS_VIEW (object);
  GtkWidget *child;

  self->list = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_attachments_view_parent_class)->dispose (object);
}

static void
dsp_attachments_view_class_init (DspAttachmentsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_attachments_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
dsp_attachments_view_init (DspAttachmentsView *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  self->note = dsp_facts_label ("", "dim-label");
  self->add = gtk_button_new_with_label (_("Attach files"));
  gtk_widget_set_halign (self->add, GTK_ALIGN_START);
  gtk_widget_set_visible (self->note, FALSE);
  g_signal_connect (self->add, "clicked", G_CALLBACK (on_add), self);
  gtk_widget_set_parent (self->list, GTK_WIDGET (self));
  gtk_widget_set_parent (self->note, GTK_WIDGET (self));
  gtk_widget_set_parent (self->add, GTK_WIDGET (self));
}

GtkWidget *
dsp_attachments_view_new (DspOffice *office,
                          gboolean   may_add)
{
  DspAttachmentsView *self = g_object_new (DSP_TYPE_ATTACHMENTS_VIEW, NULL);

  self->office = g_object_ref (office);
  self->may_add = may_add;
  gtk_widget_set_visible (self->add, may_add);
  if (may_add)
    {
      GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

      g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
      gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
    }
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  return GTK_WIDGET (self);
}
