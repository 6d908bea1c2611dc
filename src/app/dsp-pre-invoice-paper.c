/* dsp-pre-invoice-paper.c: a pre-invoice on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first page says who, for whom and how much; the lines follow, page by page, and below the last one what they add up to and where
 * to sign. Widths are worked out once, from the longest amount: a number is never broken into two lines.
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-pre-invoice-paper.h"

#include "dsp-money.h"
#include "dsp-paper-form.h"
#include "dsp-text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define GAP 5.0        /* between columns */
#define HALF_GAP 12.0  /* between the halves of the first page */
#define MAX_RATES 4
#define NARROWEST (595.28 - 60) /* of the sheets, upright, without margins */
#define SUMS 110.0     /* of the first page: kept together */
#define SIGNATURE 46.0
#define END (SIGNATURE + 58) /* below the last line: kept together */

typedef enum { DAY, NUMBER, CONCEPT, POSTAL_CODE, CREW, RATE, KM, AMOUNT, VAT, WITHHELD, N_COLUMNS } Column;

/* Points, at least, where there is anything to say; what is left of the page is the concept's. */
static const struct { const char *title; double width; DspPaperAlign align; } columns[N_COLUMNS] = {
  [DAY] = { N_("Day"), 44, DSP_PAPER_LEFT },
  [NUMBER] = { N_("Number"), 44, DSP_PAPER_LEFT },
  [CONCEPT] = { N_("Concept"), 90, DSP_PAPER_LEFT },
  /* Translators: heading of a narrow column: postal code */
  [POSTAL_CODE] = { NC_("column", "PC"), 31, DSP_PAPER_LEFT },
  [CREW] = { N_("Crew"), 52, DSP_PAPER_LEFT },
  [RATE] = { N_("Rate"), 32, DSP_PAPER_LEFT },
  [KM] = { NC_("column", "km"), 32, DSP_PAPER_RIGHT },
  [AMOUNT] = { N_("Amount"), 50, DSP_PAPER_RIGHT },
  [VAT] = { N_("VAT"), 44, DSP_PAPER_RIGHT },
  [WITHHELD] = { N_("Withheld"), 46, DSP_PAPER_RIGHT },
};

typedef struct {
  DspPreInvoiceDoc *doc;                        /* (owned) */
  guint             n_of[DSP_N_CONCEPTS];       /* lines */
  struct { gint64 millionths, cents; } rates[MAX_RATES]; /* of VAT */
  guint             n_rates;                    /* more than MAX_RATES: not told apart */
  double            widths[N_COLUMNS];          /* 0: the concept's, and of columns of which no line says anything */
} Content;

static void
content_free (gpointer data)
{
  Content *content = data;

  dsp_pre_invoice_doc_unref (content->doc);
  g_free (content);
}

/* ---- values ---- */

static char *
date_text (DspDate date)
{
  int year, month, day;

  if (date.day == 0)
    return NULL;
  dsp_date_split (date, &year, &month, &day);
  return g_strdup_printf ("%02d/%02d/%04d", day, month, year);
}

/* In a column: the period says which century. */
static char *
day_text (DspDate date)
{
  int year, month, day;

  dsp_date_split (date, &year, &month, &day);
  return g_strdup_printf ("%02d/%02d/%02d", day, month, year % 100);
}

static char *
km_text (const DspStatementLine *line)
{
  return line->metres.is_set ? g_strdup_printf ("%.3f", (double) line->metres.value / 1000) : NULL;
}

static char *
time_text (const DspPreInvoiceDoc *doc,
           DspTime                 time)
{
  g_autoptr(GDateTime) utc = time.us != 0 ? g_date_time_new_from_unix_utc (time.us / G_USEC_PER_SEC) : NULL;
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, doc->zone) : NULL;

  return local != NULL ? g_date_time_format (local, "%d/%m/%Y %H:%M") : NULL;
}

/* "Ana Robles · 05/02/2027 10:21" */
static char *
who_and_when (const DspPreInvoiceDoc *doc,
              const char             *who,
              DspTime                 time)
{
  g_autofree char *when = time_text (doc, time);

  return who != NULL && when != NULL ? g_strdup_printf ("%s · %s", who, when) : g_strdup (who != NULL ? who : when);
}

