/* dsp-query-private.h: a query while its text and values are made, for src/store only
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db-private.h"
#include "dsp-query.h"

G_BEGIN_DECLS

typedef struct {
  enum { DSP_VALUE_INTEGER, DSP_VALUE_TEXT, DSP_VALUE_ID } kind;
  gint64      number;
  DspId       id;
  const char *text;  /* the filter's, or in DspBuild.owned */
} DspValue;

typedef struct {
  const DspQuery *query;
  DspDb          *db;
  GString        *where;  /* (owned) conditions joined by AND; "" if there is none */
  GArray         *values; /* (owned) of DspValue */
  GPtrArray      *owned;  /* (owned) texts that had to be made */
} DspBuild;

void     dsp_build_init   (DspBuild       *build,
                           DspDb          *db,
                           const DspQuery *query);
void     dsp_build_clear  (DspBuild       *build);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspBuild, dsp_build_clear)

/* Each returns the number of its "$". */
guint    dsp_build_int    (DspBuild       *build,
                           gint64          number);
guint    dsp_build_text   (DspBuild       *build,
                           const char     *text);
guint    dsp_build_id     (DspBuild       *build,
                           const DspId    *id);

/* Appends " AND " unless it is the first condition. */
void     dsp_build_and    (DspBuild       *build);
void     dsp_build_filter (DspBuild       *build);
void     dsp_build_scopes (DspBuild       *build);
void     dsp_query_put_words (GString      *sql,
                           const char     *words,
                           const DspField *field);
bool     dsp_query_sees_all (const DspQuery *query);

G_END_DECLS
