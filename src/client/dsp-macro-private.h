/* dsp-macro-private.h: what writing and reading of the workbook share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db.h"
#include "dsp-macro.h"

G_BEGIN_DECLS

/* A record by the name that a cell calls it. */
typedef struct {
  DspId  id;
  char  *code;   /* (owned) */
  char  *title;  /* (owned): "C-07 Norte": what stands in cells */
} DspMacroName;

typedef struct {
  DspProcess process;
  char      *code;   /* (owned) */
  char      *title;  /* (owned) */
} DspMacroReason;

struct _DspMacroOffice
{
  char       *uri;           /* (owned): the cache */
  DspFilter  *filter;        /* (owned): open orders of the caller's filter */
  gboolean    nothing;       /* the filter allows no open order */
  GTimeZone  *zone;          /* (owned) */
  char       *user;          /* (owned) */
  gint64      now_us;
  GHashTable *overlay;       /* (owned): DspId -> DspOrder (owned) (nullable: deleted) */
  GPtrArray  *crews;         /* (owned): of DspMacroName, not retired first, by title */
  guint       n_active;      /* crews that can be given orders */
  GHashTable *crew_by_id;    /* lent from crews */
  GHashTable *crew_by_text;  /* folded code and title -> DspMacroName; NULL: two are called so */
  GHashTable *distributors;  /* (owned): DspId -> title */
  GPtrArray  *reasons;       /* (owned): of DspMacroReason */
};

/* A column. */
typedef struct {
  const char     *name;     /* stands in the hidden first row; for ever */
  const char     *label;    /* through gettext */
  const DspField *field;    /* (nullable): of the order, for facts */
  guint           width;    /* characters */
  gboolean        written;  /* people write to it */
} DspMacroSpec;

guint               dsp_macro_n_columns (void);
const DspMacroSpec *dsp_macro_column    (guint column);

/* The words of a column's drop-down list; for the crew's they are names of records, NULL here. */
const char *dsp_macro_crew_title   (DspMacroOffice *office, const DspId *id);   /* "" for none */
const char *dsp_macro_yes_no       (DspYesNo value);                             /* "" for unsaid */
char       *dsp_macro_was          (DspMacroOffice *office, const DspOrder *order);
char       *dsp_macro_address      (const DspOrder *order);                      /* street and numbers */
char       *dsp_macro_time_text    (DspMacroOffice *office, DspTime time);       /* 2026-11-28 18:00; "" for none */
char       *dsp_macro_fact_text    (DspMacroOffice *office, const DspMacroSpec *spec, const DspOrder *order); /* of a fact */

G_END_DECLS
