/* dsp-filter-narrow.c: what matches both of two filters
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-filter-private.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static DspAlternative
dup_alternative (const DspAlternative *a)
{
  DspAlternative copy = *a;

  copy.text = g_strdup (a->text);
  copy.text_to = g_strdup (a->text_to);
  return copy;
}

/* A beginning is the range up to the last text that begins so. */
static DspAlternative
as_text_range (const DspAlternative *a)
{
  DspAlternative range = dup_alternative (a);

  if (a->op == DSP_OP_PREFIX)
    {
      range.op = DSP_OP_RANGE;
      range.text_to = g_strconcat (a->text, "\364\217\277\277", NULL);
    }
  return range;
}

static bool
both_texts (const DspAlternative *a,
            const DspAlternative *b,
            DspAlternative       *both)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  DspAlternative other;

  if (a->op == DSP_OP_EQUAL || b->op == DSP_OP_EQUAL)
    {
      const DspAlternative *equal = a->op == DSP_OP_EQUAL ? a : b;

      *both = dup_alternative (equal);
      return dsp_alternative_takes (equal == a ? b : a, equal->text);
    }
  if (a->op == DSP_OP_PREFIX && b->op == DSP_OP_PREFIX)
    {
      const DspAlternative *longer = strlen (a->text) > strlen (b->text) ? a : b;

      *both = dup_alternative (longer);
      return g_str_has_prefix (longer->text, longer == a ? b->text : a->text);
    }
  *both = as_text_range (a);
  other = as_text_range (b);
  from = g_strdup (both->text == NULL || (other.text != NULL && strcmp (other.text, both->text) > 0) ? other.text : both->text);
  to = g_strdup (both->text_to == NULL || (other.text_to != NULL && strcmp (other.text_to, both->text_to) < 0) ? other.text_to : both->text_to);
  dsp_alternative_clear (both);
  dsp_alternative_clear (&other);
  both->text = g_steal_pointer (&from);
  both->text_to = g_steal_pointer (&to);
  return both->text == NULL || both->text_to == NULL || strcmp (both->text, both->text_to) <= 0;
}

static bool
both_numbers (const DspField       *field,
              const DspAlternative *a,
              const DspAlternative *b,
              DspAlternative       *both)
{
  bool open_end = field->kind == DSP_KIND_TIME;

  if (a->op == DSP_OP_EQUAL || b->op == DSP_OP_EQUAL)
    {
      const DspAlternative *equal = a->op == DSP_OP_EQUAL ? a : b, *range = equal == a ? b : a;

      *both = *equal;
      if (range->op == DSP_OP_EQUAL)
        return range->from == equal->from;
      return equal->from >= range->from && (open_end ? equal->from < range->to : equal->from <= range->to);
    }
  *both = *a;
  both->from = MAX (a->from, b->from);
  both->to = MIN (a->to, b->to);
  return open_end ? both->from < both->to : both->from <= both->to;
}

/* Returns: whether any value fits both; then it is what fits. The caller clears it in any case. */
static bool
both_alternatives (const DspField       *field,
                   const DspAlternative *a,
                   const DspAlternative *b,
                   DspAlternative       *both)
{
  *both = (DspAlternative) { 0 };
  if (a->op == DSP_OP_NONE || b->op == DSP_OP_NONE)
    {
      both->op = DSP_OP_NONE;
      return a->op == b->op;
    }
  if (a->op == DSP_OP_ANY || b->op == DSP_OP_ANY)
    {
      *both = dup_alternative (a->op == DSP_OP_ANY ? b : a);
      return true;
    }
  if (field->kind == DSP_KIND_ID)
    {
      *both = *a;
      return dsp_id_equal (&a->id, &b->id);
    }
  return dsp_filter_is_text (field) ? both_texts (a, b, both) : both_numbers (field, a, b, both);
}

static GArray *
both_conditions (const DspCondition *a,
                 const DspCondition *b)
{
  GArray *any = g_array_new (FALSE, TRUE, sizeof (DspAlternative));

  g_array_set_clear_func (any, dsp_alternative_clear);
  for (guint i = 0; i < a->any->len; i++)
    for (guint j = 0; j < b->any->len; j++)
      {
        DspAlternative both;

        if (both_alternatives (a->field, &g_array_index (a->any, DspAlternative, i), &g_array_index (b->any, DspAlternative, j), &both))
          g_array_append_val (any, both);
        else
          dsp_alternative_clear (&both);
      }
  return any;
}

/**
 * dsp_filter_narrow:
 * Makes @filter match what it matched and @text matches too: a bar's orders among those of its chart.
 *
 * Returns: FALSE with an error, and an unchanged filter, if @text cannot be read or nothing could match both
 */
gboolean
dsp_filter_narrow (DspFilter   *filter,
                   const char  *text,
                   GError     **error)
{
  g_autoptr(DspFilter) more = dsp_filter_parse (filter->entity, text, error);
  g_autoptr(DspFilter) result = NULL;

  if (more == NULL)
    return FALSE;
  result = dsp_filter_dup (filter);
  for (guint i = 0; i < more->conditions->len; i++)
    {
      DspCondition *condition = &g_array_index (more->conditions, DspCondition, i);
      guint at = dsp_filter_find_condition (result, condition->field);
      DspCondition both = { .field = condition->field };

      if (at == result->conditions->len)
        both.any = g_array_ref (condition->any);
      else
        {
          both.any = both_conditions (&g_array_index (result->conditions, DspCondition, at), condition);
          g_array_remove_index (result->conditions, at);
        }
      g_array_append_val (result->conditions, both);
      if (both.any->len == 0)
        return dsp_refuse (error, DSP_RULE_INVALID, _("Nothing can match both values of %s"), dsp_field_title (condition->field));
    }
  if (more->penalized != DSP_PENALIZED_ANY)
    {
      if (result->penalized != DSP_PENALIZED_ANY && (result->penalized != more->penalized || result->within_hours != more->within_hours))
        return dsp_refuse (error, DSP_RULE_INVALID, _("Nothing can match both values of %s"), "penalized");
      result->penalized = more->penalized;
      result->within_hours = more->within_hours;
    }
  if (more->words != NULL)
    {
      char *words = result->words != NULL ? g_strconcat (result->words, " ", more->words, NULL) : g_strdup (more->words);

      g_free (result->words);
      result->words = words;
    }
  {
    DspFilter before = *filter;

    *filter = *result;
    *result = before;
  }
  return TRUE;
}
