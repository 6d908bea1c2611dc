/* dsp-paper-document.h: sheets in a row, on any paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A document is filled in the main thread and then only read, so that a print operation and a thread that writes a file
 * may use it at once. A pager lays its parts out for one size of page: first it counts (in steps, so that nothing waits),
 * then it draws any page. It belongs to one thread.
 */
#pragma once

#include "dsp-paper-flow.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _DspPaperDocument DspPaperDocument;
typedef struct _DspPaperPager DspPaperPager;

/* @content stays as it is while the document lives. */
typedef DspPaperFlow *(*DspPaperLayOutFunc) (gconstpointer content, DspPaperPen *pen, double width, double height);
/* One page of a part of very many rows (more, if a row is longer than a page): it begins with row @from, and sets @next to the row
 * with which the following page begins, or to DSP_PAPER_END. */
#define DSP_PAPER_END G_MAXUINT
typedef DspPaperFlow *(*DspPaperPageOutFunc) (gconstpointer content, DspPaperPen *pen, double width, double height, guint from, guint *next);

DspPaperDocument *dsp_paper_document_new   (const char *title);
DspPaperDocument *dsp_paper_document_ref   (DspPaperDocument *document);
void              dsp_paper_document_unref (DspPaperDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperDocument, dsp_paper_document_unref)

/* A part begins a new page. @content: (transfer full). @bookmark: (nullable): its entry among a file's bookmarks. */
void              dsp_paper_document_add   (DspPaperDocument *document, DspPaperLayOutFunc lay_out, gpointer content,
                                            GDestroyNotify content_free, const char *bookmark);
/* A part that is laid out page by page, so that ten thousand rows take the memory of one page and nothing waits for all of them.
 * @n_rows: about how many there are, to tell how far it is. */
void              dsp_paper_document_add_rows (DspPaperDocument *document, DspPaperPageOutFunc lay_out_page, guint n_rows, gpointer content,
                                               GDestroyNotify content_free, const char *bookmark);
/* The long side lies; on each page's foot stand @foot and the page's number. */
void              dsp_paper_document_set_landscape (DspPaperDocument *document, gboolean landscape);
gboolean          dsp_paper_document_is_landscape  (DspPaperDocument *document);
void              dsp_paper_document_set_foot      (DspPaperDocument *document, const char *foot);
/* The number on the foot says of how many: everything is counted before the first page is drawn. */
void              dsp_paper_document_set_total     (DspPaperDocument *document, gboolean total);
/* First come pages that say under @heading on which page each part with a bookmark begins. */
void              dsp_paper_document_set_contents  (DspPaperDocument *document, const char *heading);
const char       *dsp_paper_document_title   (DspPaperDocument *document);
guint             dsp_paper_document_n_parts (DspPaperDocument *document);

/* @width, @height: of the printable part of a page, in points. */
DspPaperPager    *dsp_paper_pager_new     (DspPaperDocument *document, double width, double height);
void              dsp_paper_pager_free    (DspPaperPager *pager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperPager, dsp_paper_pager_free)
/* Counts for about @budget_us microseconds; TRUE when all is counted. */
gboolean          dsp_paper_pager_count   (DspPaperPager *pager, gint64 budget_us);
guint             dsp_paper_pager_n_pages (DspPaperPager *pager); /* of what is counted */
void              dsp_paper_pager_draw    (DspPaperPager *pager, guint page, cairo_t *cr);

typedef struct { const char *name; double width, height, margin; } DspPaperSize; /* points */
extern const DspPaperSize dsp_paper_letter, dsp_paper_a4;

/* How far it is, 0 to 1; in the thread-default context of the caller. */
typedef void (*DspPaperProgressFunc) (double fraction, gpointer user_data);

/* Writes @document as PDF, in a thread. @file is replaced only when everything is written: cancelled, or with the disk
 * full, it stays as it was. G_IO_ERROR; number of pages, 0 with @error set. */
void              dsp_paper_pdf_write_async  (DspPaperDocument *document, const DspPaperSize *size, GFile *file,
                                              GCancellable *cancellable, DspPaperProgressFunc progress, gpointer progress_data,
                                              GAsyncReadyCallback callback, gpointer user_data);
guint             dsp_paper_pdf_write_finish (GAsyncResult *result, GError **error);
/* Each part with a file of its own, named after its bookmark, in @folder; a file of such a name is replaced. */
void              dsp_paper_pdf_write_parts_async (DspPaperDocument *document, const DspPaperSize *size, GFile *folder,
                                                   GCancellable *cancellable, DspPaperProgressFunc progress, gpointer progress_data,
                                                   GAsyncReadyCallback callback, gpointer user_data);
/* The same as the first in this thread, for programs without a main loop. */
guint             dsp_paper_pdf_write        (DspPaperDocument *document, const DspPaperSize *size, GFile *file,
                                              GCancellable *cancellable, GError **error);

G_END_DECLS
