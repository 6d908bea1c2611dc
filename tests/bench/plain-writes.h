/* plain-writes.h: what assignments cost at least: the same rows written by hand
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each command changes one of 100,000 rows and two of its indexes, and adds a row to a log and one to a feed.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @path: of a file, made if it is not there. @batch: commands of a transaction. Return: commands a second. */
double plain_sqlite   (const char *path, int n_commands, int batch);
/* @uri: a database of which the schema public is used. One connection in pipeline mode. */
double plain_postgres (const char *uri, int n_commands, int batch);

G_END_DECLS
