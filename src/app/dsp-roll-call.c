/* dsp-roll-call.c: the morning's roll call in one dense list
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrows move, Space says that somebody did not come, Enter saves the crew and goes on to the next. What a window that
 * closes has unsaved is saved: nobody marks somebody absent for nothing.
 */
#define G_LOG_DOMAIN "dsp-roll-call"

#include "config.h"
#include "dsp-roll-call.h"

#include "dsp-roll-sheet.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  DspOffice          *office;    /* (owned) */
  DspRollSheet       *sheet;     /* (owned) */
  GtkWidget          *window;    /* NULL once closed */
  GtkWidget          *title;     /* AdwWindowTitle */
  GtkWidget          *search;
  GtkListView        *view;
  GtkSingleSelection *selection; /* (owned) */
  GtkWidget          *rest;
  GtkWidget          *crew;
  GtkWidget          *vehicle;
  GtkWidget          *note;
  GtkWidget          *stand_in;
  GtkWidget          *error;
  GArray             *stand_in_ids; /* (owned): as in the drop-down; the first is nobody */
  DspRollLine        *shown;     /* (owned) (nullable): whose details stand below */
  bool                showing, choosing;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_object (&call->sheet);
  g_clear_object (&call->office);
  g_clear_object (&call->selection);
  g_clear_object (&call->shown);
  g_array_unref (call->stand_in_ids);
  g_free (call);
}

/* ---- words ---- */

static const char *
state_words (DspRollState state)
{
  switch (state)
    {
    case DSP_ROLL_PRESENT:
      return C_("roll call", "Present");
    case DSP_ROLL_ABSENT:
      return C_("roll call", "Absent");
    case DSP_ROLL_REPLACED:
      return C_("roll call", "Replaced");
    case DSP_ROLL_GUEST:
      return C_("roll call", "Guest");
    case DSP_ROLL_UNCALLED:
    case DSP_N_ROLL_STATES:
    default:
      return _("Not called");
    }
}

static const char *
state_class (DspRollState state)
{
  switch (state)
    {
    case DSP_ROLL_PRESENT:
    case DSP_ROLL_GUEST:
      return "dsp-assigned";
    case DSP_ROLL_ABSENT:
      return "dsp-rejected";
    case DSP_ROLL_REPLACED:
      return "dsp-to-reschedule";
    case DSP_ROLL_UNCALLED:
    case DSP_N_ROLL_STATES:
    default:
      return "dsp-closed";
    }
}

static DspRollLine *
selected_line (Call *call)
{
  return DSP_ROLL_LINE (gtk_single_selection_get_selected_item (call->selection));
}

/* ---- one line of the list ---- */

typedef struct {
  Call        *call;
  GtkWidget   *box, *name, *dot, *state, *beside;
  DspRollLine *line; /* (owned) (nullable) */
  gulong       changed_id;
} Row;