/* An address as it was typed may have lines of its own, here it has none. */
static char *
one_line (const char *text)
{
  g_auto(GStrv) parts = g_strsplit_set (text != NULL ? text : "", "\r\n\t", -1);
  GString *all = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", parts[i]);
  return g_string_free (all, FALSE);
}

static const char *
word_text (const DspWords *words,
           guint           value)
{
  return value != 0 && value < words->n ? _(words->list[value].label) : "";
}

/* What kind of pay; of a service also of which. */
static char *
concept_text (const DspStatementLine *line)
{
  const char *what = line->pays != DSP_PAYS_NONE ? word_text (&DspPays_words, line->pays) : word_text (&DspConcept_words, line->concept);

  if (line->concept != DSP_CONCEPT_SERVICE || line->type == NULL)
    return g_strdup (what);
  return line->subtype != NULL ? g_strdup_printf ("%s: %s / %s", what, line->type, line->subtype) : g_strdup_printf ("%s: %s", what, line->type);
}

static gint64
withheld_of (const DspStatementLine *line)
{
  return line->vat_withheld.cents + line->income_withheld.cents;
}

/* ---- the first page ---- */

typedef struct { const char *label, *name, *tax_id, *regime, *address; } Party;

/* Returns: the height. */
static double
put_party (DspPaperFlow *flow,
           double        x,
           double        width,
           const Party  *party)
{
  g_autofree char *id = party->tax_id != NULL ? g_strdup_printf (_("Tax id %s"), party->tax_id) : NULL, *address = one_line (party->address);
  const struct { DspPaperStyle style; const char *text; } texts[] = {
    { DSP_PAPER_STRONG, party->name }, { DSP_PAPER_BODY, id }, { DSP_PAPER_BODY, party->regime }, { DSP_PAPER_BODY, address },
  };
  double top = dsp_paper_flow_y (flow), y = top;

  y += dsp_paper_flow_put (flow, DSP_PAPER_HEADING, x, y, width, DSP_PAPER_LEFT, party->label);
  dsp_paper_flow_rule (flow, x, y + 0.5, width, 0, 0.5);
  y += 4;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    y += dsp_paper_flow_put (flow, texts[i].style, x, y, width, DSP_PAPER_LEFT, texts[i].text);
  return y - top;
}

static void
put_parties (DspPaperFlow        *flow,
             const DspPreInvoice *p)
{
  const Party issuer = { _("Issued by"), p->issuer, p->issuer_tax_id, p->issuer_regime, p->issuer_address };
  const Party receiver = { _("Issued to"), p->receiver, p->receiver_tax_id, NULL, p->receiver_address };
  double half = (dsp_paper_flow_width (flow) - HALF_GAP) / 2;
  double one = put_party (flow, 0, half, &issuer), two = put_party (flow, half + HALF_GAP, half, &receiver);

  dsp_paper_flow_skip (flow, MAX (one, two) + 8);
}

/* The state stands in a frame, so that nobody takes a draft for more. */
static void
put_title (DspPaperFlow        *flow,
           const DspPreInvoice *p)
{
  double width = dsp_paper_flow_width (flow), frame = 110;
  g_autofree char *title = g_strdup_printf (_("Pre-invoice %s"), p->number != NULL ? p->number : "");
  g_autofree char *from = date_text (p->from), *until = date_text (p->until);
  /* Translators: the first and the last day of a period */
  g_autofree char *period = g_strdup_printf (_("Period from %s to %s"), from, until);

  dsp_paper_flow_box (flow, width - frame, 1, frame - 0.5, 20, 0.8);
  dsp_paper_flow_put (flow, DSP_PAPER_STRONG, width - frame, 5, frame, DSP_PAPER_CENTRE, word_text (&DspPreInvoiceState_words, p->state));
  dsp_paper_flow_text (flow, DSP_PAPER_TITLE, 0, width - frame - GAP, title);
  dsp_paper_flow_text (flow, DSP_PAPER_BODY, 0, width - frame - GAP, period);
  dsp_paper_flow_skip (flow, 8);
}

