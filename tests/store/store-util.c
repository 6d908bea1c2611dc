/* store-util.c: files and records for the tests of the store
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "store-util.h"

#include "dsp-db-postgres.h"

#include <glib/gstdio.h>

void
test_stores_init (void)
{
  dsp_db_postgres_init ();
}

static void
open_schema (TestPlace *place)
{
  const char *server = g_getenv ("DESPACHO_TEST_POSTGRES");

  if (server == NULL)
    return;
  place->postgres = true;
  place->schema = g_strdup_printf ("test_%08x_%08x", g_random_int (), g_random_int ());
  g_free (place->uri);
  place->uri = g_strdup_printf ("%s&options=-csearch_path%%3D%s", server, place->schema);
}

static void
drop_schema (TestPlace *place)
{
  g_autofree char *sql = g_strdup_printf ("DROP SCHEMA IF EXISTS %s CASCADE", place->schema);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (place->uri, DSP_DB_CREATE, &error);

  g_assert_no_error (error);
  g_assert_true (dsp_db_exec (db, sql, &error));
}

void
test_place_open (TestPlace *place)
{
  g_autoptr(GError) error = NULL;

  test_stores_init ();
  *place = (TestPlace) { 0 };
  place->directory = g_dir_make_tmp ("despacho-store-XXXXXX", &error);
  g_assert_no_error (error);
  place->path = g_build_filename (place->directory, "test.db", NULL);
  place->uri = g_strconcat ("sqlite:", place->path, NULL);
  open_schema (place);
}

char *
test_sql (TestPlace  *place,
          const char *sql)
{
  GString *own = g_string_new (sql);

  if (place->postgres)
    {
      g_string_replace (own, "randomblob(16)", "uuid_send(gen_random_uuid())", 0);
      g_string_replace (own, "zeroblob(16)", "decode(repeat('00', 16), 'hex')", 0);
      g_string_replace (own, "zeroblob(32)", "decode(repeat('00', 32), 'hex')", 0);
      g_string_replace (own, " x'", " '\\x", 0);
      g_string_replace (own, "(x'", "('\\x", 0);
      g_string_replace (own, ",X'", ",'\\x", 0);
    }
  return g_string_free (own, FALSE);
}

void
test_place_close (TestPlace *place)
{
  GDir *dir = g_dir_open (place->directory, 0, NULL);
  const char *name;

  if (place->postgres)
    drop_schema (place);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (place->directory, name, NULL);

      g_unlink (path);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (place->directory);
  g_clear_pointer (&place->directory, g_free);
  g_clear_pointer (&place->path, g_free);
  g_clear_pointer (&place->uri, g_free);
  g_clear_pointer (&place->schema, g_free);
}

DspDb *
test_db_open (TestPlace *place,
              DspDbFlags flags)
{
  g_autoptr(GError) error = NULL;
  DspDb *db = dsp_db_open (place->uri, flags, &error);

  g_assert_no_error (error);
  return db;
}

DspId
test_random_id (GRand *rand)
{
  DspId id;

  for (guint i = 0; i < sizeof id.b; i++)
    id.b[i] = (guint8) g_rand_int_range (rand, 0, 256);
  return id;
}

static const char *const pieces[] = {
  "a", "b", "Z", "0", "9", " ", "'", "\"", "\\", ";", "%", "_", "é", "ñ", "Ü", "日", "😀", "\n", "\t", "\x01", "García", "--", ",", "*",
};

static char *
random_text (GRand *rand)
{
  GString *text = g_string_new (NULL);
  int n = g_rand_int_range (rand, 1, 12);

  while (n-- > 0)
    g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
  return g_string_free (text, FALSE);
}

static void
random_field (GRand          *rand,
              const DspField *field,
              gpointer        record)
{
  static guint64 n_unique;
  gint64 number = (gint64) ((guint64) g_rand_int (rand) << 32 | g_rand_int (rand));
  char **list;
  int n;

  if (g_rand_int_range (rand, 0, 4) == 0)
    number = g_rand_int_range (rand, -2, 3);
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
      *dsp_field_text (field, record) = random_text (rand);
      if (field->flags & DSP_UNIQUE)
        {
          char *text = g_strdup_printf ("%s#%" G_GUINT64_FORMAT, *dsp_field_text (field, record), ++n_unique);

          g_free (*dsp_field_text (field, record));
          *dsp_field_text (field, record) = text;
        }
      return;
    case DSP_KIND_ID:
      *dsp_field_id (field, record) = test_random_id (rand);
      return;
    case DSP_KIND_TIME:
      dsp_field_time (field, record)->us = number;
      return;
    case DSP_KIND_DATE:
      dsp_field_date (field, record)->day = g_rand_int_range (rand, -1000000, 1000000);
      return;
    case DSP_KIND_INT:
      *dsp_field_int (field, record) = (DspInt) { number, true };
      return;
    case DSP_KIND_MONEY:
      *dsp_field_money (field, record) = (DspMoney) { number, true };
      return;
    case DSP_KIND_WORD:
      *dsp_field_word (field, record) = (guint) g_rand_int_range (rand, 1, (int) field->words->n);
      return;
    case DSP_KIND_YES_NO:
      *dsp_field_word (field, record) = g_rand_boolean (rand) ? DSP_YES : DSP_NO;
      return;
    case DSP_KIND_LIST:
      n = g_rand_int_range (rand, 1, 5);
      list = g_new0 (char *, n + 1);
      for (int i = 0; i < n; i++)
        list[i] = random_text (rand);
      *dsp_field_list (field, record) = list;
      return;
    }
  g_assert_not_reached ();
}

void
test_random_fields (GRand           *rand,
                    const DspEntity *entity,
                    gpointer         record,
                    guint64          mask)
{
  for (guint i = 0; i < entity->table.n_fields; i++)
    {
      const DspField *field = &entity->table.fields[i];
      gpointer none;

      if (!(mask >> i & 1))
        continue;
      none = dsp_record_new (entity);
      dsp_field_copy (field, record, none);
      dsp_record_free (entity, none);
      if ((field->flags & (DSP_UNIQUE | DSP_REQUIRED)) || g_rand_int_range (rand, 0, 3) > 0)
        random_field (rand, field, record);
    }
}

gpointer
test_random_record (GRand           *rand,
                    const DspEntity *entity)
{
  DspRecord *record = dsp_record_new (entity);

  record->id = test_random_id (rand);
  record->scope = g_rand_boolean (rand) ? dsp_scope_common : test_random_id (rand);
  record->version = 1;
  test_random_fields (rand, entity, record, DSP_FIELDS_ALL);
  return record;
}
