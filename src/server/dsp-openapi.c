/* dsp-openapi.c: the description of the API
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records, lists and commands come from the field and command tables, so that the description cannot lag behind. Only
 * the few envelopes around them are written here by hand.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-openapi.h"

#include "dsp-command.h"
#include "dsp-rule.h"

#include <string.h>

/* Our own words and labels: quotes and backslashes are all that could need care. */
static void
put_text (GString    *out,
          const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      if ((guchar) *p >= 0x20)
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

/* A label may carry a context: "context\004text". */
static const char *
plain_label (const char *label)
{
  const char *mark = strchr (label, '\004');

  return mark != NULL ? mark + 1 : label;
}

static void
put_words (GString        *out,
           const DspWords *words)
{
  g_string_append (out, "\"type\":\"string\",\"enum\":[");
  for (guint i = 1; i < words->n; i++)
    {
      if (i > 1)
        g_string_append_c (out, ',');
      put_text (out, words->list[i].name);
    }
  g_string_append_c (out, ']');
}

static void
put_field (GString        *out,
           const DspField *field)
{
  put_text (out, field->name);
  g_string_append (out, ":{");
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
      g_string_append (out, "\"type\":\"string\"");
      if (field->max > 0)
        g_string_append_printf (out, ",\"minLength\":%" G_GINT64_FORMAT ",\"maxLength\":%" G_GINT64_FORMAT, MAX (field->min, 0), field->max);
      if (field->flags & DSP_DIGITS)
        g_string_append (out, ",\"pattern\":\"^[0-9]*$\"");
      break;
    case DSP_KIND_ID:
      g_string_append (out, "\"type\":\"string\",\"format\":\"uuid\"");
      break;
    case DSP_KIND_TIME:
      g_string_append (out, "\"type\":\"string\",\"format\":\"date-time\"");
      break;
    case DSP_KIND_DATE:
      g_string_append (out, "\"type\":\"string\",\"format\":\"date\"");
      break;
    case DSP_KIND_INT:
      g_string_append (out, "\"type\":\"integer\",\"format\":\"int64\"");
      if (field->min != 0 || field->max != 0)
        g_string_append_printf (out, ",\"minimum\":%" G_GINT64_FORMAT ",\"maximum\":%" G_GINT64_FORMAT, field->min, field->max);
      break;
    case DSP_KIND_MONEY:
      g_string_append (out, "\"type\":\"string\",\"pattern\":\"^-?[0-9]+[.][0-9]{2}$\"");
      break;
    case DSP_KIND_WORD:
      put_words (out, field->words);
      break;
    case DSP_KIND_YES_NO:
      g_string_append (out, "\"type\":\"string\",\"enum\":[\"yes\",\"no\"]");
      break;
    case DSP_KIND_LIST:
      g_string_append (out, "\"type\":\"array\",\"items\":{\"type\":\"string\"}");
      if (field->max > 0)
        g_string_append_printf (out, ",\"maxItems\":%" G_GINT64_FORMAT, field->max);
      break;
    }
  if (field->label != NULL)
    {
      g_string_append (out, ",\"title\":");
      put_text (out, plain_label (field->label));
    }
  g_string_append_c (out, '}');
}

static void
put_table (GString        *out,
           const DspTable *table)
{
  gboolean first = TRUE;

  g_string_append (out, "{\"type\":\"object\",\"properties\":{");
  for (guint i = 0; i < table->n_fields; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      put_field (out, &table->fields[i]);
    }
  g_string_append_c (out, '}');
  for (guint i = 0; i < table->n_fields; i++)
    if (table->fields[i].flags & DSP_REQUIRED)
      {
        g_string_append (out, first ? ",\"required\":[" : ",");
        put_text (out, table->fields[i].name);
        first = FALSE;
      }
  g_string_append (out, first ? "}" : "]}");
}

static void
put_schemas (GString *out)
{
  g_string_append (out, "\"schemas\":{"
                        "\"error\":{\"type\":\"object\",\"properties\":{\"error\":{\"type\":\"object\",\"properties\":{"
                        "\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}}}}},"
                        "\"rule\":{\"type\":\"string\",\"enum\":[");
  for (guint i = 0; i < DSP_N_RULES; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      put_text (out, dsp_rule_word (i));
    }
  g_string_append (out, "]},\"command\":{\"type\":\"object\",\"required\":[\"no\",\"kind\",\"v\"],\"properties\":{"
                        "\"no\":{\"type\":\"integer\",\"minimum\":1},\"kind\":{\"type\":\"string\",\"enum\":[\"noop\"");
  for (guint i = 0; dsp_commands[i] != NULL; i++)
    {
      g_string_append_c (out, ',');
      put_text (out, dsp_commands[i]->name);
    }
  g_string_append_printf (out, "]},\"v\":{\"type\":\"integer\",\"enum\":[%d]},"
                               "\"id\":{\"type\":\"string\",\"format\":\"uuid\"},\"base\":{\"type\":\"integer\"},"
                               "\"at\":{\"type\":\"string\",\"format\":\"date-time\"},\"group\":{\"type\":\"string\"},"
                               "\"rows\":{\"type\":\"array\",\"maxItems\":200,\"items\":{\"type\":\"object\"}},"
                               "\"args\":{\"type\":\"object\"}}}", DSP_COMMAND_VERSION);
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    {
      g_string_append_c (out, ',');
      put_text (out, dsp_entities[i]->table.name);
      g_string_append_c (out, ':');
      put_table (out, &dsp_entities[i]->table);
    }
  for (guint i = 0; dsp_commands[i] != NULL; i++)
    if (dsp_commands[i]->args != NULL)
      {
        g_string_append_printf (out, ",\"%s\":", dsp_commands[i]->name);
        put_table (out, dsp_commands[i]->args);
      }
  g_string_append_c (out, '}');
}

