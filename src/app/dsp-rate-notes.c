/* dsp-rate-notes.c: what a rate or tax rule means beside the others, while it is being written
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Above the form, the one that is for the same and shares days with it, both written out, with the ways out. Below it, how specific it is
 * and, of a saved one, a line to end it and begin the next at a day.
 */
#define G_LOG_DOMAIN "dsp-rate-notes"

#include "config.h"
#include "dsp-rate-notes.h"

#include "dsp-assign.h"
#include "dsp-rate-words.h"
#include "dsp-record-kind.h"
#include "dsp-record-page.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

struct _DspRateNotes
{
  GtkWidget            parent_instance;

  DspOffice           *office;  /* (owned) */
  const DspRecordKind *kind;
  DspRecord           *record;  /* (owned) (nullable): as it is written now */
  DspId                clash;   /* the other one; none: nothing clashes */
  GtkWidget           *specific;
  GtkWidget           *clash_box;
  GtkWidget           *clash_grid;
  GtkWidget           *show_button;
  GtkWidget           *end_button;
  GtkWidget           *next_box;
  GtkWidget           *next_code, *next_from, *next_amount;
  GtkWidget           *next_label;
  GtkWidget           *next_error;
  DspId                next_of;  /* whose suggestions the line shows */
  DspId                next_id;  /* what was just begun */
};

G_DEFINE_FINAL_TYPE (DspRateNotes, dsp_rate_notes, GTK_TYPE_WIDGET)

static const DspEntity *
entity_of (DspRateNotes *self)
{
  return self->kind->entity;
}

static const char *
code_of (DspRateNotes *self,
         gconstpointer record)
{
  return *dsp_field_text (dsp_table_find (&entity_of (self)->table, "code", 4), record);
}

static const DspField *
until_field (DspRateNotes *self)
{
  return dsp_table_find (&entity_of (self)->table, "until", 5);
}

static guint64
until_bit (DspRateNotes *self)
{
  return dsp_table_bit (&entity_of (self)->table, until_field (self)->offset);
}

static DspRecordPage *
page_of (DspRateNotes *self)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), DSP_TYPE_RECORD_PAGE);

  return page != NULL ? DSP_RECORD_PAGE (page) : NULL;
}

/* ---- what clashes ---- */

static const DspRecord *
find_clash (DspRateNotes *self)
{
  const GPtrArray *all = dsp_office_records (self->office, entity_of (self));

  if (entity_of (self) == &dsp_rate)
    return (const DspRecord *) dsp_rate_find_clash (all, (const DspRate *) self->record);
  return (const DspRecord *) dsp_tax_rule_find_clash (all, (const DspTaxRule *) self->record);
}

