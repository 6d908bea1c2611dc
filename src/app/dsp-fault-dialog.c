/* dsp-fault-dialog.c: a supervisor notes a fault that no clock sees
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-fault-dialog"

#include "config.h"
#include "dsp-fault-dialog.h"

#include "dsp-form-window.h"
#include "dsp-record-form.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

/* The form knows nothing of which order it is. */
static void
add_order (DspFormWindow *window,
           gpointer       args,
           guint64       *given)
{
  const DspOrder *order = dsp_form_window_get_data (window);

  ((DspPenalty *) args)->order_id = order->id;
  *given |= dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, order_id));
}

/* Without the reason it can be said already. */
static const char *
missing (DspFormWindow *window,
         gboolean       whole,
         gpointer       args,
         guint64       *given)
{
  const DspPenalty *penalty = args;

  if (penalty->fault == DSP_FAULT_NONE)
    return _("Choose the fault: then its rule and what it costs stand here.");
  *given = dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, fault)) |
           dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, due_at)) |
           (penalty->amount.is_set ? dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, amount)) : 0);
  return NULL;
}

static void
show_penalty (DspFormWindow *window,
              gconstpointer  record)
{
  const DspPenalty *penalty = record;
  static const gsize shown[] = { offsetof (DspPenalty, rule_id), offsetof (DspPenalty, distributor_id), offsetof (DspPenalty, crew_id),
                                 offsetof (DspPenalty, state), offsetof (DspPenalty, appeal_until) };
  g_autofree char *money = dsp_text_money (penalty->amount.cents);
  g_autoptr(GString) text = g_string_new (NULL);

  /* Translators: a fault and what it costs */
  g_string_append_printf (text, _("A penalty is noted: %s, %s"), dsp_text_word (&DspFault_words, penalty->fault), money);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      const DspField *field = dsp_table_at (&dsp_penalty.table, shown[i]);
      g_autofree char *is = dsp_office_field_text (dsp_form_window_get_office (window), field, penalty);

      g_string_append_c (text, '\n');
      /* Translators: a field and its value */
      g_string_append_printf (text, _("%s: %s"), _(field->label), *is != '\0' ? is : _("none"));
    }
  dsp_form_window_say (window, text->str, "numeric");
}

static char *
told (DspFormWindow *window)
{
  const DspOrder *order = dsp_form_window_get_data (window);

  return g_strdup_printf (_("%s: order %s"), _(dsp_penalty_create.past), order->number);
}

static const DspFormKind kind = {
  .heading = N_("On saving"), .width = 620, .height = -1,
  .complete = add_order, .missing = missing, .show = show_penalty, .told = told,
};

void
dsp_fault_dialog_open (GtkWindow   *parent,
                       DspOffice   *office,
                       const DspId *id)
{
  const DspOrder *lent = dsp_replica_get_order (dsp_office_get_replica (office), id);
  DspOrder *order = lent != NULL ? dsp_order_dup (lent) : NULL;
  DspPenalty known = { .due_at.us = g_get_real_time () / G_TIME_SPAN_MINUTE * G_TIME_SPAN_MINUTE };
  DspId penalty_id;
  GtkWidget *form;
  g_autofree char *title = NULL;

  if (order == NULL)
    return;
  penalty_id = dsp_replica_new_id (dsp_office_get_replica (office));
  title = g_strdup_printf (_("%s · order %s"), _("Note a fault"), order->number);
  form = dsp_record_form_new_for_args (office, &dsp_penalty_create, order);
  dsp_record_form_suggest (DSP_RECORD_FORM (form), &known);
  dsp_form_window_open (dsp_form_window_new (parent, office, title, &kind, &dsp_penalty_create, &penalty_id, form, order,
                                             (GDestroyNotify) dsp_order_free));
}
