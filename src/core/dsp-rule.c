/* dsp-rule.c: the words of refusals
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-rule.h"

#include <string.h>

G_DEFINE_QUARK (dsp-rule-error-quark, dsp_rule_error)

static const char *const words[] = {
  [DSP_RULE_INVALID] = "invalid",
  [DSP_RULE_REQUIRED] = "required",
  [DSP_RULE_NO_SUCH_RECORD] = "no_such_record",
  [DSP_RULE_FORBIDDEN] = "forbidden",
  [DSP_RULE_STATE] = "state",
  [DSP_RULE_CHANGED] = "changed",
  [DSP_RULE_CREW_RETIRED] = "crew_retired",
  [DSP_RULE_CREW_SCOPE] = "crew_scope",
  [DSP_RULE_SAME_CREW] = "same_crew",
  [DSP_RULE_CREW_BUSY] = "crew_busy",
  [DSP_RULE_DUPLICATE] = "duplicate",
  [DSP_RULE_ID_TAKEN] = "id_taken",
  [DSP_RULE_GONE] = "gone",
  [DSP_RULE_REASON] = "reason",
  [DSP_RULE_UPGRADE] = "upgrade",
  [DSP_RULE_OVERLAP] = "overlap",
  [DSP_RULE_PAST] = "past",
  [DSP_RULE_RESCHEDULE_COUNT] = "reschedule_count",
  [DSP_RULE_TOO_EARLY] = "too_early",
  [DSP_RULE_TOO_LATE] = "too_late",
  [DSP_RULE_NOTICE] = "notice",
  [DSP_RULE_HOLIDAY] = "holiday",
  [DSP_RULE_ZONE_CLOSED] = "zone_closed",
  [DSP_RULE_NO_SLOT] = "no_slot",
  [DSP_RULE_SLOT_FULL] = "slot_full",
  [DSP_RULE_QUOTA] = "quota",
};
G_STATIC_ASSERT (G_N_ELEMENTS (words) == DSP_N_RULES);

/**
 * dsp_rule_word:
 * Returns: the rule's word on the wire.
 */
const char *
dsp_rule_word (DspRule rule)
{
  return rule < DSP_N_RULES ? words[rule] : "invalid";
}

/**
 * dsp_rule_from_word:
 * Returns: the rule; DSP_N_RULES for a word of a newer server.
 */
DspRule
dsp_rule_from_word (const char *word)
{
  for (guint i = 0; i < DSP_N_RULES; i++)
    if (g_strcmp0 (words[i], word) == 0)
      return (DspRule) i;
  return DSP_N_RULES;
}

/**
 * dsp_refuse:
 * Sets an error of DSP_RULE_ERROR; the text is for logs, windows word the code themselves.
 *
 * Returns: FALSE always, so that a rule refuses in one line.
 */
gboolean
dsp_refuse (GError    **error,
            DspRule     rule,
            const char *format,
            ...)
{
  va_list args;

  if (error == NULL)
    return FALSE;
  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (DSP_RULE_ERROR, (int) rule, format, args));
  va_end (args);
  return FALSE;
}
