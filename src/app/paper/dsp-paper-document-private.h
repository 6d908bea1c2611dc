/* dsp-paper-document-private.h: the parts of a document
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-paper-document.h"

G_BEGIN_DECLS

typedef struct {
  DspPaperLayOutFunc  lay_out;      /* NULL: page by page */
  DspPaperPageOutFunc lay_out_page;
  guint               n_rows;       /* of such a part */
  gpointer            content;  /* (owned) */
  GDestroyNotify      content_free;
  char               *bookmark; /* (owned) (nullable) */
} DspPaperPart;

struct _DspPaperDocument
{
  char    *title;     /* (owned) */
  char    *foot;      /* (owned) (nullable) */
  char    *contents;  /* (owned) (nullable): heading of the table of contents */
  gboolean landscape;
  gboolean total;     /* each page says of how many */
  GArray  *parts;     /* (owned) of DspPaperPart */
};

guint dsp_paper_pager_n_counted   (DspPaperPager *pager); /* parts, whole ones */
double dsp_paper_pager_counted    (DspPaperPager *pager); /* how much of the document, 0 to 1 */
guint dsp_paper_pager_first_page  (DspPaperPager *pager, guint part); /* of a counted one; with contents, when all are */

G_END_DECLS
