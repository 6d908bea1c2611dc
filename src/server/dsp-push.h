/* dsp-push.h: the body of POST v1/commands, decoded
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-command.h"

G_BEGIN_DECLS

typedef enum {
  DSP_PUSH_GOOD,    /* to be judged */
  DSP_PUSH_NOOP,    /* undone before it was sent: only the number counts */
  DSP_PUSH_INVALID, /* refused for good: its arguments cannot be */
  DSP_PUSH_UPGRADE, /* made by a newer program */
} DspPushVerdict;

/* One record that a command is about. */
typedef struct {
  DspId    id;
  gint64   base;   /* the version that the client acted on; 0: not said */
  gpointer args;   /* (owned) (nullable): its own arguments; NULL: the command's */
  guint64  given;
  char    *fault;  /* (owned) (nullable): why args cannot be */
} DspPushRow;

typedef struct {
  gint64            no;
  const DspCommand *command;  /* NULL unless GOOD or INVALID */
  DspPushVerdict    verdict;
  char             *fault;    /* (owned) (nullable): of INVALID and UPGRADE */
  char             *kind;     /* (owned) */
  gint64            at_us;
  gint64            seq;      /* of one that is offered again: its place in the history before a restore; 0: none */
  char             *text;     /* (owned) (nullable): as it came; not of a local one */
  char             *group;    /* (owned) (nullable) */
  gboolean          many;     /* it came with rows */
  GArray           *rows;     /* (owned) of DspPushRow: one without "rows" */
  gpointer          args;     /* (owned) (nullable) */
  guint64           given;
  guint8            hash[32]; /* of what it says, whatever its spelling */
} DspPushCommand;

typedef struct {
  DspId   device;
  guint8  epoch[16];
  gint64  first;     /* 0, from the UNIX socket only: each command takes its device's next number when it is judged */
  GArray *commands;  /* (owned) of DspPushCommand */
} DspPush;

/* @local: from the UNIX socket, which may send larger rows. NULL: the body is not such a request; @error names what. */
DspPush *dsp_push_parse (const char *text, gsize length, gboolean local, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void     dsp_push_free  (DspPush *push);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPush, dsp_push_free)

G_END_DECLS
