/* dsp-channel.h: one connection to the server, for one thread that may wait
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP/1.1 by libsoup, without cookies, redirects, content sniffing, WebSocket or data: URIs. A channel belongs to the
 * thread that makes it; cancelling comes from anywhere.
 */
#pragma once

#include <gio/gio.h>

#include "dsp-client-error.h"

G_BEGIN_DECLS

typedef struct _DspChannel DspChannel;

typedef struct {
  guint   status;        /* HTTP */
  GBytes *body;          /* (owned): unpacked */
  char   *code;          /* (owned) (nullable): of an error: {"error":{"code":…}} */
  char   *message;       /* (owned) (nullable) */
  guint   retry_after_s; /* 0: not said */
  gsize   wire_bytes;    /* of the body as it came */
} DspAnswer;
void        dsp_answer_clear (DspAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspAnswer, dsp_answer_clear)
/* Code and message of an error's body. Errors are small: {"error":{"code":"…","message":"…"}} and whatever else the route adds. */
void        dsp_answer_read_error (DspAnswer *answer);

/* @server: https://…; http:// only for this computer. @fingerprint: (nullable) pinned certificate; NULL: the system's
 * authorities decide. */
DspChannel *dsp_channel_new   (const char *server, const char *fingerprint, guint timeout_s);
void        dsp_channel_free  (DspChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspChannel, dsp_channel_free)
void        dsp_channel_set_token (DspChannel *channel, const char *token);

/* @path: "v1/…" with its query. @json: (nullable). TRUE: the server answered, whatever the status. Errors: OFFLINE,
 * CERTIFICATE, NEW_CERTIFICATE, SERVER (too large, cannot be unpacked), G_IO_ERROR_CANCELLED. */
gboolean    dsp_channel_ask   (DspChannel *channel, const char *method, const char *path, const char *json,
                               GCancellable *cancellable, DspAnswer *answer, GError **error);
/* The same for bytes. */
gboolean    dsp_channel_put   (DspChannel *channel, const char *path, GBytes *body, GCancellable *cancellable, DspAnswer *answer,
                               GError **error);
/* The certificate that the server showed last: (nullable), lent. */
const char *dsp_channel_get_shown_fingerprint (DspChannel *channel);

/* Bytes of bodies that came over all channels of this program, as they came. */
guint64     dsp_channel_n_received (void);

/* An error for a status that nobody expected. */
void        dsp_answer_set_error (const DspAnswer *answer, GError **error);

G_END_DECLS
