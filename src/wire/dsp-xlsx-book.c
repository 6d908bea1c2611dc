/* dsp-xlsx-book.c: which sheets a workbook has, and where in the archive they are
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The archive's own list of files says where things are only through three small files: _rels/.rels names the workbook,
 * its relations name the files of the sheets, and the workbook names the sheets by relation.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-xlsx-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp-wire-error.h"
#include "dsp-xml.h"

#define MAX_FILE      (G_GUINT64_CONSTANT (256) << 20)
#define MAX_UNPACKED  (G_GUINT64_CONSTANT (2) << 30)
#define MAX_DIRECTORY (4u * 1024 * 1024)
#define MAX_SHEETS    1024
#define MAX_RELATIONS 4096

typedef struct {
  char *kind;   /* the last part of its type: "worksheet" */
  char *target; /* a member of the archive */
} Relation;

static void
free_relation (gpointer data)
{
  Relation *relation = data;

  g_free (relation->kind);
  g_free (relation->target);
  g_free (relation);
}

static void
clear_part (gpointer data)
{
  DspXlsxPart *part = data;

  g_free (part->name);
  g_free (part->member);
}

void
dsp_xlsx_book_init (DspXlsxBook *self)
{
  *self = (DspXlsxBook) { .sheets = g_array_new (FALSE, FALSE, sizeof (DspXlsxPart)) };
  g_array_set_clear_func (self->sheets, clear_part);
}

void
dsp_xlsx_book_clear (DspXlsxBook *self)
{
  g_array_unref (self->sheets);
  g_free (self->strings);
  g_free (self->styles);
}

DspInput *
dsp_xlsx_open_member (const char    *path,
                      const char    *member,
                      GCancellable  *cancellable,
                      GError       **error)
{
  const DspInputOptions options = { .encoding = DSP_INPUT_UTF8, .member = member, .max_bytes = MAX_UNPACKED };

  return dsp_input_open (path, &options, cancellable, error);
}

/* ---- the archive ---- */

static guint32
little_endian (const guint8 *p)
{
  return (guint32) p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
}

/* What people take for a workbook. NULL: it may be one. */
static const char *
other_kind (const guint8 *head,
            gsize         length)
{
  if (length >= 8 && memcmp (head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0)
    return _("is an old .xls workbook or has a password: save it as .xlsx without a password");
  if (length >= 80 && memcmp (head, "PK", 2) == 0 && memcmp (head + 30, "mimetypeapplication/vnd.oasis.opendocument", 42) == 0)
    return _("is an OpenDocument file: save it as .xlsx");
  if (length < 4 || memcmp (head, "PK\3\4", 4) != 0)
    return _("is no .xlsx workbook");
  return NULL;
}

/* The archive's list is read into memory by whoever opens it: its size is looked at before. */
static const char *
list_fault (const guint8 *tail,
            gsize         length)
{
  for (gsize at = length >= 22 ? length - 22 : 0; at > 0; at--)
    if (memcmp (tail + at, "PK\5\6", 4) == 0)
      {
        if (little_endian (tail + at + 12) > MAX_DIRECTORY)
          return _("holds too many files");
        return at >= 20 && memcmp (tail + at - 20, "PK\6\7", 4) == 0 ? _("is an archive of more than 4 GB") : NULL;
      }
  return _("is cut off or damaged");
}

static gboolean
check_archive (const char  *path,
               GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree guint8 *tail = g_malloc (65536 + 22);
  guint8 head[128];
  const char *fault = NULL;
  struct stat about;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  ssize_t n, n_tail;

  if (fd < 0 || fstat (fd, &about) != 0 || !S_ISREG (about.st_mode))
    fault = fd < 0 ? NULL : _("not an ordinary file");
  else if ((guint64) about.st_size > MAX_FILE)
    fault = _("is larger than a workbook may be (256 MiB)");
  else
    {
      off_t from = MAX (0, about.st_size - 65536 - 22);

      n = pread (fd, head, sizeof head, 0);
      n_tail = pread (fd, tail, 65536 + 22, from);
      fault = other_kind (head, (gsize) MAX (n, 0));
      if (fault == NULL)
        fault = list_fault (tail, (gsize) MAX (n_tail, 0));
    }
  if (fd < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", shown, g_strerror (errno));
  else
    close (fd);
  if (fault != NULL)
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s: %s", shown, fault);
  return fd >= 0 && fault == NULL;
}

/* ---- relations ---- */

typedef struct {
  GHashTable *relations; /* id -> Relation */
  const char *folder;    /* of the file that they belong to: "xl/" */
} Relations;

/* "../media/x" of folder "xl/" is "media/x"; "/xl/x" is "xl/x". */
static char *
resolve (const char *folder,
         const char *target)
{
  g_autofree char *joined = *target == '/' ? g_strdup (target + 1) : g_strconcat (folder, target, NULL);
  g_auto(GStrv) parts = g_strsplit (joined, "/", 64);
  g_autoptr(GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_str_equal (parts[i], ".") || *parts[i] == '\0')
        continue;
      if (!g_str_equal (parts[i], ".."))
        g_ptr_array_add (kept, parts[i]);
      else if (kept->len > 0)
        g_ptr_array_set_size (kept, (int) kept->len - 1);
    }
  g_ptr_array_add (kept, NULL);
  return g_strjoinv ("/", (char **) kept->pdata);
}

static gboolean
relation_start (gpointer                 data,
                const char              *name,
                const DspXmlAttributes  *attributes,
                GError                 **error)
{
  Relations *self = data;
  g_autofree char *id = NULL, *type = NULL, *target = NULL;
  char mode[16];
  Relation *relation;
  const char *slash;

  if (!g_str_equal (name, "Relationship") || g_hash_table_size (self->relations) >= MAX_RELATIONS
      || (dsp_xml_attribute (attributes, "TargetMode", mode, sizeof mode) && g_str_equal (mode, "External")))
    return TRUE;
  id = dsp_xml_dup_attribute (attributes, "Id");
  type = dsp_xml_dup_attribute (attributes, "Type");
  target = dsp_xml_dup_attribute (attributes, "Target");
  if (id == NULL || type == NULL || target == NULL)
    return TRUE;
  slash = strrchr (type, '/');
  relation = g_new0 (Relation, 1);
  relation->kind = g_strdup (slash != NULL ? slash + 1 : type);
  relation->target = resolve (self->folder, target);
  g_hash_table_replace (self->relations, g_steal_pointer (&id), relation);
  return TRUE;
}

static gboolean
nothing_at_end (gpointer     data,
                const char  *name,
                GError     **error)
{
  return TRUE;
}

static GHashTable *
read_relations (const char    *path,
                const char    *member,
                const char    *folder,
                GCancellable  *cancellable,
                GError       **error)
{
  const DspXmlHandlers handlers = { relation_start, nothing_at_end, NULL };
  g_autoptr(DspInput) input = dsp_xlsx_open_member (path, member, cancellable, error);
  g_autoptr(GHashTable) relations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_relation);
  Relations self = { relations, folder };

  if (input == NULL || !dsp_xml_read (input, &handlers, &self, error))
    return NULL;
  return g_steal_pointer (&relations);
}

