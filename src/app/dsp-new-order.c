/* dsp-new-order.c: an order that is taken down
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One form from the creation's argument table. It stands beside the window, so that one can look something up while the
 * customer is on the telephone. What was typed stays until it was accepted or somebody said to drop it.
 */
#define G_LOG_DOMAIN "dsp-new-order"

#include "config.h"
#include "dsp-new-order.h"

#include "dsp-account-help.h"
#include "dsp-process-effect.h"
#include "dsp-record-form.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define NUMBER_MS 1500 /* so long a server that can be reached is waited for, to tell the number */

#define DSP_TYPE_NEW_ORDER (dsp_new_order_get_type ())
G_DECLARE_FINAL_TYPE (DspNewOrder, dsp_new_order, DSP, NEW_ORDER, AdwWindow)

struct _DspNewOrder
{
  AdwWindow        parent_instance;

  DspOffice       *office;    /* (owned) */
  DspId            id;        /* of the order that is being written */
  GtkWidget       *form;
  GtkWidget       *effect;
  GtkWidget       *scroller;
  AdwToastOverlay *toasts;
  gboolean         dirty;
  gboolean         saving;
  gboolean         another;   /* after this one */
};

G_DEFINE_FINAL_TYPE (DspNewOrder, dsp_new_order, ADW_TYPE_WINDOW)

/* ---- telling its number ---- */

typedef struct {
  DspOffice *office;  /* (owned) */
  DspId      id;
  GWeakRef   window;  /* of the form, if it goes on with another */
  gulong     changed_id;
  guint      late_id;
} Telling;

static void
on_open_clicked (AdwToast *toast,
                 gpointer  user_data)
{
  GtkWindow *window = g_object_get_data (G_OBJECT (toast), "dsp-window");

  gtk_widget_activate_action_variant (GTK_WIDGET (gtk_window_get_transient_for (window)), "win.open-order",
                                      g_object_get_data (G_OBJECT (toast), "dsp-id"));
}

static void
tell_here (DspNewOrder *self,
           const DspId *id,
           const char  *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);
  char order[DSP_ID_TEXT];

  dsp_id_print (id, order);
  adw_toast_set_button_label (toast, _("Open"));
  g_object_set_data (G_OBJECT (toast), "dsp-window", self);
  g_object_set_data_full (G_OBJECT (toast), "dsp-id", g_variant_ref_sink (g_variant_new_string (order)),
                          (GDestroyNotify) g_variant_unref);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (on_open_clicked), NULL);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
tell (Telling    *telling,
      const char *number)
{
  g_autoptr(DspNewOrder) window = g_weak_ref_get (&telling->window);
  g_autofree char *text = dsp_number_is_provisional (number)
                            ? g_strdup (_("The order is saved. It gets its number when it is sent."))
                            : g_strdup_printf (_("%s: order %s"), _(dsp_order_create.past), number);

  if (window != NULL)
    tell_here (window, &telling->id, text);
  else
    dsp_office_message_order (telling->office, &telling->id, text);
  g_clear_signal_handler (&telling->changed_id, dsp_office_get_replica (telling->office));
  g_clear_handle_id (&telling->late_id, g_source_remove);
  g_weak_ref_clear (&telling->window);
  g_object_unref (telling->office);
  g_free (telling);
}

static const char *
number_of (Telling *telling)
{
  const DspOrder *order = dsp_replica_get_order (dsp_office_get_replica (telling->office), &telling->id);

  return order != NULL ? order->number : NULL;
}

static void
on_changed (Telling *telling)
{
  const char *number = number_of (telling);

  if (number != NULL && !dsp_number_is_provisional (number))
    tell (telling, number);
}

static gboolean
on_late (gpointer user_data)
{
  Telling *telling = user_data;

  telling->late_id = 0;
  tell (telling, number_of (telling));
  return G_SOURCE_REMOVE;
}