static void
attach_line (DspRateNotes *self,
             int           line,
             const char   *whose,
             gconstpointer record)
{
  bool rate = entity_of (self) == &dsp_rate;
  g_autofree char *dates = dsp_dated_words_dates (dsp_dated_from (entity_of (self), record), dsp_dated_until (entity_of (self), record));
  g_autofree char *zone = dsp_dated_words_zone (self->office, entity_of (self), record);
  g_autofree char *orders = rate ? dsp_rate_words_orders (self->office, record) : g_strdup (((const DspTaxRule *) record)->regime);
  g_autofree char *amount = rate ? dsp_rate_words_amount (self->office, record) : dsp_tax_words_taxes (self->office, record);
  g_autofree char *whom = rate ? dsp_rate_words_whose (self->office, record) : NULL;
  g_autofree char *for_what = g_strdup_printf ("%s%s%s%s%s", whom != NULL ? whom : "", whom != NULL ? " · " : "",
                                               orders != NULL ? orders : "", orders != NULL ? " · " : "", zone);
  const char *cells[] = { whose, dates, for_what, amount };

  for (int i = 0; i < (int) G_N_ELEMENTS (cells); i++)
    {
      GtkWidget *label = gtk_label_new (cells[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_yalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, i == 0 ? "heading" : "numeric");
      gtk_grid_attach (GTK_GRID (self->clash_grid), label, line, i, 1, 1);
    }
}

static void
show_clash (DspRateNotes *self)
{
  const DspRecord *other = find_clash (self);
  GtkWidget *child;
  g_autofree char *show = NULL, *end = NULL, *last = NULL;
  DspDate from;
  const char *code;

  self->clash = other != NULL ? other->id : dsp_id_none;
  gtk_widget_set_visible (self->clash_box, other != NULL);
  if (other == NULL)
    return;
  while ((child = gtk_widget_get_first_child (self->clash_grid)) != NULL)
    gtk_grid_remove (GTK_GRID (self->clash_grid), child);
  code = code_of (self, self->record);
  attach_line (self, 0, code != NULL ? code : _("This one"), self->record);
  attach_line (self, 1, code_of (self, other), other);

  from = dsp_dated_from (entity_of (self), self->record);
  last = dsp_text_date ((DspDate) { from.day - 1 });
  show = g_strdup_printf (_("Show %s"), code_of (self, other));
  end = g_strdup_printf (_("End %s on %s"), code_of (self, other), last);
  gtk_button_set_label (GTK_BUTTON (self->show_button), show);
  gtk_button_set_label (GTK_BUTTON (self->end_button), end);
  gtk_widget_set_visible (self->end_button, dsp_dated_from (entity_of (self), other).day < from.day &&
                          dsp_office_may (self->office, self->kind->change));
}

/* ---- what it is specific by ---- */

static void
show_specific (DspRateNotes *self)
{
  g_autofree char *asks = NULL, *text = NULL;

  gtk_widget_set_visible (self->specific, entity_of (self) == &dsp_rate);
  if (entity_of (self) != &dsp_rate)
    return;
  asks = dsp_rate_words_asks (self->office, self->record);
  text = *asks != '\0' ? g_strdup_printf (_("Specific by: %s. It goes before every rate that is less specific."), asks)
                       : g_strdup (_("The least specific: it applies where no other rate does."));
  gtk_label_set_text (GTK_LABEL (self->specific), text);
}

/* ---- the next one ---- */

/* The field in which the next one usually differs. */
static const DspField *
value_field (DspRateNotes *self)
{
  const char *name = entity_of (self) == &dsp_tax_rule ? "vat" : ((const DspRate *) self->record)->share.is_set ? "share" : "amount";

  return dsp_table_find (&entity_of (self)->table, name, strlen (name));
}

static bool
is_code (DspRateNotes *self,
         const char   *code)
{
  const GPtrArray *all = dsp_office_records (self->office, entity_of (self));

  for (guint i = 0; i < all->len; i++)
    if (g_strcmp0 (code_of (self, all->pdata[i]), code) == 0)
      return true;
  return false;
}

/* "REP" is followed by "REP-2", that by "REP-3". */
static char *
next_code (DspRateNotes *self)
{
  const char *code = code_of (self, self->record), *dash = strrchr (code, '-');
  guint64 number = 1;
  g_autofree char *stem = NULL;

  /* The number is one of a row only if there is a beginning of it: "IVA-16" says 16 %. */
  if (dash != NULL && g_ascii_string_to_unsigned (dash + 1, 10, 2, 9999, &number, NULL))
    stem = g_strndup (code, (gsize) (dash - code));
  if (stem == NULL || !is_code (self, stem))
    {
      g_free (stem);
      stem = g_strdup (code);
      number = 1;
    }
  for (;;)
    {
      g_autofree char *next = g_strdup_printf ("%s-%" G_GUINT64_FORMAT, stem, ++number);

      if (!is_code (self, next))
        return g_steal_pointer (&next);
    }
}

static void
suggest_next (DspRateNotes *self)
{
  g_autofree char *code = next_code (self), *value = NULL;

  self->next_of = self->record->id;
  value = dsp_field_dup_said (value_field (self), self->record);
  gtk_editable_set_text (GTK_EDITABLE (self->next_code), code);
  gtk_editable_set_text (GTK_EDITABLE (self->next_from), "");
  gtk_editable_set_text (GTK_EDITABLE (self->next_amount), value != NULL ? value : "");
  gtk_label_set_text (GTK_LABEL (self->next_label), _(value_field (self)->label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->next_amount), GTK_ACCESSIBLE_PROPERTY_LABEL, _(value_field (self)->label), -1);
  gtk_widget_set_visible (self->next_error, FALSE);
}

static void
show_next (DspRateNotes *self)
{
  const DspRecord *saved = dsp_office_get (self->office, entity_of (self), &self->record->id);
  const DspField *retired = dsp_table_find (&entity_of (self)->table, "retired", 7);
  bool may = saved != NULL && dsp_table_equal (&entity_of (self)->table, saved, self->record) && *dsp_field_word (retired, saved) != DSP_YES &&
             dsp_office_may (self->office, self->kind->change) && dsp_office_may (self->office, self->kind->create);

  gtk_widget_set_visible (self->next_box, may);
  if (may && !dsp_id_equal (&self->next_of, &saved->id))
    suggest_next (self);
}

static void
show (DspRateNotes *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), self->record != NULL);
  gtk_widget_set_visible (self->clash_box, FALSE);
  if (self->record == NULL)
    return;
  show_specific (self);
  show_clash (self);
  show_next (self);
}

