/* fault-shim.h: what test-fault-sweep.c and the shim in despachod share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

typedef struct {
  volatile int at;      /* the call that fails; 0: none */
  volatile int forever; /* and all after it */
  volatile int kills;   /* the process ends there, as when the power goes */
  volatile int n_calls; /* since it was armed */
  volatile int failed;
} Faults;
