/* dsp-keeper-page.h: pages of the feed, for the feed itself and for a copy that catches up with it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-keeper-private.h"

#include "dsp-record-json.h"

G_BEGIN_DECLS

typedef struct {
  gint64      head;
  char       *cursor, *epoch;  /* (owned) */
  bool        more, has_grants, all_gone;
  bool        rotate;          /* the token is to be exchanged */
  GArray     *del, *add;       /* (owned) of DspId */
  const char *changes;         /* the array, unread */
  gsize       changes_length;
} DspPage;

gboolean         dsp_page_read        (const char *text, gsize length, DspPage *reply, GError **error);
void             dsp_page_clear       (DspPage *reply);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspPage, dsp_page_clear)

/* Applies all changes of @reply after @pos, into the base (@prefix NULL) or a copy in progress. @told (nullable): what
 * changed; @wide: something else than orders did. */
gboolean         dsp_page_apply       (DspKeeper *keeper, const char *prefix, const DspPage *reply, gint64 *pos,
                                       GHashTable *affected, GArray *told, bool *wide, guint *n_changes, GError **error);

gboolean         dsp_page_bad         (GError **error, const char *what); /* always FALSE */
bool             dsp_page_read_scope  (DspJsonReader *r, DspId *scope);
bool             dsp_page_read_id     (DspJsonReader *r, DspId *id);
const DspEntity *dsp_page_read_entity (DspJsonReader *r); /* (nullable): NULL: a newer server's */

G_END_DECLS
