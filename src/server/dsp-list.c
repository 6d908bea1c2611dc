/* dsp-list.c: lists, single records, search and counts, for other systems and for people with curl
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The application reads its replica; these routes read the database with the filters of the field tables, always with
 * the scopes of who asks.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-json.h"
#include "dsp-query.h"
#include "dsp-record-json.h"
#include "dsp-table.h"

#include <string.h>

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000
#define SEARCH_LIMIT  20
#define COUNTS_MAX    4

typedef struct
{
  const DspEntity *entity;
  DspFilter       *filter;  /* (owned) */
  const DspField  *sort;    /* (nullable) */
  gboolean         descending;
  char            *after;   /* (owned) (nullable) */
  guint            limit;
  GPtrArray       *counts;  /* (owned): of DspField */
  DspId            id;      /* of a single record */
  char            *words;   /* (owned) (nullable): of a search */
} List;

typedef struct
{
  const DspTable *table;
  GString        *out;
  guint           n;
} Rows;

static void
list_free (gpointer data)
{
  List *list = data;

  dsp_filter_free (list->filter);
  g_ptr_array_unref (list->counts);
  g_free (list->after);
  g_free (list->words);
  g_free (list);
}

static void
put_record (GString        *out,
            const DspTable *table,
            gconstpointer   row)
{
  const DspRecord *record = row;

  g_string_append (out, "{\"id\":");
  dsp_json_put_id (out, &record->id);
  g_string_append (out, ",\"scope\":");
  dsp_json_put_scope (out, &record->scope);
  g_string_append (out, ",\"version\":");
  dsp_json_put_int (out, record->version);
  g_string_append (out, ",\"body\":");
  dsp_record_json_write (table, row, DSP_FIELDS_ALL, out);
  g_string_append_c (out, '}');
}

static gboolean
put_row (gconstpointer record,
         gpointer      user_data)
{
  Rows *rows = user_data;

  if (rows->n++ > 0)
    g_string_append_c (rows->out, ',');
  put_record (rows->out, rows->table, record);
  return TRUE;
}

static void
put_count (const char *value,
           gint64      n,
           gpointer    user_data)
{
  Rows *counts = user_data;

  if (counts->n++ > 0)
    g_string_append_c (counts->out, ',');
  dsp_json_put_text (counts->out, value != NULL ? value : "");
  g_string_append_c (counts->out, ':');
  dsp_json_put_int (counts->out, n);
}

static gboolean
put_counts (DspDb          *db,
            const DspQuery *query,
            List           *list,
            GString        *out,
            GError        **error)
{
  g_string_append (out, ",\"counts\":{");
  for (guint i = 0; i < list->counts->len; i++)
    {
      const DspField *field = list->counts->pdata[i];
      Rows counts = { .out = out };

      if (i > 0)
        g_string_append_c (out, ',');
      g_string_append (out, field->key);
      g_string_append_c (out, '{');
      if (!dsp_query_counts (db, query, field, put_count, &counts, error))
        return FALSE;
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, '}');
  return TRUE;
}

static gboolean
put_list (DspDb       *db,
          List        *list,
          GArray      *scopes,
          GString     *out,
          GError     **error)
{
  DspQuery query = {
    .entity = list->entity,
    .filter = list->filter,
    .scopes = scopes,
    .sort = list->sort,
    .descending = list->descending,
    .after = list->after,
    .limit = list->limit,
    .mask = DSP_FIELDS_ALL,
    .now_us = g_get_real_time (),
  };
  Rows rows = { .table = &list->entity->table, .out = out };
  g_autofree char *next = NULL;

  g_string_append (out, "{\"rows\":[");
  if (!dsp_query_rows (db, &query, put_row, &rows, &next, error))
    return FALSE;
  g_string_append (out, "],\"next\":");
  dsp_json_put_text (out, next);
  if (list->counts->len > 0 && !put_counts (db, &query, list, out, error))
    return FALSE;
  g_string_append_c (out, '}');
  return TRUE;
}

static void
read_list (DspDb   *db,
           gpointer data)
{
  g_autoptr(DspCall) call = data;
  List *list = call->data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) scopes = ref != NULL ? dsp_actor_ref_dup_scopes_of (ref, list->entity) : NULL;
  GString *out;

  if (ref == NULL)
    return;
  if (scopes == NULL)
    {
      dsp_call_end (db);
      dsp_request_reply_error (call->request, 404, "no_such_record", "there is no such list");
      return;
    }
  out = g_string_sized_new (64 << 10);
  if (put_list (db, list, scopes, out, &error))
    {
      dsp_call_end (db);
      dsp_reply_json (call->request, out);
      return;
    }
  dsp_call_end (db);
  g_string_free (out, TRUE);
  if (list->after != NULL && g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED) && strstr (error->message, "key") != NULL)
    dsp_request_reply_error (call->request, 400, "invalid", "after is not a key of this order");
  else
    dsp_reply_fault (call->request, error);
}

