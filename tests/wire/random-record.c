/* random-record.c: records with anything in them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "random-record.h"

static char *
random_text (GRand *rand)
{
  static const char *const pieces[] = { "a", "ñ", "\"", "\\", "\n", "\t", "😀", "/", "é", "0", " ", "\x01", "<", "日" };
  GString *text = g_string_new ("x");

  for (int i = g_rand_int_range (rand, 0, 20); i > 0; i--)
    g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
  g_string_append_c (text, 'y');
  return g_string_free (text, FALSE);
}

void
random_record_fill (const DspTable *table,
                    gpointer        record,
                    GRand          *rand)
{
  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *f = &table->fields[i];

      if (g_rand_int_range (rand, 0, 4) == 0)
        continue;
      switch ((DspKind) f->kind)
        {
        case DSP_KIND_TEXT: *dsp_field_text (f, record) = random_text (rand); break;
        case DSP_KIND_ID:
          for (int b = 0; b < 16; b++)
            dsp_field_id (f, record)->b[b] = (guint8) g_rand_int (rand);
          break;
        case DSP_KIND_TIME:
          dsp_field_time (f, record)->us = (gint64) g_rand_int (rand) * G_TIME_SPAN_SECOND + g_rand_int_range (rand, 0, 2) * 7;
          break;
        case DSP_KIND_DATE: dsp_field_date (f, record)->day = g_rand_int_range (rand, 1, 40000); break;
        case DSP_KIND_INT: *dsp_field_int (f, record) = (DspInt) { (gint32) g_rand_int (rand), true }; break;
        case DSP_KIND_MONEY: *dsp_field_money (f, record) = (DspMoney) { (gint32) g_rand_int (rand), true }; break;
        case DSP_KIND_WORD: *dsp_field_word (f, record) = (guint) g_rand_int_range (rand, 1, (gint32) f->words->n); break;
        case DSP_KIND_YES_NO: *dsp_field_word (f, record) = (guint) g_rand_int_range (rand, 1, 3); break;
        case DSP_KIND_LIST:
          {
            g_autofree char *one = random_text (rand), *two = random_text (rand);
            const char *items[] = { one, two, NULL };

            *dsp_field_list (f, record) = g_strdupv ((char **) items);
            break;
          }
        }
    }
}
