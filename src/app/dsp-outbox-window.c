/* dsp-outbox-window.c: what waits to be sent, and what the server refused
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing that a person entered is dropped unasked: a refusal stays here, field by field, until it is given again or
 * discarded.
 */
#define G_LOG_DOMAIN "dsp-outbox-window"

#include "config.h"
#include "dsp-outbox-window.h"

#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_REJECTED 200

typedef struct {
  DspOffice *office;  /* (owned) */
  GtkWidget *window;  /* NULL once closed */
  GtkWidget *status;
  GtkWidget *waiting;
  GtkWidget *rejected;
  GtkWidget *discard_all;
  GtkWidget *nothing;
  guint      reload_id;
  int        refs;
} Outbox;

static void load (Outbox *outbox);

static Outbox *
outbox_ref (Outbox *outbox)
{
  outbox->refs++;
  return outbox;
}

static void
outbox_unref (gpointer data)
{
  Outbox *outbox = data;

  if (--outbox->refs > 0)
    return;
  g_object_unref (outbox->office);
  g_free (outbox);
}

static void
closed (GtkWidget *window,
        Outbox    *outbox)
{
  outbox->window = NULL;
  g_clear_handle_id (&outbox->reload_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (outbox->office, outbox);
  outbox_unref (outbox);
}

static gboolean
reload_cb (gpointer user_data)
{
  Outbox *outbox = user_data;

  outbox->reload_id = 0;
  load (outbox);
  return G_SOURCE_REMOVE;
}

static void
reload_soon (Outbox *outbox)
{
  if (outbox->reload_id == 0 && outbox->window != NULL)
    outbox->reload_id = g_timeout_add (150, reload_cb, outbox);
}

static void
clear (GtkWidget *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list), child);
}

/* ---- words ---- */

/* The text of a field as dsp_field_dup_text() gives it, for people. */
static char *
value_words (const DspField *field,
             const char     *text)
{
  if (text == NULL || *text == '\0')
    return g_strdup (_("(nothing)"));
  if (field->kind == DSP_KIND_WORD)
    {
      guint value = dsp_words_find (field->words, text, strlen (text));

      return g_strdup (dsp_text_word (field->words, value));
    }
  if (field->kind == DSP_KIND_TIME)
    {
      DspTime time;

      if (dsp_time_parse (text, strlen (text), &time))
        return dsp_text_time (time);
    }
  return g_strdup (text);
}

static const DspFieldConflict *
find_field (const DspRejected *rejected,
            const char        *name)
{
  for (guint i = 0; rejected->fields != NULL && i < rejected->fields->len; i++)
    {
      const DspFieldConflict *conflict = &g_array_index (rejected->fields, DspFieldConflict, i);

      if (g_str_equal (conflict->field->name, name))
        return conflict;
    }
  return NULL;
}

char *
dsp_rejected_sentence (DspOffice         *office,
                       const DspRejected *rejected)
{
  const DspFieldConflict *crew = find_field (rejected, "crew_id");
  g_autofree char *ago = rejected->by_at_us != 0 ? dsp_text_ago (rejected->by_at_us, g_get_real_time ()) : NULL;
  gboolean about_crew = rejected->command == &dsp_order_assign || rejected->command == &dsp_order_move ||
                        rejected->command == &dsp_order_unassign;

  if (rejected->follows)
    return g_strdup (_("It follows from an earlier refused change of the same record."));
  if ((rejected->rule == DSP_RULE_STATE || rejected->rule == DSP_RULE_CHANGED) && about_crew && crew != NULL &&
      crew->now != NULL && *crew->now != '\0')
    {
      if (rejected->by != NULL && ago != NULL && crew->wanted != NULL)
        /* Translators: user, crew, span of time ("a moment ago"), crew that this user wanted */
        return g_strdup_printf (_("%s assigned it to %s, %s. You wanted %s."), rejected->by, crew->now, ago, crew->wanted);
      if (rejected->by != NULL && ago != NULL)
        /* Translators: user, crew, span of time ("a moment ago") */
        return g_strdup_printf (_("%s assigned it to %s, %s."), rejected->by, crew->now, ago);
      return g_strdup_printf (_("It is assigned to %s by now."), crew->now);
    }
  if (rejected->rule == DSP_RULE_STATE || rejected->rule == DSP_RULE_CHANGED)
    {
      if (rejected->by != NULL && ago != NULL)
        return g_strdup_printf (_("%s changed it, %s."), rejected->by, ago);
    }
  return dsp_text_rule (rejected->rule, rejected->message);
}