static void
say_wrong (DspRateNotes *self,
           const char   *sentence)
{
  gtk_label_set_text (GTK_LABEL (self->next_error), sentence);
  gtk_widget_set_visible (self->next_error, TRUE);
}

/* ---- giving ---- */

/* Two records at most, each with one command; the copies that it is given. */
typedef struct {
  DspRateNotes *notes;      /* (owned) */
  DspGift       gifts[2];
  DspGift      *list[2];
  guint         n;
} Giving;

static void
giving_free (Giving *giving)
{
  for (guint i = 0; i < giving->n; i++)
    {
      dsp_record_free (entity_of (giving->notes), giving->gifts[i].steps[0].args);
      g_free (giving->gifts[i].message);
    }
  g_object_unref (giving->notes);
  g_free (giving);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Giving, giving_free)

static Giving *
giving_new (DspRateNotes *self)
{
  Giving *giving = g_new0 (Giving, 1);

  giving->notes = g_object_ref (self);
  return giving;
}

static void
giving_add (Giving           *giving,
            const DspCommand *command,
            const DspId      *id,
            gpointer          args, /* (transfer full) */
            guint64           given)
{
  DspGift *gift = &giving->gifts[giving->n];

  gift->id = *id;
  gift->steps[0] = (DspGiftStep) { command, args, given };
  gift->n_steps = 1;
  giving->list[giving->n++] = gift;
}

/* The record ends on the day before @from. */
static void
giving_end (Giving      *giving,
            const DspId *id,
            DspDate      from)
{
  DspRateNotes *self = giving->notes;
  gpointer args = dsp_record_new (entity_of (self));

  *dsp_field_date (until_field (self), args) = (DspDate) { from.day - 1 };
  giving_add (giving, self->kind->change, id, args, until_bit (self));
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(Giving) giving = user_data;
  DspRateNotes *self = giving->notes;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_rows_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = outcome == NULL ? dsp_text_error (error) : NULL;

  if (self->office == NULL)
    return;
  for (guint i = 0; i < giving->n && sentence == NULL; i++)
    if (giving->gifts[i].refused)
      sentence = dsp_text_rule (giving->gifts[i].rule, giving->gifts[i].message);
  if (sentence != NULL)
    {
      say_wrong (self, sentence);
      gtk_widget_set_visible (self->next_box, TRUE);
      return;
    }
  dsp_office_message (self->office, dsp_assign_remember (self->office, outcome->group), "%s", giving->n == 2 ? _("One ends, the next one begins") : _("Saved"));
  if (giving->n == 2 && page_of (self) != NULL)
    dsp_record_page_show (page_of (self), &self->next_id);
  else if (page_of (self) != NULL)
    {
      dsp_record_page_clear_errors (page_of (self));
      show (self);
    }
}

