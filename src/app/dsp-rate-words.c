/* dsp-rate-words.c: rates and tax rules in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-rate-words"

#include "config.h"
#include "dsp-rate-words.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

char *
dsp_share_text (gint64 millionths)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT ".%04u", millionths / 10000, (guint) (millionths % 10000));
  gsize n = strlen (digits);

  while (n > 0 && digits[n - 1] == '0')
    digits[--n] = '\0';
  if (n > 0 && digits[n - 1] == '.')
    digits[--n] = '\0';
  return g_strdup_printf ("%s %%", digits);
}

char *
dsp_rate_words_whose (DspOffice    *office,
                      gconstpointer record)
{
  const DspRate *rate = record;

  if (!dsp_id_is_none (&rate->distributor_id))
    return dsp_office_title_of (office, &dsp_distributor, &rate->distributor_id);
  if (!dsp_id_is_none (&rate->master_id))
    return dsp_office_title_of (office, &dsp_master, &rate->master_id);
  /* Translators: whose a rate is: of all distributors */
  return g_strdup (C_("rate", "Everybody"));
}

char *
dsp_rate_words_orders (DspOffice    *office,
                       gconstpointer record)
{
  const DspRate *rate = record;
  const char *parts[4] = { NULL };
  guint n = 0;

  if (rate->group != NULL)
    parts[n++] = rate->group;
  if (rate->type != NULL)
    parts[n++] = rate->type;
  if (rate->subtype != NULL)
    parts[n++] = rate->subtype;
  return n > 0 ? g_strjoinv (" › ", (char **) parts) : g_strdup (C_("rate", "Every order"));
}

char *
dsp_rate_words_amount (DspOffice    *office,
                       gconstpointer record)
{
  const DspRate *rate = record;
  g_autofree char *money = NULL;

  if (rate->share.is_set)
    return dsp_share_text (rate->share.value);
  money = rate->amount.is_set ? dsp_text_money (rate->amount.cents) : g_strdup ("");
  if (rate->pays == DSP_PAYS_KILOMETRE || rate->pays == DSP_PAYS_KILOMETRE_EXTRA)
    return g_strdup_printf ("%s/km", money);
  return g_steal_pointer (&money);
}

char *
dsp_rate_words_by (DspRateBy by)
{
  static const DspRateBy order[] = { DSP_BY_DISTRIBUTOR, DSP_BY_MASTER, DSP_BY_SUBTYPE, DSP_BY_TYPE, DSP_BY_GROUP, DSP_BY_POSTAL_CODE,
                                     DSP_BY_MUNICIPALITY, DSP_BY_DAY, DSP_BY_RETIRED };
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (by & order[i])
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", dsp_rate_by_label (order[i]));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
dsp_rate_words_asks (DspOffice    *office,
                     gconstpointer record)
{
  return dsp_rate_words_by (dsp_rate_asks (record));
}

char *
dsp_tax_words_taxes (DspOffice    *office,
                     gconstpointer record)
{
  const DspTaxRule *rule = record;
  const struct { const char *name; DspInt share; } taxes[] = {
    { _("VAT"), rule->vat }, { _("VAT withheld"), rule->vat_withheld }, { _("income tax withheld"), rule->income_withheld },
  };
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (taxes); i++)
    if (taxes[i].share.is_set)
      {
        g_autofree char *share = dsp_share_text (taxes[i].share.value);

        g_string_append_printf (text, "%s%s %s", text->len > 0 ? " · " : "", taxes[i].name, share);
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
dsp_dated_words_zone (DspOffice       *office,
                      const DspEntity *entity,
                      gconstpointer    record)
{
  GStrv zone = *dsp_field_list (dsp_table_find (&entity->table, "zone", 4), record);

  return zone != NULL ? g_strjoinv (", ", zone) : g_strdup (_("Everywhere"));
}

DspDate
dsp_dated_from (const DspEntity *entity,
                gconstpointer    record)
{
  return *dsp_field_date (dsp_table_find (&entity->table, "from", 4), record);
}

DspDate
dsp_dated_until (const DspEntity *entity,
                 gconstpointer    record)
{
  return *dsp_field_date (dsp_table_find (&entity->table, "until", 5), record);
}

char *
dsp_dated_words_dates (DspDate from,
                       DspDate until)
{
  g_autofree char *first = dsp_text_date (from), *last = dsp_text_date (until);

  /* Translators: a day on which a rate begins to hold */
  return until.day != 0 ? g_strdup_printf ("%s – %s", first, last) : g_strdup_printf (_("since %s, without end"), first);
}
