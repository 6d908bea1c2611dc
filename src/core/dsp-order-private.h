/* dsp-order-private.h: what the files of an order's commands share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-command.h"

G_BEGIN_DECLS

/* An apply function that the tables can name: the typed one, and one of the table's type that calls it. */
#define DSP_ORDER_APPLY(fn, Args)                                                                                     \
  static gboolean fn (DspWork *, DspOrder *, const Args *, GError **);                                                \
  static gboolean fn##_any (DspWork *w, gpointer r, gconstpointer a, GError **e) { return fn (w, r, a, e); }          \
  static gboolean fn (DspWork *work, DspOrder *order, const Args *args, GError **error)

/* A person's clock may be set a little before ours, never in the future beyond that. */
#define DSP_CLOCK_TOLERANCE_US (5 * G_TIME_SPAN_MINUTE)

gboolean dsp_need_reason          (DspWork *work, DspProcess process, const char *code, const DspReasonCode **reason, GError **error);
void     dsp_order_take_from_crew (DspOrder *order);

/* What the catalogue of postal codes has against an address, with the code of its warning; (transfer full) (nullable). Nothing is
 * said of what is not known here. */
char    *dsp_order_place_fault    (DspWork *work, const char *postal_code, const char *municipality, const char **code);
/* The same of the neighbourhood, but it may be newer than the catalogue: it is never a fault, only told. */
void     dsp_order_warn_of_neighbourhood (DspWork *work, const DspOrder *order);
/* S0-45: whether every sentence of the policy of @order's group and type holds for a visit @at; of a new order those about
 * rescheduling are not asked. A visit without an end (@until none) is given that of its slot. @reason (nullable). */
gboolean dsp_order_policy_allows  (DspWork *work, const DspOrder *order, const DspReasonCode *reason, DspTime at, DspTime *until,
                                   GError **error);

G_END_DECLS
