/* dsp-tax-id.c: Mexican tax ids and bank accounts that check themselves
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-tax-id.h"

#include "dsp-rule.h"
#include "dsp-types.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A character's value is its place here. Ñ, of two bytes, is the last. */
static const char values[] = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ ";
#define VALUE_OF_ENYE 38
#define N_CHARACTERS  13

/* The values of a company's 12 characters with a blank before them, or of a person's 13. */
static bool
read_values (const char *rfc,
             guint       read[N_CHARACTERS])
{
  glong length = g_utf8_strlen (rfc, -1);
  guint i = 0;

  if (length != 12 && length != N_CHARACTERS)
    return false;
  if (length == 12)
    read[i++] = (guint) (strchr (values, ' ') - values);
  for (const char *p = rfc; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      const char *found = c < 0x80 && c != ' ' ? strchr (values, (int) c) : NULL;

      if (found == NULL && c != 0xd1)
        return false;
      read[i++] = found != NULL ? (guint) (found - values) : VALUE_OF_ENYE;
    }
  return true;
}

/* Letters before the date, digits in it, and a day that there is. */
static bool
is_shaped (const guint read[N_CHARACTERS])
{
  guint first = read[0] == 37 ? 1 : 0;
  int year, month, day;

  for (guint i = first; i < 4; i++)
    if (read[i] < 10)
      return false;
  for (guint i = 4; i < 10; i++)
    if (read[i] > 9)
      return false;
  year = (int) (read[4] * 10 + read[5]);
  month = (int) (read[6] * 10 + read[7]);
  day = (int) (read[8] * 10 + read[9]);
  /* Two digits do not tell the century: 29 February of 00 was one in 2000. */
  return dsp_date_make (2000 + year, month, day).day != 0 || dsp_date_make (1900 + year, month, day).day != 0;
}

gboolean
dsp_tax_id_check (const char *rfc,
                  GError    **error)
{
  guint read[N_CHARACTERS], sum = 0, rest;
  char right;

  if (strcmp (rfc, "XAXX010101000") == 0 || strcmp (rfc, "XEXX010101000") == 0)
    return TRUE;
  if (!read_values (rfc, read) || !is_shaped (read))
    return dsp_refuse (error, DSP_RULE_INVALID,
                       _("“%s” is no RFC: it has 3 or 4 capital letters, a date as YYMMDD, and 3 characters"), rfc);
  for (guint i = 0; i < N_CHARACTERS - 1; i++)
    sum += read[i] * (N_CHARACTERS - i);
  rest = sum % 11;
  right = rest == 0 ? '0' : rest == 1 ? 'A' : (char) ('0' + 11 - rest);
  if (values[MIN (read[N_CHARACTERS - 1], sizeof values - 2)] == right)
    return TRUE;
  return dsp_refuse (error, DSP_RULE_INVALID, _("RFC “%s” has a wrong check digit: with these characters it would be %c"), rfc,
                     right);
}

gboolean
dsp_clabe_check (const char *clabe,
                 GError    **error)
{
  static const guint weights[] = { 3, 7, 1 };
  guint sum = 0, right;

  if (strlen (clabe) != 18 || strspn (clabe, "0123456789") != 18)
    return dsp_refuse (error, DSP_RULE_INVALID, _("“%s” is no CLABE, which has 18 digits"), clabe);
  for (guint i = 0; i < 17; i++)
    sum += (guint) (clabe[i] - '0') * weights[i % 3] % 10;
  right = (10 - sum % 10) % 10;
  if ((guint) (clabe[17] - '0') == right)
    return TRUE;
  return dsp_refuse (error, DSP_RULE_INVALID, _("CLABE “%s” has a wrong check digit: with these digits it would be %u"), clabe,
                     right);
}
