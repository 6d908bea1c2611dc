/* dsp-import-private.h: what judging and giving the rows of an import share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-import.h"

G_BEGIN_DECLS

struct _DspImportRow
{
  GObject        parent_instance;

  guint          index;
  guint          n_columns;
  DspImportState state;
  char          *reason;  /* (owned) (nullable) */
  char         **faults;  /* (owned) (nullable): of each column, nullable */
  char          *args;    /* (owned) (nullable): of a good row: what of an order it says, as text: there may be very many rows */
  DspOrder      *order;   /* (owned) (nullable): while it is given */
  guint64        given;
  DspId          id;      /* once it was given */
};

struct _DspImport
{
  DspRowModel parent_instance;

  DspOffice  *office;   /* the model's */
  DspSheet   *sheet;    /* (owned) */
  DspMapping *file;     /* (owned) (nullable): instead of the choices */
  DspDate     day;      /* that a mapping file which moves dates moves the newest to */
  GPtrArray  *rows;     /* the model's: of DspImportRow */
  GPtrArray  *labels;   /* (owned): char * */
  char       *trouble;  /* (owned) (nullable) */
  guint       counts[DSP_N_IMPORT_STATES];
  /* judging */
  DspMapping    *chosen;  /* (owned) (nullable): the choices */
  DspMappingRun *run;     /* (owned) (nullable) */
  guint       surveyed;   /* rows */
  guint       checked;
  guint       check_id;   /* idle source: there is more to judge */
  gboolean    wants_day;  /* then it is looked whether the file came in before */
  /* giving */
  gboolean    running;
  gboolean    stopping;
  guint       next;     /* row to look up */
  gint64      group;    /* of what was given: one action */
  GPtrArray  *chunk;    /* (owned): of DspImportRow, looked up, being given */
  GHashTable *there;    /* (owned) (nullable): number -> DspOrder */
  GHashTable *given;    /* (owned): DspId -> DspImportRow */
};

/* dsp-import.c */
void      dsp_import_set_state     (DspImport *self, DspImportRow *row, DspImportState state, const char *reason); /* (nullable) */
DspOrder *dsp_import_row_dup_order (DspImportRow *self); /* (transfer full): with what a good row says */
char     *dsp_import_numbers       (GPtrArray *orders);  /* (transfer full): of DspOrder, as a filter writes them */
void      dsp_import_free_order    (gpointer order);

/* dsp-import-give.c */
void      dsp_import_clear_chunk (DspImport *self);
/* Of the model: whether some wait for the server's answer, and what it refused of them. */
gboolean  dsp_import_waits       (DspRowModel *model);
void      dsp_import_refused     (DspRowModel *model, const DspRejected *rejected, const char *sentence);

G_END_DECLS
