/* dsp-mileage-dialog.c: kilometres are claimed: by day or by order, by odometer or from where to where
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-mileage-dialog"

#include "config.h"
#include "dsp-mileage-dialog.h"

#include "dsp-crew-visits.h"
#include "dsp-form-window.h"
#include "dsp-mileage-list.h"
#include "dsp-money-commands.h"
#include "dsp-record-form-private.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

/* ---- the day's orders ---- */

typedef struct {
  DspId         crew_id;  /* whose orders are offered, and of which day */
  DspDate       day;
  bool          changes;  /* a claim that is there */
  GCancellable *offering; /* (owned) (nullable) */
} Claim;

static void
stop_offering (Claim *claim)
{
  g_cancellable_cancel (claim->offering);
  g_clear_object (&claim->offering);
}

static void
claim_free (gpointer data)
{
  stop_offering (data);
  g_free (data);
}

static void
offered_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  g_autoptr(DspFormWindow) window = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) orders = dsp_crew_visits_finish (res, &error);
  GtkWidget *form = dsp_form_window_get_form (window);

  if (orders != NULL && form != NULL)
    dsp_mileage_rows_offer (DSP_RECORD_FORM (form), orders);
  else if (orders == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("the crew's orders of the day: %s", error->message);
}

static void
offer_orders (DspFormWindow    *window,
              const DspMileage *args)
{
  Claim *claim = dsp_form_window_get_data (window);

  if (dsp_id_equal (&claim->crew_id, &args->crew_id) && claim->day.day == args->day.day)
    return;
  claim->crew_id = args->crew_id;
  claim->day = args->day;
  stop_offering (claim);
  if (dsp_id_is_none (&claim->crew_id) || claim->day.day == 0)
    return;
  claim->offering = g_cancellable_new ();
  dsp_crew_visits_async (dsp_form_window_get_office (window), &claim->crew_id, claim->day, claim->offering, offered_cb,
                         g_object_ref (window));
}

/* ---- what saving would mean ---- */

static void
show_claim (DspFormWindow *window,
            gconstpointer  record)
{
  const DspMileage *mileage = record;
  DspOffice *office = dsp_form_window_get_office (window);
  g_autofree char *claimed = g_strdup_printf (_("%.1f km are claimed."), mileage->claimed.value / 1000.0);
  g_autofree char *proposed = NULL, *above = NULL;

  if (mileage->proposed.is_set)
    /* Translators: kilometres, and who proposes them: "Straight line with the office's factor" */
    proposed = g_strdup_printf (_("%.1f km are proposed. %s."), mileage->proposed.value / 1000.0,
                                dsp_text_word (&DspDistance_words, mileage->proposed_by));
  else
    proposed = g_strdup (_("Nothing is proposed: the places of that day's visits are not known."));
  dsp_form_window_say (window, claimed, "numeric");
  dsp_form_window_say (window, proposed, "numeric");
  if (!dsp_mileage_stands_out (office, mileage))
    return;
  above = g_strdup_printf (_("▲ That is more than %d %% above the proposal: say why in the note, the reviewer sees it first."),
                           (int) dsp_mileage_tolerance (office));
  dsp_form_window_say (window, above, "warning");
}

/* Enough to be judged: the crew, the day, and a distance. */
static bool
says_enough (const Claim      *claim,
             const DspMileage *args,
             guint64           given)
{
  if (claim->changes)
    return given != 0;
  return !dsp_id_is_none (&args->crew_id) && args->day.day != 0 &&
         (args->claimed.is_set || (args->odometer_start.is_set && args->odometer_end.is_set));
}

static const char *
missing (DspFormWindow *window,
         gboolean       whole,
         gpointer       args,
         guint64       *given)
{
  offer_orders (window, args);
  return whole && says_enough (dsp_form_window_get_data (window), args, *given) ? NULL :
         _("When the crew, the day and the kilometres are said, the proposal stands here beside the claim.");
}

static const DspFormKind kind = {
  .heading = N_("Claim and proposal"), .width = 680, .height = 640,
  .then = &dsp_mileage_submit, .then_label = N_("Save and su_bmit"), .then_name = N_("Save and submit"), .again = &dsp_mileage_change,
  .missing = missing, .show = show_claim,
};

void
dsp_mileage_dialog_open (GtkWindow        *parent,
                         DspOffice        *office,
                         const DspMileage *mileage,
                         const DspId      *crew_id)
{
  const DspCommand *command = mileage != NULL ? &dsp_mileage_change : &dsp_mileage_create;
  DspMileage known = { .crew_id = *crew_id, .day = dsp_text_local_day (g_get_real_time ()) };
  DspId id = mileage != NULL ? mileage->id : dsp_replica_new_id (dsp_office_get_replica (office));
  GtkWidget *form = dsp_record_form_new_for_args (office, command, NULL);
  Claim *claim = g_new0 (Claim, 1);

  claim->changes = mileage != NULL;
  if (mileage != NULL)
    dsp_record_form_set_record (DSP_RECORD_FORM (form), mileage, TRUE);
  else
    dsp_record_form_suggest (DSP_RECORD_FORM (form), &known);
  dsp_form_window_open (dsp_form_window_new (parent, office, _(command->label), &kind, command, &id, form, claim, claim_free));
}