static void
show_head (Row               *row,
           const DspRollCrew *crew)
{
  const DspCrew *record = dsp_office_get (row->call->office, &dsp_crew, &crew->crew_id);
  g_autofree char *title = dsp_office_title_of (row->call->office, &dsp_crew, &crew->crew_id);
  const char *state = crew->changed ? _("Not saved") : crew->called ? _("Called") : _("Not called");
  g_autofree char *name = g_strdup_printf ("%s, %s", title, state);

  gtk_label_set_text (GTK_LABEL (row->name), title);
  gtk_widget_add_css_class (row->name, "heading");
  gtk_widget_set_margin_start (row->name, 0);
  gtk_label_set_text (GTK_LABEL (row->beside), crew->vehicle != NULL ? crew->vehicle
                                               : record != NULL && record->vehicle != NULL ? record->vehicle : "");
  gtk_label_set_text (GTK_LABEL (row->state), state);
  gtk_widget_set_visible (row->dot, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->box), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_member (Row                  *row,
             const DspCrewDayLine *member)
{
  /* Translators: who came instead of somebody absent */
  g_autofree char *beside = member->stand_in != NULL ? g_strdup_printf (_("by %s"), member->stand_in->name) : g_strdup ("");
  g_autofree char *name = g_strdup_printf ("%s, %s %s", member->technician->name, state_words (member->state), beside);
  const char *const classes[] = { "dsp-dot", state_class (member->state), NULL };

  gtk_label_set_text (GTK_LABEL (row->name), member->technician->name);
  gtk_widget_remove_css_class (row->name, "heading");
  gtk_widget_set_margin_start (row->name, 18);
  gtk_label_set_text (GTK_LABEL (row->beside), beside);
  gtk_label_set_text (GTK_LABEL (row->state), state_words (member->state));
  gtk_widget_set_css_classes (row->dot, (const char **) classes);
  gtk_widget_set_visible (row->dot, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->box), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_row (Row *row)
{
  const DspRollCrew *crew = dsp_roll_sheet_get_crew (row->call->sheet, row->line);
  const DspCrewDayLine *member = dsp_roll_sheet_get_member (row->call->sheet, row->line);

  if (member != NULL)
    show_member (row, member);
  else if (crew != NULL)
    show_head (row, crew);
  if (member != NULL && member->state != DSP_ROLL_UNCALLED)
    gtk_widget_remove_css_class (row->state, "dim-label");
  else
    gtk_widget_add_css_class (row->state, "dim-label");
}

static GtkWidget *
add_label (GtkWidget  *box,
           const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          Call                     *call)
{
  Row *row = g_new0 (Row, 1);

  row->call = call;
  row->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  row->name = add_label (row->box, NULL);
  gtk_widget_set_hexpand (row->name, TRUE);
  row->beside = add_label (row->box, "dim-label");
  row->dot = add_label (row->box, "dsp-dot");
  gtk_label_set_text (GTK_LABEL (row->dot), "●");
  row->state = add_label (row->box, NULL);
  gtk_label_set_width_chars (GTK_LABEL (row->state), 12);
  g_object_set_data_full (G_OBJECT (item), "row", row, g_free);
  gtk_list_item_set_child (item, row->box);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         Call                     *call)
{
  Row *row = g_object_get_data (G_OBJECT (item), "row");

  row->line = g_object_ref (gtk_list_item_get_item (item));
  g_object_set_data (G_OBJECT (row->line), "row", row);
  row->changed_id = g_signal_connect_swapped (row->line, "changed", G_CALLBACK (show_row), row);
  show_row (row);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           Call                     *call)
{
  Row *row = g_object_get_data (G_OBJECT (item), "row");

  g_clear_signal_handler (&row->changed_id, row->line);
  g_object_set_data (G_OBJECT (row->line), "row", NULL);
  g_clear_object (&row->line);
}

/* ---- below the list: the crew and the member that are chosen ---- */

static bool
lists_them (Call      *call,
            GPtrArray *technicians)
{
  if (call->stand_in_ids->len != technicians->len + 1)
    return false;
  for (guint i = 0; i < technicians->len; i++)
    if (!dsp_id_equal (&g_array_index (call->stand_in_ids, DspId, i + 1), &((const DspTechnician *) technicians->pdata[i])->id))
      return false;
  return true;
}

/* The list that is open stays as it is, unless it has to be another. */
static void
show_stand_ins (Call                 *call,
                const DspCrewDayLine *member)
{
  g_autoptr(GPtrArray) list = dsp_roll_sheet_list_stand_ins (call->sheet, call->shown);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < list->len; i++)
    if (member->stand_in == list->pdata[i])
      selected = i + 1;
  if (lists_them (call, list))
    {
      gtk_drop_down_set_selected (GTK_DROP_DOWN (call->stand_in), selected);
      return;
    }
  g_array_set_size (call->stand_in_ids, 0);
  g_array_append_val (call->stand_in_ids, dsp_id_none);
  gtk_string_list_append (names, _("Nobody"));
  for (guint i = 0; i < list->len; i++)
    {
      const DspTechnician *technician = list->pdata[i];
      gtk_string_list_append (names, technician->name);
      g_array_append_val (call->stand_in_ids, technician->id);
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (call->stand_in), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (call->stand_in), selected);
}

static void
set_text (GtkWidget  *entry,
          const char *text)
{
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (entry)), text != NULL ? text : "") != 0)
    gtk_editable_set_text (GTK_EDITABLE (entry), text != NULL ? text : "");
}

static void
show_details (Call *call)
{
  const DspRollCrew *crew = call->shown != NULL ? dsp_roll_sheet_get_crew (call->sheet, call->shown) : NULL;
  const DspCrewDayLine *member = call->shown != NULL ? dsp_roll_sheet_get_member (call->sheet, call->shown) : NULL;
  const DspCrew *record = crew != NULL ? dsp_office_get (call->office, &dsp_crew, &crew->crew_id) : NULL;
  g_autofree char *title = NULL;

  call->showing = true;
  gtk_widget_set_sensitive (gtk_widget_get_parent (call->vehicle), crew != NULL);
  if (crew != NULL)
    {
      title = dsp_office_title_of (call->office, &dsp_crew, &crew->crew_id);
      gtk_label_set_text (GTK_LABEL (call->crew), title);
      set_text (call->vehicle, crew->vehicle);
      gtk_entry_set_placeholder_text (GTK_ENTRY (call->vehicle), record != NULL && record->vehicle != NULL ? record->vehicle : _("Vehicle"));
      set_text (call->note, crew->note);
    }
  gtk_widget_set_sensitive (call->stand_in, member != NULL && member->state != DSP_ROLL_GUEST);
  if (member != NULL)
    show_stand_ins (call, member);
  call->showing = false;
}

