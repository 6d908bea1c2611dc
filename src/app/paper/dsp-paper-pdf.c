/* dsp-paper-pdf.c: a document as a PDF file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One part after the other is laid out and drawn, so that a pack of thousands of pages needs the memory of one part.
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-document-private.h"

#include <cairo-pdf.h>
#include <glib/gi18n.h>

#define PROGRESS_US (100 * 1000)

typedef struct {
  DspPaperDocument     *document; /* (owned) */
  DspPaperSize          size;
  GFile                *file;     /* (owned) */
  DspPaperProgressFunc  progress;
  gpointer              progress_data;
  gint64                told_us;
} Job;

typedef struct {
  GOutputStream *stream; /* (borrowed) */
  GError        *error;  /* (owned) (nullable): the first one */
} Sink;

/* A step on its way to the thread that waits. */
typedef struct {
  GTask  *task; /* (owned) */
  double  fraction;
} Step;

static void
job_free (gpointer data)
{
  Job *job = data;

  dsp_paper_document_unref (job->document);
  g_object_unref (job->file);
  g_free (job);
}

static cairo_status_t
write_cb (void                *closure,
          const unsigned char *data,
          unsigned int         length)
{
  Sink *sink = closure;

  if (sink->error == NULL)
    g_output_stream_write_all (sink->stream, data, length, NULL, NULL, &sink->error);
  return sink->error == NULL ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->task);
  g_free (step);
}

static gboolean
tell_step (gpointer data)
{
  Step *step = data;
  Job *job = g_task_get_task_data (step->task);

  /* What was still on its way when the work ended says nothing new. */
  if (!g_task_get_completed (step->task))
    job->progress (step->fraction, job->progress_data);
  return G_SOURCE_REMOVE;
}

static void
tell (GTask  *task,
      Job    *job,
      double  fraction)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr(GSource) source = NULL;
  Step *step;

  if (task == NULL || job->progress == NULL || now - job->told_us < PROGRESS_US)
    return;
  job->told_us = now;
  step = g_new0 (Step, 1);
  step->task = g_object_ref (task);
  step->fraction = fraction;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_step, step, step_free);
  g_source_attach (source, g_task_get_context (task));
}

static void
describe (cairo_surface_t  *surface,
          DspPaperDocument *document)
{
  g_autofree char *creator = g_strdup_printf ("%s %s", "Despacho", PACKAGE_VERSION);

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, document->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, creator);
}

/* What is to be done twice if everything is counted first. */
static gboolean
counts_first (const Job *job)
{
  return job->document->contents != NULL || job->document->total;
}

/* Draws the pages up to @until that are counted and not drawn yet. */
static void
draw_pages (GTask         *task,
            DspPaperPager *pager,
            Job           *job,
            Sink          *sink,
            cairo_t       *cr,
            guint         *drawn,
            guint          until,
            GCancellable  *cancellable)
{
  for (; *drawn < until && sink->error == NULL; (*drawn)++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, &sink->error))
        return;
      if (counts_first (job))
        tell (task, job, 0.5 + 0.5 * *drawn / dsp_paper_pager_n_pages (pager));
      cairo_save (cr);
      cairo_translate (cr, job->size.margin, job->size.margin);
      dsp_paper_pager_draw (pager, *drawn, cr);
      cairo_restore (cr);
      cairo_show_page (cr);
    }
}

static void
add_bookmark (cairo_surface_t    *surface,
              const DspPaperPart *part,
              guint               page)
{
  g_autofree char *target = g_strdup_printf ("page=%u", page + 1);

  if (part->bookmark != NULL)
    cairo_pdf_surface_add_outline (surface, CAIRO_PDF_OUTLINE_ROOT, part->bookmark, target, 0);
}

/* Draws everything on @surface; returns the number of pages. With a table of contents, or with their number on each page, everything
 * is counted first, which is half of the work. */
static guint
draw_parts (GTask           *task,
            Job             *job,
            Sink            *sink,
            cairo_surface_t *surface,
            GCancellable    *cancellable)
{
  g_autoptr(DspPaperPager) pager = dsp_paper_pager_new (job->document, job->size.width - 2 * job->size.margin,
                                                        job->size.height - 2 * job->size.margin);
  GArray *parts = job->document->parts;
  gboolean counts = counts_first (job);
  cairo_t *cr = cairo_create (surface);
  guint drawn = 0;

  while (counts && !g_cancellable_set_error_if_cancelled (cancellable, &sink->error) && !dsp_paper_pager_count (pager, 0))
    tell (task, job, 0.5 * dsp_paper_pager_counted (pager));
  for (guint i = 0; i < parts->len && sink->error == NULL; i++)
    {
      guint until;

      while (!counts && dsp_paper_pager_n_counted (pager) <= i && !g_cancellable_set_error_if_cancelled (cancellable, &sink->error))
        dsp_paper_pager_count (pager, 0);
      if (sink->error != NULL)
        break;
      add_bookmark (surface, &g_array_index (parts, DspPaperPart, i), dsp_paper_pager_first_page (pager, i));
      until = counts && i + 1 < parts->len ? dsp_paper_pager_first_page (pager, i + 1) : dsp_paper_pager_n_pages (pager);
      draw_pages (task, pager, job, sink, cr, &drawn, until, cancellable);
      if (!counts)
        tell (task, job, (double) (i + 1) / parts->len);
    }
  cairo_destroy (cr);
  return drawn;
}

