/* dsp-locator.h: which of many areas a point lies in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-geometry.h"

G_BEGIN_DECLS

typedef struct _DspLocator DspLocator;

DspLocator *dsp_locator_new  (DspGeometry *const *geometries,
                              guint               n_geometries) G_GNUC_WARN_UNUSED_RESULT;
void        dsp_locator_free (DspLocator         *locator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspLocator, dsp_locator_free)

int         dsp_locator_find (const DspLocator   *locator,
                              DspGeoPoint         point);

G_END_DECLS
