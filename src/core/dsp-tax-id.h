/* dsp-tax-id.h: Mexican tax ids and bank accounts that check themselves
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC: three letters (a company) or four (a person), a date as YYMMDD, two characters and a check digit (SAT, Anexo 20;
 * weights 13 to 2, modulo 11). The two generic ones of SAT pass. FALSE, with an error that says what would be right. */
gboolean dsp_tax_id_check (const char *rfc, GError **error);

/* CLABE: 17 digits and a check digit (Banco de México; weights 3, 7, 1, modulo 10). */
gboolean dsp_clabe_check  (const char *clabe, GError **error);

G_END_DECLS
