/* generate.c: an invented office of any size, the same each time
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "generate.h"

#include <math.h>
#include <string.h>

#define N_PLACES 1500
#define SPAN (400 * G_TIME_SPAN_DAY)

struct _Generate
{
  guint64 seed;
  guint   n_orders, n_crews, n_distributors;
  GArray *places; /* (owned) */
};

/* A small stream of random numbers of one record (splitmix64). */
typedef struct { guint64 state; } Stream;

static guint64
next (Stream *stream)
{
  guint64 z = stream->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

static guint
below (Stream *stream,
       guint   n)
{
  return (guint) ((next (stream) >> 32) * n >> 32);
}

static Stream
stream_of (const Generate *generate,
           guint           kind,
           guint           i)
{
  Stream stream = { generate->seed ^ (guint64) kind << 56 ^ (guint64) i * G_GUINT64_CONSTANT (0x632be59bd9b4e019) };

  next (&stream);
  return stream;
}

static const char *const municipalities[] = {
  "Álvaro Obregón", "Azcapotzalco", "Benito Juárez", "Coyoacán", "Cuajimalpa de Morelos", "Cuauhtémoc", "Gustavo A. Madero",
  "Iztacalco", "Iztapalapa", "La Magdalena Contreras", "Miguel Hidalgo", "Milpa Alta", "Tláhuac", "Tlalpan",
  "Venustiano Carranza", "Xochimilco",
};

static const struct { const char *group, *type, *subtypes[3]; } kinds[] = {
  { "Instalación", "Instalación nueva", { "Fibra", "Cobre", "Radio" } },
  { "Instalación", "Cambio de domicilio", { "Mismo código", "Otro código", "Interior" } },
  { "Falla", "Sin servicio", { "Total", "Intermitente", "Lento" } },
  { "Falla", "Equipo dañado", { "Módem", "Decodificador", "Cableado" } },
  { "Mantenimiento", "Preventivo", { "Anual", "Semestral", "Revisión" } },
  { "Mantenimiento", "Correctivo", { "Poste", "Acometida", "Registro" } },
  { "Retiro", "Retiro de equipo", { "Baja", "Cambio", "Adeudo" } },
  { "Verificación", "Verificación en campo", { "Calidad", "Queja", "Auditoría" } },
};

static const char *const neighbourhoods[] = {
  "Centro", "Del Valle", "Roma Norte", "Narvarte Poniente", "Portales", "San Ángel", "Jardines del Pedregal", "Santa María la Ribera",
  "Lindavista", "Agrícola Oriental", "Peralvillo", "Escandón", "Anáhuac", "Guerrero", "Moctezuma", "La Joya", "El Mirador", "Los Olivos",
};
static const char *const first_names[] = {
  "María", "José", "Guadalupe", "Juan", "Verónica", "Luis", "Ana", "Carlos", "Rosa", "Miguel", "Lucía", "Jesús", "Teresa", "Ángel",
};
static const char *const last_names[] = {
  "Hernández", "García", "Martínez", "López", "González", "Pérez", "Rodríguez", "Sánchez", "Ramírez", "Núñez", "Ibáñez", "Muñoz",
};
static const char *const streets[] = { "Avenida Insurgentes", "Calle Madero", "Calzada de Tlalpan", "Eje Central", "Calle Morelos", "Andador 5" };

static void
place_clear (gpointer data)
{
  GeneratePlace *place = data;

  g_free (place->municipality);
  g_free (place->state);
}

static GArray *
new_places (void)
{
  GArray *places = g_array_new (FALSE, TRUE, sizeof (GeneratePlace));

  g_array_set_clear_func (places, place_clear);
  return places;
}

static GArray *
invent_places (void)
{
  GArray *places = new_places ();

  for (guint i = 0; i < N_PLACES; i++)
    {
      GeneratePlace place = { .state = g_strdup ("Ciudad de México") };
      guint municipality = i * G_N_ELEMENTS (municipalities) / N_PLACES;

      g_snprintf (place.code, sizeof place.code, "%02u%03u", municipality + 1, i % 94 * 10);
      place.municipality = g_strdup (municipalities[municipality]);
      place.lat_e7 = 193000000 + (gint32) (i * 7919 % 300) * 10000;
      place.lon_e7 = -991500000 + (gint32) (i * 104729 % 300) * 10000;
      g_array_append_val (places, place);
    }
  return places;
}

GArray *
generate_read_places (const char *path,
                      GError    **error)
{
  g_autofree char *text = NULL;
  g_autoptr(GArray) places = new_places ();
  g_auto(GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) columns = g_strsplit (lines[i], ",", -1);
      GeneratePlace place = { 0 };

      if (g_strv_length (columns) < 5 || !dsp_postal_code_is_valid (columns[0]))
        continue;
      g_strlcpy (place.code, columns[0], sizeof place.code);
      place.municipality = g_strdup (columns[1]);
      place.state = g_strdup (columns[2]);
      place.lat_e7 = (gint32) lrint (g_ascii_strtod (columns[3], NULL) * 1e7);
      place.lon_e7 = (gint32) lrint (g_ascii_strtod (columns[4], NULL) * 1e7);
      g_array_append_val (places, place);
    }
  if (places->len == 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s has no line \"code,municipality,state,lat,lon\"", path);
      return NULL;
    }
  return g_steal_pointer (&places);
}

