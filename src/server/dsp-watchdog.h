/* dsp-watchdog.h: what the service manager hears of the server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rule: the watchdog is fed only when a request through the real port was answered within a second. A server that runs
 * but answers nobody is started anew by the service manager (systemd.service(5), WatchdogSec).
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _DspWatchdog DspWatchdog;

/* Asks the server at @address whether it is well, over TLS if @tls, whoever's certificate it shows. Blocks for a second
 * at most; TRUE if it said so in that time. Any thread. */
gboolean     dsp_watchdog_ask  (GSocketConnectable *address, gboolean tls, GError **error);

/* Tells the service manager that the server is ready, and from then on, if it wants to hear so, that it answers: in a
 * thread of its own. NULL where nobody wants to hear. */
DspWatchdog *dsp_watchdog_new  (GSocketConnectable *address, gboolean tls) G_GNUC_WARN_UNUSED_RESULT;
/* Tells that the server stops. @self: (nullable) */
void         dsp_watchdog_free (DspWatchdog *self);

G_END_DECLS
