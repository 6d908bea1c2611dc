/* dsp-filter-form.c: all criteria of the list of orders, to be filled in and applied
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing is applied while one types (S0-24): "Apply filter" does. What cannot be read stays typed, with the reason
 * under it, and the old filter stays in force.
 */
#define G_LOG_DOMAIN "dsp-filter-form"

#include "config.h"
#include "dsp-filter-form.h"

#include "dsp-chooser.h"
#include "dsp-filter-words.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

typedef enum { ASK_TEXT, ASK_CHOICE, ASK_DATES, ASK_PENALIZED } AskKind;

typedef struct {
  AskKind         kind;
  const char     *name;   /* a field of the order, "penalized" or "q" */
  const DspField *field;  /* nullable */
  GtkWidget      *editor; /* entry, chooser or drop-down */
  GtkWidget      *second; /* "to", or the hours */
  char           *shown;  /* (owned) (nullable): what the editors showed of the filter … */
  char           *values; /* (owned) (nullable): … and what that was: kept as long as nobody writes something else */
} Ask;

struct _DspFilterForm
{
  GtkWidget  parent_instance;

  DspOffice *office; /* (owned) */
  GArray    *asks;   /* (owned) of Ask */
  GtkWidget *box;
  GtkWidget *error;
  gboolean   cleared; /* conditions that have no editor go too */
};

G_DEFINE_FINAL_TYPE (DspFilterForm, dsp_filter_form, GTK_TYPE_WIDGET)

static guint applied_signal;

/* The eleven criteria in the order of S0-22, then the others. */
static const struct { const char *name; AskKind kind; } criteria[] = {
  { "number", ASK_TEXT },        { "group", ASK_CHOICE },      { "type", ASK_CHOICE },          { "subtype", ASK_CHOICE },
  { "created_at", ASK_DATES },   { "attention_at", ASK_DATES },{ "penalized", ASK_PENALIZED },  { "account", ASK_TEXT },
  { "parent", ASK_TEXT },        { "postal_code", ASK_TEXT },  { "status", ASK_CHOICE },
  { "crew_id", ASK_CHOICE },     { "distributor_id", ASK_CHOICE }, { "municipality", ASK_CHOICE },
  { "neighbourhood", ASK_CHOICE },{ "priority", ASK_CHOICE },  { "reason", ASK_CHOICE },        { "reschedules", ASK_TEXT },
  { "assigned_at", ASK_DATES },  { "closed_at", ASK_DATES },   { "q", ASK_TEXT },
};

enum { PENALIZED_ANY, PENALIZED_YES, PENALIZED_NO, PENALIZED_WITHIN };

/* ---- text form ---- */

static gboolean
all_digits (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isdigit (*p))
      return FALSE;
  return *text != '\0';
}

/* What a person types in one entry: values separated by commas, 031* for a beginning, 03100-03199 for a range. */
static char *
values_of_text (const DspField *field,
                const char     *text)
{
  g_auto(GStrv) parts = g_strsplit_set (text, ",;\n", -1);
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *part = g_strstrip (parts[i]);
      g_auto(GStrv) ends = NULL;
      gboolean is_range;
      gsize length = strlen (part);

      if (length == 0)
        continue;
      if (out->len > 0)
        g_string_append_c (out, ',');
      if (strstr (part, "..") != NULL)
        ends = g_strsplit (part, "..", 2);
      else if (strstr (part, "–") != NULL)
        ends = g_strsplit (part, "–", 2);
      else if ((field->flags & DSP_DIGITS) || field->kind == DSP_KIND_INT)
        ends = g_strsplit (part, "-", 2);
      is_range = ends != NULL && ends[0] != NULL && ends[1] != NULL && !g_str_equal (part, "-") &&
                 (!(field->flags & DSP_DIGITS) || (all_digits (g_strstrip (ends[0])) && all_digits (g_strstrip (ends[1]))));
      if (is_range)
        {
          g_autofree char *from = dsp_filter_escape (g_strstrip (ends[0]));
          g_autofree char *to = dsp_filter_escape (g_strstrip (ends[1]));

          g_string_append_printf (out, "%s..%s", from, to);
        }
      else if (g_str_equal (part, "-") || g_str_equal (part, "+"))
        g_string_append (out, part);
      else if (part[length - 1] == '*')
        {
          g_autofree char *prefix = NULL;

          part[length - 1] = '\0';
          prefix = dsp_filter_escape (part);
          g_string_append_printf (out, "%s*", prefix);
        }
      else
        {
          g_autofree char *value = dsp_filter_escape (part);

          g_string_append (out, value);
        }
    }
  return out->len > 0 ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

