/* dsp-rate-list.c: rates or tax rules as a table, with a filter
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The most specific ones stand first, as they are applied. A filter by distributor or type of order leaves what may apply there: a
 * distributor's own rates, his master's, and everybody's.
 */
#define G_LOG_DOMAIN "dsp-rate-list"

#include "config.h"
#include "dsp-rate-list.h"

#include "dsp-rate-words.h"
#include "dsp-record-kind.h"
#include "dsp-record-table.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

typedef enum { WHEN_TODAY, WHEN_COMING, WHEN_ENDED, WHEN_ALL, N_WHENS } When;

struct _DspRateList
{
  GtkWidget           parent_instance;

  DspOffice          *office;    /* (owned) */
  const DspEntity    *entity;
  const DspRecordKind *kind;
  GtkWidget          *box;
  GtkWidget          *search;
  GtkWidget          *when;
  GtkWidget          *pays;       /* (nullable), as are the two that follow: of rates */
  GtkWidget          *distributor;
  GtkWidget          *type;
  GtkWidget          *count;
  GtkWidget          *add_button;
  GtkWidget          *stack;
  DspRecordTable     *table;
  GArray             *distributors; /* (owned): of DspId, as in the drop-down; first is none */
  char              **types;        /* (owned): likewise; first is "" */
  gboolean            filling;
};

G_DEFINE_FINAL_TYPE (DspRateList, dsp_rate_list, GTK_TYPE_WIDGET)

