/* dsp-office.c: an office's records by hand, and a whole office from a folder
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-office.h"

#include "dsp-batch.h"
#include "dsp-csv-write.h"
#include "dsp-record-json.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* FIELD=VALUE … into a record. */
static gboolean
set_words (DspDirectory   *directory,
           const DspTable *table,
           gpointer        record,
           guint64        *given,
           char          **words,
           GError        **error)
{
  for (; words != NULL && *words != NULL; words++)
    {
      const char *equals = strchr (*words, '=');
      g_autofree char *column = equals != NULL ? g_strndup (*words, (gsize) (equals - *words)) : NULL;

      if (column == NULL)
        return dsp_refuse (error, DSP_RULE_INVALID, "“%s” is not FIELD=VALUE", *words);
      if (!dsp_directory_set (directory, table, record, given, column, equals + 1, error))
        return FALSE;
    }
  return TRUE;
}

static const DspCommand *
command_of (const DspEntity *entity,
            const char      *verb,
            GError         **error)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", entity->table.name, verb);
  const DspCommand *command = dsp_command_find (name);

  if (command == NULL)
    dsp_refuse (error, DSP_RULE_INVALID, "there is no command %s", name);
  return command;
}

static gboolean
find_record (DspDirectory     *directory,
             const DspEntity  *entity,
             const char       *key,
             const DspRecord **record,
             GError          **error)
{
  if (!dsp_directory_find (directory, entity, key, (gconstpointer *) record, error))
    return FALSE;
  return *record != NULL || dsp_refuse (error, DSP_RULE_NO_SUCH_RECORD, "there is no %s %s", entity->table.name, key);
}

/**
 * dsp_office_add:
 * @words: FIELD=VALUE …
 */
gboolean
dsp_office_add (DspLink         *link,
                const DspEntity *entity,
                char           **words,
                GError         **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  const DspCommand *command = command_of (entity, "create", error);
  gpointer record = dsp_record_new (entity);
  DspId id = dsp_new_id ();
  guint64 given = 0;
  gboolean done = command != NULL && set_words (directory, &entity->table, record, &given, words, error) &&
                  dsp_link_give (link, command, &id, record, given, error);

  dsp_record_free (entity, record);
  return done;
}

gboolean
dsp_office_change (DspLink         *link,
                   const DspEntity *entity,
                   const char      *key,
                   char           **words,
                   GError         **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  const DspCommand *command = command_of (entity, "change", error);
  const DspRecord *there = NULL;
  gpointer record = dsp_record_new (entity);
  guint64 given = 0;
  gboolean done = command != NULL && find_record (directory, entity, key, &there, error) &&
                  set_words (directory, &entity->table, record, &given, words, error) &&
                  dsp_link_give (link, command, &there->id, record, given, error);

  dsp_record_free (entity, record);
  return done;
}

/**
 * dsp_office_retire:
 * @command: one that takes a reason and nothing else
 */
gboolean
dsp_office_retire (DspLink          *link,
                   const DspCommand *command,
                   const char       *key,
                   const char       *reason,
                   GError          **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  const DspRecord *there = NULL;
  DspReason args = { (char *) reason };

  return find_record (directory, command->entity, key, &there, error) &&
         dsp_link_give (link, command, &there->id, &args, reason != NULL ? 1 : 0, error);
}

/**
 * dsp_office_list:
 * @filter: (nullable): as in GET v1/ENTITY
 * The server's rows as they come: one JSON object a line, or CSV with every field.
 */
gboolean
dsp_office_list (DspLink         *link,
                 const DspEntity *entity,
                 const char      *filter,
                 gboolean         json,
                 GError         **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  g_autoptr(GPtrArray) rows = dsp_directory_dup_all (directory, entity, filter, error);

  if (rows == NULL)
    return FALSE;
  if (!json)
    for (guint f = 0; f < entity->table.n_fields; f++)
      printf ("%s%s", entity->table.fields[f].name, f + 1 < entity->table.n_fields ? "," : "\r\n");
  for (guint i = 0; i < rows->len; i++)
    {
      gconstpointer record = g_ptr_array_index (rows, i);
      g_autoptr(GString) line = g_string_new (NULL);

      if (json)
        dsp_record_json_write (&entity->table, record, DSP_FIELDS_ALL, line);
      else
        for (guint f = 0; f < entity->table.n_fields; f++)
          {
            const DspField *field = &entity->table.fields[f];
            g_autofree char *text = dsp_field_dup_text (field, record);

            dsp_csv_write_field (line, ',', f == 0, text, field->kind != DSP_KIND_TEXT && field->kind != DSP_KIND_LIST);
          }
      if (json)
        g_string_append_c (line, '\n');
      else
        dsp_csv_write_end (line);
      fputs (line->str, stdout);
    }
  return TRUE;
}

/**
 * dsp_office_add_user:
 * @profile: (nullable): what he is; @scope: as dsp_grant_scope() reads it
 */