static char *
values_of_choice (GStrv values)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; values[i] != NULL; i++)
    {
      g_autofree char *value = dsp_filter_escape (values[i]);

      g_string_append_printf (out, "%s%s", i > 0 ? "," : "", g_str_equal (values[i], "-") ? "-" : value);
    }
  return out->len > 0 ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/* ---- reading the form ---- */

/* What stands in the editors, to be compared. */
static char *
editors_say (const Ask *ask)
{
  switch (ask->kind)
    {
    case ASK_CHOICE:
      {
        g_auto(GStrv) chosen = dsp_chooser_get_values (DSP_CHOOSER (ask->editor));

        return g_strjoinv ("\n", chosen);
      }
    case ASK_DATES:
      return g_strconcat (gtk_editable_get_text (GTK_EDITABLE (ask->editor)), "\n", gtk_editable_get_text (GTK_EDITABLE (ask->second)), NULL);
    case ASK_TEXT:
      return g_strdup (gtk_editable_get_text (GTK_EDITABLE (ask->editor)));
    case ASK_PENALIZED:
    default:
      return NULL;
    }
}

static void
clear_ask (gpointer data)
{
  Ask *ask = data;

  g_clear_pointer (&ask->shown, g_free);
  g_clear_pointer (&ask->values, g_free);
}

/* Two local days, both inclusive, as instants. Returns a sentence if a text is no day. */
static char *
read_dates (Ask       *ask,
            GString  **values)
{
  GtkWidget *entries[2] = { ask->editor, ask->second };
  g_autoptr(GString) out = g_string_new (NULL);
  gboolean any = FALSE;

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entries[i]))));

      if (i == 1)
        g_string_append (out, "..");
      if (*text != '\0')
        {
          DspDate date;
          DspTime time;
          char printed[32];
          g_autofree char *value = NULL;

          if (!dsp_text_read_date (text, g_get_real_time (), &date))
            {
              gtk_widget_add_css_class (entries[i], "error");
              return g_strdup_printf (_("%s: “%s” is not a day. Write it as 31/12/2026."), _(ask->field->label), text);
            }
          date.day += (int) i; /* the end is exclusive */
          time = dsp_text_day_starts (date);
          dsp_time_print (time, printed);
          value = dsp_filter_escape (printed);
          g_string_append (out, value);
          any = TRUE;
        }
    }
  *values = any ? g_steal_pointer (&out) : NULL;
  return NULL;
}

static char *
read_ask (Ask        *ask,
          DspFilter  *filter)
{
  g_autofree char *values = NULL;
  g_autofree char *say = ask->values != NULL ? editors_say (ask) : NULL;
  g_autoptr(GError) error = NULL;

  gtk_widget_remove_css_class (ask->editor, "error");
  if (ask->second != NULL)
    gtk_widget_remove_css_class (ask->second, "error");
  if (say != NULL && g_strcmp0 (say, ask->shown) == 0)
    {
      dsp_filter_set (filter, ask->name, ask->values, NULL);
      return NULL;
    }
  switch (ask->kind)
    {
    case ASK_TEXT:
      {
        g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (ask->editor))));

        if (*text == '\0')
          values = NULL;
        else if (ask->field == NULL)
          values = dsp_filter_escape (text);
        else
          values = values_of_text (ask->field, text);
      }
      break;

    case ASK_CHOICE:
      {
        g_auto(GStrv) chosen = dsp_chooser_get_values (DSP_CHOOSER (ask->editor));

        values = values_of_choice (chosen);
      }
      break;

    case ASK_DATES:
      {
        GString *read = NULL;
        char *wrong = read_dates (ask, &read);

        if (wrong != NULL)
          return wrong;
        values = read != NULL ? g_string_free (read, FALSE) : NULL;
      }
      break;

    case ASK_PENALIZED:
      switch (gtk_drop_down_get_selected (GTK_DROP_DOWN (ask->editor)))
        {
        case PENALIZED_YES:
          values = g_strdup ("yes");
          break;
        case PENALIZED_NO:
          values = g_strdup ("no");
          break;
        case PENALIZED_WITHIN:
          values = g_strdup_printf ("<%dh", gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (ask->second)));
          break;
        default:
          break;
        }
      break;

    default:
      g_assert_not_reached ();
    }
  if (!dsp_filter_set (filter, ask->name, values, &error))
    {
      gtk_widget_add_css_class (ask->editor, "error");
      return g_strdup_printf (_("%s: %s"), ask->field != NULL ? _(ask->field->label) : "", error->message);
    }
  return NULL;
}