static const DspField *
find_field (const DspEntity *entity,
            const char      *name)
{
  return dsp_table_find (&entity->table, name, strlen (name));
}

static gboolean
refuse (GError    **error,
        const char *what,
        const char *value)
{
  return dsp_refuse (error, DSP_RULE_INVALID, "%s cannot be “%s”", what, value);
}

static gboolean
parse_counts (List        *list,
              const char  *text,
              GError     **error)
{
  g_auto(GStrv) names = g_strsplit (text, ",", COUNTS_MAX + 1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const DspField *field = find_field (list->entity, names[i]);

      if (field == NULL || i >= COUNTS_MAX ||
          (field->kind != DSP_KIND_TEXT && field->kind != DSP_KIND_WORD && field->kind != DSP_KIND_YES_NO))
        return refuse (error, "counts", text);
      g_ptr_array_add (list->counts, (gpointer) field);
    }
  return TRUE;
}

static gboolean
parse_paging (List        *list,
              DspRequest  *request,
              GError     **error)
{
  const char *limit = dsp_request_get_arg (request, "limit");
  const char *sort = dsp_request_get_arg (request, "sort");
  const char *counts = dsp_request_get_arg (request, "counts");
  guint64 n = LIMIT_DEFAULT;

  if (limit != NULL && !g_ascii_string_to_unsigned (limit, 10, 1, LIMIT_MAX, &n, NULL))
    return refuse (error, "limit", limit);
  list->limit = (guint) n;
  if (sort != NULL)
    {
      list->descending = *sort == '-';
      list->sort = find_field (list->entity, sort + list->descending);
      if (list->sort == NULL)
        return refuse (error, "sort", sort);
    }
  else if (list->entity == &dsp_order)
    {
      /* Newest first is how people read orders, and the order that the indexes have. */
      list->sort = dsp_table_at (&dsp_order.table, offsetof (DspOrder, created_at));
      list->descending = TRUE;
    }
  list->after = g_strdup (dsp_request_get_arg (request, "after"));
  return counts == NULL || parse_counts (list, counts, error);
}

/* What is left of the query string without the arguments of the page is the filter. */
static char *
filter_text (const char *query)
{
  static const char *const paging[] = { "limit=", "after=", "sort=", "counts=" };
  g_auto(GStrv) parts = g_strsplit (query != NULL ? query : "", "&", -1);
  g_autoptr(GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gboolean is_paging = *parts[i] == '\0';

      for (guint k = 0; k < G_N_ELEMENTS (paging); k++)
        is_paging = is_paging || g_str_has_prefix (parts[i], paging[k]);
      if (!is_paging)
        g_ptr_array_add (kept, parts[i]);
    }
  g_ptr_array_add (kept, NULL);
  return g_strjoinv ("&", (char **) kept->pdata);
}

static DspCall *
list_call_new (DspServer       *server,
               DspRequest      *request,
               DspSession      *session,
               const DspEntity *entity)
{
  DspCall *call = dsp_call_new (server, request, session);
  List *list = g_new0 (List, 1);

  list->entity = entity;
  list->counts = g_ptr_array_new ();
  call->data = list;
  call->free_data = list_free;
  return call;
}

/* History is read by record, and only there. */
static const DspEntity *
entity_of (DspRequest *request)
{
  const DspEntity *entity = dsp_entity_find (dsp_request_get_segment (request, 1));

  return entity == &dsp_history ? NULL : entity;
}

void
dsp_handle_list (DspServer  *server,
                 DspRequest *request,
                 DspSession *session)
{
  const DspEntity *entity = entity_of (request);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  DspCall *call;
  List *list;

  if (entity == NULL)
    {
      dsp_request_reply_error (request, 404, "not_found", "there is no such list");
      return;
    }
  call = list_call_new (server, request, session, entity);
  list = call->data;
  text = filter_text (dsp_request_get_raw_query (request));
  list->filter = dsp_filter_parse (entity, text, &error);
  if (list->filter == NULL || !parse_paging (list, request, &error))
    {
      dsp_request_reply_error (request, 400, "invalid", error->message);
      dsp_call_free (call);
      return;
    }
  dsp_call_read (call, server->readers, read_list);
}

