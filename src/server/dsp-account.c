/* dsp-account.c: the forms of sign-in, and whose account they are about
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-account.h"

#include "dsp-json-read.h"
#include "dsp-json-scan.h"

#include <sodium.h>
#include <string.h>

void
dsp_wipe (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

void
dsp_form_free (gpointer data)
{
  DspForm *form = data;

  g_free (form->user);
  g_free (form->program);
  g_free (form->id);
  dsp_wipe (form->password);
  dsp_wipe (form->key);
  dsp_wipe (form->old);
  dsp_wipe (form->code);
  dsp_wipe (form->secret);
  g_free (form);
}

static gboolean
read_text (DspJsonReader *r,
           char         **text)
{
  return dsp_json_peek (r) == 'n' ? dsp_json_read_null (r) : dsp_json_read_text (r, text);
}

DspForm *
dsp_form_parse (GBytes  *body,
                GError **error)
{
  DspJsonLimits limits = DSP_JSON_LIMITS_DEFAULT;
  gsize length, name_length;
  const char *text = g_bytes_get_data (body, &length);
  DspForm *form = g_new0 (DspForm, 1);
  DspJsonReader r;
  const char *name;

  dsp_json_reader_init (&r, text != NULL ? text : "", length);
  if (dsp_json_scan (text != NULL ? text : "", length, &limits, error) && dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &name, &name_length))
      {
        g_autofree char *device = NULL;

        if (dsp_json_is (name, name_length, "user"))
          read_text (&r, &form->user);
        else if (dsp_json_is (name, name_length, "password"))
          read_text (&r, &form->password);
        else if (dsp_json_is (name, name_length, "key"))
          read_text (&r, &form->key);
        else if (dsp_json_is (name, name_length, "old"))
          read_text (&r, &form->old);
        else if (dsp_json_is (name, name_length, "code"))
          read_text (&r, &form->code);
        else if (dsp_json_is (name, name_length, "id"))
          read_text (&r, &form->id);
        else if (dsp_json_is (name, name_length, "secret"))
          read_text (&r, &form->secret);
        else if (dsp_json_is (name, name_length, "program"))
          read_text (&r, &form->program);
        else if (dsp_json_is (name, name_length, "device"))
          {
            if (read_text (&r, &device) && device != NULL && !dsp_id_parse (device, strlen (device), &form->device))
              dsp_json_fail (&r, "device is not an id");
          }
        else
          dsp_json_skip (&r, NULL, NULL);
      }
  if ((error != NULL && *error != NULL) || !dsp_json_reader_finish (&r, error))
    {
      dsp_form_free (form);
      return NULL;
    }
  return form;
}

/* ---- who that is ---- */

void
dsp_account_clear (DspAccount *account)
{
  g_free (account->name);
  g_free (account->full_name);
  g_free (account->hash);
}

gboolean
dsp_account_read (DspDb       *db,
                  const char  *name,
                  DspAccount  *account,
                  GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  stmt = dsp_db_prepare (db, "SELECT u.\"id\", u.\"name\", u.\"full_name\", u.\"disabled\", c.hash FROM \"user\" u"
                             " LEFT JOIN credential c ON c.user_id = u.\"id\" WHERE u.\"name\" = $1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, name, -1);
  step = dsp_stmt_step (stmt, error);
  if (step == DSP_STEP_ROW)
    {
      account->found = TRUE;
      account->user_id = dsp_stmt_id (stmt, 0);
      account->name = g_strdup (dsp_stmt_text (stmt, 1, NULL));
      account->full_name = g_strdup (dsp_stmt_text (stmt, 2, NULL));
      account->disabled = g_strcmp0 (dsp_stmt_text (stmt, 3, NULL), "yes") == 0;
      account->hash = g_strdup (dsp_stmt_text (stmt, 4, NULL));
    }
  return step != DSP_STEP_FAILED;
}
