/* test-paper.c: sheets as files: everything is on them, in words and in bars
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a reader of PDF and a scanner find in the file is compared with what went in.
 */
#include "config.h"
#include "dsp-paper-barcode.h"
#include "dsp-paper-day.h"
#include "dsp-paper-document.h"
#include "dsp-paper-order.h"
#include "paper-file.h"

#include <gdk/gdk.h>
#include <glib/gstdio.h>
#include <string.h>

static DspPaperOrder *
sample (void)
{
  static const char *const questions[] = { "¿La señal se midió en la toma?", "¿El cliente probó el servicio?",
                                           "¿El cableado quedó fijo y limpio?", NULL };
  static const char *const models[] = { "MODEM  Módem", "ONT  Terminal óptica", "DECO  Decodificador", "REPETIDOR  Repetidor wifi",
                                        "EXTENSION  Extensión telefónica", NULL };
  static const char *const solutions[] = { "S03  Se cambió el conector", "S04  Se repuso el cable de acometida",
                                           "S05  Se reinició y ajustó el equipo", "S06  Se cambió el equipo",
                                           "S07  Se reparó la red exterior", "S10  Sin falla al llegar", "S99  Otra solución", NULL };
  static const char *const rejections[] = { "sin-acceso  No se puede llegar al domicilio", "domicilio-no-existe  El domicilio no existe",
                                            "sin-facilidades  El inmueble no tiene ducto ni paso",
                                            "distancia-red  La red está demasiado lejos",
                                            "riesgo-altura  Trabajo en altura sin condiciones seguras",
                                            "zona-insegura  Zona de alto riesgo", "amenazas  El personal recibió amenazas", NULL };
  static const char *const reschedules[] = { "cliente-pide-otro-dia  El cliente pidió otro día", "cliente-ausente  El cliente no estaba",
                                             "clima  Clima que no deja trabajar", "falla-masiva  Falla general de la red",
                                             "sin-material  Faltó material", "sin-tiempo  A la cuadrilla no le alcanzó el tiempo",
                                             "vehiculo  Se descompuso el vehículo", NULL };
  DspPaperOrder *order = dsp_paper_order_new ();

  order->office = g_strdup ("Oficina de despacho");
  order->printed = g_strdup ("28 nov 2026 10:22 · despachador");
  order->number = g_strdup ("904123");
  order->type = g_strdup ("Reparación / Sin señal");
  order->group = g_strdup ("Mantenimiento");
  order->status = g_strdup ("Asignada");
  order->priority = g_strdup ("2");
  order->parent = g_strdup ("903877");
  order->customer = g_strdup ("María de los Ángeles Guadalupe Hernández-Villaseñor y Montes de Oca");
  order->account = g_strdup ("55000123");
  order->phone = g_strdup ("55 1234 5678");
  order->street = g_strdup ("Cerrada Segunda de Fray Bartolomé de las Casas 1247-B, int. Torre 3 depto. 1402");
  order->place = g_strdup ("03100 Del Valle Centro, Benito Juárez, Ciudad de México");
  order->between = g_strdup ("Félix Cuevas y Parroquia");
  order->directions = g_strdup ("Portón verde junto a la panadería; tocar dos veces, el timbre no suena.");
  order->appointment = g_strdup ("dom 29 nov 2026, 10:00–14:00");
  order->created = g_strdup ("27 nov 2026 18:05");
  order->penalty = g_strdup ("29 nov 2026 18:05");
  order->crew = g_strdup ("C-07 Norte 3");
  order->members = g_strdup ("Juan Pérez Gómez, Ana Lucía Robles");
  order->vehicle = g_strdup ("ABC-12-34");
  order->distributor = g_strdup ("D-02 Instalaciones del Valle de México");
  order->visit = g_strdup ("3, hacia las 11:40");
  order->notes = g_strdup ("El cliente dice que la señal se corta cuando llueve. Llevar escalera larga y conectores.");
  order->questions = g_strdupv ((GStrv) questions);
  order->models = g_strdupv ((GStrv) models);
  order->solutions = g_strdupv ((GStrv) solutions);
  order->rejections = g_strdupv ((GStrv) rejections);
  order->reschedules = g_strdupv ((GStrv) reschedules);
  order->wants_equipment = order->wants_position = TRUE;
  return order;
}

