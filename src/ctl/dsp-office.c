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
        return dsp_refuse (error, DSP_RULE_INVALID, _("“%s” is not FIELD=VALUE"), *words);
      if (!dsp_directory_set (directory, table, record, given, column, equals + 1, error))
        return FALSE;
    }
  return TRUE;
}

/* CREW/TECHNICIAN: of several, one after the other, the latest. */
static gboolean
find_membership (DspDirectory     *directory,
                 const char       *key,
                 const DspRecord **record,
                 GError          **error)
{
  const char *slash = strchr (key, '/');
  g_autofree char *crew_code = slash != NULL ? g_strndup (key, (gsize) (slash - key)) : NULL;
  g_autoptr(GPtrArray) all = NULL;
  const DspRecord *crew = NULL, *technician = NULL;
  const DspMembership *latest = NULL;

  if (crew_code == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("membership: “%s” is not CREW/TECHNICIAN"), key);
  all = dsp_directory_dup_all (directory, &dsp_membership, NULL, error);
  if (all == NULL || !dsp_directory_find (directory, &dsp_crew, crew_code, (gconstpointer *) &crew, error) ||
      !dsp_directory_find (directory, &dsp_technician, slash + 1, (gconstpointer *) &technician, error))
    return FALSE;
  for (guint i = 0; i < all->len && crew != NULL && technician != NULL; i++)
    {
      const DspMembership *membership = g_ptr_array_index (all, i);

      if (dsp_id_equal (&membership->crew_id, &crew->id) && dsp_id_equal (&membership->technician_id, &technician->id) &&
          (latest == NULL || membership->from.day > latest->from.day))
        latest = membership;
    }
  *record = (const DspRecord *) latest;
  return TRUE;
}

static gboolean
find_record (DspDirectory     *directory,
             const DspEntity  *entity,
             const char       *key,
             const DspRecord **record,
             GError          **error)
{
  if (!(entity == &dsp_membership ? find_membership (directory, key, record, error)
                                  : dsp_directory_find (directory, entity, key, (gconstpointer *) record, error)))
    return FALSE;
  return *record != NULL || dsp_refuse (error, DSP_RULE_NO_SUCH_RECORD, _("There is no %s %s"), entity->table.name, key);
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
  const DspCommand *command = dsp_import_need_command (entity, "create", error);
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
  const DspCommand *command = dsp_import_need_command (entity, "change", error);
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
 * dsp_office_give:
 * @command: one that takes a reason at most
 */
gboolean
dsp_office_give (DspLink          *link,
                   const DspCommand *command,
                   const char       *key,
                   const char       *reason,
                   GError          **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  const DspRecord *there = NULL;
  DspReason args = { (char *) reason };

  return find_record (directory, command->entity, key, &there, error) &&
         dsp_link_give (link, command, &there->id, &args, reason != NULL && command->args != NULL ? 1 : 0, error);
}

static const DspField *
retired_field (const DspEntity *entity)
{
  return dsp_table_find (&entity->table, "retired", strlen ("retired"));
}

/**
 * dsp_office_can_retire:
 * Returns: whether @verb is "retire" or "restore", and this entity's records can be: by a command of their own, as crews,
 * or by a change of their field
 */
gboolean
dsp_office_can_retire (const DspEntity *entity,
                       const char      *verb)
{
  return (strcmp (verb, "retire") == 0 || strcmp (verb, "restore") == 0) && retired_field (entity) != NULL;
}

gboolean
dsp_office_retire (DspLink         *link,
                   const DspEntity *entity,
                   const char      *key,
                   gboolean         retired,
                   GError         **error)
{
  char *words[] = { retired ? "retired=yes" : "retired=", NULL };

  return dsp_office_change (link, entity, key, words, error);
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
            g_autofree char *text = dsp_field_dup_said (field, record);

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
  DspUser user = { .id = dsp_new_id () };
  DspGrant grant = { .user_id = user.id };
  guint64 given = dsp_table_bit (&dsp_user.table, offsetof (DspUser, name));
  DspOutcome outcome;
  gboolean done;

  dsp_set_text (&user.name, name);
  /* What he may is looked up before he exists: a mistyped profile leaves no user behind. */
  done = set_words (directory, &dsp_user.table, &user, &given, words, error) &&
         (profile == NULL || dsp_grant_read (directory, profile, scope, &grant, error)) &&
         dsp_link_give (link, &dsp_user_create, &user.id, &user, given, error) &&
         (profile == NULL || dsp_grant_give (link, directory, &grant, &outcome, error));
  dsp_table_clear (&dsp_user.table, &user);
  return done;
}

static gboolean
read_user_grant (DspDirectory *directory,
                 const char   *name,
                 const char   *profile,
                 const char   *scope,
                 DspGrant     *grant,
                 GError      **error)
{
  const DspRecord *user = NULL;

  if (profile == NULL)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("--profile is missing"));
  if (!find_record (directory, &dsp_user, name, &user, error))
    return FALSE;
  grant->user_id = user->id;
  return dsp_grant_read (directory, profile, scope, grant, error);
}

