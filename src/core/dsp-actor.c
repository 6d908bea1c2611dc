/* dsp-actor.c: the one function that authorises, and the profiles that ship
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-actor.h"
#include "dsp-command.h"

#include <string.h>

static const char *const module_words[] = {
  "module.assignments", "module.crews", "module.masters", "module.distributors", "module.administration",
  "module.penalties", "module.mileage", "module.rates", "module.pre_invoices", "module.charts", "module.workbook",
};
G_STATIC_ASSERT (G_N_ELEMENTS (module_words) == DSP_MODULE_LAST - DSP_MODULE_FIRST);
G_STATIC_ASSERT ((int) DSP_MODULE_LAST <= (int) DSP_MAY_FIRST);

static const char *const may_words[] = { "order.reschedule.beyond" };
G_STATIC_ASSERT (G_N_ELEMENTS (may_words) == DSP_MAY_LAST - DSP_MAY_FIRST);

#define DISPATCH "order.assign order.unassign order.move order.close "
#define CREWS "crew.create crew.change crew.retire crew.restore technician.create technician.change " \
              "membership.create membership.change membership.delete "
#define PROCESSES "attachment.create order.retype order.cancel order.reject order.reschedule order.needs_reschedule order.update_address order.follow_up "
#define ROUNDS "order.sequence roll_call.put zone_closure.create zone_closure.delete "
#define FILTERS "saved_filter.create saved_filter.change saved_filter.delete "
#define CONTRACTORS "distributor.create distributor.change master.create master.change "
#define VERDICTS "penalty.create penalty.confirm penalty.waive penalty.transfer penalty.answer module.penalties "
#define APPEAL "penalty.appeal module.penalties "
#define CLAIMS "mileage.create mileage.change mileage.delete mileage.submit module.mileage "
#define CLAIM_VERDICTS "mileage.approve mileage.adjust mileage.reject module.mileage "
#define BILLS "pre_invoice.create pre_invoice.submit pre_invoice.discard pre_invoice.invoice statement_line.ask statement_line.defend " \
              "statement_line.withdraw module.pre_invoices "
#define BILL_VERDICTS "pre_invoice.create pre_invoice.submit pre_invoice.discard pre_invoice.observe pre_invoice.approve pre_invoice.reject " \
                      "pre_invoice.invoice pre_invoice.pay statement_line.create statement_line.delete statement_line.answer " \
                      "statement_line.observe statement_line.accept statement_line.correct statement_line.withdraw module.pre_invoices "
#define RATES "rate.create rate.change tax_rule.create tax_rule.change statement_line.reprice order.bill module.rates "
#define PAGES "module.assignments module.crews module.charts module.workbook "

const DspShippedProfile dsp_shipped_profiles[] = {
  { "dispatcher",  N_("Dispatcher"),           DISPATCH PROCESSES "order.start " ROUNDS CREWS FILTERS CLAIMS PAGES },
  { "distributor", N_("Distributor"),          DISPATCH PROCESSES "order.sequence roll_call.put " CREWS FILTERS "distributor.change " APPEAL CLAIMS BILLS PAGES "module.distributors" },
  { "master",      N_("Master"),               "order.transfer order.follow_up attachment.create " FILTERS "distributor.create distributor.change master.change " APPEAL CLAIM_VERDICTS BILL_VERDICTS
                                               PAGES "module.masters module.distributors" },
  { "supervisor",  N_("Supervisor"),           "order.create " DISPATCH PROCESSES "order.reschedule.beyond order.start order.return order.transfer order.reopen " ROUNDS CREWS FILTERS CONTRACTORS VERDICTS CLAIMS CLAIM_VERDICTS BILL_VERDICTS RATES
                                               PAGES "module.masters module.distributors" },
  { "agent",       N_("Contact-centre agent"), "order.create order.cancel order.reschedule order.update_address order.follow_up attachment.create "
                                               FILTERS "module.assignments" },
  { "sales_adviser", N_("Sales adviser"),      "order.create order.follow_up " FILTERS "module.assignments" },
  { "customer_monitor", N_("Customer monitor"), "order.create order.follow_up " FILTERS "module.assignments" },
  { "technician",  N_("Technician"),           "order.start order.reject order.reschedule order.needs_reschedule order.close order.follow_up attachment.create " CLAIMS },
  { "auditor",     N_("Auditor"),              PAGES "module.masters module.distributors module.administration module.penalties module.mileage module.rates module.pre_invoices" },
  { "administrator", N_("Administrator"),      "*" },
  { NULL, NULL, NULL },
};

/**
 * dsp_actor_new:
 * Returns: (transfer full): an actor without any grant: he sees himself and may do nothing.
 */
