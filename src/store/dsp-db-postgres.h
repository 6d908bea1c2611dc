/* dsp-db-postgres.h: the driver for PostgreSQL 15
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A library of its own: the server and its tools can use either store, the application on a desk needs no libpq.
 */
#pragma once

#include "dsp-db.h"

G_BEGIN_DECLS

/* From now on dsp_db_open() knows "postgresql://…", as libpq writes it. Once, before the first thread. */
void dsp_db_postgres_init (void);

G_END_DECLS
