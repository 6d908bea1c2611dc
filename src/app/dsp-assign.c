/* dsp-assign.c: assigning, moving and returning orders, from whatever gesture
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-assign"

#include "config.h"
#include "dsp-assign.h"

#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Refused rows that a dialog lists; more than these nobody reads. */
#define MAX_LISTED 100
#define MAX_UNDO 50
/* Places that a day has (order.sequence). */
#define MAX_VISITS 1000

/* ---- what was done, for undo ---- */

typedef struct {
  gint64  number;
  GArray *groups; /* of gint64: a gesture is one group, or one for each crew that orders were taken from */
} Gesture;

static void
gesture_free (gpointer data)
{
  Gesture *gesture = data;

  g_array_unref (gesture->groups);
  g_free (gesture);
}

static GPtrArray *
gestures_of (DspOffice *office)
{
  GPtrArray *gestures = g_object_get_data (G_OBJECT (office), "dsp-gestures");

  if (gestures == NULL)
    {
      gestures = g_ptr_array_new_with_free_func (gesture_free);
      g_object_set_data_full (G_OBJECT (office), "dsp-gestures", gestures, (GDestroyNotify) g_ptr_array_unref);
    }
  return gestures;
}

static gint64
remember (DspOffice *office,
          GArray    *groups)
{
  static gint64 last_number;
  GPtrArray *gestures = gestures_of (office);
  Gesture *gesture = g_new0 (Gesture, 1);

  gesture->number = ++last_number;
  gesture->groups = g_array_ref (groups);
  g_ptr_array_add (gestures, gesture);
  if (gestures->len > MAX_UNDO)
    g_ptr_array_remove_index (gestures, 0);
  return gesture->number;
}

gint64
dsp_assign_remember (DspOffice *office,
                     gint64     group)
{
  g_autoptr(GArray) groups = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (groups, group);
  return remember (office, groups);
}

gboolean
dsp_assign_forget (DspOffice *office,
                   gint64     number)
{
  GPtrArray *gestures = gestures_of (office);

  for (guint i = gestures->len; i > 0; i--)
    if (((Gesture *) gestures->pdata[i - 1])->number == number)
      {
        g_ptr_array_remove_index (gestures, i - 1);
        return TRUE;
      }
  return FALSE;
}

gboolean
dsp_assign_can_undo (DspOffice *office)
{
  return gestures_of (office)->len > 0;
}

/* ---- one gesture in progress ---- */

typedef enum { DO_ASSIGN, DO_RELEASE, DO_SEQUENCE, DO_UNDO } What;

typedef struct {
  DspOffice  *office;    /* (owned) */
  GtkWidget  *parent;    /* (owned) (nullable) */
  What        what;
  DspId       crew_id;
  char       *crew;      /* (owned): its title */
  GtkBitset  *rows;      /* (owned) */
  char       *reason;    /* (owned) (nullable) */
  GArray     *groups;    /* (owned) */
  GArray     *refused;   /* (owned) of DspRefusal */
  GPtrArray  *numbers;   /* (owned): what the refused records are called */
  guint       n_given;
  guint       n_moved;
  guint       n_open;    /* calls that have not answered */
  GPtrArray  *gifts;     /* (owned) (nullable) of DspGift: places in the day */
  DspSequence *places;   /* (owned) (nullable): their arguments */
} Work;

static void
clear_refusal (gpointer data)
{
  g_free (((DspRefusal *) data)->message);
}

static Work *
work_new (DspOffice *office,
          GtkWidget *parent,
          What       what)
{
  Work *work = g_new0 (Work, 1);

  work->office = g_object_ref (office);
  work->parent = parent != NULL ? g_object_ref (parent) : NULL;
  work->what = what;
  work->groups = g_array_new (FALSE, FALSE, sizeof (gint64));
  work->refused = g_array_new (FALSE, FALSE, sizeof (DspRefusal));
  g_array_set_clear_func (work->refused, clear_refusal);
  return work;
}

static void
work_free (Work *work)
{
  g_clear_object (&work->office);
  g_clear_object (&work->parent);
  g_clear_pointer (&work->rows, gtk_bitset_unref);
  g_free (work->crew);
  g_free (work->reason);
  g_array_unref (work->groups);
  g_array_unref (work->refused);
  g_clear_pointer (&work->gifts, g_ptr_array_unref);
  g_free (work->places);
  g_free (work);
}

