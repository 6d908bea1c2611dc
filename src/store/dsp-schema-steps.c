/* dsp-schema-steps.c: how the entities' tables came to be what they are
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frozen text: a step makes what its version had, whatever the field tables say today. Both sides have the same tables;
 * only the server's keep business keys unique, where the text says @U.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-schema-steps.h"

/* 2: the processes of an order, catalogues, penalties, attachments, roll calls. */
static const char *const to_2[] = {
  "ALTER TABLE \"order\" ADD COLUMN \"city\" TEXT",
  "ALTER TABLE \"order\" ADD COLUMN \"attention_until\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"visit\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"limit_minutes\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"counts\" TEXT",
  "ALTER TABLE \"order\" ADD COLUMN \"stopped_at\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"penalized_at\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"excused\" TEXT",
  "ALTER TABLE \"order\" ADD COLUMN \"penalty\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"reschedules\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"reason\" TEXT",
  "ALTER TABLE \"order\" ADD COLUMN \"started_at\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"followed_at\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"solutions\" TEXT",
  "ALTER TABLE \"order\" ADD COLUMN \"equipment\" TEXT",
  "ALTER TABLE \"order\" ADD COLUMN \"checklist\" TEXT",
  "ALTER TABLE \"order\" ADD COLUMN \"signature_id\" BLOB",
  "ALTER TABLE \"order\" ADD COLUMN \"attended_lat_e7\" INTEGER",
  "ALTER TABLE \"order\" ADD COLUMN \"attended_lon_e7\" INTEGER",
  "CREATE TABLE \"order_type\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"code\" TEXT, \"group\" TEXT, \"type\" TEXT, \"subtype\" TEXT, "
    "\"limit_minutes\" INTEGER, \"counts\" TEXT, \"solutions\" INTEGER, \"equipment\" TEXT, \"position\" TEXT, "
    "\"signature\" TEXT, \"checklist\" TEXT, \"retired\" TEXT, \"_search\" TEXT)",
  "CREATE UNIQUE INDEX \"order_type_id_1\" ON \"order_type\" (\"id\")",
  "CREATE @UINDEX \"order_type_code_1\" ON \"order_type\" (\"code\")",
  "CREATE TABLE \"reason_code\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, "
    "\"scope\" BLOB NOT NULL, \"version\" INTEGER NOT NULL, \"code\" TEXT, \"label\" TEXT, \"process\" TEXT, "
    "\"family\" TEXT, \"against\" TEXT, \"retired\" TEXT, \"_search\" TEXT)",
  "CREATE UNIQUE INDEX \"reason_code_id_1\" ON \"reason_code\" (\"id\")",
  "CREATE @UINDEX \"reason_code_code_1\" ON \"reason_code\" (\"code\")",
  "CREATE TABLE \"solution_code\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, "
    "\"scope\" BLOB NOT NULL, \"version\" INTEGER NOT NULL, \"code\" TEXT, \"label\" TEXT, \"types\" TEXT, "
    "\"retired\" TEXT, \"_search\" TEXT)",
  "CREATE UNIQUE INDEX \"solution_code_id_1\" ON \"solution_code\" (\"id\")",
  "CREATE @UINDEX \"solution_code_code_1\" ON \"solution_code\" (\"code\")",
  "CREATE TABLE \"equipment_model\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, "
    "\"scope\" BLOB NOT NULL, \"version\" INTEGER NOT NULL, \"code\" TEXT, \"label\" TEXT, \"serial\" TEXT, "
    "\"retired\" TEXT, \"_search\" TEXT)",
  "CREATE UNIQUE INDEX \"equipment_model_id_1\" ON \"equipment_model\" (\"id\")",
  "CREATE @UINDEX \"equipment_model_code_1\" ON \"equipment_model\" (\"code\")",
  "CREATE TABLE \"policy\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"code\" TEXT, \"group\" TEXT, \"type\" TEXT, \"min_days\" INTEGER, "
    "\"max_days\" INTEGER, \"notice_minutes\" INTEGER, \"max_reschedules\" INTEGER, \"retired\" TEXT, "
    "\"_search\" TEXT)",
  "CREATE UNIQUE INDEX \"policy_id_1\" ON \"policy\" (\"id\")",
  "CREATE @UINDEX \"policy_code_1\" ON \"policy\" (\"code\")",
  "CREATE TABLE \"slot\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"policy_id\" BLOB, \"starts\" INTEGER, \"ends\" INTEGER, "
    "\"places\" INTEGER, \"weekdays\" TEXT, \"retired\" TEXT)",
  "CREATE UNIQUE INDEX \"slot_id_1\" ON \"slot\" (\"id\")",
  "CREATE INDEX \"slot_policy_id_1\" ON \"slot\" (\"policy_id\")",
  "CREATE TABLE \"holiday\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"name\" TEXT, \"day\" INTEGER, \"working\" TEXT)",
  "CREATE UNIQUE INDEX \"holiday_id_1\" ON \"holiday\" (\"id\")",
  "CREATE TABLE \"office_settings\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, "
    "\"scope\" BLOB NOT NULL, \"version\" INTEGER NOT NULL, \"name\" TEXT, \"time_zone\" TEXT, "
    "\"starts\" INTEGER, \"ends\" INTEGER, \"weekdays\" TEXT, \"federal_holidays\" TEXT, "
    "\"risk_minutes\" INTEGER, \"rescue\" TEXT)",
  "CREATE UNIQUE INDEX \"office_settings_id_1\" ON \"office_settings\" (\"id\")",
  "CREATE TABLE \"zone_closure\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, "
    "\"scope\" BLOB NOT NULL, \"version\" INTEGER NOT NULL, \"zone\" TEXT, \"from\" INTEGER, "
    "\"until\" INTEGER, \"reason\" TEXT)",
  "CREATE UNIQUE INDEX \"zone_closure_id_1\" ON \"zone_closure\" (\"id\")",
  "CREATE TABLE \"penalty_rule\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, "
    "\"scope\" BLOB NOT NULL, \"version\" INTEGER NOT NULL, \"code\" TEXT, \"label\" TEXT, \"fault\" TEXT, "
    "\"group\" TEXT, \"type\" TEXT, \"grace_minutes\" INTEGER, \"amount\" INTEGER, \"percent\" INTEGER, "
    "\"cap\" INTEGER, \"evidence\" TEXT, \"repeat_days\" INTEGER, \"appeal_days\" INTEGER, \"retired\" TEXT, "
    "\"_search\" TEXT)",
  "CREATE UNIQUE INDEX \"penalty_rule_id_1\" ON \"penalty_rule\" (\"id\")",
  "CREATE @UINDEX \"penalty_rule_code_1\" ON \"penalty_rule\" (\"code\")",
  "CREATE TABLE \"penalty\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"number\" TEXT, \"order_id\" BLOB, \"distributor_id\" BLOB, "
    "\"crew_id\" BLOB, \"rule_id\" BLOB, \"fault\" TEXT, \"state\" TEXT, \"due_at\" INTEGER, \"at\" INTEGER, "
    "\"amount\" INTEGER, \"reason\" TEXT, \"document_id\" BLOB, \"reviewed_by\" TEXT, \"reviewed_at\" INTEGER, "
    "\"appeal\" TEXT, \"appeal_until\" INTEGER, \"appealed_at\" INTEGER, \"answer\" TEXT, "
    "\"answered_at\" INTEGER, \"_search\" TEXT)",
  "CREATE UNIQUE INDEX \"penalty_id_1\" ON \"penalty\" (\"id\")",
  "CREATE INDEX \"penalty_order_id_1\" ON \"penalty\" (\"order_id\")",
  "CREATE INDEX \"penalty_amount_1\" ON \"penalty\" (\"state\", \"amount\", \"id\")",
  "CREATE INDEX \"penalty_due_1\" ON \"penalty\" (\"state\", \"due_at\", \"id\")",
  "CREATE TABLE \"attachment\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"order_id\" BLOB, \"distributor_id\" BLOB, \"name\" TEXT, "
    "\"media_type\" TEXT, \"size\" INTEGER, \"hash\" TEXT, \"note\" TEXT)",
  "CREATE UNIQUE INDEX \"attachment_id_1\" ON \"attachment\" (\"id\")",
  "CREATE INDEX \"attachment_order_id_1\" ON \"attachment\" (\"order_id\")",
  "CREATE TABLE \"roll_call\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"crew_id\" BLOB, \"distributor_id\" BLOB, \"day\" INTEGER, "
    "\"present\" TEXT, \"absent\" TEXT, \"vehicle\" TEXT, \"note\" TEXT)",
  "CREATE UNIQUE INDEX \"roll_call_id_1\" ON \"roll_call\" (\"id\")",
  "CREATE INDEX \"roll_call_crew_id_1\" ON \"roll_call\" (\"crew_id\")",
};

