/* dsp-form-window.c: a window that gives one command from a form, and says before what that would mean
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-form-window"

#include "config.h"
#include "dsp-form-window.h"

#include "dsp-facts.h"
#include "dsp-record-form.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define PREVIEW_MS 150

struct _DspFormWindow
{
  AdwWindow          parent_instance;

  DspOffice         *office;    /* (owned) */
  const DspFormKind *kind;
  const DspCommand  *command;
  DspId              id;
  gpointer           data;      /* (owned) */
  GDestroyNotify     free_data;
  GtkWidget         *form;      /* NULL once closed */
  GtkWidget         *facts;     /* what saving would mean */
  GtkWidget         *save;
  GtkWidget         *save_then;
  guint              soon;      /* a preview */
  guint              run;       /* the newest preview counts */
  gboolean           saving;
  gboolean           wants_then;
};

G_DEFINE_FINAL_TYPE (DspFormWindow, dsp_form_window, ADW_TYPE_WINDOW)

/* ---- what saving would mean ---- */

/* A preview on its way. */
typedef struct {
  DspFormWindow *self; /* (owned) */
  guint          run;
} Preview;

void
dsp_form_window_say (DspFormWindow *self,
                     const char    *text,
                     const char    *css_class)
{
  gtk_box_append (GTK_BOX (self->facts), dsp_facts_label (text, css_class));
}

static void
previewed_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autofree Preview *preview = user_data;
  g_autoptr(DspFormWindow) self = preview->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_preview_finish (DSP_REPLICA (source), res, &error);

  if (self->form == NULL || preview->run != self->run || outcome == NULL)
    return;
  dsp_facts_clear (self->facts);
  if (outcome->refused->len > 0)
    {
      g_autofree char *sentence = dsp_text_outcome (outcome, NULL);

      dsp_form_window_say (self, sentence, "error");
    }
  else if (outcome->after != NULL)
    self->kind->show (self, outcome->after);
}

static gpointer
args_new (DspFormWindow *self)
{
  return g_malloc0 (self->command->args->size);
}

static void
args_free (DspFormWindow *self,
           gpointer       args)
{
  dsp_table_clear (self->command->args, args);
  g_free (args);
}

static void
complete (DspFormWindow *self,
          gpointer       args,
          guint64       *given)
{
  if (self->kind->complete != NULL)
    self->kind->complete (self, args, given);
}

static gboolean
preview_now (gpointer user_data)
{
  DspFormWindow *self = user_data;
  gpointer args = args_new (self);
  guint64 given = 0;
  gboolean whole = dsp_record_form_peek (DSP_RECORD_FORM (self->form), args, &given);
  const char *missing = self->kind->missing (self, whole, args, &given);

  self->soon = 0;
  self->run++;
  if (missing != NULL)
    {
      dsp_facts_clear (self->facts);
      dsp_form_window_say (self, missing, "dim-label");
    }
  else
    {
      Preview *preview = g_new0 (Preview, 1);

      preview->self = g_object_ref (self);
      preview->run = self->run;
      complete (self, args, &given);
      dsp_replica_preview_async (dsp_office_get_replica (self->office), self->command, &self->id, 1, args, given, NULL,
                                 previewed_cb, preview);
    }
  args_free (self, args);
  return G_SOURCE_REMOVE;
}

static void
preview_soon (DspFormWindow *self)
{
  g_clear_handle_id (&self->soon, g_source_remove);
  self->soon = g_timeout_add (PREVIEW_MS, preview_now, self);
}

/* ---- saving ---- */

static void
set_saving (DspFormWindow *self,
            gboolean       saving)
{
  self->saving = saving;
  gtk_widget_set_sensitive (self->save, !saving);
  gtk_widget_set_sensitive (self->save_then, !saving);
}

static void
fail (DspFormWindow *self,
      const char    *sentence)
{
  if (self->form == NULL)
    {
      dsp_office_message (self->office, 0, "%s", sentence);
      return;
    }
  dsp_record_form_show_error (DSP_RECORD_FORM (self->form), NULL, sentence);
  set_saving (self, FALSE);
}