static DspPaperDocument *
document_of (DspPaperOrder *order)
{
  DspPaperDocument *document = dsp_paper_document_new ("Hojas de servicio");

  dsp_paper_document_add (document, (DspPaperLayOutFunc) dsp_paper_order_lay_out, order, (GDestroyNotify) dsp_paper_order_free, NULL);
  return document;
}

static guint
write_document (PaperFile            *fixture,
                DspPaperDocument   *document,
                const DspPaperSize *size)
{
  g_autoptr(GError) error = NULL;
  guint n = dsp_paper_pdf_write (document, size, fixture->file, NULL, &error);

  g_assert_no_error (error);
  return n;
}

static void
test_everything (PaperFile      *fixture,
                 gconstpointer unused)
{
  g_autoptr(DspPaperDocument) document = document_of (sample ());
  g_autofree char *words = NULL, *info = NULL;
  /* Texts in columns are broken by others; what stands alone is found whole. */
  const char *const wanted[] = { "904123", "Reparación / Sin señal", "Mantenimiento", "55000123", "55 1234 5678", "Félix Cuevas y Parroquia",
                                 "03100 Del Valle Centro, Benito Juárez, Ciudad de México", "tocar dos veces, el timbre no suena.",
                                 "dom 29 nov 2026, 10:00–14:00", "29 nov 2026 18:05", "C-07 Norte 3", "ABC-12-34", "3, hacia las 11:40",
                                 "Llevar escalera larga y conectores.", "1. ¿La señal se midió en la toma?", "ONT Terminal óptica", "S03", "S99",
                                 "zona-insegura", "cliente-ausente" };

  g_assert_cmpuint (write_document (fixture, document, &dsp_paper_letter), ==, 1);
  words = paper_words (fixture->path);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    paper_has (words, wanted[i]);
  info = paper_run ("pdfinfo", fixture->path, NULL);
  paper_has (info, "612 x 792 pts (letter)");
  paper_has (info, "Hojas de servicio");
}

static void
test_scanner (PaperFile      *fixture,
              gconstpointer unused)
{
  g_autoptr(DspPaperDocument) document = document_of (sample ());
  g_autofree char *prefix = g_build_filename (fixture->dir, "page", NULL);
  g_autofree char *picture = g_strconcat (prefix, ".png", NULL);
  g_autofree char *none = NULL, *read = NULL;

  if (!paper_has_program ("zbarimg"))
    {
      g_test_skip ("zbarimg is not installed");
      return;
    }
  write_document (fixture, document, &dsp_paper_letter);
  /* As an office's printer prints and a hand scanner sees. */
  none = paper_run ("pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", fixture->path, prefix, NULL);
  read = paper_run ("zbarimg", "--quiet", picture, NULL);
  g_assert_cmpstr (read, ==, "CODE-128:904123\n");
}

static void
test_flows (PaperFile      *fixture,
            gconstpointer unused)
{
  DspPaperOrder *order = sample ();
  g_autoptr(DspPaperDocument) document = NULL;
  g_autoptr(GString) notes = g_string_new (NULL);
  g_autoptr(GString) street = g_string_new (NULL);
  g_autofree char *words = NULL;
  guint n;

  for (guint i = 0; i < 1500; i++)
    g_string_append_printf (notes, "palabra%04u ", i);
  for (guint i = 0; i < 900; i++)
    g_string_append_printf (street, "calle%03u ", i);
  g_free (order->notes);
  order->notes = g_strdup (notes->str);
  g_free (order->street);
  order->street = g_strdup (street->str);
  document = document_of (order);
  n = write_document (fixture, document, &dsp_paper_letter);
  g_assert_cmpuint (n, >, 2);
  words = paper_words (fixture->path);
  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *word = g_strdup_printf ("palabra%04u", i);

      paper_has (words, word);
    }
  for (guint i = 0; i < 900; i++)
    {
      g_autofree char *word = g_strdup_printf ("calle%03u", i);

      paper_has (words, word);
    }
  /* Each page says whose it is. */
  for (guint page = 1; page <= n; page++)
    {
      g_autofree char *foot = g_strdup_printf ("Order 904123 · page %u of %u", page, n);

      paper_has (words, foot);
    }
}

