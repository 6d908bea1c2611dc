/* sim-check.h: whether a replica's base is what the server showed its user
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-keeper.h"

G_BEGIN_DECLS

#define SIM_DATABASE "sqlite:server/office.db"

/* The seed's run was wrong: says why and ends the process with 1. */
void sim_fail          (const char *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

/* Reads what the server has done since the last time: before it loses its history, too. */
void sim_check_read_on (void);
/* Lets go of the server's file: before its machine starts again. */
void sim_check_close   (void);
/* P3: row by row, with their content, what the server would show this user at the replica's place in the feed. */
void sim_check_base    (DspKeeper *keeper);
/* A base that a test damaged is not looked at until it is mended. */
extern gboolean sim_check_looks_away;
/* How often that was done. */
guint sim_check_n      (void);
/* The chains, the sums, the pages of the server's file; no server has it open. */
void sim_check_server  (void);

/* The database was put back from a backup: another epoch, and @minutes in which replicas bring back what they have. The control:
 * nobody is told. */
void sim_server_begin_anew (gboolean same_epoch, guint minutes);

/* The linker's names: what follows each call that changes a base. */
gboolean __wrap_dsp_keeper_pulled    (DspKeeper *keeper, const char *text, gsize length, DspPulled *pulled, GError **error);
gboolean __wrap_dsp_keeper_copy_swap (DspKeeper *keeper, GError **error);
gboolean __wrap_dsp_keeper_copy_add  (DspKeeper *keeper, GError **error);
/* A control: the base loses a row behind the replica's back. */
extern gboolean sim_check_lose_a_row;

G_END_DECLS
