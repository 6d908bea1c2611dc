/* dsp-media-type.h: what a file is, by its content
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many of the first bytes decide. */
#define DSP_MEDIA_TYPE_HEAD 512
/* An attachment's bytes, at most. */
#define DSP_ATTACHMENT_MAX (10u << 20)

/* @head: the first bytes of a file, @n of them; @n smaller than DSP_MEDIA_TYPE_HEAD: all there are. Returns one of the kinds
 * that may be attached, whatever the file was called: JPEG, PNG, WebP, PDF, or plain text in UTF-8; NULL: none of them.
 * Signatures as in the WHATWG MIME Sniffing standard. */
const char *dsp_media_type_of   (gconstpointer head, gsize n);

/* What such a file's name ends with: ".jpg". */
const char *dsp_media_type_suffix (const char *media_type);

G_END_DECLS
