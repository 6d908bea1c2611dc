/* dsp-snapshot.c: GET v1/snapshot and v1/sums, by which a replica begins and by which it is compared
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages of one entity each, in the order in which rows came in, every page from one short read transaction. With
 * shape=columns the records stand by column, which packs to half and is what the application asks for; else as an array
 * of rows. The token says where to go on: the entity's number and the last row's.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-columns.h"
#include "dsp-cursor.h"
#include "dsp-json.h"
#include "dsp-record-json.h"
#include "dsp-table.h"

#include <string.h>

#define PAGE_ROWS  5000
#define PAGE_BYTES (768u << 10) /* the next chunk fits under 1 MiB, too */
#define CHUNK_ROWS 500

typedef struct
{
  DspId    scope;
  gboolean first;
  gboolean by_column;
  guint    entity;
  gint64   row;
} Place;

typedef struct
{
  const DspEntity  *entity;
  GString          *out;      /* the rows */
  DspColumnsWriter *columns;  /* (owned) (nullable): or they stand here */
  guint64           entities; /* that are seen in the place's scope, by number */
  guint             n;
} Page;

static void
page_clear (Page *page)
{
  g_clear_pointer (&page->columns, dsp_columns_writer_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, page_clear)

static gboolean
put_row (gconstpointer row,
         gpointer      user_data)
{
  const DspRecord *record = row;
  Page *page = user_data;

  if (page->columns != NULL)
    {
      dsp_columns_writer_add (page->columns, record);
      page->n++;
      return TRUE;
    }
  g_string_append (page->out, page->n++ > 0 ? ",{\"id\":" : "{\"id\":");
  dsp_json_put_id (page->out, &record->id);
  g_string_append (page->out, ",\"scope\":");
  dsp_json_put_scope (page->out, &record->scope);
  g_string_append (page->out, ",\"version\":");
  dsp_json_put_int (page->out, record->version);
  g_string_append (page->out, ",\"body\":");
  dsp_record_json_write (&page->entity->table, record, DSP_FIELDS_ALL, page->out);
  g_string_append_c (page->out, '}');
  return TRUE;
}

/* The entity whose turn it is, NULL behind the last. History comes when a record is opened: it is passed over. */
static const DspEntity *
entity_at (guint *number)
{
  if (*number == dsp_history.number)
    ++*number;
  return *number < DSP_N_ENTITIES ? dsp_entities[*number] : NULL;
}

static bool
is_last (const Place *place)
{
  guint next = place->entity + 1;

  return entity_at (&next) == NULL;
}

static gsize
page_size (const Page *page)
{
  return page->columns != NULL ? dsp_columns_writer_size (page->columns) : page->out->len;
}

/* Fills @page with the rows of the next page that has some, and moves @place behind it. */
static gboolean
put_rows (DspDb    *db,
          Place    *place,
          Page     *page,
          GError  **error)
{
  const DspId *scope = dsp_id_equal (&place->scope, &dsp_scope_all) ? NULL : &place->scope;

  for (; (page->entity = entity_at (&place->entity)) != NULL; place->entity++, place->row = 0)
    {
      if (!(page->entities >> page->entity->number & 1))
        continue;
      if (place->by_column)
        {
          dsp_columns_writer_free (page->columns);
          page->columns = dsp_columns_writer_new (page->entity);
        }
      do
        if (!dsp_table_scan (db, NULL, page->entity, scope, place->row, CHUNK_ROWS, DSP_FIELDS_ALL, put_row, page,
                             &place->row, error))
          return FALSE;
      while (place->row > 0 && page->n < PAGE_ROWS && page_size (page) < PAGE_BYTES);
      if (page->n > 0)
        break;
    }
  return TRUE;
}

/* Where a client that loads these pages starts to follow the changes. */
static void
put_from (GString            *out,
          const DspFeedState *state,
          const DspActor     *actor)
{
  DspCursor cursor = { .seq = state->seq, .grants_ver = actor->grants_ver, .protocol = DSP_PROTOCOL };
  g_autofree char *text = NULL;

  memcpy (cursor.epoch, state->epoch, sizeof cursor.epoch);
  memcpy (cursor.digest, state->digest, sizeof cursor.digest);
  text = dsp_cursor_print (&cursor);
  g_string_append_printf (out, "\"from\":\"%s\",", text);
}

static void
read_snapshot (DspDb   *db,
               gpointer data)
{
  g_autoptr(DspCall) call = data;
  Place *place = call->data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) rows = NULL;
  g_auto(Page) page = { 0 };
  DspFeedState state;
  GString *out;

  if (ref == NULL)
    return;
  if (dsp_id_equal (&place->scope, &dsp_scope_all) ? !dsp_actor_sees_all (ref->actor, g_get_real_time ())
                                                   : !dsp_actor_sees (ref->actor, &place->scope, g_get_real_time ()))
    {
      dsp_call_end (db);
      dsp_request_reply_error (call->request, 404, "no_such_record", "there is no such scope");
      return;
    }
  page.entities = dsp_actor_entities (ref->actor, &place->scope, g_get_real_time ());
  page.out = rows = g_string_sized_new (place->by_column ? 0 : PAGE_BYTES + (PAGE_BYTES >> 1));
  if (!dsp_feed_read_state (db, &state, &error) || !put_rows (db, place, &page, &error))
    {
      dsp_call_end (db);
      dsp_reply_fault (call->request, error);
      return;
    }
  dsp_call_end (db);

  out = g_string_sized_new (rows->len + 512);
  g_string_append_printf (out, "{\"epoch\":\"%s\",\"seq\":%" G_GINT64_FORMAT ",", call->server->epoch, state.seq);
  if (place->first)
    put_from (out, &state, ref->actor);
  g_string_append (out, "\"next\":");
  if (page.entity == NULL || (place->row == 0 && is_last (place)))
    g_string_append (out, "null");
  else
    g_string_append_printf (out, "\"%u.%" G_GINT64_FORMAT "\"", place->row == 0 ? place->entity + 1 : place->entity, place->row);
  g_string_append (out, ",\"entity\":");
  dsp_json_put_text (out, page.entity != NULL ? page.entity->table.name : NULL);
  if (place->by_column)
    {
      g_string_append (out, ",\"columns\":");
      if (page.columns != NULL && page.n > 0)
        dsp_columns_writer_end (page.columns, out);
      else
        g_string_append (out, "null");
      g_string_append_c (out, '}');
    }
  else
    {
      g_string_append (out, ",\"rows\":[");
      g_string_append_len (out, rows->str, rows->len);
      g_string_append (out, "]}");
    }
  dsp_reply_json (call->request, out);
}

