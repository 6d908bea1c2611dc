/* dsp-sign-in-page.h: who are you, and where
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-sync.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_SIGN_IN_PAGE (dsp_sign_in_page_get_type ())
G_DECLARE_FINAL_TYPE (DspSignInPage, dsp_sign_in_page, DSP, SIGN_IN_PAGE, GtkWidget)

/* Signal "signed-in" (DspReplica *, const char *token, DspSession *): @token is NULL and the session too when the cache
 * was opened offline with the password; all are lent. */
GtkWidget *dsp_sign_in_page_new      (GSettings *settings);
void       dsp_sign_in_page_reset    (DspSignInPage *self); /* for the next person: nothing of the last one but his name */
gboolean   dsp_sign_in_page_get_keep (DspSignInPage *self);

/* Signs in without the form: @password or @key. */
void       dsp_sign_in_page_go       (DspSignInPage *self, const char *server, const char *fingerprint, const char *user,
                                      const char *password, const char *key,
                                      const char *code);
/* The password that was typed, for signing in when the network comes back; nullable. */
const char *dsp_sign_in_page_get_password (DspSignInPage *self);

/* Opens the cache of a user if there is one; NULL without error: there is none. */
DspReplica *dsp_sign_in_open_cache   (const char *server, const char *user, GError **error);
char       *dsp_sign_in_sentence     (const GError *error); /* for people */
char       *dsp_sign_in_server       (const char *typed);   /* with https:// and without a last slash */

G_END_DECLS
