/* test-input.c: files as downloaded, whole, cut, hostile
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-input.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "dsp-csv.h"
#include "dsp-wire-error.h"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("dsp-input-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static char *
path_of (Fixture    *fixture,
         const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static char *
write_plain (Fixture    *fixture,
             const char *name,
             const char *text,
             gsize       length)
{
  g_autoptr(GError) error = NULL;
  char *path = path_of (fixture, name);

  g_file_set_contents (path, text, (gssize) length, &error);
  g_assert_no_error (error);
  return path;
}

typedef enum { XZ, GZ, ZIP } Packing;

/* @members: name, text, name, text ..., NULL; one text without a name for the two that hold one file. */
static char *
write_packed (Fixture    *fixture,
              Packing     packing,
              const char *const *members)
{
  static const char *const names[] = { "file.xz", "file.gz", "file.zip" };
  char *path = path_of (fixture, names[packing]);
  struct archive *archive = archive_write_new ();

  if (packing == ZIP)
    archive_write_set_format_zip (archive);
  else
    archive_write_set_format_raw (archive);
  if (packing == XZ)
    archive_write_add_filter_xz (archive);
  if (packing == GZ)
    archive_write_add_filter_gzip (archive);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);

  for (; *members != NULL; members += 2)
    {
      struct archive_entry *entry = archive_entry_new ();

      archive_entry_set_pathname (entry, members[0]);
      archive_entry_set_filetype (entry, g_str_has_suffix (members[0], "/") ? AE_IFDIR : AE_IFREG);
      archive_entry_set_perm (entry, 0644);
      archive_entry_set_size (entry, (gint64) strlen (members[1]));
      g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
      g_assert_cmpint (archive_write_data (archive, members[1], strlen (members[1])), ==, strlen (members[1]));
      archive_entry_free (entry);
    }

  g_assert_cmpint (archive_write_close (archive), ==, ARCHIVE_OK);
  archive_write_free (archive);
  return path;
}

static char *
slurp (DspInput  *input,
       GError   **error)
{
  g_autoptr(GString) all = g_string_new (NULL);
  char piece[1001];
  gssize n;

  while ((n = dsp_input_read (input, piece, sizeof piece, error)) > 0)
    g_string_append_len (all, piece, n);

  return n == 0 ? g_string_free (g_steal_pointer (&all), FALSE) : NULL;
}

static void
assert_holds (const char            *path,
              const DspInputOptions *options,
              const char            *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspInput) input = dsp_input_open (path, options, NULL, &error);
  g_autofree char *text = NULL;
  guint64 done, total;

  g_assert_no_error (error);
  text = slurp (input, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);

  dsp_input_get_progress (input, &done, &total);
  g_assert_cmpuint (done, <=, total);
}

static void
assert_fails (const char            *path,
              const DspInputOptions *options,
              GQuark                 domain,
              int                    code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspInput) input = dsp_input_open (path, options, NULL, &error);
  g_autofree char *text = input != NULL ? slurp (input, &error) : NULL;

  g_assert_null (text);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, path));
}

/* Text that does not pack to nothing. */
static char *
long_text (gsize length)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (2);
  char *text = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    text[i] = (char) g_rand_int_range (rand, ' ', 127);
  text[length] = '\0';
  return text;
}

static void
test_reads_every_packing (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autofree char *text = long_text (300000);
  const char *const member[] = { "folder/file.csv", text, NULL };

  for (Packing packing = XZ; packing <= ZIP; packing++)
    {
      g_autofree char *path = write_packed (fixture, packing, member);
      /* The name says nothing; the first bytes do. */
      g_autofree char *renamed = path_of (fixture, "renamed.csv");

      assert_holds (path, NULL, text);
      g_assert_cmpint (g_rename (path, renamed), ==, 0);
      assert_holds (renamed, NULL, text);
    }

  {
    g_autofree char *plain = write_plain (fixture, "plain", text, strlen (text));
    g_autofree char *empty = write_plain (fixture, "empty", "", 0);

    assert_holds (plain, NULL, text);
    assert_holds (empty, NULL, "");
  }
}

