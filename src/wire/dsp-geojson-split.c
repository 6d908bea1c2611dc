/* dsp-geojson-split.c: the features of a GeoJSON file as pieces of text
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Knows only strings, brackets and commas: enough to find where each element of "features" or "geometries" begins and
 * ends, so that a file of any length needs the memory of its longest feature, and a fault inside one feature leaves
 * the others whole. What stands inside an element is checked by whoever reads it. A file that is no collection is
 * given as one piece, put together from the members that matter.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-geojson-split.h"

#include <string.h>

#include "dsp-wire-error.h"

#define BLOCK   (64 * 1024)
#define KEY_MAX 256

typedef enum {
  AT_START,
  IN_MEMBERS,  /* of the outermost object, before a key or its end */
  IN_ELEMENTS, /* of the collection, before an element */
  AT_END,
} Place;

struct _DspGeojsonSplit
{
  DspInput *input;    /* (owned) */
  Place     place;
  gboolean  is_first; /* no comma is due */
  gboolean  found;    /* there is a collection */
  guint64   line;
  GString  *piece;    /* (owned) */
  GString  *members;  /* (owned): of an outermost object that may be a feature itself */
  GString  *key;      /* (owned) */
  gboolean  too_long;
  gsize     at;
  gsize     length;
  char      block[BLOCK];
};

DspGeojsonSplit *
dsp_geojson_split_new (DspInput *input)
{
  DspGeojsonSplit *self = g_new0 (DspGeojsonSplit, 1);

  self->input = input;
  self->line = 1;
  self->piece = g_string_new (NULL);
  self->members = g_string_new (NULL);
  self->key = g_string_new (NULL);
  return self;
}

void
dsp_geojson_split_free (DspGeojsonSplit *self)
{
  if (self == NULL)
    return;

  dsp_input_free (self->input);
  g_string_free (self->piece, TRUE);
  g_string_free (self->members, TRUE);
  g_string_free (self->key, TRUE);
  g_free (self);
}

DspInput *
dsp_geojson_split_get_input (DspGeojsonSplit *self)
{
  return self->input;
}

/* The next byte, which stays; -1 with @error set, at the end of the file too: all of our callers expect more. */
static int
peek (DspGeojsonSplit  *self,
      GError          **error)
{
  if (self->at == self->length)
    {
      gssize n = dsp_input_read (self->input, self->block, BLOCK, error);

      if (n < 0)
        return -1;
      if (n == 0)
        {
          g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_TRUNCATED, "%s, line %" G_GUINT64_FORMAT
                       ": the file ends here, in the middle", dsp_input_get_name (self->input), self->line);
          return -1;
        }
      self->at = 0;
      self->length = (gsize) n;
    }

  return (guint8) self->block[self->at];
}

static int
peek_past_blanks (DspGeojsonSplit  *self,
                  GError          **error)
{
  int c;

  while ((c = peek (self, error)) == ' ' || c == '\n' || c == '\r' || c == '\t')
    {
      self->line += c == '\n';
      self->at++;
    }

  return c;
}

static gboolean
unexpected (DspGeojsonSplit  *self,
            const char       *needed,
            GError          **error)
{
  g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s, line %" G_GUINT64_FORMAT ": not GeoJSON, %s is missing",
               dsp_input_get_name (self->input), self->line, needed);
  return FALSE;
}

static gboolean
expect (DspGeojsonSplit  *self,
        int               wanted,
        const char       *needed,
        GError          **error)
{
  int c = peek_past_blanks (self, error);

  if (c == -1)
    return FALSE;
  if (c != wanted)
    return unexpected (self, needed, error);

  self->at++;
  return TRUE;
}

static gboolean
read_key (DspGeojsonSplit  *self,
          GError          **error)
{
  int c;

  g_string_truncate (self->key, 0);
  if (!expect (self, '"', "a key", error))
    return FALSE;

  while ((c = peek (self, error)) >= 0 && c != '"' && c != '\n' && self->key->len < KEY_MAX)
    {
      g_string_append_c (self->key, (char) c);
      self->at++;
    }
  if (c < 0)
    return FALSE;
  if (c != '"')
    return unexpected (self, "the end of a key", error);

  self->at++;
  return expect (self, ':', "a colon", error);
}

/* Copies the value that begins here behind @out, or passes over it if @out is NULL. */
static gboolean
copy_value (DspGeojsonSplit  *self,
            GString          *out,
            GError          **error)
{
  gboolean in_string = FALSE, escaped = FALSE, ended = FALSE, stays = FALSE;
  guint64 depth = 0;

  self->too_long = FALSE;
  if (peek_past_blanks (self, error) == -1)
    return FALSE;

  do
    {
      gsize begin;

      if (peek (self, error) == -1)
        return FALSE;

      for (begin = self->at; self->at < self->length && !ended; self->at++)
        {
          char c = self->block[self->at];

          if (in_string)
            {
              if (escaped)
                escaped = FALSE;
              else if (c == '\\')
                escaped = TRUE;
              else if (c == '"')
                {
                  in_string = FALSE;
                  ended = depth == 0;
                }
              else if (c == '\n')
                self->line++;
              continue;
            }

          /* A bracket or comma of the container around us ends a number or a word, and stays. */
          if (depth == 0 && (c == ',' || c == ']' || c == '}'))
            {
              stays = TRUE;
              break;
            }

          if (c == '"')
            in_string = TRUE;
          else if (c == '{' || c == '[')
            depth++;
          else if (c == '}' || c == ']')
            ended = --depth == 0;
          else if (c == '\n')
            self->line++;
        }

      if (out != NULL && out->len + (self->at - begin) > DSP_GEOJSON_FEATURE_MAX)
        self->too_long = TRUE;
      else if (out != NULL && !self->too_long)
        g_string_append_len (out, self->block + begin, (gssize) (self->at - begin));
    }
  while (!ended && !stays);

  return TRUE;
}

