/* dsp-penalties-view.c: the penalties of an order and what became of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A penalty changes without its order: it is asked for at every news, and shown anew only if it says something else.
 */
#define G_LOG_DOMAIN "dsp-penalties-view"

#include "config.h"
#include "dsp-penalties-view.h"

#include "dsp-facts.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define MAX_PENALTIES 20

struct _DspPenaltiesView
{
  GtkWidget     parent_instance;

  DspOffice    *office;   /* (owned) */
  DspId         order_id;
  GCancellable *asking;   /* (owned) (nullable) */
  gboolean      again;    /* news came while it was being read */
  char         *shown;    /* (owned) (nullable): the texts of all lines */
  GtkWidget    *box;
};

G_DEFINE_FINAL_TYPE (DspPenaltiesView, dsp_penalties_view, GTK_TYPE_WIDGET)

static void ask (DspPenaltiesView *self);

/* ---- a penalty in words ---- */

static void
add_part (GString    *text,
          const char *part)
{
  if (part != NULL && *part != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

/* (transfer full): the fault, its price and the verdict */
static char *
dup_title (const DspPenalty *penalty)
{
  g_autoptr(GString) text = g_string_new (dsp_text_word (&DspFault_words, penalty->fault));
  g_autofree char *money = penalty->amount.is_set ? dsp_text_money (penalty->amount.cents) : NULL;

  add_part (text, money);
  add_part (text, dsp_text_word (&DspPenaltyState_words, penalty->state));
  return g_strdup (text->str);
}

/* (transfer full): when, who bears it, and the last word about it */
static char *
dup_rest (DspPenaltiesView *self,
          const DspPenalty *penalty)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *due = dsp_text_time (penalty->due_at);
  g_autofree char *bearer = dsp_office_title_of (self->office, &dsp_distributor, &penalty->distributor_id);

  add_part (text, due);
  add_part (text, bearer);
  add_part (text, penalty->answer != NULL ? penalty->answer : penalty->appeal != NULL ? penalty->appeal : penalty->reason);
  return g_strdup (text->str);
}

static int
by_time (gconstpointer a,
         gconstpointer b)
{
  const DspPenalty *one = *(const DspPenalty *const *) a, *other = *(const DspPenalty *const *) b;

  return one->due_at.us < other->due_at.us ? -1 : one->due_at.us > other->due_at.us;
}

static void
show (DspPenaltiesView *self,
      GPtrArray        *penalties)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *all = NULL;

  g_ptr_array_sort (penalties, by_time);
  for (guint i = 0; i < penalties->len; i++)
    {
      g_ptr_array_add (texts, dup_title (penalties->pdata[i]));
      g_ptr_array_add (texts, dup_rest (self, penalties->pdata[i]));
    }
  g_ptr_array_add (texts, NULL);
  all = g_strjoinv ("\n", (char **) texts->pdata);
  if (g_strcmp0 (all, self->shown) == 0)
    return;
  dsp_facts_clear (self->box);
  for (guint i = 0; i + 1 < texts->len; i += 2)
    {
      GtkWidget *line = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *rest = dsp_facts_label (texts->pdata[i + 1], "caption");

      gtk_widget_add_css_class (rest, "dim-label");
      gtk_box_append (GTK_BOX (line), dsp_facts_label (texts->pdata[i], "numeric"));
      gtk_box_append (GTK_BOX (line), rest);
      gtk_box_append (GTK_BOX (self->box), line);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), penalties->len > 0);
  g_free (self->shown);
  self->shown = g_steal_pointer (&all);
}

/* ---- asking ---- */

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspPenaltiesView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->box == NULL)
    return;
  g_clear_object (&self->asking);
  if (found == NULL)
    g_warning ("The penalties of an order could not be read: %s", error->message);
  else
    show (self, found);
  if (self->again)
    ask (self);
}

static void
ask (DspPenaltiesView *self)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_penalty);
  char text[DSP_ID_TEXT];

  self->again = FALSE;
  self->asking = g_cancellable_new ();
  dsp_id_print (&self->order_id, text);
  dsp_filter_set (filter, "order_id", text, NULL);
  dsp_replica_find_async (dsp_office_get_replica (self->office), filter, MAX_PENALTIES, self->asking, found_cb, g_object_ref (self));
}

void
dsp_penalties_view_show (DspPenaltiesView *self,
                         const DspId      *order_id)
{
  if (!dsp_id_equal (&self->order_id, order_id))
    {
      g_cancellable_cancel (self->asking);
      g_clear_object (&self->asking);
      g_clear_pointer (&self->shown, g_free);
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      self->order_id = *order_id;
    }
  if (self->asking != NULL)
    self->again = TRUE;
  else
    ask (self);
}

/* ---- object ---- */

static void
dsp_penalties_view_dispose (GObject *object)
{
  DspPenaltiesView *self = DSP_PENALTIES_VIEW (object);
  GtkWidget *child;

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->box = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->shown, g_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_penalties_view_parent_class)->dispose (object);
}

static void
dsp_penalties_view_class_init (DspPenaltiesViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_penalties_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_penalties_view_init (DspPenaltiesView *self)
{
}

GtkWidget *
dsp_penalties_view_new (DspOffice *office)
{
  DspPenaltiesView *self = g_object_new (DSP_TYPE_PENALTIES_VIEW, NULL);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->office = g_object_ref (office);
  self->box = dsp_facts_section (column, _("Penalties"));
  gtk_box_set_spacing (GTK_BOX (self->box), 6);
  gtk_widget_set_parent (column, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  return GTK_WIDGET (self);
}
