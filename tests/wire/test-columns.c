/* test-columns.c: many records by column, round trips and refusals
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-columns.h"
#include "dsp-entities.h"
#include "dsp-wire-error.h"
#include "random-record.h"

#include <string.h>

static GPtrArray *
random_records (const DspEntity *entity,
                guint            n,
                GRand           *rand)
{
  GPtrArray *records = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      DspRecord *record = dsp_record_new (entity);

      /* Some are like the one before: words come from that. */
      if (i > 0 && g_rand_int_range (rand, 0, 3) > 0)
        {
          dsp_record_free (entity, record);
          record = dsp_record_dup (entity, records->pdata[i - 1]);
        }
      else
        random_record_fill (&entity->table, record, rand);
      for (int b = 0; b < 16; b++)
        record->id.b[b] = (guint8) g_rand_int (rand);
      record->id.b[0] |= 1;
      record->scope = i % 7 == 0 ? dsp_scope_common : record->id;
      record->version = g_rand_int_range (rand, 1, G_MAXINT32);
      g_ptr_array_add (records, record);
    }
  return records;
}

static void
free_records (const DspEntity *entity,
              GPtrArray       *records)
{
  for (guint i = 0; i < records->len; i++)
    dsp_record_free (entity, records->pdata[i]);
  g_ptr_array_unref (records);
}

static GString *
write_records (const DspEntity *entity,
               GPtrArray       *records)
{
  g_autoptr(DspColumnsWriter) writer = dsp_columns_writer_new (entity);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    dsp_columns_writer_add (writer, records->pdata[i]);
  g_assert_cmpuint (dsp_columns_writer_n (writer), ==, records->len);
  dsp_columns_writer_end (writer, out);
  return out;
}

static void
test_round_trip (void)
{
  static const guint sizes[] = { 0, 1, 2, 15, 16, 17, 300 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (g_test_rand_int () & 0x7fffffff);

  for (guint e = 0; dsp_entities[e] != NULL; e++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        const DspEntity *entity = dsp_entities[e];
        GPtrArray *records = random_records (entity, sizes[s], rand);
        GString *json = write_records (entity, records);
        g_autoptr(GError) error = NULL;
        DspColumnsReader *reader = dsp_columns_reader_new (entity, json->str, json->len, &error);
        g_autofree gpointer back = g_malloc0 (entity->table.size);
        guint n = 0;

        g_assert_no_error (error);
        while (dsp_columns_reader_next (reader, back, &error))
          {
            const DspRecord *a = records->pdata[n++], *b = back;

            g_assert_true (dsp_id_equal (&a->id, &b->id));
            g_assert_true (dsp_id_equal (&a->scope, &b->scope));
            g_assert_cmpint (a->version, ==, b->version);
            g_assert_true (dsp_table_equal (&entity->table, a, b));
            dsp_table_clear (&entity->table, back);
          }
        g_assert_no_error (error);
        g_assert_cmpuint (n, ==, records->len);
        dsp_columns_reader_free (reader);
        g_string_free (json, TRUE);
        free_records (entity, records);
      }
}

/* Numbers at both ends, with instants of every unit. */
static void
test_numbers (void)
{
  static const gint64 numbers[] = { -G_MAXINT64, G_MAXINT64, 0, -1, 1, G_MAXINT64, -G_MAXINT64 };
  g_autoptr(DspColumnsWriter) writer = dsp_columns_writer_new (&dsp_order);
  g_autoptr(GString) json = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  DspColumnsReader *reader;
  DspOrder back = { .version = 0 };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      DspOrder order = { .id = { { 1 } }, .scope = dsp_scope_common, .version = 1, .lat_e7 = { numbers[i], true },
                         .created_at = { 1000 * (gint64) i + 7 }, .attention_at = { 60 * G_USEC_PER_SEC * i } };

      dsp_columns_writer_add (writer, (DspRecord *) &order);
    }
  dsp_columns_writer_end (writer, json);
  g_assert_nonnull (strstr (json->str, "\"unit\":1,"));
  g_assert_nonnull (strstr (json->str, "\"unit\":1000000,"));
  reader = dsp_columns_reader_new (&dsp_order, json->str, json->len, &error);
  g_assert_no_error (error);
  while (dsp_columns_reader_next (reader, &back, &error))
    {
      g_assert_cmpint (back.lat_e7.value, ==, numbers[n]);
      g_assert_cmpint (back.created_at.us, ==, 1000 * (gint64) n + 7);
      g_assert_cmpint (back.attention_at.us, ==, 60 * (gint64) G_USEC_PER_SEC * n);
      dsp_table_clear (&dsp_order.table, &back);
      n++;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (numbers));
  dsp_columns_reader_free (reader);
}

