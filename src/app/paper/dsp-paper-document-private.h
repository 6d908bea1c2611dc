/* dsp-paper-document-private.h: the parts of a document
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-paper-document.h"

G_BEGIN_DECLS

typedef struct {
  DspPaperLayOutFunc  lay_out;
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
  GArray  *parts;     /* (owned) of DspPaperPart */
};

guint dsp_paper_pager_n_counted   (DspPaperPager *pager); /* parts */
guint dsp_paper_pager_first_page  (DspPaperPager *pager, guint part); /* of a counted one; with contents, when all are */

G_END_DECLS
