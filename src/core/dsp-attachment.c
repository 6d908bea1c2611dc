/* dsp-attachment.c: files that belong to an order
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes come first, under their hash; then the command that says whose they are. An attachment is never changed: what
 * a verdict or a closing refers to stays as it was.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-calendar.h"
#include "dsp-command.h"
#include "dsp-media-type.h"
#include "dsp-penalty.h"

#include <glib/gi18n-lib.h>

#include <string.h>

bool
dsp_attachment_is_hash (const char *hash)
{
  return strlen (hash) == 64 && strspn (hash, "0123456789abcdef") == 64;
}

/* The name is shown and proposed when it is saved, never opened: a path in it would only mislead. */
static char *
dup_base_name (const char *name)
{
  const char *slash = strrchr (name, '/'), *back = strrchr (name, '\\');
  const char *base = MAX (slash, back) != NULL ? MAX (slash, back) + 1 : name;
  GString *text = g_string_new (NULL);

  for (const char *p = base; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isprint (g_utf8_get_char (p)))
      g_string_append_unichar (text, g_utf8_get_char (p));
  if (text->len == 0 || g_str_equal (text->str, "..") || g_str_equal (text->str, "."))
    g_string_assign (text, "_");
  return g_string_free (text, FALSE);
}

/**
 * dsp_attachment_fits:
 * @office: (nullable): the office's settings
 * @held: bytes of the attachments that there are in the scope
 * @size: of one more
 *
 * sync-and-security.md, section 13. Returns: FALSE with DSP_RULE_QUOTA if that is more than the office allows.
 */
gboolean
dsp_attachment_fits (const DspOfficeSettings *office,
                     gint64                   held,
                     gint64                   size,
                     GError                 **error)
{
  const DspOfficeSettings *defaults = dsp_office_defaults ();
  gint64 quota = (office != NULL && office->files_quota.is_set ? office->files_quota.value : defaults->files_quota.value) << 20;
  g_autofree char *quota_text = NULL, *held_text = NULL, *size_text = NULL;

  if (size <= quota - held)
    return TRUE;
  quota_text = g_format_size_full ((guint64) quota, G_FORMAT_SIZE_IEC_UNITS);
  held_text = g_format_size_full ((guint64) held, G_FORMAT_SIZE_IEC_UNITS);
  size_text = g_format_size_full ((guint64) size, G_FORMAT_SIZE_IEC_UNITS);
  /* Translators: three sizes: "10.0 GiB" */
  return dsp_refuse (error, DSP_RULE_QUOTA, _("the quota of the distributor's files is %s, %s are there, and this one has %s"),
                     quota_text, held_text, size_text);
}

static gboolean
fits (DspWork             *work,
      const DspAttachment *attachment,
      GError             **error)
{
  DspId settings = dsp_office_settings_id (), scope = dsp_attachment.scope (attachment);
  gint64 held = 0;

  return dsp_work_held (work, &scope, &held) != DSP_FACT_HERE ||
         dsp_attachment_fits (dsp_work_get (work, &dsp_office_settings, &settings), held, attachment->size.value, error);
}

static gboolean
create (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspAttachment *attachment = record;
  const DspOrder *order;
  const char *media_type = NULL;
  g_autofree char *name = NULL;
  gint64 size = 0;
  DspFact there;

  if (!dsp_attachment_is_hash (attachment->hash))
    return dsp_refuse (error, DSP_RULE_INVALID, _("“%s” is not the hash of a file"), attachment->hash);
  if (!dsp_work_need (work, &dsp_order, &attachment->order_id, error))
    return FALSE;
  order = dsp_work_get (work, &dsp_order, &attachment->order_id);
  attachment->distributor_id = order != NULL ? order->distributor_id : dsp_id_none;
  there = dsp_work_file (work, attachment->hash, &size, &media_type);
  if (there == DSP_FACT_HERE)
    {
      attachment->size = (DspInt) { .value = size, .is_set = true };
      dsp_set_text (&attachment->media_type, media_type);
    }
  /* Before the bytes are missed: for want of room they may not have been taken. */
  if (!fits (work, attachment, error))
    return FALSE;
  if (there == DSP_FACT_NONE)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("the bytes of %s have not arrived"), attachment->name);
  name = dup_base_name (attachment->name);
  dsp_set_text (&attachment->name, name);
  return TRUE;
}

static gboolean
add_id (gconstpointer record,
        gpointer      user_data)
{
  g_array_append_val (user_data, ((const DspRecord *) record)->id);
  return TRUE;
}

void
dsp_attachments_follow (DspWork        *work,
                        const DspOrder *order)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  dsp_work_each (work, &dsp_attachment, offsetof (DspAttachment, order_id), &order->id, add_id, ids);
  for (guint i = 0; i < ids->len; i++)
    {
      DspAttachment *attachment = dsp_work_edit (work, &dsp_attachment, &g_array_index (ids, DspId, i), NULL);

      if (attachment != NULL)
        attachment->distributor_id = order->distributor_id;
    }
}

const DspCommand dsp_attachment_create =
  { "attachment.create", N_("Attach"), N_("Attached"), &dsp_attachment, &dsp_attachment.table, 0, 0,
    DSP_COMMAND_PUTS | DSP_COMMAND_CREATES, create };
