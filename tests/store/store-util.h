/* store-util.h: files and records for the tests of the store
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db.h"
#include "dsp-entities.h"

G_BEGIN_DECLS

/* A directory of its own, and in it the path of a database; or a schema of its own where DESPACHO_TEST_POSTGRES names a
 * server (tests/with-postgres). */
typedef struct {
  char *directory;
  char *path;
  char *uri;
  char *schema; /* nullable */
  bool  postgres;
} TestPlace;

/* All stores can be opened; test_place_open() does it, too. */
void     test_stores_init   (void);

void     test_place_open    (TestPlace *place);
void     test_place_close   (TestPlace *place); /* removes the directory and what is in it */
/* (transfer full): the same statement for either store: blobs are written as SQLite does. */
char    *test_sql           (TestPlace *place, const char *sql);
DspDb   *test_db_open       (TestPlace *place, DspDbFlags flags);

/* A record with an id, a scope, version 1, and random fields, about a third of them none. Texts hold quotes, accents and
 * controls; unique texts are unique. */
gpointer test_random_record (GRand *rand, const DspEntity *entity);
void     test_random_fields (GRand *rand, const DspEntity *entity, gpointer record, guint64 mask);
DspId    test_random_id     (GRand *rand);

#define test_no_error(error) g_assert_no_error (error)

G_END_DECLS
