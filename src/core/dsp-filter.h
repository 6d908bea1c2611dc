/* dsp-filter.h: conditions over an entity's fields
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One text form everywhere, that of a query string: saved filters, GET v1/order?…, chips, exceptions:
 *
 *   postal_code=031*,03100..03199,06700&status=unassigned&penalized=yes&q=garc%C3%ADa
 *
 * A field takes one or more values, separated by commas, any of which may hold; fields are joined by AND. A value is
 * x (equal), x* (prefix), a..b (range, either end may be missing; for times: from inclusive, to exclusive; for a day
 * given as YYYY-MM-DD the caller has turned local days into instants), "-" (none) and "+" (any). Percent-encoding
 * protects , * . - + in values. Besides the fields flagged DSP_FILTER there are:
 *   penalized=yes | no | <4h    (within the next 4 hours)     order only
 *   q=words                     every word is found in a DSP_SEARCH field, case and accents folded
 */
#pragma once

#include "dsp-entities.h"

G_BEGIN_DECLS

typedef enum {
  DSP_OP_EQUAL,
  DSP_OP_PREFIX,
  DSP_OP_RANGE,
  DSP_OP_NONE,
  DSP_OP_ANY,
} DspOp;

/* One alternative. Texts stay texts; other kinds are read once into the kind's integer. */
typedef struct {
  DspOp  op;
  char  *text;            /* (owned) (nullable): EQUAL and PREFIX of TEXT and LIST; "from" of a text RANGE */
  char  *text_to;         /* (owned) (nullable) */
  DspId  id;              /* EQUAL of ID */
  gint64 from, to;        /* TIME us, DATE day, INT, MONEY, WORD (EQUAL: from): G_MININT64/G_MAXINT64 where open */
} DspAlternative;

typedef struct {
  const DspField *field;
  GArray         *any;    /* (owned) of DspAlternative */
} DspCondition;

typedef enum { DSP_PENALIZED_ANY, DSP_PENALIZED_YES, DSP_PENALIZED_NO, DSP_PENALIZED_WITHIN } DspPenalized;

typedef struct {
  const DspEntity *entity;
  GArray          *conditions;   /* (owned) of DspCondition */
  DspPenalized     penalized;
  int              within_hours; /* with DSP_PENALIZED_WITHIN */
  char            *words;        /* (owned) (nullable): q */
} DspFilter;

DspFilter *dsp_filter_new    (const DspEntity *entity);
DspFilter *dsp_filter_parse  (const DspEntity *entity, const char *text, GError **error);
char      *dsp_filter_print  (const DspFilter *filter);
DspFilter *dsp_filter_dup    (const DspFilter *filter);
void       dsp_filter_free   (DspFilter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspFilter, dsp_filter_free)

/* Replaces the condition of one field ("penalized" and "q" too) by @values in the text form; NULL removes it. */
gboolean   dsp_filter_set    (DspFilter *filter, const char *name, const char *values, GError **error);
char      *dsp_filter_get    (const DspFilter *filter, const char *name);
/* Both: @filter and the conditions of @text, in the text form. FALSE: @text cannot be read; nothing has changed. */
gboolean   dsp_filter_narrow (DspFilter *filter, const char *text, GError **error);
bool       dsp_filter_is_empty (const DspFilter *filter);
bool       dsp_filter_matches (const DspFilter *filter, gconstpointer record, gint64 now_us);

/* One value of the text form, whatever stands in it. */
char      *dsp_filter_escape (const char *text);

char      *dsp_fold          (const char *text); /* case and accents away, for search */

G_END_DECLS
