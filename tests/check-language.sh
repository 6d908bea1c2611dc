#!/bin/bash
# check-language.sh DESPACHOCTL WORDS: programs speak the language of the environment, also where its locale was never
# generated, as in a container. WORDS is the folder of the built translations.
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
program=$1 words=$2
failed=0

# expect PATTERN NAME=VALUE...: what the program says about a command that lacks its half
expect ()
{
  local pattern=$1 said
  shift
  said=$(env -u LANG -u LANGUAGE -u LC_ALL -u LC_MESSAGES "$@" DESPACHO_LOCALE_DIR="$words" "$program" import orders 2>&1)
  if [[ $said = *$pattern* ]]; then
    echo "fine: ${*:-no variable}"
  else
    echo "with ${*:-no variable}: “$said” has no “$pattern”"
    failed=1
  fi
}

spanish='falta uno de los dos' english='one of the two is missing'
expect "$spanish" LANG=es_MX.UTF-8
expect "$spanish" LANG=es_ES@euro
expect "$spanish" LC_ALL=es_MX
expect "$spanish" LANG=C.UTF-8 LANGUAGE=es
expect "$spanish" LANG=en_US.UTF-8 LANGUAGE=es_MX:es
expect "$spanish" LANGUAGE=es
expect "$english" LANG=C LANGUAGE=es
expect "$english" LANG=C.UTF-8
expect "$english" LANG=en_US.UTF-8
expect "$english" LANG=xx_YY.UTF-8
expect "$english"
exit $failed