/* ---- actions ---- */

static void
retried_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  Outbox *outbox = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_retry_finish (DSP_REPLICA (source), res, &error);

  if (outcome == NULL)
    dsp_office_message (outbox->office, 0, _("It could not be given again: %s"), error->message);
  else if (outcome->refused->len > 0)
    {
      const DspRefusal *refusal = &g_array_index (outcome->refused, DspRefusal, 0);
      g_autofree char *sentence = dsp_text_rule (refusal->rule, refusal->message);

      dsp_office_message (outbox->office, 0, "%s", sentence);
    }
  reload_soon (outbox);
  outbox_unref (outbox);
}

static void
discarded_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  Outbox *outbox = user_data;
  g_autoptr(GError) error = NULL;

  if (!dsp_replica_discard_finish (DSP_REPLICA (source), res, &error))
    dsp_office_message (outbox->office, 0, _("It could not be discarded: %s"), error->message);
  reload_soon (outbox);
  outbox_unref (outbox);
}

typedef struct { gint64 no; DspId id; } Key;

static void
on_retry (GtkWidget *button,
          Outbox    *outbox)
{
  const Key *key = g_object_get_data (G_OBJECT (button), "key");

  dsp_replica_retry_async (dsp_office_get_replica (outbox->office), key->no, &key->id, NULL, retried_cb, outbox_ref (outbox));
}

static void
on_discard (GtkWidget *button,
            Outbox    *outbox)
{
  const Key *key = g_object_get_data (G_OBJECT (button), "key");

  dsp_replica_discard_async (dsp_office_get_replica (outbox->office), key->no, &key->id, NULL, discarded_cb,
                             outbox_ref (outbox));
}

static void
on_discard_response (AdwMessageDialog *dialog,
                     const char       *response,
                     Outbox           *outbox)
{
  if (g_str_equal (response, "discard") && outbox->window != NULL)
    dsp_replica_discard_async (dsp_office_get_replica (outbox->office), 0, NULL, NULL, discarded_cb, outbox_ref (outbox));
  outbox_unref (outbox);
}

static void
on_discard_all (GtkWidget *button,
                Outbox    *outbox)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (outbox->window), _("Discard all refused changes?"),
                                              _("The records stay as the server has them."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "discard", _("_Discard all"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_discard_response), outbox_ref (outbox));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- lists ---- */

static GtkWidget *
make_label (const char *text,
            const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_fields (const DspRejected *rejected)
{
  const char *const heads[] = { "", _("It was"), _("You wanted"), _("It is now") };
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      GtkWidget *label = make_label (heads[i], "dim-label");

      gtk_widget_add_css_class (label, "caption");
      gtk_grid_attach (GTK_GRID (grid), label, (int) i, 0, 1, 1);
    }
  for (guint i = 0; i < rejected->fields->len; i++)
    {
      const DspFieldConflict *conflict = &g_array_index (rejected->fields, DspFieldConflict, i);
      const char *values[] = { conflict->seen, conflict->wanted, conflict->now };
      GtkWidget *label = make_label (_(conflict->field->label), "dim-label");

      gtk_grid_attach (GTK_GRID (grid), label, 0, (int) i + 1, 1, 1);
      for (guint v = 0; v < G_N_ELEMENTS (values); v++)
        {
          g_autofree char *words = value_words (conflict->field, values[v]);

          gtk_grid_attach (GTK_GRID (grid), make_label (words, v == 2 ? "heading" : NULL), (int) v + 1, (int) i + 1, 1, 1);
        }
    }
  return grid;
}

