/* dsp-schema-steps.h: how the entities' tables came to be what they are
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-schema.h"

G_BEGIN_DECLS

/* Frozen: they never look at today's field tables. End with number 0. */
extern const DspMigration dsp_schema_server_steps[];
extern const DspMigration dsp_schema_replica_steps[];

G_END_DECLS
