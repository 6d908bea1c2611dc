/* dsp-mileage-list.c: a claim of kilometres in words: columns, sentences, verdicts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-mileage-list"

#include "config.h"
#include "dsp-mileage-list.h"

#include "dsp-money-commands.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

gint64
dsp_mileage_tolerance (DspOffice *office)
{
  DspId id = dsp_office_settings_id ();
  const DspOfficeSettings *settings = dsp_office_get (office, &dsp_office_settings, &id);

  return (settings != NULL && settings->mileage_tolerance.is_set ? settings : dsp_office_defaults ())->mileage_tolerance.value;
}

bool
dsp_mileage_stands_out (DspOffice        *office,
                        const DspMileage *mileage)
{
  return dsp_mileage_exceeds (mileage, dsp_mileage_tolerance (office));
}

char *
dsp_mileage_title (DspOffice        *office,
                   const DspMileage *mileage)
{
  g_autofree char *crew = dsp_office_title_of (office, &dsp_crew, &mileage->crew_id);
  g_autofree char *day = dsp_text_date (mileage->day);

  if (mileage->number != NULL)
    /* Translators: a crew, a day, the number of an order */
    return g_strdup_printf (_("%s · %s · order %s"), crew, day, mileage->number);
  return g_strdup_printf ("%s · %s", crew, day);
}

/* ---- columns ---- */

static char *
km (DspInt metres)
{
  return metres.is_set ? g_strdup_printf ("%'.1f", metres.value / 1000.0) : g_strdup ("");
}

static char *
day_text (DspOffice    *office,
          gconstpointer record)
{
  return dsp_text_date (((const DspMileage *) record)->day);
}

static char *
crew_text (DspOffice    *office,
           gconstpointer record)
{
  return dsp_office_title_of (office, &dsp_crew, &((const DspMileage *) record)->crew_id);
}

static char *
order_text (DspOffice    *office,
            gconstpointer record)
{
  const char *number = ((const DspMileage *) record)->number;

  return g_strdup (number != NULL ? number : _("Whole day"));
}

static char *
claimed_text (DspOffice    *office,
              gconstpointer record)
{
  return km (((const DspMileage *) record)->claimed);
}

static char *
proposed_text (DspOffice    *office,
               gconstpointer record)
{
  return km (((const DspMileage *) record)->proposed);
}

static char *
excess_text (DspOffice    *office,
             gconstpointer record)
{
  const DspMileage *mileage = record;
  const char *sign = dsp_mileage_stands_out (office, mileage) ? "▲ " : "";

  if (!mileage->excess.is_set)
    return g_strdup ("");
  if (mileage->excess.value > 999)
    return g_strdup_printf ("%s> 999 %%", sign);
  return g_strdup_printf ("%s%s%" G_GINT64_FORMAT " %%", sign, mileage->excess.value > 0 ? "+" : mileage->excess.value < 0 ? "−" : "",
                          ABS (mileage->excess.value));
}

static bool
is_marked (DspOffice    *office,
           gconstpointer record)
{
  return dsp_mileage_stands_out (office, record);
}

static char *
approved_text (DspOffice    *office,
               gconstpointer record)
{
  return km (((const DspMileage *) record)->approved);
}

static char *
state_text (DspOffice    *office,
            gconstpointer record)
{
  return g_strdup (dsp_text_word (&DspMileageState_words, ((const DspMileage *) record)->state));
}

const DspRecordColumn dsp_mileage_columns[DSP_MILEAGE_N_COLUMNS] = {
  { .title = N_("Day"), .width = 88, .text = day_text },
  { .title = N_("Crew"), .tip = true, .text = crew_text },
  { .title = N_("Order"), .width = 98, .text = order_text },
  { .title = N_("Claimed"), .width = 88, .xalign = 1, .text = claimed_text },
  { .title = N_("Proposed"), .width = 88, .xalign = 1, .text = proposed_text },
  { .title = N_("Above"), .width = 88, .xalign = 1, .text = excess_text, .css = "dsp-late", .marked = is_marked },
  { .title = N_("Approved (km)"), .width = 118, .xalign = 1, .text = approved_text },
  { .title = N_("Status"), .width = 116, .tip = true, .text = state_text },
};

/* ---- verdicts ---- */

/* Nobody is paid more than he claimed. */
static DspInt
at_most_claimed (const DspMileage *mileage)
{
  return mileage->proposed.is_set && mileage->proposed.value > mileage->claimed.value ? mileage->claimed : mileage->proposed;
}

static void
as_proposed (gconstpointer record,
             gpointer      args)
{
  ((DspMileageAdjust *) args)->approved = at_most_claimed (record);
}

static char *
suggest (gconstpointer record)
{
  DspMileage shown = { .approved = at_most_claimed (record) };

  return dsp_field_dup_said (dsp_table_at (&dsp_mileage.table, offsetof (DspMileage, approved)), &shown);
}

#define M(state) DSP_BIT (DSP_MILEAGE_##state)

static const DspVerdictChoice choices[] = {
  { .command = &dsp_mileage_approve, .key = GDK_KEY_a, .states = M (SUBMITTED), .label = N_("Approve") },
  { .command = &dsp_mileage_adjust, .key = GDK_KEY_u, .states = M (SUBMITTED), .label = N_("Adjust"),
    .prompt = N_("Why is it adjusted?"), .text = "reason", .needs_text = true, .besides = "approved",
    .besides_label = N_("Approved (km)"), .besides_missing = N_("Write the kilometres that are approved."), .each = as_proposed,
    .suggest = suggest },
  { .command = &dsp_mileage_reject, .key = GDK_KEY_r, .states = M (SUBMITTED), .label = N_("Refuse"),
    .prompt = N_("Why is it refused?"), .text = "reason", .needs_text = true },
  { .command = &dsp_mileage_submit, .key = GDK_KEY_e, .states = M (CAPTURED), .label = N_("Submit") },
  { .command = &dsp_mileage_delete, .key = GDK_KEY_d, .states = M (CAPTURED) | M (REJECTED), .label = N_("Delete"), .asks = true },
};

static char *
dup_about (DspOffice       *office,
           const GPtrArray *records)
{
  g_autofree char *title = NULL;
  gint64 metres = 0;

  for (guint i = 0; i < records->len; i++)
    metres += ((const DspMileage *) records->pdata[i])->claimed.value;
  if (records->len > 1)
    /* Translators: how many claims, then their sum */
    return g_strdup_printf (ngettext ("%u claim, %.1f km", "%u claims, %.1f km", records->len), records->len, metres / 1000.0);
  title = dsp_mileage_title (office, records->pdata[0]);
  /* Translators: which claim, then what it claims */
  return g_strdup_printf (_("%s, %.1f km"), title, metres / 1000.0);
}

static char *
dup_left (guint       n,
          const char *why)
{
  return g_strdup_printf (ngettext ("%u claim was left as it is: %s", "%u claims were left as they are: %s", n), n, why);
}

const DspVerdictKind dsp_mileage_verdicts = {
  .entity = &dsp_mileage, .choices = choices, .n_choices = G_N_ELEMENTS (choices), .none_chosen = N_("No claim chosen"),
  .about = dup_about, .left = dup_left,
};