static DspGeojsonPiece
end_of_file (DspGeojsonSplit  *self,
             const GString   **text,
             GError          **error)
{
  g_autoptr(GError) ended = NULL;

  /* Nothing but blanks may follow, and then the end is what we want. */
  if (peek_past_blanks (self, &ended) != -1)
    {
      unexpected (self, "the end of the file", error);
      return DSP_GEOJSON_PIECE_FAILED;
    }
  if (!g_error_matches (ended, DSP_WIRE_ERROR, DSP_WIRE_ERROR_TRUNCATED)
      || !g_str_has_suffix (ended->message, "in the middle"))
    {
      g_propagate_error (error, g_steal_pointer (&ended));
      return DSP_GEOJSON_PIECE_FAILED;
    }

  self->place = AT_END;
  if (self->found)
    return DSP_GEOJSON_PIECE_END;

  g_string_prepend_c (self->members, '{');
  g_string_append_c (self->members, '}');
  *text = self->members;
  return DSP_GEOJSON_PIECE;
}

/* One member of the outermost object. FALSE on error; a collection changes the place. */
static gboolean
read_member (DspGeojsonSplit  *self,
             GError          **error)
{
  static const char *const kept[] = { "type", "geometry", "properties", "coordinates" };
  GString *out = NULL;

  if (!self->is_first && !expect (self, ',', "a comma", error))
    return FALSE;
  self->is_first = FALSE;
  if (!read_key (self, error))
    return FALSE;

  if (strcmp (self->key->str, "features") == 0 || strcmp (self->key->str, "geometries") == 0)
    {
      if (!expect (self, '[', "a list of features", error))
        return FALSE;
      self->place = IN_ELEMENTS;
      self->is_first = TRUE;
      self->found = TRUE;
      return TRUE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (kept) && out == NULL; i++)
    if (strcmp (self->key->str, kept[i]) == 0)
      out = self->members;

  if (out != NULL)
    g_string_append_printf (out, "%s\"%s\":", out->len > 0 ? "," : "", self->key->str);
  if (!copy_value (self, out, error))
    return FALSE;
  if (self->too_long)
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, "%s: %s is longer than %d bytes",
                   dsp_input_get_name (self->input), self->key->str, DSP_GEOJSON_FEATURE_MAX);
      return FALSE;
    }

  return TRUE;
}

/**
 * dsp_geojson_split_next:
 * @text: (out): borrowed, the next feature or geometry, valid until the next call
 * @line: (out): where it begins
 */
DspGeojsonPiece
dsp_geojson_split_next (DspGeojsonSplit  *self,
                        const GString   **text,
                        guint64          *line,
                        GError          **error)
{
  *line = 1;
  for (;;)
    {
      int c;

      switch (self->place)
        {
        case AT_START:
          if (!expect (self, '{', "the opening brace", error))
            return DSP_GEOJSON_PIECE_FAILED;
          self->place = IN_MEMBERS;
          self->is_first = TRUE;
          break;

        case IN_MEMBERS:
          c = peek_past_blanks (self, error);
          if (c == -1)
            return DSP_GEOJSON_PIECE_FAILED;
          if (c == '}')
            {
              self->at++;
              return end_of_file (self, text, error);
            }
          if (!read_member (self, error))
            return DSP_GEOJSON_PIECE_FAILED;
          break;

        case IN_ELEMENTS:
          c = peek_past_blanks (self, error);
          if (c == -1)
            return DSP_GEOJSON_PIECE_FAILED;
          if (c == ']')
            {
              self->at++;
              self->place = IN_MEMBERS;
              self->is_first = FALSE;
              break;
            }
          if (!self->is_first && !expect (self, ',', "a comma", error))
            return DSP_GEOJSON_PIECE_FAILED;
          self->is_first = FALSE;
          if (peek_past_blanks (self, error) == -1)
            return DSP_GEOJSON_PIECE_FAILED;
          *line = self->line;
          g_string_truncate (self->piece, 0);
          if (!copy_value (self, self->piece, error))
            return DSP_GEOJSON_PIECE_FAILED;
          *text = self->piece;
          return self->too_long ? DSP_GEOJSON_PIECE_TOO_LONG : DSP_GEOJSON_PIECE;

        case AT_END:
        default:
          return DSP_GEOJSON_PIECE_END;
        }
    }
}