enum { SIGNAL_CHOSEN, SIGNAL_CREATE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- columns ---- */

static int
by_amount (gconstpointer a,
           gconstpointer b)
{
  const DspRate *x = a, *y = b;

  if (x->share.is_set != y->share.is_set)
    return x->share.is_set ? 1 : -1;
  return x->share.is_set ? (x->share.value > y->share.value) - (x->share.value < y->share.value)
                         : (x->amount.cents > y->amount.cents) - (x->amount.cents < y->amount.cents);
}

/* What is paid stays together, the most specific first; where that is equal, the newest. */
static int
by_rank (gconstpointer a,
         gconstpointer b)
{
  const DspRate *x = a, *y = b;
  guint rank_x = dsp_rate_rank (dsp_rate_asks (x)), rank_y = dsp_rate_rank (dsp_rate_asks (y));

  if (x->pays != y->pays)
    return x->pays < y->pays ? -1 : 1;
  if (rank_x != rank_y)
    return rank_x > rank_y ? -1 : 1;
  if (x->from.day != y->from.day)
    return y->from.day - x->from.day;
  return strcmp (x->code, y->code);
}

static char *
rate_field (DspOffice    *office,
            gconstpointer record,
            gsize         offset)
{
  return dsp_office_field_text (office, dsp_table_at (&dsp_rate.table, offset), record);
}

static char *
tax_field (DspOffice    *office,
           gconstpointer record,
           gsize         offset)
{
  return dsp_office_field_text (office, dsp_table_at (&dsp_tax_rule.table, offset), record);
}

/* A column that is a field. */
#define FIELD(entity, name, T, member)                                                                                \
  static char *entity##_##name (DspOffice *office, gconstpointer record)                                              \
  {                                                                                                                   \
    return entity##_field (office, record, offsetof (T, member));                                                     \
  }

FIELD (rate, code, DspRate, code)
FIELD (rate, pays, DspRate, pays)
FIELD (rate, from, DspRate, from)
FIELD (rate, until, DspRate, until)
FIELD (tax, code, DspTaxRule, code)
FIELD (tax, from, DspTaxRule, from)
FIELD (tax, until, DspTaxRule, until)

static char *
rate_zone (DspOffice    *office,
           gconstpointer record)
{
  return dsp_dated_words_zone (office, &dsp_rate, record);
}

static char *
tax_zone (DspOffice    *office,
          gconstpointer record)
{
  return dsp_dated_words_zone (office, &dsp_tax_rule, record);
}

static char *
tax_regime (DspOffice    *office,
            gconstpointer record)
{
  const DspTaxRule *rule = record;

  return g_strdup (rule->regime != NULL ? rule->regime : _("Every regime"));
}

/* Without end is after every end. */
static int
compare_days (DspDate a,
              DspDate b)
{
  return ((guint) a.day - 1 > (guint) b.day - 1) - ((guint) a.day - 1 < (guint) b.day - 1);
}

static int
rate_by_from (gconstpointer a,
              gconstpointer b)
{
  return compare_days (((const DspRate *) a)->from, ((const DspRate *) b)->from);
}

static int
rate_by_until (gconstpointer a,
               gconstpointer b)
{
  return compare_days (((const DspRate *) a)->until, ((const DspRate *) b)->until);
}

static int
tax_by_from (gconstpointer a,
             gconstpointer b)
{
  return compare_days (((const DspTaxRule *) a)->from, ((const DspTaxRule *) b)->from);
}

static int
tax_by_until (gconstpointer a,
              gconstpointer b)
{
  return compare_days (((const DspTaxRule *) a)->until, ((const DspTaxRule *) b)->until);
}

static const DspRecordColumn rate_columns[] = {
  { N_("Code"), 112, 0, true, rate_code },
  { N_("Pays"), 118, 0, true, rate_pays },
  { N_("Whose"), 76, 0, true, dsp_rate_words_whose },
  { N_("Orders"), 0, 0, true, dsp_rate_words_orders },
  { N_("Zone"), 82, 0, true, rate_zone },
  { N_("From"), 86, 0, false, rate_from },
  { N_("Until"), 86, 0, false, rate_until },
  { N_("Amount"), 76, 1, false, dsp_rate_words_amount },
  { N_("Specific by"), 102, 0, true, dsp_rate_words_asks },
};
static const DspRecordCompare rate_compares[] = { NULL, by_rank, NULL, NULL, NULL, rate_by_from, rate_by_until, by_amount, by_rank };
G_STATIC_ASSERT (G_N_ELEMENTS (rate_compares) == G_N_ELEMENTS (rate_columns));

static const DspRecordColumn tax_columns[] = {
  { N_("Code"), 150, 0, true, tax_code },
  { N_("Tax regime"), 120, 0, true, tax_regime },
  { N_("Zone"), 110, 0, true, tax_zone },
  { N_("From"), 86, 0, false, tax_from },
  { N_("Until"), 86, 0, false, tax_until },
  { N_("Taxes"), 0, 0, true, dsp_tax_words_taxes },
};
static const DspRecordCompare tax_compares[] = { NULL, NULL, NULL, tax_by_from, tax_by_until, NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (tax_compares) == G_N_ELEMENTS (tax_columns));

/* ---- the filter ---- */

static bool
is_when (DspRateList  *self,
         gconstpointer record,
         When          when)
{
  const DspField *retired = dsp_table_find (&self->entity->table, "retired", 7);
  DspDate from = dsp_dated_from (self->entity, record), until = dsp_dated_until (self->entity, record);
  DspDate today = dsp_text_local_day (g_get_real_time ());
  bool ended = *dsp_field_word (retired, record) == DSP_YES || (until.day != 0 && until.day < today.day);

  switch (when)
    {
    case WHEN_TODAY:
      return !ended && from.day <= today.day;
    case WHEN_COMING:
      return !ended && from.day > today.day;
    case WHEN_ENDED:
      return ended;
    case WHEN_ALL:
    case N_WHENS:
    default:
      return true;
    }
}

static guint
selected (GtkWidget *drop_down)
{
  return gtk_drop_down_get_selected (GTK_DROP_DOWN (drop_down));
}

/* May it apply to the distributor and type that were chosen? */
static bool
may_apply (DspRateList   *self,
           const DspRate *rate)
{
  guint pays = selected (self->pays), distributor = selected (self->distributor), type = selected (self->type);

  if (pays != 0 && pays != GTK_INVALID_LIST_POSITION && rate->pays != (DspPays) pays)
    return false;
  if (type != 0 && type != GTK_INVALID_LIST_POSITION && rate->type != NULL && !g_str_equal (rate->type, self->types[type]))
    return false;
  if (distributor != 0 && distributor < self->distributors->len)
    {
      const DspId *id = &g_array_index (self->distributors, DspId, distributor);
      const DspDistributor *chosen = dsp_office_get (self->office, &dsp_distributor, id);

      if (!dsp_id_is_none (&rate->distributor_id) && !dsp_id_equal (&rate->distributor_id, id))
        return false;
      if (!dsp_id_is_none (&rate->master_id) && (chosen == NULL || !dsp_id_equal (&rate->master_id, &chosen->master_id)))
        return false;
    }
  return true;
}

static bool
passes (DspRateList  *self,
        gconstpointer record,
        const char   *folded)
{
  g_autofree char *title = dsp_record_kind_title (self->kind, self->office, record);
  g_autofree char *haystack = dsp_fold (title);

  return strstr (haystack, folded) != NULL && is_when (self, record, selected (self->when)) &&
         (self->entity != &dsp_rate || may_apply (self, record));
}

static int
compare_rates (gconstpointer a,
               gconstpointer b)
{
  return by_rank (*(gconstpointer *) a, *(gconstpointer *) b);
}

GPtrArray *
dsp_rate_list_dup_shown (DspRateList *self)
{
  g_autoptr(GPtrArray) records = dsp_record_kind_dup_sorted (self->kind, self->office);
  g_autofree char *folded = dsp_fold (gtk_editable_get_text (GTK_EDITABLE (self->search)));
  GPtrArray *shown = g_ptr_array_new ();

  for (guint i = 0; i < records->len; i++)
    if (passes (self, records->pdata[i], folded))
      g_ptr_array_add (shown, records->pdata[i]);
  if (self->entity == &dsp_rate)
    g_ptr_array_sort (shown, compare_rates);
  return shown;
}

static void
fill (DspRateList *self)
{
  g_autoptr(GPtrArray) shown = NULL;
  guint all = dsp_office_records (self->office, self->entity)->len;
  g_autofree char *count = NULL;

  if (self->filling)
    return;
  shown = dsp_rate_list_dup_shown (self);
  dsp_record_table_fill (self->table, shown);
  /* Translators: so many of so many lines are shown */
  count = g_strdup_printf (_("%u of %u shown"), shown->len, all);
  gtk_label_set_text (GTK_LABEL (self->count), count);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), shown->len > 0 ? "table" : "empty");
}

