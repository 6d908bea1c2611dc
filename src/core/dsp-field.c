/* dsp-field.c: what can be done with a record by its table alone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each function switches over the kinds without a default, so that a new kind is not forgotten in any of them.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-field.h"
#include "dsp-money.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* A text without a limit of its own. */
#define TEXT_MAX 4000
#define LIST_MAX 400

/**
 * dsp_table_find:
 * @length: of @name in bytes
 *
 * Returns: (nullable): the field with that wire name.
 */
const DspField *
dsp_table_find (const DspTable *table,
                const char     *name,
                gsize           length)
{
  for (guint i = 0; i < table->n_fields; i++)
    if (table->fields[i].name_len == length && memcmp (table->fields[i].name, name, length) == 0)
      return &table->fields[i];
  return NULL;
}

/**
 * dsp_table_at:
 * Names a field by its member, so that the compiler checks it: dsp_table_at (&dsp_order.table, offsetof (DspOrder, status)).
 *
 * Returns: the field; a member without a row is a mistake of the program.
 */
const DspField *
dsp_table_at (const DspTable *table,
              gsize           offset)
{
  for (guint i = 0; i < table->n_fields; i++)
    if (table->fields[i].offset == offset)
      return &table->fields[i];
  g_error ("%s has no field at offset %" G_GSIZE_FORMAT, table->name, offset);
}

/**
 * dsp_table_bit:
 * Returns: the mask of the field at @offset, for the functions that take a set of fields.
 */
guint64
dsp_table_bit (const DspTable *table,
               gsize           offset)
{
  return G_GUINT64_CONSTANT (1) << (dsp_table_at (table, offset) - table->fields);
}

bool
dsp_field_is_none (const DspField *f,
                   gconstpointer   r)
{
  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT:   return *dsp_field_text (f, r) == NULL;
    case DSP_KIND_ID:     return dsp_id_is_none (dsp_field_id (f, r));
    case DSP_KIND_TIME:   return dsp_field_time (f, r)->us == 0;
    case DSP_KIND_DATE:   return dsp_field_date (f, r)->day == 0;
    case DSP_KIND_INT:    return !dsp_field_int (f, r)->is_set;
    case DSP_KIND_MONEY:  return !dsp_field_money (f, r)->is_set;
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO: return *dsp_field_word (f, r) == 0;
    case DSP_KIND_LIST:   return *dsp_field_list (f, r) == NULL;
    }
  g_assert_not_reached ();
}

static bool
lists_equal (GStrv a,
             GStrv b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

bool
dsp_field_equal (const DspField *f,
                 gconstpointer   a,
                 gconstpointer   b)
{
  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT:   return g_strcmp0 (*dsp_field_text (f, a), *dsp_field_text (f, b)) == 0;
    case DSP_KIND_ID:     return dsp_id_equal (dsp_field_id (f, a), dsp_field_id (f, b));
    case DSP_KIND_TIME:   return dsp_field_time (f, a)->us == dsp_field_time (f, b)->us;
    case DSP_KIND_DATE:   return dsp_field_date (f, a)->day == dsp_field_date (f, b)->day;
    case DSP_KIND_INT:
      return dsp_field_int (f, a)->is_set == dsp_field_int (f, b)->is_set &&
             (!dsp_field_int (f, a)->is_set || dsp_field_int (f, a)->value == dsp_field_int (f, b)->value);
    case DSP_KIND_MONEY:
      return dsp_field_money (f, a)->is_set == dsp_field_money (f, b)->is_set &&
             (!dsp_field_money (f, a)->is_set || dsp_field_money (f, a)->cents == dsp_field_money (f, b)->cents);
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO: return *dsp_field_word (f, a) == *dsp_field_word (f, b);
    case DSP_KIND_LIST:   return lists_equal (*dsp_field_list (f, a), *dsp_field_list (f, b));
    }
  g_assert_not_reached ();
}

