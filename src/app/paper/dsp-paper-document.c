/* dsp-paper-document.c: sheets in a row, on any paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-document-private.h"

#include <glib/gi18n.h>

#define FOOT 14.0 /* kept free below */

const DspPaperSize dsp_paper_letter = { "letter", 612, 792, 30 };
const DspPaperSize dsp_paper_a4 = { "a4", 595.28, 841.89, 30 };

struct _DspPaperPager
{
  DspPaperDocument *document; /* (owned) */
  DspPaperPen      *pen;      /* (owned) */
  double            width, height;
  GArray           *first;    /* (owned) of guint: the first page of each part that is begun */
  GArray           *stretches;/* (owned) of Stretch, in a row */
  guint             next;     /* the row where the part begun last goes on; DSP_PAPER_END: the next part comes */
  guint             n_pages;
  DspPaperFlow     *contents; /* (owned) (nullable): once all is counted */
  DspPaperFlow     *flow;     /* (owned) (nullable): laid out last */
  guint             flow_stretch;
};

/* What is laid out at once: a whole part, or some rows of it. */
typedef struct { guint part, from, first; /* page */ } Stretch;

/* ---- document ---- */

static void
clear_part (gpointer data)
{
  DspPaperPart *part = data;

  if (part->content_free != NULL)
    part->content_free (part->content);
  g_free (part->bookmark);
}

DspPaperDocument *
dsp_paper_document_new (const char *title)
{
  DspPaperDocument *document = g_atomic_rc_box_new0 (DspPaperDocument);

  document->title = g_strdup (title);
  document->parts = g_array_new (FALSE, TRUE, sizeof (DspPaperPart));
  g_array_set_clear_func (document->parts, clear_part);
  return document;
}

DspPaperDocument *
dsp_paper_document_ref (DspPaperDocument *document)
{
  return g_atomic_rc_box_acquire (document);
}

static void
document_clear (gpointer data)
{
  DspPaperDocument *document = data;

  g_array_unref (document->parts);
  g_free (document->title);
  g_free (document->foot);
  g_free (document->contents);
}

void
dsp_paper_document_unref (DspPaperDocument *document)
{
  g_atomic_rc_box_release_full (document, document_clear);
}

void
dsp_paper_document_add (DspPaperDocument   *document,
                        DspPaperLayOutFunc  lay_out,
                        gpointer            content,
                        GDestroyNotify      content_free,
                        const char         *bookmark)
{
  DspPaperPart part = { .lay_out = lay_out, .content = content, .content_free = content_free, .bookmark = g_strdup (bookmark) };

  g_array_append_val (document->parts, part);
}

void
dsp_paper_document_add_rows (DspPaperDocument    *document,
                             DspPaperPageOutFunc  lay_out_page,
                             guint                n_rows,
                             gpointer             content,
                             GDestroyNotify       content_free,
                             const char          *bookmark)
{
  DspPaperPart part = { .lay_out_page = lay_out_page, .n_rows = n_rows, .content = content, .content_free = content_free,
                        .bookmark = g_strdup (bookmark) };

  g_array_append_val (document->parts, part);
}

const char *dsp_paper_document_title (DspPaperDocument *document) { return document->title; }
guint dsp_paper_document_n_parts (DspPaperDocument *document) { return document->parts->len; }

void
dsp_paper_document_set_landscape (DspPaperDocument *document,
                                  gboolean          landscape)
{
  document->landscape = landscape;
}

gboolean dsp_paper_document_is_landscape (DspPaperDocument *document) { return document->landscape; }

void
dsp_paper_document_set_foot (DspPaperDocument *document,
                             const char       *foot)
{
  g_free (document->foot);
  document->foot = g_strdup (foot);
}

void
dsp_paper_document_set_total (DspPaperDocument *document,
                              gboolean          total)
{
  document->total = total;
}

