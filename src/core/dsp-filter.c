/* dsp-filter.c: conditions over an entity's fields, and their text form
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-filter-private.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More is no filter that a person made. */
#define MAX_TEXT 2000
#define MAX_ALTERNATIVES 200

/* Bytes that stand for themselves in a value. The rest is percent-encoded, so that a value never reads as a mark. */
#define PLAIN "_: "

void
dsp_alternative_clear (gpointer data)
{
  DspAlternative *alternative = data;

  g_free (alternative->text);
  g_free (alternative->text_to);
}

static void
condition_clear (gpointer data)
{
  g_clear_pointer (&((DspCondition *) data)->any, g_array_unref);
}

/**
 * dsp_filter_new:
 * Returns: (transfer full): a filter that everything matches.
 */
DspFilter *
dsp_filter_new (const DspEntity *entity)
{
  DspFilter *filter = g_new0 (DspFilter, 1);

  filter->entity = entity;
  filter->conditions = g_array_new (FALSE, TRUE, sizeof (DspCondition));
  g_array_set_clear_func (filter->conditions, condition_clear);
  return filter;
}

void
dsp_filter_free (DspFilter *filter)
{
  if (filter == NULL)
    return;
  g_array_unref (filter->conditions);
  g_free (filter->words);
  g_free (filter);
}

/* One end of a range, or an equal value, as the integer of the field's kind. */
static gboolean
read_number (const DspField *field,
             const char     *text,
             gint64         *number,
             GError        **error)
{
  gsize length = strlen (text);

  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TIME:
      {
        DspTime time;

        if (dsp_time_parse (text, length, &time))
          {
            *number = time.us;
            return TRUE;
          }
        break;
      }
    case DSP_KIND_DATE:
      {
        DspDate date;

        if (dsp_date_parse (text, length, &date))
          {
            *number = date.day;
            return TRUE;
          }
        break;
      }
    case DSP_KIND_INT:
      if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, number, NULL))
        return TRUE;
      break;
    case DSP_KIND_MONEY:
      {
        DspField at_zero = *field;
        DspMoney money = { 0 };

        at_zero.offset = 0;
        if (dsp_field_set_text (&at_zero, &money, text, NULL) && money.is_set)
          {
            *number = money.cents;
            return TRUE;
          }
        break;
      }
    case DSP_KIND_WORD:
      *number = dsp_words_find (field->words, text, length);
      if (*number != DSP_WORD_UNKNOWN)
        return TRUE;
      break;
    case DSP_KIND_YES_NO:
      if (strcmp (text, "yes") == 0 || strcmp (text, "no") == 0)
        {
          *number = *text == 'y' ? DSP_YES : DSP_NO;
          return TRUE;
        }
      break;
    case DSP_KIND_TEXT:
    case DSP_KIND_ID:
    case DSP_KIND_LIST:
      break;
    }
  return dsp_refuse (error, DSP_RULE_INVALID, _("%s cannot be “%.60s”"), dsp_field_title (field), text);
}

bool
dsp_filter_is_text (const DspField *field)
{
  return field->kind == DSP_KIND_TEXT || field->kind == DSP_KIND_LIST;
}

static char *
decode (const char *text,
        gssize      length,
        GError    **error)
{
  char *decoded = g_uri_unescape_segment (text, length < 0 ? NULL : text + length, NULL);

  if (decoded != NULL && g_utf8_validate (decoded, -1, NULL))
    return decoded;
  g_free (decoded);
  dsp_refuse (error, DSP_RULE_INVALID, _("filter: “%.60s” is not percent-encoded UTF-8"), text);
  return NULL;
}

static gboolean
read_range (const DspField *field,
            const char     *text,
            const char     *dots,
            DspAlternative *a,
            GError        **error)
{
  g_autofree char *from = decode (text, dots - text, error);
  g_autofree char *to = NULL;

  if (from == NULL || (to = decode (dots + 2, -1, error)) == NULL)
    return FALSE;
  a->op = DSP_OP_RANGE;
  a->from = G_MININT64;
  a->to = G_MAXINT64;
  if (*from == '\0' && *to == '\0')
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s: a range needs an end"), dsp_field_title (field));
  if (dsp_filter_is_text (field))
    {
      a->text = *from != '\0' ? g_steal_pointer (&from) : NULL;
      a->text_to = *to != '\0' ? g_steal_pointer (&to) : NULL;
      return TRUE;
    }
  if (field->kind == DSP_KIND_ID || field->kind == DSP_KIND_WORD || field->kind == DSP_KIND_YES_NO)
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s takes no range: “%.60s”"), dsp_field_title (field), text);
  return (*from == '\0' || read_number (field, from, &a->from, error)) &&
         (*to == '\0' || read_number (field, to, &a->to, error));
}

