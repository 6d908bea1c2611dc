/* dsp-types.h: the kinds of value that a record is made of
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Zero bytes are an empty record: every kind has exactly one "none", and it is all zeroes. Each kind has a C type of
 * its own, so that a field table's row of the wrong kind does not compile.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct { guint8 b[16]; } DspId;               /* none: sixteen zeroes */
typedef struct { gint64 us; } DspTime;                /* an instant, microseconds since 1970 UTC; 0 is none */
typedef struct { gint32 day; } DspDate;               /* a local calendar day: days since 1970-01-01, plus 1; 0 is none */
typedef struct { gint64 value; bool is_set; } DspInt; /* 0 is a value */
typedef struct { gint64 cents; bool is_set; } DspMoney;
typedef enum { DSP_UNSAID, DSP_YES, DSP_NO } DspYesNo; /* a closing must ask, so "not said" is a third answer */

/* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" and its NUL. */
#define DSP_ID_TEXT 37

extern const DspId dsp_id_none;

/* The scopes that are not a distributor's or a user's own id (sync: section 2, "scope"). */
extern const DspId dsp_scope_common;  /* catalogues: whoever's profile has the module */
extern const DspId dsp_scope_company; /* rows of the company itself: users who may see all data */
extern const DspId dsp_scope_all;     /* only in grants: every scope there is */

bool   dsp_id_is_none  (const DspId *id);
bool   dsp_id_equal    (const DspId *a, const DspId *b);
int    dsp_id_compare  (const DspId *a, const DspId *b);
guint  dsp_id_hash     (gconstpointer id);
gboolean dsp_id_equal_func (gconstpointer a, gconstpointer b);
void   dsp_id_print    (const DspId *id, char text[DSP_ID_TEXT]);
bool   dsp_id_parse    (const char *text, gsize length, DspId *id);
DspId  dsp_id_v7       (gint64 time_us, const guint8 random[10]);
DspId  dsp_id_from_key (const char *entity, const char *key);

bool   dsp_time_parse  (const char *text, gsize length, DspTime *time);
gsize  dsp_time_print  (DspTime time, char text[32]);
DspDate dsp_date_make  (int year, int month, int day);
bool   dsp_date_parse  (const char *text, gsize length, DspDate *date);
gsize  dsp_date_print  (DspDate date, char text[16]);
void   dsp_date_split  (DspDate date, int *year, int *month, int *day);
int    dsp_date_weekday (DspDate date);

void   dsp_set_text    (char **text, const char *value);
void   dsp_set_list    (GStrv *list, GStrv value); /* a copy; NULL for none */

G_END_DECLS
