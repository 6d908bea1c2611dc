/* dsp-contractor.c: distributors, and the masters above them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-entities.h"
#include "dsp-tax-id.h"

/* clang-format off */
static const DspField distributor_fields[] = {
  DSP_TEXT   (DspDistributor, code,         N_("Code"),         .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_FILTER | DSP_SEARCH | DSP_COLUMN, .max = 20),
  DSP_TEXT   (DspDistributor, name,         N_("Name"),         .flags = DSP_REQUIRED | DSP_SEARCH | DSP_COLUMN, .max = 120),
  DSP_ID     (DspDistributor, master_id,    &dsp_master, N_("Master"), .flags = DSP_FILTER | DSP_INDEXED | DSP_COLUMN),
  DSP_TEXT   (DspDistributor, tax_id,       N_("Tax id (RFC)"), .flags = DSP_COLUMN, .min = 12, .max = 13, .check = dsp_tax_id_check),
  DSP_TEXT   (DspDistributor, address,      N_("Address"),      .flags = DSP_LONG, .max = 400),
  DSP_TEXT   (DspDistributor, contact,      N_("Contact"),      .flags = DSP_COLUMN, .max = 120),
  DSP_TEXT   (DspDistributor, phone,        N_("Telephone"),    .flags = DSP_COLUMN, .max = 40),
  DSP_TEXT   (DspDistributor, email,        N_("E-mail"),       .max = 120),
  DSP_LIST   (DspDistributor, zone,         N_("Zone"),         .max = 400),
  DSP_TEXT   (DspDistributor, bank,         N_("Bank"),         .max = 60),
  DSP_TEXT   (DspDistributor, bank_account, N_("Bank account (CLABE)"), .flags = DSP_DIGITS, .min = 18, .max = 18, .check = dsp_clabe_check),
  DSP_TEXT   (DspDistributor, tax_regime,   N_("Tax regime"),   .max = 60),
  DSP_TEXT   (DspDistributor, postal_code,  N_("Postal code of the tax domicile"), .flags = DSP_DIGITS, .min = 5, .max = 5),
  DSP_YES_NO (DspDistributor, retired,      N_("Retired"),      .flags = DSP_FILTER),
};

static const DspField master_fields[] = {
  DSP_TEXT   (DspMaster, code,    N_("Code"),         .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_FILTER | DSP_SEARCH | DSP_COLUMN, .max = 20),
  DSP_TEXT   (DspMaster, name,    N_("Name"),         .flags = DSP_REQUIRED | DSP_SEARCH | DSP_COLUMN, .max = 120),
  DSP_TEXT   (DspMaster, tax_id,  N_("Tax id (RFC)"), .flags = DSP_COLUMN, .min = 12, .max = 13, .check = dsp_tax_id_check),
  DSP_TEXT   (DspMaster, address, N_("Address"),      .flags = DSP_LONG, .max = 400),
  DSP_TEXT   (DspMaster, contact, N_("Contact"),      .flags = DSP_COLUMN, .max = 120),
  DSP_TEXT   (DspMaster, phone,   N_("Telephone"),    .flags = DSP_COLUMN, .max = 40),
  DSP_TEXT   (DspMaster, email,   N_("E-mail"),       .max = 120),
  DSP_YES_NO (DspMaster, retired, N_("Retired"),      .flags = DSP_FILTER),
};
/* clang-format on */

/* A contractor's own file is seen by its people: its scope is itself. */
static DspId
own_scope (gconstpointer record)
{
  return ((const DspRecord *) record)->id;
}

const DspEntity dsp_distributor = {
  .table = DSP_TABLE (DspDistributor, distributor_fields, "distributor"),
  .label = N_("Distributor"), .label_plural = N_("Distributors"), .number = 5,
  .display_offset = offsetof (DspDistributor, name), .scope = own_scope,
};

const DspEntity dsp_master = {
  .table = DSP_TABLE (DspMaster, master_fields, "master"),
  .label = N_("Master"), .label_plural = N_("Masters"), .number = 6,
  .display_offset = offsetof (DspMaster, name), .scope = own_scope,
};