static void
clear_field (const DspField *f,
             gpointer        r)
{
  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT:   g_clear_pointer (dsp_field_text (f, r), g_free); return;
    case DSP_KIND_ID:     *dsp_field_id (f, r) = dsp_id_none; return;
    case DSP_KIND_TIME:   dsp_field_time (f, r)->us = 0; return;
    case DSP_KIND_DATE:   dsp_field_date (f, r)->day = 0; return;
    case DSP_KIND_INT:    *dsp_field_int (f, r) = (DspInt) { 0 }; return;
    case DSP_KIND_MONEY:  *dsp_field_money (f, r) = (DspMoney) { 0 }; return;
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO: *dsp_field_word (f, r) = 0; return;
    case DSP_KIND_LIST:   g_clear_pointer (dsp_field_list (f, r), g_strfreev); return;
    }
  g_assert_not_reached ();
}

/**
 * dsp_field_copy:
 * Sets one field of @to to that of @from; both are records of the field's table.
 */
void
dsp_field_copy (const DspField *f,
                gpointer        to,
                gconstpointer   from)
{
  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT:
      if (*dsp_field_text (f, to) != *dsp_field_text (f, from))
        {
          g_free (*dsp_field_text (f, to));
          *dsp_field_text (f, to) = g_strdup (*dsp_field_text (f, from));
        }
      return;
    case DSP_KIND_LIST:
      if (*dsp_field_list (f, to) != *dsp_field_list (f, from))
        {
          g_strfreev (*dsp_field_list (f, to));
          *dsp_field_list (f, to) = g_strdupv (*dsp_field_list (f, from));
        }
      return;
    case DSP_KIND_ID:     *dsp_field_id (f, to) = *dsp_field_id (f, from); return;
    case DSP_KIND_TIME:   *dsp_field_time (f, to) = *dsp_field_time (f, from); return;
    case DSP_KIND_DATE:   *dsp_field_date (f, to) = *dsp_field_date (f, from); return;
    case DSP_KIND_INT:    *dsp_field_int (f, to) = *dsp_field_int (f, from); return;
    case DSP_KIND_MONEY:  *dsp_field_money (f, to) = *dsp_field_money (f, from); return;
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO: *dsp_field_word (f, to) = *dsp_field_word (f, from); return;
    }
  g_assert_not_reached ();
}

/**
 * dsp_table_clear:
 * Frees what the fields own and makes each of them none. The members outside of the table stay.
 */
void
dsp_table_clear (const DspTable *table,
                 gpointer        record)
{
  for (guint i = 0; i < table->n_fields; i++)
    clear_field (&table->fields[i], record);
}

/**
 * dsp_table_copy:
 * Sets every field of @to, which is a record already, to that of @from.
 */
void
dsp_table_copy (const DspTable *table,
                gpointer        to,
                gconstpointer   from)
{
  for (guint i = 0; i < table->n_fields; i++)
    dsp_field_copy (&table->fields[i], to, from);
}

/**
 * dsp_table_diff:
 * Returns: the set of fields in which the records differ.
 */
guint64
dsp_table_diff (const DspTable *table,
                gconstpointer   a,
                gconstpointer   b)
{
  guint64 mask = 0;

  for (guint i = 0; i < table->n_fields; i++)
    if (!dsp_field_equal (&table->fields[i], a, b))
      mask |= G_GUINT64_CONSTANT (1) << i;
  return mask;
}

bool
dsp_table_equal (const DspTable *table,
                 gconstpointer   a,
                 gconstpointer   b)
{
  for (guint i = 0; i < table->n_fields; i++)
    if (!dsp_field_equal (&table->fields[i], a, b))
      return false;
  return true;
}

/**
 * dsp_field_title:
 * What messages call a field. Where there is no translation it is the name on the wire: the server answers programs, and
 * those look for it.
 *
 * Returns: the label in the language of the process, or the name.
 */
const char *
dsp_field_title (const DspField *field)
{
  const char *title = field->label != NULL ? _(field->label) : NULL;

  return title != NULL && title != field->label ? title : field->name;
}

