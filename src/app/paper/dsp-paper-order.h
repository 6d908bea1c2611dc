/* dsp-paper-order.h: the work order sheet (ODR)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that a technician needs at the customer's, and the boxes to write the result in, which the office then types from
 * the sheet. A sheet has its content in words: it knows neither replica nor clock, so that any thread can lay it out.
 */
#pragma once

#include "dsp-paper-flow.h"
#include "dsp-paper-photo.h"

G_BEGIN_DECLS

/* All texts are owned and may be NULL. */
typedef struct {
  char      *office;       /* its name */
  char      *printed;      /* when, and by whom */
  char      *number;
  char      *type;         /* with subtype */
  char      *group;
  char      *status;
  char      *priority;
  char      *parent;

  char      *customer;
  char      *account;
  char      *phone;
  char      *street;       /* with numbers */
  char      *place;        /* postal code, neighbourhood, municipality, state */
  char      *between;
  char      *directions;   /* references to find it */

  char      *appointment;  /* the booked slot */
  char      *created;
  char      *penalty;
  char      *crew;
  char      *members;
  char      *vehicle;
  char      *distributor;
  char      *visit;        /* its place in the crew's day, and the arrival planned */
  char      *notes;

  GStrv      questions;    /* of the type's checklist */
  GStrv      equipment;    /* lines that are known already */
  GStrv      models;       /* "ONT  Terminal óptica" */
  GStrv      solutions;    /* "S03  Se cambió el conector": those of the type */
  GStrv      rejections;   /* reasons with their code, by family */
  GStrv      reschedules;
  gboolean   wants_equipment, wants_position, wants_signature;

  DspPaperPhoto *signature; /* the customer's, when it was given already */
  GPtrArray *photos;        /* of DspPaperPhoto; never NULL */
  char      *other_files;   /* a sentence about those that are not here */
} DspPaperOrder;

void          dsp_paper_order_free    (DspPaperOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperOrder, dsp_paper_order_free)

/* An empty sheet. */
DspPaperOrder *dsp_paper_order_new     (void);

/* The whole sheet: one page, or as many as long texts need. @order is borrowed until the flow ends. */
DspPaperFlow *dsp_paper_order_lay_out (const DspPaperOrder *order, DspPaperPen *pen, double width, double height);

G_END_DECLS