static void
tell_number (DspNewOrder *self)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  Telling *telling = g_new0 (Telling, 1);
  DspReplicaStatus status;
  const char *number;

  telling->office = g_object_ref (self->office);
  telling->id = self->id;
  g_weak_ref_init (&telling->window, self->another ? self : NULL);
  number = number_of (telling);
  dsp_replica_get_status (replica, &status);
  if (status.link != DSP_LINK_ONLINE || !dsp_number_is_provisional (number))
    {
      tell (telling, number);
      return;
    }
  telling->changed_id = g_signal_connect_swapped (replica, "changed", G_CALLBACK (on_changed), telling);
  telling->late_id = g_timeout_add (NUMBER_MS, on_late, telling);
}

/* ---- saving ---- */

static void
begin (DspNewOrder *self)
{
  self->id = dsp_replica_new_id (dsp_office_get_replica (self->office));
  self->dirty = FALSE;
  dsp_record_form_set_record (DSP_RECORD_FORM (self->form), NULL, TRUE);
  dsp_process_effect_follow (DSP_PROCESS_EFFECT (self->effect), DSP_RECORD_FORM (self->form), &dsp_order_create, &self->id, 1);
  dsp_record_form_focus_field (DSP_RECORD_FORM (self->form), dsp_table_at (&dsp_order.table, offsetof (DspOrder, account)));
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0);
}

static void
show_refusal (DspNewOrder      *self,
              const DspRefusal *refusal)
{
  g_autofree char *sentence = dsp_process_refusal (self->office, refusal);
  const DspField *field = refusal->rule == DSP_RULE_DUPLICATE ? dsp_table_at (&dsp_order.table, offsetof (DspOrder, number)) : NULL;

  dsp_record_form_show_error (DSP_RECORD_FORM (self->form), field, sentence);
  if (field != NULL)
    dsp_record_form_focus_field (DSP_RECORD_FORM (self->form), field);
  else
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), 0); /* to the banner */
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspNewOrder) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);

  self->saving = FALSE;
  if (outcome == NULL)
    {
      g_autofree char *sentence = dsp_text_error (error);

      dsp_record_form_show_error (DSP_RECORD_FORM (self->form), NULL, sentence);
    }
  else if (outcome->n_given == 0)
    show_refusal (self, &g_array_index (outcome->refused, DspRefusal, 0));
  else
    {
      tell_number (self);
      if (self->another)
        begin (self);
      else
        gtk_window_destroy (GTK_WINDOW (self));
    }
}

static void
action_save (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DspNewOrder *self = DSP_NEW_ORDER (widget);
  DspOrder order = { 0 };
  guint64 given;

  if (!self->saving && dsp_record_form_read (DSP_RECORD_FORM (self->form), &order, &given))
    {
      self->saving = TRUE;
      self->another = g_str_equal (name, "new-order.save-another");
      dsp_replica_give_async (dsp_office_get_replica (self->office), &dsp_order_create, &self->id, 1, &order, given, NULL,
                              given_cb, g_object_ref (self));
    }
  dsp_table_clear (&dsp_order.table, &order);
}

/* ---- the window ---- */

static gboolean
close_now (gpointer window)
{
  gtk_window_close (window);
  return G_SOURCE_REMOVE;
}

/* The dialog still needs the window under it until it has answered. */
static void
on_discard_response (AdwMessageDialog *dialog,
                     const char       *response,
                     DspNewOrder      *self)
{
  if (!g_str_equal (response, "discard"))
    return;
  self->dirty = FALSE;
  g_idle_add_full (G_PRIORITY_DEFAULT, close_now, g_object_ref (self), g_object_unref);
}

/* While it is being saved it stays, to say how that went. */
static gboolean
dsp_new_order_close_request (GtkWindow *window)
{
  DspNewOrder *self = DSP_NEW_ORDER (window);

  if (self->saving)
    return TRUE;
  if (!self->dirty)
    return GTK_WINDOW_CLASS (dsp_new_order_parent_class)->close_request (window);
  g_signal_connect_object (dsp_record_form_ask_discard (GTK_WIDGET (self)), "response", G_CALLBACK (on_discard_response), self, 0);
  return TRUE;
}

static void
on_form_changed (DspNewOrder *self)
{
  self->dirty = TRUE;
}

