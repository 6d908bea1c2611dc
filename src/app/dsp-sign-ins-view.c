/* dsp-sign-ins-view.c: where somebody is signed in, with a button that ends each of these sign-ins
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-sign-ins-view"

#include "config.h"
#include "dsp-sign-ins-view.h"

#include "dsp-own-account.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

struct _DspSignInsView
{
  GtkWidget     parent_instance;

  DspOffice    *office;      /* (owned) */
  char         *user;        /* (owned) (nullable): his own who sits here */
  GCancellable *cancellable; /* (owned) (nullable): of the newest question */
  GtkWidget    *box;
  GtkWidget    *list;
  GtkWidget    *said;        /* why nothing is shown, or what was done */
  GtkWidget    *again;
};

G_DEFINE_FINAL_TYPE (DspSignInsView, dsp_sign_ins_view, GTK_TYPE_WIDGET)

char *
dsp_sign_ins_sentence (const GError *error)
{
  if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE))
    return g_strdup (_("This is at the server alone, and it cannot be reached now."));
  if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NOT_FOUND))
    return g_strdup (_("There is no such user or sign-in any more."));
  if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_WAIT))
    return g_strdup_printf (_("Too many attempts. Wait a little, then try again. (%s)"), error->message);
  return g_strdup (error->message);
}

static void
say (DspSignInsView *self,
     const char     *sentence,
     gboolean        again)
{
  gtk_label_set_text (GTK_LABEL (self->said), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->said, sentence != NULL);
  gtk_widget_set_visible (self->again, again);
}

static void
clear (DspSignInsView *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  gtk_widget_set_visible (self->list, FALSE);
}

/* ---- the end of one ---- */

static void
ended_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspSignInsView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (!dsp_sync_end_sign_in_finish (DSP_SYNC (source), res, &error))
    sentence = dsp_sign_ins_sentence (error);
  if (self->box == NULL)
    return;
  if (sentence != NULL)
    {
      say (self, sentence, TRUE);
      return;
    }
  dsp_office_message (self->office, 0, "%s", _("That sign-in has ended."));
  dsp_sign_ins_view_show (self, self->user);
}

static void
on_end_response (AdwMessageDialog *dialog,
                 const char       *response,
                 DspSignInsView   *self)
{
  DspSync *sync = self->office != NULL ? dsp_office_get_sync (self->office) : NULL;

  if (g_str_equal (response, "end") && sync != NULL)
    dsp_sync_end_sign_in_async (sync, self->user, g_object_get_data (G_OBJECT (dialog), "id"), NULL, ended_cb, g_object_ref (self));
}

static void
on_end (GtkWidget      *button,
        DspSignInsView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("End this sign-in?"), NULL);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), _("%s has to be signed in again. What was not sent yet stays there and is sent then."),
                                  (const char *) g_object_get_data (G_OBJECT (button), "name"));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "end", _("_End it"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "end", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "id", g_strdup (g_object_get_data (G_OBJECT (button), "id")), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_end_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- the list ---- */

static GtkWidget *
make_end (DspSignInsView  *self,
          const DspSignIn *one,
          const char      *title)
{
  GtkWidget *end = gtk_button_new_with_label (_("End"));
  g_autofree char *name = g_strdup_printf (_("End: %s"), title);

  gtk_widget_set_valign (end, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (end), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (end), "id", g_strdup (one->id), g_free);
  g_object_set_data_full (G_OBJECT (end), "name", g_strdup (title), g_free);
  g_signal_connect (end, "clicked", G_CALLBACK (on_end), self);
  return end;
}

/* "despacho 0.1.0, front-desk": a person knows the computer by its name. */
static GtkWidget *
make_row (DspSignInsView  *self,
          const DspSignIn *one,
          gint64           now_us)
{
  const char *comma = one->program != NULL ? strstr (one->program, ", ") : NULL;
  const char *title = comma != NULL ? comma + 2 : one->program != NULL ? one->program : _("Unknown program");
  g_autofree char *since = dsp_text_time ((DspTime) { one->began_us });
  g_autofree char *seen = dsp_text_ago (one->seen_us, now_us);
  g_autofree char *program = comma != NULL ? g_strndup (one->program, (gsize) (comma - one->program)) : NULL;
  g_autofree char *line = g_strdup_printf (_("Since %s, last seen %s"), since, seen);
  g_autofree char *under = g_strjoin (" · ", line, one->address != NULL ? one->address : program, one->address != NULL ? program : NULL, NULL);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), under);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  if (one->current)
    {
      GtkWidget *here = gtk_label_new (_("This computer"));

      gtk_widget_add_css_class (here, "dim-label");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), here);
    }
  else
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_end (self, one, title));
  return row;
}

