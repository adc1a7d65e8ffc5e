# shellcheck shell=bash
# Where everything is, and small helpers; sourced first by install.sh.
set -euo pipefail
umask 022

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
root=${INSTALL_ROOT:-}
lib=$root/usr/local/lib/orchestrator
bin=$root/usr/local/bin
etc=$root/etc/orchestrator
data=$root/var/lib/orchestrator
run=$root/run
log=$root/var/log/orchestrator.log
build=${INSTALL_BUILD:-$root/var/cache/orchestrator/build}
listen=${INSTALL_LISTEN:-http://127.0.0.1:8080}
config=$etc/orchestrator.json
programs=(orchestrator orchctl)
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { echo "==> $*"; }
note() { echo "    $*"; }
die() {
  echo "install.sh: $*" >&2
  exit 1
}

# wait_for SECONDS CMD...: until the command succeeds; fails when the time is over.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}

has_systemd() { [ -d /run/systemd/system ]; }

# Distribution and version, or the reason why not.
check_system() {
  local id version name
  [ -r /etc/os-release ] || die "this is not Debian 12 or Ubuntu 24.04 (there is no /etc/os-release)"
  # shellcheck disable=SC1091
  read -r id version name < <(. /etc/os-release && echo "${ID:-?} ${VERSION_ID:-99} ${PRETTY_NAME:-}")
  case $id in
    debian) [ "${version%%.*}" -ge 12 ] || die "Debian 12 or later is needed, this is $name" ;;
    ubuntu) [ "${version%%.*}" -ge 24 ] || die "Ubuntu 24.04 or later is needed, this is $name" ;;
    *) die "Debian 12 or Ubuntu 24.04 (or later) is needed, this is $name" ;;
  esac
}
