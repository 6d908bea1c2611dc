/* test-authorisation.c: who may do what where, for every profile, command, scope and state
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cells are made from the tables of commands and shipped profiles; what must be answered is worked out here from the
 * profile's words and the grant's scope, by other means than the program's own.
 */
#include "config.h"
#include "world.h"

#include <string.h>

static const DspId ME = { { 9, 200 } }, MASTER = { { 9, 3 } };
static const DspId NORTH = { { 9, 1 } }, SOUTH = { { 9, 2 } }; /* distributors; the first is the master's */

/* ---- one record, and nothing else ---- */

typedef struct {
  const DspEntity *entity;
  gpointer         record; /* (owned) */
} One;

static DspFact
get (gpointer         data,
     const DspEntity *entity,
     const DspId     *id,
     gconstpointer   *record)
{
  One *one = data;

  if (entity != one->entity || !dsp_id_equal (id, &((DspRecord *) one->record)->id))
    return DSP_FACT_NONE;
  *record = one->record;
  return DSP_FACT_HERE;
}

static DspFact
find (gpointer         data,
      const DspEntity *entity,
      const DspField  *field,
      const char      *text,
      gconstpointer   *record)
{
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
  return DSP_FACT_HERE;
}

static void
one_init (One             *one,
          const DspEntity *entity,
          DspId            scope,
          guint            state)
{
  DspRecord *head = one->record = dsp_record_new (entity);

  one->entity = entity;
  head->id = world_id (50);
  head->scope = scope;
  head->version = 3;
  for (guint i = 0; i < entity->table.n_fields; i++)
    {
      const DspField *field = &entity->table.fields[i];

      if (field->kind == DSP_KIND_TEXT && (field->flags & DSP_REQUIRED))
        *dsp_field_text (field, one->record) = g_strdup ("x");
    }
  if (entity->state_offset != 0)
    *dsp_field_word (dsp_table_at (&entity->table, entity->state_offset), one->record) = state;
}

/* ---- who ---- */

typedef struct { const char *profile; DspId over; } Grant;

static bool
says (const char *profile,
      const char *word)
{
  for (const DspShippedProfile *p = dsp_shipped_profiles; p->name != NULL; p++)
    if (strcmp (p->name, profile) == 0)
      {
        g_auto(GStrv) words = g_strsplit (p->permissions, " ", -1);

        return g_strv_contains ((const char *const *) words, "*") || g_strv_contains ((const char *const *) words, word);
      }
  g_assert_not_reached ();
}

/* The master's grant is one for each of its distributors as well. */
static bool
reaches (const Grant *grant,
         DspId        scope)
{
  return dsp_id_equal (&grant->over, &dsp_scope_all) || dsp_id_equal (&grant->over, &scope) || dsp_id_equal (&scope, &dsp_scope_common) ||
         (dsp_id_equal (&grant->over, &MASTER) && dsp_id_equal (&scope, &NORTH));
}

typedef enum { HIDDEN, FORBIDDEN, WRONG_STATE, ON_ITS_WAY } Cell;

static Cell
expected (const Grant      *grants,
          guint             n_grants,
          const DspCommand *command,
          DspId             scope,
          guint             state)
{
  bool anywhere = false, seen = dsp_id_equal (&scope, &ME), here = false;

  for (guint i = 0; i < n_grants; i++)
    {
      anywhere = anywhere || says (grants[i].profile, command->name);
      seen = seen || reaches (&grants[i], scope);
      /* What is a user's own is within every grant of his. */
      here = here || ((reaches (&grants[i], scope) || dsp_id_equal (&scope, &ME)) && says (grants[i].profile, command->name));
    }
  if (!anywhere)
    return FORBIDDEN;
  if (!seen)
    return HIDDEN;
  if (command->flags & DSP_COMMAND_CREATES)
    return ON_ITS_WAY; /* there is one already; that is said before anything else */
  if (!here)
    return FORBIDDEN;
  return command->from == 0 || command->entity->state_offset == 0 || (command->from >> state & 1) ? ON_ITS_WAY : WRONG_STATE;
}