static void
dsp_new_order_dispose (GObject *object)
{
  g_clear_object (&DSP_NEW_ORDER (object)->office);
  G_OBJECT_CLASS (dsp_new_order_parent_class)->dispose (object);
}

static void
dsp_new_order_class_init (DspNewOrderClass *klass)
{
  static const guint returns[] = { GDK_KEY_Return, GDK_KEY_KP_Enter };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_new_order_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = dsp_new_order_close_request;
  gtk_widget_class_install_action (widget_class, "new-order.save", NULL, action_save);
  gtk_widget_class_install_action (widget_class, "new-order.save-another", NULL, action_save);
  for (guint i = 0; i < G_N_ELEMENTS (returns); i++)
    {
      gtk_widget_class_add_binding_action (widget_class, returns[i], GDK_CONTROL_MASK, "new-order.save", NULL);
      gtk_widget_class_add_binding_action (widget_class, returns[i], GDK_CONTROL_MASK | GDK_SHIFT_MASK, "new-order.save-another", NULL);
    }
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dsp_new_order_init (DspNewOrder *self)
{
}

static GtkWidget *
make_button (const char *mnemonic,
             const char *name,
             const char *tip,
             const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (mnemonic);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (button, tip);
  return button;
}

static GtkWidget *
make_header (void)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *save = make_button (_("_Save"), _("Save"), _("Ctrl+Enter"), "new-order.save");

  gtk_widget_add_css_class (save, "suggested-action");
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), make_button (_("_Cancel"), _("Cancel"), NULL, "window.close"));
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), save);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), make_button (_("Save and _another"), _("Save and another"), _("Ctrl+Shift+Enter"),
                                                                 "new-order.save-another"));
  return header;
}

static GtkWidget *
make_content (DspNewOrder *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->scroller = gtk_scrolled_window_new ();
  gtk_widget_add_css_class (inner, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (inner), dsp_account_help_new (self->office, DSP_RECORD_FORM (self->form)));
  gtk_box_append (GTK_BOX (inner), self->form);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), inner);
  gtk_widget_set_vexpand (self->scroller, TRUE);
  gtk_widget_add_css_class (self->effect, "dsp-footer");
  gtk_box_append (GTK_BOX (box), make_header ());
  gtk_box_append (GTK_BOX (box), self->scroller);
  gtk_box_append (GTK_BOX (box), self->effect);
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (self->toasts, box);
  return GTK_WIDGET (self->toasts);
}

static DspNewOrder *
find_open (DspOffice *office)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (DSP_IS_NEW_ORDER (l->data) && DSP_NEW_ORDER (l->data)->office == office)
      return l->data;
  return NULL;
}

void
dsp_new_order_open (GtkWindow *parent,
                    DspOffice *office)
{
  DspNewOrder *self = find_open (office);

  if (!dsp_office_may (office, &dsp_order_create))
    {
      g_autofree char *why = dsp_text_rule (DSP_RULE_FORBIDDEN, NULL);

      dsp_office_message (office, 0, _("%s: %s"), _(dsp_order_create.label), why);
      return;
    }
  if (self == NULL)
    {
      self = g_object_new (DSP_TYPE_NEW_ORDER, "title", _(dsp_order_create.label), "transient-for", parent,
                           "destroy-with-parent", TRUE, "default-width", 860, "default-height", 720, NULL);
      self->office = g_object_ref (office);
      self->form = dsp_record_form_new_for_args (office, &dsp_order_create, NULL);
      self->effect = dsp_process_effect_new (office);
      g_signal_connect_object (self->form, "changed", G_CALLBACK (on_form_changed), self, G_CONNECT_SWAPPED);
      adw_window_set_content (ADW_WINDOW (self), make_content (self));
      gtk_window_present (GTK_WINDOW (self));
      begin (self);
    }
  else
    gtk_window_present (GTK_WINDOW (self));
}

gboolean
dsp_new_order_may_close (DspOffice *office)
{
  DspNewOrder *self = find_open (office);

  if (self == NULL)
    return TRUE;
  if (self->dirty)
    gtk_window_present (GTK_WINDOW (self));
  gtk_window_close (GTK_WINDOW (self));
  return find_open (office) == NULL;
}
