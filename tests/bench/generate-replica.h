/* generate-replica.h: the cache of one user of the invented office
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "generate.h"

G_BEGIN_DECLS

/* Makes the file with the orders @first to @first + @n - 1, whole, and all crews and distributors, of a user who may do everything. */
void generate_replica (Generate *generate, const char *path, guint first, guint n, guint n_crews, guint n_distributors);

G_END_DECLS