DspActor *
dsp_actor_new (const DspId *user_id,
               const char  *user_name)
{
  DspActor *actor = g_new0 (DspActor, 1);

  actor->user_id = *user_id;
  actor->user_name = g_strdup (user_name);
  actor->grants = g_array_new (FALSE, TRUE, sizeof (DspActorGrant));
  return actor;
}

DspActor *
dsp_actor_dup (const DspActor *actor)
{
  DspActor *copy = dsp_actor_new (&actor->user_id, actor->user_name);

  g_array_append_vals (copy->grants, actor->grants->data, actor->grants->len);
  copy->grants_ver = actor->grants_ver;
  return copy;
}

void
dsp_actor_free (DspActor *actor)
{
  if (actor == NULL)
    return;
  g_free (actor->user_name);
  g_array_unref (actor->grants);
  g_free (actor);
}

G_STATIC_ASSERT ((int) DSP_N_ENTITIES <= 64);

static guint64
entities_of (const DspPermissions *may)
{
  guint64 set = 0;

  for (guint i = 0; dsp_entities[i] != NULL; i++)
    {
      bool seen = dsp_entities[i]->modules == 0;

      for (guint m = DSP_MODULE_FIRST; m < DSP_MODULE_LAST && !seen; m++)
        seen = (dsp_entities[i]->modules >> (m - DSP_MODULE_FIRST) & 1) && dsp_permissions_has (may, m);
      set |= (guint64) seen << i;
    }
  for (guint c = 0; dsp_commands[c] != NULL; c++)
    if (dsp_permissions_has (may, c))
      set |= G_GUINT64_CONSTANT (1) << dsp_commands[c]->entity->number;
  return set;
}

/**
 * dsp_actor_add_grant:
 * @scope: dsp_scope_all, a distributor or a master. A grant on a master means its distributors: the caller adds one for
 *   the master and one for each of them.
 * @until_us: the instant at which it ends; 0 for none
 */
void
dsp_actor_add_grant (DspActor             *actor,
                     const DspPermissions *may,
                     const DspId          *scope,
                     gint64                until_us)
{
  DspActorGrant grant = { .may = *may, .sees = entities_of (may), .scope = *scope, .until_us = until_us };

  g_array_append_val (actor->grants, grant);
}

static inline bool
in_force (const DspActorGrant *grant,
          gint64               now_us)
{
  return grant->until_us == 0 || now_us < grant->until_us;
}

static inline bool
covers (const DspActor      *actor,
        const DspActorGrant *grant,
        const DspId         *row_scope)
{
  return dsp_id_equal (&grant->scope, &dsp_scope_all) || dsp_id_equal (&grant->scope, row_scope) ||
         dsp_id_equal (row_scope, &dsp_scope_common) || dsp_id_equal (row_scope, &actor->user_id);
}

/**
 * dsp_authz:
 * @permission: a command's number, a module, or DSP_AUTHZ_READ
 * @row_scope: who owns the row
 *
 * Returns: ALLOW; DENY if the row is seen but this is not permitted there; HIDE if, for this actor, there is no such row.
 */
