/* dsp-fault-row.c: which fault is noted, each with the rule that prices it for the order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-fault-row"

#include "config.h"
#include "dsp-record-form-private.h"

#include "dsp-penalty-clock.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

static gboolean
is_for_fault (gconstpointer record,
              gpointer      user_data)
{
  return ((const DspPenaltyRule *) record)->fault == GPOINTER_TO_UINT (user_data);
}

/* What stands in the list: "Nobody came · No-show · $500.00". */
static char *
dup_label (DspRecordRow *row,
           DspFault      fault)
{
  const DspOrder *order = row->form->order;
  GPtrArray *rules = (GPtrArray *) dsp_office_records (row->form->office, &dsp_penalty_rule);
  const DspPenaltyRule *rule = dsp_most_specific (&dsp_penalty_rule, rules, order->group, order->type, order->subtype, is_for_fault,
                                                  GUINT_TO_POINTER (fault));
  g_autofree char *money = rule != NULL ? dsp_text_money (dsp_penalty_price (rule, 0).cents) : NULL;

  if (rule == NULL)
    /* Translators: a fault that no rule prices */
    return g_strdup_printf (_("%s · no rule: say the amount"), dsp_text_word (&DspFault_words, fault));
  return g_strdup_printf ("%s · %s · %s", dsp_text_word (&DspFault_words, fault), rule->label, money);
}

/* The clock alone notes late attention; first comes nothing, so that nobody notes a fault by mistake. */
static DspFault
fault_at (guint position)
{
  return position == 0 ? DSP_FAULT_NONE : (DspFault) (DSP_FAULT_LATE_ATTENTION + position);
}

static void
show_fault (DspRecordRow *row,
            gconstpointer record)
{
  guint fault = *dsp_field_word (row->field, record);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (row->editor), fault > DSP_FAULT_LATE_ATTENTION ? fault - DSP_FAULT_LATE_ATTENTION : 0);
}

static char *
read_fault (DspRecordRow *row,
            gpointer      record)
{
  *dsp_field_word (row->field, record) = fault_at (gtk_drop_down_get_selected (GTK_DROP_DOWN (row->editor)));
  return NULL;
}

static GtkWidget *
make_fault (DspRecordRow *row)
{
  static const DspRowEditor editor = { show_fault, read_fault, TRUE };
  GtkStringList *words = gtk_string_list_new (NULL);

  gtk_string_list_append (words, _("(none)"));
  for (DspFault fault = DSP_FAULT_LATE_ATTENTION + 1; fault < DSP_N_FAULTS; fault++)
    {
      g_autofree char *label = dup_label (row, fault);

      gtk_string_list_append (words, label);
    }
  dsp_record_row_make_drop_down (row, words);
  dsp_record_row_take_editor (row, &editor, NULL, NULL);
  return row->editor;
}

guint64
dsp_fault_rows_hidden (void)
{
  static const gsize asked[] = { offsetof (DspPenalty, fault), offsetof (DspPenalty, due_at), offsetof (DspPenalty, amount),
                                 offsetof (DspPenalty, reason) };
  guint64 hidden = G_MAXUINT64;

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    hidden &= ~dsp_table_bit (&dsp_penalty.table, asked[i]);
  return hidden;
}

GtkWidget *
dsp_fault_row_make (DspRecordRow *row)
{
  switch (row->field->offset)
    {
    case offsetof (DspPenalty, fault):
      return make_fault (row);

    case offsetof (DspPenalty, due_at):
      row->label = N_("When it happened");
      return NULL;

    case offsetof (DspPenalty, amount):
      row->label = N_("Amount, if not the rule's");
      return NULL;

    default:
      row->asked = row->field->offset == offsetof (DspPenalty, reason);
      return NULL;
    }
}
