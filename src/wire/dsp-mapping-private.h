/* dsp-mapping-private.h: what a mapping file said, between its reader and the engine
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-mapping.h"
#include "dsp-wall-time.h"

G_BEGIN_DECLS

typedef enum {
  DSP_SOURCE_NONE,
  DSP_SOURCE_COLUMNS,  /* joined */
  DSP_SOURCE_CONST,
  DSP_SOURCE_FIELD,    /* an earlier one */
  DSP_SOURCE_FIRST_OF, /* columns: same, take, by ... */
  DSP_SOURCE_PICK,     /* columns: by ... */
  DSP_SOURCE_DIGITS,   /* columns: by ... */
} DspSource;

typedef enum { DSP_UNMAPPED_REFUSE, DSP_UNMAPPED_KEEP, DSP_UNMAPPED_NONE, DSP_UNMAPPED_DEFAULT } DspUnmapped;
typedef enum { DSP_DEGREES_NONE, DSP_DEGREES_LATITUDE, DSP_DEGREES_LONGITUDE } DspDegrees;
typedef enum { DSP_CODE_NONE, DSP_CODE_REFUSE, DSP_CODE_PAD } DspCode;

typedef struct {
  char        *name;
  DspSource    source;
  GPtrArray   *columns;     /* (owned): char *: all that the source reads */
  GPtrArray   *plus_by;     /* (owned): char *: columns that choose within plus_from ... plus_to */
  GPtrArray   *lists;       /* (owned): GPtrArray of char *: to pick from */
  char        *join;
  char        *constant;
  guint        field;       /* index of the earlier field */
  guint        n_digits;
  GHashTable  *null_words;  /* (owned) (nullable): own ones, beside the mapping's */
  GHashTable  *map;         /* (owned) (nullable): char * -> char *, NULL for nothing */
  DspUnmapped  unmapped;
  char        *map_default;
  gboolean     is_time;
  char        *time_format; /* (nullable): of a time that is read, not taken from an earlier field */
  gint64       plus_from;   /* minutes */
  gint64       plus_to;
  gint64       plus_step;
  DspDegrees   degrees;
  DspCode      code;
  char        *prefix;
  char        *suffix;
  gboolean     required;
  gboolean     unique;
} DspSpec;

struct _DspMapping
{
  char             *name;       /* of the mapping file */
  GPtrArray        *specs;      /* (owned): DspSpec * */
  GPtrArray        *fields;     /* (owned): const char *, borrowed from specs; NULL-terminated */
  GHashTable       *null_words; /* (owned) */
  GHashTable       *lists;      /* (owned): char * -> GPtrArray of char * */
  GTimeZone        *time_zone;  /* (owned) */
  DspInputEncoding  encoding;
  DspCsvOptions     csv;
  GPtrArray        *csv_names;  /* (owned) (nullable): char *, NULL-terminated */
  gboolean          shifts;
  int               shift_by;   /* index of the field, -1 for all */
};

G_END_DECLS