DspAuthz
dsp_authz (const DspActor *actor,
           guint           permission,
           const DspId    *row_scope,
           gint64          now_us)
{
  bool seen = dsp_id_equal (row_scope, &actor->user_id);

  for (guint i = 0; i < actor->grants->len; i++)
    {
      const DspActorGrant *grant = &g_array_index (actor->grants, DspActorGrant, i);

      if (!in_force (grant, now_us) || !covers (actor, grant, row_scope))
        continue;
      seen = true;
      if (permission == DSP_AUTHZ_READ || dsp_permissions_has (&grant->may, permission))
        return DSP_AUTHZ_ALLOW;
    }
  if (!seen)
    return DSP_AUTHZ_HIDE;
  return permission == DSP_AUTHZ_READ ? DSP_AUTHZ_ALLOW : DSP_AUTHZ_DENY;
}

bool
dsp_actor_sees (const DspActor *actor,
                const DspId    *row_scope,
                gint64          now_us)
{
  return dsp_authz (actor, DSP_AUTHZ_READ, row_scope, now_us) == DSP_AUTHZ_ALLOW;
}

guint64
dsp_actor_entities (const DspActor *actor,
                    const DspId    *scope,
                    gint64          now_us)
{
  static const DspPermissions nothing;
  guint64 set = dsp_id_equal (scope, &actor->user_id) ? entities_of (&nothing) : 0;

  for (guint i = 0; i < actor->grants->len; i++)
    {
      const DspActorGrant *grant = &g_array_index (actor->grants, DspActorGrant, i);

      if (in_force (grant, now_us) && covers (actor, grant, scope))
        set |= grant->sees;
    }
  return set;
}

bool
dsp_actor_sees_of (const DspActor  *actor,
                   const DspEntity *entity,
                   const DspId     *row_scope,
                   gint64           now_us)
{
  return dsp_actor_sees (actor, row_scope, now_us) && (dsp_actor_entities (actor, row_scope, now_us) >> entity->number & 1);
}

bool
dsp_actor_sees_some (const DspActor  *actor,
                     const DspEntity *entity,
                     gint64           now_us)
{
  for (guint i = 0; i < actor->grants->len; i++)
    {
      const DspActorGrant *grant = &g_array_index (actor->grants, DspActorGrant, i);

      if (in_force (grant, now_us) && (grant->sees >> entity->number & 1) != 0)
        return true;
    }
  return false;
}

bool
dsp_actor_sees_all (const DspActor *actor,
                    gint64          now_us)
{
  for (guint i = 0; i < actor->grants->len; i++)
    {
      const DspActorGrant *grant = &g_array_index (actor->grants, DspActorGrant, i);

      if (in_force (grant, now_us) && dsp_id_equal (&grant->scope, &dsp_scope_all))
        return true;
    }
  return false;
}

/**
 * dsp_actor_may:
 * Returns: whether some grant permits it, wherever: what a menu shows, what a page opens.
 */
bool
dsp_actor_may (const DspActor *actor,
               guint           permission,
               gint64          now_us)
{
  for (guint i = 0; i < actor->grants->len; i++)
    {
      const DspActorGrant *grant = &g_array_index (actor->grants, DspActorGrant, i);

      if (in_force (grant, now_us) && dsp_permissions_has (&grant->may, permission))
        return true;
    }
  return false;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return dsp_id_compare (a, b);
}

static void
add_scope (GArray      *scopes,
           const DspId *scope)
{
  for (guint i = 0; i < scopes->len; i++)
    if (dsp_id_equal (&g_array_index (scopes, DspId, i), scope))
      return;
  g_array_append_val (scopes, *scope);
}