/* The review desk's indexes instead of those that the server lists penalties by. */
static const char *const replica_too_to_2[] = {
  "DROP INDEX \"penalty_amount_1\"",
  "DROP INDEX \"penalty_due_1\"",
  "CREATE INDEX \"penalty_amount_1\" ON \"penalty\" (\"state\", \"amount\", \"id\", \"distributor_id\", \"rule_id\")",
  "CREATE INDEX \"penalty_due_1\" ON \"penalty\" (\"state\", \"due_at\", \"id\", \"distributor_id\", \"rule_id\")",
  "CREATE INDEX \"penalty_review_1\" ON \"penalty\" (\"state\", \"distributor_id\", \"rule_id\", \"amount\")",
};

/* 3: what distributors are paid: rates, taxes, kilometres, the statement's lines, pre-invoices. */
static const char *const to_3[] = {
  "ALTER TABLE \"distributor\" ADD COLUMN \"tax_regime\" TEXT",
  "ALTER TABLE \"distributor\" ADD COLUMN \"postal_code\" TEXT",
  "ALTER TABLE \"office_settings\" ADD COLUMN \"tax_id\" TEXT",
  "ALTER TABLE \"office_settings\" ADD COLUMN \"address\" TEXT",
  "ALTER TABLE \"office_settings\" ADD COLUMN \"distance_factor\" INTEGER",
  "ALTER TABLE \"office_settings\" ADD COLUMN \"mileage_tolerance\" INTEGER",
  "ALTER TABLE \"office_settings\" ADD COLUMN \"night_starts\" INTEGER",
  "ALTER TABLE \"office_settings\" ADD COLUMN \"night_ends\" INTEGER",
  "CREATE TABLE \"rate\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"code\" TEXT, \"pays\" TEXT, \"distributor_id\" BLOB, \"master_id\" BLOB, "
    "\"group\" TEXT, \"type\" TEXT, \"subtype\" TEXT, \"zone\" TEXT, \"from\" INTEGER, \"until\" INTEGER, \"amount\" "
    "INTEGER, \"share\" INTEGER, \"included\" INTEGER, \"retired\" TEXT, \"pricing_at\" INTEGER, \"_search\" TEXT)",
  "CREATE UNIQUE INDEX \"rate_id_1\" ON \"rate\" (\"id\")",
  "CREATE @UINDEX \"rate_code_1\" ON \"rate\" (\"code\")",
  "CREATE TABLE \"tax_rule\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"code\" TEXT, \"regime\" TEXT, \"zone\" TEXT, \"from\" INTEGER, \"until\" "
    "INTEGER, \"vat\" INTEGER, \"vat_withheld\" INTEGER, \"income_withheld\" INTEGER, \"retired\" TEXT, \"_search\" "
    "TEXT)",
  "CREATE UNIQUE INDEX \"tax_rule_id_1\" ON \"tax_rule\" (\"id\")",
  "CREATE @UINDEX \"tax_rule_code_1\" ON \"tax_rule\" (\"code\")",
  "CREATE TABLE \"mileage\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"crew_id\" BLOB, \"distributor_id\" BLOB, \"day\" INTEGER, \"order_id\" BLOB, "
    "\"number\" TEXT, \"vehicle\" TEXT, \"odometer_start\" INTEGER, \"odometer_end\" INTEGER, \"from_place\" TEXT, "
    "\"to_place\" TEXT, \"claimed\" INTEGER, \"proposed\" INTEGER, \"proposed_by\" TEXT, \"approved\" INTEGER, "
    "\"state\" TEXT, \"note\" TEXT, \"reason\" TEXT, \"decided_by\" TEXT, \"submitted_at\" INTEGER, \"decided_at\" "
    "INTEGER)",
  "CREATE UNIQUE INDEX \"mileage_id_1\" ON \"mileage\" (\"id\")",
  "CREATE INDEX \"mileage_crew_id_1\" ON \"mileage\" (\"crew_id\")",
  "CREATE TABLE \"statement_line\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT "
    "NULL, \"version\" INTEGER NOT NULL, \"number\" TEXT, \"concept\" TEXT, \"pays\" TEXT, \"state\" TEXT, "
    "\"distributor_id\" BLOB, \"crew_id\" BLOB, \"order_id\" BLOB, \"source_id\" BLOB, \"day\" INTEGER, \"group\" "
    "TEXT, \"type\" TEXT, \"subtype\" TEXT, \"postal_code\" TEXT, \"municipality\" TEXT, \"metres\" INTEGER, \"unit\" "
    "INTEGER, \"share\" INTEGER, \"amount\" INTEGER, \"rate_id\" BLOB, \"rate_code\" TEXT, \"rate_by\" INTEGER, "
    "\"open_for\" BLOB, \"pre_invoice_id\" BLOB, \"vat_rate\" INTEGER, \"vat\" INTEGER, \"vat_withheld\" INTEGER, "
    "\"income_withheld\" INTEGER, \"reason\" TEXT, \"question\" TEXT, \"asked_by\" TEXT, \"asked_at\" INTEGER, "
    "\"answer\" TEXT, \"answered_by\" TEXT, \"answered_at\" INTEGER, \"observation\" TEXT, \"defence\" TEXT)",
  "CREATE UNIQUE INDEX \"statement_line_id_1\" ON \"statement_line\" (\"id\")",
  "CREATE INDEX \"statement_line_order_id_1\" ON \"statement_line\" (\"order_id\")",
  "CREATE INDEX \"statement_line_open_for_1\" ON \"statement_line\" (\"open_for\")",
  "CREATE INDEX \"statement_line_pre_invoice_id_1\" ON \"statement_line\" (\"pre_invoice_id\")",
  "CREATE TABLE \"pre_invoice\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL, "
    "\"version\" INTEGER NOT NULL, \"number\" TEXT, \"distributor_id\" BLOB, \"master_id\" BLOB, \"from\" INTEGER, "
    "\"until\" INTEGER, \"state\" TEXT, \"n_lines\" INTEGER, \"services\" INTEGER, \"mileage\" INTEGER, \"bonuses\" "
    "INTEGER, \"penalties\" INTEGER, \"adjustments\" INTEGER, \"subtotal\" INTEGER, \"deductions\" INTEGER, \"vat\" "
    "INTEGER, \"vat_withheld\" INTEGER, \"income_withheld\" INTEGER, \"total\" INTEGER, \"n_observed\" INTEGER, "
    "\"issuer\" TEXT, \"issuer_tax_id\" TEXT, \"issuer_address\" TEXT, \"issuer_regime\" TEXT, \"receiver\" TEXT, "
    "\"receiver_tax_id\" TEXT, \"receiver_address\" TEXT, \"note\" TEXT, \"reason\" TEXT, \"made_by\" TEXT, "
    "\"made_at\" INTEGER, \"submitted_at\" INTEGER, \"decided_by\" TEXT, \"decided_at\" INTEGER, \"invoice_uuid\" "
    "TEXT, \"invoice_number\" TEXT, \"invoiced_on\" INTEGER, \"paid_on\" INTEGER, \"payment\" TEXT, \"_search\" "
    "TEXT)",
  "CREATE UNIQUE INDEX \"pre_invoice_id_1\" ON \"pre_invoice\" (\"id\")",
  "CREATE @UINDEX \"pre_invoice_number_1\" ON \"pre_invoice\" (\"number\")",
  "CREATE @UINDEX \"pre_invoice_invoice_uuid_1\" ON \"pre_invoice\" (\"invoice_uuid\")",
  "CREATE INDEX \"pre_invoice_distributor_id_1\" ON \"pre_invoice\" (\"distributor_id\")",
};

