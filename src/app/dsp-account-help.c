/* dsp-account-help.c: what is known of the account that is being typed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-02: the customer who calls has mostly called before. The orders of the account are on this computer, so this works
 * without network too.
 */
#define G_LOG_DOMAIN "dsp-new-order"

#include "config.h"
#include "dsp-account-help.h"

#include "dsp-filter-words.h"
#include "dsp-record-form-private.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define WAIT_MS 250
#define MAX_SHOWN 3

static const char *const known_fields[] = {
  "contact_name", "phone", "postal_code", "neighbourhood", "municipality", "city", "state", "street", "exterior", "interior",
  "between", "directions",
};

typedef struct {
  DspOffice     *office;  /* (owned) */
  DspRecordForm *form;    /* (owned) */
  GtkWidget     *line;    /* NULL once it has gone */
  DspOrder      *filled;  /* (owned): what was put into the fields */
  guint          soon;
  guint          run;     /* the newest answer counts */
  int            refs;
} Help;

typedef struct {
  Help *help;
  guint run;
} Question;

static void
help_unref (Help *help)
{
  if (--help->refs > 0)
    return;
  dsp_order_free (help->filled);
  g_object_unref (help->form);
  g_object_unref (help->office);
  g_free (help);
}

static void
on_destroy (GtkWidget *line,
            Help      *help)
{
  g_object_set_data (G_OBJECT (line), "dsp-help", NULL);
  help->line = NULL;
  g_clear_handle_id (&help->soon, g_source_remove);
  help_unref (help);
}

/* ---- the fields ---- */

/* A field that is empty, or holds what was put there for another account, takes what is known of this one. */
static void
fill (Help           *help,
      const DspOrder *known)
{
  DspOrder typed = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (known_fields); i++)
    {
      DspRecordRow *row = dsp_record_form_row (help->form, known_fields[i]);
      const DspField *field = row->field;
      g_autofree char *wrong = dsp_record_row_read (row, &typed);

      if (!(dsp_field_is_none (field, &typed) || dsp_field_equal (field, &typed, help->filled)) || dsp_field_equal (field, &typed, known))
        continue;
      dsp_record_row_show (row, known);
      dsp_field_copy (field, help->filled, known);
    }
  dsp_table_clear (&dsp_order.table, &typed);
}

/* ---- the line ---- */

static void
on_clicked (GtkWidget *button,
            gpointer   user_data)
{
  GtkRoot *root = gtk_widget_get_root (button);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (root));

  if (parent != NULL)
    gtk_widget_activate_action_variant (GTK_WIDGET (parent), "win.open-order", g_object_get_data (G_OBJECT (button), "dsp-id"));
}

static void
add_order (Help           *help,
           const DspOrder *order)
{
  /* Translators: number, type and status of an order */
  g_autofree char *words = g_strdup_printf (_("%s · %s · %s"), order->number, order->type != NULL ? order->type : "",
                                            dsp_text_word (&DspOrderStatus_words, order->status));
  GtkWidget *button = gtk_button_new_with_label (words);
  char id[DSP_ID_TEXT];

  dsp_id_print (&order->id, id);
  g_object_set_data_full (G_OBJECT (button), "dsp-id", g_variant_ref_sink (g_variant_new_string (id)), (GDestroyNotify) g_variant_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), NULL);
  gtk_widget_add_css_class (button, "dsp-chip");
  gtk_box_append (GTK_BOX (help->line), button);
}

static void
show (Help      *help,
      GPtrArray *orders)
{
  g_autoptr(DspOrder) none = dsp_order_new ();
  const DspOrder *newest = none;
  guint n_open = 0;
  GtkWidget *child, *label;
  g_autofree char *sentence = NULL;

  while ((child = gtk_widget_get_first_child (help->line)) != NULL)
    gtk_box_remove (GTK_BOX (help->line), child);
  for (guint i = 0; i < orders->len; i++)
    {
      const DspOrder *order = orders->pdata[i];

      n_open += dsp_order_is_open (order) ? 1 : 0;
      if (order->created_at.us >= newest->created_at.us)
        newest = order;
    }
  fill (help, newest);
  gtk_widget_set_visible (help->line, n_open > 0);
  if (n_open == 0)
    return;
  sentence = g_strdup_printf (ngettext ("This account has %u open order already:", "This account has %u open orders already:", n_open), n_open);
  label = gtk_label_new (sentence);
  gtk_widget_add_css_class (label, "warning");
  gtk_box_append (GTK_BOX (help->line), label);
  for (guint i = orders->len, shown = 0; i > 0 && shown < MAX_SHOWN; i--)
    if (dsp_order_is_open (orders->pdata[i - 1]))
      {
        add_order (help, orders->pdata[i - 1]);
        shown++;
      }
}

/* ---- looking it up ---- */

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autofree Question *question = user_data;
  Help *help = question->help;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) orders = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (orders != NULL && help->line != NULL && question->run == help->run)
    show (help, orders);
  help_unref (help);
}

static gboolean
look_up (gpointer user_data)
{
  Help *help = user_data;
  DspRecordRow *row = dsp_record_form_row (help->form, "account");
  g_autofree char *account = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row->editor))));
  g_autofree char *value = dsp_filter_escape (account);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  Question *question;

  help->soon = 0;
  help->run++;
  if (*account == '\0' || !dsp_filter_set (filter, "account", value, NULL))
    {
      g_autoptr(GPtrArray) nothing = g_ptr_array_new ();

      show (help, nothing);
      return G_SOURCE_REMOVE;
    }
  question = g_new0 (Question, 1);
  question->help = help;
  question->run = help->run;
  help->refs++;
  dsp_replica_find_async (dsp_office_get_replica (help->office), filter, 0, NULL, found_cb, question);
  return G_SOURCE_REMOVE;
}

/* Both by a person and when the form is emptied for the next one. */
static void
on_account_changed (GtkEditable *entry,
                    GtkWidget   *line)
{
  Help *help = g_object_get_data (G_OBJECT (line), "dsp-help");

  if (help == NULL)
    return;
  g_clear_handle_id (&help->soon, g_source_remove);
  if (help->form->filling)
    {
      g_autoptr(GPtrArray) nothing = g_ptr_array_new ();

      help->run++;
      dsp_table_clear (&dsp_order.table, help->filled);
      show (help, nothing);
    }
  else
    help->soon = g_timeout_add (WAIT_MS, look_up, help);
}

GtkWidget *
dsp_account_help_new (DspOffice     *office,
                      DspRecordForm *form)
{
  Help *help = g_new0 (Help, 1);
  DspRecordRow *row = dsp_record_form_row (form, "account");

  help->refs = 1;
  help->office = g_object_ref (office);
  help->form = g_object_ref (form);
  help->filled = dsp_order_new ();
  help->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_visible (help->line, FALSE);
  g_object_set_data (G_OBJECT (help->line), "dsp-help", help);
  g_signal_connect (help->line, "destroy", G_CALLBACK (on_destroy), help);
  g_signal_connect_object (row->editor, "changed", G_CALLBACK (on_account_changed), help->line, 0);
  return help->line;
}