static void
show_counts (Call *call)
{
  DspRollCounts counts;
  g_autoptr(GString) text = g_string_new (NULL);

  dsp_roll_sheet_get_counts (call->sheet, &counts);
  g_string_append_printf (text, ngettext ("%u of %u crew called", "%u of %u crews called", counts.n_crews), counts.n_called, counts.n_crews);
  if (counts.n_absent > 0)
    g_string_append_printf (text, ngettext (" · %u absent", " · %u absent", counts.n_absent), counts.n_absent);
  if (counts.n_replaced > 0)
    g_string_append_printf (text, ngettext (" · %u replaced", " · %u replaced", counts.n_replaced), counts.n_replaced);
  if (counts.n_empty > 0)
    g_string_append_printf (text, ngettext (" · %u crew without members", " · %u crews without members", counts.n_empty), counts.n_empty);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (call->title), text->str);
  gtk_widget_set_sensitive (call->rest, counts.n_called < counts.n_crews || counts.n_changed > 0);
}

static void
on_sheet_changed (DspRollSheet *sheet,
                  Call         *call)
{
  show_counts (call);
  if (!call->choosing)
    show_details (call);
}

static void
on_refused (DspRollSheet *sheet,
            const char   *crew,
            const char   *sentence,
            Call         *call)
{
  /* Translators: crew, then why its roll call was refused */
  g_autofree char *text = g_strdup_printf (_("%s: %s"), crew, sentence);

  gtk_label_set_text (GTK_LABEL (call->error), text);
  gtk_widget_set_visible (call->error, TRUE);
}

static void
on_selected (GtkSingleSelection *selection,
             GParamSpec         *pspec,
             Call               *call)
{
  g_set_object (&call->shown, selected_line (call));
  show_details (call);
}

static void
on_vehicle_changed (GtkEditable *entry,
                    Call        *call)
{
  if (call->window != NULL && !call->showing && call->shown != NULL)
    dsp_roll_sheet_set_vehicle (call->sheet, call->shown, gtk_editable_get_text (entry));
}

static void
on_note_changed (GtkEditable *entry,
                 Call        *call)
{
  if (call->window != NULL && !call->showing && call->shown != NULL)
    dsp_roll_sheet_set_note (call->sheet, call->shown, gtk_editable_get_text (entry));
}

static void
on_stand_in_chosen (GtkDropDown *list,
                    GParamSpec  *pspec,
                    Call        *call)
{
  guint selected = gtk_drop_down_get_selected (list);

  if (call->window != NULL && !call->showing && call->shown != NULL && selected < call->stand_in_ids->len)
    {
      DspId id = g_array_index (call->stand_in_ids, DspId, selected);
      const DspCrewDayLine *member = dsp_roll_sheet_get_member (call->sheet, call->shown);

      /* Nobody instead of somebody who came is no change. */
      if (selected > 0 || (member != NULL && member->state == DSP_ROLL_REPLACED))
        {
          /* The drop-down is in the middle of its own change. */
          call->choosing = true;
          dsp_roll_sheet_replace (call->sheet, call->shown, &id);
          call->choosing = false;
        }
    }
}

/* ---- keys ---- */

