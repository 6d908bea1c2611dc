/* world.c: a small office in hash tables, for tests of the rules
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "world.h"

#include <string.h>


DspId
world_id (guint8 n)
{
  DspId id = { { [0] = 9, [15] = n } };

  return id;
}

static DspFact
get (gpointer         data,
     const DspEntity *entity,
     const DspId     *id,
     gconstpointer   *record)
{
  World *w = data;

  for (guint i = 0; i < w->records[entity->number]->len; i++)
    {
      DspRecord *r = g_ptr_array_index (w->records[entity->number], i);

      if (dsp_id_equal (&r->id, id))
        {
          *record = r;
          return DSP_FACT_HERE;
        }
    }
  return DSP_FACT_NONE;
}

static DspFact
find (gpointer         data,
      const DspEntity *entity,
      const DspField  *field,
      const char      *text,
      gconstpointer   *record)
{
  World *w = data;

  for (guint i = 0; i < w->records[entity->number]->len; i++)
    {
      gpointer r = g_ptr_array_index (w->records[entity->number], i);

      if (g_strcmp0 (*dsp_field_text (field, r), text) == 0)
        {
          *record = r;
          return DSP_FACT_HERE;
        }
    }
  return DSP_FACT_NONE;
}

static DspFact
each (gpointer         data,
      const DspEntity *entity,
      const DspField  *field,
      const DspId     *id,
      DspEach          func,
      gpointer         user_data)
{
  World *w = data;

  for (guint i = 0; i < w->records[entity->number]->len; i++)
    {
      gpointer r = g_ptr_array_index (w->records[entity->number], i);

      if ((field == NULL || dsp_id_equal (dsp_field_id (field, r), id)) && !func (r, user_data))
        break;
    }
  return DSP_FACT_HERE;
}

static DspFact
each_text (gpointer         data,
           const DspEntity *entity,
           const DspField  *field,
           const char      *text,
           DspEach          func,
           gpointer         user_data)
{
  World *w = data;

  for (guint i = 0; i < w->records[entity->number]->len; i++)
    {
      gpointer r = g_ptr_array_index (w->records[entity->number], i);

      if (g_strcmp0 (*dsp_field_text (field, r), text) == 0 && !func (r, user_data))
        break;
    }
  return DSP_FACT_HERE;
}

static DspFact
any (gpointer         data,
     const DspEntity *entity)
{
  return ((World *) data)->records[entity->number]->len > 0 ? DSP_FACT_HERE : DSP_FACT_NONE;
}

static DspFact
booked (gpointer       data,
        gint64         from_us,
        gint64         until_us,
        DspEachBooking func,
        gpointer       user_data)
{
  World *w = data;
  GPtrArray *orders = w->records[dsp_order.number];

  for (guint i = 0; i < orders->len; i++)
    {
      const DspOrder *order = g_ptr_array_index (orders, i);
      DspBooking booking = { order->id, order->municipality, order->group, order->type };

      if (dsp_order_waits_between (order, from_us, until_us) && !func (&booking, user_data))
        break;
    }
  return w->counts ? DSP_FACT_HERE : DSP_FACT_UNKNOWN;
}

void
world_store (World *w)
{
  for (guint i = 0; i < dsp_work_n_edits (w->work); i++)
    {
      DspEdit *edit = dsp_work_edit_at (w->work, i);
      GPtrArray *records = w->records[edit->entity->number];

      for (guint j = 0; j < records->len; j++)
        if (dsp_id_equal (&((DspRecord *) g_ptr_array_index (records, j))->id, &((DspRecord *) edit->after)->id))
          {
            dsp_record_free (edit->entity, g_ptr_array_remove_index (records, j));
            break;
          }
      if (!edit->deleted)
        g_ptr_array_add (records, dsp_record_dup (edit->entity, edit->after));
    }
}

gboolean
world_give (World            *w,
      const DspCommand *command,
      DspId             id,
      gint64            base,
      gconstpointer     args,
      guint64           given,
      GError          **error)
{
  gboolean done = dsp_work_run (w->work, command, &id, base, args, given, NULL, error);

  if (done)
    world_store (w);
  return done;
}

DspPermissions
world_profile (const char *name)
{
  DspPermissions set = { { 0 } };
  const char *unknown = NULL;

  for (const DspShippedProfile *p = dsp_shipped_profiles; p->name != NULL; p++)
    if (strcmp (p->name, name) == 0)
      {
        g_auto(GStrv) words = g_strsplit (p->permissions, " ", -1);

        dsp_permissions_from_words (&set, (const char *const *) words, &unknown);
        g_assert_null (unknown);
        return set;
      }
  g_assert_not_reached ();
}

void
world_act_as (World      *w,
        const char *profile,
        DspId       scope)
{
  DspPermissions may = world_profile (profile);
  DspId me = world_id (200);

  g_clear_pointer (&w->work, dsp_work_free);
  g_clear_pointer (&w->actor, dsp_actor_free);
  w->actor = dsp_actor_new (&me, profile);
  dsp_actor_add_grant (w->actor, &may, &scope, 0);
  w->work = dsp_work_new (&w->facts, w->actor, w->now_us);
}

/* Distributors 1 and 2, crews 11 (of 1) and 12 (of 2), 13 (of 1, retired); order 21 is of distributor 1. */
World *
world_new (void)
{
  World *w = g_new0 (World, 1);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    w->records[i] = g_ptr_array_new ();
  w->facts = (DspFacts) { .get = get, .find = find, .each = each, .each_text = each_text, .any = any, .booked = booked, .data = w };
  w->counts = true;
  w->now_us = NOW;
  world_act_as (w, "administrator", dsp_scope_all);
  for (guint8 n = 1; n <= 2; n++)
    {
      DspDistributor d = { .code = n == 1 ? (char *) "D1" : (char *) "D2", .name = (char *) "Distributor" };

      g_assert_true (world_give (w, &dsp_distributor_create, world_id (n), 0, &d, 3, &error));
    }
  for (guint8 n = 11; n <= 13; n++)
    {
      g_autofree char *code = g_strdup_printf ("C%u", n);
      DspCrew c = { .code = code, .name = (char *) "Crew", .distributor_id = world_id (n == 12 ? 2 : 1) };

      g_assert_true (world_give (w, &dsp_crew_create, world_id (n), 0, &c, 7, &error));
      g_assert_no_error (error);
    }
  g_assert_true (world_give (w, &dsp_crew_retire, world_id (13), 0, &(DspReason) { 0 }, 0, &error));
  {
    DspOrder o = { .number = (char *) "904112", .account = (char *) "55120", .type = (char *) "REP",
                   .contact_name = (char *) "Ana", .created_at = { NOW - G_TIME_SPAN_DAY },
                   .distributor_id = world_id (1) };
    guint64 given = DSP_FIELDS_ALL;

    g_assert_true (world_give (w, &dsp_order_create, world_id (21), 0, &o, given, &error));
    g_assert_no_error (error);
  }
  return w;
}

void
world_free (World *w)
{
  for (guint i = 0; i < DSP_N_ENTITIES; i++)
    {
      for (guint j = 0; j < w->records[i]->len; j++)
        dsp_record_free (dsp_entities[i], g_ptr_array_index (w->records[i], j));
      g_ptr_array_unref (w->records[i]);
    }
  dsp_work_free (w->work);
  dsp_actor_free (w->actor);
  g_free (w);
}
const DspOrder *
world_order (World *w)
{
  DspId id = world_id (21);
  gconstpointer record = NULL;

  g_assert_cmpint (get (w, &dsp_order, &id, &record), ==, DSP_FACT_HERE);
  return record;
}

void
world_refused (World            *w,
         const DspCommand *command,
         DspId             id,
         gconstpointer     args,
         DspRule           rule)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (world_give (w, command, id, 0, args, DSP_FIELDS_ALL, &error));
  g_assert_error (error, DSP_RULE_ERROR, (int) rule);
  g_assert_cmpuint (dsp_work_n_edits (w->work), ==, 0);
}
