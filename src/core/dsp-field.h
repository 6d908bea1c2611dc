/* dsp-field.h: one table describes an entity
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A record is a plain C struct beside one static table of its fields. JSON, SQL, validation, CSV, list columns, filters,
 * forms and the API description are derived from that table. A row whose kind does not fit its member does not compile.
 */
#pragma once

#include "dsp-types.h"

#include <stddef.h>

G_BEGIN_DECLS

typedef enum {
  DSP_KIND_TEXT,   /* char *           (owned) (nullable), UTF-8, never "" */
  DSP_KIND_ID,     /* DspId */
  DSP_KIND_TIME,   /* DspTime */
  DSP_KIND_DATE,   /* DspDate */
  DSP_KIND_INT,    /* DspInt */
  DSP_KIND_MONEY,  /* DspMoney */
  DSP_KIND_WORD,   /* an enum; 0 is none */
  DSP_KIND_YES_NO, /* DspYesNo */
  DSP_KIND_LIST,   /* GStrv            (owned) (nullable), a small set of texts, never empty */
} DspKind;

typedef enum {
  DSP_REQUIRED = 1 << 0, /* none is refused */
  DSP_FILTER   = 1 << 1, /* offered as a filter criterion */
  DSP_SEARCH   = 1 << 2, /* looked through by the search over everything */
  DSP_INDEXED  = 1 << 3, /* an index of the store begins with it */
  DSP_UNIQUE   = 1 << 4, /* a business key: checked in the batch, refused as duplicate */
  DSP_DIGITS   = 1 << 5, /* a text of ASCII digits only */
  DSP_FIXED    = 1 << 6, /* set at creation, no "change" command alters it */
  DSP_COLUMN   = 1 << 7, /* a column of the list by default, in the order of the table */
  DSP_LONG     = 1 << 8, /* a text of several lines in forms */
  DSP_WHY      = 1 << 9, /* of arguments: a text that stands in the history as the reason */
} DspFieldFlags;

typedef struct {
  const char *name;  /* on the wire and in the store; for ever */
  const char *label; /* on the screen, through gettext */
} DspWord;

typedef struct {
  const DspWord *list; /* list[0] is none: { NULL, NULL } */
  guint          n;
} DspWords;

/* The value of a word field that a newer server knows and this program does not. It is in no set of states. */
#define DSP_WORD_UNKNOWN 255

typedef struct _DspEntity DspEntity;

typedef struct {
  const char      *name;
  const char      *key;      /* "name": with quotes and colon, for the JSON writer */
  const char      *label;
  const DspWords  *words;    /* kind WORD */
  const DspEntity *target;   /* kind ID: which entity it points at, or NULL */
  guint16          offset;
  guint8           name_len;
  guint8           kind;     /* DspKind */
  guint8           decimals; /* INT: so many of its digits stand behind the point where people read it: metres as km are 3 */
  guint32          flags;    /* DspFieldFlags */
  gint64           min, max; /* TEXT: characters; INT and MONEY: value; LIST: items. Both 0: the kind's own limits */
  gboolean       (*check) (const char *text, GError **error); /* TEXT (nullable): what it must be besides, when it is given */
} DspField;

/* Fields of a struct: a record's, or a command's arguments. At most 64. */
typedef struct {
  const char     *name;
  const DspField *fields;
  guint           n_fields;
  gsize           size;
} DspTable;

/* What every record begins with. Not in the field table: it is the same for all, and travels around the body. */
typedef struct {
  DspId  id;
  DspId  scope;   /* who owns the row: a distributor, a user, the company, or common */
  gint64 version; /* +1 for each change; 0: not stored yet */
} DspRecord;

#define DSP_RECORD_MEMBERS DspId id; DspId scope; gint64 version

struct _DspEntity
{
  DspTable     table;         /* first: an entity is a table with an identity */
  const char  *label;         /* one of them, capitalised */
  const char  *label_plural;
  guint        number;        /* its place in dsp_entities */
  guint16      state_offset;  /* of the WORD member that is its state; 0: it has none */
  guint16      display_offset;/* of the TEXT member by which people call it */
  guint32      modules;       /* pages (DSP_MODULE_BIT) of which a profile needs one to see it, or a command on it; 0: its scope is enough */
  DspId      (*scope) (gconstpointer record);                 /* who owns it; core alone decides */
  gboolean   (*check) (gconstpointer record, GError **error); /* rules between fields; nullable */
  /* (nullable): the instant at which the record must be looked at again, though nobody changes it; none: never. The
   * server's clock then gives @due_command (DSP_COMMAND_MANY or DSP_COMMAND_WHOLE, without arguments), once for each instant. */
  DspTime    (*due)   (gconstpointer record);
  const struct _DspCommand *due_command;
};