/* A row that was scrolled to is there with one of the next frames. */
static gboolean
focus_selected (GtkWidget     *view,
                GdkFrameClock *clock,
                gpointer       user_data)
{
  Call *call = user_data;
  DspRollLine *line = call->window != NULL ? selected_line (call) : NULL;
  Row *row = line != NULL ? g_object_get_data (G_OBJECT (line), "row") : NULL;

  if (line == NULL)
    return G_SOURCE_REMOVE;
  return row != NULL && gtk_widget_grab_focus (gtk_widget_get_parent (row->box)) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* The list moves its focus by its own keys alone: the arrows go on from where the focus is, not from the selection. */
static void
go_to (Call  *call,
       guint  position)
{
  gtk_single_selection_set_selected (call->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (call->view), "list.scroll-to-item", "u", position);
  gtk_widget_add_tick_callback (GTK_WIDGET (call->view), focus_selected, call, NULL);
}

/* The crew is called; on to the head of the next one. */
static void
save_and_go_on (Call *call)
{
  GListModel *lines = dsp_roll_sheet_get_lines (call->sheet);
  guint position = gtk_single_selection_get_selected (call->selection), n = g_list_model_get_n_items (lines);
  DspRollLine *line = selected_line (call);

  if (line == NULL)
    return;
  gtk_widget_set_visible (call->error, FALSE);
  dsp_roll_sheet_save (call->sheet, line);
  for (guint i = position + 1; i < n; i++)
    {
      g_autoptr(DspRollLine) next = g_list_model_get_item (lines, i);

      if (dsp_roll_sheet_get_member (call->sheet, next) == NULL)
        {
          go_to (call, i);
          return;
        }
    }
}

static void
save_rest (Call *call)
{
  gtk_widget_set_visible (call->error, FALSE);
  dsp_roll_sheet_save_all (call->sheet, TRUE);
}

static void
on_rest_clicked (GtkButton *button,
                 Call      *call)
{
  save_rest (call);
}

static gboolean
on_list_key (GtkEventControllerKey *keys,
             guint                  key,
             guint                  code,
             GdkModifierType        state,
             Call                  *call)
{
  gboolean control = (state & GDK_CONTROL_MASK) != 0;

  if (selected_line (call) == NULL)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
      dsp_roll_sheet_toggle (call->sheet, selected_line (call));
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (control)
        return FALSE;
      save_and_go_on (call);
      return TRUE;
    default:
      return FALSE;
    }
}

/* First the search goes, then the window. */
static void
step_back (Call *call)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (call->search)) == '\0')
    {
      gtk_window_close (GTK_WINDOW (call->window));
      return;
    }
  gtk_editable_set_text (GTK_EDITABLE (call->search), "");
  go_to (call, 0);
}

static gboolean
on_window_key (GtkEventControllerKey *keys,
               guint                  key,
               guint                  code,
               GdkModifierType        state,
               Call                  *call)
{
  gboolean control = (state & GDK_CONTROL_MASK) != 0;

  if (key == GDK_KEY_Escape)
    step_back (call);
  else if (control && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter))
    save_rest (call);
  else if (control && (key == GDK_KEY_f || key == GDK_KEY_F))
    gtk_widget_grab_focus (call->search);
  else
    return FALSE;
  return TRUE;
}

static void
on_search_changed (GtkSearchEntry *entry,
                   Call           *call)
{
  dsp_roll_sheet_search (call->sheet, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

/* From an entry below or the search back into the list. */
static void
on_activate (GtkWidget *entry,
             Call      *call)
{
  if (entry == call->search)
    go_to (call, 0);
  else
    save_and_go_on (call);
}

/* ---- the window ---- */

static void
tell_refused (DspRollSheet *sheet,
              const char   *crew,
              const char   *sentence,
              DspOffice    *office)
{
  dsp_office_message (office, 0, _("%s: %s"), crew, sentence);
}

static void
closed (GtkWidget *window,
        Call      *call)
{
  call->window = NULL;
  g_signal_handlers_disconnect_by_data (call->selection, call);
  g_signal_handlers_disconnect_by_data (call->sheet, call);
  g_signal_connect_object (call->sheet, "refused", G_CALLBACK (tell_refused), call->office, 0);
  dsp_roll_sheet_save_all (call->sheet, FALSE);
}

static GtkWidget *
make_list (Call *call)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *scroller = gtk_scrolled_window_new (), *view;

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), call);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), call);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), call);
  call->selection = gtk_single_selection_new (g_object_ref (dsp_roll_sheet_get_lines (call->sheet)));
  view = gtk_list_view_new (g_object_ref (GTK_SELECTION_MODEL (call->selection)), factory);
  call->view = GTK_LIST_VIEW (view);
  gtk_widget_add_css_class (view, "dsp-roll");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Crews and their members today"), -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_list_key), call);
  gtk_widget_add_controller (view, keys);
  g_signal_connect (call->selection, "notify::selected-item", G_CALLBACK (on_selected), call);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static GtkWidget *
add_entry (Call       *call,
           GtkWidget  *box,
           const char *name,
           int         width,
           GCallback   changed)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), name);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), width);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (entry, "changed", changed, call);
  g_signal_connect (entry, "activate", G_CALLBACK (on_activate), call);
  gtk_box_append (GTK_BOX (box), entry);
  return entry;
}

