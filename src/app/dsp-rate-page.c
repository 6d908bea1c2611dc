/* dsp-rate-page.c: what distributors are paid for what, and the taxes on it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For rates and for tax rules the same two halves: the table with its filter, and the form of what is chosen in it.
 */
#define G_LOG_DOMAIN "dsp-rate-page"

#include "config.h"
#include "dsp-rate-page.h"

#include "dsp-rate-file.h"
#include "dsp-rate-list.h"
#include "dsp-rate-why.h"
#include "dsp-record-kind.h"
#include "dsp-record-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspRatePage
{
  GtkWidget  parent_instance;

  DspOffice *office; /* (owned) */
  GtkWidget *box;
  GtkWidget *stack;
  GtkWidget *import_button, *export_button;
};

G_DEFINE_FINAL_TYPE (DspRatePage, dsp_rate_page, GTK_TYPE_WIDGET)

/* ---- table and form follow each other ---- */

static void
on_chosen (DspRateList   *list,
           DspRecordPage *form)
{
  const DspId *id = dsp_rate_list_get_chosen (list);

  if (id != NULL && !dsp_id_equal (id, dsp_record_page_get_shown (form)))
    dsp_record_page_show (form, id);
}

static void
on_create (DspRateList   *list,
           DspRecordPage *form)
{
  dsp_record_page_create (form);
}

static void
on_shown (DspRecordPage *form,
          DspRateList   *list)
{
  dsp_rate_list_choose (list, dsp_record_page_get_shown (form));
}

static GtkWidget *
make_halves (DspRatePage     *self,
             const DspEntity *entity)
{
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  GtkWidget *list = dsp_rate_list_new (self->office, entity), *form = dsp_record_page_new_beside (self->office, entity);

  g_signal_connect_object (list, "chosen", G_CALLBACK (on_chosen), form, 0);
  g_signal_connect_object (list, "create", G_CALLBACK (on_create), form, 0);
  g_signal_connect_object (form, "shown", G_CALLBACK (on_shown), list, 0);
  gtk_widget_set_size_request (list, 420, -1);
  gtk_paned_set_start_child (GTK_PANED (paned), list);
  gtk_paned_set_end_child (GTK_PANED (paned), form);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_resize_end_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_position (GTK_PANED (paned), 880);
  return paned;
}

/* Made when it is first looked at. */
static void
on_map (AdwBin      *bin,
        DspRatePage *self)
{
  const DspEntity *entity = g_object_get_data (G_OBJECT (bin), "entity");

  if (adw_bin_get_child (bin) == NULL)
    adw_bin_set_child (bin, entity != NULL ? make_halves (self, entity) : dsp_rate_why_new (self->office));
}

/* ---- files ---- */

/* Whose table is looked at; NULL: none. */
static const DspEntity *
shown_entity (DspRatePage *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (GTK_STACK (self->stack));

  return child != NULL ? g_object_get_data (G_OBJECT (child), "entity") : NULL;
}

static GtkWindow *
window_of (DspRatePage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
on_import (DspRatePage *self)
{
  if (shown_entity (self) != NULL && window_of (self) != NULL)
    dsp_rate_file_import (window_of (self), self->office, shown_entity (self));
}

/* What the filter leaves. */
static void
on_export (DspRatePage *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (GTK_STACK (self->stack));
  GtkWidget *halves = shown_entity (self) != NULL ? adw_bin_get_child (ADW_BIN (child)) : NULL;

  if (halves != NULL && window_of (self) != NULL)
    dsp_rate_file_export (window_of (self), self->office, shown_entity (self),
                          dsp_rate_list_dup_shown (DSP_RATE_LIST (gtk_paned_get_start_child (GTK_PANED (halves)))));
}

static void
show_buttons (DspRatePage *self)
{
  const DspEntity *entity = shown_entity (self);

  gtk_widget_set_visible (self->export_button, entity != NULL);
  gtk_widget_set_visible (self->import_button, entity != NULL && dsp_office_may (self->office, dsp_record_kind_of (entity)->create) &&
                          dsp_office_may (self->office, dsp_record_kind_of (entity)->change));
}

/* @entity: (nullable): the part that explains. */
static void
add_part (DspRatePage     *self,
          const DspEntity *entity,
          const char      *title)
{
  GtkWidget *bin = adw_bin_new ();

  g_object_set_data (G_OBJECT (bin), "entity", (gpointer) entity);
  g_signal_connect (bin, "map", G_CALLBACK (on_map), self);
  gtk_stack_add_titled (GTK_STACK (self->stack), bin, entity != NULL ? entity->table.name : "why", title);
}

/* ---- object ---- */

static void
dsp_rate_page_dispose (GObject *object)
{
  DspRatePage *self = DSP_RATE_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_rate_page_parent_class)->dispose (object);
}

static void
dsp_rate_page_class_init (DspRatePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_rate_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_rate_page_init (DspRatePage *self)
{
}

GtkWidget *
dsp_rate_page_new (DspOffice *office)
{
  DspRatePage *self = g_object_new (DSP_TYPE_RATE_PAGE, NULL);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *switcher = gtk_stack_switcher_new ();

  self->office = g_object_ref (office);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Rates and taxes"), -1);
  self->stack = gtk_stack_new ();
  add_part (self, &dsp_rate, _("Rates"));
  add_part (self, &dsp_tax_rule, _("Taxes"));
  add_part (self, NULL, _("Why this rate"));
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (self->stack));
  gtk_widget_add_css_class (head, "dsp-panel-head");
  gtk_box_append (GTK_BOX (head), switcher);
  self->import_button = gtk_button_new_with_label (_("Import…"));
  self->export_button = gtk_button_new_with_label (_("Export…"));
  gtk_widget_set_hexpand (self->import_button, TRUE);
  gtk_widget_set_halign (self->import_button, GTK_ALIGN_END);
  gtk_widget_set_tooltip_text (self->export_button, _("What the filter leaves, as a workbook or CSV"));
  g_signal_connect_swapped (self->import_button, "clicked", G_CALLBACK (on_import), self);
  g_signal_connect_swapped (self->export_button, "clicked", G_CALLBACK (on_export), self);
  gtk_box_append (GTK_BOX (head), self->import_button);
  gtk_box_append (GTK_BOX (head), self->export_button);
  g_signal_connect_swapped (self->stack, "notify::visible-child", G_CALLBACK (show_buttons), self);
  g_signal_connect_object (office, "status-changed", G_CALLBACK (show_buttons), self, G_CONNECT_SWAPPED);
  show_buttons (self);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), head);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), self->stack);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
