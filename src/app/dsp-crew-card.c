/* dsp-crew-card.c: one crew of the panel: its load, its answer, its day
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-crew-card"

#include "config.h"
#include "dsp-crew-card.h"

#include "dsp-assign.h"
#include "dsp-crew-stops.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

/* ---- item ---- */

struct _DspCrewItem
{
  GObject        parent_instance;
  DspCrewFigures figures;
};

G_DEFINE_FINAL_TYPE (DspCrewItem, dsp_crew_item, G_TYPE_OBJECT)

static guint item_changed_signal;

static void
dsp_crew_item_class_init (DspCrewItemClass *klass)
{
  item_changed_signal = g_signal_new ("changed", DSP_TYPE_CREW_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_crew_item_init (DspCrewItem *self)
{
}

DspCrewItem *
dsp_crew_item_new (void)
{
  return g_object_new (DSP_TYPE_CREW_ITEM, NULL);
}

const DspCrewFigures *
dsp_crew_item_get_figures (DspCrewItem *self)
{
  return &self->figures;
}

void
dsp_crew_item_set_figures (DspCrewItem          *self,
                           const DspCrewFigures *figures)
{
  self->figures = *figures;
  g_signal_emit (self, item_changed_signal, 0);
}

/* ---- card ---- */

struct _DspCrewCard
{
  GtkWidget    parent_instance;

  DspOffice   *office; /* (owned) */
  DspCrewItem *item;   /* (owned) (nullable) */
  gulong       changed_id;

  GtkWidget   *key;
  GtkWidget   *title;
  GtkWidget   *load;
  GtkWidget   *menu;
  GtkWidget   *expand;
  GtkWidget   *bar;
  GtkWidget   *details;
  GtkWidget   *answer;
  GtkWidget   *day;
  gboolean     showing;
  DspId        menu_of; /* whose menu it is */
};

G_DEFINE_FINAL_TYPE (DspCrewCard, dsp_crew_card, GTK_TYPE_WIDGET)

static guint expanded_signal;

/* ---- the card ---- */

static void
show_menu (DspCrewCard   *self,
           const DspCrew *crew,
           const char    *title)
{
  g_autoptr(GMenu) menu = NULL;
  g_autoptr(GMenuItem) item = NULL;
  g_autofree char *name = NULL;
  char id[DSP_ID_TEXT];

  /* Cards are shown anew all the time; an open menu stays. */
  if (dsp_id_equal (&self->menu_of, &crew->id))
    return;
  self->menu_of = crew->id;
  menu = g_menu_new ();
  dsp_id_print (&crew->id, id);
  item = g_menu_item_new (_("Print the day…"), NULL);
  g_menu_item_set_action_and_target (item, "win.print-day", "s", id);
  g_menu_append_item (menu, item);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu), G_MENU_MODEL (menu));
  name = g_strdup_printf (_("Menu of %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (self->menu, name);
}

static void
show (DspCrewCard *self)
{
  const DspCrewFigures *figures = dsp_crew_item_get_figures (self->item);
  const DspCrew *crew = dsp_office_get (self->office, &dsp_crew, &figures->crew_id);
  g_autofree char *title = NULL;
  g_autofree char *load = NULL;
  g_autofree char *people = NULL;
  g_autofree char *name = NULL;
  g_autofree char *km = NULL;
  g_autofree char *next = NULL;
  g_autoptr(GString) details = g_string_new (NULL);
  gint64 capacity;
  const DspPlanStop *stops;
  const guint32 *rows;
  DspPlanClock clock;
  double length;
  guint n;

  if (crew == NULL)
    return;
  self->showing = TRUE;
  title = dsp_office_record_title (self->office, &dsp_crew, crew);
  capacity = crew->capacity.is_set ? crew->capacity.value : 0;
  load = capacity > 0 ? g_strdup_printf ("%u/%d", figures->load, (int) capacity) : g_strdup_printf ("%u", figures->load);
  people = dsp_office_members (self->office, &crew->id, dsp_text_local_day (g_get_real_time ()));
  stops = dsp_office_get_stops (self->office, &crew->id, &rows, &n);
  dsp_office_get_plan_clock (self->office, &clock);
  length = dsp_plan_route (crew, stops, MIN (n, 60), &clock, NULL);

  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_widget_set_tooltip_text (self->title, title);
  gtk_label_set_text (GTK_LABEL (self->load), load);
  if (figures->key > 0)
    {
      char key[2] = { (char) ('0' + figures->key), 0 };
      g_autofree char *tip = g_strdup_printf (_("Ctrl+%u assigns the selection to this crew"), figures->key);

      gtk_label_set_text (GTK_LABEL (self->key), key);
      gtk_widget_set_tooltip_text (self->key, tip);
    }
  gtk_widget_set_visible (self->key, figures->key > 0);

  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->bar),
                           capacity > 0 ? CLAMP ((double) figures->load / capacity, 0, 1) : figures->load > 0 ? 1 : 0);
  if (capacity > 0 && figures->load > capacity)
    gtk_widget_add_css_class (self->bar, "dsp-over");
  else
    gtk_widget_remove_css_class (self->bar, "dsp-over");

  for (guint i = 0; i < n && next == NULL; i++)
    if (stops[i].attention_us > clock.now_us)
      next = dsp_text_hour ((DspTime) { stops[i].attention_us });
  if (next != NULL)
    /* Translators: the time of the crew's next appointment */
    g_string_append_printf (details, _("next %s"), next);
  if (length > 0)
    {
      km = dsp_text_km (length);
      g_string_append_printf (details, "%s%s", details->len > 0 ? " · " : "", km);
    }
  if (figures->penalized > 0)
    g_string_append_printf (details, "%s%u ▲", details->len > 0 ? " · " : "", figures->penalized);
  if (*people != '\0')
    g_string_append_printf (details, "%s%s", details->len > 0 ? " · " : "", people);
  gtk_label_set_text (GTK_LABEL (self->details), details->str);
  gtk_widget_set_tooltip_text (self->details, details->str);
  gtk_widget_set_visible (self->details, details->len > 0);

  gtk_widget_remove_css_class (GTK_WIDGET (self), "dsp-cannot");
  gtk_widget_remove_css_class (self->answer, "dsp-warns");
  gtk_widget_remove_css_class (self->answer, "dsp-fits");
  gtk_widget_set_visible (self->answer, figures->asked);
  if (figures->asked)
    {
      g_autofree char *sentence = dsp_text_answer (&figures->answer);

      gtk_label_set_text (GTK_LABEL (self->answer), sentence);
      if (figures->answer.errors != 0)
        gtk_widget_add_css_class (GTK_WIDGET (self), "dsp-cannot");
      else
        gtk_widget_add_css_class (self->answer, figures->answer.warnings != 0 || figures->answer.late_us > 0
                                                ? "dsp-warns" : "dsp-fits");
      name = g_strdup_printf ("%s, %s, %s", title, load, sentence);
    }
  else
    name = g_strdup_printf ("%s, %s", title, load);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  {
    g_autofree char *button = g_strdup_printf (_("Day of %s"), title);

    gtk_accessible_update_property (GTK_ACCESSIBLE (self->expand), GTK_ACCESSIBLE_PROPERTY_LABEL, button, -1);
    gtk_widget_set_tooltip_text (self->expand, button);
  }
  show_menu (self, crew, title);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->expand), figures->expanded);
  gtk_button_set_icon_name (GTK_BUTTON (self->expand), figures->expanded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_widget_set_visible (self->day, figures->expanded);
  if (figures->expanded)
    dsp_crew_stops_show (self->day, self->office, crew, stops, rows, n);
  self->showing = FALSE;
}