/* ---- what is offered ---- */

static void
set_words (GtkWidget     *drop_down,
           GtkStringList *words, /* (transfer full) */
           guint          chosen)
{
  gtk_drop_down_set_model (GTK_DROP_DOWN (drop_down), G_LIST_MODEL (words));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), chosen);
  g_object_unref (words);
}

static void
offer_distributors (DspRateList *self)
{
  const GPtrArray *distributors = dsp_office_records (self->office, &dsp_distributor);
  GtkStringList *words = gtk_string_list_new (NULL);
  guint before = selected (self->distributor), chosen = 0;
  DspId id = before < self->distributors->len ? g_array_index (self->distributors, DspId, before) : dsp_id_none;

  g_array_set_size (self->distributors, 0);
  g_array_append_val (self->distributors, dsp_id_none);
  gtk_string_list_append (words, _("Any distributor"));
  for (guint i = 0; i < distributors->len; i++)
    {
      const DspRecord *distributor = distributors->pdata[i];
      g_autofree char *title = dsp_office_record_title (self->office, &dsp_distributor, distributor);

      gtk_string_list_append (words, title);
      g_array_append_val (self->distributors, distributor->id);
      if (dsp_id_equal (&distributor->id, &id))
        chosen = self->distributors->len - 1;
    }
  set_words (self->distributor, words, chosen);
}

static int
compare_words (gconstpointer a,
               gconstpointer b)
{
  return g_utf8_collate (*(char *const *) a, *(char *const *) b);
}