/* The statement's lists, which a replica shows by day. */
static const char *const replica_too_to_3[] = {
  "CREATE INDEX \"statement_line_day_1\" ON \"statement_line\" (\"distributor_id\", \"day\")",
  "CREATE INDEX \"mileage_day_1\" ON \"mileage\" (\"day\")",
};

/* 4: a quota of files for each distributor; attachments by their hash. */
static const char *const to_4[] = {
  "ALTER TABLE \"office_settings\" ADD COLUMN \"files_quota\" INTEGER",
  "CREATE INDEX \"attachment_hash_1\" ON \"attachment\" (\"hash\")",
  "CREATE INDEX \"attachment_held_1\" ON \"attachment\" (\"scope\", \"size\")",
};

/* 5: how far a claim of kilometres is above what was proposed. */
static const char *const to_5[] = {
  "ALTER TABLE \"mileage\" ADD COLUMN \"excess\" INTEGER",
};

/* The claims to approve, those that stand out first. */
static const char *const replica_too_to_5[] = {
  "CREATE INDEX \"mileage_excess_1\" ON \"mileage\" (\"state\", \"excess\", \"id\")",
};

/* 6: the office's currency. */
static const char *const to_6[] = {
  "ALTER TABLE \"office_settings\" ADD COLUMN \"currency\" TEXT",
};