static gboolean
check_text (const DspField *f,
            const char     *text,
            GError        **error)
{
  glong length;
  glong max = f->max != 0 ? (glong) f->max : TEXT_MAX;

  if (!g_utf8_validate (text, -1, NULL))
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s is not valid UTF-8"), dsp_field_title (f));
  length = g_utf8_strlen (text, -1);
  if (length < f->min || length > max)
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s has %ld characters; %ld to %ld are allowed: “%.40s”"),
                       dsp_field_title (f), length, (glong) f->min, max, text);
  for (const char *p = text; *p != '\0'; p++)
    {
      if ((f->flags & DSP_DIGITS) && !g_ascii_isdigit (*p))
        return dsp_refuse (error, DSP_RULE_INVALID, _("%s takes digits only: “%.40s”"), dsp_field_title (f), text);
      if ((guchar) *p < 0x20 && !((f->flags & DSP_LONG) && (*p == '\n' || *p == '\t')))
        return dsp_refuse (error, DSP_RULE_INVALID, _("%s holds a control character (%02x)"), dsp_field_title (f), (guchar) *p);
    }
  return TRUE;
}

/* @value with @decimals digits behind the point, of which @kept are written even when they are 0. */
static char *
dup_decimal (gint64 value,
             int    decimals,
             int    kept)
{
  guint64 size = value < 0 ? 0 - (guint64) value : (guint64) value, unit = 1;

  for (int i = 0; i < decimals; i++)
    unit *= 10;
  for (; decimals > kept && size % unit % 10 == 0; decimals--, unit /= 10)
    size /= 10;
  if (decimals == 0)
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT, value < 0 ? "-" : "", size);
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, value < 0 ? "-" : "", size / unit, decimals, size % unit);
}

static gboolean
check_number (const DspField *f,
              gint64          value,
              GError        **error)
{
  int digits = (int) dsp_currency_get ()->digits, decimals = f->kind == DSP_KIND_MONEY ? digits : f->decimals;
  int kept = f->kind == DSP_KIND_MONEY ? digits : 0;
  g_autofree char *said = NULL, *min = NULL, *max = NULL;

  if ((f->min == 0 && f->max == 0) || (value >= f->min && value <= f->max))
    return TRUE;
  said = dup_decimal (value, decimals, kept);
  min = dup_decimal (f->min, decimals, kept);
  max = dup_decimal (f->max, decimals, kept);
  return dsp_refuse (error, DSP_RULE_INVALID, _("%s is %s; %s to %s are allowed"), dsp_field_title (f), said, min, max);
}

static gboolean
check_field (const DspField *f,
             gconstpointer   r,
             GError        **error)
{
  if (dsp_field_is_none (f, r))
    return !(f->flags & DSP_REQUIRED) || dsp_refuse (error, DSP_RULE_REQUIRED, _("%s is missing"), dsp_field_title (f));

  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT:  return check_text (f, *dsp_field_text (f, r), error);
    case DSP_KIND_INT:   return check_number (f, dsp_field_int (f, r)->value, error);
    case DSP_KIND_MONEY: return check_number (f, dsp_field_money (f, r)->cents, error);
    case DSP_KIND_LIST:
      {
        GStrv list = *dsp_field_list (f, r);
        guint max = f->max != 0 ? (guint) f->max : LIST_MAX;

        if (g_strv_length (list) > max)
          return dsp_refuse (error, DSP_RULE_INVALID, _("%s has %u items; at most %u are allowed"),
                             dsp_field_title (f), g_strv_length (list), max);
        for (guint i = 0; list[i] != NULL; i++)
          {
            DspField item = { .name = f->name, .label = f->label, .min = 1, .max = 200, .flags = 0 };

            if (!check_text (&item, list[i], error))
              return FALSE;
          }
        return TRUE;
      }
    case DSP_KIND_WORD:
      if (*dsp_field_word (f, r) >= f->words->n)
        return dsp_refuse (error, DSP_RULE_INVALID, _("%s holds a word that is not known here"), dsp_field_title (f));
      return TRUE;
    case DSP_KIND_YES_NO:
      if (*dsp_field_word (f, r) > DSP_NO)
        return dsp_refuse (error, DSP_RULE_INVALID, _("%s is neither yes nor no"), dsp_field_title (f));
      return TRUE;
    case DSP_KIND_TIME:
      /* The years 1900 to 2199: a clock that is off by more is no instant of an office. */
      if (dsp_field_time (f, r)->us < G_GINT64_CONSTANT (-2208988800000000) ||
          dsp_field_time (f, r)->us > G_GINT64_CONSTANT (7258118400000000))
        return dsp_refuse (error, DSP_RULE_INVALID, _("%s is outside of the years 1900 to 2199"), dsp_field_title (f));
      return TRUE;
    case DSP_KIND_ID:
    case DSP_KIND_DATE:
      return TRUE;
    }
  g_assert_not_reached ();
}

