/* dsp-bookings.h: whose visits are booked in a stretch of time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many orders are rescheduled into one slot, each judged after the one before: what was read stays, and follows the
 * changes that its owner tells. For whoever alone writes the database, or for one batch of judgements.
 */
#pragma once

#include "dsp-command.h"
#include "dsp-db.h"

G_BEGIN_DECLS

typedef struct _DspBookings DspBookings;

DspBookings *dsp_bookings_new    (DspDb *db) G_GNUC_WARN_UNUSED_RESULT;
void         dsp_bookings_free   (DspBookings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspBookings, dsp_bookings_free)

/* Makes sure that the stretch is here. @fresh: it was read from the database just now, which knows nothing of what is not
 * written yet: the owner notes that. FALSE: it could not be read. */
gboolean     dsp_bookings_read   (DspBookings *self, gint64 from_us, gint64 until_us, bool *fresh, GError **error);
/* Each order of a stretch that is here for which dsp_order_waits_between() is true, in no order. */
void         dsp_bookings_each   (DspBookings *self, gint64 from_us, gint64 until_us, DspEachBooking each, gpointer user_data);
/* The order is this now (nullable: it is gone). */
void         dsp_bookings_note   (DspBookings *self, const DspId *id, const DspOrder *order);
void         dsp_bookings_forget (DspBookings *self);

/* For one that is at hand. Texts lent from @order. */
DspBooking   dsp_booking_of      (const DspOrder *order);

G_END_DECLS
