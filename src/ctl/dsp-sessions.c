/* dsp-sessions.c: where users are signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-sessions.h"

#include "dsp-json-read.h"

#include <glib/gi18n.h>
#include <stdio.h>

typedef struct {
  char *id, *program, *address, *began_at, *seen_at; /* (owned) (nullable) */
} SignIn;

static void
sign_in_clear (SignIn *self)
{
  g_free (self->id);
  g_free (self->program);
  g_free (self->address);
  g_free (self->began_at);
  g_free (self->seen_at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SignIn, sign_in_clear)

static void
print_one (DspJsonReader *r)
{
  g_auto(SignIn) one = { NULL };
  const struct { const char *name; char **text; } members[] = {
    { "id", &one.id }, { "program", &one.program }, { "address", &one.address }, { "began_at", &one.began_at }, { "seen_at", &one.seen_at },
  };
  const char *name;
  gsize length;

  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &length))
    {
      gboolean taken = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (members) && !taken; i++)
        if (dsp_json_is (name, length, members[i].name) && *members[i].text == NULL && dsp_json_peek (r) == '"')
          taken = dsp_json_read_text (r, members[i].text);
      if (!taken)
        dsp_json_skip (r, NULL, NULL);
    }
#define TEXT(member) (one.member != NULL ? one.member : "—")
  printf ("%s  %-20.20s %-20.20s %-15s %s\n", TEXT (id), TEXT (began_at), TEXT (seen_at), TEXT (address), TEXT (program));
#undef TEXT
}

gboolean
dsp_sessions_print (DspLink    *link,
                    const char *user,
                    gboolean    json,
                    GError    **error)
{
  g_autofree char *escaped = g_uri_escape_string (user, NULL, FALSE);
  g_autofree char *target = g_strconcat ("/v1/sign-ins?user=", escaped, NULL);
  g_autoptr(GBytes) reply = dsp_link_call (link, "GET", target, NULL, error);
  gsize size, length;
  const char *text, *name;
  DspJsonReader r;

  if (reply == NULL)
    return FALSE;
  text = g_bytes_get_data (reply, &size);
  if (json)
    {
      printf ("%.*s\n", (int) size, text);
      return TRUE;
    }
  printf ("%-36s  %-20s %-20s %-15s %s\n", "ID", _("Since"), _("Last seen"), _("Address"), _("Program"));
  dsp_json_reader_init (&r, text, size);
  if (dsp_json_enter_object (&r))
    while (dsp_json_next_member (&r, &name, &length))
      {
        if (!dsp_json_is (name, length, "sign_ins") || !dsp_json_enter_array (&r))
          dsp_json_skip (&r, NULL, NULL);
        else
          while (dsp_json_next_item (&r))
            print_one (&r);
      }
  return dsp_json_reader_finish (&r, error);
}

gboolean
dsp_sessions_end_one (DspLink    *link,
                      const char *user,
                      const char *id,
                      GError    **error)
{
  g_autoptr(GString) json = g_string_new ("{\"user\":");
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GBytes) reply = NULL;

  dsp_json_put_string (json, user);
  g_string_append (json, ",\"id\":");
  dsp_json_put_string (json, id);
  g_string_append_c (json, '}');
  body = g_bytes_new (json->str, json->len);
  reply = dsp_link_call (link, "POST", "/v1/sign-ins/end", body, error);
  if (reply == NULL)
    return FALSE;
  printf (_("That sign-in of %s has ended.\n"), user);
  return TRUE;
}
