# packages.sh: the Debian packages that Despacho needs, and how they get onto this machine
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sourced by data/demo/run and tests/run; the only list of packages there is. Installs nothing when nothing is missing,
# so both work without a network once they have run.

PACKAGES_BUILD="gcc libc6-dev make meson ninja-build pkg-config gettext
libglib2.0-dev libglib2.0-dev-bin libgtk-4-dev libgtk-4-bin libadwaita-1-dev libshumate-dev libsoup-3.0-dev
libjson-glib-dev libsqlite3-dev libpq-dev libsecret-1-dev libsodium-dev liboath-dev libzstd-dev libarchive-dev
libmicrohttpd-dev libgnutls28-dev libsystemd-dev libzint-dev libxlsxwriter-dev libxml2-dev desktop-file-utils appstream-util"

PACKAGES_RUN="glib-networking gsettings-desktop-schemas adwaita-icon-theme librsvg2-common fonts-dejavu-core tzdata
dbus at-spi2-core libglib2.0-bin"

PACKAGES_TEST="postgresql haproxy xvfb xauth xdotool x11-utils imagemagick openbox gir1.2-atspi-2.0 python3 python3-gi
libegl1 libgl1-mesa-dri libasan8 libubsan1 curl openssl unzip zip xz-utils
poppler-utils zbar-tools systemd libreoffice-calc-nogui spin routino"

# Needed packages that are not installed, of the lists given.
missing_packages ()
{
  dpkg-query -W -f '${Package} ${Status}\n' "$@" 2>/dev/null | awk '
    BEGIN { for (i = 1; i < ARGC; i++) want[ARGV[i]] = 1; ARGC = 1 }
    $NF == "installed" { delete want[$1] }
    END { for (name in want) print name }' "$@" | sort
}

# install_packages BUILD|RUN|TEST...: installs what is missing of these lists, as root or through sudo. Returns 0 when
# everything is there at the end.
install_packages ()
{
  local wanted="" list missing as_root="" status no_cluster=/etc/postgresql-common/createcluster.d/despacho-tests.conf

  for list in "$@"; do
    list="PACKAGES_$list"
    wanted="$wanted ${!list}"
  done

  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not a Debian system: no packages are installed. Despacho needs what data/demo/packages.sh lists."
    return 0
  fi

  # shellcheck disable=SC2086
  missing=$(missing_packages $wanted)
  if [ -z "$missing" ]; then
    echo "All needed packages are installed."
    return 0
  fi

  echo "Installing with apt-get: $(echo $missing)"
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "This needs root, and there is no sudo here. As root, run:" >&2
      echo "  apt-get update && apt-get install --no-install-recommends $(echo $missing)" >&2
      return 1
    fi
    as_root=sudo
  fi

  # The tests make clusters of their own: while this runs, PostgreSQL's package makes none for the system.
  if [[ " $(echo $missing) " == *" postgresql "* ]]; then
    $as_root mkdir -p "${no_cluster%/*}"
    echo "create_main_cluster = false" | $as_root tee "$no_cluster" >/dev/null
  fi
  # shellcheck disable=SC2086
  { $as_root env LC_ALL=C.UTF-8 apt-get update -q </dev/null;
    $as_root env LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends $missing </dev/null; }
  status=$?
  $as_root rm -f "$no_cluster"
  if [ $status != 0 ]; then
    echo "The packages could not be installed (see above)." >&2
    return 1
  fi
}
