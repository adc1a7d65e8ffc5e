# shellcheck shell=bash
# A small Ceph cluster on this machine: one monitor, one manager, 1 to 3 OSDs on sparse files, cephx, pool "vms",
# and the key client.libvirt, which every host gets as a libvirt secret.

ceph_dir=$TB_STATE/ceph
ceph_daemons=(mon.a mgr.x osd.0 osd.1 osd.2)

ceph_cli() { timeout "${TB_CEPH_TIMEOUT:-60}" ceph -c "$ceph_dir/ceph.conf" "$@"; }

ceph_pid() {
  local pid
  pid=$(cat "$ceph_dir/run/$1.pid" 2>/dev/null) || return 1
  [[ $(command_line "$pid") == *" $ceph_dir/ceph.conf "* ]] && echo "$pid"
}

ceph_start() {
  ! ceph_pid "$1" >/dev/null || return 0
  (
    drop_lock
    exec "ceph-${1%.*}" -c "$ceph_dir/ceph.conf" -i "${1#*.}" >>"$ceph_dir/log/start.log" 2>&1
  )
}

ceph_conf() {
  local copies=1
  [ "$1" -lt 2 ] || copies=2
  cat <<E2
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = [v2:$TB_NET.1:3300,v1:$TB_NET.1:6789]
public network = $TB_NET.0/24
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
osd pool default size = $copies
osd pool default min size = 1
osd pool default pg num = 16
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon allow pool delete = true
mon warn on pool no redundancy = false
mon data avail warn = 2
mon data avail crit = 1
run dir = $ceph_dir/run
log file = $ceph_dir/log/\$name.log
admin socket = $ceph_dir/run/\$cluster-\$name.asok
pid file = $ceph_dir/run/\$name.pid
keyring = $ceph_dir/keyring
crash dir = $ceph_dir/log
[mon.a]
mon data = $ceph_dir/mon.a
[mgr.x]
mgr data = $ceph_dir/mgr.x
[mgr]
mgr disabled modules = restful,telegraf,influx,zabbix,prometheus,dashboard,insights,iostat,osd_support,diskprediction_local,alerts,nfs,mirroring,snap_schedule,test_orchestrator,selftest,osd_perf_query,cli_api,k8sevents,mds_autoscaler,hello
[osd]
osd data = $ceph_dir/osd.\$id
osd objectstore = bluestore
bluestore block size = $((${TB_OSD_GB:-8} << 30))
bluestore cache autotune = false
bluestore cache size = 67108864
osd op num shards = 2
osd op num threads per shard = 2
osd class update on start = false
E2
}

ceph_make() {
  local i add=(ceph-authtool "$ceph_dir/keyring" --gen-key)
  rm -rf "$ceph_dir"
  mkdir -p "$ceph_dir"/{log,run,mon.a,mgr.x}
  ceph_conf "$1" >"$ceph_dir/ceph.conf"
  {
    ceph-authtool -C "$ceph_dir/keyring" --gen-key -n mon. --cap mon 'allow *'
    "${add[@]}" -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' --cap mds 'allow *'
    "${add[@]}" -n mgr.x --cap mon 'allow profile mgr' --cap osd 'allow *' --cap mds 'allow *'
    # What hosts and the orchestrator use: 'profile rbd' of the monitor includes the blocklist, which taking over a lock needs.
    "${add[@]}" -n client.libvirt --cap mon 'profile rbd' --cap osd 'profile rbd pool=vms' --cap mgr 'profile rbd pool=vms'
    for i in 0 1 2; do
      "${add[@]}" -n "osd.$i" --cap mon 'allow profile osd' --cap mgr 'allow profile osd' --cap osd 'allow *'
    done
    monmaptool --create --fsid "$(sed -n 's/^fsid = //p' "$ceph_dir/ceph.conf")" \
      --addv a "[v2:$TB_NET.1:3300,v1:$TB_NET.1:6789]" "$ceph_dir/monmap"
    ceph-mon -c "$ceph_dir/ceph.conf" --mkfs -i a --monmap "$ceph_dir/monmap" --keyring "$ceph_dir/keyring"
  } >>"$ceph_dir/log/start.log" 2>&1
}

