/* dsp-slot-row.c: when a visit is booked: a calendar with the places that are left
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The entry is what is read; days and slots write into it, and follow what is typed there. A day that offers nothing is
 * grey and says why. Everything is asked anew from the office's records when they change: another window may book. Of an
 * order that is taken down the calendar is behind a button, and looks at what is written of the order when it opens.
 */
#define G_LOG_DOMAIN "dsp-slot-row"

#include "config.h"
#include "dsp-slot-row.h"

#include "dsp-bookable.h"
#include "dsp-record-form-private.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define N_DAYS 35 /* weeks from this one on, whatever the month: what can be booked begins now */
#define MAX_DAYS 365 /* as far as one can leaf where the policy sets no end */

typedef struct {
  DspRecordRow *row;
  DspOrder     *order;  /* (owned) (nullable): whose policy and zone; none: they differ */
  gboolean      zoned;  /* places are those of its zone */
  DspDate       chosen; /* none: nothing readable is written */
  int           minute;
  DspDate       first;  /* day that is shown: a Monday */
  gboolean      filling;

  GtkWidget    *content;
  GtkWidget    *popover; /* (nullable): what the calendar is in */
  GtkWidget    *title, *earlier, *later;
  GtkWidget    *days[N_DAYS], *numbers[N_DAYS], *notes[N_DAYS];
  DspDate       dates[N_DAYS];
  GtkWidget    *day_title, *slots;
  char         *slots_shown; /* (owned) (nullable): what they say, so that the focus is not taken from one for nothing */
} Picker;

static void fill (Picker *self);

/* Orders of several zones share days and slots, not places. */
static DspBookable *
bookable_of (Picker *self)
{
  DspOffice *office = self->row->form->office;

  return dsp_bookable_new (office, self->zoned ? self->order : NULL, dsp_bookable_policy (office, self->order));
}

/* A visit lasts as long as its slot (nullable), where its end is written. */
static void
write_time (Picker        *self,
            gint64         at_us,
            const DspSlot *slot)
{
  g_autofree char *text = dsp_text_time_edit ((DspTime) { at_us });
  g_autofree char *end = slot != NULL ? dsp_text_minutes (slot->ends) : NULL;
  DspRecordRow *until = dsp_record_form_row (self->row->form, "attention_until");

  if (until != NULL && end != NULL)
    gtk_editable_set_text (GTK_EDITABLE (until->editor), end);
  gtk_editable_set_text (GTK_EDITABLE (self->row->editor), text);
}

/* ---- words ---- */

/* @left: as dsp_policy_places_left() says. */
static char *
places_text (gint64 left)
{
  if (left == G_MAXINT64)
    return g_strdup (_("no limit"));
  if (left < 0)
    return g_strdup (_("counted by the server"));
  return g_strdup_printf (ngettext ("%d place", "%d places", (gulong) left), (int) MIN (left, G_MAXINT));
}

/* Under the number of a day: as short as possible. */
static char *
day_note (DspDayState state,
          gint64      left)
{
  switch (state)
    {
    case DSP_DAY_OPEN:
      return left == G_MAXINT64 || left < 0 ? g_strdup ("·") : g_strdup_printf ("%d", (int) MIN (left, 9999));
    case DSP_DAY_HOLIDAY:
      /* Translators: under a day of a calendar, as short as possible: nobody works */
      return g_strdup (C_("calendar", "off"));
    case DSP_DAY_CLOSED:
      /* Translators: under a day of a calendar, as short as possible: the zone is closed */
      return g_strdup (C_("calendar", "closed"));
    case DSP_DAY_FULL:
      /* Translators: under a day of a calendar, as short as possible: no place is left */
      return g_strdup (C_("calendar", "full"));
    case DSP_DAY_NO_SLOT:
    case DSP_DAY_OUTSIDE:
    default:
      return g_strdup ("");
    }
}

static char *
day_sentence (const DspPolicyCase *c,
              DspDate              day,
              DspDayState          state,
              gint64               left)
{
  g_autofree char *name = dsp_text_day_name (day), *places = NULL;
  const char *why = NULL;

  switch (state)
    {
    case DSP_DAY_OPEN:
      why = places = places_text (left);
      break;
    case DSP_DAY_HOLIDAY:
      why = dsp_policy_holiday (c, day);
      break;
    case DSP_DAY_CLOSED:
      why = _("the zone is closed");
      break;
    case DSP_DAY_FULL:
      why = _("no place is left");
      break;
    case DSP_DAY_NO_SLOT:
      why = _("no slot can be booked any more");
      break;
    case DSP_DAY_OUTSIDE:
    default:
      why = _("the policy does not allow it");
      break;
    }
  /* Translators: a day, then how many places are left or why it cannot be chosen */
  return g_strdup_printf (_("%s: %s"), name, why);
}

