/* dsp-filter-words.c: a filter's conditions in words, for chips, forms and files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-filter-words"

#include "config.h"
#include "dsp-filter-words.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

const DspCondition *
dsp_filter_condition (const DspFilter *filter,
                      const char      *name)
{
  for (guint i = 0; i < filter->conditions->len; i++)
    {
      const DspCondition *condition = &g_array_index (filter->conditions, DspCondition, i);

      if (g_str_equal (condition->field->name, name))
        return condition;
    }
  return NULL;
}

static char *
day_of (gint64 us)
{
  return dsp_text_date (dsp_text_local_day (us));
}

/* The end of a stretch of time in words: a whole day's last one, or the very instant. */
static char *
end_of (gint64   us,
        gboolean last)
{
  DspTime begins = dsp_text_day_starts (dsp_text_local_day (us));

  return begins.us == us ? day_of (last ? us - 1 : us) : dsp_text_time ((DspTime) { us });
}

char *
dsp_filter_alternative_words (DspOffice            *office,
                              const DspField       *field,
                              const DspAlternative *alternative)
{
  switch (alternative->op)
    {
    case DSP_OP_NONE:
      return g_strdup (_("none"));
    case DSP_OP_ANY:
      return g_strdup (_("any"));
    case DSP_OP_PREFIX:
      return g_strdup_printf ("%s*", alternative->text);
    case DSP_OP_RANGE:
      if (field->kind == DSP_KIND_TIME)
        {
          g_autofree char *from = alternative->from != G_MININT64 ? end_of (alternative->from, FALSE) : NULL;
          g_autofree char *to = alternative->to != G_MAXINT64 ? end_of (alternative->to, TRUE) : NULL;

          if (from != NULL && to != NULL)
            return g_str_equal (from, to) ? g_strdup (from) : g_strdup_printf ("%s–%s", from, to);
          if (from != NULL)
            return g_strdup_printf (_("from %s"), from);
          return g_strdup_printf (_("until %s"), to != NULL ? to : "");
        }
      if (field->kind == DSP_KIND_INT)
        return g_strdup_printf ("%d–%d", (int) MAX (alternative->from, field->min), (int) MIN (alternative->to, field->max));
      return g_strdup_printf ("%s–%s", alternative->text != NULL ? alternative->text : "",
                              alternative->text_to != NULL ? alternative->text_to : "");
    case DSP_OP_EQUAL:
    default:
      break;
    }
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_ID:
      return field->target != NULL ? dsp_office_title_of (office, field->target, &alternative->id) : g_strdup ("");
    case DSP_KIND_WORD:
      return g_strdup (dsp_text_word (field->words, (guint) alternative->from));
    case DSP_KIND_INT:
      return g_strdup_printf ("%d", (int) alternative->from);
    case DSP_KIND_TIME:
      return dsp_text_time ((DspTime) { alternative->from });
    case DSP_KIND_TEXT:
    case DSP_KIND_DATE:
    case DSP_KIND_MONEY:
    case DSP_KIND_YES_NO:
    case DSP_KIND_LIST:
    default:
      if (field->offset == offsetof (DspOrder, reason) && alternative->text != NULL)
        return dsp_office_reason_title (office, alternative->text);
      return g_strdup (alternative->text != NULL ? alternative->text : "");
    }
}

char *
dsp_filter_words (DspOffice       *office,
                  const DspFilter *filter,
                  const char      *name)
{
  const DspCondition *condition;
  g_autoptr(GString) words = g_string_new (NULL);

  if (g_str_equal (name, "q"))
    return g_strdup_printf ("“%s”", filter->words);
  if (g_str_equal (name, "penalized"))
    switch (filter->penalized)
      {
      case DSP_PENALIZED_YES:
        return g_strdup (_("Penalized"));
      case DSP_PENALIZED_NO:
        return g_strdup (_("Not penalized"));
      case DSP_PENALIZED_WITHIN:
        return g_strdup_printf (_("Penalized within %d h"), filter->within_hours);
      case DSP_PENALIZED_ANY:
      default:
        return g_strdup ("");
      }
  condition = dsp_filter_condition (filter, name);
  if (condition == NULL)
    return g_strdup ("");
  for (guint i = 0; i < condition->any->len && i < 2; i++)
    {
      g_autofree char *one = dsp_filter_alternative_words (office, condition->field, &g_array_index (condition->any, DspAlternative, i));

      g_string_append_printf (words, "%s%s", i > 0 ? ", " : "", one);
    }
  if (condition->any->len > 2)
    g_string_append_printf (words, ngettext (" and %u more", " and %u more", condition->any->len - 2),
                            condition->any->len - 2);
  /* Translators: a field of an order, then the values that are looked for */
  return g_strdup_printf (_("%s: %s"), _(condition->field->label), words->str);
}

GStrv
dsp_filter_names (const DspFilter *filter)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < filter->conditions->len; i++)
    g_strv_builder_add (names, g_array_index (filter->conditions, DspCondition, i).field->name);
  if (filter->penalized != DSP_PENALIZED_ANY)
    g_strv_builder_add (names, "penalized");
  if (filter->words != NULL)
    g_strv_builder_add (names, "q");
  return g_strv_builder_end (names);
}