static void
apply (DspFilterForm *self)
{
  g_autoptr(DspFilter) filter = self->cleared ? dsp_filter_new (&dsp_order) : dsp_filter_dup (dsp_office_get_filter (self->office));
  g_autofree char *first_wrong = NULL;

  for (guint i = 0; i < self->asks->len; i++)
    {
      Ask *ask = &g_array_index (self->asks, Ask, i);
      g_autofree char *wrong = read_ask (ask, filter);

      if (wrong != NULL && first_wrong == NULL)
        {
          first_wrong = g_steal_pointer (&wrong);
          gtk_widget_grab_focus (ask->editor);
        }
    }
  gtk_label_set_text (GTK_LABEL (self->error), first_wrong != NULL ? first_wrong : "");
  gtk_widget_set_visible (self->error, first_wrong != NULL);
  if (first_wrong != NULL)
    return;
  dsp_office_take_filter (self->office, g_steal_pointer (&filter));
  g_signal_emit (self, applied_signal, 0);
}

static void
clear (DspFilterForm *self)
{
  for (guint i = 0; i < self->asks->len; i++)
    {
      Ask *ask = &g_array_index (self->asks, Ask, i);

      clear_ask (ask);
      gtk_widget_remove_css_class (ask->editor, "error");
      if (ask->kind == ASK_CHOICE)
        dsp_chooser_set_values (DSP_CHOOSER (ask->editor), NULL);
      else if (ask->kind == ASK_PENALIZED)
        gtk_drop_down_set_selected (GTK_DROP_DOWN (ask->editor), PENALIZED_ANY);
      else
        gtk_editable_set_text (GTK_EDITABLE (ask->editor), "");
      if (ask->kind == ASK_DATES)
        {
          gtk_editable_set_text (GTK_EDITABLE (ask->second), "");
          gtk_widget_remove_css_class (ask->second, "error");
        }
    }
  self->cleared = TRUE;
  gtk_widget_set_visible (self->error, FALSE);
}

/* ---- filling the form ---- */

static void
add_choices (DspFilterForm *self,
             Ask           *ask)
{
  DspChooser *chooser = DSP_CHOOSER (ask->editor);
  const DspField *field = ask->field;

  dsp_chooser_clear (chooser);
  if (field->kind == DSP_KIND_WORD)
    {
      for (guint i = 1; i < field->words->n; i++)
        dsp_chooser_add (chooser, field->words->list[i].name, _(field->words->list[i].label));
      return;
    }
  if (field->kind == DSP_KIND_INT)
    {
      for (gint64 value = field->min; value <= field->max; value++)
        {
          g_autofree char *text = g_strdup_printf ("%d", (int) value);

          dsp_chooser_add (chooser, text, text);
        }
      dsp_chooser_add (chooser, "-", _("(none)"));
      return;
    }
  if (field->kind == DSP_KIND_ID)
    {
      const GPtrArray *records = dsp_office_records (self->office, field->target);

      dsp_chooser_add (chooser, "-", _("(none)"));
      for (guint i = 0; i < records->len; i++)
        {
          const DspRecord *record = records->pdata[i];
          g_autofree char *title = dsp_office_record_title (self->office, field->target, record);
          char id[DSP_ID_TEXT];

          dsp_id_print (&record->id, id);
          dsp_chooser_add (chooser, id, title);
        }
      return;
    }
  {
    g_autoptr(GArray) values = dsp_order_index_values (dsp_replica_get_index (dsp_office_get_replica (self->office)), field);

    for (guint i = 0; values != NULL && i < values->len; i++)
      {
        const DspColumnValue *value = &g_array_index (values, DspColumnValue, i);

        if (value->text != NULL)
          {
            g_autofree char *label = field->offset == offsetof (DspOrder, reason) ? dsp_office_reason_title (self->office, value->text)
                                                                                  : g_strdup (value->text);

            dsp_chooser_add (chooser, value->text, label);
          }
      }
    dsp_chooser_add (chooser, "-", _("(none)"));
  }
}

static void
show_choice (Ask                *ask,
             const DspCondition *condition)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) values = NULL;

  for (guint i = 0; condition != NULL && i < condition->any->len; i++)
    {
      const DspAlternative *a = &g_array_index (condition->any, DspAlternative, i);
      char id[DSP_ID_TEXT];

      if (a->op == DSP_OP_NONE)
        g_strv_builder_add (builder, "-");
      else if (ask->field->kind == DSP_KIND_ID)
        {
          dsp_id_print (&a->id, id);
          g_strv_builder_add (builder, id);
        }
      else if (ask->field->kind == DSP_KIND_WORD)
        {
          if (a->from > 0 && a->from < ask->field->words->n)
            g_strv_builder_add (builder, ask->field->words->list[a->from].name);
        }
      else if (ask->field->kind == DSP_KIND_INT)
        {
          g_autofree char *text = g_strdup_printf ("%d", (int) a->from);

          g_strv_builder_add (builder, text);
        }
      else if (a->text != NULL)
        g_strv_builder_add (builder, a->text);
    }
  values = g_strv_builder_end (builder);
  dsp_chooser_set_values (DSP_CHOOSER (ask->editor), (const char *const *) values);
}