static void
test_a4 (PaperFile      *fixture,
         gconstpointer unused)
{
  g_autoptr(DspPaperDocument) document = document_of (sample ());
  g_autofree char *info = NULL;

  g_assert_cmpuint (write_document (fixture, document, &dsp_paper_a4), ==, 1);
  info = paper_run ("pdfinfo", fixture->path, NULL);
  paper_has (info, "(A4)");
}

/* An order of which little is known is a sheet too. */
static void
test_bare (PaperFile      *fixture,
           gconstpointer unused)
{
  DspPaperOrder *order = dsp_paper_order_new ();
  g_autoptr(DspPaperDocument) document = NULL;
  g_autofree char *words = NULL;

  order->number = g_strdup ("Ñandú/7\n");
  document = document_of (order);
  g_assert_cmpuint (write_document (fixture, document, &dsp_paper_letter), ==, 1);
  words = paper_words (fixture->path);
  paper_has (words, "Ñandú/7");
}

/* A picture of one colour, in a file of the test's folder. */
static DspPaperPhoto *
make_photo (PaperFile  *fixture,
            const char *name,
            const char *format,
            int         width,
            int         height)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, strcmp (format, "png") == 0, 8, width, height);
  g_autoptr(GError) error = NULL;

  gdk_pixbuf_fill (pixbuf, 0xc02020ff);
  gdk_pixbuf_save (pixbuf, path, format, &error, NULL);
  g_assert_no_error (error);
  return dsp_paper_photo_new (name, path);
}