/* ---- slots of the chosen day ---- */

static void
free_slot (gpointer slot)
{
  dsp_record_free (&dsp_slot, slot);
}

static void
on_slot (GtkCheckButton *button,
         Picker         *self)
{
  const DspSlot *slot = g_object_get_data (G_OBJECT (button), "slot");
  gint64 *at_us = g_object_get_data (G_OBJECT (button), "at");

  if (!self->filling && gtk_check_button_get_active (button))
    write_time (self, *at_us, slot);
}

static char *
slot_text (Picker              *self,
           const DspPolicyCase *c,
           const DspSlot       *slot,
           DspRule              rule)
{
  g_autofree char *from = dsp_text_minutes (slot->starts), *to = dsp_text_minutes (slot->ends);
  g_autofree char *places = places_text (dsp_policy_places_left (c, slot, self->chosen));

  return g_strdup_printf ("%s–%s · %s", from, to,
                          rule == DSP_RULE_SLOT_FULL ? _("no place is left") : rule != DSP_N_RULES ? _("too soon") : places);
}

static void
make_slots (Picker              *self,
            const DspPolicyCase *c,
            GPtrArray           *slots)
{
  GtkWidget *child, *group = NULL;

  while ((child = gtk_widget_get_first_child (self->slots)) != NULL)
    gtk_box_remove (GTK_BOX (self->slots), child);
  for (guint i = 0; i < slots->len; i++)
    {
      const DspSlot *slot = slots->pdata[i];
      DspRule rule = dsp_policy_slot_refuses (c, slot, self->chosen);
      gint64 at_us = dsp_calendar_at (c->calendar, self->chosen, (int) slot->starts.value);
      g_autofree char *text = slot_text (self, c, slot, rule);
      GtkWidget *button = gtk_check_button_new_with_label (text);

      gtk_widget_add_css_class (button, "numeric");
      gtk_widget_set_sensitive (button, rule == DSP_N_RULES);
      g_object_set_data_full (G_OBJECT (button), "at", g_memdup2 (&at_us, sizeof at_us), g_free);
      g_object_set_data_full (G_OBJECT (button), "slot", dsp_record_dup (&dsp_slot, slot), free_slot);
      if (group == NULL)
        group = button;
      else
        gtk_check_button_set_group (GTK_CHECK_BUTTON (button), GTK_CHECK_BUTTON (group));
      g_signal_connect (button, "toggled", G_CALLBACK (on_slot), self);
      gtk_box_append (GTK_BOX (self->slots), button);
    }
  if (slots->len == 0)
    {
      GtkWidget *none = gtk_label_new (_("No slot on that weekday"));

      gtk_label_set_xalign (GTK_LABEL (none), 0);
      gtk_widget_add_css_class (none, "dim-label");
      gtk_box_append (GTK_BOX (self->slots), none);
    }
}

static void
fill_slots (Picker              *self,
            const DspPolicyCase *c)
{
  bool some = dsp_policy_has_slots (c) && self->chosen.day != 0;
  g_autoptr(GPtrArray) slots = some ? dsp_policy_slots (c, self->chosen) : g_ptr_array_new ();
  g_autoptr(GString) shown = g_string_new (NULL);
  g_autofree char *title = NULL;
  GtkWidget *button;

  if (self->chosen.day != 0)
    title = dsp_text_day_name (self->chosen);
  else
    title = g_strdup (self->order == NULL ? _("These orders have different policies: each is judged by its own.") : _("Choose a day, or write it above."));
  gtk_label_set_text (GTK_LABEL (self->day_title), title);
  gtk_widget_set_visible (self->slots, some);
  g_string_append_printf (shown, "%d", self->chosen.day);
  for (guint i = 0; i < slots->len; i++)
    {
      DspRule rule = dsp_policy_slot_refuses (c, slots->pdata[i], self->chosen);
      g_autofree char *text = slot_text (self, c, slots->pdata[i], rule);

      g_string_append_printf (shown, "\n%s", text);
    }
  if (some && g_strcmp0 (self->slots_shown, shown->str) != 0)
    {
      make_slots (self, c, slots);
      g_free (self->slots_shown);
      self->slots_shown = g_string_free (g_steal_pointer (&shown), FALSE);
    }
  button = slots->len > 0 ? gtk_widget_get_first_child (self->slots) : NULL;
  for (guint i = 0; i < slots->len && button != NULL; i++, button = gtk_widget_get_next_sibling (button))
    {
      const DspSlot *slot = slots->pdata[i];

      gtk_check_button_set_active (GTK_CHECK_BUTTON (button), slot->starts.value <= self->minute && self->minute < slot->ends.value);
    }
}