static void
listed_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(DspSignInsView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = dsp_sync_sign_ins_finish (DSP_SYNC (source), res, &error);
  g_autofree char *sentence = NULL;

  /* Somebody else was asked for meanwhile, or nobody looks any more. */
  if (self->box == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  clear (self);
  if (list == NULL)
    {
      sentence = dsp_sign_ins_sentence (error);
      say (self, sentence, TRUE);
      return;
    }
  for (guint i = 0; i < list->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self, list->pdata[i], g_get_real_time ()));
  gtk_widget_set_visible (self->list, list->len > 0);
  say (self, list->len == 0 ? _("Nobody is signed in as this user.") : NULL, FALSE);
}

void
dsp_sign_ins_view_show (DspSignInsView *self,
                        const char     *user)
{
  DspSync *sync = dsp_office_get_sync (self->office);
  char *wanted = g_strdup (user);

  g_free (self->user);
  self->user = wanted;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (sync == NULL)
    {
      clear (self);
      say (self, _("This is at the server alone, and it cannot be reached now."), TRUE);
      return;
    }
  self->cancellable = g_cancellable_new ();
  dsp_sync_sign_ins_async (sync, self->user, self->cancellable, listed_cb, g_object_ref (self));
}

static void
on_again (DspSignInsView *self)
{
  dsp_sign_ins_view_show (self, self->user);
}

/* ---- object ---- */

static void
dsp_sign_ins_view_dispose (GObject *object)
{
  DspSignInsView *self = DSP_SIGN_INS_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_sign_ins_view_parent_class)->dispose (object);
}

static void
dsp_sign_ins_view_finalize (GObject *object)
{
  g_free (DSP_SIGN_INS_VIEW (object)->user);
  G_OBJECT_CLASS (dsp_sign_ins_view_parent_class)->finalize (object);
}

static void
dsp_sign_ins_view_class_init (DspSignInsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_sign_ins_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_sign_ins_view_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_sign_ins_view_init (DspSignInsView *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Sign-ins"), -1);
  self->said = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->said), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->said), 0);
  gtk_widget_add_css_class (self->said, "dim-label");
  self->again = gtk_button_new_with_label (_("Try again"));
  gtk_widget_set_halign (self->again, GTK_ALIGN_START);
  g_signal_connect_swapped (self->again, "clicked", G_CALLBACK (on_again), self);
  gtk_box_append (GTK_BOX (self->box), self->list);
  gtk_box_append (GTK_BOX (self->box), self->said);
  gtk_box_append (GTK_BOX (self->box), self->again);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  clear (self);
  say (self, NULL, FALSE);
}

GtkWidget *
dsp_sign_ins_view_new (DspOffice *office)
{
  DspSignInsView *self = g_object_new (DSP_TYPE_SIGN_INS_VIEW, NULL);

  self->office = g_object_ref (office);
  return GTK_WIDGET (self);
}

/* ---- of anybody ---- */

static void
on_user_given (GtkEntry       *entry,
               DspSignInsView *view)
{
  g_autofree char *user = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

  if (*user != '\0')
    dsp_sign_ins_view_show (view, user);
}

GtkWidget *
dsp_sign_ins_page_new (DspOffice *office)
{
  GtkWidget *view = dsp_sign_ins_view_new (office), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *clamp = adw_clamp_new ();
  GtkWidget *scroller = gtk_scrolled_window_new (), *entry = gtk_entry_new (), *title = gtk_label_new (_("Sign-ins of a user"));

  gtk_widget_add_css_class (title, "title-2");
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  g_object_set (entry, "placeholder-text", _("User id, then Enter"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("User id"), -1);
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_user_given), view, 0);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), view);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 640);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  return scroller;
}