static void
show_text (DspFilterForm      *self,
           Ask                *ask,
           const DspFilter    *filter,
           const DspCondition *condition)
{
  g_autoptr(GString) text = g_string_new (NULL);

  if (ask->field == NULL)
    g_string_append (text, filter->words != NULL ? filter->words : "");
  for (guint i = 0; condition != NULL && i < condition->any->len; i++)
    {
      const DspAlternative *alternative = &g_array_index (condition->any, DspAlternative, i);
      g_autofree char *one = alternative->op == DSP_OP_NONE ? g_strdup ("-") : alternative->op == DSP_OP_ANY ? g_strdup ("+")
                             : dsp_filter_alternative_words (self->office, ask->field, alternative);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", one);
    }
  gtk_editable_set_text (GTK_EDITABLE (ask->editor), text->str);
}

static void
show_ends (Ask                  *ask,
           const DspAlternative *a)
{
  g_autofree char *from = a != NULL && a->from != G_MININT64 ? dsp_text_date (dsp_text_local_day (a->from)) : g_strdup ("");
  g_autofree char *to = a != NULL && a->to != G_MAXINT64 ? dsp_text_date (dsp_text_local_day (a->to - 1)) : g_strdup ("");

  gtk_editable_set_text (GTK_EDITABLE (ask->editor), from);
  gtk_editable_set_text (GTK_EDITABLE (ask->second), to);
}

static void
show_dates (Ask                *ask,
            const DspCondition *condition)
{
  const DspAlternative *a = NULL;

  for (guint i = 0; condition != NULL && a == NULL && i < condition->any->len; i++)
    if (g_array_index (condition->any, DspAlternative, i).op == DSP_OP_RANGE)
      a = &g_array_index (condition->any, DspAlternative, i);
  show_ends (ask, a);
}

void
dsp_filter_form_show (DspFilterForm *self)
{
  const DspFilter *filter = dsp_office_get_filter (self->office);

  clear (self);
  for (guint i = 0; i < self->asks->len; i++)
    {
      Ask *ask = &g_array_index (self->asks, Ask, i);
      const DspCondition *condition = dsp_filter_condition (filter, ask->name);

      switch (ask->kind)
        {
        case ASK_TEXT:
          show_text (self, ask, filter, condition);
          break;
        case ASK_CHOICE:
          add_choices (self, ask);
          show_choice (ask, condition);
          break;
        case ASK_DATES:
          show_dates (ask, condition);
          break;
        case ASK_PENALIZED:
          gtk_drop_down_set_selected (GTK_DROP_DOWN (ask->editor), (guint) filter->penalized);
          if (filter->penalized == DSP_PENALIZED_WITHIN)
            gtk_spin_button_set_value (GTK_SPIN_BUTTON (ask->second), filter->within_hours);
          break;
        default:
          g_assert_not_reached ();
        }
      ask->values = dsp_filter_get (filter, ask->name);
      ask->shown = editors_say (ask);
    }
  self->cleared = FALSE;
}

/* ---- making it ---- */

static void
on_penalized_chosen (GtkDropDown *list,
                     GParamSpec  *pspec,
                     GtkWidget   *hours)
{
  gtk_widget_set_visible (hours, gtk_drop_down_get_selected (list) == PENALIZED_WITHIN);
}

static GtkWidget *
make_entry (DspFilterForm *self,
            const char    *name,
            const char    *placeholder)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 9);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 9);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (apply), self);
  return entry;
}