static void
add_button (GtkWidget         *box,
            const char        *text,
            const DspRejected *rejected,
            GCallback          callback,
            Outbox            *outbox)
{
  GtkWidget *button = gtk_button_new_with_label (text);
  Key key = { rejected->no, rejected->id };
  g_autofree char *name = g_strdup_printf ("%s: %s", text, rejected->display != NULL ? rejected->display : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "key", g_memdup2 (&key, sizeof key), g_free);
  g_signal_connect (button, "clicked", callback, outbox);
  gtk_box_append (GTK_BOX (box), button);
}

static void
add_rejected (Outbox            *outbox,
              const DspRejected *rejected)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *sentence = dsp_rejected_sentence (outbox->office, rejected);
  g_autofree char *when = dsp_text_time ((DspTime) { rejected->given_us });
  g_autofree char *title = NULL;
  gboolean moves = (rejected->command == &dsp_order_assign || rejected->command == &dsp_order_move) &&
                   (rejected->rule == DSP_RULE_STATE || rejected->rule == DSP_RULE_CHANGED);

  /* Translators: what was to be done, with which record, when */
  title = g_strdup_printf (_("%s · %s · %s"), rejected->command != NULL ? _(rejected->command->label) : _("Change"),
                           rejected->display != NULL ? rejected->display : "", when);
  gtk_widget_add_css_class (box, "dsp-outbox-row");
  gtk_box_append (GTK_BOX (box), make_label (title, "heading"));
  gtk_box_append (GTK_BOX (box), make_label (sentence, NULL));
  if (rejected->fields != NULL && rejected->fields->len > 0)
    gtk_box_append (GTK_BOX (box), make_fields (rejected));
  gtk_widget_set_halign (buttons, GTK_ALIGN_END);
  add_button (buttons, _("Discard"), rejected, G_CALLBACK (on_discard), outbox);
  add_button (buttons, moves ? _("Move it here all the same") : _("Try again"), rejected, G_CALLBACK (on_retry), outbox);
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (GTK_LIST_BOX (outbox->rejected), row);
}

static void
add_waiting (Outbox              *outbox,
             const DspOutboxItem *item)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *when = dsp_text_time ((DspTime) { item->at_us });
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  const char *state = item->state == DSP_OUTBOX_SENDING ? _("being sent")
                      : item->state == DSP_OUTBOX_ACKED ? _("the server has it")
                      : item->state == DSP_OUTBOX_BLOCKED ? _("held back") : _("waits");

  if (item->to != NULL)
    /* Translators: number of records, what is done, to whom: "14 · Assign → C-07" */
    title = g_strdup_printf (_("%u · %s → %s"), item->n_rows, item->command != NULL ? _(item->command->label) : "?", item->to);
  else
    title = g_strdup_printf (_("%u · %s"), item->n_rows, item->command != NULL ? _(item->command->label) : "?");
  subtitle = g_strdup_printf ("%s · %s", when, state);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("despacho-waiting-symbolic"));
  gtk_list_box_append (GTK_LIST_BOX (outbox->waiting), row);
}

static void
show_status (Outbox *outbox)
{
  DspReplicaStatus status;
  g_autofree char *ago = NULL;
  g_autofree char *text = NULL;

  dsp_replica_get_status (dsp_office_get_replica (outbox->office), &status);
  ago = status.contact_us != 0 ? dsp_text_ago (status.contact_us, g_get_real_time ()) : NULL;
  if (status.link == DSP_LINK_ONLINE)
    text = g_strdup (_("Online. Changes are sent as they are made."));
  else if (ago != NULL)
    text = g_strdup_printf (_("Offline. The data is from %s; changes are kept here and sent when the server is back."), ago);
  else
    text = g_strdup (_("Offline. Changes are kept here and sent when the server is back."));
  gtk_label_set_text (GTK_LABEL (outbox->status), text);
}

static void
show_nothing (Outbox *outbox)
{
  gboolean waiting = gtk_widget_get_first_child (outbox->waiting) != NULL;
  gboolean rejected = gtk_widget_get_first_child (outbox->rejected) != NULL;

  gtk_widget_set_visible (gtk_widget_get_parent (outbox->waiting), waiting);
  gtk_widget_set_visible (gtk_widget_get_parent (outbox->rejected), rejected);
  gtk_widget_set_visible (outbox->nothing, !waiting && !rejected);
}