static void
test_zip_member_is_first_or_named (Fixture       *fixture,
                                   gconstpointer  data)
{
  const char *const members[] = { "d/", "", "__MACOSX/._a.txt", "x", "a.txt", "first", "d/b.txt", "second", NULL };
  const char *const nothing[] = { "d/", "", NULL };
  const DspInputOptions named = { .member = "d/b.txt" }, missing = { .member = "c.txt" };
  g_autofree char *path = write_packed (fixture, ZIP, members);
  g_autoptr(DspInput) input = dsp_input_open (path, &named, NULL, NULL);
  g_autofree char *hollow = NULL;

  assert_holds (path, NULL, "first");
  assert_holds (path, &named, "second");
  assert_fails (path, &missing, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID);
  g_assert_true (g_str_has_suffix (dsp_input_get_name (input), "file.zip (d/b.txt)"));

  hollow = write_packed (fixture, ZIP, nothing);
  assert_fails (hollow, NULL, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID);
}

static void
test_cut_archive_names_the_file (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autofree char *text = long_text (300000);
  const char *const member[] = { "file.csv", text, NULL };

  for (Packing packing = XZ; packing <= ZIP; packing++)
    {
      g_autofree char *path = write_packed (fixture, packing, member);
      g_autofree char *whole = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &whole, &length, NULL));
      for (guint part = 1; part < 20; part++)
        {
          g_autofree char *cut = write_plain (fixture, "cut", whole, length * part / 20);

          assert_fails (cut, NULL, DSP_WIRE_ERROR, DSP_WIRE_ERROR_TRUNCATED);
        }
      if (packing != ZIP)
        {
          g_autofree char *cut = write_plain (fixture, "cut", whole, length - 1);

          assert_fails (cut, NULL, DSP_WIRE_ERROR, DSP_WIRE_ERROR_TRUNCATED);
        }
    }
}

static void
test_damaged_archive_is_refused (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autofree char *text = long_text (300000);
  const char *const member[] = { "file.csv", text, NULL };

  for (Packing packing = XZ; packing <= ZIP; packing += ZIP - XZ)
    {
      g_autofree char *path = write_packed (fixture, packing, member);
      g_autofree char *whole = NULL, *damaged = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(DspInput) input = NULL;
      g_autofree char *read = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, &whole, &length, NULL));
      for (gsize i = length / 2; i < length / 2 + 64; i++)
        whole[i] ^= 0x55;
      damaged = write_plain (fixture, "damaged", whole, length);
      input = dsp_input_open (damaged, NULL, NULL, &error);
      read = input != NULL ? slurp (input, &error) : NULL;
      g_assert_null (read);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, damaged));
    }
}

static void
test_size_and_ratio_are_limited (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autofree char *blank = g_strnfill (40 << 20, ' ');
  const char *const bomb[] = { "bomb", blank, NULL };
  const DspInputOptions small = { .max_bytes = 1000 };
  g_autofree char *text = g_strnfill (1001, 'x');
  g_autofree char *path = write_plain (fixture, "plain", text, 1001);

  assert_fails (path, &small, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT);

  for (Packing packing = XZ; packing <= ZIP; packing++)
    {
      g_autofree char *packed = write_packed (fixture, packing, bomb);

      assert_fails (packed, NULL, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT);
    }
}