/* Judged first, given then: of the two neither happens without the other. */
static void
judged_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(Giving) giving = user_data;
  DspReplica *replica = DSP_REPLICA (source);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_rows_finish (replica, res, &error);
  DspGift **list = giving->list;
  guint n = giving->n;
  g_autofree char *sentence = outcome == NULL ? dsp_text_error (error) : NULL;

  if (giving->notes->office == NULL)
    return;
  for (guint i = 0; i < giving->n && sentence == NULL; i++)
    if (giving->gifts[i].refused)
      sentence = dsp_text_rule (giving->gifts[i].rule, giving->gifts[i].message);
  if (sentence != NULL)
    say_wrong (giving->notes, sentence);
  else
    dsp_replica_give_rows_async (replica, list, n, 0, FALSE, NULL, given_cb, g_steal_pointer (&giving));
}

static void
give (Giving *giving) /* (transfer full) */
{
  DspGift **list = giving->list;
  guint n = giving->n;

  dsp_replica_give_rows_async (dsp_office_get_replica (giving->notes->office), list, n, 0, TRUE, NULL, judged_cb, giving);
}

static void
on_end (DspRateNotes *self)
{
  Giving *giving;

  if (self->record == NULL || dsp_id_is_none (&self->clash))
    return;
  giving = giving_new (self);
  giving_end (giving, &self->clash, dsp_dated_from (entity_of (self), self->record));
  give (giving);
}

static void
on_show_other (DspRateNotes *self)
{
  if (page_of (self) != NULL && !dsp_id_is_none (&self->clash))
    dsp_record_page_show (page_of (self), &self->clash);
}

/* Which of its fields a creation gives. */
static guint64
given_of (DspRateNotes *self,
          gconstpointer record)
{
  gpointer none = dsp_record_new (entity_of (self));
  guint64 given = dsp_table_diff (&entity_of (self)->table, none, record);

  dsp_record_free (entity_of (self), none);
  return given;
}

static void
on_begin_next (DspRateNotes *self)
{
  const DspTable *table = &entity_of (self)->table;
  const DspField *code = dsp_table_find (table, "code", 4), *from = dsp_table_find (table, "from", 4), *value;
  g_autofree char *code_text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->next_code))));
  g_autofree char *from_text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->next_from))));
  g_autofree char *value_text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->next_amount))));
  g_autofree char *sentence = NULL, *first = NULL;
  g_autoptr(GError) error = NULL;
  Giving *giving;
  DspRecord *next;
  DspDate day = { 0 };
  bool read;

  if (self->record == NULL)
    return;
  gtk_widget_set_visible (self->next_error, FALSE);
  if (!dsp_text_read_date (from_text, g_get_real_time (), &day))
    sentence = g_strdup_printf (_("“%s” is not a day. Write it as 31/12/2026."), from_text);
  else if (day.day <= dsp_dated_from (entity_of (self), self->record).day)
    {
      first = dsp_text_date (dsp_dated_from (entity_of (self), self->record));
      sentence = g_strdup_printf (_("The next one has to begin after %s, when this one begins."), first);
    }
  if (sentence != NULL)
    {
      say_wrong (self, sentence);
      gtk_widget_grab_focus (self->next_from);
      return;
    }
  next = dsp_record_dup (entity_of (self), self->record);
  value = value_field (self);
  read = dsp_field_set_said (code, next, code_text, &error) && dsp_field_set_said (value, next, value_text, &error);
  *dsp_field_date (from, next) = day;
  /* An end that the old one has is the next one's, unless it lies before. */
  if (dsp_dated_until (entity_of (self), next).day < day.day)
    *dsp_field_date (until_field (self), next) = (DspDate) { 0 };
  if (!read)
    {
      sentence = dsp_text_error (error);
      say_wrong (self, sentence);
      dsp_record_free (entity_of (self), next);
      return;
    }
  if (self->kind->without != NULL)
    *dsp_field_time (dsp_table_find (table, self->kind->without, strlen (self->kind->without)), next) = (DspTime) { 0 };
  self->next_id = dsp_replica_new_id (dsp_office_get_replica (self->office));
  giving = giving_new (self);
  giving_end (giving, &self->record->id, day);
  giving_add (giving, self->kind->create, &self->next_id, next, given_of (self, next));
  give (giving);
}

