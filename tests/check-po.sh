#!/bin/bash
# Every file with words for people is listed for translation, and Spanish is complete: nothing missing, nothing fuzzy.
# SPDX-License-Identifier: GPL-3.0-or-later
set -u
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
cd "$root" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

{ grep -rlE '\b(N?_|C_|NC_|ngettext|g_dngettext) ?\(' src --include='*.c' --include='*.h' | grep -v 'src/core/dsp-field.h'
  grep -rlE 'translatable="(yes|true)"' ui src --include='*.ui'
  ls data/*.desktop.in data/*.metainfo.xml.in data/*.gschema.xml 2>/dev/null; } | sort -u >"$work/have"
grep -v '^#' po/POTFILES.in | grep . | sort -u >"$work/listed"
if ! diff "$work/have" "$work/listed" >"$work/difference"; then
  echo "po/POTFILES.in is not what has words for people (< has words, > is listed):"
  cat "$work/difference"
  failed=1
fi

xgettext --from-code=UTF-8 --add-comments=Translators --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 \
  --keyword=ngettext:1,2 --keyword=g_dngettext:2,3 -f "$work/listed" -o "$work/new.pot" 2>"$work/said" || { cat "$work/said"; exit 1; }
if [ -s "$work/said" ]; then
  # G_GINT64_FORMAT and its like cut a sentence in two for xgettext; <inttypes.h> has names that it knows.
  cat "$work/said"
  failed=1
fi
msgmerge --quiet --no-fuzzy-matching po/es.po "$work/new.pot" -o "$work/es.po" || exit 1
msgfmt --check --check-accelerators=_ -o /dev/null "$work/es.po" || failed=1
words=$(LC_ALL=C msgfmt --statistics -o /dev/null "$work/es.po" 2>&1)
fuzzy=$(msgattrib --only-fuzzy --no-obsolete po/es.po)
if [[ $words = *untranslated* ]] || [ -n "$fuzzy" ]; then
  echo "po/es.po: $words"
  printf '%s\n' "$fuzzy" | grep '^msgid'
  msgattrib --untranslated --no-obsolete "$work/es.po" | grep '^msgid' | grep -v '^msgid ""$' | head -60
  failed=1
fi
exit $failed
