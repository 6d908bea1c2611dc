/* dsp-work-bar.c: a line that shows long work, and stops it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-work-bar"

#include "config.h"
#include "dsp-work-bar.h"

#include <glib/gi18n.h>

#define PATIENCE_US (G_TIME_SPAN_SECOND / 2)
#define LOOK_MS 100

/* The thread's side: it outlives the widget if that goes first. */
typedef struct {
  DspMacroProgress progress;
  DspWorkFunc      func;
  gpointer         data;
  GDestroyNotify   free_data;
  GDestroyNotify   free_result;
} Work;

struct _DspWorkBar
{
  GtkWidget         parent_instance;

  GCancellable     *cancellable; /* (owned) (nullable): something runs */
  DspMacroProgress *progress;    /* (nullable): of the work in the thread */
  DspMacroProgress  own;         /* of work elsewhere */
  gint64            began_us;
  guint             look_id;
  DspWorkDone       done;
  gpointer          user_data;

  GtkWidget        *revealer;
  GtkWidget        *what;
  GtkWidget        *figures;
  GtkWidget        *bar;
};

G_DEFINE_FINAL_TYPE (DspWorkBar, dsp_work_bar, GTK_TYPE_WIDGET)

static void
work_free (gpointer data)
{
  Work *work = data;

  if (work->free_data != NULL)
    work->free_data (work->data);
  g_free (work);
}

/* ---- showing ---- */

/* How far it is is only said where it counts what people count; a file is read by its bytes. */
static gboolean
look_cb (gpointer user_data)
{
  DspWorkBar *self = user_data;
  gint done = g_atomic_int_get (&self->progress->done), total = g_atomic_int_get (&self->progress->total);

  if (g_get_monotonic_time () - self->began_us >= PATIENCE_US)
    gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), TRUE);
  if (total > 0 && done < total)
    {
      g_autofree char *text = g_strdup_printf ("%d %%", (int) ((gint64) done * 100 / total));

      gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), (double) done / total);
      gtk_label_set_text (GTK_LABEL (self->figures), text);
    }
  else
    {
      gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->bar));
      gtk_label_set_text (GTK_LABEL (self->figures), "");
    }
  return G_SOURCE_CONTINUE;
}

static void
begin (DspWorkBar       *self,
       const char       *what,
       guint             total,
       DspMacroProgress *progress)
{
  g_return_if_fail (self->cancellable == NULL);

  self->cancellable = g_cancellable_new ();
  self->progress = progress;
  self->began_us = g_get_monotonic_time ();
  *progress = (DspMacroProgress) { 0, (gint) MIN (total, (guint) G_MAXINT) };
  gtk_label_set_text (GTK_LABEL (self->what), what);
  gtk_label_set_text (GTK_LABEL (self->figures), "");
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), 0);
  self->look_id = g_timeout_add (LOOK_MS, look_cb, self);
}

void
dsp_work_bar_end (DspWorkBar *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->cancellable);
  self->progress = NULL;
  if (self->revealer != NULL)
    gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
}

/* ---- in a thread ---- */

static void
run_in_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  gpointer result = work->func (work->data, &work->progress, cancellable, &error);

  if (result != NULL)
    g_task_return_pointer (task, result, work->free_result);
  else
    g_task_return_error (task, error);
}

static void
on_finished (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  DspWorkBar *self = DSP_WORK_BAR (source);
  Work *work = g_task_get_task_data (G_TASK (res));
  DspWorkDone done = self->done;
  g_autoptr(GError) error = NULL;
  gpointer result;

  /* Cancelled between the end and here is cancelled all the same. */
  result = g_task_propagate_pointer (G_TASK (res), &error);
  if (self->revealer != NULL)
    dsp_work_bar_end (self);
  if (done != NULL)
    done (result, error, self->user_data);
  else if (result != NULL && work->free_result != NULL)
    work->free_result (result);
}

void
dsp_work_bar_run (DspWorkBar     *self,
                  const char     *what,
                  guint           total,
                  DspWorkFunc     func,
                  gpointer        data,
                  GDestroyNotify  free_data,
                  GDestroyNotify  free_result,
                  DspWorkDone     done,
                  gpointer        user_data)
{
  g_autoptr(GTask) task = NULL;
  Work *work = g_new0 (Work, 1);

  work->func = func;
  work->data = data;
  work->free_data = free_data;
  work->free_result = free_result;
  self->done = done;
  self->user_data = user_data;
  begin (self, what, total, &work->progress);
  task = g_task_new (self, self->cancellable, on_finished, NULL);
  /* What is complete is not thrown away because somebody pressed the button as it was. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, run_in_thread);
}

/* ---- elsewhere ---- */

GCancellable *
dsp_work_bar_begin (DspWorkBar *self,
                    const char *what,
                    guint       total)
{
  begin (self, what, total, &self->own);
  return self->cancellable;
}

void
dsp_work_bar_set_done (DspWorkBar *self,
                       guint       n_done)
{
  self->own.done = (gint) n_done;
}

gboolean
dsp_work_bar_is_running (DspWorkBar *self)
{
  return self->cancellable != NULL;
}

void
dsp_work_bar_cancel (DspWorkBar *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

/* ---- the widget ---- */

/* The window goes. The thread, which keeps the widget, may be at it a while longer; whoever asked is not told any more: that may be
 * the window itself. */
static void
dsp_work_bar_unroot (GtkWidget *widget)
{
  DspWorkBar *self = DSP_WORK_BAR (widget);

  dsp_work_bar_cancel (self);
  self->done = NULL;
  GTK_WIDGET_CLASS (dsp_work_bar_parent_class)->unroot (widget);
}

static void
dsp_work_bar_dispose (GObject *object)
{
  DspWorkBar *self = DSP_WORK_BAR (object);

  dsp_work_bar_cancel (self);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->revealer, gtk_widget_unparent);
  G_OBJECT_CLASS (dsp_work_bar_parent_class)->dispose (object);
}

static void
dsp_work_bar_class_init (DspWorkBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_work_bar_dispose;
  GTK_WIDGET_CLASS (klass)->unroot = dsp_work_bar_unroot;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_work_bar_init (DspWorkBar *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *cancel = gtk_button_new_with_mnemonic (_("_Cancel"));

  self->what = gtk_label_new (NULL);
  self->figures = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->figures, "numeric");
  gtk_label_set_width_chars (GTK_LABEL (self->figures), 5);
  gtk_label_set_xalign (GTK_LABEL (self->figures), 1);
  self->bar = gtk_progress_bar_new ();
  gtk_widget_set_hexpand (self->bar, TRUE);
  gtk_widget_set_valign (self->bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel the work"), -1);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (dsp_work_bar_cancel), self);
  gtk_box_append (GTK_BOX (line), self->what);
  gtk_box_append (GTK_BOX (line), self->bar);
  gtk_box_append (GTK_BOX (line), self->figures);
  gtk_box_append (GTK_BOX (line), cancel);
  gtk_widget_add_css_class (line, "dsp-work-bar");
  self->revealer = gtk_revealer_new ();
  gtk_revealer_set_child (GTK_REVEALER (self->revealer), line);
  gtk_widget_set_parent (self->revealer, GTK_WIDGET (self));
}

GtkWidget *
dsp_work_bar_new (void)
{
  return g_object_new (DSP_TYPE_WORK_BAR, NULL);
}