static const char *
target_of_kind (GHashTable *relations,
                const char *kind)
{
  GHashTableIter iter;
  gpointer relation;

  g_hash_table_iter_init (&iter, relations);
  while (g_hash_table_iter_next (&iter, NULL, &relation))
    if (g_str_equal (((Relation *) relation)->kind, kind))
      return ((Relation *) relation)->target;
  return NULL;
}

/* ---- the workbook ---- */

typedef struct {
  DspXlsxBook *book;
  GHashTable  *relations;
  const char  *name;
} Book;

static gboolean
book_start (gpointer                 data,
            const char              *name,
            const DspXmlAttributes  *attributes,
            GError                 **error)
{
  Book *self = data;
  g_autofree char *title = NULL, *id = NULL;
  DspXlsxPart part;
  Relation *relation;
  char word[16];

  if (g_str_equal (name, "workbookPr") && dsp_xml_attribute (attributes, "date1904", word, sizeof word))
    self->book->since_1904 = g_str_equal (word, "1") || g_str_equal (word, "true");
  if (!g_str_equal (name, "sheet"))
    return TRUE;
  title = dsp_xml_dup_attribute (attributes, "name");
  id = dsp_xml_dup_attribute (attributes, "id");
  relation = id != NULL ? g_hash_table_lookup (self->relations, id) : NULL;
  if (title == NULL || relation == NULL || !g_str_equal (relation->kind, "worksheet"))
    return TRUE; /* a sheet that is a chart has no cells */
  if (self->book->sheets->len >= MAX_SHEETS)
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, _("%s: more than %d sheets"), self->name, MAX_SHEETS);
      return FALSE;
    }
  part = (DspXlsxPart) { g_steal_pointer (&title), g_strdup (relation->target),
                         dsp_xml_attribute (attributes, "state", word, sizeof word) && !g_str_equal (word, "visible") };
  g_array_append_val (self->book->sheets, part);
  return TRUE;
}

gboolean
dsp_xlsx_book_read (DspXlsxBook   *self,
                    const char    *path,
                    GCancellable  *cancellable,
                    GError       **error)
{
  const DspXmlHandlers handlers = { book_start, nothing_at_end, NULL };
  g_autofree char *shown = g_filename_display_name (path), *folder = NULL, *base = NULL, *list = NULL;
  g_autoptr(GHashTable) top = NULL;
  g_autoptr(GHashTable) relations = NULL;
  g_autoptr(DspInput) input = NULL;
  const char *workbook;
  Book book;

  if (!check_archive (path, error) || (top = read_relations (path, "_rels/.rels", "", cancellable, error)) == NULL)
    return FALSE;
  workbook = target_of_kind (top, "officeDocument");
  if (workbook == NULL || g_str_has_suffix (workbook, ".bin"))
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s: %s", shown,
                   workbook == NULL ? _("is no .xlsx workbook") : _("is a binary workbook (.xlsb): save it as .xlsx"));
      return FALSE;
    }
  base = g_path_get_basename (workbook);
  folder = g_strndup (workbook, strlen (workbook) - strlen (base));
  list = g_strdup_printf ("%s_rels/%s.rels", folder, base);
  relations = read_relations (path, list, folder, cancellable, error);
  if (relations == NULL || (input = dsp_xlsx_open_member (path, workbook, cancellable, error)) == NULL)
    return FALSE;
  book = (Book) { self, relations, shown };
  if (!dsp_xml_read (input, &handlers, &book, error))
    return FALSE;
  self->strings = g_strdup (target_of_kind (relations, "sharedStrings"));
  self->styles = g_strdup (target_of_kind (relations, "styles"));
  if (self->sheets->len > 0)
    return TRUE;
  g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, _("%s: has no sheets"), shown);
  return FALSE;
}
