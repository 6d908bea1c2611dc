/* dsp-account-window.c: who one is at the server: second factor, and where one is signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-account-window"

#include "config.h"
#include "dsp-account-window.h"

#include "dsp-factor-window.h"
#include "dsp-own-account.h"
#include "dsp-sign-ins-view.h"

#include <glib/gi18n.h>

#define DSP_TYPE_ACCOUNT_WINDOW (dsp_account_window_get_type ())
G_DECLARE_FINAL_TYPE (DspAccountWindow, dsp_account_window, DSP, ACCOUNT_WINDOW, AdwWindow)

struct _DspAccountWindow
{
  AdwWindow     parent_instance;

  DspOffice    *office;      /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GtkWidget    *sign_ins;
  GtkWidget    *factor;      /* its row */
  GtkWidget    *set;
  GtkWidget    *drop;
};

G_DEFINE_FINAL_TYPE (DspAccountWindow, dsp_account_window, ADW_TYPE_WINDOW)

static void
show_factor (DspAccountWindow *self,
             const char       *sentence,
             gboolean          may_set,
             gboolean          may_drop)
{
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->factor), sentence);
  gtk_widget_set_visible (self->set, may_set);
  gtk_widget_set_visible (self->drop, may_drop);
}

static void
factor_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(DspAccountWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *sentence = NULL;
  gint64 n_codes = 0;
  bool has = false;

  if (!dsp_sync_factor_finish (DSP_SYNC (source), res, &has, &n_codes, &error))
    sentence = dsp_sign_ins_sentence (error);
  else if (has)
    sentence = g_strdup_printf (ngettext ("On. %lld recovery code is left.", "On. %lld recovery codes are left.", (gulong) n_codes), (long long) n_codes);
  if (self->factor != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_factor (self, sentence != NULL ? sentence : _("Off. Your password alone lets you in."), error == NULL && !has, has);
}

static void
load (DspAccountWindow *self)
{
  DspSync *sync = dsp_office_get_sync (self->office);

  if (self->factor == NULL)
    return;
  dsp_sign_ins_view_show (DSP_SIGN_INS_VIEW (self->sign_ins), NULL);
  if (sync != NULL)
    dsp_sync_factor_async (sync, self->cancellable, factor_cb, g_object_ref (self));
  else
    show_factor (self, _("This is at the server alone, and it cannot be reached now."), FALSE, FALSE);
}

static void
on_set (DspAccountWindow *self)
{
  dsp_factor_window_open (GTK_WINDOW (self), self->office, G_CALLBACK (load), self);
}

static void
on_drop (DspAccountWindow *self)
{
  dsp_factor_ask_to_drop (GTK_WINDOW (self), self->office, G_CALLBACK (load), self);
}

static void
dsp_account_window_dispose (GObject *object)
{
  DspAccountWindow *self = DSP_ACCOUNT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  self->factor = NULL;
  G_OBJECT_CLASS (dsp_account_window_parent_class)->dispose (object);
}

static void
dsp_account_window_finalize (GObject *object)
{
  DspAccountWindow *self = DSP_ACCOUNT_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_account_window_parent_class)->finalize (object);
}

static void
dsp_account_window_class_init (DspAccountWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_account_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_account_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dsp_account_window_init (DspAccountWindow *self)
{
  self->cancellable = g_cancellable_new ();
}

static GtkWidget *
make_group (const char *title,
            const char *description,
            GtkWidget  *child)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), child);
  return group;
}

static GtkWidget *
make_button (DspAccountWindow *self,
             const char       *label,
             GCallback         func)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", func, self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->factor), button);
  return button;
}

static GtkWidget *
make_who (DspAccountWindow *self)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), dsp_replica_get_user_name (replica));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), dsp_replica_get_server (replica));
  return row;
}

static GtkWidget *
make_content (DspAccountWindow *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *page = adw_preferences_page_new ();

  self->factor = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->factor), _("Authenticator app"));
  self->set = make_button (self, _("Set up…"), G_CALLBACK (on_set));
  self->drop = make_button (self, _("Turn off…"), G_CALLBACK (on_drop));
  self->sign_ins = dsp_sign_ins_view_new (self->office);
  show_factor (self, "", FALSE, FALSE);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (make_group ("", NULL, make_who (self))));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                            ADW_PREFERENCES_GROUP (make_group (_("Second factor"), _("Whoever signs in as you needs a code of your telephone, too."), self->factor)));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                            ADW_PREFERENCES_GROUP (make_group (_("Where you are signed in"), _("End what you do not recognize."), self->sign_ins)));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (content), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (content), page);
  return content;
}

void
dsp_account_window_open (GtkWindow *parent,
                         DspOffice *office)
{
  DspAccountWindow *self = g_object_new (DSP_TYPE_ACCOUNT_WINDOW, "title", _("My account"), "transient-for", parent, "modal", TRUE,
                                         "destroy-with-parent", TRUE, "default-width", 600, "default-height", 560, NULL);

  self->office = g_object_ref (office);
  adw_window_set_content (ADW_WINDOW (self), make_content (self));
  load (self);
  gtk_window_present (GTK_WINDOW (self));
}