static GtkWidget *
make_ask (DspFilterForm *self,
          Ask           *ask)
{
  const char *title = ask->field != NULL ? _(ask->field->label)
                      : ask->kind == ASK_PENALIZED ? C_("filter", "Penalized") : _("Text");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *label = gtk_label_new (title), *content;

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  switch (ask->kind)
    {
    case ASK_CHOICE:
      content = ask->editor = dsp_chooser_new (title);
      break;

    case ASK_DATES:
      {
        g_autofree char *from = g_strdup_printf (_("%s from"), title);
        g_autofree char *to = g_strdup_printf (_("%s to"), title);

        ask->editor = make_entry (self, from, _("from"));
        ask->second = make_entry (self, to, _("to"));
        gtk_widget_set_hexpand (ask->editor, TRUE);
        gtk_widget_set_hexpand (ask->second, TRUE);
        gtk_widget_set_tooltip_text (ask->editor, _("A day, such as 31/12/2026"));
        gtk_widget_set_tooltip_text (ask->second, _("A day, such as 31/12/2026; inclusive"));
        content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
        gtk_widget_add_css_class (content, "linked");
        gtk_box_append (GTK_BOX (content), ask->editor);
        gtk_box_append (GTK_BOX (content), ask->second);
      }
      break;

    case ASK_PENALIZED:
      {
        const char *const words[] = { C_("filter", "Any"), _("Yes"), _("No"), _("Within hours"), NULL };

        ask->editor = gtk_drop_down_new_from_strings (words);
        ask->second = gtk_spin_button_new_with_range (1, 168, 1);
        gtk_spin_button_set_value (GTK_SPIN_BUTTON (ask->second), 4);
        gtk_widget_set_hexpand (ask->editor, TRUE);
        gtk_widget_set_visible (ask->second, FALSE);
        gtk_accessible_update_property (GTK_ACCESSIBLE (ask->editor), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
        gtk_accessible_update_property (GTK_ACCESSIBLE (ask->second), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Hours"), -1);
        g_signal_connect (ask->editor, "notify::selected", G_CALLBACK (on_penalized_chosen), ask->second);
        content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
        gtk_box_append (GTK_BOX (content), ask->editor);
        gtk_box_append (GTK_BOX (content), ask->second);
      }
      break;

    case ASK_TEXT:
    default:
      content = ask->editor = make_entry (self, title,
                                          ask->field == NULL ? _("name, street, telephone …")
                                          : ask->field->kind == DSP_KIND_INT ? "1, 2-5, -"
                                          : (ask->field->flags & DSP_DIGITS) ? "03100, 031*, 03100-03199" : "904112, 9041*");
      break;
    }
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), ask->editor);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), content);
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static void
dsp_filter_form_dispose (GObject *object)
{
  DspFilterForm *self = DSP_FILTER_FORM (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_filter_form_parent_class)->dispose (object);
}

static void
dsp_filter_form_finalize (GObject *object)
{
  g_array_unref (DSP_FILTER_FORM (object)->asks);
  G_OBJECT_CLASS (dsp_filter_form_parent_class)->finalize (object);
}

static void
dsp_filter_form_class_init (DspFilterFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_filter_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_filter_form_finalize;
  applied_signal = g_signal_new ("applied", DSP_TYPE_FILTER_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_filter_form_init (DspFilterForm *self)
{
  self->asks = g_array_new (FALSE, TRUE, sizeof (Ask));
  g_array_set_clear_func (self->asks, clear_ask);
}

GtkWidget *
dsp_filter_form_new (DspOffice *office)
{
  DspFilterForm *self = g_object_new (DSP_TYPE_FILTER_FORM, NULL);
  GtkWidget *grid = gtk_grid_new (), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *button;

  self->office = g_object_ref (office);
  for (guint i = 0; i < G_N_ELEMENTS (criteria); i++)
    {
      Ask ask = { .kind = criteria[i].kind, .name = criteria[i].name };

      ask.field = dsp_table_find (&dsp_order.table, ask.name, strlen (ask.name));
      g_array_append_val (self->asks, ask);
    }
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  for (guint i = 0; i < self->asks->len; i++)
    {
      Ask *ask = &g_array_index (self->asks, Ask, i);
      gboolean last = i + 1 == self->asks->len;

      gtk_grid_attach (GTK_GRID (grid), make_ask (self, ask), (int) i % 4, (int) i / 4, last ? 4 : 1, 1);
    }

  self->error = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->error), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->error), 0);
  gtk_widget_add_css_class (self->error, "error");
  gtk_widget_set_hexpand (self->error, TRUE);
  gtk_widget_set_visible (self->error, FALSE);
  gtk_box_append (GTK_BOX (buttons), self->error);
  button = gtk_button_new_with_label (_("Clear"));
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clear), self);
  gtk_box_append (GTK_BOX (buttons), button);
  button = gtk_button_new_with_label (_("Apply filter"));
  gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (apply), self);
  gtk_box_append (GTK_BOX (buttons), button);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->box, "dsp-filter-form");
  gtk_box_append (GTK_BOX (self->box), grid);
  gtk_box_append (GTK_BOX (self->box), buttons);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
