#!/bin/bash
# headless.sh PROGRAM ARGUMENTS...: runs a program on a display and a session bus of its own, with empty folders
# SPDX-License-Identifier: GPL-3.0-or-later
#
# SCREEN (default 1366x768x24) is the size of the display; WINDOW_MANAGER=1 starts openbox on it. The exit status is the
# program's, or 99 if there is no display to be had.
set -u

folder=$(mktemp -d)
xvfb= wm=
clean_up ()
{
  [ -n "$wm" ] && kill "$wm" 2>/dev/null
  [ -n "$xvfb" ] && kill "$xvfb" 2>/dev/null
  wait 2>/dev/null
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkfifo "$folder/display"
Xvfb -displayfd 3 -screen 0 "${SCREEN:-1366x768x24}" -nolisten tcp -noreset \
  3>"$folder/display" 2>"$folder/xvfb.log" &
xvfb=$!
if ! read -r -t 20 number <"$folder/display"; then
  cat "$folder/xvfb.log" >&2
  exit 99
fi

export DISPLAY=:$number HOME=$folder
export XDG_CONFIG_HOME=$folder/config XDG_CACHE_HOME=$folder/cache XDG_DATA_HOME=$folder/data \
       XDG_STATE_HOME=$folder/state XDG_RUNTIME_DIR=$folder/run
mkdir -p "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
unset WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS
export GDK_BACKEND=x11 GSK_RENDERER=${GSK_RENDERER:-cairo} GSETTINGS_BACKEND=${GSETTINGS_BACKEND:-memory}

if [ -n "${WINDOW_MANAGER:-}" ]; then
  openbox --sm-disable >/dev/null 2>&1 &
  wm=$!
fi

# The bus and what it starts talk on the standard output too; the program's own output goes past them.
exec 4>&1
# shellcheck disable=SC2016,SC2086
dbus-run-session -- bash -c 'exec "$@" >&4 4>&-' program ${TEST_WRAPPER:-} "$@" \
  2> >(grep -v --line-buffered -E 'dbus-daemon|SpiRegistry daemon|^X connection to|^$' >&2) 1>&2