static guint
write_file (GTask         *task,
            Job           *job,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr(GFileOutputStream) file = g_file_replace (job->file, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, cancellable, error);
  g_autoptr(GOutputStream) buffer = NULL;
  Sink sink = { NULL };
  cairo_surface_t *surface;
  guint n_pages;

  if (file == NULL)
    return 0;
  buffer = g_buffered_output_stream_new_sized (G_OUTPUT_STREAM (file), 256 * 1024);
  g_filter_output_stream_set_close_base_stream (G_FILTER_OUTPUT_STREAM (buffer), FALSE);
  sink.stream = buffer;
  surface = cairo_pdf_surface_create_for_stream (write_cb, &sink, job->size.width, job->size.height);
  describe (surface, job->document);
  n_pages = draw_parts (task, job, &sink, surface, cancellable);
  cairo_surface_finish (surface);
  if (sink.error == NULL && cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    g_set_error_literal (&sink.error, G_IO_ERROR, G_IO_ERROR_FAILED, cairo_status_to_string (cairo_surface_status (surface)));
  cairo_surface_destroy (surface);
  if (sink.error == NULL && g_output_stream_close (buffer, NULL, &sink.error) &&
      g_output_stream_close (G_OUTPUT_STREAM (file), cancellable, &sink.error))
    return n_pages;
  else
    {
      /* Closed as cancelled, what was begun is thrown away and the file that was there stays. */
      g_autoptr(GCancellable) never = g_cancellable_new ();

      g_cancellable_cancel (never);
      g_output_stream_close (G_OUTPUT_STREAM (file), never, NULL);
      g_propagate_error (error, sink.error);
      return 0;
    }
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  GError *error = NULL;
  guint n_pages = write_file (task, data, cancellable, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, n_pages);
}

/* ---- a file a part ---- */

/* Names of crews may hold what a file's name cannot. */
static GFile *
file_of_part (GFile              *folder,
              const DspPaperPart *part,
              guint               number)
{
  g_autofree char *name = part->bookmark != NULL ? g_strdup_printf ("%s.pdf", part->bookmark) : g_strdup_printf ("%u.pdf", number);

  g_strdelimit (name, "/\\:*?\"<>|\n", '-');
  if (*name == '.')
    *name = '-';
  return g_file_get_child (folder, name);
}

static void
write_parts_in_thread (GTask        *task,
                       gpointer      source,
                       gpointer      data,
                       GCancellable *cancellable)
{
  Job *job = data;
  GArray *parts = job->document->parts;
  guint n_pages = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      const DspPaperPart *part = &g_array_index (parts, DspPaperPart, i);
      g_autoptr(DspPaperDocument) one = dsp_paper_document_new (part->bookmark != NULL ? part->bookmark : job->document->title);
      g_autoptr(GFile) file = file_of_part (job->file, part, i + 1);
      Job single = { .document = one, .size = job->size, .file = file };
      GError *error = NULL;

      dsp_paper_document_add (one, part->lay_out, part->content, NULL, NULL);
      n_pages += write_file (NULL, &single, cancellable, &error);
      if (error != NULL)
        {
          g_task_return_error (task, error);
          return;
        }
      tell (task, job, (double) (i + 1) / parts->len);
    }
  g_task_return_int (task, n_pages);
}

static Job *
job_new (DspPaperDocument   *document,
         const DspPaperSize *size,
         GFile              *file)
{
  Job *job = g_new0 (Job, 1);

  job->document = dsp_paper_document_ref (document);
  job->size = *size;
  if (document->landscape)
    {
      job->size.width = size->height;
      job->size.height = size->width;
    }
  job->file = g_object_ref (file);
  return job;
}

static void
write_async (GTaskThreadFunc       work,
             DspPaperDocument     *document,
             const DspPaperSize   *size,
             GFile                *file,
             GCancellable         *cancellable,
             DspPaperProgressFunc  progress,
             gpointer              progress_data,
             GAsyncReadyCallback   callback,
             gpointer              user_data)
{
  g_autoptr(GTask) task = g_task_new (file, cancellable, callback, user_data);
  Job *job = job_new (document, size, file);

  job->progress = progress;
  job->progress_data = progress_data;
  g_task_set_source_tag (task, write_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, work);
}

void
dsp_paper_pdf_write_async (DspPaperDocument     *document,
                           const DspPaperSize   *size,
                           GFile                *file,
                           GCancellable         *cancellable,
                           DspPaperProgressFunc  progress,
                           gpointer              progress_data,
                           GAsyncReadyCallback   callback,
                           gpointer              user_data)
{
  write_async (write_in_thread, document, size, file, cancellable, progress, progress_data, callback, user_data);
}

void
dsp_paper_pdf_write_parts_async (DspPaperDocument     *document,
                                 const DspPaperSize   *size,
                                 GFile                *folder,
                                 GCancellable         *cancellable,
                                 DspPaperProgressFunc  progress,
                                 gpointer              progress_data,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data)
{
  write_async (write_parts_in_thread, document, size, folder, cancellable, progress, progress_data, callback, user_data);
}

guint
dsp_paper_pdf_write_finish (GAsyncResult  *result,
                            GError       **error)
{
  gssize n = g_task_propagate_int (G_TASK (result), error);

  return n > 0 ? (guint) n : 0;
}

guint
dsp_paper_pdf_write (DspPaperDocument    *document,
                     const DspPaperSize  *size,
                     GFile               *file,
                     GCancellable        *cancellable,
                     GError             **error)
{
  Job *job = job_new (document, size, file);
  guint n_pages = write_file (NULL, job, cancellable, error);

  job_free (job);
  return n_pages;
}
