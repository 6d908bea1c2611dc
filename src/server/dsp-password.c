/* dsp-password.c: passwords, one-time keys and what is stored of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Passwords are kept as argon2id strings (64 MiB, 2 passes). One check takes 50-150 ms of one core and the memory, so
 * it never runs on a thread that serves requests. A one-time key is 120 random bits: its plain SHA-256 is enough.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-password.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>

#define HASH_PASSES 2
#define HASH_MEMORY (64u << 20)

#define PASSWORD_MIN 12 /* characters */
#define PASSWORD_MAX 128

/* No 0, 1, I, O: they are read out over the telephone. */
static const char key_letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/* What people choose when twelve characters are asked for; lower case, compared without blanks and marks. */
static const char *const common_passwords[] = {
  "123456789012", "1234567890123", "12345678901234", "123456789123", "123456123456", "1234567891011", "987654321098",
  "123123123123", "121212121212", "111222333444", "112233445566", "abcdefghijkl", "abcdefghijklm", "abcdef123456",
  "abc123abc123", "abcd12345678", "a1b2c3d4e5f6", "1q2w3e4r5t6y", "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "q1w2e3r4t5y6",
  "qwertyuiop12", "qwertyuiop123", "qwerty123456", "qwertyqwerty", "qwertyasdfgh", "asdfghjklqwerty", "asdfasdfasdf",
  "zxcvbnmasdfgh", "qazwsxedcrfv", "passwordpassword", "password1234", "password12345", "password123456", "p@ssw0rd1234",
  "passw0rd1234", "passw0rd12345", "mypassword123", "administrator", "administrador", "administrator1", "administrador1",
  "admin1234567", "admin123456789", "adminadmin12", "adminadminadmin", "welcome12345", "welcome123456", "bienvenido123",
  "bienvenido1234", "bienvenidos123", "contraseña123", "contraseña1234", "contrasena123", "contrasena1234",
  "contrasena12345", "micontrasena", "micontraseña", "clave1234567", "clave12345678", "secreto12345", "letmein12345",
  "iloveyou1234", "teamomucho123", "teamomucho12", "tequieromucho", "changeme1234", "changeme12345", "cambiame1234",
  "despacho1234", "despacho12345", "despacho123456", "despachador1", "despachador12", "despachador123", "distribuidor1",
  "distribuidor12", "distribuidor123", "supervisor12", "supervisor123", "supervisor1234", "mexico123456", "mexico2023mexico",
  "guadalajara1", "guadalajara123", "monterrey123", "ciudaddemexico", "superman1234", "football1234", "futbol123456",
  "correcthorsebatterystaple", "trustno1trustno1", "testtesttest", "test12345678", "pruebaprueba", "prueba123456",
};

/**
 * dsp_password_init:
 * Prepares libsodium. Call once before any other function here.
 */
gboolean
dsp_password_init (GError **error)
{
  if (sodium_init () >= 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "libsodium could not be prepared");
  return FALSE;
}

/**
 * dsp_password_allowed:
 * @why: (out): a static English sentence, if refused
 *
 * 12 to 128 characters of any kind, but not what everybody tries first.
 */
gboolean
dsp_password_allowed (const char  *password,
                      const char  *user_name,
                      const char **why)
{
  g_autofree char *folded = NULL;
  g_autofree char *user = NULL;
  glong n;
  gboolean same = TRUE;

  if (!g_utf8_validate (password, -1, NULL))
    {
      *why = "the password is not UTF-8";
      return FALSE;
    }
  n = g_utf8_strlen (password, -1);
  if (n < PASSWORD_MIN || n > PASSWORD_MAX)
    {
      *why = "a password has 12 to 128 characters";
      return FALSE;
    }
  folded = g_utf8_strdown (password, -1);
  for (const char *p = folded; *p != '\0'; p++)
    same = same && *p == *folded;
  user = user_name != NULL ? g_utf8_strdown (user_name, -1) : NULL;
  if (user != NULL && strlen (user) >= 4 && strstr (folded, user) != NULL && strlen (folded) - strlen (user) < 8)
    {
      *why = "the password is little more than the user's name";
      return FALSE;
    }
  for (guint i = 0; !same && i < G_N_ELEMENTS (common_passwords); i++)
    same = g_str_equal (folded, common_passwords[i]);
  if (same)
    {
      *why = "the password is one of the most common ones";
      return FALSE;
    }
  return TRUE;
}

/**
 * dsp_password_hash:
 * Takes 50-150 ms and 64 MiB; not for threads that serve requests.
 *
 * Returns: (transfer full) (nullable): the string to store; %NULL if there is no memory for it
 */
char *
dsp_password_hash (const char *password)
{
  char text[crypto_pwhash_STRBYTES];

  if (crypto_pwhash_str_alg (text, password, strlen (password), HASH_PASSES, HASH_MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return NULL;
  return g_strdup (text);
}

/**
 * dsp_password_verify:
 * @stored: (nullable): %NULL for a user that does not exist or has no password: the same work is done, and fails
 * @weak: (out) (nullable): the stored string was made with less work than today's; store a new one
 *
 * Takes 50-150 ms; not for threads that serve requests.
 */
gboolean
dsp_password_verify (const char *stored,
                     const char *password,
                     gboolean   *weak)
{
  static char *nobody; /* made once, of random bytes: nobody knows its password */
  static gsize ready;
  gboolean right;

  if (g_once_init_enter (&ready))
    {
      char random[2 * 24 + 1];
      guint8 bytes[24];

      randombytes_buf (bytes, sizeof bytes);
      sodium_bin2hex (random, sizeof random, bytes, sizeof bytes);
      nobody = dsp_password_hash (random);
      g_once_init_leave (&ready, 1);
    }
  if (weak != NULL)
    *weak = FALSE;
  if (stored == NULL && nobody == NULL)
    return FALSE;
  right = crypto_pwhash_str_verify (stored != NULL ? stored : nobody, password, strlen (password)) == 0;
  if (stored == NULL || !right)
    return FALSE;
  if (weak != NULL)
    *weak = crypto_pwhash_str_needs_rehash (stored, HASH_PASSES, HASH_MEMORY) != 0;
  return TRUE;
}

/**
 * dsp_key_make:
 * Returns: (transfer full): a new one-time key, in groups of four: "7QKM-…"
 */
char *
dsp_key_make (void)
{
  GString *key = g_string_new (NULL);

  for (guint i = 0; i < DSP_KEY_LETTERS; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (key, '-');
      g_string_append_c (key, key_letters[randombytes_uniform (32)]);
    }
  return g_string_free (key, FALSE);
}

/**
 * dsp_key_digest:
 * @key: as a person typed it: case, blanks and dashes do not matter
 *
 * Returns: whether it has the form of a key; then @digest is what is stored of it
 */
gboolean
dsp_key_digest (const char *key,
                guint8      digest[32])
{
  char plain[DSP_KEY_LETTERS];
  guint n = 0;

  for (const char *p = key; *p != '\0'; p++)
    {
      char letter = g_ascii_toupper (*p);

      if (letter == '-' || letter == ' ')
        continue;
      if (n == DSP_KEY_LETTERS || strchr (key_letters, letter) == NULL)
        return FALSE;
      plain[n++] = letter;
    }
  if (n != DSP_KEY_LETTERS)
    return FALSE;
  crypto_hash_sha256 (digest, (const guint8 *) plain, sizeof plain);
  sodium_memzero (plain, sizeof plain);
  return TRUE;
}