static GtkWindow *
window_of (Work *work)
{
  GtkRoot *root = work->parent != NULL ? gtk_widget_get_root (work->parent) : NULL;

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
list_refused (Work *work)
{
  g_autofree char *heading = NULL;
  g_autoptr(GString) body = g_string_new (NULL);
  GtkWidget *dialog;

  heading = g_strdup_printf (ngettext ("%u order was refused", "%u orders were refused", work->refused->len),
                             work->refused->len);
  for (guint i = 0; i < work->refused->len && i < MAX_LISTED; i++)
    {
      const DspRefusal *refusal = &g_array_index (work->refused, DspRefusal, i);
      const DspOrder *order = dsp_replica_get_order (dsp_office_get_replica (work->office), &refusal->id);
      g_autofree char *sentence = dsp_text_rule (refusal->rule, refusal->message);

      g_string_append_printf (body, "%s: %s\n", order != NULL ? order->number : "?", sentence);
    }
  if (work->refused->len > MAX_LISTED)
    g_string_append_printf (body, ngettext ("and %u more", "and %u more", work->refused->len - MAX_LISTED),
                            work->refused->len - MAX_LISTED);

  dialog = adw_message_dialog_new (window_of (work), heading, NULL);
  if (work->n_given > 0)
    adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                    ngettext ("The other %u was done.", "The other %u were done.", work->n_given),
                                    work->n_given);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  {
    GtkWidget *label = gtk_label_new (g_strchomp (body->str));
    GtkWidget *scroller = gtk_scrolled_window_new ();

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_selectable (GTK_LABEL (label), TRUE);
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
    gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 300);
    gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), label);
    adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), scroller);
  }
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What was done is no longer selected: the next tick must not take along orders that have left the list. What was
 * refused stays selected, for another try. */
static void
deselect_done (Work *work)
{
  g_autoptr(GtkBitset) left = NULL;

  if (work->rows == NULL || work->n_given == 0 || work->refused->len > 0)
    return;
  left = gtk_bitset_copy (dsp_office_get_selection (work->office));
  gtk_bitset_subtract (left, work->rows);
  dsp_office_select (work->office, left);
}

/* All calls have answered: tells what became of the gesture. */
static void
finish (Work *work)
{
  gint64 gesture = 0;

  deselect_done (work);
  if (work->groups->len > 0 && work->what != DO_UNDO)
    gesture = remember (work->office, work->groups);
  /* What was handed over is out of the hand: nothing stays selected unseen in another tab. */
  if (work->n_given > 0 && work->rows != NULL)
    {
      g_autoptr(GtkBitset) left = gtk_bitset_copy (dsp_office_get_selection (work->office));

      gtk_bitset_subtract (left, work->rows);
      dsp_office_select (work->office, left);
    }
  if (work->n_given > 0)
    switch (work->what)
      {
      case DO_ASSIGN:
        if (work->n_moved == work->n_given)
          dsp_office_message (work->office, gesture,
                              ngettext ("%u order moved to %s", "%u orders moved to %s", work->n_given),
                              work->n_given, work->crew);
        else
          dsp_office_message (work->office, gesture,
                              ngettext ("%u order assigned to %s", "%u orders assigned to %s", work->n_given),
                              work->n_given, work->crew);
        break;
      case DO_RELEASE:
        dsp_office_message (work->office, gesture,
                            ngettext ("%u order returned to unassigned", "%u orders returned to unassigned", work->n_given),
                            work->n_given);
        break;
      case DO_SEQUENCE:
        dsp_office_message (work->office, gesture, _("The day of %s has another order of visits"), work->crew);
        break;
      case DO_UNDO:
        dsp_office_message (work->office, 0, ngettext ("Undone: %u record", "Undone: %u records", work->n_given), work->n_given);
        break;
      default:
        g_assert_not_reached ();
      }
  else if (work->what == DO_UNDO && work->refused->len == 0)
    dsp_office_message (work->office, 0, "%s", _("Undone"));

  if (work->refused->len == 1 && work->n_given == 0)
    {
      const DspRefusal *refusal = &g_array_index (work->refused, DspRefusal, 0);
      const DspOrder *order = dsp_replica_get_order (dsp_office_get_replica (work->office), &refusal->id);
      g_autofree char *sentence = dsp_text_rule (refusal->rule, refusal->message);

      /* Translators: order number, then why it was refused */
      dsp_office_message (work->office, 0, _("Order %s: %s"), order != NULL ? order->number : "?", sentence);
    }
  else if (work->refused->len > 0)
    list_refused (work);
  work_free (work);
}

