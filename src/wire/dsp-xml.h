/* dsp-xml.h: foreign XML, read piece by piece within limits
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libxml2's push parser behind what a hostile file could do: no document type (so no entities of its own, no file or address that
 * is fetched), UTF-8 only, bounded depth, attributes, and length between two tags. Memory does not grow with the file.
 */
#pragma once

#include "dsp-input.h"

G_BEGIN_DECLS

/* Of one element, valid during the call. */
typedef struct {
  const guchar *const *raw; /* libxml2's, five pointers each */
  guint                n;
} DspXmlAttributes;

/* Copies the attribute of that local name. FALSE if there is none or @size is too small for it (with its NUL). */
gboolean dsp_xml_attribute     (const DspXmlAttributes *attributes, const char *name, char *value, gsize size);
/* (transfer full) (nullable) */
char    *dsp_xml_dup_attribute (const DspXmlAttributes *attributes, const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* Names without their prefix. FALSE with an error stops the reading. A text may come in several pieces. */
typedef struct {
  gboolean (*start) (gpointer data, const char *name, const DspXmlAttributes *attributes, GError **error);
  gboolean (*end)   (gpointer data, const char *name, GError **error);
  gboolean (*text)  (gpointer data, const char *text, gsize length, GError **error); /* nullable */
} DspXmlHandlers;

/* Blocks. FALSE with a DspWireError (or an error of the input's) that names the input. Any thread. */
gboolean dsp_xml_read (DspInput *input, const DspXmlHandlers *handlers, gpointer data, GError **error);

G_END_DECLS
