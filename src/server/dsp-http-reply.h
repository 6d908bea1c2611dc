/* dsp-http-reply.h: compression, header fields and error bodies of replies
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DSP_CODING_IDENTITY,
  DSP_CODING_ZSTD,
  DSP_CODING_GZIP,
} DspCoding;

typedef struct {
  guint      status;
  GPtrArray *fields; /* (owned): name, value, name, value; checked */
  GBytes    *body;   /* (owned) (nullable) */
  int        fd;     /* (owned): file to send instead of body, or -1 */
  guint64    size;   /* of the body or the file */
  gboolean   close;  /* end the connection after it */
} DspReply;

DspReply *dsp_reply_new         (guint               status,
                                 const char         *content_type,
                                 GBytes             *body,
                                 const char * const *fields,
                                 DspCoding           coding);
DspReply *dsp_reply_new_error   (guint               status,
                                 const char         *code,
                                 const char         *message);
DspReply *dsp_reply_new_file    (guint               status,
                                 const char         *content_type,
                                 int                 fd,
                                 guint64             size,
                                 const char * const *fields);
void      dsp_reply_free        (DspReply           *self);
gboolean  dsp_reply_add_field   (DspReply           *self,
                                 const char         *name,
                                 const char         *value);
void      dsp_reply_retry_after (DspReply           *self,
                                 guint               seconds);
char     *dsp_reply_dup_disposition (const char     *name) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspReply, dsp_reply_free)

G_END_DECLS