/* What is no picture leaves its place crossed out, and the sheet whole. */
static void
test_photos (PaperFile    *fixture,
             gconstpointer unused)
{
  DspPaperOrder *order = sample ();
  g_autofree char *broken = g_build_filename (fixture->dir, "broken.jpg", NULL);
  g_autoptr(DspPaperDocument) document = NULL;
  g_autofree char *words = NULL, *images = NULL;

  g_assert_true (g_file_set_contents (broken, "MZ no picture", -1, NULL));
  order->signature = make_photo (fixture, "firma.png", "png", 300, 90);
  g_ptr_array_add (order->photos, make_photo (fixture, "acometida.jpg", "jpeg", 480, 360));
  g_ptr_array_add (order->photos, make_photo (fixture, "grande.jpg", "jpeg", 4000, 3000));
  g_ptr_array_add (order->photos, dsp_paper_photo_new ("broken.jpg", broken));
  g_ptr_array_add (order->photos, dsp_paper_photo_new ("missing.jpg", "/nowhere/missing.jpg"));
  order->other_files = g_strdup ("Not printed here: contrato.pdf");
  document = document_of (order);
  g_assert_cmpuint (write_document (fixture, document, &dsp_paper_letter), ==, 2);
  words = paper_words (fixture->path);
  for (guint i = 0; i < order->photos->len; i++)
    paper_has (words, ((const DspPaperPhoto *) order->photos->pdata[i])->name);
  paper_has (words, "Not printed here: contrato.pdf");
  /* A small photo as it was, a large one as finely as paper shows it. */
  images = paper_run ("pdfimages", "-list", fixture->path, NULL);
  g_assert_true (g_regex_match_simple ("image\\s+480\\s+360\\s+rgb\\s+\\d+\\s+8\\s+jpeg", images, 0, 0));
  g_assert_true (g_regex_match_simple ("image\\s+300\\s+90\\s", images, 0, 0));
  g_assert_false (g_regex_match_simple ("\\s4000\\s", images, 0, 0));
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
on_progress (double   fraction,
             gpointer data)
{
  double *last = data;

  g_assert_cmpfloat (fraction, >=, *last);
  *last = fraction;
}

/* Whoever cancels, or has no room left, keeps the file that was there. */
static void
test_cancelled (PaperFile      *fixture,
                gconstpointer unused)
{
  g_autoptr(DspPaperDocument) document = dsp_paper_document_new ("Muchas");
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = NULL;
  double last = 0;

  for (guint i = 0; i < 300; i++)
    dsp_paper_document_add (document, (DspPaperLayOutFunc) dsp_paper_order_lay_out, sample (), (GDestroyNotify) dsp_paper_order_free, NULL);
  g_assert_true (g_file_set_contents (fixture->path, "what was here", -1, NULL));
  dsp_paper_pdf_write_async (document, &dsp_paper_letter, fixture->file, cancellable, on_progress, &last, on_written, &result);
  while (last == 0 && result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (dsp_paper_pdf_write_finish (result, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (fixture->path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "what was here");
}

static void
test_no_room (PaperFile      *fixture,
              gconstpointer unused)
{
  g_autoptr(DspPaperDocument) document = document_of (sample ());
  g_autoptr(GFile) full = g_file_new_for_path ("/dev/full");
  g_autoptr(GFile) nowhere = g_file_new_for_path ("/nowhere/at/all.pdf");
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (dsp_paper_pdf_write (document, &dsp_paper_letter, nowhere, NULL, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (dsp_paper_pdf_write (document, &dsp_paper_letter, full, NULL, &error), ==, 0);
  g_assert_nonnull (error);
}

/* ---- crews ---- */

static DspPaperVisit *
sample_visit (guint number)
{
  static const char *const questions[] = { "¿Se probó el servicio con el cliente?", "¿El cableado quedó fijo y limpio?", NULL };
  DspPaperVisit *visit = g_new0 (DspPaperVisit, 1);

  visit->sequence = g_strdup_printf ("%u", number);
  visit->when = g_strdup_printf ("28 nov 10:00–14:00, hacia las %u:40", 9 + number % 10);
  visit->number = g_strdup_printf ("%u", 904000 + number);
  visit->type = g_strdup ("Cambio de domicilio / Fuera del domicilio anterior con traslado de equipo");
  visit->customer = g_strdup_printf ("María de los Ángeles Guadalupe Hernández-Villaseñor y Montes de Oca %u, cuenta 5500%u", number, number);
  visit->phone = g_strdup ("55 1234 5678");
  visit->address = g_strdup ("Cerrada Segunda de Fray Bartolomé de las Casas 1247-B, int. Torre 3 depto. 1402 · Félix Cuevas y Parroquia · "
                             "03100 Del Valle Centro, Benito Juárez, Ciudad de México · Portón verde junto a la panadería");
  visit->penalty = g_strdup ("penalización 29 nov 18:05");
  visit->questions = g_strdupv ((GStrv) questions);
  visit->wants_equipment = visit->wants_position = TRUE;
  return visit;
}

/* A map that has points only: no boundaries, no outline, no network. */
static DspPaperDay *
sample_day (guint    n_visits,
            gboolean for_results)
{
  static const char *const codes[] = { "S01  Servicio instalado y probado", "S02  Otra cosa", NULL };
  DspPaperDay *day = dsp_paper_day_new ();

  day->heading = g_strdup ("Hojas de contingencia · Oficina de despacho");
  day->title = g_strdup ("C-07 Norte 3");
  day->people = g_strdup ("Juan Pérez Gómez, Ana Lucía Robles · Kangoo XX-062-B");
  day->totals = g_strdup_printf ("%u órdenes · 23 km", n_visits);
  day->map = dsp_paper_map_new (NULL, NULL);
  dsp_paper_map_add (day->map, 194000000, -991500000, 0, FALSE);
  day->for_results = for_results;
  day->solutions = g_strdupv ((GStrv) codes);
  day->rejections = g_strdupv ((GStrv) codes);
  day->reschedules = g_strdupv ((GStrv) codes);
  for (guint i = 1; i <= n_visits; i++)
    {
      g_ptr_array_add (day->visits, sample_visit (i));
      dsp_paper_map_add (day->map, 194000000 + (gint64) (i * 37 % 50) * 4000, -991500000 + (gint64) (i * 11 % 50) * 5000, i, i % 3 == 0);
    }
  return day;
}

static void
add_day (DspPaperDocument *document,
         DspPaperDay      *day,
         const char       *bookmark)
{
  dsp_paper_document_add (document, (DspPaperLayOutFunc) dsp_paper_day_lay_out, day, (GDestroyNotify) dsp_paper_day_free, bookmark);
}

static void
test_day (PaperFile      *fixture,
          gconstpointer unused)
{
  g_autoptr(DspPaperDocument) document = dsp_paper_document_new ("Día de una cuadrilla");
  g_autofree char *words = NULL;

  add_day (document, sample_day (40, FALSE), NULL);
  g_assert_cmpuint (write_document (fixture, document, &dsp_paper_letter), >, 2);
  words = paper_words (fixture->path);
  for (guint i = 1; i <= 40; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", 904000 + i);

      paper_has (words, number);
    }
  paper_has (words, "40 órdenes · 23 km");
  paper_has (words, " km"); /* the scale */
}

/* Notes of ten thousand words in a block that has boxes below. */
static void
test_results (PaperFile      *fixture,
              gconstpointer unused)
{
  g_autoptr(DspPaperDocument) document = dsp_paper_document_new ("Paquete de contingencia");
  DspPaperDay *first = sample_day (12, TRUE), *second = sample_day (1, TRUE);
  g_autoptr(GString) notes = g_string_new (NULL);
  g_autofree char *words = NULL;
  guint n;

  for (guint i = 0; i < 2500; i++)
    g_string_append_printf (notes, "nota%04u ", i);
  ((DspPaperVisit *) first->visits->pdata[4])->notes = g_strdup (notes->str);
  g_free (second->title);
  second->title = g_strdup ("Sin cuadrilla");
  add_day (document, first, "C-07 Norte 3 · 12 órdenes");
  add_day (document, second, "Sin cuadrilla · 1 orden");
  dsp_paper_document_set_contents (document, "Impreso hoy");
  n = write_document (fixture, document, &dsp_paper_letter);
  words = paper_words (fixture->path);
  for (guint i = 0; i < 2500; i++)
    {
      g_autofree char *word = g_strdup_printf ("nota%04u", i);

      paper_has (words, word);
    }
  /* The second crew's page is the last but the pages that its codes need; the table of contents says which. */
  {
    g_autofree char *entry = g_strdup_printf ("Sin cuadrilla · 1 orden %u", n);
    g_autofree char *last = g_strdup_printf ("%u", n);
    g_autofree char *page = paper_run ("pdftotext", "-layout", "-f", last, fixture->path, "-", NULL);

    paper_has (words, "C-07 Norte 3 · 12 órdenes 2");
    paper_has (words, entry);
    paper_has (page, "Sin cuadrilla");
    paper_has (page, "904001");
  }
}

static void
test_bars (void)
{
  g_autofree char *endless = g_strnfill (4000, '9');
  g_autoptr(DspPaperBars) bars = dsp_paper_bars_new ("904123");

  g_assert_nonnull (bars);
  g_assert_cmpuint (bars->bars->len, ==, 19); /* start, three pairs of digits, check: three bars each; the stop has four */
  g_assert_cmpuint (bars->width, ==, 11 * 5 + 13);
  g_assert_null (dsp_paper_bars_new (""));
  g_assert_null (dsp_paper_bars_new ("Ωμέγα"));
  g_assert_null (dsp_paper_bars_new (endless));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!paper_has_program ("pdftotext") || !paper_has_program ("pdfinfo"))
    {
      g_print ("1..0 # SKIP no poppler-utils to read the sheets with\n");
      return 0;
    }
#define ADD(name, function) g_test_add ("/paper/S0-17/" name, PaperFile, NULL, paper_file_set_up, function, paper_file_tear_down)
  ADD ("sheet_says_all_that_a_technician_needs", test_everything);
  ADD ("number_is_read_back_by_a_scanner", test_scanner);
  ADD ("long_texts_flow_and_are_never_cut", test_flows);
  ADD ("A4_as_well_as_letter", test_a4);
  ADD ("an_order_of_which_little_is_known", test_bare);
  ADD ("photos_and_signature_stand_on_their_sheet", test_photos);
  ADD ("a_crews_day_with_its_map", test_day);
  ADD ("contingency_sheets_with_their_contents", test_results);
  ADD ("cancelled_leaves_the_file_that_was_there", test_cancelled);
  ADD ("no_room_is_told", test_no_room);
  g_test_add_func ("/paper/S0-17/bars", test_bars);
  return g_test_run ();
}
