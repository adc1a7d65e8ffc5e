# shellcheck shell=bash
# A host: files, start, stop, entering it.

# Copies of what runs inside the hosts, so that they do not depend on this checkout. Renamed into place: hosts may be
# starting, and must not find a file that is half there.
bin_up() {
  local file
  mkdir -p "$TB_STATE/bin"
  for file in hostinit host-services; do
    ! cmp -s "$lib/$file" "$TB_STATE/bin/$file" || continue
    install -m 755 "$lib/$file" "$TB_STATE/bin/.$file"
    mv "$TB_STATE/bin/.$file" "$TB_STATE/bin/$file"
  done
}

# Prints the process id of the host's process 1 as seen from this machine; fails when the host is off.
host_pid() {
  local pid
  pid=$(cat "$(host_dir "$1")/init.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
  [[ $(command_line "$pid") == *" $TB_STATE/bin/hostinit $1 "* ]] && echo "$pid"
}

host_uuid() {
  local hash
  hash=$(printf '%s' "$TB_NET/$TB_NAME$1" | md5sum)
  echo "${hash:0:8}-${hash:8:4}-4${hash:13:3}-8${hash:17:3}-${hash:20:12}"
}

host_files() {
  local i=$1 dir
  dir=$(host_dir "$1")
  [ ! -f "$dir/made" ] || return 0
  mkdir -p "$dir"/{etc/ceph,var/lib,var/log/libvirt/qemu,var/cache/libvirt/qemu,srv}
  # The packages' own configuration, and an empty /var/lib/libvirt with their directories and owners:
  # what this machine itself runs must not leak into a host.
  rm -rf "$dir/etc/libvirt" "$dir/var/lib/libvirt"
  cp -a /etc/libvirt "$dir/etc/libvirt"
  find "$dir/etc/libvirt" \( -path '*/qemu/*.xml' -o -path '*/storage/*' -o -path '*/secrets/*' \) ! -type d -delete
  rm -rf "$dir"/etc/libvirt/qemu/networks/* "$dir"/etc/libvirt/qemu/autostart/*
  (cd /var/lib && find libvirt -type d -print0 | cpio -0pdm --quiet "$dir/var/lib")
  mkdir -p "$dir/var/lib/libvirt/images"
  tls_host "$i"
  ssh_host_key "$i"
  cat >>"$dir/etc/libvirt/libvirtd.conf" <<E2
host_uuid = "$(host_uuid "$i")"
unix_sock_group = "root"
listen_tcp = 0
listen_tls = 1
tls_port = "16514"
listen_addr = "$(host_ip "$i")"
key_file = "/etc/libvirt/pki/serverkey.pem"
cert_file = "/etc/libvirt/pki/servercert.pem"
ca_file = "/etc/libvirt/pki/cacert.pem"
keepalive_interval = 5
keepalive_count = 3
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
E2
  cat >>"$dir/etc/libvirt/qemu.conf" <<E2
security_driver = "none"
migration_host = "$(host_ip "$i")"
E2
  cat >"$dir/sshd_config" <<E2
ListenAddress $(host_ip "$i")
HostKey $dir/ssh_host_key
AuthorizedKeysFile $TB_STATE/keys/id.pub
PidFile /run/sshd.pid
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxStartups 200
MaxSessions 200
Subsystem sftp internal-sftp
E2
  echo 'root:*:19000:0:99999:7:::' >"$dir/shadow"
  touch "$dir/made"
}

# Starts a host that is off (or half dead); does not wait for it.
host_launch() {
  local i=$1 dir
  dir=$(host_dir "$i")
  host_off "$i"
  netns_up "$i"
  cgroup_create "$i"
  cgroup_mounts >"$dir/cgroups"
  # The cgroup namespace comes first, while the process is in the host's root group; its namespace root is that group.
  (
    drop_lock
    cgroup_enter "$i" root
    # shellcheck disable=SC2016
    exec setsid env -i PATH="$PATH" TB_NAME="$TB_NAME" TB_NET="$TB_NET" TB_STATE="$TB_STATE" TB_KVM="$TB_KVM" LANG=C.UTF-8 \
      unshare --cgroup /bin/bash -c '. "$1/cgroup.sh"; cgroup_name=$2; cgroup_enter "$3" init
        exec ip netns exec "$TB_NAME$3" unshare --mount --uts --pid --fork --kill-child --mount-proc \
          --propagation private "$TB_STATE/bin/hostinit" "$3" "$TB_NAME"' launch "$lib" "$cgroup_name" "$i" \
      </dev/null >>"$dir/console.log" 2>&1
  ) &
  echo $! >"$dir/unshare.pid"
}

host_wait() {
  local dir
  dir=$(host_dir "$1")
  wait_for 60 test -f "$dir/ready" -o -f "$dir/failed" -o ! -d "/proc/$(cat "$dir/unshare.pid")" || true
  [ -f "$dir/ready" ] || die "$TB_NAME$1 did not come up, see $dir/console.log"
  pgrep -P "$(cat "$dir/unshare.pid")" -f "bin/hostinit $1 " >"$dir/init.pid" || die "$TB_NAME$1 died, see $dir/console.log"
}

# A power cut: every process of the host dies at once, disks keep what they have. Also clears what a crash left behind.
host_off() {
  local i=$1 dir pid
  dir=$(host_dir "$i")
  thaw "$i" 2>/dev/null || true
  rm -f "$dir/ready" "$dir/failed"
  if pid=$(host_pid "$i"); then kill -9 "$pid" 2>/dev/null || true; fi
  wait_for 20 host_is_empty "$i" || die "processes of $TB_NAME$i do not die: $(ip netns pids "$TB_NAME$i" | xargs)"
  rm -f "$dir/init.pid" "$dir/unshare.pid"
  netns_down "$i"
  cgroup_remove "$cgroup_name/$TB_NAME$i"
}

host_is_empty() {
  local pids
  pids=$(ip netns pids "$TB_NAME$1" 2>/dev/null) || return 0
  [ -n "$pids" ] || return 0
  # shellcheck disable=SC2086
  kill -9 $pids 2>/dev/null
  return 1
}

# host_exec I CMD...: replaces the calling shell by a command inside the host.
host_exec() {
  local i=$1 pid
  shift
  pid=$(host_pid "$i") || die "$TB_NAME$i is off"
  ! is_frozen "$i" || die "$TB_NAME$i is frozen: whoever enters freezes too"
  drop_lock
  cgroup_enter "$i" init
  exec nsenter -t "$pid" -m -u -n -p -C -- "$@"
}

# Brings a host to full health whatever state it is in; prints nothing. The caller waits with host_wait when it returns 1.
host_heal() {
  local i=$1
  if host_pid "$i" >/dev/null && [ -f "$(host_dir "$i")/ready" ] && ip link show "$(cable "$i")" >/dev/null 2>&1; then
    thaw "$i"
    cable_join "$i"
    (host_exec "$i" "$TB_STATE/bin/host-services" "$i") || die "services of $TB_NAME$i do not start, see $(host_dir "$i")/var/log"
  else
    host_launch "$i"
    return 1
  fi
}

# The processes of a host's daemon, by command name, as ids of this machine.
daemon_pids() {
  local pid
  for pid in $(ip netns pids "$TB_NAME$1"); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "$2" ] || echo "$pid"
  done
}

no_daemon() { [ -z "$(daemon_pids "$1" "$2")" ]; }