static gboolean
read_alternative (const DspField *field,
                  const char     *text,
                  DspAlternative *a,
                  GError        **error)
{
  gsize length = strlen (text);
  const char *dots = strstr (text, "..");
  g_autofree char *value = NULL;

  if (strcmp (text, "-") == 0 || strcmp (text, "+") == 0)
    {
      a->op = *text == '-' ? DSP_OP_NONE : DSP_OP_ANY;
      return TRUE;
    }
  if (dots != NULL)
    return read_range (field, text, dots, a, error);
  if (length == 0)
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s: the value is missing"), dsp_field_title (field));
  if (text[length - 1] == '*')
    {
      if (!dsp_filter_is_text (field))
        return dsp_refuse (error, DSP_RULE_INVALID, _("%s takes no prefix: “%.60s”"), dsp_field_title (field), text);
      a->op = DSP_OP_PREFIX;
      a->text = decode (text, (gssize) length - 1, error);
      return a->text != NULL;
    }

  a->op = DSP_OP_EQUAL;
  value = decode (text, -1, error);
  if (value == NULL)
    return FALSE;
  if (dsp_filter_is_text (field))
    {
      a->text = g_steal_pointer (&value);
      return TRUE;
    }
  if (field->kind == DSP_KIND_ID)
    return dsp_id_parse (value, strlen (value), &a->id) ||
           dsp_refuse (error, DSP_RULE_INVALID, _("%s cannot be “%.60s”"), dsp_field_title (field), value);
  return read_number (field, value, &a->from, error);
}

static GArray *
read_alternatives (const DspField *field,
                   const char     *text,
                   GError        **error)
{
  g_auto(GStrv) parts = g_strsplit (text, ",", MAX_ALTERNATIVES + 1);
  g_autoptr(GArray) any = g_array_new (FALSE, TRUE, sizeof (DspAlternative));

  g_array_set_clear_func (any, dsp_alternative_clear);
  if (g_strv_length (parts) > MAX_ALTERNATIVES)
    {
      dsp_refuse (error, DSP_RULE_INVALID, _("%s has more than %d values"), dsp_field_title (field), MAX_ALTERNATIVES);
      return NULL;
    }
  for (guint i = 0; parts[i] != NULL; i++)
    {
      DspAlternative a = { 0 };
      gboolean good = read_alternative (field, g_strstrip (parts[i]), &a, error);

      g_array_append_val (any, a);
      if (!good)
        return NULL;
    }
  return g_steal_pointer (&any);
}

static gboolean
set_penalized (DspFilter  *filter,
               const char *text,
               GError    **error)
{
  gint64 hours;
  g_autofree char *value = NULL;

  if (text == NULL)
    {
      filter->penalized = DSP_PENALIZED_ANY;
      return TRUE;
    }
  value = decode (text, -1, error);
  if (value == NULL)
    return FALSE;
  if (strcmp (value, "yes") == 0)
    filter->penalized = DSP_PENALIZED_YES;
  else if (strcmp (value, "no") == 0)
    filter->penalized = DSP_PENALIZED_NO;
  else if (*value == '<' && g_str_has_suffix (value, "h"))
    {
      value[strlen (value) - 1] = '\0';
      if (!g_ascii_string_to_signed (value + 1, 10, 1, 24 * 366, &hours, NULL))
        return dsp_refuse (error, DSP_RULE_INVALID, _("penalized: “%sh” is not a number of hours from 1 to 8784"), value);
      filter->penalized = DSP_PENALIZED_WITHIN;
      filter->within_hours = (int) hours;
    }
  else
    return dsp_refuse (error, DSP_RULE_INVALID, _("penalized is yes, no, or <4h; not “%.60s”"), value);
  return TRUE;
}

guint
dsp_filter_find_condition (const DspFilter *filter,
                const DspField  *field)
{
  guint i;

  for (i = 0; i < filter->conditions->len; i++)
    if (g_array_index (filter->conditions, DspCondition, i).field == field)
      break;
  return i;
}

