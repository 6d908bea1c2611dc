/* figure.c: one figure of a benchmark, for programs and for people
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "figure.h"

#include <string.h>

/* Each line is written at once: in a pipe both end up in one stream. */
void
figure (const char *name,
        double      value,
        const char *unit,
        double      limit,
        const char *limit_name,
        double      goal)
{
  g_autoptr(GString) json = g_string_new (NULL), plain = g_string_new (NULL);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.4g", value);
  g_string_append_printf (json, "{\"name\":\"%s\",\"value\":%s,\"unit\":\"%s\"", name, text, unit);
  g_string_append_printf (plain, "%-58s %9s %-5s", name, text, unit);
  if (limit > 0)
    {
      g_ascii_formatd (text, sizeof text, "%.4g", limit);
      g_string_append_printf (json, ",\"limit\":%s", text);
      g_string_append_printf (plain, " %s %7s (%.1f x)", limit_name, text, value / limit);
    }
  if (goal > 0)
    {
      g_ascii_formatd (text, sizeof text, "%.4g", goal);
      g_string_append_printf (json, ",\"goal\":%s", text);
      g_string_append_printf (plain, " goal %s", text);
    }
  g_print ("%s}\n", json->str);
  g_printerr ("%s\n", plain->str);
}
