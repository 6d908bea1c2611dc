/* dsp-language.h: the language in which a program speaks
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean dsp_language_begin (void);

G_END_DECLS
