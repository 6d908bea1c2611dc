/* dsp-keeper-salvage.c: what can be saved from a damaged cache
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Base tables come again from the server. Identity and outbox exist only here: they are copied, row by row and from both
 * ends, into a new file, which then takes the damaged one's place. The damaged file is kept beside it.
 */
#define G_LOG_DOMAIN "dsp-keeper"

#include "config.h"
#include "dsp-keeper-private.h"

#include <errno.h>
#include <glib/gstdio.h>

typedef struct {
  const char *table, *key;
  const char *columns;
  guint       n_columns;
  gboolean    needed;   /* nothing is saved without it */
} Saved;

static const Saved saved[] = {
  { "identity", "key", "\"key\", \"value\"", 2, TRUE },
  { "outbox", "no", "\"no\", \"grp\", \"state\", \"kind\", \"body\", \"args\", \"at\", \"n_rows\", \"seq\", \"wanted\", \"seen\"", 11, FALSE },
  { "refused", "no", "\"no\", \"id\", \"code\", \"message\", \"by\", \"by_at\"", 6, FALSE },
};

/* Which columns are blobs and numbers: values are copied by kind, as the driver has no "any". */
static gboolean
copy_row (DspStmt     *from,
          DspStmt     *into,
          const Saved *what,
          GError     **error)
{
  for (guint i = 0; i < what->n_columns; i++)
    {
      gsize length;

      if (dsp_stmt_is_null (from, (int) i))
        dsp_stmt_bind_null (into, (int) i + 1);
      else if (g_strcmp0 (what->table, "refused") == 0 && i == 1)
        {
          gconstpointer blob = dsp_stmt_blob (from, (int) i, &length);

          dsp_stmt_bind_blob (into, (int) i + 1, blob, length);
        }
      else if ((g_strcmp0 (what->table, "outbox") == 0 && (i == 0 || i == 1 || i == 6 || i == 7 || i == 8)) ||
               (g_strcmp0 (what->table, "refused") == 0 && (i == 0 || i == 5)))
        dsp_stmt_bind_int (into, (int) i + 1, dsp_stmt_int (from, (int) i));
      else
        {
          const char *text = dsp_stmt_text (from, (int) i, &length);

          dsp_stmt_bind_text (into, (int) i + 1, text, (gssize) length);
        }
    }
  return dsp_stmt_run (into, NULL, error);
}

/* Copies rows until the end or the first page that cannot be read. Returns FALSE only if the new file cannot be written. */
static gboolean
copy_rows (DspDb       *from,
           DspDb       *to,
           const Saved *what,
           gboolean     backwards,
           gboolean    *complete,
           guint       *n_rows,
           GError     **error)
{
  g_autofree char *read = g_strdup_printf ("SELECT %s FROM \"%s\" NOT INDEXED ORDER BY \"rowid\" %s", what->columns, what->table,
                                           backwards ? "DESC" : "ASC");
  g_autoptr(GString) write = g_string_new (NULL);
  g_autoptr(DspStmt) in = dsp_db_prepare (from, read, NULL);
  g_autoptr(DspStmt) out = NULL;

  *complete = FALSE;
  if (in == NULL)
    return TRUE;
  g_string_printf (write, "INSERT OR IGNORE INTO \"%s\" (%s) VALUES (", what->table, what->columns);
  for (guint i = 1; i <= what->n_columns; i++)
    g_string_append_printf (write, "%s$%u", i > 1 ? ", " : "", i);
  g_string_append_c (write, ')');
  out = dsp_db_prepare (to, write->str, error);
  if (out == NULL)
    return FALSE;
  for (;;)
    switch (dsp_stmt_step (in, NULL))
      {
      case DSP_STEP_ROW:
        if (!copy_row (in, out, what, error))
          return FALSE;
        (*n_rows)++;
        break;
      case DSP_STEP_DONE:
        *complete = TRUE;
        return TRUE;
      case DSP_STEP_FAILED:
      default:
        return TRUE;
      }
}

static gboolean
copy_all (DspDb   *from,
          DspDb   *to,
          GError **error)
{
  if (!dsp_db_begin (to, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (saved); i++)
    {
      gboolean complete = FALSE;
      guint n_rows = 0;

      if (!copy_rows (from, to, &saved[i], FALSE, &complete, &n_rows, error) ||
          (!complete && !copy_rows (from, to, &saved[i], TRUE, &complete, &n_rows, error)))
        {
          dsp_db_rollback (to);
          return FALSE;
        }
      if (!complete && saved[i].needed)
        {
          dsp_db_rollback (to);
          g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_DAMAGED, "table %s cannot be read: the file is left as it is",
                       saved[i].table);
          return FALSE;
        }
      if (!complete)
        g_warning ("table %s could not be read whole: %u rows saved", saved[i].table, n_rows);
    }
  if (dsp_db_commit (to, error))
    return TRUE;
  dsp_db_rollback (to);
  return FALSE;
}

static void
unlink_all (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-shm", ".lock", ".index", ".doubt" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);

      g_unlink (file);
    }
}

/**
 * dsp_keeper_salvage:
 * @path: of a damaged cache that nobody has open
 */
gboolean
dsp_keeper_salvage (const char *path,
                    GError    **error)
{
  g_autofree char *saving = g_strconcat (path, ".saving", NULL);
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%" G_GINT64_FORMAT, path, g_get_real_time () / G_TIME_SPAN_SECOND);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *log_aside = g_strconcat (aside, "-wal", NULL);
  g_autofree char *from_uri = g_strconcat ("sqlite:", path, NULL);
  g_autoptr(DspKeeper) fresh = NULL;
  g_autoptr(DspDb) from = NULL;
  gboolean ok;

  unlink_all (saving);
  from = dsp_db_open (from_uri, DSP_DB_LOCK, error);
  if (from == NULL)
    return dsp_keeper_fail (error);
  fresh = dsp_keeper_open (saving, NULL, NULL, error);
  if (fresh == NULL)
    return FALSE;
  ok = copy_all (from, dsp_keeper_get_db (fresh), error);
  g_clear_pointer (&fresh, dsp_keeper_close);
  if (!ok)
    {
      unlink_all (saving);
      return dsp_keeper_fail (error);
    }
  g_clear_pointer (&from, dsp_db_close);
  if (g_rename (path, aside) != 0 || (g_rename (log, log_aside) != 0 && errno != ENOENT) || g_rename (saving, path) != 0)
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  unlink_all (saving);
  return TRUE;
}
