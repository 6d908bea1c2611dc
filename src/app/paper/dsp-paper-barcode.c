/* dsp-paper-barcode.c: a text that a scanner reads back
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-barcode.h"

#include <math.h>
#include <string.h>
#include <zint.h>

#define MAX_TEXT 64 /* longer ones become wider than a sheet */

DspPaperBars *
dsp_paper_bars_new (const char *text)
{
  struct zint_symbol *symbol;
  DspPaperBars *bars = NULL;
  gsize length = strlen (text);

  if (length == 0 || length > MAX_TEXT)
    return NULL;
  symbol = ZBarcode_Create ();
  symbol->symbology = BARCODE_CODE128;
  symbol->input_mode = UNICODE_MODE;
  symbol->show_hrt = 0;
  if (ZBarcode_Encode_and_Buffer_Vector (symbol, (const unsigned char *) text, (int) length, 0) == 0)
    {
      /* The vector's unit is not the module; the symbol's width in modules says how long one is. */
      double module = symbol->vector->width / symbol->width;

      bars = g_new0 (DspPaperBars, 1);
      bars->width = (guint) symbol->width;
      bars->bars = g_array_new (FALSE, FALSE, sizeof (DspPaperBar));
      for (const struct zint_vector_rect *rect = symbol->vector->rectangles; rect != NULL; rect = rect->next)
        {
          DspPaperBar bar = { (guint) lround (rect->x / module), (guint) lround (rect->width / module) };

          g_array_append_val (bars->bars, bar);
        }
    }
  ZBarcode_Delete (symbol);
  return bars;
}

void
dsp_paper_bars_free (DspPaperBars *bars)
{
  g_array_unref (bars->bars);
  g_free (bars);
}

DspPaperSquare *
dsp_paper_square_new (const char *text)
{
  struct zint_symbol *symbol = ZBarcode_Create ();
  DspPaperSquare *square = NULL;

  symbol->symbology = BARCODE_QRCODE;
  symbol->input_mode = UNICODE_MODE;
  symbol->option_1 = 2; /* a seventh of it may be unreadable */
  if (ZBarcode_Encode (symbol, (const unsigned char *) text, (int) strlen (text)) == 0 && symbol->rows == symbol->width)
    {
      square = g_new0 (DspPaperSquare, 1);
      square->size = (guint) symbol->rows;
      square->dark = g_new0 (guint8, square->size * square->size);
      for (guint row = 0; row < square->size; row++)
        for (guint column = 0; column < square->size; column++)
          square->dark[row * square->size + column] = symbol->encoded_data[row][column / 8] >> (column % 8) & 1;
    }
  ZBarcode_Delete (symbol);
  return square;
}

void
dsp_paper_square_free (DspPaperSquare *square)
{
  g_free (square->dark);
  g_free (square);
}

gboolean
dsp_paper_square_is_dark (const DspPaperSquare *square,
                          guint                 row,
                          guint                 column)
{
  return square->dark[row * square->size + column] != 0;
}
