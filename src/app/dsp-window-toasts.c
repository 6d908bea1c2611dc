/* dsp-window-toasts.c: the short messages at the foot of the main window
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-window"

#include "config.h"
#include "dsp-window-private.h"

#include <glib/gi18n.h>

#define TOAST_US (4 * G_TIME_SPAN_SECOND) /* somewhat less than one stands without a button */

static void
copy_words (AdwToast *from,
            AdwToast *to)
{
  adw_toast_set_title (to, adw_toast_get_title (from));
  adw_toast_set_button_label (to, adw_toast_get_button_label (from));
  adw_toast_set_action_name (to, adw_toast_get_action_name (from));
  adw_toast_set_action_target_value (to, adw_toast_get_action_target_value (from));
}

/* Its time is that of the message with which it came: one that took its place late has hardly been seen. */
static void
forget_toast (DspWindow *self,
              AdwToast  *toast)
{
  bool hardly_seen = self->replaced_us != 0 && g_get_monotonic_time () - self->replaced_us < TOAST_US;

  g_weak_ref_set (&self->last_toast, NULL);
  self->replaced_us = 0;
  if (hardly_seen && !gtk_widget_in_destruction (GTK_WIDGET (self)))
    {
      AdwToast *again = adw_toast_new ("");

      copy_words (toast, again);
      dsp_window_show_toast (self, again);
    }
}

static void
use_toast (DspWindow *self)
{
  self->replaced_us = 0;
}

/* The newest matters: it does not wait until the one before has had its time. */
void
dsp_window_show_toast (DspWindow *self,
                       AdwToast  *toast)
{
  g_autoptr(AdwToast) last = g_weak_ref_get (&self->last_toast);

  /* The one on the screen says the newest: the packaged libadwaita crashes where one is dismissed while another still moves. */
  if (last != NULL)
    {
      copy_words (toast, last);
      self->replaced_us = g_get_monotonic_time ();
      g_object_unref (toast);
      return;
    }
  g_weak_ref_set (&self->last_toast, toast);
  g_signal_connect_swapped (toast, "dismissed", G_CALLBACK (forget_toast), self);
  g_signal_connect_swapped (toast, "button-clicked", G_CALLBACK (use_toast), self);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
dsp_window_on_message (DspOffice  *office,
                       const char *text,
                       gint64      gesture,
                       DspWindow  *self)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  if (gesture != 0)
    {
      adw_toast_set_button_label (toast, _("Undo"));
      adw_toast_set_action_name (toast, "win.undo-gesture");
      adw_toast_set_action_target_value (toast, g_variant_new_int64 (gesture));
      adw_toast_set_timeout (toast, 8);
    }
  dsp_window_show_toast (self, toast);
}

void
dsp_window_on_order_message (DspOffice   *office,
                             const char  *text,
                             const DspId *id,
                             DspWindow   *self)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);
  char order[DSP_ID_TEXT];

  dsp_id_print (id, order);
  adw_toast_set_button_label (toast, _("Open"));
  adw_toast_set_action_name (toast, "win.open-order");
  adw_toast_set_action_target_value (toast, g_variant_new_string (order));
  adw_toast_set_timeout (toast, 8);
  dsp_window_show_toast (self, toast);
}
