/* fuzz-xlsx.c: any bytes as a workbook, or as one of the files inside of one
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dsp-xlsx-read.h"
#include "xlsx-file.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static gboolean
look_at_row (guint               row,
             const DspXlsxCell  *cells,
             guint               n_cells,
             gpointer            data,
             GError            **error)
{
  gint64 *last = data;

  g_assert_cmpint (row, >, *last);
  *last = row;
  g_assert_cmpuint (n_cells, >, 0);
  for (guint i = 0; i < n_cells; i++)
    g_assert_true (g_utf8_validate (cells[i].text, -1, NULL));
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char *const members[] = {
    NULL, "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels",
  };
  g_autofree char *path = NULL, *text = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspXlsxReader) reader = NULL;
  const char *member;
  int fd;

  if (size == 0)
    return 0;
  member = members[data[0] % G_N_ELEMENTS (members)];

  /* A file that stands in no folder: nothing to clean up after a crash. */
  fd = memfd_create ("fuzz", MFD_CLOEXEC);
  path = g_strdup_printf ("/proc/self/fd/%d", fd);
  text = g_strndup ((const char *) data + 1, size - 1);
  if (member == NULL)
    g_assert_cmpint (write (fd, data + 1, size - 1), ==, (gssize) size - 1);
  else
    xlsx_file_write (path, (const XlsxPart[]) { { member, text }, { "xl/x.xml", "<x/>" }, { NULL, NULL } });

  reader = dsp_xlsx_reader_open (path, NULL, &error);
  for (guint i = 0; reader != NULL && error == NULL && i < MIN (dsp_xlsx_reader_get_n_sheets (reader), 4); i++)
    {
      g_autofree char *merged = NULL;
      gint64 last = -1;

      g_assert_true (dsp_xlsx_reader_read (reader, i, look_at_row, &last, &error) == (error == NULL));
      merged = dsp_xlsx_reader_dup_merged (reader, (guint) size, data[0]);
    }
  g_assert_true (reader != NULL || error != NULL);
  close (fd);
  return 0;
}