gboolean
dsp_office_grant (DspLink    *link,
                  const char *name,
                  const char *profile,
                  const char *scope,
                  GError    **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  DspGrant grant = { 0 };
  DspOutcome outcome;

  return read_user_grant (directory, name, profile, scope, &grant, error) &&
         dsp_grant_give (link, directory, &grant, &outcome, error);
}

gboolean
dsp_office_revoke (DspLink    *link,
                   const char *name,
                   const char *profile,
                   const char *scope,
                   GError    **error)
{
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  g_autoptr(GPtrArray) all = dsp_directory_dup_all (directory, &dsp_grant, NULL, error);
  DspGrant grant = { 0 };

  if (all == NULL || !read_user_grant (directory, name, profile, scope, &grant, error))
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    {
      const DspGrant *there = g_ptr_array_index (all, i);

      if (dsp_id_equal (&there->user_id, &grant.user_id) && dsp_id_equal (&there->profile_id, &grant.profile_id) &&
          dsp_id_equal (&there->over, &grant.over))
        return dsp_link_give (link, &dsp_grant_delete, &there->id, NULL, 0, error);
    }
  return dsp_refuse (error, DSP_RULE_NO_SUCH_RECORD, _("%s is not %s over %s"), name, profile,
                     scope != NULL ? scope : "all");
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

static void
print_codes (DspJsonReader *r)
{
  if (!dsp_json_enter_array (r))
    return;
  puts (_("Recovery codes, each good for one sign-in without the authenticator:"));
  while (dsp_json_next_item (r))
    {
      g_autofree char *code = NULL;

      if (!dsp_json_read_text (r, &code))
        return;
      printf ("  %s\n", code);
    }
}

static gboolean
print_factor (const char *name,
              GBytes     *reply,
              GError    **error)
{
  gsize size, length;
  const char *text = g_bytes_get_data (reply, &size), *member;
  DspJsonReader r;

  dsp_json_reader_init (&r, text, size);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &member, &length))
    {
      g_autofree char *value = NULL;

      if (dsp_json_is (member, length, "codes"))
        print_codes (&r);
      else if (!dsp_json_read_text (&r, &value))
        break;
      else if (dsp_json_is (member, length, "secret"))
        printf (_("Secret for %s, to be typed into an authenticator: %s\n"), name, value);
      else if (dsp_json_is (member, length, "uri"))
        printf (_("The same as an address: %s\n"), value);
    }
  return dsp_json_reader_finish (&r, error);
}

gboolean
dsp_office_user_factor (DspLink    *link,
                        const char *name,
                        gboolean    off,
                        gboolean    json,
                        GError    **error)
{
  g_autoptr(GString) text = g_string_new ("{\"user\":");
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GBytes) reply = NULL;

  dsp_json_put_string (text, name);
  g_string_append_printf (text, "%s}", off ? ",\"code\":\"off\"" : "");
  body = g_bytes_new (text->str, text->len);
  reply = dsp_link_call (link, "POST", "/v1/admin/user-factor", body, error);
  if (reply == NULL)
    return FALSE;
  if (json)
    printf ("%.*s\n", (int) g_bytes_get_size (reply), (const char *) g_bytes_get_data (reply, NULL));
  else if (off)
    printf (_("%s signs in without a second factor from now on; all sessions have ended.\n"), name);
  else if (!print_factor (name, reply, error))
    return FALSE;
  else
    puts (_("They are shown this once. All sessions of the user have ended; the next sign-in asks for a code."));
  return TRUE;
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

  return dsp_import_orders (link, path, mapping, (DspDate) { 0 }, report, cancellable, error);
}

#define COMMANDS(name, command)                                                                                       \
  static gboolean load_##name (DspLink *link, const char *path, DspReport *report, GCancellable *cancellable,         \
                               GError **error)                                                                        \
  {                                                                                                                   \
    return dsp_import_commands (link, &command, path, report, cancellable, error);                                    \
  }
COMMANDS (assignments, dsp_order_assign)
COMMANDS (closings, dsp_order_close)