gboolean
dsp_filter_set (DspFilter  *filter,
                const char *name,
                const char *values,
                GError    **error)
{
  const DspField *field;
  DspCondition condition;
  guint at;

  if (values != NULL && *values == '\0')
    values = NULL;
  if (strcmp (name, "q") == 0)
    {
      char *words = values != NULL ? decode (values, -1, error) : NULL;

      if (values != NULL && words == NULL)
        return FALSE;
      g_free (filter->words);
      filter->words = words;
      if (words != NULL && *g_strstrip (words) == '\0')
        g_clear_pointer (&filter->words, g_free);
      return TRUE;
    }
  if (strcmp (name, "penalized") == 0 && filter->entity == &dsp_order)
    return set_penalized (filter, values, error);

  field = dsp_table_find (&filter->entity->table, name, strlen (name));
  if (field == NULL || !(field->flags & DSP_FILTER))
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s has no filter “%.60s”"), filter->entity->table.name, name);
  condition.field = field;
  condition.any = values != NULL ? read_alternatives (field, values, error) : NULL;
  if (values != NULL && condition.any == NULL)
    return FALSE;

  at = dsp_filter_find_condition (filter, field);
  if (at < filter->conditions->len)
    g_array_remove_index (filter->conditions, at);
  if (condition.any != NULL)
    g_array_append_val (filter->conditions, condition);
  return TRUE;
}

/**
 * dsp_filter_parse:
 * @text: (nullable): NULL and "" are the filter that everything matches
 *
 * Returns: (transfer full) (nullable): NULL with an error of DSP_RULE_ERROR that names the criterion and the value
 */
DspFilter *
dsp_filter_parse (const DspEntity *entity,
                  const char      *text,
                  GError         **error)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (entity);
  g_auto(GStrv) parts = NULL;

  if (text == NULL || *text == '\0')
    return g_steal_pointer (&filter);
  if (strlen (text) > MAX_TEXT)
    {
      dsp_refuse (error, DSP_RULE_INVALID, _("a filter has at most %d bytes"), MAX_TEXT);
      return NULL;
    }
  parts = g_strsplit (text, "&", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *equals = strchr (parts[i], '=');

      if (*parts[i] == '\0')
        continue;
      if (equals == NULL)
        {
          dsp_refuse (error, DSP_RULE_INVALID, _("filter: “%.60s” has no value"), parts[i]);
          return NULL;
        }
      *equals = '\0';
      if (!dsp_filter_set (filter, parts[i], equals + 1, error))
        return NULL;
    }
  return g_steal_pointer (&filter);
}

static void
print_value (GString        *out,
             const DspField *field,
             gint64          number)
{
  char text[32];

  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TIME: dsp_time_print ((DspTime) { number }, text); g_string_append (out, text); return;
    case DSP_KIND_DATE: dsp_date_print ((DspDate) { (gint32) number }, text); g_string_append (out, text); return;
    case DSP_KIND_INT:  g_string_append_printf (out, "%" G_GINT64_FORMAT, number); return;
    case DSP_KIND_MONEY:
      g_string_append_printf (out, "%s%" G_GINT64_FORMAT "%%2E%02d", number < 0 ? "-" : "", ABS (number) / 100,
                              (int) (ABS (number) % 100));
      return;
    case DSP_KIND_WORD:   g_string_append (out, field->words->list[number].name); return;
    case DSP_KIND_YES_NO: g_string_append (out, number == DSP_YES ? "yes" : "no"); return;
    case DSP_KIND_TEXT:
    case DSP_KIND_ID:
    case DSP_KIND_LIST:
      break;
    }
  g_assert_not_reached ();
}

/* '.' and '-' are unreserved to GLib, yet marks to us where they are doubled or alone. */
static void
print_text (GString    *out,
            const char *text)
{
  g_autofree char *escaped = g_uri_escape_string (text, PLAIN, TRUE);
  bool alone = strcmp (text, "-") == 0;

  for (const char *p = escaped; *p != '\0'; p++)
    if (*p == '.')
      g_string_append (out, "%2E");
    else if (*p == '-' && alone)
      g_string_append (out, "%2D");
    else if (*p == ' ' && (p == escaped || p[1] == '\0'))
      g_string_append (out, "%20"); /* blanks around a value are not its own */
    else
      g_string_append_c (out, *p);
}