static void
read_record (DspDb   *db,
             gpointer data)
{
  g_autoptr(DspCall) call = data;
  List *list = call->data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  gpointer record;
  DspStep step;

  if (ref == NULL)
    return;
  record = dsp_record_new (list->entity);
  step = dsp_table_get (db, NULL, list->entity, &list->id, DSP_FIELDS_ALL, record, &error);
  dsp_call_end (db);
  if (step == DSP_STEP_FAILED)
    dsp_reply_fault (call->request, error);
  else if (step == DSP_STEP_DONE || !dsp_actor_sees_of (ref->actor, list->entity, &((DspRecord *) record)->scope, g_get_real_time ()))
    dsp_request_reply_error (call->request, 404, "no_such_record", "there is no such record");
  else
    {
      GString *out = g_string_new (NULL);

      put_record (out, &list->entity->table, record);
      dsp_reply_json (call->request, out);
    }
  dsp_record_free (list->entity, record);
}

void
dsp_handle_record (DspServer  *server,
                   DspRequest *request,
                   DspSession *session)
{
  const DspEntity *entity = entity_of (request);
  const char *text = dsp_request_get_segment (request, 2);
  DspCall *call;
  DspId id;

  if (entity == NULL || !dsp_id_parse (text, strlen (text), &id))
    {
      dsp_request_reply_error (request, 404, "no_such_record", "there is no such record");
      return;
    }
  call = list_call_new (server, request, session, entity);
  ((List *) call->data)->id = id;
  dsp_call_read (call, server->readers, read_record);
}

static gboolean
is_searchable (const DspEntity *entity)
{
  for (guint i = 0; i < entity->table.n_fields; i++)
    if (entity->table.fields[i].flags & DSP_SEARCH)
      return entity != &dsp_history;
  return FALSE;
}

static gboolean
search_in (DspDb           *db,
           const DspEntity *entity,
           List            *list,
           GArray          *scopes,
           GString         *out,
           GError         **error)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (entity);
  Rows rows = { .table = &entity->table, .out = out };
  DspQuery query = {
    .entity = entity,
    .filter = filter,
    .scopes = scopes,
    .limit = SEARCH_LIMIT,
    .mask = DSP_FIELDS_ALL,
    .now_us = g_get_real_time (),
  };

  filter->words = g_strdup (list->words);
  g_string_append_printf (out, "\"%s\":[", entity->table.name);
  if (!dsp_query_rows (db, &query, put_row, &rows, NULL, error))
    return FALSE;
  g_string_append_c (out, ']');
  return TRUE;
}

static void
read_search (DspDb   *db,
             gpointer data)
{
  g_autoptr(DspCall) call = data;
  List *list = call->data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  gboolean done = TRUE, first = TRUE;
  GString *out;

  if (ref == NULL)
    return;
  out = g_string_new ("{");
  for (guint i = 0; done && dsp_entities[i] != NULL; i++)
    {
      g_autoptr(GArray) scopes = is_searchable (dsp_entities[i]) ? dsp_actor_ref_dup_scopes_of (ref, dsp_entities[i]) : NULL;

      if (scopes == NULL)
        continue;
      if (!first)
        g_string_append_c (out, ',');
      first = FALSE;
      done = search_in (db, dsp_entities[i], list, scopes, out, &error);
    }
  dsp_call_end (db);
  g_string_append_c (out, '}');
  if (done)
    {
      dsp_reply_json (call->request, out);
      return;
    }
  g_string_free (out, TRUE);
  dsp_reply_fault (call->request, error);
}

void
dsp_handle_search (DspServer  *server,
                   DspRequest *request,
                   DspSession *session)
{
  const char *words = dsp_request_get_arg (request, "q");
  DspCall *call;

  if (words == NULL || *words == '\0' || strlen (words) > 200)
    {
      dsp_request_reply_error (request, 400, "invalid", "q is needed");
      return;
    }
  call = list_call_new (server, request, session, NULL);
  ((List *) call->data)->words = g_strdup (words);
  dsp_call_read (call, server->readers, read_search);
}

/* ---- how many records there are, for the owner ---- */

static void
read_counts (DspDb   *db,
             gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  GString *out;

  if (ref == NULL)
    return;
  out = g_string_new ("{");
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    {
      gint64 n = 0;

      if (!dsp_table_count (db, NULL, dsp_entities[i], &n, &error))
        break;
      g_string_append_printf (out, "%s\"%s\":%" G_GINT64_FORMAT, i > 0 ? "," : "", dsp_entities[i]->table.name, n);
    }
  dsp_call_end (db);
  if (error == NULL)
    {
      g_string_append_c (out, '}');
      dsp_reply_json (call->request, out);
      return;
    }
  g_string_free (out, TRUE);
  dsp_reply_fault (call->request, error);
}

void
dsp_handle_counts (DspServer  *server,
                   DspRequest *request,
                   DspSession *session)
{
  dsp_call_read (list_call_new (server, request, session, NULL), server->readers, read_counts);
}