static void
put_parameter (GString    *out,
               const char *name,
               const char *type,
               const char *description)
{
  g_string_append_printf (out, "{\"name\":\"%s\",\"in\":\"query\",\"schema\":{\"type\":\"%s\"}", name, type);
  if (description != NULL)
    {
      g_string_append (out, ",\"description\":");
      put_text (out, plain_label (description));
    }
  g_string_append_c (out, '}');
}

static void
put_list_path (GString         *out,
               const DspEntity *entity)
{
  const char *name = entity->table.name;

  g_string_append_printf (out, ",\"/v1/%s\":{\"get\":{\"summary\":", name);
  put_text (out, plain_label (entity->label_plural));
  g_string_append (out, ",\"parameters\":[");
  put_parameter (out, "limit", "integer", "rows of the page, at most 1000");
  g_string_append_c (out, ',');
  put_parameter (out, "after", "string", "\"next\" of the page before");
  g_string_append_c (out, ',');
  put_parameter (out, "sort", "string", "a field; with - before it: descending; orders come newest first, others by id");
  g_string_append_c (out, ',');
  put_parameter (out, "counts", "string", "fields to count by, with commas");
  g_string_append_c (out, ',');
  put_parameter (out, "q", "string", "words to look for");
  for (guint i = 0; i < entity->table.n_fields; i++)
    if (entity->table.fields[i].flags & DSP_FILTER)
      {
        g_string_append_c (out, ',');
        put_parameter (out, entity->table.fields[i].name, "string", entity->table.fields[i].label);
      }
  g_string_append_printf (out, "],\"responses\":{\"200\":{\"description\":\"{rows, next, counts}\",\"content\":{\"application/json\":"
                               "{\"schema\":{\"type\":\"object\",\"properties\":{\"rows\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
                               "\"properties\":{\"body\":{\"$ref\":\"#/components/schemas/%s\"}}}}}}}}}}}}", name);
  g_string_append_printf (out, ",\"/v1/%s/{id}\":{\"get\":{\"summary\":", name);
  put_text (out, plain_label (entity->label));
  g_string_append_printf (out, ",\"parameters\":[{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\","
                               "\"format\":\"uuid\"}}],\"responses\":{\"200\":{\"description\":\"{id, scope, version, body}\","
                               "\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":{\"body\":"
                               "{\"$ref\":\"#/components/schemas/%s\"}}}}}},\"404\":{\"description\":\"none that you may see\"}}}}", name);
}

char *
dsp_openapi_print (void)
{
  static const struct { const char *path, *method, *summary; } paths[] = {
    { "/v1/session", "post", "Sign in: {user, password or key, device, program}" },
    { "/v1/session/end", "post", "Sign out" },
    { "/v1/sign-ins", "get", "Where one is signed in; ?user=NAME: where another is, for whoever may change users" },
    { "/v1/sign-ins/end", "post", "End one of them: {id, user}" },
    { "/v1/second-factor", "get", "Whether one has a second factor, and how many recovery codes are left" },
    { "/v1/second-factor/new", "post", "A secret for an authenticator; nothing is stored" },
    { "/v1/second-factor", "post", "Set it: {secret, code, old}, the code being the authenticator's, old the password; gives recovery codes" },
    { "/v1/second-factor/off", "post", "Take it away: {code, old}" },
    { "/v1/password", "post", "Set the password: {password, old}" },
    { "/v1/commands", "post", "Give commands: {device, epoch, first, commands}" },
    { "/v1/changes", "get", "Follow the changes: cursor, wait; open: orders shown now, looks: the tag of who else looks at them" },
    { "/v1/session/token", "post", "Exchange the token; the old one counts until five minutes after the new one's first use" },
    { "/v1/snapshot", "get", "Copy a scope: scope, after, shape (rows or columns)" },
    { "/v1/history", "get", "What happened to a record: entity, id" },
    { "/v1/sums", "get", "Sums of each scope, to compare a replica" },
    { "/v1/search", "get", "Search over everything: q" },
    { "/v1/blobs/{hashes}", "get", "Packed geometries by hash" },
    { "/v1/files/{hash}", "put", "The bytes of an attachment under their SHA-256, before attachment.create names it; at most 10 MiB;"
                                 " order: for which one, whose distributor's quota it counts against" },
    { "/v1/files/missing", "get", "Of hashes (a list), those of attachments whose bytes the server lacks" },
    { "/v1/files/{id}", "get", "The bytes of an attachment that the user sees" },
  };
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"Despacho\",\"version\":\"%s\"},\"paths\":{", PACKAGE_VERSION);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_string_append_printf (out, "%s\"%s\":{\"%s\":{\"summary\":", i > 0 ? "," : "", paths[i].path, paths[i].method);
      put_text (out, paths[i].summary);
      g_string_append (out, ",\"responses\":{\"200\":{\"description\":\"done\"},\"default\":{\"description\":\"an error\",\"content\":"
                            "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/error\"}}}}}}}");
    }
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    put_list_path (out, dsp_entities[i]);
  g_string_append (out, "},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}},");
  put_schemas (out);
  g_string_append (out, "},\"security\":[{\"token\":[]}]}");
  return g_string_free (out, FALSE);
}