gboolean
dsp_office_add_user (DspLink    *link,
                     const char *name,
                     const char *profile,
                     const char *scope,
                     char      **words,
                     GError    **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  DspUser user = { 0 };
  DspId id = dsp_new_id ();
  guint64 given = dsp_table_bit (&dsp_user.table, offsetof (DspUser, name));
  gboolean done;

  dsp_set_text (&user.name, name);
  done = set_words (directory, &dsp_user.table, &user, &given, words, error) &&
         dsp_link_give (link, &dsp_user_create, &id, &user, given, error);
  dsp_table_clear (&dsp_user.table, &user);
  return done && (profile == NULL || dsp_office_grant (link, name, profile, scope, error));
}

gboolean
dsp_office_grant (DspLink    *link,
                  const char *name,
                  const char *profile,
                  const char *scope,
                  GError    **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  const DspRecord *user = NULL;
  DspOutcome outcome;

  if (profile == NULL)
    return dsp_refuse (error, DSP_RULE_REQUIRED, "--profile is missing");
  return find_record (directory, &dsp_user, name, &user, error) &&
         dsp_grant_profile (link, directory, &user->id, profile, scope != NULL ? scope : "all", &outcome, error);
}

/**
 * dsp_office_user_key:
 * Returns: (transfer full) (nullable): a key that signs @name in once, within a day
 */
char *
dsp_office_user_key (DspLink    *link,
                     const char *name,
                     GError    **error)
{
  g_autoptr(GString) json = g_string_new ("{\"user\":");
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GBytes) reply = NULL;
  char *key = NULL;
  const char *member;
  gsize length, size;
  DspJsonReader r;

  dsp_json_put_string (json, name);
  g_string_append_c (json, '}');
  body = g_bytes_new (json->str, json->len);
  reply = dsp_link_call (link, "POST", "/v1/admin/user-key", body, error);
  if (reply == NULL)
    return NULL;
  member = g_bytes_get_data (reply, &size);
  dsp_json_reader_init (&r, member, size);
  if (dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &member, &length))
      {
        if (dsp_json_is (member, length, "key") && key == NULL)
          dsp_json_read_text (&r, &key);
        else
          dsp_json_skip (&r, NULL, NULL);
      }
  if (key == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The server gave no key."));
  return key;
}

/* ---- a whole office ---- */

typedef gboolean (*Step) (DspLink *link, const char *path, DspReport *report, GCancellable *cancellable, GError **error);

static gboolean
load_boundaries (DspLink      *link,
                 const char   *path,
                 DspReport    *report,
                 GCancellable *cancellable,
                 GError      **error)
{
  return dsp_import_boundaries (link, path, NULL, report, cancellable, error);
}

static gboolean
load_orders (DspLink      *link,
             const char   *path,
             DspReport    *report,
             GCancellable *cancellable,
             GError      **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *mapping = g_build_filename (folder, "orders.mapping.json", NULL);

  return dsp_import_orders (link, path, mapping, report, cancellable, error);
}

#define RECORDS(name, entity)                                                                                         \
  static gboolean load_##name (DspLink *link, const char *path, DspReport *report, GCancellable *cancellable,         \
                               GError **error)                                                                        \
  {                                                                                                                   \
    return dsp_import_records (link, &entity, path, report, cancellable, error);                                      \
  }
#define COMMANDS(name, command)                                                                                       \
  static gboolean load_##name (DspLink *link, const char *path, DspReport *report, GCancellable *cancellable,         \
                               GError **error)                                                                        \
  {                                                                                                                   \
    return dsp_import_commands (link, &command, path, report, cancellable, error);                                    \
  }
RECORDS (masters, dsp_master)
RECORDS (distributors, dsp_distributor)
RECORDS (crews, dsp_crew)
RECORDS (technicians, dsp_technician)
RECORDS (memberships, dsp_membership)
RECORDS (users, dsp_user)
COMMANDS (assignments, dsp_order_assign)
COMMANDS (closings, dsp_order_close)

/* In the order in which one names the other. A file that is not there is left out. */
static const struct {
  const char *file;
  Step        step;
} steps[] = {
  { "postal-codes.txt", dsp_import_postal_codes }, { "coordinates.csv", dsp_import_coordinates },
  { "boundaries.geojson", load_boundaries },       { "masters.csv", load_masters },
  { "distributors.csv", load_distributors },       { "crews.csv", load_crews },
  { "technicians.csv", load_technicians },         { "memberships.csv", load_memberships },
  { "users.csv", load_users },                     { "orders.csv", load_orders },
  { "assignments.csv", load_assignments },         { "closings.csv", load_closings },
};

/**
 * dsp_office_load:
 * @folder: with files named as above
 */
gboolean
dsp_office_load (DspLink      *link,
                 const char   *folder,
                 gboolean      json,
                 GCancellable *cancellable,
                 GError      **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *path = g_build_filename (folder, steps[i].file, NULL);
      g_autoptr(DspReport) report = dsp_report_new (steps[i].file, json);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      if (!steps[i].step (link, path, report, cancellable, error))
        {
          g_prefix_error (error, "%s: ", steps[i].file);
          return FALSE;
        }
      dsp_report_print (report);
    }
  return TRUE;
}