static void
put_facts (DspPaperFlow           *flow,
           const DspPreInvoiceDoc *doc)
{
  const DspPreInvoice *p = doc->pre_invoice;
  g_autofree char *made = who_and_when (doc, p->made_by, p->made_at), *submitted = time_text (doc, p->submitted_at);
  g_autofree char *decided = who_and_when (doc, p->decided_by, p->decided_at), *invoiced = date_text (p->invoiced_on), *paid = date_text (p->paid_on);
  g_autofree char *note = one_line (p->note);
  const DspPaperFact list[] = {
    { _("Made by"), made, DSP_PAPER_BODY, 2 }, { _("Submitted on"), submitted, DSP_PAPER_BODY, 1 }, { _("Decided by"), decided, DSP_PAPER_BODY, 2 },
    { _("Tax invoice's UUID"), p->invoice_uuid, DSP_PAPER_BODY, 2 }, { _("Tax invoice's number"), p->invoice_number, DSP_PAPER_BODY, 1 },
    { _("Invoiced on"), invoiced, DSP_PAPER_BODY, 1 }, { _("Paid on"), paid, DSP_PAPER_BODY, 1 }, { _("Payment reference"), p->payment, DSP_PAPER_BODY, 1 },
    { _("Note"), note, DSP_PAPER_BODY, 4 }, { _("Reason"), p->reason, DSP_PAPER_BODY, 4 },
  };

  dsp_paper_facts (flow, list, G_N_ELEMENTS (list));
}

/* A label and a sum at its right end; returns the height. */
static double
put_sum (DspPaperFlow  *flow,
         DspPaperStyle  style,
         double         x,
         double         y,
         double         width,
         const char    *label,
         const char    *sum)
{
  double amount = 110;

  dsp_paper_flow_put (flow, style, x + width - amount, y, amount, DSP_PAPER_RIGHT, sum);
  return dsp_paper_flow_put (flow, style, x, y, width - amount, DSP_PAPER_LEFT, label) + 2;
}

static double
put_by_concept (DspPaperFlow  *flow,
                const Content *content,
                double         x,
                double         width)
{
  DspTotals totals;
  double y = dsp_paper_flow_y (flow);

  dsp_pre_invoice_get_totals (content->doc->pre_invoice, &totals);
  y += dsp_paper_flow_put (flow, DSP_PAPER_HEADING, x, y, width, DSP_PAPER_LEFT, _("By concept"));
  dsp_paper_flow_rule (flow, x, y + 0.5, width, 0, 0.5);
  y += 4;
  for (guint i = 1; i < DSP_N_CONCEPTS; i++)
    if (content->n_of[i] > 0)
      {
        g_autofree char *sum = dsp_text_amount (totals.by_concept[i]);
        g_autofree char *n = g_strdup_printf (ngettext ("%'u line", "%'u lines", content->n_of[i]), content->n_of[i]);

        dsp_paper_flow_put (flow, DSP_PAPER_BODY, x + 80, y, width - 190, DSP_PAPER_RIGHT, n);
        y += put_sum (flow, DSP_PAPER_BODY, x, y, width, word_text (&DspConcept_words, i), sum);
      }
  return y;
}

/* "IVA 16 %" where there is more than one. */
static double
put_vat (DspPaperFlow  *flow,
         const Content *content,
         double         x,
         double         y,
         double         width)
{
  double top = y;

  if (content->n_rates < 2 || content->n_rates > MAX_RATES)
    {
      g_autofree char *sum = dsp_text_amount (content->doc->pre_invoice->vat.cents);

      return put_sum (flow, DSP_PAPER_BODY, x, y, width, _("VAT"), sum);
    }
  for (guint i = 0; i < content->n_rates; i++)
    {
      g_autofree char *sum = dsp_text_amount (content->rates[i].cents);
      g_autofree char *label = g_strdup_printf (_("VAT %g %%"), (double) content->rates[i].millionths / 10000);

      y += put_sum (flow, DSP_PAPER_BODY, x, y, width, label, sum);
    }
  return y - top;
}