static void
print_alternative (GString              *out,
                   const DspField       *field,
                   const DspAlternative *a)
{
  char id[DSP_ID_TEXT];

  switch (a->op)
    {
    case DSP_OP_NONE:
    case DSP_OP_ANY:
      g_string_append_c (out, a->op == DSP_OP_NONE ? '-' : '+');
      return;
    case DSP_OP_PREFIX:
      print_text (out, a->text);
      g_string_append_c (out, '*');
      return;
    case DSP_OP_EQUAL:
      if (field->kind == DSP_KIND_ID)
        {
          dsp_id_print (&a->id, id);
          g_string_append (out, id);
        }
      else if (dsp_filter_is_text (field))
        print_text (out, a->text);
      else
        print_value (out, field, a->from);
      return;
    case DSP_OP_RANGE:
      if (dsp_filter_is_text (field) && a->text != NULL)
        print_text (out, a->text);
      else if (!dsp_filter_is_text (field) && a->from != G_MININT64)
        print_value (out, field, a->from);
      g_string_append (out, "..");
      if (dsp_filter_is_text (field) && a->text_to != NULL)
        print_text (out, a->text_to);
      else if (!dsp_filter_is_text (field) && a->to != G_MAXINT64)
        print_value (out, field, a->to);
      return;
    }
}

static void
print_condition (GString            *out,
                 const DspCondition *condition)
{
  for (guint i = 0; i < condition->any->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      print_alternative (out, condition->field, &g_array_index (condition->any, DspAlternative, i));
    }
}

/**
 * dsp_filter_get:
 * Returns: (transfer full) (nullable): the values of one criterion in the text form; NULL if it is not set
 */
char *
dsp_filter_get (const DspFilter *filter,
                const char      *name)
{
  GString *out;

  if (strcmp (name, "q") == 0)
    {
      if (filter->words == NULL)
        return NULL;
      out = g_string_new (NULL);
      print_text (out, filter->words);
      return g_string_free (out, FALSE);
    }
  if (strcmp (name, "penalized") == 0)
    switch (filter->penalized)
      {
      case DSP_PENALIZED_ANY: return NULL;
      case DSP_PENALIZED_YES: return g_strdup ("yes");
      case DSP_PENALIZED_NO:  return g_strdup ("no");
      case DSP_PENALIZED_WITHIN: return g_strdup_printf ("<%dh", filter->within_hours);
      }
  for (guint i = 0; i < filter->conditions->len; i++)
    {
      const DspCondition *condition = &g_array_index (filter->conditions, DspCondition, i);

      if (strcmp (condition->field->name, name) == 0)
        {
          out = g_string_new (NULL);
          print_condition (out, condition);
          return g_string_free (out, FALSE);
        }
    }
  return NULL;
}

/**
 * dsp_filter_print:
 * Returns: (transfer full): what dsp_filter_parse() reads, criteria in the order of the table, so that equal filters
 *   have equal texts
 */
char *
dsp_filter_print (const DspFilter *filter)
{
  GString *out = g_string_new (NULL);
  const DspTable *table = &filter->entity->table;

  for (guint i = 0; i < table->n_fields + 2; i++)
    {
      const char *name = i < table->n_fields ? table->fields[i].name : i == table->n_fields ? "penalized" : "q";
      g_autofree char *values = dsp_filter_get (filter, name);

      if (values != NULL)
        g_string_append_printf (out, "%s%s=%s", out->len > 0 ? "&" : "", name, values);
    }
  return g_string_free (out, FALSE);
}

DspFilter *
dsp_filter_dup (const DspFilter *filter)
{
  g_autofree char *text = dsp_filter_print (filter);

  return dsp_filter_parse (filter->entity, text, NULL);
}

bool
dsp_filter_is_empty (const DspFilter *filter)
{
  return filter->conditions->len == 0 && filter->penalized == DSP_PENALIZED_ANY && filter->words == NULL;
}

bool
dsp_alternative_takes (const DspAlternative *a,
                       const char           *text)
{
  switch (a->op)
    {
    case DSP_OP_EQUAL:  return strcmp (text, a->text) == 0;
    case DSP_OP_PREFIX: return g_str_has_prefix (text, a->text);
    case DSP_OP_RANGE:
      return (a->text == NULL || strcmp (text, a->text) >= 0) && (a->text_to == NULL || strcmp (text, a->text_to) <= 0);
    case DSP_OP_NONE:
    case DSP_OP_ANY:
      break;
    }
  return false;
}

static gint64
number_of (const DspField *field,
           gconstpointer   record)
{
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TIME:   return dsp_field_time (field, record)->us;
    case DSP_KIND_DATE:   return dsp_field_date (field, record)->day;
    case DSP_KIND_INT:    return dsp_field_int (field, record)->value;
    case DSP_KIND_MONEY:  return dsp_field_money (field, record)->cents;
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO: return *dsp_field_word (field, record);
    case DSP_KIND_TEXT:
    case DSP_KIND_ID:
    case DSP_KIND_LIST:
      break;
    }
  g_assert_not_reached ();
}

