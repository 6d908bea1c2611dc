/* dsp-link.h: how the administrator's commands reach the database
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-command.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _DspLink DspLink;

/* One command's answer. */
typedef struct {
  char      *status;   /* (owned): applied, merged, rejected, done */
  char      *code;     /* (owned) (nullable): of a refusal */
  char      *message;  /* (owned) (nullable) */
  char      *outcomes; /* (owned) (nullable): of an import's rows, a letter each: a c u r */
  GPtrArray *refused;  /* (owned) of DspLinkRefusal: rows */
  GPtrArray *warnings; /* (owned) of DspLinkWarning: of rows that were done */
} DspLinkResult;

typedef struct {
  DspId id;
  char *code;
  char *message;
} DspLinkRefusal;

typedef struct {
  gint64 row;
  char  *message; /* (owned) (nullable) */
} DspLinkWarning;

void     dsp_link_result_free (DspLinkResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspLinkResult, dsp_link_result_free)

/* Which company's database, and where the server that may hold it listens. Borrowed texts. */
typedef struct {
  const char *database;    /* "sqlite:FILE" or "postgresql://…" */
  const char *socket_path; /* (nullable): else beside the file */
  const char *company;     /* (nullable): by which the server of several addresses it */
} DspPlace;

DspLink *dsp_link_open  (const DspPlace *place, const char *purpose, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void     dsp_link_close (DspLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspLink, dsp_link_close)

GBytes  *dsp_link_call  (DspLink *self, const char *method, const char *target, GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Pushes commands in order: of each the members after its number, "kind":…,"v":…,…}. Waits until they are on the disk.
 * Returns: (transfer full) (nullable): of DspLinkResult, in order. */
GPtrArray *dsp_link_send  (DspLink *self, GPtrArray *commands, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One command on one record, sent at once. A refusal is an error with the server's own words. */
gboolean   dsp_link_give  (DspLink *self, const DspCommand *command, const DspId *id, gconstpointer args, guint64 given, GError **error);

G_END_DECLS
