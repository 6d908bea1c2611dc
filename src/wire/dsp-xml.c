/* dsp-xml.c: foreign XML, read piece by piece within limits
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-xml.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

#include "dsp-wire-error.h"

#define BLOCK     (64 * 1024)
#define MAX_DEPTH 64
/* The parser compares each attribute of an element with all others: their number must be small. Each has an equals sign, and there
 * is no raw < inside of a tag. */
#define MAX_EQUALS 1024
#define MAX_STRETCH (1024 * 1024)

typedef xmlParserCtxt XmlParser;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmlParser, xmlFreeParserCtxt)

typedef struct {
  const DspXmlHandlers *handlers;
  gpointer              data;
  const char           *name;      /* of the input */
  XmlParser            *parser;
  GError               *error;     /* (owned) (nullable): the first */
  guint                 depth;
  guint                 n_equals;  /* since the last < */
  gsize                 stretch;   /* bytes since then */
} Reading;

static void
stop (Reading *reading)
{
  xmlStopParser (reading->parser);
}

static void
refuse (Reading    *reading,
        int         code,
        const char *why)
{
  if (reading->error == NULL)
    g_set_error (&reading->error, DSP_WIRE_ERROR, code, "%s: %s", reading->name, why);
  stop (reading);
}

static void
on_start (void           *data,
          const xmlChar  *name,
          const xmlChar  *prefix,
          const xmlChar  *uri,
          int             n_namespaces,
          const xmlChar **namespaces,
          int             n_attributes,
          int             n_defaulted,
          const xmlChar **raw)
{
  Reading *reading = data;
  DspXmlAttributes attributes = { (const guchar *const *) raw, (guint) MAX (n_attributes, 0) };

  if (reading->error != NULL)
    return;
  if (++reading->depth > MAX_DEPTH)
    refuse (reading, DSP_WIRE_ERROR_LIMIT, _("elements are nested too deeply"));
  else if (!reading->handlers->start (reading->data, (const char *) name, &attributes, &reading->error))
    stop (reading);
}

static void
on_end (void          *data,
        const xmlChar *name,
        const xmlChar *prefix,
        const xmlChar *uri)
{
  Reading *reading = data;

  if (reading->error != NULL)
    return;
  reading->depth--;
  if (!reading->handlers->end (reading->data, (const char *) name, &reading->error))
    stop (reading);
}

static void
on_text (void          *data,
         const xmlChar *text,
         int            length)
{
  Reading *reading = data;

  if (reading->error == NULL && reading->handlers->text != NULL
      && !reading->handlers->text (reading->data, (const char *) text, (gsize) length, &reading->error))
    stop (reading);
}

/* A document type may define entities that swell or that are fetched; no program that saves workbooks writes one. */
static void
on_document_type (void          *data,
                  const xmlChar *name,
                  const xmlChar *public_id,
                  const xmlChar *system_id)
{
  refuse (data, DSP_WIRE_ERROR_INVALID, _("has a document type (DOCTYPE), which is not taken"));
}

static void
on_fault (void     *data,
          xmlError *fault)
{
  Reading *reading = data;
  g_autofree char *words = NULL;

  if (fault->level < XML_ERR_ERROR || reading->error != NULL || fault->domain == XML_FROM_NAMESPACE)
    return;
  words = g_utf8_make_valid (fault->message != NULL ? fault->message : "?", -1);
  g_strstrip (words);
  g_set_error (&reading->error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, _("%s, line %d: is not well-formed XML (%s)"), reading->name,
               fault->line, words);
  stop (reading);
}

/* Looks at bytes before the parser sees them. */
static gboolean
look_at (Reading    *reading,
         const char *bytes,
         gsize       length)
{
  for (gsize i = 0; i < length; i++)
    {
      char c = bytes[i];

      reading->stretch++;
      if (c == '<')
        {
          reading->stretch = 0;
          reading->n_equals = 0;
        }
      else if (c == '=' && ++reading->n_equals > MAX_EQUALS)
        break;
    }
  if (reading->n_equals <= MAX_EQUALS && reading->stretch <= MAX_STRETCH)
    return TRUE;
  refuse (reading, DSP_WIRE_ERROR_LIMIT, _("a piece between two tags is too long"));
  return FALSE;
}

static gboolean
feed (Reading   *reading,
      DspInput  *input,
      GError   **error)
{
  g_autofree char *block = g_malloc (BLOCK);
  gboolean first = TRUE;
  gssize n;

  while (reading->error == NULL && (n = dsp_input_read (input, block, BLOCK, error)) != 0)
    {
      if (n < 0)
        return FALSE;
      /* Any other encoding would hide what is looked for. */
      if (first && (block[0] != '<' || (n > 1 && block[1] == '\0')))
        {
          refuse (reading, DSP_WIRE_ERROR_INVALID, _("is not XML in UTF-8"));
          break;
        }
      first = FALSE;
      if (look_at (reading, block, (gsize) n))
        xmlParseChunk (reading->parser, block, (int) n, 0);
    }
  if (reading->error == NULL)
    xmlParseChunk (reading->parser, NULL, 0, 1);
  return TRUE;
}

gboolean
dsp_xml_read (DspInput              *input,
              const DspXmlHandlers  *handlers,
              gpointer               data,
              GError               **error)
{
  xmlSAXHandler sax = {
    .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .endElementNs = on_end, .characters = on_text, .cdataBlock = on_text,
    .internalSubset = on_document_type, .serror = on_fault,
  };
  Reading reading = { .handlers = handlers, .data = data, .name = dsp_input_get_name (input) };
  g_autoptr(XmlParser) parser = NULL;
  gboolean was_read;

  xmlInitParser ();
  parser = xmlCreatePushParserCtxt (&sax, &reading, NULL, 0, NULL);
  g_return_val_if_fail (parser != NULL, FALSE);
  reading.parser = parser;
  xmlCtxtUseOptions (parser, XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
  was_read = feed (&reading, input, error);
  if (was_read && reading.error == NULL && !parser->wellFormed)
    refuse (&reading, DSP_WIRE_ERROR_INVALID, _("is not well-formed XML"));
  /* Its tree is never built, but a fault may have begun one. */
  if (parser->myDoc != NULL)
    {
      xmlFreeDoc (parser->myDoc);
      parser->myDoc = NULL;
    }
  if (was_read && reading.error == NULL)
    return TRUE;
  if (was_read)
    g_propagate_error (error, reading.error);
  else
    g_clear_error (&reading.error);
  return FALSE;
}

static const xmlChar *
find (const DspXmlAttributes *attributes,
      const char             *name,
      gsize                  *length)
{
  for (guint i = 0; i < attributes->n; i++)
    {
      const guchar *const *one = attributes->raw + 5 * i;

      if (strcmp ((const char *) one[0], name) == 0)
        {
          *length = (gsize) (one[4] - one[3]);
          return one[3];
        }
    }
  return NULL;
}

gboolean
dsp_xml_attribute (const DspXmlAttributes *attributes,
                   const char             *name,
                   char                   *value,
                   gsize                   size)
{
  gsize length;
  const xmlChar *found = find (attributes, name, &length);

  if (found == NULL || length >= size)
    return FALSE;
  memcpy (value, found, length);
  value[length] = '\0';
  return TRUE;
}

char *
dsp_xml_dup_attribute (const DspXmlAttributes *attributes,
                       const char             *name)
{
  gsize length;
  const xmlChar *found = find (attributes, name, &length);

  return found != NULL ? g_strndup ((const char *) found, length) : NULL;
}
