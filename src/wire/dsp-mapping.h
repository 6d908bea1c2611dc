/* dsp-mapping.h: rows of any CSV file as fields of ours, as a mapping file says
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A mapping is a JSON object:
 *
 *   format       1
 *   title        for people
 *   csv          encoding ("utf-8", "latin1", "auto"), separator, quotes, skip_lines, names (of a file without header)
 *   time_zone    of the times in the file, as in "America/Mexico_City"
 *   null_words   texts that stand for nothing, beside the empty one
 *   lists        name -> texts, to pick from
 *   shift_dates  "newest-is-today": moves every time by the same number of days
 *   shift_by     the field whose newest day becomes today; without it the newest of all
 *   fields       our field -> where it comes from
 *
 * A field has one source:
 *
 *   "id_reporte"                  the column, as short for {"column": "id_reporte"}
 *   column, columns with join     one, or several joined (by a blank) with those that hold nothing left out
 *   const                         the same for all rows
 *   field                         what an earlier field got
 *   first_of {same, take, by}     "take" of the first row with the same "same": by the least "by", else in file order;
 *                                 nothing for that row itself
 *   pick {by, from}               a word from each list, always the same for the same "by" columns
 *   digits {by, count}            that many digits, always the same for the same "by" columns
 *
 * and then, in this order, if present: null_words, map (with unmapped: "refuse", "keep" or "none", or a default),
 * time (a format) and plus {minutes: n or [from, to], step, by}, degrees ("latitude", "longitude"),
 * postal_code ("refuse" or "pad" for four digits), prefix, suffix, required, unique.
 */
#pragma once

#include <gio/gio.h>

#include "dsp-csv.h"
#include "dsp-types.h"

G_BEGIN_DECLS

typedef struct _DspMapping DspMapping;
typedef struct _DspMappingRun DspMappingRun;
typedef struct _DspMappingReader DspMappingReader;

/* What is wrong with one field of a row. */
typedef struct {
  const char *field;
  const char *column; /* (nullable): the only one that it comes from */
  char       *reason; /* (owned): column, value, what is wrong */
} DspMappedFault;

/* Valid until the next call. */
typedef struct {
  guint64            line;   /* where the row begins, from 1 */
  guint              n_fields;
  const char *const *names;  /* our fields, in the mapping's order */
  const char *const *values; /* UTF-8; %NULL for nothing. Times as dsp_time_print(), coordinates as whole 1e-7 degrees */
  const char        *reason; /* (nullable): of a refusal, for people: column, value, what is wrong */
  const GArray      *faults; /* (nullable): of a refusal, of DspMappedFault: all of them, the first one is the reason */
} DspMappedRow;

/* The mapping itself: never changes, may be shared between threads. */
DspMapping        *dsp_mapping_new_from_file     (const char         *path,
                                                  const char *const  *known_fields,
                                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;
DspMapping        *dsp_mapping_new_from_data     (const char         *name,
                                                  const char         *text,
                                                  gsize               length,
                                                  const char *const  *known_fields,
                                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void               dsp_mapping_free              (DspMapping         *self);
const char *const *dsp_mapping_get_fields        (const DspMapping   *self,
                                                  guint              *n_fields);
gboolean           dsp_mapping_get_shifts        (const DspMapping   *self);
DspDate            dsp_mapping_get_day           (const DspMapping   *self,
                                                  DspTime             now);
gboolean           dsp_mapping_find_day          (DspTime             mapped,
                                                  DspTime             there,
                                                  DspDate            *day);

/* The pure engine: rows in, rows out. */
DspMappingRun     *dsp_mapping_run_new           (const DspMapping   *mapping,
                                                  const char         *file,
                                                  const char *const  *columns,
                                                  DspDate             today,
                                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void               dsp_mapping_run_free          (DspMappingRun      *self);
gboolean           dsp_mapping_run_needs_survey  (DspMappingRun      *self);
void               dsp_mapping_run_survey        (DspMappingRun      *self,
                                                  const char *const  *fields);
gboolean           dsp_mapping_run_row           (DspMappingRun      *self,
                                                  guint64             line,
                                                  const char *const  *fields,
                                                  DspMappedRow       *row);

/* The engine over a file, read twice where the mapping needs it. */
DspMappingReader  *dsp_mapping_reader_open       (const DspMapping   *mapping,
                                                  const char         *path,
                                                  DspDate             today,
                                                  GCancellable       *cancellable,
                                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void               dsp_mapping_reader_free       (DspMappingReader   *self);
DspInput          *dsp_mapping_reader_get_input  (DspMappingReader   *self);
DspCsvResult       dsp_mapping_reader_next       (DspMappingReader   *self,
                                                  DspMappedRow       *row,
                                                  GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMapping, dsp_mapping_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMappingRun, dsp_mapping_run_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspMappingReader, dsp_mapping_reader_free)

G_END_DECLS
