/* figure.h: one figure of a benchmark, for programs and for people
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A line of JSON on standard output, then one for a person on standard error. @name: "paper/lists". @limit: what the same costs at least,
 * measured in this run, and @limit_name what that is; @goal: what is wanted. 0: none. */
void figure (const char *name, double value, const char *unit, double limit, const char *limit_name, double goal);

G_END_DECLS
