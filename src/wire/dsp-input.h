/* dsp-input.h: a file to import, as it was downloaded
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  DSP_INPUT_UTF8,   /* passed on as it is, a byte order mark skipped; the reader above checks it, row by row */
  DSP_INPUT_LATIN1, /* ISO-8859-1, turned into UTF-8 */
  DSP_INPUT_AUTO,   /* UTF-8 if all of it is, else ISO-8859-1: reads the file twice */
} DspInputEncoding;

typedef struct {
  DspInputEncoding  encoding;
  const char       *member;    /* (nullable): the file inside a .zip; %NULL for the first one */
  guint64           max_bytes; /* unpacked; 0 for 2 GiB */
  guint             max_ratio; /* unpacked to packed; 0 for 400. Says nothing below 16 MiB unpacked */
} DspInputOptions;

typedef struct _DspInput DspInput;

DspInput   *dsp_input_open          (const char             *path,
                                     const DspInputOptions  *options,
                                     GCancellable           *cancellable,
                                     GError                **error) G_GNUC_WARN_UNUSED_RESULT;
DspInput   *dsp_input_new_for_bytes (const char             *name,
                                     GBytes                 *bytes,
                                     DspInputEncoding        encoding) G_GNUC_WARN_UNUSED_RESULT;
void        dsp_input_free          (DspInput               *self);

const char *dsp_input_get_name      (DspInput               *self);
void        dsp_input_get_progress  (DspInput               *self,
                                     guint64                *done,
                                     guint64                *total);
gssize      dsp_input_read          (DspInput               *self,
                                     char                   *buffer,
                                     gsize                   size,
                                     GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspInput, dsp_input_free)

G_END_DECLS
