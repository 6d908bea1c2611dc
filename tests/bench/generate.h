/* generate.h: an invented office of any size, the same each time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each record follows from the seed and its number alone, so that any part of a million can be made anywhere, in any
 * order, on any machine. Nothing of it is a real person; the postal codes may be real ones.
 */
#pragma once

#include "dsp-entities.h"

G_BEGIN_DECLS

/* The instant at which the generated office stands still: 2026-03-02 16:00 UTC. */
#define GENERATE_NOW G_GINT64_CONSTANT (1772467200000000)

typedef struct {
  char  code[6];
  char *municipality; /* (owned) */
  char *state;        /* (owned) */
  gint32 lat_e7, lon_e7;
} GeneratePlace;

typedef struct _Generate Generate;

/* @places: (transfer full) (nullable): of GeneratePlace; NULL: 1,500 codes around Mexico City, in 16 municipalities.
 * @n_orders: how many there are in all; the newest tenth of them is open. */
Generate *generate_new    (guint64   seed,
                           guint     n_orders,
                           guint     n_crews,
                           guint     n_distributors,
                           GArray   *places);
void      generate_free   (Generate *generate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Generate, generate_free)

/* Places read from lines of "code,municipality,state,lat,lon" (degrees), as data/demo and the tools write them. */
GArray   *generate_read_places (const char *path,
                                GError    **error);

guint     generate_n_places (const Generate *generate);

/* Fills a record, zeroed or of the call before; the owner clears it. Orders have 15 fields and their distributor;
 * @whole adds address, telephone and the rest. */
void      generate_order       (Generate       *generate,
                                guint           i,
                                bool            whole,
                                DspOrder       *order);
void      generate_crew        (Generate       *generate,
                                guint           i,
                                DspCrew        *crew);
void      generate_distributor (Generate       *generate,
                                guint           i,
                                DspDistributor *distributor);
void      generate_postal_code (Generate       *generate,
                                guint           i,
                                DspPostalCode  *place);
DspId     generate_crew_id        (guint i);
DspId     generate_distributor_id (guint i);

G_END_DECLS
