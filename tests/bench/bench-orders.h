/* bench-orders.h: the same invented orders in every bench, made by a small generator of numbers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-entities.h"

#include <string.h>

#define BENCH_NOW_US (G_GINT64_CONSTANT (1750000000) * G_TIME_SPAN_SECOND)
#define BENCH_N_CODES 1500
#define BENCH_N_CREWS 400
#define BENCH_N_DISTRIBUTORS 12

/* splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators) */
static inline guint64
bench_hash (guint64 x)
{
  x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = (x ^ x >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ x >> 31;
}

static inline DspId
bench_id (guint64 kind,
          guint64 n)
{
  guint64 a = bench_hash (kind << 40 ^ n), b = bench_hash (a);
  guint8 random[10];

  memcpy (random, &a, 8);
  memcpy (random + 8, &b, 2);
  return dsp_id_v7 (BENCH_NOW_US - 400 * G_TIME_SPAN_DAY + (gint64) n * 30 * G_TIME_SPAN_SECOND, random);
}

static inline void
bench_text (char      **text,
            const char *format,
            ...) G_GNUC_PRINTF (2, 3);

static inline void
bench_text (char      **text,
            const char *format,
            ...)
{
  va_list args;

  va_start (args, format);
  *text = g_strdup_vprintf (format, args);
  va_end (args);
}

/* Order @n: one in ten is open, the others are closed, spread unevenly over 1,500 codes and 400 crews. */
static inline DspOrder *
bench_order (guint64 n)
{
  DspOrder *order = dsp_order_new ();
  guint64 r = bench_hash (n);
  guint code = (guint) ((r & 0xffff) * (r >> 16 & 0xffff) >> 16) * BENCH_N_CODES >> 16;

  order->id = bench_id (1, n);
  order->version = 1;
  bench_text (&order->number, "%" G_GUINT64_FORMAT, 9000000 + n);
  bench_text (&order->account, "%" G_GUINT64_FORMAT, 5000000 + (r >> 8) % 700000);
  bench_text (&order->group, "G%u", (guint) (r >> 3) % 6);
  bench_text (&order->type, "TYPE %u", (guint) (r >> 5) % 24);
  bench_text (&order->subtype, "SUB %u", (guint) (r >> 7) % 80);
  bench_text (&order->state, "Ciudad de México");
  bench_text (&order->municipality, "Municipio %u", code / 90);
  bench_text (&order->neighbourhood, "Colonia %u", code * 3 + (guint) (r >> 11) % 3);
  bench_text (&order->postal_code, "%05u", 1000 + code * 10);
  bench_text (&order->contact_name, "Cliente %u", (guint) (r >> 13) % 100000);
  bench_text (&order->phone, "55%08u", (guint) (r >> 17) % 100000000);
  bench_text (&order->street, "Calle %u", (guint) (r >> 19) % 5000);
  order->priority = (DspInt) { 1 + (gint64) (r >> 23) % 5, true };
  order->created_at.us = BENCH_NOW_US - (gint64) (r >> 20 & 0xffffff) * 2 * G_TIME_SPAN_SECOND;
  order->attention_at.us = order->created_at.us + (gint64) (r >> 9 & 0x3ffff) * G_TIME_SPAN_SECOND;
  order->penalty_at.us = order->created_at.us + G_TIME_SPAN_DAY * 3;
  order->distributor_id = bench_id (3, code % BENCH_N_DISTRIBUTORS);
  order->scope = order->distributor_id;
  if (n % 10 != 0)
    {
      order->status = DSP_ORDER_CLOSED;
      order->closed_at.us = order->attention_at.us;
    }
  else
    order->status = (r >> 29) % 3 == 0 ? DSP_ORDER_ASSIGNED : DSP_ORDER_UNASSIGNED;
  if (order->status != DSP_ORDER_UNASSIGNED)
    {
      order->crew_id = bench_id (2, (r >> 33) % BENCH_N_CREWS);
      order->assigned_at.us = order->created_at.us + G_TIME_SPAN_HOUR;
    }
  return order;
}
