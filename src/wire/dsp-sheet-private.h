/* dsp-sheet-private.h: what reading a sheet and working on it share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-sheet.h"

G_BEGIN_DECLS

typedef struct {
  guint64  line;
  GStrv    cells;  /* (owned): as many as there are columns; one block of memory, the texts behind their addresses */
  char    *broken; /* (owned) (nullable) */
  gboolean apart;  /* a cell was written anew: each has its own memory */
  gboolean mended; /* … by a person */
} DspSheetRow;

struct _DspSheet
{
  char       *name;        /* (owned) */
  GStrv       sheets;      /* (owned) (nullable): of a workbook, those that are not hidden */
  guint       sheet;       /* of them: this one */
  GStrv       columns;     /* (owned) */
  guint       n_columns;
  GArray     *rows;        /* (owned): of DspSheetRow */
  gsize       bytes;       /* that the rows take */
  GPtrArray  *fields;      /* (owned): char *, nullable: of each column */
  GHashTable *constants;   /* (owned): field -> text */
  const char *time_format; /* of dsp_sheet_time_formats */
  gboolean    has_times;   /* the file itself knows its times: they are not read by a choice */
};

DspSheet *dsp_sheet_new (const char *path);
void dsp_sheet_write_cell (DspSheet *self, guint row, guint column, const char *text);

G_END_DECLS