/* In the order in which one names the other. A file that is not there is left out. */
typedef struct {
  const char      *file;
  const DspEntity *entity; /* (nullable): whose records it holds */
  Step             step;   /* else */
} Part;

static const Part catalogue_parts[] = {
  { "office_settings.csv", &dsp_office_settings, NULL },   { "order_types.csv", &dsp_order_type, NULL },
  { "reason_codes.csv", &dsp_reason_code, NULL },          { "solution_codes.csv", &dsp_solution_code, NULL },
  { "equipment_models.csv", &dsp_equipment_model, NULL },  { "policies.csv", &dsp_policy, NULL },
  { "slots.csv", &dsp_slot, NULL },                        { "holidays.csv", &dsp_holiday, NULL },
  { "penalty_rules.csv", &dsp_penalty_rule, NULL },
  { "rates.csv", &dsp_rate, NULL },
  { "tax_rules.csv", &dsp_tax_rule, NULL },
};

static const Part office_parts[] = {
  { "postal-codes.txt", NULL, dsp_import_postal_codes }, { "coordinates.csv", NULL, dsp_import_coordinates },
  { "boundaries.geojson", NULL, load_boundaries },       { "masters.csv", &dsp_master, NULL },
  { "distributors.csv", &dsp_distributor, NULL },        { "crews.csv", &dsp_crew, NULL },
  { "technicians.csv", &dsp_technician, NULL },          { "memberships.csv", &dsp_membership, NULL },
  { "users.csv", &dsp_user, NULL },                      { "orders.csv", NULL, load_orders },
  { "assignments.csv", NULL, load_assignments },         { "closings.csv", NULL, load_closings },
};

static gboolean
load_part (DspLink      *link,
           const Part   *part,
           const char   *path,
           gboolean      json,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr(DspReport) report = dsp_report_new (part->file, json);

  if (part->entity != NULL ? dsp_import_records (link, part->entity, path, report, cancellable, error)
                           : part->step (link, path, report, cancellable, error))
    {
      dsp_report_print (report);
      return TRUE;
    }
  if (error != NULL && *error != NULL && strstr ((*error)->message, part->file) == NULL)
    g_prefix_error (error, "%s: ", part->file);
  return FALSE;
}

static gboolean
load_parts (DspLink      *link,
            const Part   *parts,
            guint         n_parts,
            const char   *folder,
            gboolean      json,
            GCancellable *cancellable,
            guint        *n_files,
            GError      **error)
{
  for (guint i = 0; i < n_parts; i++)
    {
      g_autofree char *path = g_build_filename (folder, parts[i].file, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      ++*n_files;
      if (!load_part (link, &parts[i], path, json, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * dsp_office_load:
 * @folder: with files named as above, at least one of them
 */
gboolean
dsp_office_load (DspLink      *link,
                 const char   *folder,
                 gboolean      json,
                 GCancellable *cancellable,
                 GError      **error)
{
  guint n_files = 0;

  if (!load_parts (link, catalogue_parts, G_N_ELEMENTS (catalogue_parts), folder, json, cancellable, &n_files, error) ||
      !load_parts (link, office_parts, G_N_ELEMENTS (office_parts), folder, json, cancellable, &n_files, error))
    return FALSE;
  if (n_files > 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no file of an office in %s, such as %s"), folder,
               office_parts[0].file);
  return FALSE;
}

/**
 * dsp_office_load_catalogues:
 * @folder: with files of catalogues, at least one of them
 */
gboolean
dsp_office_load_catalogues (DspLink      *link,
                            const char   *folder,
                            gboolean      json,
                            GCancellable *cancellable,
                            GError      **error)
{
  guint n_files = 0;

  if (!load_parts (link, catalogue_parts, G_N_ELEMENTS (catalogue_parts), folder, json, cancellable, &n_files, error))
    return FALSE;
  return n_files > 0 || dsp_office_catalogue_of (folder, error) != NULL;
}

/**
 * dsp_office_catalogue_of:
 * @path: of a file called as its catalogue ("order_types.csv"), packed or not
 * Returns: (nullable): whose records it holds; NULL with an error that lists the names
 */
const DspEntity *
dsp_office_catalogue_of (const char *path,
                         GError    **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (catalogue_parts); i++)
    {
      if (g_str_has_prefix (base, catalogue_parts[i].file))
        return catalogue_parts[i].entity;
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", catalogue_parts[i].file);
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("%s is no file of a catalogue; those are called %s"), path, names->str);
  return NULL;
}
