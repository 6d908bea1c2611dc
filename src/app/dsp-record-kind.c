/* dsp-record-kind.c: what the pages of records know about each kind of record
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-record-kind"

#include "config.h"
#include "dsp-record-kind.h"

#include "dsp-catalogue.h"
#include "dsp-money-commands.h"
#include "dsp-penalty.h"
#include "dsp-policy-preview.h"
#include "dsp-rate-notes.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

static const void *
office_defaults (void)
{
  return dsp_office_defaults ();
}

static void
set_policy (GtkWidget    *preview,
            gconstpointer record)
{
  dsp_policy_preview_set (DSP_POLICY_PREVIEW (preview), record);
}

static void
set_notes (GtkWidget    *notes,
           gconstpointer record)
{
  dsp_rate_notes_set (DSP_RATE_NOTES (notes), record);
}

static GtkWidget *
notes_head (GtkWidget *notes)
{
  return dsp_rate_notes_get_head (DSP_RATE_NOTES (notes));
}

static GtkWidget *
new_rate_notes (DspOffice *office)
{
  return dsp_rate_notes_new (office, &dsp_rate);
}

static GtkWidget *
new_tax_rule_notes (DspOffice *office)
{
  return dsp_rate_notes_new (office, &dsp_tax_rule);
}

#define RATES_ICON "despacho-rates-symbolic"
#define ADMIN_ICON "despacho-admin-symbolic"

/* clang-format off */
static const DspRecordKind kinds[] = {
  { &dsp_crew, &dsp_crew_create, &dsp_crew_change, &dsp_crew_retire, &dsp_crew_restore, NULL, "despacho-crews-symbolic", NULL, NULL },
  { &dsp_master, &dsp_master_create, &dsp_master_change, NULL, NULL, NULL, "despacho-master-symbolic", NULL, NULL },
  { &dsp_distributor, &dsp_distributor_create, &dsp_distributor_change, NULL, NULL, NULL, "despacho-distributor-symbolic", NULL, NULL },
  { &dsp_order_type, &dsp_order_type_create, &dsp_order_type_change, NULL, NULL, NULL, ADMIN_ICON, NULL, NULL },
  { &dsp_reason_code, &dsp_reason_code_create, &dsp_reason_code_change, NULL, NULL, NULL, ADMIN_ICON, NULL, NULL },
  { &dsp_solution_code, &dsp_solution_code_create, &dsp_solution_code_change, NULL, NULL, NULL, ADMIN_ICON, NULL, NULL },
  { &dsp_equipment_model, &dsp_equipment_model_create, &dsp_equipment_model_change, NULL, NULL, NULL, ADMIN_ICON, NULL, NULL },
  { &dsp_penalty_rule, &dsp_penalty_rule_create, &dsp_penalty_rule_change, NULL, NULL, NULL, "despacho-penalized-symbolic", NULL, NULL },
  { &dsp_policy, &dsp_policy_create, &dsp_policy_change, NULL, NULL, NULL, ADMIN_ICON, NULL, NULL, dsp_policy_preview_new, set_policy },
  { &dsp_rate, &dsp_rate_create, &dsp_rate_change, NULL, NULL, NULL, RATES_ICON, NULL, NULL, new_rate_notes, set_notes, notes_head, "pricing_at" },
  { &dsp_tax_rule, &dsp_tax_rule_create, &dsp_tax_rule_change, NULL, NULL, NULL, RATES_ICON, NULL, NULL, new_tax_rule_notes, set_notes, notes_head },
  { &dsp_slot, &dsp_slot_create, &dsp_slot_change, NULL, NULL, NULL, ADMIN_ICON, NULL, NULL },
  { &dsp_holiday, &dsp_holiday_create, &dsp_holiday_change, NULL, NULL, &dsp_holiday_delete, "despacho-agenda-symbolic", NULL, NULL },
  { &dsp_office_settings, &dsp_office_settings_put, &dsp_office_settings_put, NULL, NULL, NULL, ADMIN_ICON, dsp_office_settings_id, office_defaults },
};
/* clang-format on */

const DspEntity *const dsp_catalogues[] = {
  &dsp_order_type, &dsp_reason_code, &dsp_solution_code, &dsp_equipment_model, &dsp_penalty_rule, &dsp_policy, &dsp_slot,
  &dsp_holiday, &dsp_office_settings, NULL,
};

const DspRecordKind *
dsp_record_kind_of (const DspEntity *entity)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].entity == entity)
      return &kinds[i];
  g_assert_not_reached ();
}

static const char *
text_of (const DspEntity *entity,
         gconstpointer    record,
         const char      *name)
{
  const DspField *field = dsp_table_find (&entity->table, name, strlen (name));

  return field != NULL && field->kind == DSP_KIND_TEXT ? *dsp_field_text (field, record) : NULL;
}

char *
dsp_record_kind_title (const DspRecordKind *kind,
                       DspOffice           *office,
                       gconstpointer        record)
{
  static const char *const names[] = { "name", "label", "subtype", "type", "group" };
  const char *code = text_of (kind->entity, record, "code"), *name = NULL;

  if (kind->entity == &dsp_slot)
    {
      const DspSlot *slot = record;
      g_autofree char *starts = dsp_text_minutes (slot->starts);
      g_autofree char *ends = dsp_text_minutes (slot->ends);

      return g_strdup_printf ("%s–%s", starts, ends);
    }
  for (guint i = 0; i < G_N_ELEMENTS (names) && name == NULL; i++)
    name = text_of (kind->entity, record, names[i]);
  if (code != NULL && name != NULL)
    return g_strdup_printf ("%s %s", code, name);
  return g_strdup (dsp_record_display (kind->entity, record) != NULL ? dsp_record_display (kind->entity, record) : "");
}

/* Whose it is; otherwise what sort it is, or on which day. */
char *
dsp_record_kind_under (const DspRecordKind *kind,
                       DspOffice           *office,
                       gconstpointer        record)
{
  static const DspKind wanted[] = { DSP_KIND_ID, DSP_KIND_WORD, DSP_KIND_DATE };
  const DspTable *table = &kind->entity->table;

  for (guint k = 0; k < G_N_ELEMENTS (wanted); k++)
    for (guint i = 0; i < table->n_fields; i++)
      if (table->fields[i].kind == wanted[k])
        return dsp_office_field_text (office, &table->fields[i], record);
  return g_strdup ("");
}

GPtrArray *
dsp_record_kind_dup_sorted (const DspRecordKind *kind,
                            DspOffice           *office)
{
  const GPtrArray *records = dsp_office_records (office, kind->entity);
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *sorted = g_ptr_array_new ();

  for (guint i = 0; i < records->len; i++)
    {
      g_autofree char *title = dsp_record_kind_title (kind, office, records->pdata[i]);
      char *key = g_utf8_collate_key_for_filename (title, -1);
      guint at = keys->len;

      while (at > 0 && strcmp (keys->pdata[at - 1], key) > 0)
        at--;
      g_ptr_array_insert (keys, (int) at, key);
      g_ptr_array_insert (sorted, (int) at, records->pdata[i]);
    }
  return sorted;
}