/* ---- days ---- */

static void
fill_day (Picker              *self,
          const DspPolicyCase *c,
          int                  i)
{
  DspDate day = { self->first.day + i };
  DspDayState state;
  gint64 left;
  int year, month, number;
  g_autofree char *text = NULL, *note = NULL, *sentence = NULL;

  state = dsp_policy_day (c, day, &left);
  dsp_date_split (day, &year, &month, &number);
  text = g_strdup_printf ("%d", number);
  note = day_note (state, left);
  sentence = day_sentence (c, day, state, left);
  self->dates[i] = day;
  gtk_label_set_text (GTK_LABEL (self->numbers[i]), text);
  gtk_label_set_text (GTK_LABEL (self->notes[i]), note);
  if (day.day == dsp_calendar_day (c->calendar, c->now_us, NULL).day)
    gtk_widget_add_css_class (self->days[i], "dsp-today");
  else
    gtk_widget_remove_css_class (self->days[i], "dsp-today");
  gtk_widget_set_sensitive (self->days[i], state == DSP_DAY_OPEN);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->days[i]), day.day == self->chosen.day);
  gtk_widget_set_tooltip_text (self->days[i], sentence);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->days[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
}

static void
fill_days (Picker              *self,
           const DspPolicyCase *c)
{
  DspDate today = dsp_calendar_day (c->calendar, c->now_us, NULL);
  gint64 horizon = today.day + (c->policy != NULL && c->policy->max_days.is_set ? c->policy->max_days.value : MAX_DAYS);
  g_autofree char *title = dsp_text_months (self->first, (DspDate) { self->first.day + N_DAYS - 1 });

  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_widget_set_sensitive (self->earlier, self->first.day > today.day);
  gtk_widget_set_sensitive (self->later, self->first.day + N_DAYS <= horizon);
  for (int i = 0; i < N_DAYS; i++)
    fill_day (self, c, i);
}

static void
fill (Picker *self)
{
  g_autoptr(DspBookable) bookable = NULL;
  const DspPolicyCase *c;

  if (self->popover != NULL && !gtk_widget_get_visible (self->popover))
    return;
  bookable = bookable_of (self);
  c = dsp_bookable_case (bookable);
  self->filling = TRUE;
  fill_days (self, c);
  fill_slots (self, c);
  self->filling = FALSE;
}

static void
show_weeks_of (Picker *self,
               DspDate day)
{
  self->first.day = day.day - (dsp_date_weekday (day) - 1);
}

static void
leaf (Picker *self,
      int     pages)
{
  self->first.day += pages * N_DAYS;
  fill (self);
}

static void
on_earlier (GtkWidget *button,
            Picker    *self)
{
  leaf (self, -1);
}

static void
on_later (GtkWidget *button,
          Picker    *self)
{
  leaf (self, 1);
}

static gboolean
leaf_by_key (GtkWidget *widget,
             GVariant  *step,
             gpointer   user_data)
{
  Picker *self = user_data;
  gboolean back = g_variant_get_int32 (step) < 0;

  if (!gtk_widget_get_sensitive (back ? self->earlier : self->later))
    return FALSE;
  leaf (self, back ? -1 : 1);
  return TRUE;
}

/* The first slot that can be booked; without slots, the time that is written, or the office's opening. */
static void
on_day (GtkToggleButton *button,
        Picker          *self)
{
  g_autoptr(DspBookable) bookable = NULL;
  const DspPolicyCase *c;
  g_autoptr(GPtrArray) slots = NULL;
  const DspSlot *first = NULL;
  DspDate day = { 0 };
  int minute = self->minute;

  if (self->filling)
    return;
  for (int i = 0; i < N_DAYS; i++)
    if (self->days[i] == GTK_WIDGET (button))
      day = self->dates[i];
  bookable = bookable_of (self);
  c = dsp_bookable_case (bookable);
  slots = dsp_policy_slots (c, day);
  if (minute < 0)
    minute = (int) dsp_office_defaults ()->starts.value;
  for (guint i = 0; i < slots->len && first == NULL; i++)
    if (dsp_policy_slot_refuses (c, slots->pdata[i], day) == DSP_N_RULES)
      first = slots->pdata[i];
  write_time (self, dsp_calendar_at (c->calendar, day, first != NULL ? (int) first->starts.value : minute), first);
}