/**
 * dsp_table_check:
 * @mask: the fields to look at; DSP_FIELDS_ALL for all
 *
 * Checks each field against its own limits. Rules between fields are the entity's check().
 *
 * Returns: FALSE with the first fault, of DSP_RULE_ERROR, which names field and value.
 */
gboolean
dsp_table_check (const DspTable *table,
                 gconstpointer   record,
                 guint64         mask,
                 GError        **error)
{
  for (guint i = 0; i < table->n_fields; i++)
    if (mask >> i & 1 && !check_field (&table->fields[i], record, error))
      return FALSE;
  return TRUE;
}

/**
 * dsp_words_find:
 * Returns: the place of @name; DSP_WORD_UNKNOWN if there is no such word.
 */
guint
dsp_words_find (const DspWords *words,
                const char     *name,
                gsize           length)
{
  for (guint i = 1; i < words->n; i++)
    if (strlen (words->list[i].name) == length && memcmp (words->list[i].name, name, length) == 0)
      return i;
  return DSP_WORD_UNKNOWN;
}

/* @digits: of money. */
static char *
dup_text (const DspField *f,
          gconstpointer   r,
          guint           digits)
{
  char buffer[DSP_ID_TEXT];

  if (dsp_field_is_none (f, r))
    return NULL;

  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT:   return g_strdup (*dsp_field_text (f, r));
    case DSP_KIND_ID:     dsp_id_print (dsp_field_id (f, r), buffer); return g_strdup (buffer);
    case DSP_KIND_TIME:   dsp_time_print (*dsp_field_time (f, r), buffer); return g_strdup (buffer);
    case DSP_KIND_DATE:   dsp_date_print (*dsp_field_date (f, r), buffer); return g_strdup (buffer);
    case DSP_KIND_INT:    return dup_decimal (dsp_field_int (f, r)->value, f->decimals, 0);
    case DSP_KIND_MONEY:  return dup_decimal (dsp_field_money (f, r)->cents, (int) digits, (int) digits);
    case DSP_KIND_WORD:
      {
        guint word = *dsp_field_word (f, r);

        return g_strdup (word < f->words->n ? f->words->list[word].name : "?");
      }
    case DSP_KIND_YES_NO: return g_strdup (*dsp_field_word (f, r) == DSP_YES ? "yes" : "no");
    case DSP_KIND_LIST:   return g_strjoinv ("; ", *dsp_field_list (f, r));
    }
  g_assert_not_reached ();
}

static GStrv
split_list (const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, ";", -1);
  g_autoptr(GStrvBuilder) kept = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      {
        g_strv_builder_add (kept, parts[i]);
        n++;
      }
  return n > 0 ? g_strv_builder_end (kept) : NULL;
}

static gboolean
set_text (const DspField *f,
          gpointer        r,
          const char     *text,
          guint           digits,
          GError        **error)
{
  g_autofree char *clean = g_strstrip (g_strdup (text != NULL ? text : ""));
  gsize length = strlen (clean);

  if (length == 0)
    {
      clear_field (f, r);
      return TRUE;
    }

  switch ((DspKind) f->kind)
    {
    case DSP_KIND_TEXT:
      dsp_set_text (dsp_field_text (f, r), clean);
      return TRUE;
    case DSP_KIND_ID:
      if (dsp_id_parse (clean, length, dsp_field_id (f, r)))
        return TRUE;
      break;
    case DSP_KIND_TIME:
      if (dsp_time_parse (clean, length, dsp_field_time (f, r)))
        return TRUE;
      break;
    case DSP_KIND_DATE:
      if (dsp_date_parse (clean, length, dsp_field_date (f, r)))
        return TRUE;
      break;
    case DSP_KIND_INT:
      {
        gint64 value;

        if (f->decimals > 0 && dsp_decimal_parse (clean, f->decimals, &value))
          {
            *dsp_field_int (f, r) = (DspInt) { value, true };
            return TRUE;
          }
        if (f->decimals == 0 && g_ascii_string_to_signed (clean, 10, G_MININT64, G_MAXINT64, &value, NULL))
          {
            *dsp_field_int (f, r) = (DspInt) { value, true };
            return TRUE;
          }
        break;
      }
    case DSP_KIND_MONEY:
      {
        gint64 cents;

        if (!dsp_decimal_parse (clean, digits, &cents))
          break;
        *dsp_field_money (f, r) = (DspMoney) { cents, true };
        return TRUE;
      }
    case DSP_KIND_WORD:
      {
        guint word = dsp_words_find (f->words, clean, length);

        if (word != DSP_WORD_UNKNOWN)
          {
            *dsp_field_word (f, r) = word;
            return TRUE;
          }
        break;
      }
    case DSP_KIND_YES_NO:
      if (strcmp (clean, "yes") == 0 || strcmp (clean, "no") == 0)
        {
          *dsp_field_word (f, r) = *clean == 'y' ? DSP_YES : DSP_NO;
          return TRUE;
        }
      break;
    case DSP_KIND_LIST:
      g_strfreev (*dsp_field_list (f, r));
      *dsp_field_list (f, r) = split_list (clean);
      return TRUE;
    }
  return dsp_refuse (error, DSP_RULE_INVALID, _("%s cannot be “%.60s”"), dsp_field_title (f), clean);
}