static bool
alternative_matches (const DspField       *field,
                     const DspAlternative *a,
                     gconstpointer         record)
{
  bool none = dsp_field_is_none (field, record);
  gint64 number;

  if (a->op == DSP_OP_NONE || a->op == DSP_OP_ANY)
    return none == (a->op == DSP_OP_NONE);
  if (none)
    return false;
  if (field->kind == DSP_KIND_ID)
    return dsp_id_equal (&a->id, dsp_field_id (field, record));
  if (field->kind == DSP_KIND_TEXT)
    return dsp_alternative_takes (a, *dsp_field_text (field, record));
  if (field->kind == DSP_KIND_LIST)
    {
      for (GStrv item = *dsp_field_list (field, record); *item != NULL; item++)
        if (dsp_alternative_takes (a, *item))
          return true;
      return false;
    }
  number = number_of (field, record);
  if (a->op == DSP_OP_EQUAL)
    return number == a->from;
  return number >= a->from && (field->kind == DSP_KIND_TIME ? number < a->to : number <= a->to);
}

static bool
words_match (const DspFilter *filter,
             gconstpointer    record)
{
  const DspTable *table = &filter->entity->table;
  g_autoptr(GString) all = g_string_new (NULL);
  g_autofree char *folded = NULL;
  g_autofree char *wanted = dsp_fold (filter->words);
  g_auto(GStrv) words = g_strsplit (wanted, " ", -1);

  for (guint i = 0; i < table->n_fields; i++)
    if ((table->fields[i].flags & DSP_SEARCH) && !dsp_field_is_none (&table->fields[i], record))
      g_string_append_printf (all, "%s\n", *dsp_field_text (&table->fields[i], record));
  folded = dsp_fold (all->str);
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (folded, words[i]) == NULL)
      return false;
  return true;
}

static bool
penalized_matches (const DspFilter *filter,
                   const DspOrder  *order,
                   gint64           now_us)
{
  switch (filter->penalized)
    {
    case DSP_PENALIZED_ANY: return true;
    case DSP_PENALIZED_YES: return dsp_order_is_penalized (order, now_us);
    case DSP_PENALIZED_NO:  return !dsp_order_is_penalized (order, now_us);
    case DSP_PENALIZED_WITHIN:
      return dsp_order_is_open (order) && order->penalized_at.us == 0 && dsp_order_penalized_from (order) > now_us &&
             dsp_order_penalized_from (order) <= now_us + filter->within_hours * G_TIME_SPAN_HOUR;
    }
  return false;
}

/**
 * dsp_filter_escape:
 * Returns: (transfer full): @text as one value of a filter's text form, whatever signs of that language are in it
 */
char *
dsp_filter_escape (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const guchar *p = (const guchar *) text; *p != '\0'; p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (out, (char) *p);
    else
      g_string_append_printf (out, "%%%02X", *p);
  return g_string_free (out, FALSE);
}

/**
 * dsp_filter_matches:
 * @record: of the filter's entity
 * The meaning of every filter; SQL and the dense index answer the same.
 */
bool
dsp_filter_matches (const DspFilter *filter,
                    gconstpointer    record,
                    gint64           now_us)
{
  if (filter->penalized != DSP_PENALIZED_ANY && !penalized_matches (filter, record, now_us))
    return false;
  for (guint i = 0; i < filter->conditions->len; i++)
    {
      const DspCondition *condition = &g_array_index (filter->conditions, DspCondition, i);
      bool holds = false;

      for (guint j = 0; j < condition->any->len && !holds; j++)
        holds = alternative_matches (condition->field, &g_array_index (condition->any, DspAlternative, j), record);
      if (!holds)
        return false;
    }
  return filter->words == NULL || words_match (filter, record);
}

/**
 * dsp_fold:
 * Returns: (transfer full): @text without case and accents, for search: "Garc\u00eda" and "GARCIA" are one
 */
char *
dsp_fold (const char *text)
{
  g_autofree char *apart = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  GString *out = g_string_sized_new (strlen (text));

  for (const char *p = apart; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_ismark (c))
        g_string_append_unichar (out, g_unichar_tolower (c));
    }
  return g_string_free (out, FALSE);
}
