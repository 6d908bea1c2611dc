/* dsp-presence.h: who is looking at which order now
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * True only now: it lives in memory, is said anew by each waiting request, and is over when the client closes the order's
 * window or is no longer there. A client hears of the orders that it has open itself, and of nothing else; whoever says
 * that he looks must see the order, which the caller has checked.
 *
 * No locks of its own: all calls are made under the lock of those who wait.
 */
#pragma once

#include "dsp-types.h"

G_BEGIN_DECLS

#define DSP_LOOKS_MAX 16 /* orders that one client says it has open */

typedef struct _DspPresence DspPresence;

/* Who looks, and at what; borrowed. */
typedef struct {
  DspId        device;
  DspId        user_id;
  const char  *user_name;
  const char  *full_name;               /* (nullable) */
  DspId        orders[DSP_LOOKS_MAX];
  guint        n_orders;                /* 0: at nothing, any more */
} DspLook;

DspPresence *dsp_presence_new    (void) G_GNUC_WARN_UNUSED_RESULT;
void         dsp_presence_free   (DspPresence *self);

/* @look replaces what its device said before, and counts until @until_us (monotonic). @stirred: gets the requests of those
 * who have to hear of it; they no longer wait here. Returns: the number of this saying, 0 for nothing. */
guint64      dsp_presence_say    (DspPresence *self, const DspLook *look, gint64 until_us, GPtrArray *stirred);
/* The saying @serial of @device waits with @request (nullable: no longer), and counts until @until_us. A later saying of
 * that device is left alone. */
void         dsp_presence_wait   (DspPresence *self, const DspId *device, guint64 serial, gpointer request, gint64 until_us);
/* Ends what is over. Returns: when the next one ends; G_MAXINT64: nobody looks. */
gint64       dsp_presence_expire (DspPresence *self, gint64 now_us, GPtrArray *stirred);

/* Appends {"tag":…,"orders":[{"id":…,"n":…,"who":[{"user":…,"name":…,"full_name":…}]}]} of the others than @user_id who look at
 * @orders: those somebody looks at, in the given order; of each at most eight people, by name, "n" says how many there are.
 * @tag: (out): equal as long as this is equal; "0" when nobody looks. */
#define DSP_LOOKS_TAG 17
void         dsp_presence_print  (DspPresence *self, const DspId *user_id, const DspId *orders, guint n_orders, GString *out,
                                  char tag[DSP_LOOKS_TAG]);

G_END_DECLS