static void
take_outcome (Work       *work,
              DspOutcome *outcome,
              GError     *error)
{
  if (outcome == NULL)
    {
      g_autofree char *sentence = dsp_text_error (error);

      g_warning ("A command could not be given: %s", error->message);
      dsp_office_message (work->office, 0, _("Nothing was changed: %s"), sentence);
    }
  else
    {
      if (outcome->group != 0)
        g_array_append_val (work->groups, outcome->group);
      work->n_given += outcome->n_given;
      for (guint i = 0; i < outcome->refused->len; i++)
        {
          DspRefusal refusal = g_array_index (outcome->refused, DspRefusal, i);

          refusal.message = g_strdup (refusal.message);
          g_array_append_val (work->refused, refusal);
        }
    }
  if (--work->n_open == 0)
    finish (work);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);

  take_outcome (user_data, outcome, error);
}

static void
moved_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  Work *work = user_data;

  if (outcome != NULL)
    work->n_moved += outcome->n_given;
  take_outcome (work, outcome, error);
}

static void
sequenced_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_rows_finish (DSP_REPLICA (source), res, &error);

  take_outcome (user_data, outcome, error);
}

static void
undone_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_undo_finish (DSP_REPLICA (source), res, &error);

  take_outcome (user_data, outcome, error);
}

/* Rows with a crew, by that crew: what is given says with whom it was seen, so that the server can tell when somebody
 * else was faster. */
static GHashTable *
by_crew (DspOffice *office,
         GtkBitset *rows,
         GtkBitset *unassigned)
{
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (office));
  GHashTable *crews = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, (GDestroyNotify) gtk_bitset_unref);
  GtkBitsetIter iter;
  guint row;

  if (!gtk_bitset_iter_init_first (&iter, rows, &row))
    return crews;
  do
    {
      DspOrderStatus status = dsp_order_index_status (index, row);
      const DspId *crew = dsp_order_index_crew (index, row);
      GtkBitset *of_crew;

      if (status != DSP_ORDER_ASSIGNED && status != DSP_ORDER_IN_PROGRESS)
        {
          if (unassigned != NULL && (DSP_ORDER_OPEN & DSP_BIT (status)))
            gtk_bitset_add (unassigned, row);
          continue;
        }
      of_crew = g_hash_table_lookup (crews, crew);
      if (of_crew == NULL)
        {
          of_crew = gtk_bitset_new_empty ();
          g_hash_table_insert (crews, g_memdup2 (crew, sizeof *crew), of_crew);
        }
      gtk_bitset_add (of_crew, row);
    }
  while (gtk_bitset_iter_next (&iter, &row));
  return crews;
}

static void
give (Work             *work,
      const DspCommand *command,
      GtkBitset        *rows,
      gconstpointer     args,
      GAsyncReadyCallback callback)
{
  guint n;
  g_autofree DspId *ids = dsp_office_dup_ids (work->office, rows, &n);

  if (n == 0)
    return;
  work->n_open++;
  dsp_replica_give_async (dsp_office_get_replica (work->office), command, ids, n, args,
                          (G_GUINT64_CONSTANT (1) << command->args->n_fields) - 1, NULL, callback, work);
}

static void
do_assign (Work *work)
{
  g_autoptr(GtkBitset) unassigned = gtk_bitset_new_empty ();
  g_autoptr(GHashTable) crews = by_crew (work->office, work->rows, unassigned);
  DspAssign assign = { .crew_id = work->crew_id, .reason = work->reason };
  GHashTableIter iter;
  gpointer key, value;

  work->n_open = 1; /* ours, until all are given */
  give (work, &dsp_order_assign, unassigned, &assign, given_cb);
  g_hash_table_iter_init (&iter, crews);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      DspMove move = { .from_crew_id = *(DspId *) key, .crew_id = work->crew_id, .reason = work->reason };

      if (!dsp_id_equal (key, &work->crew_id))
        give (work, &dsp_order_move, value, &move, moved_cb);
    }
  if (--work->n_open == 0)
    finish (work);
}

static void
do_release (Work *work)
{
  g_autoptr(GHashTable) crews = by_crew (work->office, work->rows, NULL);
  GHashTableIter iter;
  gpointer key, value;

  work->n_open = 1;
  g_hash_table_iter_init (&iter, crews);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      DspUnassign unassign = { .from_crew_id = *(DspId *) key, .reason = work->reason };

      give (work, &dsp_order_unassign, value, &unassign, given_cb);
    }
  if (--work->n_open == 0)
    finish (work);
}