ceph_osd_make() {
  local id=$1 uuid
  mkdir -p "$ceph_dir/osd.$id"
  uuid=$(cat /proc/sys/kernel/random/uuid)
  ceph_cli osd new "$uuid" "$id" >/dev/null
  ceph-osd -c "$ceph_dir/ceph.conf" -i "$id" --mkfs --osd-uuid "$uuid" >>"$ceph_dir/log/start.log" 2>&1
  touch "$ceph_dir/osd.$id/ready"
}

ceph_up() {
  command -v ceph-osd >/dev/null || die "Ceph is not installed, run $(dirname "$lib")/install --ceph"
  local i
  [ -f "$ceph_dir/done" ] || ceph_make "$1"
  ceph_start mon.a
  ceph_start mgr.x
  wait_for 30 ceph_cli -s || die "the monitor does not answer, see $ceph_dir/log"
  for ((i = 0; i < $1; i++)); do
    [ -f "$ceph_dir/osd.$i/ready" ] || ceph_osd_make "$i"
    ceph_start "osd.$i"
  done
  if [ ! -f "$ceph_dir/done" ]; then
    ceph_cli osd pool create vms 32 >/dev/null 2>&1
    rbd -c "$ceph_dir/ceph.conf" pool init vms
    ceph-authtool "$ceph_dir/keyring" -p -n client.libvirt >"$ceph_dir/libvirt.key"
    touch "$ceph_dir/done"
  fi
  lap "Ceph: mon, mgr, $1 OSDs, pool vms"
}

# The client side on a host. libvirtd there may have started before its RBD driver was installed: it is restarted once.
ceph_host_files() {
  local i=$1 dir
  dir=$(host_dir "$1")
  [ ! -f "$dir/etc/ceph/libvirt.key" ] || return 0
  {
    grep -E '^(\[global\]|fsid|mon host|auth .* required)' "$ceph_dir/ceph.conf"
    # shellcheck disable=SC2016
    printf '%s\n' '[client]' 'admin socket = /run/ceph/$cluster-$name.$pid.$cctid.asok' 'log file = /dev/null'
  } >"$dir/etc/ceph/ceph.conf"
  printf '[client.libvirt]\n  key = %s\n' "$(cat "$ceph_dir/libvirt.key")" >"$dir/etc/ceph/ceph.client.libvirt.keyring"
  echo "<secret ephemeral='no' private='no'><uuid>7b000000-0000-4000-8000-00000000ce9f</uuid><usage type='ceph'><name>client.libvirt secret</name></usage></secret>" >"$dir/secret.xml"
  daemon_pids "$i" libvirtd 2>/dev/null | xargs -r kill
  wait_for 20 no_daemon "$i" libvirtd
  cp "$ceph_dir/libvirt.key" "$dir/etc/ceph/libvirt.key" # base64, as 'virsh secret-set-value --file' expects; last: marks the rest as done
}

ceph_down() {
  local daemon pid
  for daemon in "${ceph_daemons[@]}"; do if pid=$(ceph_pid "$daemon"); then kill "$pid" || true; fi; done
  wait_for 2 ceph_is_off && return
  for daemon in "${ceph_daemons[@]}"; do if pid=$(ceph_pid "$daemon"); then kill -9 "$pid" || true; fi; done
  wait_for 10 ceph_is_off || die "Ceph does not stop"
}

ceph_is_off() {
  local daemon
  for daemon in "${ceph_daemons[@]}"; do ! ceph_pid "$daemon" || return 1; done
}

ceph_status() {
  local daemon pid
  [ -f "$ceph_dir/done" ] || return 0
  for daemon in "${ceph_daemons[@]}"; do
    ! pid=$(ceph_pid "$daemon") || printf 'ceph   %-6s pid=%s rss=%sMiB\n' "$daemon" "$pid" "$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status")"
  done
  TB_CEPH_TIMEOUT=8 ceph_cli -s 2>/dev/null | grep -E 'health:|osd:|pgs:' || echo "ceph   does not answer"
}