/* ---- what is written ---- */

static void
read_entry (Picker *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->row->editor));
  DspDate was = self->chosen;
  DspTime time = { 0 };

  self->chosen = (DspDate) { 0 };
  self->minute = -1;
  if (*text != '\0' && dsp_text_read_time (text, g_get_real_time (), &time) && time.us != 0)
    {
      g_autoptr(DspBookable) bookable = bookable_of (self);

      self->chosen = dsp_calendar_day (dsp_bookable_case (bookable)->calendar, time.us, &self->minute);
      /* Nobody looks for days in the past, even if one is written. */
      if (self->chosen.day != was.day && (self->chosen.day < self->first.day || self->chosen.day >= self->first.day + N_DAYS))
        show_weeks_of (self, (DspDate) { MAX (self->chosen.day, dsp_text_local_day (g_get_real_time ()).day) });
    }
  fill (self);
}

static void
on_entry (Picker *self)
{
  read_entry (self);
  dsp_record_row_edited (self->row);
}

void
dsp_slot_row_show (DspRecordRow *row,
                   gconstpointer record)
{
  Picker *self = row->own_data;
  g_autofree char *text = dsp_text_time_edit (*dsp_field_time (row->field, record));

  gtk_editable_set_text (GTK_EDITABLE (row->editor), text != NULL ? text : "");
  read_entry (self);
}

/* Somebody booked, here or elsewhere. */
static void
on_news (GtkWidget *content)
{
  Picker *self = g_object_get_data (G_OBJECT (content), "picker");

  if (self != NULL)
    fill (self);
}

/* ---- making it ---- */

static void
picker_free (gpointer data)
{
  Picker *self = data;

  g_clear_pointer (&self->order, dsp_order_free);
  g_free (self->slots_shown);
  g_free (self);
}

static GtkWidget *
icon_button (const char *icon,
             const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static GtkWidget *
make_day (Picker *self,
          int     i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->numbers[i] = gtk_label_new (NULL);
  self->notes[i] = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->notes[i], "dsp-day-note");
  gtk_box_append (GTK_BOX (box), self->numbers[i]);
  gtk_box_append (GTK_BOX (box), self->notes[i]);
  self->days[i] = gtk_toggle_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->days[i]), box);
  gtk_widget_add_css_class (self->days[i], "flat");
  gtk_widget_add_css_class (self->days[i], "dsp-calendar-day");
  g_signal_connect (self->days[i], "clicked", G_CALLBACK (on_day), self);
  return self->days[i];
}

static GtkWidget *
make_calendar (Picker *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *grid = gtk_grid_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();
  static const struct { guint key; int step; } leaves[] = { { GDK_KEY_Page_Up, -1 }, { GDK_KEY_Page_Down, 1 } };

  self->earlier = icon_button ("go-previous-symbolic", _("Earlier weeks"));
  self->later = icon_button ("go-next-symbolic", _("Later weeks"));
  self->title = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->title, "heading");
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_box_append (GTK_BOX (head), self->earlier);
  gtk_box_append (GTK_BOX (head), self->title);
  gtk_box_append (GTK_BOX (head), self->later);
  g_signal_connect (self->earlier, "clicked", G_CALLBACK (on_earlier), self);
  g_signal_connect (self->later, "clicked", G_CALLBACK (on_later), self);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (int i = 0; i < 7; i++)
    {
      GtkWidget *label = gtk_label_new (dsp_text_weekday (i + 1, FALSE));

      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_grid_attach (GTK_GRID (grid), label, i, 0, 1, 1);
    }
  for (int i = 0; i < N_DAYS; i++)
    gtk_grid_attach (GTK_GRID (grid), make_day (self, i), i % 7, i / 7 + 1, 1, 1);
  for (guint i = 0; i < G_N_ELEMENTS (leaves); i++)
    {
      GtkShortcut *shortcut = gtk_shortcut_new (gtk_keyval_trigger_new (leaves[i].key, 0), gtk_callback_action_new (leaf_by_key, self, NULL));

      gtk_shortcut_set_arguments (shortcut, g_variant_new_int32 (leaves[i].step));
      gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), shortcut);
    }
  gtk_widget_add_controller (grid, keys);
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), grid);
  return box;
}