/* Those that the rates name. */
static void
offer_types (DspRateList *self)
{
  const GPtrArray *rates = dsp_office_records (self->office, &dsp_rate);
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) types = g_ptr_array_new ();
  g_autofree char *before = g_strdup (self->types != NULL && selected (self->type) != GTK_INVALID_LIST_POSITION
                                        ? self->types[selected (self->type)] : "");
  GtkStringList *words = gtk_string_list_new (NULL);
  guint chosen = 0;

  for (guint i = 0; i < rates->len; i++)
    {
      const DspRate *rate = rates->pdata[i];

      if (rate->type != NULL && g_hash_table_add (seen, rate->type))
        g_ptr_array_add (types, g_strdup (rate->type));
    }
  g_ptr_array_sort (types, compare_words);
  g_ptr_array_insert (types, 0, g_strdup (""));
  gtk_string_list_append (words, _("Any order type"));
  for (guint i = 1; i < types->len; i++)
    {
      gtk_string_list_append (words, types->pdata[i]);
      if (g_str_equal (types->pdata[i], before))
        chosen = i;
    }
  g_ptr_array_add (types, NULL);
  g_strfreev (self->types);
  self->types = (char **) g_ptr_array_free (g_steal_pointer (&types), FALSE);
  set_words (self->type, words, chosen);
}

static void
offer (DspRateList *self)
{
  if (self->entity != &dsp_rate)
    return;
  self->filling = TRUE;
  offer_distributors (self);
  offer_types (self);
  self->filling = FALSE;
}

/* ---- following ---- */

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspRateList     *self)
{
  if (entity != NULL && entity != self->entity && entity != &dsp_distributor)
    return;
  offer (self);
  fill (self);
}

static void
on_status_changed (DspRateList *self)
{
  gtk_widget_set_visible (self->add_button, dsp_office_may (self->office, self->kind->create));
}

static void
on_chosen (DspRateList *self)
{
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0);
}

static void
on_add (DspRateList *self)
{
  g_signal_emit (self, signals[SIGNAL_CREATE], 0);
}

void
dsp_rate_list_choose (DspRateList *self,
                      const DspId *id)
{
  dsp_record_table_choose (self->table, id);
}

const DspId *
dsp_rate_list_get_chosen (DspRateList *self)
{
  return dsp_record_table_get_chosen (self->table);
}

/* ---- object ---- */

static void
dsp_rate_list_dispose (GObject *object)
{
  DspRateList *self = DSP_RATE_LIST (object);

  self->filling = TRUE;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->distributors, g_array_unref);
  g_clear_pointer (&self->types, g_strfreev);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_rate_list_parent_class)->dispose (object);
}

