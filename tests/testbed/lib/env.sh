# shellcheck shell=bash
# Settings and small helpers, sourced first by every command.
set -euo pipefail

TB_NAME=${TB_NAME:-tb}
if [ "$TB_NAME" = tb ]; then
  TB_NET=${TB_NET:-10.98.0}
  TB_STATE=${TB_STATE:-/var/tmp/vm-testbed}
else
  TB_NET=${TB_NET:?"set TB_NET (first three numbers of a free /24) for a bed not named tb"}
  TB_STATE=${TB_STATE:-/var/tmp/vm-testbed-$TB_NAME}
fi
TB_KVM=${TB_KVM:-0}
export TB_NAME TB_NET TB_STATE TB_KVM

bridge=br-$TB_NAME
cgroup_name=$TB_NAME-testbed
mark="# $TB_NAME-testbed"
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

die() {
  echo "testbed: $*" >&2
  exit 1
}

[[ $TB_NAME =~ ^[a-z][a-z0-9]{0,7}$ ]] || die "TB_NAME must be 1 to 8 lower-case letters or digits"
[[ $TB_NET =~ ^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$ ]] || die "TB_NET must be like 10.98.0"
[[ $TB_STATE == /?* ]] || die "TB_STATE must be an absolute path"

need_root() { [ "$(id -u)" = 0 ] || die "must be run as root"; }

# One command at a time changes a bed. The lock belongs to an open file, so it lasts as long as the script or anything it
# has started and is still waiting for; what a script leaves running must drop it.
lock_bed() {
  mkdir -p /run/lock
  exec {lock_fd}>"/run/lock/testbed-$TB_NAME.lock"
  flock -w 300 "$lock_fd" || die "another command has been busy with this bed for 5 minutes"
}
drop_lock() { [ -z "${lock_fd:-}" ] || exec {lock_fd}>&-; }

# wait_for SECONDS CMD...: until the command succeeds; fails when the time is over.
wait_for() {
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

# Prints a process's command line, arguments separated by spaces; nothing when there is no such process.
command_line() { { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null || true; }

lap_start=${EPOCHREALTIME//[!0-9]/}
lap() {
  local now=${EPOCHREALTIME//[!0-9]/}
  printf '[%5d ms] %s\n' $(((now - lap_start) / 1000)) "$*"
}

# Fixed addresses: a port that is made again must not meet stale ARP entries, and a bridge takes the lowest MAC of its ports.
# shellcheck disable=SC2086
mac() { printf '02:7b:%02x:%02x:%02x:%02x' ${TB_NET//./ } "$1"; }
host_ip() { echo "$TB_NET.$((10 + $1))"; }
host_dir() { echo "$TB_STATE/hosts/$TB_NAME$1"; }
host_list() { find "$TB_STATE/hosts" -mindepth 1 -maxdepth 1 -name "$TB_NAME*" -printf '%f\n' 2>/dev/null | sed "s/^$TB_NAME//" | sort -n; }
check_number() { [[ ${1:-} =~ ^[1-9][0-9]?$ ]] || die "not a host number (1 to 99): '${1:-}'"; }
check_host() {
  check_number "${1:-}"
  [ -d "$(host_dir "$1")" ] || die "there is no host $TB_NAME$1"
}
