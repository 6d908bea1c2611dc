/* dsp-query.h: lists and counts from filters
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The SQL twin of dsp_filter_matches() and dsp_actor_sees(): the one place that turns filters and scopes into a WHERE.
 * Identifiers come from the field tables, values are bound. Pages go on from the last row's key, never by offset.
 */
#pragma once

#include "dsp-db.h"
#include "dsp-command.h"
#include "dsp-filter.h"

G_BEGIN_DECLS

typedef struct {
  const DspEntity *entity;
  const char      *prefix;     /* nullable */
  const DspFilter *filter;     /* nullable: every row */
  const GArray    *scopes;     /* of DspId, as dsp_actor_dup_scopes(): dsp_scope_all in it, or NULL, is every scope */
  const DspField  *sort;       /* nullable: by id; rows with equal (or no) values are ordered by id in the same direction */
  gboolean         descending; /* of sort and id. No value sorts before every value */
  const char      *after;      /* nullable: the key that the page before gave */
  guint            limit;      /* rows; 0: all */
  guint64          mask;       /* fields that the caller reads; 0 means all */
  gint64           now_us;     /* for penalized=… */
} DspQuery;

/* @each gets each row in order, valid during the call; FALSE from it stops early. @next (nullable) gets the key of the
 * next page (transfer full), NULL if there is none. FAILED with "key" in its message: @after is not a key of this sort. */
gboolean dsp_query_rows   (DspDb          *db,
                           const DspQuery *query,
                           DspEach         each,
                           gpointer        user_data,
                           char          **next,
                           GError        **error);

/* @value: as stored (a word's or a text's own text), NULL for none. */
typedef void (*DspCountFunc) (const char *value, gint64 n, gpointer user_data);

/* How many rows of the filter there are for each value of the TEXT, WORD or YES_NO field @by; sort, after, limit and mask
 * are not looked at. @by NULL: one call with the whole number. */
gboolean dsp_query_counts (DspDb          *db,
                           const DspQuery *query,
                           const DspField *by,
                           DspCountFunc    count,
                           gpointer        user_data,
                           GError        **error);

/* The key of @record in the order of @query, as @next gives it. (transfer full) */
char    *dsp_query_key    (const DspQuery *query,
                           gconstpointer   record);

G_END_DECLS