static double
put_totals (DspPaperFlow  *flow,
            const Content *content,
            double         x,
            double         width)
{
  const DspPreInvoice *p = content->doc->pre_invoice;
  const struct { const char *label; gint64 cents; int sign; } sums[] = {
    { _("Subtotal"), p->subtotal.cents, 1 }, { _("Deductions"), p->deductions.cents, -1 }, { NULL, p->vat.cents, 1 },
    { _("VAT withheld"), p->vat_withheld.cents, -1 }, { _("Income tax withheld"), p->income_withheld.cents, -1 },
  };
  g_autofree char *all = dsp_text_money_coded (p->total.cents);
  double y = dsp_paper_flow_y (flow);

  y += dsp_paper_flow_put (flow, DSP_PAPER_HEADING, x, y, width, DSP_PAPER_LEFT, _("Sums"));
  dsp_paper_flow_rule (flow, x, y + 0.5, width, 0, 0.5);
  y += 4;
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    {
      g_autofree char *sum = dsp_text_amount (sums[i].cents * sums[i].sign);

      if (sums[i].label == NULL)
        y += put_vat (flow, content, x, y, width);
      else if (sums[i].cents != 0 || i == 0)
        y += put_sum (flow, DSP_PAPER_BODY, x, y, width, sums[i].label, sum);
    }
  dsp_paper_flow_rule (flow, x, y + 1, width, 0, 0.8);
  y += 4;
  dsp_paper_flow_put (flow, DSP_PAPER_STRONG, x + 60, y, width - 60, DSP_PAPER_RIGHT, all);
  y += dsp_paper_flow_put (flow, DSP_PAPER_STRONG, x, y, 60, DSP_PAPER_LEFT, _("Total"));
  return y;
}

static void
put_front (DspPaperFlow  *flow,
           const Content *content)
{
  const DspPreInvoice *p = content->doc->pre_invoice;
  double width = dsp_paper_flow_width (flow), half = (width - HALF_GAP) / 2, one, two;
  g_autofree char *words = dsp_money_dup_words (p->total.cents, content->doc->currency);
  const DspPaperFact in_words = { _("Amount in words"), words, DSP_PAPER_BODY, 4 };

  put_title (flow, p);
  put_parties (flow, p);
  put_facts (flow, content->doc);
  dsp_paper_flow_skip (flow, 4);
  dsp_paper_flow_need (flow, SUMS);
  one = put_by_concept (flow, content, 0, half);
  two = put_totals (flow, content, half + HALF_GAP, half);
  dsp_paper_flow_skip (flow, MAX (one, two) + 6 - dsp_paper_flow_y (flow));
  dsp_paper_facts (flow, &in_words, 1);
  dsp_paper_flow_skip (flow, 6);
}

/* ---- the lines ---- */

static void
fill_cells (const Content     *content,
            DspPaperFlow      *flow,
            DspPaperStyle      style,
            const char *const *texts,
            DspPaperCell      *cells)
{
  double others = 0, x = 0;

  for (guint i = 0; i < N_COLUMNS; i++)
    others += content->widths[i];
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      double width = i == CONCEPT ? MAX (dsp_paper_flow_width (flow) - others, columns[CONCEPT].width) : content->widths[i];
      double gap = x + width < dsp_paper_flow_width (flow) - 1 ? GAP : 0;

      cells[i] = (DspPaperCell) { style, x, width - gap, width > 0 ? texts[i] : NULL, columns[i].align };
      x += width;
    }
}

static void
put_headings (DspPaperFlow *flow,
              gpointer      user_data)
{
  const Content *content = user_data;
  const char *texts[N_COLUMNS];
  DspPaperCell cells[N_COLUMNS];

  for (guint i = 0; i < N_COLUMNS; i++)
    texts[i] = i == POSTAL_CODE || i == KM ? g_dpgettext2 (NULL, "column", columns[i].title) : _(columns[i].title);
  fill_cells (content, flow, DSP_PAPER_HEADING, texts, cells);
  dsp_paper_flow_row (flow, cells, N_COLUMNS);
  dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow) + 2, dsp_paper_flow_width (flow), 0, 0.7);
  dsp_paper_flow_skip (flow, 5);
}

/* What was said about a line, below it; (nullable): nothing. */
static char *
remarks (const DspStatementLine *line)
{
  const struct { const char *label, *text; } said[] = {
    { _("Reason"), line->reason }, { _("Observation"), line->observation }, { _("Defence"), line->defence },
  };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    if (said[i].text != NULL)
      g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", said[i].label, said[i].text);
  return g_string_free (text, text->len == 0);
}

