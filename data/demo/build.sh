# build.sh: builds Despacho into build/ and installs it into build/installed, which nothing but the demo uses
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by data/demo/run and tests/run with the root of the source as current folder.

# Debian's own meson runs on Debian's own python, whatever comes first on PATH.
MESON=meson
[ -x /usr/bin/meson ] && MESON=/usr/bin/meson

build_despacho ()
{
  local prefix=$PWD/build/installed output

  if ! [ -f build/build.ninja ]; then
    output=$($MESON setup build --prefix="$prefix" 2>&1) || { echo "$output"; return 1; }
  elif ! $MESON introspect build --buildoptions | grep -qF "\"value\": \"$prefix\""; then
    # The folder was configured by hand, or the source has been moved.
    $MESON configure build -Dprefix="$prefix" >/dev/null || return 1
  fi
  ninja -C build -j "$(nproc)"
}