void
dsp_paper_document_set_contents (DspPaperDocument *document,
                                 const char       *heading)
{
  g_free (document->contents);
  document->contents = g_strdup (heading);
}

/* ---- pager ---- */

DspPaperPager *
dsp_paper_pager_new (DspPaperDocument *document,
                     double            width,
                     double            height)
{
  DspPaperPager *pager = g_new0 (DspPaperPager, 1);

  pager->document = dsp_paper_document_ref (document);
  pager->pen = dsp_paper_pen_new ();
  pager->width = width;
  pager->height = height;
  pager->first = g_array_new (FALSE, FALSE, sizeof (guint));
  pager->stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  pager->next = DSP_PAPER_END;
  return pager;
}

void
dsp_paper_pager_free (DspPaperPager *pager)
{
  g_clear_pointer (&pager->contents, dsp_paper_flow_free);
  g_clear_pointer (&pager->flow, dsp_paper_flow_free);
  dsp_paper_pen_free (pager->pen);
  dsp_paper_document_unref (pager->document);
  g_array_unref (pager->first);
  g_array_unref (pager->stretches);
  g_free (pager);
}

/* @next: the row where its part goes on, or DSP_PAPER_END. */
static DspPaperFlow *
lay_out (DspPaperPager *pager,
         guint          number,
         guint         *next)
{
  const Stretch *stretch = &g_array_index (pager->stretches, Stretch, number);
  const DspPaperPart *part = &g_array_index (pager->document->parts, DspPaperPart, stretch->part);
  double height = pager->height - (pager->document->foot != NULL ? FOOT : 0);

  if (pager->flow != NULL && pager->flow_stretch == number)
    return pager->flow;
  g_clear_pointer (&pager->flow, dsp_paper_flow_free);
  if (part->lay_out != NULL)
    pager->flow = part->lay_out (part->content, pager->pen, pager->width, height);
  else
    pager->flow = part->lay_out_page (part->content, pager->pen, pager->width, height, stretch->from, next);
  pager->flow_stretch = number;
  return pager->flow;
}

/* ---- contents ---- */

/* @before: pages of the contents themselves. */
static DspPaperFlow *
lay_out_contents (DspPaperPager *pager,
                  guint          before)
{
  DspPaperFlow *flow = dsp_paper_flow_new (pager->pen, pager->width, pager->height - FOOT, NULL, NULL);
  GArray *parts = pager->document->parts;

  dsp_paper_flow_text (flow, DSP_PAPER_TITLE, 0, pager->width, pager->document->title);
  dsp_paper_flow_skip (flow, 4);
  dsp_paper_flow_text (flow, DSP_PAPER_HEADING, 0, pager->width, pager->document->contents);
  dsp_paper_flow_skip (flow, 8);
  for (guint i = 0; i < parts->len; i++)
    {
      const char *bookmark = g_array_index (parts, DspPaperPart, i).bookmark;
      g_autofree char *page = g_strdup_printf ("%u", g_array_index (pager->first, guint, i) + before + 1);
      double height = dsp_paper_flow_measure (flow, DSP_PAPER_BODY, pager->width - 60, bookmark);

      if (bookmark == NULL)
        continue;
      dsp_paper_flow_need (flow, height);
      dsp_paper_flow_put (flow, DSP_PAPER_BODY, pager->width - 50, dsp_paper_flow_y (flow), 50, DSP_PAPER_RIGHT, page);
      dsp_paper_flow_text (flow, DSP_PAPER_BODY, 0, pager->width - 60, bookmark);
      dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow) + 1, pager->width, 0, 0.2);
      dsp_paper_flow_skip (flow, 3);
    }
  return flow;
}

/* They stand before what they count, so all other pages move. */
static void
add_contents (DspPaperPager *pager)
{
  g_autoptr(DspPaperFlow) trial = lay_out_contents (pager, 0);
  guint n = dsp_paper_flow_n_pages (trial);

  pager->contents = lay_out_contents (pager, n);
  for (guint i = 0; i < pager->first->len; i++)
    g_array_index (pager->first, guint, i) += n;
  for (guint i = 0; i < pager->stretches->len; i++)
    g_array_index (pager->stretches, Stretch, i).first += n;
  pager->n_pages += n;
}