static void
test_encodings (Fixture       *fixture,
                gconstpointer  data)
{
  const DspInputOptions latin1 = { .encoding = DSP_INPUT_LATIN1 }, detect = { .encoding = DSP_INPUT_AUTO };
  g_autoptr(GString) late = g_string_new (NULL);
  g_autofree char *old = write_plain (fixture, "old", "Obreg\xf3n \xd1\xff", 10);
  g_autofree char *new = write_plain (fixture, "new", "\xef\xbb\xbfObreg\xc3\xb3n", 11);
  g_autofree char *cut = write_plain (fixture, "cut", "Obreg\xc3\xb3n \xc3", 10);
  g_autofree char *wide = write_plain (fixture, "wide", "\xff\xfe" "a\0", 4);
  g_autofree char *many = NULL, *long_path = NULL, *expected = NULL;

  assert_holds (old, &latin1, "Obregón Ñÿ");
  assert_holds (old, &detect, "Obregón Ñÿ");
  assert_holds (old, NULL, "Obreg\xf3n \xd1\xff");
  assert_holds (new, NULL, "Obregón");
  assert_holds (new, &detect, "Obregón");
  assert_holds (cut, &detect, "Obregón \xc3");
  assert_fails (wide, NULL, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID);

  /* Characters across the blocks' borders; one bad byte at the very end decides. */
  for (int i = 0; i < 100000; i++)
    g_string_append (late, "aé");
  expected = g_strdup (late->str);
  many = write_plain (fixture, "many", late->str, late->len);
  assert_holds (many, &detect, expected);
  g_string_append (late, "\xe9 ");
  long_path = write_plain (fixture, "late", late->str, late->len);
  {
    g_autoptr(DspInput) input = dsp_input_open (long_path, &detect, NULL, NULL);
    g_autofree char *text = slurp (input, NULL);

    g_assert_true (g_str_has_prefix (text, "aÃ©a"));
    g_assert_true (g_str_has_suffix (text, "é "));
    g_assert_true (g_utf8_validate (text, -1, NULL));
  }
}

static void
test_what_is_no_file_is_refused (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autofree char *missing = path_of (fixture, "missing");

  assert_fails (missing, NULL, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_fails (fixture->folder, NULL, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

static void
test_can_be_cancelled (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *text = long_text (300000);
  g_autofree char *path = write_plain (fixture, "plain", text, 300000);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(DspInput) input = dsp_input_open (path, NULL, cancellable, NULL);
  g_autoptr(GError) error = NULL;
  char piece[1000];

  g_assert_cmpint (dsp_input_read (input, piece, sizeof piece, &error), ==, 1000);
  g_cancellable_cancel (cancellable);
  g_assert_null (slurp (input, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The official catalogue: counts from the description of the data. */
static void
test_real_catalogue (void)
{
  const DspInputOptions detect = { .encoding = DSP_INPUT_AUTO };
  const DspCsvOptions pipe = { .separator = '|', .no_quotes = TRUE, .skip_lines = 1 };
  const char *data = g_getenv ("DESPACHO_DATA");
  g_autofree char *path = NULL;
  g_autoptr(GHashTable) codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspCsv) csv = NULL;
  DspCsvResult result;
  DspCsvRow row;
  DspInput *input;
  guint n = 0, n_empty = 0;
  int city;

  if (data == NULL)
    {
      g_test_skip ("DESPACHO_DATA is not set");
      return;
    }

  g_test_timer_start ();
  path = g_build_filename (data, "postal", "CPdescarga_2024-10-03.zip", NULL);
  input = dsp_input_open (path, &detect, NULL, &error);
  g_assert_no_error (error);
  csv = dsp_csv_new (input, &pipe, &error);
  g_assert_no_error (error);
  g_assert_cmpint (dsp_csv_find (csv, "d_codigo"), ==, 0);
  city = dsp_csv_find (csv, "d_ciudad");

  while ((result = dsp_csv_next (csv, &row, &error)) == DSP_CSV_ROW)
    {
      n++;
      n_empty += row.fields[city][0] == '\0';
      g_assert_cmpint (strlen (row.fields[0]), ==, 5);
      g_hash_table_add (codes, g_strdup (row.fields[0]));
    }
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, DSP_CSV_END);
  g_assert_cmpint (n, ==, 155922);
  g_assert_cmpint (n_empty, ==, 101999);
  g_assert_cmpint (g_hash_table_size (codes), ==, 32003);
  g_test_message ("catalogue read in %.0f ms", g_test_timer_elapsed () * 1000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name) g_test_add ("/input/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (reads_every_packing);
  ADD (zip_member_is_first_or_named);
  ADD (cut_archive_names_the_file);
  ADD (damaged_archive_is_refused);
  ADD (size_and_ratio_are_limited);
  ADD (encodings);
  ADD (what_is_no_file_is_refused);
  ADD (can_be_cancelled);
  g_test_add_func ("/input/real_catalogue", test_real_catalogue);

  return g_test_run ();
}
