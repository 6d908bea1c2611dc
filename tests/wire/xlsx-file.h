/* xlsx-file.h: workbooks of any content, for tests
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct { const char *member, *text; } XlsxPart;

/* Writes @path: the files that make a workbook of one sheet "Macro", where @parts (ends with a NULL member) gives none of its own. A
 * part whose text is NULL is left out. */
void  xlsx_file_write (const char *path, const XlsxPart *parts);

/* The sheet with @rows inside of sheetData, @after behind it. */
char *xlsx_file_sheet (const char *rows, const char *after);

G_END_DECLS