guint
dsp_paper_pager_first_page (DspPaperPager *pager,
                            guint          part)
{
  return g_array_index (pager->first, guint, part);
}

static gboolean
all_counted (DspPaperPager *pager)
{
  return pager->first->len == pager->document->parts->len && pager->next == DSP_PAPER_END;
}

static void
count_stretch (DspPaperPager *pager)
{
  Stretch stretch = { .from = pager->next, .first = pager->n_pages };

  if (pager->next == DSP_PAPER_END)
    {
      g_array_append_val (pager->first, pager->n_pages);
      stretch.from = 0;
    }
  stretch.part = pager->first->len - 1;
  g_array_append_val (pager->stretches, stretch);
  pager->next = DSP_PAPER_END;
  pager->n_pages += dsp_paper_flow_n_pages (lay_out (pager, pager->stretches->len - 1, &pager->next));
}

gboolean
dsp_paper_pager_count (DspPaperPager *pager,
                       gint64         budget_us)
{
  gint64 until = g_get_monotonic_time () + budget_us;

  while (!all_counted (pager))
    {
      count_stretch (pager);
      if (g_get_monotonic_time () >= until)
        break;
    }
  if (!all_counted (pager))
    return FALSE;
  if (pager->document->contents != NULL && pager->contents == NULL)
    add_contents (pager);
  return TRUE;
}

guint dsp_paper_pager_n_pages (DspPaperPager *pager) { return pager->n_pages; }

guint
dsp_paper_pager_n_counted (DspPaperPager *pager)
{
  return pager->first->len - (pager->next != DSP_PAPER_END ? 1 : 0);
}

double
dsp_paper_pager_counted (DspPaperPager *pager)
{
  GArray *parts = pager->document->parts;
  guint counted = dsp_paper_pager_n_counted (pager);
  double inside = counted < pager->first->len ? (double) pager->next / MAX (g_array_index (parts, DspPaperPart, counted).n_rows, 1) : 0;

  return parts->len > 0 ? (counted + MIN (inside, 1)) / parts->len : 1;
}

static void
draw_foot (DspPaperPager *pager,
           guint          page,
           cairo_t       *cr)
{
  g_autoptr(DspPaperFlow) flow = dsp_paper_flow_new (pager->pen, pager->width, pager->height, NULL, NULL);
  g_autofree char *number = pager->document->total ? g_strdup_printf (_("page %u of %u"), page + 1, pager->n_pages)
                                                  : g_strdup_printf (_("page %u"), page + 1);
  double y = pager->height - 10;

  dsp_paper_flow_put (flow, DSP_PAPER_LABEL, 0, y, pager->width - 110, DSP_PAPER_LEFT, pager->document->foot);
  dsp_paper_flow_put (flow, DSP_PAPER_LABEL, pager->width - 110, y, 110, DSP_PAPER_RIGHT, number);
  dsp_paper_flow_draw (flow, 0, cr);
}

void
dsp_paper_pager_draw (DspPaperPager *pager,
                      guint          page,
                      cairo_t       *cr)
{
  guint low = 0, high = pager->stretches->len, next;

  g_return_if_fail (page < pager->n_pages);
  if (pager->contents != NULL && page < dsp_paper_flow_n_pages (pager->contents))
    {
      dsp_paper_flow_draw (pager->contents, page, cr);
      return;
    }
  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (pager->stretches, Stretch, middle).first <= page)
        low = middle;
      else
        high = middle;
    }
  dsp_paper_flow_draw (lay_out (pager, low, &next), page - g_array_index (pager->stretches, Stretch, low).first, cr);
  if (pager->document->foot != NULL)
    draw_foot (pager, page, cr);
}