static void
dsp_rate_list_class_init (DspRateListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_rate_list_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", DSP_TYPE_RATE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CREATE] = g_signal_new ("create", DSP_TYPE_RATE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_rate_list_init (DspRateList *self)
{
  self->distributors = g_array_new (FALSE, FALSE, sizeof (DspId));
}

static void
on_word_setup (GtkSignalListItemFactory *factory,
               GtkListItem              *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_list_item_set_child (item, label);
}

/* On the button a long name is cut, so that the table keeps its width. */
static void
on_short_setup (GtkSignalListItemFactory *factory,
                GtkListItem              *item)
{
  on_word_setup (factory, item);
  gtk_label_set_ellipsize (GTK_LABEL (gtk_list_item_get_child (item)), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (gtk_list_item_get_child (item)), 18);
}

static void
on_word_bind (GtkSignalListItemFactory *factory,
              GtkListItem              *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static GtkListItemFactory *
make_factory (GCallback setup)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", setup, NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_word_bind), NULL);
  return factory;
}

static GtkWidget *
add_drop_down (DspRateList *self,
               GtkWidget   *line,
               const char  *name,
               const char  *tooltip)
{
  GtkWidget *drop_down = gtk_drop_down_new (NULL, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  g_autoptr(GtkListItemFactory) shown = make_factory (G_CALLBACK (on_short_setup)), listed = make_factory (G_CALLBACK (on_word_setup));

  gtk_drop_down_set_factory (GTK_DROP_DOWN (drop_down), shown);
  gtk_drop_down_set_list_factory (GTK_DROP_DOWN (drop_down), listed);
  gtk_widget_set_tooltip_text (drop_down, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (drop_down, "notify::selected", G_CALLBACK (fill), self);
  gtk_box_append (GTK_BOX (line), drop_down);
  return drop_down;
}

static GtkWidget *
make_filter (DspRateList *self)
{
  static const char *const whens[] = { N_("In force today"), N_("To come"), N_("Ended or retired"), N_("All dates") };
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkStringList *words = gtk_string_list_new (NULL);

  G_STATIC_ASSERT (G_N_ELEMENTS (whens) == N_WHENS);
  self->search = gtk_search_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (self->search), 9);
  gtk_widget_set_hexpand (self->search, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Find in this list"), -1);
  g_object_set (self->search, "placeholder-text", _("Find"), NULL);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (fill), self);
  gtk_box_append (GTK_BOX (line), self->search);
  self->filling = TRUE;
  self->when = add_drop_down (self, line, _("When it holds"), _("When it holds"));
  for (guint i = 0; i < N_WHENS; i++)
    gtk_string_list_append (words, _(whens[i]));
  set_words (self->when, words, WHEN_TODAY);
  if (self->entity == &dsp_rate)
    {
      self->pays = add_drop_down (self, line, _("Pays"), _("What is paid"));
      words = gtk_string_list_new (NULL);
      gtk_string_list_append (words, _("Anything paid"));
      for (guint i = 1; i < DSP_N_PAYS; i++)
        gtk_string_list_append (words, dsp_text_word (&DspPays_words, i));
      set_words (self->pays, words, 0);
      self->distributor = add_drop_down (self, line, _("Distributor"), _("What may apply to this distributor: his own, his master's, everybody's"));
      self->type = add_drop_down (self, line, _("Order type"), _("What may apply to orders of this type"));
      gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->distributor), TRUE);
    }
  self->filling = FALSE;
  gtk_widget_add_css_class (line, "dsp-panel-head");
  return line;
}

static GtkWidget *
make_foot (DspRateList *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->count = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->count), 0);
  gtk_widget_set_hexpand (self->count, TRUE);
  gtk_widget_add_css_class (self->count, "dim-label");
  gtk_widget_add_css_class (self->count, "numeric");
  self->add_button = gtk_button_new_with_label (_(self->kind->create->label));
  g_signal_connect_swapped (self->add_button, "clicked", G_CALLBACK (on_add), self);
  gtk_box_append (GTK_BOX (line), self->count);
  gtk_box_append (GTK_BOX (line), self->add_button);
  gtk_widget_add_css_class (line, "dsp-panel-head");
  return line;
}

GtkWidget *
dsp_rate_list_new (DspOffice       *office,
                   const DspEntity *entity)
{
  DspRateList *self = g_object_new (DSP_TYPE_RATE_LIST, NULL);
  GtkWidget *empty = gtk_label_new (_("Nothing matches the filter"));

  self->office = g_object_ref (office);
  self->entity = entity;
  self->kind = dsp_record_kind_of (entity);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_filter (self));
  self->table = DSP_RECORD_TABLE (entity == &dsp_rate
    ? dsp_record_table_new (office, entity, rate_columns, rate_compares, G_N_ELEMENTS (rate_columns))
    : dsp_record_table_new (office, entity, tax_columns, tax_compares, G_N_ELEMENTS (tax_columns)));
  g_signal_connect_swapped (self->table, "chosen", G_CALLBACK (on_chosen), self);
  gtk_widget_add_css_class (empty, "dim-label");
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->table), "table");
  gtk_stack_add_named (GTK_STACK (self->stack), empty, "empty");
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_box_append (GTK_BOX (self->box), self->stack);
  gtk_box_append (GTK_BOX (self->box), make_foot (self));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  g_signal_connect_object (office, "status-changed", G_CALLBACK (on_status_changed), self, G_CONNECT_SWAPPED);
  offer (self);
  fill (self);
  on_status_changed (self);
  return GTK_WIDGET (self);
}