Generate *
generate_new (guint64 seed,
              guint   n_orders,
              guint   n_crews,
              guint   n_distributors,
              GArray *places)
{
  Generate *generate = g_new0 (Generate, 1);

  g_assert (n_orders > 0 && n_crews > 0 && n_distributors > 0);
  generate->seed = seed;
  generate->n_orders = n_orders;
  generate->n_crews = n_crews;
  generate->n_distributors = n_distributors;
  generate->places = places != NULL ? places : invent_places ();
  return generate;
}

void
generate_free (Generate *generate)
{
  if (generate == NULL)
    return;
  g_array_unref (generate->places);
  g_free (generate);
}

guint
generate_n_places (const Generate *generate)
{
  return generate->places->len;
}

static DspId
id_of (const char *entity,
       guint       i)
{
  char key[16];

  g_snprintf (key, sizeof key, "%u", i);
  return dsp_id_from_key (entity, key);
}

DspId
generate_crew_id (guint i)
{
  return id_of ("crew", i);
}

DspId
generate_distributor_id (guint i)
{
  return id_of ("distributor", i);
}

static void
format (char      **text,
        const char *pattern,
        ...) G_GNUC_PRINTF (2, 3);

static void
format (char      **text,
        const char *pattern,
        ...)
{
  va_list args;

  va_start (args, pattern);
  g_free (*text);
  *text = g_strdup_vprintf (pattern, args);
  va_end (args);
}

/* The newest tenth is open; among the rest, one in thirty ended otherwise than closed. */
static DspOrderStatus
status_of (const Generate *generate,
           guint           i,
           Stream         *stream)
{
  guint dice = below (stream, 100);

  if (i >= generate->n_orders - generate->n_orders / 10 - 1)
    return dice < 50 ? DSP_ORDER_UNASSIGNED : dice < 85 ? DSP_ORDER_ASSIGNED : dice < 95 ? DSP_ORDER_IN_PROGRESS : DSP_ORDER_TO_RESCHEDULE;
  if (below (stream, 30) > 0)
    return DSP_ORDER_CLOSED;
  return dice < 70 ? DSP_ORDER_CANCELLED : dice < 90 ? DSP_ORDER_REJECTED : DSP_ORDER_ANNULLED;
}

static void
fill_rest (DspOrder            *order,
           const GeneratePlace *place,
           Stream              *stream)
{
  format (&order->phone, "55%08u", below (stream, 100000000));
  format (&order->street, "%s", streets[below (stream, G_N_ELEMENTS (streets))]);
  format (&order->exterior, "%u", 1 + below (stream, 2000));
  format (&order->directions, "Entre la tienda y la escuela, portón %u", below (stream, 10));
  format (&order->description, "El cliente pide que se llame antes de llegar; cita %u", below (stream, 1000));
  order->lat_e7 = (DspInt) { place->lat_e7 + (gint32) below (stream, 60000) - 30000, true };
  order->lon_e7 = (DspInt) { place->lon_e7 + (gint32) below (stream, 60000) - 30000, true };
}

