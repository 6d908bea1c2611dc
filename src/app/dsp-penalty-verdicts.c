/* dsp-penalty-verdicts.c: what a supervisor decides about penalties
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-penalty-verdicts"

#include "config.h"
#include "dsp-verdict-bar.h"

#include "dsp-penalty.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define P(state) DSP_BIT (DSP_PENALTY_##state)

/* The same keys mean the same for a penalty and for the answer to an appeal. */
static const DspVerdictChoice choices[] = {
  { .command = &dsp_penalty_confirm, .key = GDK_KEY_c, .states = P (PENDING), .label = N_("Confirm"),
    .prompt = N_("Reason, if there is something to say"), .text = "reason" },
  { .command = &dsp_penalty_waive, .key = GDK_KEY_e, .states = P (PENDING), .label = N_("Waive"),
    .prompt = N_("Why is it waived?"), .text = "reason", .needs_text = true },
  { .command = &dsp_penalty_transfer, .key = GDK_KEY_t, .states = P (PENDING), .label = N_("Hand over"),
    .prompt = N_("Why does another party bear it?"), .text = "reason", .needs_text = true, .besides = "distributor_id",
    .besides_label = N_("Distributor who bears it"), .besides_missing = N_("Choose who bears it.") },
  { .command = &dsp_penalty_answer, .key = GDK_KEY_c, .states = P (APPEALED), .label = N_("Confirm"),
    .prompt = N_("Answer to the distributor"), .text = "answer", .needs_text = true, .verdict = DSP_VERDICT_CONFIRM },
  { .command = &dsp_penalty_answer, .key = GDK_KEY_e, .states = P (APPEALED), .label = N_("Waive"),
    .prompt = N_("Answer to the distributor"), .text = "answer", .needs_text = true, .verdict = DSP_VERDICT_WAIVE },
  { .command = &dsp_penalty_appeal, .key = GDK_KEY_a, .states = P (PENDING) | P (CONFIRMED) | P (TRANSFERRED),
    .label = N_("Appeal against it"), .prompt = N_("The distributor's words"), .text = "appeal", .needs_text = true },
};

static char *
dup_about (DspOffice       *office,
           const GPtrArray *records)
{
  g_autofree char *money = NULL;
  gint64 cents = 0;

  for (guint i = 0; i < records->len; i++)
    cents += ((const DspPenalty *) records->pdata[i])->amount.cents;
  money = dsp_text_money (cents);
  if (records->len == 1)
    /* Translators: the number of an order, then an amount */
    return g_strdup_printf (_("Order %s, %s"), ((const DspPenalty *) records->pdata[0])->number, money);
  /* Translators: how many, then their sum */
  return g_strdup_printf (ngettext ("%u penalty, %s", "%u penalties, %s", records->len), records->len, money);
}

static char *
dup_left (guint       n,
          const char *why)
{
  return g_strdup_printf (ngettext ("%u penalty was left as it is: %s", "%u penalties were left as they are: %s", n), n, why);
}

const DspVerdictKind dsp_penalty_verdicts = {
  .entity = &dsp_penalty, .choices = choices, .n_choices = G_N_ELEMENTS (choices), .none_chosen = N_("No penalty chosen"),
  .about = dup_about, .left = dup_left,
};