#define DSP_FIELD_AT(S, m, T)                                                                                         \
  .offset = offsetof (S, m) + 0 * sizeof (struct {                                                                    \
    _Static_assert (_Generic (((S *) 0)->m, T : 1, default : 0), #S "." #m " must be " #T); char unused; }),          \
  .name = #m, .key = "\"" #m "\":", .name_len = sizeof #m - 1
#define DSP_ROW(S, m, T, K, text, ...)      { DSP_FIELD_AT (S, m, T), .kind = DSP_KIND_##K, .label = text, ##__VA_ARGS__ }
#define DSP_TEXT(S, m, text, ...)           DSP_ROW (S, m, char *, TEXT, text, ##__VA_ARGS__)
#define DSP_ID(S, m, to, text, ...)         DSP_ROW (S, m, DspId, ID, text, .target = to, ##__VA_ARGS__)
#define DSP_TIME(S, m, text, ...)           DSP_ROW (S, m, DspTime, TIME, text, ##__VA_ARGS__)
#define DSP_DATE(S, m, text, ...)           DSP_ROW (S, m, DspDate, DATE, text, ##__VA_ARGS__)
#define DSP_INT(S, m, text, ...)            DSP_ROW (S, m, DspInt, INT, text, ##__VA_ARGS__)
#define DSP_MONEY(S, m, text, ...)          DSP_ROW (S, m, DspMoney, MONEY, text, ##__VA_ARGS__)
#define DSP_WORD(S, m, E, text, ...)        DSP_ROW (S, m, E, WORD, text, .words = &E##_words, ##__VA_ARGS__)
#define DSP_YES_NO(S, m, text, ...)         DSP_ROW (S, m, DspYesNo, YES_NO, text, ##__VA_ARGS__)
#define DSP_LIST(S, m, text, ...)           DSP_ROW (S, m, GStrv, LIST, text, ##__VA_ARGS__)
#define DSP_TABLE(S, rows, word)            { .name = word, .fields = rows, .n_fields = G_N_ELEMENTS (rows), .size = sizeof (S) }

#define N_(String) (String)

/* Sets of states: of words. */
#define DSP_BIT(value) ((value) < 32 ? 1u << (value) : 0u)

#define DSP_FIELDS_ALL G_MAXUINT64

/* One accessor a kind; no raw casts elsewhere. */
static inline char   **dsp_field_text  (const DspField *f, gconstpointer s) { return (char **) ((const char *) s + f->offset); }
static inline DspId   *dsp_field_id    (const DspField *f, gconstpointer s) { return (DspId *) ((const char *) s + f->offset); }
static inline DspTime *dsp_field_time  (const DspField *f, gconstpointer s) { return (DspTime *) ((const char *) s + f->offset); }
static inline DspDate *dsp_field_date  (const DspField *f, gconstpointer s) { return (DspDate *) ((const char *) s + f->offset); }
static inline DspInt  *dsp_field_int   (const DspField *f, gconstpointer s) { return (DspInt *) ((const char *) s + f->offset); }
static inline DspMoney*dsp_field_money (const DspField *f, gconstpointer s) { return (DspMoney *) ((const char *) s + f->offset); }
static inline guint   *dsp_field_word  (const DspField *f, gconstpointer s) { return (guint *) ((const char *) s + f->offset); }
static inline GStrv   *dsp_field_list  (const DspField *f, gconstpointer s) { return (GStrv *) ((const char *) s + f->offset); }

const DspField *dsp_table_find    (const DspTable *table, const char *name, gsize length);
const DspField *dsp_table_at      (const DspTable *table, gsize offset);
guint64         dsp_table_bit     (const DspTable *table, gsize offset);

void     dsp_table_clear   (const DspTable *table, gpointer record);
void     dsp_table_copy    (const DspTable *table, gpointer to, gconstpointer from);
bool     dsp_table_equal   (const DspTable *table, gconstpointer a, gconstpointer b);
guint64  dsp_table_diff    (const DspTable *table, gconstpointer a, gconstpointer b);
gboolean dsp_table_check   (const DspTable *table, gconstpointer record, guint64 mask, GError **error);

const char *dsp_field_title (const DspField *field);
bool     dsp_field_is_none (const DspField *field, gconstpointer record);
bool     dsp_field_equal   (const DspField *field, gconstpointer a, gconstpointer b);
void     dsp_field_copy    (const DspField *field, gpointer to, gconstpointer from);
char    *dsp_field_dup_text (const DspField *field, gconstpointer record);
gboolean dsp_field_set_text (const DspField *field, gpointer record, const char *text, GError **error);
char    *dsp_field_dup_said (const DspField *field, gconstpointer record);
gboolean dsp_field_set_said (const DspField *field, gpointer record, const char *text, GError **error);
guint    dsp_words_find    (const DspWords *words, const char *name, gsize length);

/* Records on the heap, of any entity. */
gpointer dsp_record_new  (const DspEntity *entity);
gpointer dsp_record_dup  (const DspEntity *entity, gconstpointer record);
void     dsp_record_free (const DspEntity *entity, gpointer record);
const char *dsp_record_display (const DspEntity *entity, gconstpointer record);

/* Typed wrappers for one entity: dsp_order_new(), dsp_order_dup(), dsp_order_free(), and g_autoptr(DspOrder). */
#define DSP_DEFINE_RECORD(Type, prefix, entity)                                                                       \
  static inline Type *prefix##_new (void) { return dsp_record_new (&entity); }                                        \
  static inline Type *prefix##_dup (const Type *record) { return dsp_record_dup (&entity, record); }                  \
  static inline void  prefix##_free (Type *record) { dsp_record_free (&entity, record); }                             \
  G_DEFINE_AUTOPTR_CLEANUP_FUNC (Type, prefix##_free)

/* All entities, by number; the last is NULL. */
extern const DspEntity *const dsp_entities[];
#define DSP_N_ENTITIES 33

const DspEntity *dsp_entity_find (const char *name);

G_END_DECLS
