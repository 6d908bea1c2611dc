/* dsp-admin-page.c: the office's catalogues, rules and settings
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-admin-page"

#include "config.h"
#include "dsp-admin-page.h"

#include "dsp-record-kind.h"
#include "dsp-record-page.h"
#include "dsp-sign-ins-view.h"

#include <glib/gi18n.h>

struct _DspAdminPage
{
  GtkWidget  parent_instance;

  DspOffice *office;  /* (owned) */
  GtkWidget *box;
  GtkWidget *list;
  GtkWidget *stack;
};

G_DEFINE_FINAL_TYPE (DspAdminPage, dsp_admin_page, GTK_TYPE_WIDGET)

/* The last row is of no records. */
#define SIGN_INS "sign-ins"

static void
add_row (DspAdminPage *self,
         const char   *name)
{
  GtkWidget *row = gtk_list_box_row_new (), *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

/* Each page is made when it is first asked for. */
static void
on_row_selected (GtkListBox    *list,
                 GtkListBoxRow *row,
                 DspAdminPage  *self)
{
  const DspEntity *entity = row != NULL ? dsp_catalogues[gtk_list_box_row_get_index (row)] : NULL;
  const char *name = entity != NULL ? entity->table.name : SIGN_INS;

  if (row == NULL)
    return;
  if (gtk_stack_get_child_by_name (GTK_STACK (self->stack), name) == NULL)
    gtk_stack_add_named (GTK_STACK (self->stack), entity != NULL ? dsp_record_page_new (self->office, entity) : dsp_sign_ins_page_new (self->office), name);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
}

static void
dsp_admin_page_dispose (GObject *object)
{
  DspAdminPage *self = DSP_ADMIN_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_admin_page_parent_class)->dispose (object);
}

static void
dsp_admin_page_class_init (DspAdminPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_admin_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_admin_page_init (DspAdminPage *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Catalogues"), -1);
}

GtkWidget *
dsp_admin_page_new (DspOffice *office)
{
  DspAdminPage *self = g_object_new (DSP_TYPE_ADMIN_PAGE, NULL);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->office = g_object_ref (office);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->list = gtk_list_box_new ();
  self->stack = gtk_stack_new ();
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Catalogues"), -1);
  for (guint i = 0; dsp_catalogues[i] != NULL; i++)
    {
      const DspRecordKind *kind = dsp_record_kind_of (dsp_catalogues[i]);

      add_row (self, _(kind->only != NULL ? kind->entity->label : kind->entity->label_plural));
    }
  if (dsp_office_may (office, &dsp_user_change))
    add_row (self, _("Sign-ins"));
  g_signal_connect (self->list, "row-selected", G_CALLBACK (on_row_selected), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list);
  gtk_widget_set_size_request (scroller, 210, -1);
  gtk_widget_set_hexpand (self->stack, TRUE);
  gtk_box_append (GTK_BOX (self->box), scroller);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (self->box), self->stack);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0));
  return GTK_WIDGET (self);
}