/* ---- object ---- */

static void
dsp_rate_notes_dispose (GObject *object)
{
  DspRateNotes *self = DSP_RATE_NOTES (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->record != NULL)
    dsp_record_free (entity_of (self), self->record);
  self->record = NULL;
  g_clear_object (&self->clash_box);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_rate_notes_parent_class)->dispose (object);
}

static void
dsp_rate_notes_class_init (DspRateNotesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_rate_notes_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add_label (GtkWidget  *box,
           const char *text,
           const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
make_clash (DspRateNotes *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->clash_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_widget_add_css_class (self->clash_box, "dsp-banner");
  add_label (self->clash_box, _("Both are for the same and share days. One has to end before the other begins."), "error");
  self->clash_grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->clash_grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (self->clash_grid), 18);
  gtk_box_append (GTK_BOX (self->clash_box), self->clash_grid);
  self->show_button = gtk_button_new ();
  self->end_button = gtk_button_new ();
  g_signal_connect_swapped (self->show_button, "clicked", G_CALLBACK (on_show_other), self);
  g_signal_connect_swapped (self->end_button, "clicked", G_CALLBACK (on_end), self);
  gtk_box_append (GTK_BOX (buttons), self->end_button);
  gtk_box_append (GTK_BOX (buttons), self->show_button);
  gtk_box_append (GTK_BOX (self->clash_box), buttons);
  g_object_ref_sink (self->clash_box);
}

static GtkWidget *
add_entry (DspRateNotes *self,
           GtkWidget    *line,
           const char   *name,
           GtkWidget   **label)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *entry = gtk_entry_new ();

  *label = add_label (column, name, "caption");
  gtk_label_set_wrap (GTK_LABEL (*label), FALSE);
  gtk_label_set_ellipsize (GTK_LABEL (*label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (*label, "dim-label");
  gtk_label_set_mnemonic_widget (GTK_LABEL (*label), entry);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_begin_next), self);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (column), entry);
  gtk_box_append (GTK_BOX (line), column);
  return entry;
}

static void
make_next (DspRateNotes *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *label, *button = gtk_button_new_with_label (_("Begin the next one"));

  self->next_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  add_label (self->next_box, _("End it and begin the next one"), "heading");
  /* Translators: the day on which the next rate begins */
  self->next_from = add_entry (self, line, _("On the day"), &label);
  self->next_amount = add_entry (self, line, _("Amount"), &self->next_label);
  self->next_code = add_entry (self, line, _("Next code"), &label);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->next_from), _("31/12/2026"));
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_begin_next), self);
  gtk_box_set_homogeneous (GTK_BOX (line), TRUE);
  gtk_box_append (GTK_BOX (self->next_box), line);
  self->next_error = add_label (self->next_box, NULL, "error");
  gtk_box_append (GTK_BOX (self->next_box), button);
  gtk_widget_set_visible (self->next_error, FALSE);
  gtk_widget_set_parent (self->next_box, GTK_WIDGET (self));
}

static void
dsp_rate_notes_init (DspRateNotes *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 18);
  make_clash (self);
  self->specific = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->specific), 0);
  gtk_label_set_wrap (GTK_LABEL (self->specific), TRUE);
  gtk_widget_add_css_class (self->specific, "dim-label");
  gtk_widget_set_parent (self->specific, GTK_WIDGET (self));
  make_next (self);
}

GtkWidget *
dsp_rate_notes_new (DspOffice       *office,
                    const DspEntity *entity)
{
  DspRateNotes *self = g_object_new (DSP_TYPE_RATE_NOTES, NULL);

  self->office = g_object_ref (office);
  self->kind = dsp_record_kind_of (entity);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Beside the others"), -1);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}

void
dsp_rate_notes_set (DspRateNotes *self,
                    gconstpointer record)
{
  if (self->record != NULL)
    dsp_record_free (entity_of (self), self->record);
  self->record = record != NULL ? dsp_record_dup (entity_of (self), record) : NULL;
  show (self);
}

GtkWidget *
dsp_rate_notes_get_head (DspRateNotes *self)
{
  return self->clash_box;
}
