/* dsp-penalty-list.c: the columns of the review desk's queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-penalty-list"

#include "config.h"
#include "dsp-penalty-list.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

gint64
dsp_penalty_late_us (DspOffice        *office,
                     const DspPenalty *penalty)
{
  const DspOrder *order = dsp_replica_get_order (dsp_office_get_replica (office), &penalty->order_id);
  gint64 end_us;

  if (penalty->fault != DSP_FAULT_LATE_ATTENTION && penalty->fault != DSP_FAULT_MISSED_SLOT)
    return 0;
  if (order == NULL)
    return 0;
  end_us = penalty->fault == DSP_FAULT_MISSED_SLOT && order->started_at.us != 0 ? order->started_at.us : order->closed_at.us;
  if (end_us == 0)
    end_us = g_get_real_time ();
  return MAX (end_us - penalty->due_at.us, 0);
}

static char *
number_text (DspOffice    *office,
             gconstpointer record)
{
  return g_strdup (((const DspPenalty *) record)->number);
}

static char *
late_text (DspOffice    *office,
           gconstpointer record)
{
  gint64 late_us = dsp_penalty_late_us (office, record);

  return late_us > 0 ? dsp_text_span (late_us) : g_strdup ("");
}

static char *
rule_text (DspOffice    *office,
           gconstpointer record)
{
  const DspPenalty *penalty = record;
  g_autofree char *rule = dsp_office_title_of (office, &dsp_penalty_rule, &penalty->rule_id);

  return *rule != '\0' ? g_steal_pointer (&rule) : g_strdup (dsp_text_word (&DspFault_words, penalty->fault));
}

static char *
amount_text (DspOffice    *office,
             gconstpointer record)
{
  const DspPenalty *penalty = record;

  return penalty->amount.is_set ? dsp_text_money (penalty->amount.cents) : g_strdup ("");
}

static char *
distributor_text (DspOffice    *office,
                  gconstpointer record)
{
  return dsp_office_title_of (office, &dsp_distributor, &((const DspPenalty *) record)->distributor_id);
}

static char *
crew_text (DspOffice    *office,
           gconstpointer record)
{
  const DspCrew *crew = dsp_office_get (office, &dsp_crew, &((const DspPenalty *) record)->crew_id);

  return g_strdup (crew != NULL ? crew->code : "");
}

static char *
state_text (DspOffice    *office,
            gconstpointer record)
{
  return g_strdup (dsp_text_word (&DspPenaltyState_words, ((const DspPenalty *) record)->state));
}

const DspRecordColumn dsp_penalty_columns[DSP_PENALTY_N_COLUMNS] = {
  { .title = N_("Order"), .width = 72, .text = number_text },
  { .title = N_("Late by"), .width = 80, .xalign = 1, .text = late_text, .css = "dsp-late" },
  { .title = N_("Rule"), .tip = true, .text = rule_text },
  { .title = N_("Amount"), .width = 88, .xalign = 1, .text = amount_text },
  { .title = N_("Distributor"), .width = 112, .tip = true, .text = distributor_text },
  { .title = N_("Crew"), .width = 72, .text = crew_text },
  { .title = N_("Status"), .width = 96, .text = state_text },
};