/* Reads all of it. Returns whether it was whole; a fault always comes with an error. */
static gboolean
read_whole (const char *json,
            gsize       length)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspColumnsReader) reader = dsp_columns_reader_new (&dsp_master, json, length, &error);
  DspMaster back = { .version = 0 };

  g_assert_true ((reader == NULL) == (error != NULL));
  while (reader != NULL && dsp_columns_reader_next (reader, &back, &error))
    dsp_table_clear (&dsp_master.table, &back);
  for (guint i = 0; i < dsp_master.table.n_fields; i++)
    g_assert_true (dsp_field_is_none (&dsp_master.table.fields[i], &back));
  return error == NULL;
}

static void
test_garbage (void)
{
#define HEAD "\"id\":[\"01890a5d-ac96-774b-bcce-b302099a8057\"],\"scope\":[\"01890a5d-ac96-774b-bcce-b302099a8057\"],\"version\":[1]"
  static const char *const broken[] = {
    "", "{", "[]", "{}", "{\"n\":1}", "{\"n\":1," HEAD, "{\"n\":2," HEAD ",\"fields\":{}}", "{\"n\":0," HEAD ",\"fields\":{}}",
    "{\"n\":-1," HEAD ",\"fields\":{}}", "{\"n\":100001," HEAD ",\"fields\":{}}", "{\"n\":1," HEAD "," HEAD ",\"fields\":{}}",
    "{\"n\":1," HEAD ",\"fields\":[]}", "{\"n\":1," HEAD ",\"fields\":{\"code\":7}}",
    "{\"n\":1," HEAD ",\"fields\":{\"code\":[7]}}", "{\"n\":1," HEAD ",\"fields\":{\"code\":[]}}",
    "{\"n\":1," HEAD ",\"fields\":{\"code\":[\"a\",\"b\"]}}", "{\"n\":1," HEAD ",\"fields\":{\"code\":[\"a\"],\"code\":[\"a\"]}}",
    "{\"n\":1," HEAD ",\"fields\":{\"code\":{\"words\":[\"a\"],\"at\":[1]}}}",
    "{\"n\":1," HEAD ",\"fields\":{\"code\":{\"words\":[\"a\"],\"at\":[-1]}}}",
    "{\"n\":1," HEAD ",\"fields\":{\"code\":{\"words\":[\"a\"]}}}", "{\"n\":1," HEAD ",\"fields\":{\"code\":{\"at\":[0]}}}",
    "{\"n\":1," HEAD ",\"fields\":{\"code\":{\"unit\":1,\"steps\":[0]}}}",
    "{\"n\":1," HEAD ",\"fields\":{\"code\":{\"words\":[\"a\"],\"at\":[0],\"steps\":[0]}}}",
    "{\"n\":1," HEAD ",\"fields\":{\"retired\":[\"perhaps\"]}}",
    "{\"n\":1,\"id\":[\"00000000-0000-0000-0000-000000000000\"],\"scope\":[\"01890a5d-ac96-774b-bcce-b302099a8057\"],\"version\":[1],\"fields\":{}}",
    "{\"n\":1,\"id\":[\"01890a5d-ac96-774b-bcce-b302099a8057\"],\"scope\":[\"01890a5d-ac96-774b-bcce-b302099a8057\"],\"version\":{\"unit\":0,\"steps\":[1]},\"fields\":{}}",
    "{\"n\":1,\"id\":[\"01890a5d-ac96-774b-bcce-b302099a8057\"],\"scope\":[\"01890a5d-ac96-774b-bcce-b302099a8057\"],\"version\":{\"unit\":1000,\"steps\":[9223372036854775807]},\"fields\":{}}",
  };
  const char *whole = "{\"n\":1," HEAD ",\"fields\":{\"colour\":[\"red\"],\"code\":{\"words\":[\"a\",null],\"at\":[0]}},\"more\":1}";

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_test_message ("%s", broken[i]);
      g_assert_false (read_whole (broken[i], strlen (broken[i])));
    }
  /* A field of a newer server is passed over; cut anywhere, it is refused. */
  g_assert_true (read_whole (whole, strlen (whole)));
  for (gsize i = 0; i < strlen (whole); i++)
    g_assert_false (read_whole (whole, i));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/columns/round-trip", test_round_trip);
  g_test_add_func ("/columns/numbers-at-both-ends", test_numbers);
  g_test_add_func ("/columns/garbage-is-refused", test_garbage);
  return g_test_run ();
}