/* 7: the orders of a crew's day are found by the index of its orders. A replica's table may have taken over another's name, and kept the
 * names of that one's indexes. */
static const char *const both_to_7[] = {
  "DROP INDEX IF EXISTS \"order_crew_1\"", "DROP INDEX IF EXISTS \"order_crew_2\"", "DROP INDEX IF EXISTS \"order_crew_3\"",
  "DROP INDEX IF EXISTS \"order_crew_4\"",
};
static const char *const server_too_to_7[] = {
  "CREATE INDEX \"order_crew_1\" ON \"order\" (\"crew_id\", \"created_at\", \"id\", \"type\", \"postal_code\", \"attention_at\", "
    "\"started_at\", \"closed_at\")",
};
static const char *const replica_too_to_7[] = {
  "CREATE INDEX \"order_crew_1\" ON \"order\" (\"crew_id\", \"attention_at\", \"started_at\", \"closed_at\")",
};

static gboolean
run_all (DspDb             *db,
         const char *const *statements,
         guint              n,
         const char        *unique,
         GError           **error)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(GString) sql = g_string_new (statements[i]);

      g_string_replace (sql, "@U", unique, 0);
      if (!dsp_db_exec (db, sql->str, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
server_to_2 (DspDb   *db,
             GError **error)
{
  return run_all (db, to_2, G_N_ELEMENTS (to_2), "UNIQUE ", error);
}

static gboolean
replica_to_2 (DspDb   *db,
              GError **error)
{
  return run_all (db, to_2, G_N_ELEMENTS (to_2), "", error) &&
         run_all (db, replica_too_to_2, G_N_ELEMENTS (replica_too_to_2), "", error);
}

static gboolean
server_to_3 (DspDb   *db,
             GError **error)
{
  return run_all (db, to_3, G_N_ELEMENTS (to_3), "UNIQUE ", error);
}

static gboolean
replica_to_3 (DspDb   *db,
              GError **error)
{
  return run_all (db, to_3, G_N_ELEMENTS (to_3), "", error) &&
         run_all (db, replica_too_to_3, G_N_ELEMENTS (replica_too_to_3), "", error);
}

static gboolean
both_to_4 (DspDb   *db,
           GError **error)
{
  return run_all (db, to_4, G_N_ELEMENTS (to_4), "", error);
}

static gboolean
server_to_5 (DspDb   *db,
             GError **error)
{
  return run_all (db, to_5, G_N_ELEMENTS (to_5), "UNIQUE ", error);
}

static gboolean
replica_to_5 (DspDb   *db,
              GError **error)
{
  return run_all (db, to_5, G_N_ELEMENTS (to_5), "", error) &&
         run_all (db, replica_too_to_5, G_N_ELEMENTS (replica_too_to_5), "", error);
}

static gboolean
both_to_6 (DspDb   *db,
           GError **error)
{
  return run_all (db, to_6, G_N_ELEMENTS (to_6), "", error);
}

static gboolean
server_to_7 (DspDb   *db,
             GError **error)
{
  return run_all (db, both_to_7, G_N_ELEMENTS (both_to_7), "", error) &&
         run_all (db, server_too_to_7, G_N_ELEMENTS (server_too_to_7), "", error);
}

static gboolean
replica_to_7 (DspDb   *db,
              GError **error)
{
  return run_all (db, both_to_7, G_N_ELEMENTS (both_to_7), "", error) &&
         run_all (db, replica_too_to_7, G_N_ELEMENTS (replica_too_to_7), "", error);
}

const DspMigration dsp_schema_server_steps[] = {
  { 2, NULL, server_to_2 },
  { 3, NULL, server_to_3 },
  { 4, NULL, both_to_4 },
  { 5, NULL, server_to_5 },
  { 6, NULL, both_to_6 },
  { 7, NULL, server_to_7 },
  { 0 },
};

const DspMigration dsp_schema_replica_steps[] = {
  { 2, NULL, replica_to_2 },
  { 3, NULL, replica_to_3 },
  { 4, NULL, both_to_4 },
  { 5, NULL, replica_to_5 },
  { 6, NULL, both_to_6 },
  { 7, NULL, replica_to_7 },
  { 0 },
};