/* ---- the question about the reason ---- */

static void
on_reason_chosen (GtkDropDown *choices,
                  GParamSpec  *pspec,
                  GtkEditable *entry)
{
  guint selected = gtk_drop_down_get_selected (choices);
  GtkStringObject *item = gtk_drop_down_get_selected_item (choices);

  if (selected > 0 && item != NULL)
    gtk_editable_set_text (entry, gtk_string_object_get_string (item));
}

static void
on_reason_typed (GtkEditable      *entry,
                 AdwMessageDialog *dialog)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "go", *text != '\0');
}

static void
on_reason_response (AdwMessageDialog *dialog,
                    const char       *response,
                    Work             *work)
{
  GtkEditable *entry = g_object_get_data (G_OBJECT (dialog), "entry");

  if (!g_str_equal (response, "go"))
    {
      work_free (work);
      return;
    }
  work->reason = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  if (work->what == DO_ASSIGN)
    do_assign (work);
  else
    do_release (work);
}

static void
ask_reason (Work       *work,
            const char *heading,
            const char *body,
            const char *label)
{
  const char *const choices[] = {
    _("Choose a reason or write one"),
    _("Agreed with the crew"),
    _("No other crew is free"),
    _("The customer asked for it"),
    _("Overtime is authorised"),
    _("Wrongly assigned before"),
    NULL,
  };
  GtkWidget *dialog = adw_message_dialog_new (window_of (work), heading, body);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *list = gtk_drop_down_new_from_strings (choices);
  GtkWidget *entry = gtk_entry_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Usual reasons"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Reason"), -1);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("Reason, kept in the history"));
  gtk_entry_set_max_length (GTK_ENTRY (entry), 400);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_box_append (GTK_BOX (box), list);
  gtk_box_append (GTK_BOX (box), entry);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "go", label, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "go", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "go");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "go", FALSE);
  g_object_set_data (G_OBJECT (dialog), "entry", entry);
  g_signal_connect (list, "notify::selected", G_CALLBACK (on_reason_chosen), entry);
  g_signal_connect (entry, "changed", G_CALLBACK (on_reason_typed), dialog);
  g_signal_connect (dialog, "response", G_CALLBACK (on_reason_response), work);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

static gboolean
some_in_progress (DspOffice *office,
                  GtkBitset *rows)
{
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (office));
  GtkBitsetIter iter;
  guint row;

  if (gtk_bitset_iter_init_first (&iter, rows, &row))
    do
      if (dsp_order_index_status (index, row) == DSP_ORDER_IN_PROGRESS)
        return TRUE;
    while (gtk_bitset_iter_next (&iter, &row));
  return FALSE;
}

/* ---- public ---- */

void
dsp_assign_to_crew (GtkWidget     *parent,
                    DspOffice     *office,
                    const DspCrew *crew,
                    GtkBitset     *rows)
{
  g_autoptr(DspPlanOrders) orders = NULL;
  g_auto(GStrv) warnings = NULL;
  DspPlanAnswer answer;
  Work *work;

  if (gtk_bitset_is_empty (rows))
    return;
  orders = dsp_office_plan (office, rows);
  dsp_office_answer (office, orders, crew, &answer);
  if (answer.errors != 0)
    {
      g_autofree char *title = dsp_office_record_title (office, &dsp_crew, crew);
      g_autofree char *sentence = dsp_text_answer (&answer);

      /* Translators: crew, then why it cannot take the orders */
      dsp_office_message (office, 0, _("%s: %s"), title, sentence);
      return;
    }

  work = work_new (office, parent, DO_ASSIGN);
  work->crew_id = crew->id;
  work->crew = dsp_office_record_title (office, &dsp_crew, crew);
  work->rows = gtk_bitset_copy (rows);
  warnings = dsp_text_warnings (&answer);
  if (warnings[0] != NULL || some_in_progress (office, rows))
    {
      g_autofree char *heading = g_strdup_printf (ngettext ("Assign %u order to %s all the same?",
                                                            "Assign %u orders to %s all the same?", answer.n_new),
                                                  answer.n_new, work->crew);
      g_autofree char *list = g_strjoinv ("\n• ", warnings);
      g_autofree char *body = warnings[0] != NULL ? g_strconcat ("• ", list, NULL)
                                                  : g_strdup (_("Work on some of them has begun."));

      ask_reason (work, heading, body, _("_Assign"));
      return;
    }
  do_assign (work);
}