static void
check (DspActor         *actor,
       const Grant      *grants,
       guint             n_grants,
       const DspCommand *command,
       DspId             scope,
       guint             state)
{
  Cell cell = expected (grants, n_grants, command, scope, state);
  const DspTable *table = command->args;
  g_autofree gpointer args = g_malloc0 (MAX (table != NULL ? table->size : 1, 1));
  One one = { NULL };
  DspFacts facts = { .get = get, .find = find, .each = each, .data = &one };
  g_autoptr(DspWork) work = dsp_work_new (&facts, actor, NOW);
  g_autoptr(GError) error = NULL;
  DspId id = world_id (50);
  gboolean done, as_expected = FALSE;

  one_init (&one, command->entity, scope, state);
  done = dsp_work_run (work, command, &id, 0, args, 0, NULL, &error);
  switch (cell)
    {
    case HIDDEN:
      as_expected = !done && error->code == (command->flags & DSP_COMMAND_CREATES ? DSP_RULE_ID_TAKEN : DSP_RULE_NO_SUCH_RECORD);
      break;
    case FORBIDDEN:
      as_expected = !done && error->code == DSP_RULE_FORBIDDEN;
      break;
    case WRONG_STATE:
      as_expected = !done && error->code == DSP_RULE_STATE;
      break;
    case ON_ITS_WAY:
    default:
      as_expected = done || strstr (error->message, "does not allow") == NULL;
      break;
    }
  if (!as_expected)
    g_error ("%s of %s on a %s in state %u: %s", command->name, n_grants > 0 ? grants[0].profile : "nobody", command->entity->table.name, state,
             done ? "done" : error->message);
  /* What was refused left nothing. */
  g_assert_true (done || dsp_work_n_edits (work) == 0);
  dsp_record_free (one.entity, one.record);
}

static guint
check_all (const Grant *grants,
           guint        n_grants)
{
  const DspId scopes[] = { NORTH, SOUTH, MASTER, ME, world_id (201), dsp_scope_common, dsp_scope_company };
  g_autoptr(DspActor) actor = dsp_actor_new (&ME, "somebody");
  guint n = 0;

  for (guint i = 0; i < n_grants; i++)
    {
      DspPermissions may = world_profile (grants[i].profile);

      dsp_actor_add_grant (actor, &may, &grants[i].over, 0);
      if (dsp_id_equal (&grants[i].over, &MASTER))
        dsp_actor_add_grant (actor, &may, &NORTH, 0);
    }
  for (guint c = 0; dsp_commands[c] != NULL; c++)
    for (guint s = 0; s < G_N_ELEMENTS (scopes); s++)
      {
        const DspEntity *entity = dsp_commands[c]->entity;
        guint n_states = entity->state_offset != 0 ? dsp_table_at (&entity->table, entity->state_offset)->words->n : 2;

        for (guint state = 1; state < n_states; state++, n++)
          check (actor, grants, n_grants, dsp_commands[c], scopes[s], state);
      }
  return n;
}

static void
every_profile (void)
{
  guint n = 0;

  for (const DspShippedProfile *p = dsp_shipped_profiles; p->name != NULL; p++)
    {
      Grant over_one = { p->name, NORTH }, over_master = { p->name, MASTER }, over_all = { p->name, dsp_scope_all };

      n += check_all (&over_one, 1) + check_all (&over_master, 1) + check_all (&over_all, 1);
    }
  g_test_message ("%u cells", n);
}

/* One profile here, another there: what the one allows is not allowed where only the other reaches. */
static void
two_profiles (void)
{
  guint n = 0;

  for (const DspShippedProfile *a = dsp_shipped_profiles; a->name != NULL; a++)
    for (const DspShippedProfile *b = dsp_shipped_profiles; b->name != NULL; b++)
      {
        Grant grants[] = { { a->name, NORTH }, { b->name, SOUTH } };

        if (g_test_slow () || g_test_rand_int_range (0, 4) == 0)
          n += check_all (grants, 2);
      }
  g_test_message ("%u cells", n);
}

/* Nobody without a grant sees or does anything but what is his own. */
static void
without_a_grant (void)
{
  check_all (NULL, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authorisation/S0-49/T10/every-profile-command-scope-and-state", every_profile);
  g_test_add_func ("/authorisation/S0-49/T10/two-profiles-in-two-places", two_profiles);
  g_test_add_func ("/authorisation/S0-49/T10/without-a-grant", without_a_grant);
  return g_test_run ();
}