static void
saved (DspFormWindow    *self,
       const DspCommand *command)
{
  g_autofree char *told = self->kind->told != NULL ? self->kind->told (self) : NULL;

  dsp_office_message (self->office, 0, "%s", told != NULL ? told : _(command->past));
  if (self->form != NULL)
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
then_cb (GObject      *source,
         GAsyncResult *res,
         gpointer      user_data)
{
  g_autoptr(DspFormWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *wrong = outcome == NULL || outcome->n_given == 0 ? dsp_text_outcome (outcome, error) : NULL;

  if (wrong != NULL)
    fail (self, wrong);
  else
    saved (self, self->kind->then);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspFormWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *wrong = outcome == NULL || outcome->n_given == 0 ? dsp_text_outcome (outcome, error) : NULL;

  if (wrong != NULL)
    {
      fail (self, wrong);
      return;
    }
  if (!self->wants_then)
    {
      saved (self, self->command);
      return;
    }
  if (self->kind->again != NULL)
    self->command = self->kind->again;
  dsp_replica_give_async (DSP_REPLICA (source), self->kind->then, &self->id, 1, NULL, 0, NULL, then_cb, g_object_ref (self));
}

static void
give (DspFormWindow *self,
      gboolean       wants_then)
{
  gpointer args = args_new (self);
  guint64 given = 0;

  if (!self->saving && dsp_record_form_read (DSP_RECORD_FORM (self->form), args, &given))
    {
      set_saving (self, TRUE);
      self->wants_then = wants_then;
      complete (self, args, &given);
      dsp_replica_give_async (dsp_office_get_replica (self->office), self->command, &self->id, 1, args, given, NULL, given_cb,
                              g_object_ref (self));
    }
  args_free (self, args);
}

static void on_save (DspFormWindow *self) { give (self, FALSE); }
static void on_save_then (DspFormWindow *self) { give (self, TRUE); }

/* ---- the window ---- */

static void
dsp_form_window_dispose (GObject *object)
{
  DspFormWindow *self = DSP_FORM_WINDOW (object);

  g_clear_handle_id (&self->soon, g_source_remove);
  self->form = NULL;
  G_OBJECT_CLASS (dsp_form_window_parent_class)->dispose (object);
}

/* An answer that comes after the window was closed is told to the office: it goes last. */
static void
dsp_form_window_finalize (GObject *object)
{
  DspFormWindow *self = DSP_FORM_WINDOW (object);

  if (self->free_data != NULL)
    self->free_data (self->data);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_form_window_parent_class)->finalize (object);
}

static void
dsp_form_window_class_init (DspFormWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_form_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_form_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dsp_form_window_init (DspFormWindow *self)
{
}

static GtkWidget *
header_button (const char *label,
               const char *name)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static GtkWidget *
make_header (DspFormWindow *self)
{
  const DspFormKind *kind = self->kind;
  GtkWidget *header = adw_header_bar_new (), *cancel = header_button (_("_Cancel"), _("Cancel"));

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  self->save = header_button (_("_Save"), _("Save"));
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  self->save_then = kind->then != NULL ? header_button (_(kind->then_label), _(kind->then_name)) : gtk_button_new ();
  gtk_widget_set_visible (self->save_then, kind->then != NULL && dsp_office_may (self->office, kind->then));
  g_signal_connect_swapped (self->save_then, "clicked", G_CALLBACK (on_save_then), self);
  gtk_widget_add_css_class (gtk_widget_get_visible (self->save_then) ? self->save_then : self->save, "suggested-action");
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->save_then);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->save);
  return header;
}

static GtkWidget *
make_content (DspFormWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *effect = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4), *scroller = gtk_scrolled_window_new ();

  self->facts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_add_css_class (inner, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (inner), self->form);
  if (self->kind->heading != NULL)
    {
      g_signal_connect_object (self->form, "changed", G_CALLBACK (preview_soon), self, G_CONNECT_SWAPPED);
      gtk_widget_add_css_class (effect, "dsp-effect");
      gtk_box_append (GTK_BOX (effect), dsp_facts_label (_(self->kind->heading), "heading"));
    }
  gtk_box_append (GTK_BOX (effect), self->facts);
  gtk_box_append (GTK_BOX (inner), effect);
  gtk_widget_set_visible (effect, self->kind->heading != NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), inner);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), make_header (self));
  gtk_box_append (GTK_BOX (box), scroller);
  return box;
}

DspFormWindow *
dsp_form_window_new (GtkWindow         *parent,
                     DspOffice         *office,
                     const char        *title,
                     const DspFormKind *kind,
                     const DspCommand  *command,
                     const DspId       *id,
                     GtkWidget         *form,
                     gpointer           data,
                     GDestroyNotify     free_data)
{
  DspFormWindow *self = g_object_new (DSP_TYPE_FORM_WINDOW, "title", title, "modal", TRUE, "transient-for", parent,
                                      "destroy-with-parent", TRUE, "default-width", kind->width, "default-height", kind->height, NULL);

  self->office = g_object_ref (office);
  self->kind = kind;
  self->command = command;
  self->id = *id;
  self->data = data;
  self->free_data = free_data;
  self->form = form;
  adw_window_set_content (ADW_WINDOW (self), make_content (self));
  gtk_window_set_default_widget (GTK_WINDOW (self), gtk_widget_get_visible (self->save_then) ? self->save_then : self->save);
  return self;
}

void
dsp_form_window_open (DspFormWindow *self)
{
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_child_focus (self->form, GTK_DIR_TAB_FORWARD);
  if (self->kind->heading != NULL)
    preview_now (self);
}

DspOffice *
dsp_form_window_get_office (DspFormWindow *self)
{
  return self->office;
}

GtkWidget *
dsp_form_window_get_form (DspFormWindow *self)
{
  return self->form;
}

gpointer
dsp_form_window_get_data (DspFormWindow *self)
{
  return self->data;
}
