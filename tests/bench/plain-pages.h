/* plain-pages.h: what pages of plain text cost, as a measure for sheets
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Seconds for @n_pages with 60 lines each (one layout a page, no boxes, no bars) by Pango and cairo into the file @path. */
double plain_pages (const char *path, guint n_pages);

G_END_DECLS
