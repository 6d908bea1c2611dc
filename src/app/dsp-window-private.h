/* dsp-window-private.h: the main window's insides, for its own files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-window.h"

#include "dsp-assignments-page.h"
#include "dsp-search-box.h"
#include "dsp-sign-in-page.h"

G_BEGIN_DECLS

#define DSP_N_PAGES 12

struct _DspWindow
{
  AdwApplicationWindow parent_instance;

  GSettings          *settings;  /* (owned) */
  DspOffice          *office;    /* (owned) (nullable): signed in */
  GtkWidget          *sign_in;
  DspAssignmentsPage *assignments;
  GtkWidget          *page_widgets[DSP_N_PAGES];
  GtkWidget          *page_buttons[DSP_N_PAGES];
  guint               n_rejected;
  gboolean            by_key;
  char               *password;  /* (owned) (nullable): typed while offline, until the server takes it */
  guint               again_id;
  guint               tick_id;
  guint               warm_id;
  DspLink             last_link;
  gint64              away_since; /* us; 0: the server answers */
  gboolean            away_told;  /* the notice about it was taken */

  GWeakRef            last_toast;
  gint64              replaced_us; /* when the one on the screen was given another message, on the monotonic clock; 0: never */

  AdwToastOverlay    *toasts;
  GtkWidget          *root;
  AdwBin             *sign_in_slot;
  GtkWidget          *header;
  GtkWidget          *rail_button;
  GtkWidget          *page_title;
  DspSearchBox          *search;
  GtkWidget          *bell;
  GtkWidget          *bell_count;
  GtkWidget          *bell_list;
  GtkWidget          *connection;
  GtkWidget          *connection_dot;
  GtkWidget          *connection_text;
  GtkWidget          *notice_revealer;
  GtkWidget          *notice;
  GtkWidget          *notice_button;
  GtkWidget          *progress;
  GtkWidget          *rail;
  GtkWidget          *pages;
  AdwStatusPage      *waiting;
  GtkWidget          *waiting_progress;
};

/* dsp-window.c: pages and actions; dsp-window-toasts.c: messages; dsp-window-session.c: signing in and out;
 * dsp-window-status.c: the connection and what was refused */
void dsp_window_action_sign_out (GtkWidget *widget, const char *name, GVariant *parameter);
void dsp_window_close_office (DspWindow *self);
void dsp_window_on_message (DspOffice *office, const char *text, gint64 gesture, DspWindow *self);
void dsp_window_on_order_message (DspOffice *office, const char *text, const DspId *id, DspWindow *self);
void dsp_window_on_notice_clicked (GtkWidget *button, DspWindow *self);
void dsp_window_on_signed_in (DspSignInPage *page, DspReplica *replica, const char *token, DspSession *session, DspWindow *self);
void dsp_window_on_status_changed (DspWindow *self);
void dsp_window_rejected_cb (GObject *source, GAsyncResult *res, gpointer user_data);
void dsp_window_show_bell (DspWindow *self);
void dsp_window_show_connection (DspWindow *self);
void dsp_window_show_notice (DspWindow *self);
void dsp_window_show_toast (DspWindow *self, AdwToast *toast);

G_END_DECLS