void
dsp_assign_release (GtkWidget *parent,
                    DspOffice *office,
                    GtkBitset *rows)
{
  Work *work = work_new (office, parent, DO_RELEASE);

  work->rows = gtk_bitset_copy (rows);
  if (some_in_progress (office, rows))
    ask_reason (work, _("Return to unassigned?"), _("Work on some of these orders has begun."), _("_Reassign"));
  else
    do_release (work);
}

static void
gift_free (gpointer data)
{
  DspGift *gift = data;

  g_free (gift->message);
  g_free (gift);
}

void
dsp_assign_sequence (GtkWidget     *parent,
                     DspOffice     *office,
                     const DspId   *crew_id,
                     const guint32 *rows,
                     guint          n_rows)
{
  DspReplica *replica = dsp_office_get_replica (office);
  DspOrderIndex *index = dsp_replica_get_index (replica);
  const DspCrew *crew = dsp_office_get (office, &dsp_crew, crew_id);
  Work *work;

  if (crew == NULL)
    return;
  work = work_new (office, parent, DO_SEQUENCE);
  work->crew = dsp_office_record_title (office, &dsp_crew, crew);
  work->gifts = g_ptr_array_new_with_free_func (gift_free);
  work->places = g_new0 (DspSequence, n_rows + 1);
  for (guint i = 0; i < n_rows && i < MAX_VISITS; i++)
    {
      DspGift *gift;

      if (dsp_order_index_visit (index, rows[i]) == i + 1)
        continue;
      work->places[i].visit = (DspInt) { i + 1, true };
      work->places[i].from_crew_id = *crew_id;
      gift = g_new0 (DspGift, 1);
      gift->id = *dsp_order_index_id (index, rows[i]);
      gift->n_steps = 1;
      gift->steps[0] = (DspGiftStep) { &dsp_order_sequence, &work->places[i], 3 };
      g_ptr_array_add (work->gifts, gift);
    }
  if (work->gifts->len == 0)
    {
      work_free (work);
      return;
    }
  work->n_open = 1;
  dsp_replica_give_rows_async (replica, (DspGift **) work->gifts->pdata, work->gifts->len, 0, FALSE, NULL, sequenced_cb, work);
}

void
dsp_assign_undo (GtkWidget *parent,
                 DspOffice *office,
                 gint64     number)
{
  GPtrArray *gestures = gestures_of (office);
  Gesture *gesture = NULL;
  Work *work;

  for (guint i = gestures->len; i > 0 && gesture == NULL; i--)
    {
      Gesture *candidate = gestures->pdata[i - 1];

      if (number == 0 || candidate->number == number)
        gesture = candidate;
    }
  if (gesture == NULL)
    {
      dsp_office_message (office, 0, "%s", _("There is nothing to undo"));
      return;
    }
  work = work_new (office, parent, DO_UNDO);
  work->n_open = gesture->groups->len;
  for (guint i = 0; i < gesture->groups->len; i++)
    dsp_replica_undo_async (dsp_office_get_replica (office), g_array_index (gesture->groups, gint64, i), NULL, undone_cb, work);
  g_ptr_array_remove (gestures, gesture);
}

void
dsp_assign_count (DspOffice     *office,
                  GtkBitset     *rows,
                  DspAssignable *count)
{
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (office));
  GtkBitsetIter iter;
  guint row;

  *count = (DspAssignable) { 0 };
  if (gtk_bitset_iter_init_first (&iter, rows, &row))
    do
      switch (dsp_order_index_status (index, row))
        {
        case DSP_ORDER_UNASSIGNED:
          count->n_unassigned++;
          break;
        case DSP_ORDER_ASSIGNED:
        case DSP_ORDER_IN_PROGRESS:
          count->n_with_crew++;
          break;
        case DSP_ORDER_NONE:
        case DSP_ORDER_TO_RESCHEDULE:
        case DSP_ORDER_CLOSED:
        case DSP_ORDER_CANCELLED:
        case DSP_ORDER_REJECTED:
        case DSP_ORDER_ANNULLED:
        case DSP_N_ORDER_STATUSES:
        default:
          count->n_other++;
          break;
        }
    while (gtk_bitset_iter_next (&iter, &row));
}
