/* dsp-metrics.h: the server's figures, for whoever watches it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-server-private.h"

G_BEGIN_DECLS

typedef struct {
  gint64 monotonic_us;
  gint64 real_us;
} DspStarted;

/* (transfer full): what GET /metrics answers, in the text format of Prometheus. No figure tells of a person, and the only
 * label is the name by which a company is addressed. @servers: an entry is NULL while that company could not be opened.
 * @names: NULL where the only company has no name. Any thread; waits for nothing. */
GBytes  *dsp_metrics_print    (DspHttp *http, DspServer *const *servers, const char *const *names, gsize n_servers,
                               DspStarted started) G_GNUC_WARN_UNUSED_RESULT;

/* Whether @request may read it: over the owner's socket, or with @secret (nullable: nobody else may) as its token. */
gboolean dsp_metrics_allows   (DspRequest *request, const char *secret);

/* The secret that stands alone in a file, without blanks around it. */
char    *dsp_metrics_read_secret (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
