/* xlsx-file.c: workbooks of any content, for tests
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "xlsx-file.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define HEAD     "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

static const XlsxPart usual[] = {
  { "[Content_Types].xml", HEAD "<Types/>" },
  { "_rels/.rels", HEAD "<Relationships><Relationship Id=\"r1\" Type=\"" RELATION "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>" },
  { "xl/_rels/workbook.xml.rels", HEAD "<Relationships>"
    "<Relationship Id=\"r1\" Type=\"" RELATION "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"r2\" Type=\"" RELATION "styles\" Target=\"styles.xml\"/>"
    "<Relationship Id=\"r3\" Type=\"" RELATION "sharedStrings\" Target=\"/xl/sharedStrings.xml\"/></Relationships>" },
  { "xl/workbook.xml", HEAD "<workbook xmlns:r=\"x\"><sheets><sheet name=\"Macro\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>" },
  { "xl/styles.xml", HEAD "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy hh:mm\"/></numFmts>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>" },
  { "xl/sharedStrings.xml", HEAD "<sst><si><t>uno</t></si><si><r><t>do</t></r><r><t xml:space=\"preserve\">s </t></r><rPh><t>no</t></rPh></si></sst>" },
};

static void
add (struct archive *zip,
     const char     *member,
     const char     *text)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, member);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_size (entry, (la_int64_t) strlen (text));
  g_assert_cmpint (archive_write_header (zip, entry), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_data (zip, text, strlen (text)), ==, (gssize) strlen (text));
  archive_entry_free (entry);
}

static const XlsxPart *
find (const XlsxPart *parts,
      const char     *member)
{
  for (; parts != NULL && parts->member != NULL; parts++)
    if (g_str_equal (parts->member, member))
      return parts;
  return NULL;
}

void
xlsx_file_write (const char     *path,
                 const XlsxPart *parts)
{
  struct archive *zip = archive_write_new ();

  archive_write_set_format_zip (zip);
  g_assert_cmpint (archive_write_open_filename (zip, path), ==, ARCHIVE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (find (parts, usual[i].member) == NULL)
      add (zip, usual[i].member, usual[i].text);
  for (; parts != NULL && parts->member != NULL; parts++)
    if (parts->text != NULL)
      add (zip, parts->member, parts->text);
  g_assert_cmpint (archive_write_close (zip), ==, ARCHIVE_OK);
  archive_write_free (zip);
}

char *
xlsx_file_sheet (const char *rows,
                 const char *after)
{
  return g_strconcat (HEAD "<worksheet><sheetData>", rows, "</sheetData>", after, "</worksheet>", NULL);
}