static GtkWidget *
make_details (Call *call)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *label;

  call->crew = add_label (box, "heading");
  gtk_label_set_width_chars (GTK_LABEL (call->crew), 12);
  call->vehicle = add_entry (call, box, _("Vehicle"), 12, G_CALLBACK (on_vehicle_changed));
  call->note = add_entry (call, box, _("Note"), 10, G_CALLBACK (on_note_changed));
  gtk_widget_set_hexpand (call->note, TRUE);
  label = add_label (box, "dim-label");
  gtk_label_set_text (GTK_LABEL (label), _("Replaced by"));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_NONE);
  call->stand_in = gtk_drop_down_new (NULL, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (call->stand_in), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (call->stand_in), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Replaced by"), -1);
  g_signal_connect (call->stand_in, "notify::selected", G_CALLBACK (on_stand_in_chosen), call);
  gtk_box_append (GTK_BOX (box), call->stand_in);
  gtk_widget_add_css_class (box, "toolbar");
  return box;
}

static GtkWidget *
make_header (Call *call)
{
  GtkWidget *header = adw_header_bar_new ();
  g_autofree char *day = dsp_text_date (dsp_text_local_day (g_get_real_time ()));
  /* Translators: the day of the roll call */
  g_autofree char *title = g_strdup_printf (_("Roll call of %s"), day);

  call->title = adw_window_title_new (title, "");
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), call->title);
  call->rest = gtk_button_new_with_label (_("The rest is present"));
  gtk_widget_add_css_class (call->rest, "suggested-action");
  gtk_widget_set_tooltip_text (call->rest, _("Saves every crew; whoever was not marked is present (Ctrl+Enter)"));
  g_signal_connect (call->rest, "clicked", G_CALLBACK (on_rest_clicked), call);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), call->rest);
  gtk_window_set_title (GTK_WINDOW (call->window), title);
  return header;
}

static GtkWidget *
make_hint (void)
{
  GtkWidget *hint = gtk_label_new (_("Space: came or not · Enter: save the crew and go on · Tab: vehicle, note, who came instead"));

  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_label_set_ellipsize (GTK_LABEL (hint), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_add_css_class (hint, "caption");
  gtk_widget_set_margin_start (hint, 12);
  gtk_widget_set_margin_end (hint, 12);
  gtk_widget_set_margin_bottom (hint, 6);
  return hint;
}

void
dsp_roll_call_open (GtkWindow *parent,
                    DspOffice *office)
{
  Call *call = g_new0 (Call, 1);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_event_controller_key_new ();

  call->office = g_object_ref (office);
  call->sheet = dsp_roll_sheet_new (office);
  call->stand_in_ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  call->window = adw_window_new ();
  gtk_window_set_transient_for (GTK_WINDOW (call->window), parent);
  gtk_window_set_default_size (GTK_WINDOW (call->window), 900, 640);
  g_signal_connect (call->window, "destroy", G_CALLBACK (closed), call);
  g_object_set_data_full (G_OBJECT (call->window), "call", call, call_free);

  gtk_box_append (GTK_BOX (content), make_header (call));
  call->search = gtk_search_entry_new ();
  g_object_set (call->search, "placeholder-text", _("Find a crew or technician"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (call->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Find a crew or technician"), -1);
  gtk_widget_set_margin_start (call->search, 12);
  gtk_widget_set_margin_end (call->search, 12);
  gtk_widget_set_margin_top (call->search, 6);
  gtk_widget_set_margin_bottom (call->search, 6);
  g_signal_connect (call->search, "search-changed", G_CALLBACK (on_search_changed), call);
  g_signal_connect (call->search, "activate", G_CALLBACK (on_activate), call);
  g_signal_connect_swapped (call->search, "stop-search", G_CALLBACK (step_back), call);
  gtk_box_append (GTK_BOX (content), call->search);
  gtk_box_append (GTK_BOX (content), make_list (call));
  call->error = add_label (content, "error");
  gtk_label_set_wrap (GTK_LABEL (call->error), TRUE);
  gtk_widget_set_margin_start (call->error, 12);
  gtk_widget_set_visible (call->error, FALSE);
  gtk_box_append (GTK_BOX (content), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (content), make_details (call));
  gtk_box_append (GTK_BOX (content), make_hint ());
  adw_window_set_content (ADW_WINDOW (call->window), content);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_window_key), call);
  gtk_widget_add_controller (call->window, keys);

  g_signal_connect (call->sheet, "changed", G_CALLBACK (on_sheet_changed), call);
  g_signal_connect (call->sheet, "refused", G_CALLBACK (on_refused), call);
  on_selected (call->selection, NULL, call);
  show_counts (call);
  gtk_window_present (GTK_WINDOW (call->window));
  if (g_list_model_get_n_items (dsp_roll_sheet_get_lines (call->sheet)) > 0)
    go_to (call, 0);
}