void
generate_order (Generate *generate,
                guint     i,
                bool      whole,
                DspOrder *order)
{
  Stream stream = stream_of (generate, 1, i);
  const GeneratePlace *place;
  guint kind, crew, share;
  guint8 random[10];
  guint64 bits[2];

  /* Squaring makes some places far busier than others, as they are. */
  share = below (&stream, 1 << 16);
  place = &g_array_index (generate->places, GeneratePlace, (guint) ((guint64) share * below (&stream, 1 << 16) % generate->places->len));
  kind = below (&stream, 8) < 5 ? below (&stream, 4) : below (&stream, G_N_ELEMENTS (kinds));
  crew = below (&stream, generate->n_crews);
  bits[0] = next (&stream);
  bits[1] = next (&stream);
  memcpy (random, bits, sizeof random);

  order->created_at.us = GENERATE_NOW - SPAN + (gint64) ((double) SPAN * i / generate->n_orders) + below (&stream, 1000) * 1000;
  order->id = dsp_id_v7 (order->created_at.us, random);
  order->version = 1;
  format (&order->number, "26%08u", i);
  format (&order->account, "%08u", below (&stream, MAX (generate->n_orders / 3, 1)) * 7 % 100000000);
  dsp_set_text (&order->group, kinds[kind].group);
  dsp_set_text (&order->type, kinds[kind].type);
  dsp_set_text (&order->subtype, kinds[kind].subtypes[below (&stream, 3)]);
  order->attention_at.us = order->created_at.us + (gint64) (4 + below (&stream, 68)) * G_TIME_SPAN_HOUR;
  order->penalty_at.us = order->created_at.us + (gint64) (24 + below (&stream, 144)) * G_TIME_SPAN_HOUR;
  dsp_set_text (&order->municipality, place->municipality);
  dsp_set_text (&order->neighbourhood, neighbourhoods[below (&stream, G_N_ELEMENTS (neighbourhoods))]);
  dsp_set_text (&order->postal_code, place->code);
  order->priority = (DspInt) { 1 + below (&stream, 5), true };
  order->status = status_of (generate, i, &stream);
  order->crew_id = order->status == DSP_ORDER_UNASSIGNED || order->status == DSP_ORDER_CANCELLED ? dsp_id_none : generate_crew_id (crew);
  order->closed_at.us = order->status == DSP_ORDER_CLOSED ? order->created_at.us + (gint64) (2 + below (&stream, 120)) * G_TIME_SPAN_HOUR : 0;
  format (&order->contact_name, "%s %s %s", first_names[below (&stream, G_N_ELEMENTS (first_names))],
          last_names[below (&stream, G_N_ELEMENTS (last_names))], last_names[below (&stream, G_N_ELEMENTS (last_names))]);
  /* A place's distributor is always the same. */
  order->distributor_id = generate_distributor_id ((guint) (place - (const GeneratePlace *) generate->places->data) % generate->n_distributors);
  order->scope = order->distributor_id;
  if (whole)
    {
      dsp_set_text (&order->state, place->state);
      fill_rest (order, place, &stream);
    }
}

void
generate_crew (Generate *generate,
               guint     i,
               DspCrew  *crew)
{
  Stream stream = stream_of (generate, 2, i);
  const GeneratePlace *place = &g_array_index (generate->places, GeneratePlace, below (&stream, generate->places->len));

  crew->id = generate_crew_id (i);
  crew->version = 1;
  format (&crew->code, "C%03u", i + 1);
  format (&crew->name, "Cuadrilla %u", i + 1);
  crew->distributor_id = generate_distributor_id ((guint) (place - (const GeneratePlace *) generate->places->data) % generate->n_distributors);
  crew->scope = crew->distributor_id;
  format (&crew->vehicle, "Camioneta %u", below (&stream, 900));
  crew->home_lat_e7 = (DspInt) { place->lat_e7, true };
  crew->home_lon_e7 = (DspInt) { place->lon_e7, true };
  crew->capacity = (DspInt) { 8 + below (&stream, 8), true };
  crew->starts = (DspInt) { 8 * 60, true };
  crew->ends = (DspInt) { 18 * 60, true };
}

void
generate_distributor (Generate       *generate,
                      guint           i,
                      DspDistributor *distributor)
{
  distributor->id = generate_distributor_id (i);
  distributor->version = 1;
  format (&distributor->code, "D%02u", i + 1);
  format (&distributor->name, "Distribuidora %u", i + 1);
  distributor->scope = distributor->id;
}

void
generate_postal_code (Generate      *generate,
                      guint          i,
                      DspPostalCode *record)
{
  const GeneratePlace *place = &g_array_index (generate->places, GeneratePlace, i);

  record->id = dsp_id_from_key ("postal_code", place->code);
  record->version = 1;
  record->scope = dsp_scope_common;
  dsp_set_text (&record->code, place->code);
  dsp_set_text (&record->municipality, place->municipality);
  dsp_set_text (&record->state, place->state);
  record->lat_e7 = (DspInt) { place->lat_e7, true };
  record->lon_e7 = (DspInt) { place->lon_e7, true };
  record->source = DSP_PLACE_OFFICE;
}