static void
waiting_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  Outbox *outbox = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = dsp_replica_list_outbox_finish (DSP_REPLICA (source), res, &error);

  if (outbox->window != NULL && items != NULL)
    {
      clear (outbox->waiting);
      for (guint i = 0; i < items->len; i++)
        {
          const DspOutboxItem *item = items->pdata[i];

          if (item->state != DSP_OUTBOX_REJECTED && item->state != DSP_OUTBOX_SETTLED)
            add_waiting (outbox, item);
        }
      show_nothing (outbox);
    }
  else if (items == NULL)
    g_warning ("Could not list what waits: %s", error->message);
  outbox_unref (outbox);
}

static void
rejected_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  Outbox *outbox = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = dsp_replica_list_rejected_finish (DSP_REPLICA (source), res, &error);

  if (outbox->window != NULL && items != NULL)
    {
      clear (outbox->rejected);
      for (guint i = 0; i < items->len; i++)
        add_rejected (outbox, items->pdata[i]);
      show_nothing (outbox);
    }
  else if (items == NULL)
    g_warning ("Could not list what was refused: %s", error->message);
  outbox_unref (outbox);
}

static void
load (Outbox *outbox)
{
  DspReplica *replica = dsp_office_get_replica (outbox->office);

  show_status (outbox);
  dsp_replica_list_outbox_async (replica, FALSE, NULL, waiting_cb, outbox_ref (outbox));
  dsp_replica_list_rejected_async (replica, MAX_REJECTED, NULL, rejected_cb, outbox_ref (outbox));
}

static GtkWidget *
make_section (GtkWidget  *box,
              const char *title,
              GtkWidget  *suffix,
              GtkWidget **list)
{
  GtkWidget *section = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = make_label (title, "heading");

  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (head), label);
  if (suffix != NULL)
    gtk_box_append (GTK_BOX (head), suffix);
  *list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (*list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (*list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (*list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (section), head);
  gtk_box_append (GTK_BOX (section), *list);
  gtk_widget_set_visible (section, FALSE);
  gtk_box_append (GTK_BOX (box), section);
  return section;
}

void
dsp_outbox_window_open (GtkWindow *parent,
                        DspOffice *office)
{
  Outbox *outbox = g_new0 (Outbox, 1);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  outbox->refs = 1;
  outbox->office = g_object_ref (office);
  outbox->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (outbox->window), _("Waiting and refused changes"));
  gtk_window_set_transient_for (GTK_WINDOW (outbox->window), parent);
  gtk_window_set_default_size (GTK_WINDOW (outbox->window), 640, 560);
  g_signal_connect (outbox->window, "destroy", G_CALLBACK (closed), outbox);

  outbox->status = make_label ("", NULL);
  gtk_box_append (GTK_BOX (box), outbox->status);
  outbox->discard_all = gtk_button_new_with_label (_("Discard all"));
  gtk_widget_add_css_class (outbox->discard_all, "flat");
  g_signal_connect (outbox->discard_all, "clicked", G_CALLBACK (on_discard_all), outbox);
  make_section (box, _("Refused by the server"), outbox->discard_all, &outbox->rejected);
  make_section (box, _("Waiting to be sent"), NULL, &outbox->waiting);
  outbox->nothing = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (outbox->nothing), "object-select-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (outbox->nothing), _("Nothing waits"));
  adw_status_page_set_description (ADW_STATUS_PAGE (outbox->nothing), _("The server has everything that was done here."));
  gtk_widget_add_css_class (outbox->nothing, "compact");
  gtk_box_append (GTK_BOX (box), outbox->nothing);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 720);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (content), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (content), scroller);
  adw_window_set_content (ADW_WINDOW (outbox->window), content);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (outbox->window, shortcuts);

  g_signal_connect_swapped (office, "status-changed", G_CALLBACK (reload_soon), outbox);
  load (outbox);
  gtk_window_present (GTK_WINDOW (outbox->window));
}
