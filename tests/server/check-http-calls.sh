#!/bin/sh
# check-http-calls.sh SRC: libmicrohttpd is used in one file, libsoup's server in none, and nothing forbidden is called.
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
src=$1
bad=0

fail ()
{
  echo "$1" >&2
  bad=1
}

others=$(grep -rlE '\bMHD_|microhttpd\.h' "$src" --include='*.[ch]' | grep -v '/server/dsp-http\.c$')
[ -z "$others" ] || fail "the HTTP library is used outside of dsp-http.c: $others"

soup=$(grep -rlE '\bsoup_server_' "$src" --include='*.[ch]')
[ -z "$soup" ] || fail "libsoup's server is used: $soup"

forbidden='MHD_create_post_processor|MHD_basic_auth|MHD_digest_auth|MHD_create_response_for_upgrade|MHD_ALLOW_UPGRADE'
forbidden="$forbidden|MHD_set_connection_option|MHD_USE_THREAD_PER_CONNECTION|MHD_USE_TURBO|MHD_USE_INSECURE_TLS"
forbidden="$forbidden|MHD_run *\\(|MHD_lookup_connection_value|MHD_GET_ARGUMENT_KIND"
found=$(grep -nE "$forbidden" "$src/server/dsp-http.c")
[ -z "$found" ] || fail "forbidden: $found"

exit $bad