/* FALSE: the page is full, and the line was not put. @anyway: it is the page's first; if it is longer than a page it flows. */
static gboolean
put_line (const Content          *content,
          DspPaperFlow           *flow,
          const DspStatementLine *line,
          gboolean                anyway)
{
  g_autofree char *day = day_text (line->day), *concept = concept_text (line), *said = remarks (line);
  g_autofree char *km = km_text (line);
  g_autofree char *amount = dsp_text_amount (line->amount.cents), *vat = dsp_text_amount (line->vat.cents);
  g_autofree char *withheld = dsp_text_amount (withheld_of (line));
  const char *texts[N_COLUMNS] = {
    [DAY] = day, [NUMBER] = line->number, [CONCEPT] = concept, [POSTAL_CODE] = line->postal_code,
    [CREW] = dsp_pre_invoice_doc_crew (content->doc, line), [RATE] = line->rate_code, [KM] = km, [AMOUNT] = amount, [VAT] = vat,
    [WITHHELD] = withheld,
  };
  DspPaperCell cells[N_COLUMNS];
  double height, x, width = dsp_paper_flow_width (flow);

  fill_cells (content, flow, DSP_PAPER_SMALL, texts, cells);
  height = dsp_paper_flow_row_height (flow, cells, N_COLUMNS);
  x = cells[CONCEPT].x;
  if (!anyway && height + dsp_paper_flow_measure (flow, DSP_PAPER_LABEL, width - x, said) > dsp_paper_flow_left (flow))
    return FALSE;
  dsp_paper_flow_row (flow, cells, N_COLUMNS);
  dsp_paper_flow_text (flow, DSP_PAPER_LABEL, x, width - x, said);
  dsp_paper_flow_shade (flow, 0, dsp_paper_flow_y (flow) + 1.1, width, 0.4, 0.75);
  dsp_paper_flow_skip (flow, 2.8);
  return TRUE;
}

/* ---- the end ---- */

static void
put_end (const Content *content,
         DspPaperFlow  *flow)
{
  const DspPreInvoice *p = content->doc->pre_invoice;
  double width = dsp_paper_flow_width (flow), half = (width - HALF_GAP) / 2, y;
  g_autofree char *amount = dsp_text_amount (p->subtotal.cents - p->deductions.cents), *vat = dsp_text_amount (p->vat.cents);
  g_autofree char *withheld = dsp_text_amount (p->vat_withheld.cents + p->income_withheld.cents);
  g_autofree char *n = g_strdup_printf (ngettext ("%'u line", "%'u lines", content->doc->lines->len), content->doc->lines->len);
  const char *texts[N_COLUMNS] = { [CONCEPT] = n, [AMOUNT] = amount, [VAT] = vat, [WITHHELD] = withheld };
  DspPaperCell cells[N_COLUMNS];

  dsp_paper_flow_rule (flow, 0, dsp_paper_flow_y (flow) - 1.5, width, 0, 0.8);
  dsp_paper_flow_skip (flow, 2);
  fill_cells (content, flow, DSP_PAPER_HEADING, texts, cells);
  dsp_paper_flow_row (flow, cells, N_COLUMNS);
  dsp_paper_flow_skip (flow, SIGNATURE);
  y = dsp_paper_flow_y (flow);
  for (guint i = 0; i < 2; i++)
    {
      double x = i * (half + HALF_GAP);

      dsp_paper_flow_rule (flow, x, y, half, 0, 0.5);
      dsp_paper_flow_put (flow, DSP_PAPER_LABEL, x, y + 3, half, DSP_PAPER_CENTRE, i == 0 ? _("Made by: name and signature") : _("Approved by: name and signature"));
    }
  dsp_paper_flow_skip (flow, 22);
  dsp_paper_flow_put (flow, DSP_PAPER_LABEL, 0, dsp_paper_flow_y (flow), width, DSP_PAPER_LEFT, _("A pre-invoice is no tax document."));
  dsp_paper_flow_skip (flow, 10);
}

static DspPaperFlow *
lay_out_page (gconstpointer data,
              DspPaperPen  *pen,
              double        width,
              double        height,
              guint         from,
              guint        *next)
{
  const Content *content = data;
  GPtrArray *lines = content->doc->lines;
  DspPaperFlow *flow = dsp_paper_flow_new (pen, width, height, put_headings, (gpointer) content);
  guint i = from;

  if (from == 0)
    put_front (flow, content);
  put_headings (flow, (gpointer) content);
  while (i < lines->len && put_line (content, flow, lines->pdata[i], i == from))
    i++;
  *next = i;
  if (i < lines->len || (i > from && dsp_paper_flow_left (flow) < END))
    return flow;
  put_end (content, flow);
  *next = DSP_PAPER_END;
  return flow;
}