GArray *
dsp_actor_dup_scopes (const DspActor *actor,
                      gint64          now_us)
{
  GArray *scopes = g_array_new (FALSE, FALSE, sizeof (DspId));
  bool any = false;

  if (dsp_actor_sees_all (actor, now_us))
    {
      guint64 everywhere = dsp_actor_entities (actor, &dsp_scope_all, now_us);

      g_array_append_val (scopes, dsp_scope_all);
      /* Somewhere, another profile may open more of it. */
      for (guint i = 0; i < actor->grants->len; i++)
        {
          const DspActorGrant *grant = &g_array_index (actor->grants, DspActorGrant, i);

          if (in_force (grant, now_us) && (grant->sees & ~everywhere) != 0)
            add_scope (scopes, &grant->scope);
        }
      return scopes;
    }

  g_array_append_val (scopes, actor->user_id);
  for (guint i = 0; i < actor->grants->len; i++)
    {
      const DspActorGrant *grant = &g_array_index (actor->grants, DspActorGrant, i);

      if (!in_force (grant, now_us))
        continue;
      any = true;
      g_array_append_val (scopes, grant->scope);
    }
  if (any)
    g_array_append_val (scopes, dsp_scope_common);

  g_array_sort (scopes, compare_ids);
  for (guint i = scopes->len; i > 1; i--)
    if (dsp_id_equal (&g_array_index (scopes, DspId, i - 1), &g_array_index (scopes, DspId, i - 2)))
      g_array_remove_index (scopes, i - 1);
  return scopes;
}

void
dsp_permissions_add (DspPermissions *set,
                     guint           permission)
{
  g_return_if_fail (permission < DSP_N_PERMISSIONS);
  set->bits[permission / 64] |= G_GUINT64_CONSTANT (1) << permission % 64;
}

bool
dsp_permissions_has (const DspPermissions *set,
                     guint                 permission)
{
  return permission < DSP_N_PERMISSIONS && (set->bits[permission / 64] >> permission % 64 & 1);
}

/**
 * dsp_permission_word:
 * Returns: (nullable): the word of a command or module; NULL for a number without one.
 */
const char *
dsp_permission_word (guint permission)
{
  if (permission >= DSP_MAY_FIRST)
    return permission < DSP_MAY_LAST ? may_words[permission - DSP_MAY_FIRST] : NULL;
  if (permission >= DSP_MODULE_FIRST)
    return permission < DSP_MODULE_LAST ? module_words[permission - DSP_MODULE_FIRST] : NULL;
  for (guint i = 0; dsp_commands[i] != NULL; i++)
    if (i == permission)
      return dsp_commands[i]->name;
  return NULL;
}

static bool
add_word (DspPermissions *set,
          const char     *word)
{
  bool all = strcmp (word, "*") == 0, known = all;

  for (guint i = 0; dsp_commands[i] != NULL; i++)
    if (all || strcmp (dsp_commands[i]->name, word) == 0)
      {
        dsp_permissions_add (set, i);
        known = true;
      }
  for (guint i = DSP_MODULE_FIRST; i < DSP_MODULE_LAST; i++)
    if (all || strcmp (module_words[i - DSP_MODULE_FIRST], word) == 0)
      {
        dsp_permissions_add (set, i);
        known = true;
      }
  for (guint i = DSP_MAY_FIRST; i < DSP_MAY_LAST; i++)
    if (all || strcmp (may_words[i - DSP_MAY_FIRST], word) == 0)
      {
        dsp_permissions_add (set, i);
        known = true;
      }
  return known;
}

/**
 * dsp_permissions_from_words:
 * @words: (nullable)
 * @unknown: (out) (optional): the first word that names nothing here; it permits nothing
 *
 * Returns: FALSE if there was such a word; the others are in the set all the same.
 */
gboolean
dsp_permissions_from_words (DspPermissions    *set,
                            const char *const *words,
                            const char       **unknown)
{
  gboolean all_known = TRUE;

  for (; words != NULL && *words != NULL; words++)
    if (**words != '\0' && !add_word (set, *words))
      {
        if (all_known && unknown != NULL)
          *unknown = *words;
        all_known = FALSE;
      }
  return all_known;
}