static gboolean
parse_place (const char *text,
             Place      *place)
{
  g_auto(GStrv) parts = NULL;
  guint64 entity;

  if (text == NULL || *text == '\0')
    {
      place->first = TRUE;
      return TRUE;
    }
  parts = g_strsplit (text, ".", 3);
  if (g_strv_length (parts) != 2 || !g_ascii_string_to_unsigned (parts[0], 10, 0, DSP_N_ENTITIES, &entity, NULL) ||
      !g_ascii_string_to_signed (parts[1], 10, 0, G_MAXINT64, &place->row, NULL))
    return FALSE;
  place->entity = (guint) entity;
  return TRUE;
}

void
dsp_handle_snapshot (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  const char *scope = dsp_request_get_arg (request, "scope"), *shape = dsp_request_get_arg (request, "shape");
  Place place = { 0 };
  DspCall *call;

  if (scope == NULL || !dsp_scope_parse (scope, &place.scope) || !parse_place (dsp_request_get_arg (request, "after"), &place))
    {
      dsp_request_reply_error (request, 400, "invalid", "scope is all, common, company or an id; after is a page's next");
      return;
    }
  if (shape != NULL && strcmp (shape, "rows") != 0 && strcmp (shape, "columns") != 0)
    {
      dsp_request_reply_error (request, 400, "invalid", "shape is rows or columns");
      return;
    }
  place.by_column = g_strcmp0 (shape, "columns") == 0;
  call = dsp_call_new (server, request, session);
  call->data = g_memdup2 (&place, sizeof place);
  call->free_data = g_free;
  dsp_call_read (call, server->readers, read_snapshot);
}

/* ---- sums ---- */

typedef struct
{
  GString *out;
  DspId    scope;
  gint64   n_rows;
  guint8   sum[16];
  gboolean any;
} Sums;

static void
put_sum (Sums *sums)
{
  if (dsp_id_is_none (&sums->scope))
    return;
  if (sums->any)
    g_string_append_c (sums->out, ',');
  sums->any = TRUE;
  dsp_json_put_scope (sums->out, &sums->scope);
  g_string_append_printf (sums->out, ":{\"rows\":%" G_GINT64_FORMAT ",\"sum\":\"", sums->n_rows);
  for (guint i = 0; i < sizeof sums->sum; i++)
    g_string_append_printf (sums->out, "%02x", sums->sum[i]);
  g_string_append (sums->out, "\"}");
}

/* The sums of a scope's entities are added up: they come together, scope by scope. */
static gboolean
add_sum (const DspId  *scope,
         const char   *entity,
         gint64        n_rows,
         const guint8  sum[16],
         gpointer      user_data)
{
  Sums *sums = user_data;
  guint carry = 0;

  if (g_str_equal (entity, dsp_history.table.name))
    return TRUE;
  if (!dsp_id_equal (scope, &sums->scope))
    {
      put_sum (sums);
      sums->scope = *scope;
      sums->n_rows = 0;
      memset (sums->sum, 0, sizeof sums->sum);
    }
  sums->n_rows += n_rows;
  for (guint i = sizeof sums->sum; i > 0; i--)
    {
      carry += sums->sum[i - 1] + sum[i - 1];
      sums->sum[i - 1] = (guint8) carry;
      carry >>= 8;
    }
  return TRUE;
}

static void
read_sums (DspDb   *db,
           gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  DspFeedState state;
  Sums sums = { 0 };

  if (ref == NULL)
    return;
  sums.out = g_string_new (NULL);
  if (!dsp_feed_read_state (db, &state, &error))
    {
      dsp_call_end (db);
      g_string_free (sums.out, TRUE);
      dsp_reply_fault (call->request, error);
      return;
    }
  g_string_append_printf (sums.out, "{\"epoch\":\"%s\",\"head\":%" G_GINT64_FORMAT ",", call->server->epoch, state.seq);
  put_from (sums.out, &state, ref->actor);
  g_string_append (sums.out, "\"sums\":{");
  if (!dsp_feed_read_sums (db, ref->scopes, ref->entities, add_sum, &sums, &error))
    {
      dsp_call_end (db);
      g_string_free (sums.out, TRUE);
      dsp_reply_fault (call->request, error);
      return;
    }
  dsp_call_end (db);
  put_sum (&sums);
  g_string_append (sums.out, "}}");
  dsp_reply_json (call->request, sums.out);
}

void
dsp_handle_sums (DspServer  *server,
                 DspRequest *request,
                 DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->readers, read_sums);
}