/* ---- the document ---- */

/* Texts wrap, but not those of a few letters more than others. */
#define WIDEST_TEXT 84.0

static void
make_room (Content *content,
           Column   column,
           double   width)
{
  content->widths[column] = MAX (MAX (content->widths[column], columns[column].width), ceil (width));
}

static void
widen_for_text (Content    *content,
                Column      column,
                const char *text)
{
  if (text != NULL)
    make_room (content, column, MIN ((double) g_utf8_strlen (text, -1) * 5.4 + GAP, WIDEST_TEXT));
}

/* A number, at most, in the fonts that offices have; the sums stand in bold below. */
static void
widen (Content    *content,
       Column      column,
       const char *text,
       gboolean    bold)
{
  double width = GAP + 1;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += *p == ',' || *p == '.' ? (bold ? 3.1 : 2.4) : g_ascii_isdigit (*p) ? (bold ? 5.6 : 4.8) : 6.8;
  make_room (content, column, width);
}

static void
widen_for (Content *content,
           Column   column,
           gint64   cents,
           gboolean bold)
{
  g_autofree char *text = dsp_text_amount (cents);

  widen (content, column, text, bold);
}

static void
count_line (Content                *content,
            const DspStatementLine *line)
{
  g_autofree char *km = km_text (line);
  guint i = 0;

  content->n_of[line->concept < DSP_N_CONCEPTS ? line->concept : DSP_CONCEPT_NONE]++;
  widen_for_text (content, NUMBER, line->number);
  widen_for_text (content, POSTAL_CODE, line->postal_code);
  widen_for_text (content, CREW, dsp_pre_invoice_doc_crew (content->doc, line));
  widen_for_text (content, RATE, line->rate_code);
  if (km != NULL)
    widen (content, KM, km, FALSE);
  widen_for (content, AMOUNT, line->amount.cents, FALSE);
  widen_for (content, VAT, line->vat.cents, FALSE);
  if (withheld_of (line) != 0)
    widen_for (content, WITHHELD, withheld_of (line), FALSE);
  while (i < content->n_rates && i < MAX_RATES && content->rates[i].millionths != line->vat_rate.value)
    i++;
  if (i < MAX_RATES)
    {
      content->rates[i].millionths = line->vat_rate.value;
      content->rates[i].cents += line->vat.cents;
    }
  content->n_rates = MAX (content->n_rates, i + 1);
}

DspPaperDocument *
dsp_pre_invoice_paper_new (DspPreInvoiceDoc *doc)
{
  const DspPreInvoice *p = doc->pre_invoice;
  g_autofree char *title = g_strdup_printf (_("Pre-invoice %s"), p->number != NULL ? p->number : "");
  g_autofree char *foot = p->issuer != NULL ? g_strdup_printf ("%s · %s", title, p->issuer) : g_strdup (title);
  DspPaperDocument *document = dsp_paper_document_new (title);
  Content *content = g_new0 (Content, 1);
  double others = 0;

  content->doc = dsp_pre_invoice_doc_ref (doc);
  make_room (content, DAY, 0);
  for (guint i = 0; i < doc->lines->len; i++)
    count_line (content, doc->lines->pdata[i]);
  widen_for (content, AMOUNT, p->subtotal.cents - p->deductions.cents, TRUE);
  widen_for (content, VAT, p->vat.cents, TRUE);
  if (content->widths[WITHHELD] > 0)
    widen_for (content, WITHHELD, p->vat_withheld.cents + p->income_withheld.cents, TRUE);
  dsp_paper_document_add_rows (document, lay_out_page, doc->lines->len, content, content_free, NULL);
  for (guint i = 0; i < N_COLUMNS; i++)
    others += content->widths[i];
  /* Very long amounts need the long side of the paper. */
  dsp_paper_document_set_landscape (document, NARROWEST - others < columns[CONCEPT].width);
  dsp_paper_document_set_foot (document, foot);
  dsp_paper_document_set_total (document, TRUE);
  return document;
}