static void
on_expand_toggled (GtkToggleButton *button,
                   DspCrewCard     *self)
{
  DspId id;

  if (self->showing || self->item == NULL)
    return;
  id = dsp_crew_item_get_figures (self->item)->crew_id;
  g_signal_emit (self, expanded_signal, 0, &id, gtk_toggle_button_get_active (button));
}

/* ---- dropping ---- */

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         DspCrewCard   *self)
{
  GtkBitset *rows = g_value_get_boxed (value);
  const DspCrew *crew;

  if (self->item == NULL || rows == NULL)
    return FALSE;
  crew = dsp_office_get (self->office, &dsp_crew, &dsp_crew_item_get_figures (self->item)->crew_id);
  if (crew == NULL)
    return FALSE;
  dsp_assign_to_crew (GTK_WIDGET (self), self->office, crew, rows);
  return TRUE;
}

static GdkDragAction
on_drop_enter (GtkDropTarget *target,
               double         x,
               double         y,
               DspCrewCard   *self)
{
  const DspCrewFigures *figures = self->item != NULL ? dsp_crew_item_get_figures (self->item) : NULL;

  /* A card that cannot take them says why and does not light up. */
  return figures == NULL || (figures->asked && figures->answer.errors != 0) ? 0 : GDK_ACTION_MOVE;
}

static GdkDragAction
on_drop_motion (GtkDropTarget *target,
                double         x,
                double         y,
                DspCrewCard   *self)
{
  return on_drop_enter (target, x, y, self);
}

/* ---- object ---- */

static void
dsp_crew_card_dispose (GObject *object)
{
  DspCrewCard *self = DSP_CREW_CARD (object);
  GtkWidget *child;

  dsp_crew_card_set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_crew_card_parent_class)->dispose (object);
}

static void
dsp_crew_card_class_init (DspCrewCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_crew_card_dispose;
  expanded_signal = g_signal_new ("expanded", DSP_TYPE_CREW_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                  G_TYPE_POINTER, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-crew-card.ui");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, key);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, title);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, load);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, menu);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, expand);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, bar);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, details);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, answer);
  gtk_widget_class_bind_template_child (widget_class, DspCrewCard, day);
  gtk_widget_class_bind_template_callback (widget_class, on_expand_toggled);
}

static void
dsp_crew_card_init (DspCrewCard *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GTK_TYPE_BITSET, GDK_ACTION_MOVE | GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Its own three colours of GTK say nothing here: one colour, and red beyond the capacity. */
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (self->bar), GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (self->bar), GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (self->bar), GTK_LEVEL_BAR_OFFSET_FULL);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  g_signal_connect (target, "enter", G_CALLBACK (on_drop_enter), self);
  g_signal_connect (target, "motion", G_CALLBACK (on_drop_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

GtkWidget *
dsp_crew_card_new (DspOffice *office)
{
  DspCrewCard *self = g_object_new (DSP_TYPE_CREW_CARD, NULL);

  self->office = g_object_ref (office);
  return GTK_WIDGET (self);
}

void
dsp_crew_card_set_item (DspCrewCard *self,
                        DspCrewItem *item)
{
  if (self->item != NULL)
    g_clear_signal_handler (&self->changed_id, self->item);
  g_set_object (&self->item, item);
  if (item != NULL)
    {
      self->changed_id = g_signal_connect_swapped (item, "changed", G_CALLBACK (show), self);
      show (self);
    }
}
