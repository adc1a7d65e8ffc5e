# shellcheck shell=bash
# The bridge between the hosts (this machine is .1 on it), one veth per host, and names.

bridge_up() {
  if ! ip link show "$bridge" >/dev/null 2>&1; then
    [ -z "$(ip -o address show to "$TB_NET.0/24")" ] || die "$TB_NET.0/24 is in use on this machine, set TB_NET"
    ip link add "$bridge" address "$(mac 1)" type bridge
  fi
  [ -n "$(ip -o address show dev "$bridge" to "$TB_NET.1")" ] || ip address add "$TB_NET.1/24" dev "$bridge"
  ip link set "$bridge" up
}

cable() { echo "${TB_NAME}v$1"; }

netns_up() {
  local ns=$TB_NAME$1
  netns_down "$1"
  ip netns add "$ns"
  ip link add "$(cable "$1")" address "$(mac $((110 + $1)))" type veth peer name eth0 address "$(mac $((10 + $1)))" netns "$ns"
  ip link set "$(cable "$1")" master "$bridge" up
  ip -n "$ns" address add "$(host_ip "$1")/24" dev eth0
  ip -n "$ns" link set eth0 up
  ip -n "$ns" route add default via "$TB_NET.1"
}

netns_down() {
  ip link del "$(cable "$1")" 2>/dev/null || true
  ip netns del "$TB_NAME$1" 2>/dev/null || true
}

# The bridge or a cable may have been removed behind our back: put every cable of a running host in again.
cable_join() { ip link set "$(cable "$1")" master "$bridge" up; }
cable_cut() { ip link set "$(cable "$1")" down; }

# names_up I...: name resolution for the hosts and for this machine, and known_hosts and SSH settings of this machine.
names_up() {
  local i dir
  {
    echo "127.0.0.1 localhost"
    echo "$TB_NET.1 ${TB_NAME}0"
    for i in "$@"; do echo "$(host_ip "$i") $TB_NAME$i"; done
  } >"$TB_STATE/hosts.file" # written in place: it is bind-mounted in the hosts
  for i in "$@"; do
    dir=$(host_dir "$i")
    echo "$TB_NAME$i,$(host_ip "$i") $(cut -d' ' -f1,2 "$dir/ssh_host_key.pub")"
  done >"$TB_STATE/keys/known_hosts.new"
  mv "$TB_STATE/keys/known_hosts.new" "$TB_STATE/keys/known_hosts"
  mkdir -p /etc/ssh/ssh_config.d
  {
    echo "# written by tests/testbed/up, removed by tests/testbed/down"
    echo "Host $(for i in "$@"; do echo -n "$TB_NAME$i $(host_ip "$i") "; done)"
    echo "  User root"
    echo "  IdentityFile $TB_STATE/keys/id"
    echo "  IdentitiesOnly yes"
    echo "  UserKnownHostsFile $TB_STATE/keys/known_hosts"
    echo "  StrictHostKeyChecking yes"
    echo "  ConnectTimeout 5"
  } >"/etc/ssh/ssh_config.d/$TB_NAME-testbed.conf"
  hosts_lines "$(for i in "$@"; do echo "$(host_ip "$i") $TB_NAME$i $mark"; done)"
}

names_down() {
  rm -f "/etc/ssh/ssh_config.d/$TB_NAME-testbed.conf"
  hosts_lines ''
}

# hosts_lines TEXT: replaces this bed's lines of /etc/hosts, under a lock of all beds. Never renamed into place: that would
# silently undo the mounts on it in all hosts of all beds. Written before it is cut to length, so that nobody who looks up a
# name finds it empty.
hosts_lines() {
  (
    flock 9
    local old new
    old=$(cat /etc/hosts)
    new=$(grep -v "$mark\$" /etc/hosts || true)
    [ -z "$1" ] || new+=$'\n'$1
    [ "$new" != "$old" ] || return 0
    printf '%s\n' "$new" | dd of=/etc/hosts bs=1M iflag=fullblock conv=notrunc status=none
    truncate -s "$(printf '%s\n' "$new" | wc -c)" /etc/hosts
  ) 9>/run/lock/testbed-names.lock
}