/* Of money behind the point where programs read it, whatever the currency: what was sent or stored never changes its meaning. */
#define PLAIN_DIGITS 2

/**
 * dsp_field_dup_text:
 * The one text form of a value: on the wire, in history and filters. Lists are joined by "; ".
 *
 * Returns: (transfer full) (nullable): NULL for none.
 */
char *
dsp_field_dup_text (const DspField *f,
                    gconstpointer   r)
{
  return dup_text (f, r, PLAIN_DIGITS);
}

/**
 * dsp_field_set_text:
 * @text: (nullable): as dsp_field_dup_text() writes it; blank and NULL are none
 *
 * Reads the text form of a value. The limits are dsp_table_check()'s matter.
 *
 * Returns: FALSE, of DSP_RULE_ERROR, if @text is no value of that kind; the record is untouched then.
 */
gboolean
dsp_field_set_text (const DspField *f,
                    gpointer        r,
                    const char     *text,
                    GError        **error)
{
  return set_text (f, r, text, PLAIN_DIGITS, error);
}

/**
 * dsp_field_dup_said:
 * The same for people: in forms, in files that they open, on the command line; money has the digits of the office's currency.
 *
 * Returns: (transfer full) (nullable): NULL for none.
 */
char *
dsp_field_dup_said (const DspField *f,
                    gconstpointer   r)
{
  return dup_text (f, r, dsp_currency_get ()->digits);
}

/**
 * dsp_field_set_said:
 * What people wrote, as dsp_field_set_text() reads what programs did.
 */
gboolean
dsp_field_set_said (const DspField *f,
                    gpointer        r,
                    const char     *text,
                    GError        **error)
{
  return set_text (f, r, text, dsp_currency_get ()->digits, error);
}

/**
 * dsp_record_new:
 * Returns: (transfer full): an empty record of @entity; dsp_record_free().
 */
gpointer
dsp_record_new (const DspEntity *entity)
{
  return g_malloc0 (entity->table.size);
}

/**
 * dsp_record_dup:
 * Returns: (transfer full): a copy with id, scope and version.
 */
gpointer
dsp_record_dup (const DspEntity *entity,
                gconstpointer    record)
{
  gpointer copy = dsp_record_new (entity);

  *(DspRecord *) copy = *(const DspRecord *) record;
  dsp_table_copy (&entity->table, copy, record);
  return copy;
}

/**
 * dsp_record_free:
 * @record: (nullable)
 */
void
dsp_record_free (const DspEntity *entity,
                 gpointer         record)
{
  if (record == NULL)
    return;
  dsp_table_clear (&entity->table, record);
  g_free (record);
}

/**
 * dsp_record_display:
 * Returns: (transfer none): what people call the record; "" if it has no such text.
 */
const char *
dsp_record_display (const DspEntity *entity,
                    gconstpointer    record)
{
  const char *text = NULL;

  if (entity->display_offset != 0)
    text = *dsp_field_text (dsp_table_at (&entity->table, entity->display_offset), record);
  return text != NULL ? text : "";
}