static GtkWidget *
make_below (Picker *self)
{
  GtkWidget *below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18), *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->day_title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->day_title), 0);
  gtk_label_set_wrap (GTK_LABEL (self->day_title), TRUE);
  self->slots = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_box_append (GTK_BOX (side), self->day_title);
  gtk_box_append (GTK_BOX (side), self->slots);
  gtk_widget_set_hexpand (side, TRUE);
  gtk_widget_set_margin_top (side, 8);
  gtk_box_append (GTK_BOX (below), make_calendar (self));
  gtk_box_append (GTK_BOX (below), side);
  return below;
}

/* The order as far as it is written. */
static void
on_calendar_shown (Picker *self)
{
  static const char *const names[] = { "type", "subtype", "municipality", "postal_code", "distributor_id" };

  g_clear_pointer (&self->order, dsp_order_free);
  self->order = dsp_order_new ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    dsp_record_form_peek_field (self->row->form, names[i], self->order);
  read_entry (self);
}

static GtkWidget *
make_calendar_button (Picker *self)
{
  GtkWidget *button = gtk_menu_button_new (), *below = make_below (self);

  gtk_widget_set_size_request (gtk_widget_get_parent (self->day_title), 220, -1);
  self->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->popover), below);
  g_signal_connect_swapped (self->popover, "show", G_CALLBACK (on_calendar_shown), self);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "x-office-calendar-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), self->popover);
  gtk_widget_set_tooltip_text (button, _("Choose among the free places"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose among the free places"), -1);
  return button;
}

/* The entry; the calendar comes under it, or behind a button beside it. */
static Picker *
make_picker (DspRecordRow       *row,
             const DspRowEditor *editor,
             GtkOrientation      orientation)
{
  Picker *self = g_new0 (Picker, 1);

  self->row = row;
  self->minute = -1;
  show_weeks_of (self, dsp_text_local_day (g_get_real_time ()));
  row->editor = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (row->editor), _("31/12/2026 10:30"));
  self->content = gtk_box_new (orientation, 6);
  gtk_box_append (GTK_BOX (self->content), row->editor);
  g_object_set_data (G_OBJECT (self->content), "picker", self);
  g_signal_connect_swapped (row->editor, "changed", G_CALLBACK (on_entry), self);
  g_signal_connect_object (row->form->office, "refreshed", G_CALLBACK (on_news), self->content, G_CONNECT_SWAPPED);
  g_signal_connect_object (row->form->office, "records-changed", G_CALLBACK (on_news), self->content, G_CONNECT_SWAPPED);
  dsp_record_row_take_editor (row, editor, self, picker_free);
  return self;
}

GtkWidget *
dsp_slot_row_make (DspRecordRow *row)
{
  static const DspRowEditor editor = { dsp_slot_row_show, dsp_record_row_read_time, TRUE };
  Picker *self = make_picker (row, &editor, GTK_ORIENTATION_VERTICAL);

  self->order = row->form->order != NULL ? dsp_order_dup (row->form->order) : NULL;
  self->zoned = self->order != NULL;
  gtk_box_append (GTK_BOX (self->content), make_below (self));
  fill (self);
  return self->content;
}

GtkWidget *
dsp_slot_row_make_new (DspRecordRow       *row,
                       const DspRowEditor *editor)
{
  Picker *self = make_picker (row, editor, GTK_ORIENTATION_HORIZONTAL);

  self->zoned = TRUE;
  gtk_widget_set_hexpand (row->editor, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (row->editor), 12);
  gtk_widget_add_css_class (self->content, "linked");
  gtk_box_append (GTK_BOX (self->content), make_calendar_button (self));
  return self->content;
}

void
dsp_slot_row_set_orders (DspRecordForm *form,
                         const DspId   *ids,
                         guint          n_ids)
{
  DspRecordRow *row = dsp_record_form_row (form, "attention_at");
  DspReplica *replica = dsp_office_get_replica (form->office);
  Picker *self = row != NULL ? row->own_data : NULL;
  const DspPolicy *policy = NULL;

  if (self == NULL)
    return;
  g_clear_pointer (&self->order, dsp_order_free);
  self->zoned = TRUE;
  for (guint i = 0; i < n_ids; i++)
    {
      const DspOrder *order = dsp_replica_get_order (replica, &ids[i]);

      if (order == NULL)
        continue;
      if (self->order == NULL)
        {
          self->order = dsp_order_dup (order);
          policy = dsp_bookable_policy (form->office, order);
          continue;
        }
      if (dsp_bookable_policy (form->office, order) != policy)
        {
          g_clear_pointer (&self->order, dsp_order_free);
          break;
        }
      self->zoned = self->zoned && g_strcmp0 (order->municipality, self->order->municipality) == 0;
    }
  self->zoned = self->zoned && self->order != NULL;
  read_entry (self);
}
