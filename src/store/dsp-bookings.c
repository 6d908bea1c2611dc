/* dsp-bookings.c: whose visits are booked in a stretch of time
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-bookings.h"

#define MAX_STRETCHES 8 /* a few slots are asked for at a time */

typedef struct {
  gint64      from_us, until_us;
  GHashTable *bookings; /* (owned) id of DspBooking -> DspBooking (owned, its texts too) */
} Stretch;

struct _DspBookings
{
  DspDb     *db;
  GPtrArray *stretches; /* (owned), the oldest first */
};

static void
booking_free (gpointer data)
{
  DspBooking *booking = data;

  g_free ((char *) booking->municipality);
  g_free ((char *) booking->group);
  g_free ((char *) booking->type);
  g_free (booking);
}

static void
stretch_free (gpointer data)
{
  Stretch *stretch = data;

  g_hash_table_unref (stretch->bookings);
  g_free (stretch);
}

DspBookings *
dsp_bookings_new (DspDb *db)
{
  DspBookings *self = g_new0 (DspBookings, 1);

  self->db = db;
  self->stretches = g_ptr_array_new_with_free_func (stretch_free);
  return self;
}

void
dsp_bookings_free (DspBookings *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->stretches);
  g_free (self);
}

void
dsp_bookings_forget (DspBookings *self)
{
  g_ptr_array_set_size (self->stretches, 0);
}

DspBooking
dsp_booking_of (const DspOrder *order)
{
  return (DspBooking) { order->id, order->municipality, order->group, order->type };
}

/* @booking: its texts are copied. */
static void
keep (Stretch          *stretch,
      const DspBooking *booking)
{
  DspBooking *kept = g_new0 (DspBooking, 1);

  kept->id = booking->id;
  kept->municipality = g_strdup (booking->municipality);
  kept->group = g_strdup (booking->group);
  kept->type = g_strdup (booking->type);
  g_hash_table_replace (stretch->bookings, &kept->id, kept);
}

void
dsp_bookings_note (DspBookings    *self,
                   const DspId    *id,
                   const DspOrder *order)
{
  for (guint i = 0; i < self->stretches->len; i++)
    {
      Stretch *stretch = self->stretches->pdata[i];
      DspBooking booking;

      if (order == NULL || !dsp_order_waits_between (order, stretch->from_us, stretch->until_us))
        {
          g_hash_table_remove (stretch->bookings, id);
          continue;
        }
      booking = dsp_booking_of (order);
      keep (stretch, &booking);
    }
}

/* The states are those of dsp_order_waits_between(). */
static Stretch *
read_stretch (DspBookings *self,
              gint64       from_us,
              gint64       until_us,
              GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  Stretch *stretch;
  DspStep step;

  stmt = dsp_db_prepare (self->db, "SELECT \"id\", \"municipality\", \"group\", \"type\" FROM \"order\" WHERE \"attention_at\" >= $1"
                                   " AND \"attention_at\" < $2 AND \"status\" IN ('unassigned', 'assigned', 'in_progress')", error);
  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_int (stmt, 1, from_us);
  dsp_stmt_bind_int (stmt, 2, until_us);
  stretch = g_new0 (Stretch, 1);
  stretch->from_us = from_us;
  stretch->until_us = until_us;
  stretch->bookings = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, booking_free);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspBooking booking = { .municipality = dsp_stmt_text (stmt, 1, NULL), .group = dsp_stmt_text (stmt, 2, NULL),
                             .type = dsp_stmt_text (stmt, 3, NULL) };

      booking.id = dsp_stmt_id (stmt, 0);
      keep (stretch, &booking);
    }
  if (step == DSP_STEP_FAILED)
    {
      stretch_free (stretch);
      return NULL;
    }
  return stretch;
}

static Stretch *
find_stretch (DspBookings *self,
              gint64       from_us,
              gint64       until_us)
{
  for (guint i = 0; i < self->stretches->len; i++)
    {
      Stretch *stretch = self->stretches->pdata[i];

      if (stretch->from_us == from_us && stretch->until_us == until_us)
        return stretch;
    }
  return NULL;
}

gboolean
dsp_bookings_read (DspBookings *self,
                   gint64       from_us,
                   gint64       until_us,
                   bool        *fresh,
                   GError     **error)
{
  Stretch *stretch = NULL;

  *fresh = find_stretch (self, from_us, until_us) == NULL;
  if (!*fresh)
    return TRUE;
  stretch = read_stretch (self, from_us, until_us, error);
  if (stretch == NULL)
    return FALSE;
  if (self->stretches->len == MAX_STRETCHES)
    g_ptr_array_remove_index (self->stretches, 0);
  g_ptr_array_add (self->stretches, stretch);
  return TRUE;
}

void
dsp_bookings_each (DspBookings   *self,
                   gint64         from_us,
                   gint64         until_us,
                   DspEachBooking each,
                   gpointer       user_data)
{
  Stretch *stretch = find_stretch (self, from_us, until_us);
  GHashTableIter iter;
  gpointer booking;

  g_return_if_fail (stretch != NULL);
  g_hash_table_iter_init (&iter, stretch->bookings);
  while (g_hash_table_iter_next (&iter, NULL, &booking))
    if (!each (booking, user_data))
      break;
}
