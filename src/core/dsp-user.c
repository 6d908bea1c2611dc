/* dsp-user.c: users, profiles, grants, and the filters that users keep
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-entities.h"
#include "dsp-filter.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* clang-format off */
static const DspField user_fields[] = {
  DSP_TEXT   (DspUser, name,      N_("User id"),   .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_FIXED | DSP_COLUMN, .max = 40),
  DSP_TEXT   (DspUser, full_name, N_("Full name"), .flags = DSP_SEARCH | DSP_COLUMN, .max = 120),
  DSP_TEXT   (DspUser, email,     N_("E-mail"),    .flags = DSP_COLUMN, .max = 120),
  DSP_YES_NO (DspUser, disabled,  N_("Disabled"),  .flags = DSP_COLUMN),
};

static const DspField profile_fields[] = {
  DSP_TEXT (DspProfile, name,        N_("Profile"),     .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_FIXED | DSP_COLUMN, .max = 40),
  DSP_TEXT (DspProfile, label,       N_("Name"),        .flags = DSP_COLUMN, .max = 80),
  DSP_LIST (DspProfile, permissions, N_("Permissions"), .max = 256),
};

static const DspField grant_fields[] = {
  DSP_ID   (DspGrant, user_id,    &dsp_user, N_("User"),       .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FIXED),
  DSP_ID   (DspGrant, profile_id, &dsp_profile, N_("Profile"), .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FIXED),
  DSP_ID   (DspGrant, over,       NULL, N_("Scope"),           .flags = DSP_REQUIRED | DSP_FIXED),
  DSP_TIME (DspGrant, until,      N_("Until")),
};

static const DspField saved_filter_fields[] = {
  DSP_TEXT   (DspSavedFilter, name,     N_("Name"),   .flags = DSP_REQUIRED | DSP_COLUMN, .max = 60),
  DSP_ID     (DspSavedFilter, owner_id, &dsp_user, N_("Owner")),
  DSP_TEXT   (DspSavedFilter, module,   N_("List"),   .flags = DSP_REQUIRED | DSP_FIXED, .max = 40),
  DSP_TEXT   (DspSavedFilter, query,    N_("Filter"), .flags = DSP_REQUIRED, .max = 2000),
  DSP_YES_NO (DspSavedFilter, shared,   N_("Shared with the office")),
};
/* clang-format on */

/* A user sees himself; who sees all data sees everybody. */
static DspId
user_scope (gconstpointer record)
{
  return ((const DspRecord *) record)->id;
}

static DspId
common_scope (gconstpointer record)
{
  return dsp_scope_common;
}

static DspId
grant_scope (gconstpointer record)
{
  return ((const DspGrant *) record)->user_id;
}

static DspId
saved_filter_scope (gconstpointer record)
{
  const DspSavedFilter *filter = record;

  return filter->shared == DSP_YES ? dsp_scope_common : filter->owner_id;
}

static gboolean
user_check (gconstpointer record,
            GError      **error)
{
  const char *name = ((const DspUser *) record)->name;

  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._-@", *p) == NULL)
      return dsp_refuse (error, DSP_RULE_INVALID, _("a user id takes letters, digits and %s: “%s”"), ". _ - @", name);
  return TRUE;
}

/* A filter that cannot be read is refused when it is kept, not when a colleague opens it. */
static gboolean
saved_filter_check (gconstpointer record,
                    GError      **error)
{
  const DspSavedFilter *filter = record;
  const DspEntity *entity = dsp_entity_find (filter->module);
  g_autoptr(DspFilter) parsed = NULL;

  if (entity == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("module: there is no list “%s”"), filter->module);
  parsed = dsp_filter_parse (entity, filter->query, error);
  return parsed != NULL;
}

const DspEntity dsp_user = {
  .table = DSP_TABLE (DspUser, user_fields, "user"),
  .label = N_("User"), .label_plural = N_("Users"), .number = 7,
  .display_offset = offsetof (DspUser, name), .scope = user_scope, .check = user_check,
};

const DspEntity dsp_profile = {
  .table = DSP_TABLE (DspProfile, profile_fields, "profile"),
  .label = N_("Profile"), .label_plural = N_("Profiles"), .number = 8,
  .display_offset = offsetof (DspProfile, name), .scope = common_scope,
};

const DspEntity dsp_grant = {
  .table = DSP_TABLE (DspGrant, grant_fields, "grant"),
  .label = N_("Grant"), .label_plural = N_("Grants"), .number = 9,
  .scope = grant_scope,
};

const DspEntity dsp_saved_filter = {
  .table = DSP_TABLE (DspSavedFilter, saved_filter_fields, "saved_filter"),
  .label = N_("Saved filter"), .label_plural = N_("Saved filters"), .number = 13,
  .display_offset = offsetof (DspSavedFilter, name), .scope = saved_filter_scope, .check = saved_filter_check,
};
