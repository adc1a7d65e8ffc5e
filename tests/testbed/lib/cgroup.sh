# shellcheck shell=bash
# One subtree per host in every cgroup hierarchy of this machine, be it v1, hybrid or v2.
# HIERARCHY/<bed>-testbed/<host>: the root of the host's cgroup namespace; in v2 its processes live in .../init,
# because a v2 group with processes cannot hand controllers down to children.

# Prints "v1 PATH" or "v2 PATH" per hierarchy; named v1 hierarchies control nothing and are left out.
cgroup_mounts() {
  awk '$3 == "cgroup" && $4 !~ /name=/ { print "v1", $2 } $3 == "cgroup2" { print "v2", $2 }' /proc/self/mounts
}

cgroup_create() {
  local version path group controller
  cgroup_remove "$cgroup_name/$TB_NAME$1"
  while read -r version path; do
    group=$path/$cgroup_name/$TB_NAME$1
    mkdir -p "$path/$cgroup_name"
    if [ "$version" = v2 ]; then
      for controller in cpuset cpu io memory pids; do # best effort: v1 may own them, or a parent may not hand them down
        { echo "+$controller" >"$path/cgroup.subtree_control"; } 2>/dev/null || true
        { echo "+$controller" >"$path/$cgroup_name/cgroup.subtree_control"; } 2>/dev/null || true
      done
      mkdir -p "$group/init"
    elif [ -e "$path/cpuset.cpus" ]; then # a new cpuset is empty, and nothing can enter it
      cp_value cpuset.cpus "$path" "$path/$cgroup_name"
      cp_value cpuset.mems "$path" "$path/$cgroup_name"
      echo 1 >"$path/$cgroup_name/cgroup.clone_children"
    fi
    mkdir -p "$group"
  done < <(cgroup_mounts)
}

cp_value() { cat "$2/$1" >"$3/$1"; }

# cgroup_enter I root|init: moves the calling shell ($BASHPID) into the host's groups.
cgroup_enter() {
  local version path group
  while read -r version path; do
    group=$path/$cgroup_name/$TB_NAME$1
    [ "$version$2" != v2init ] || group+=/init
    [ ! -d "$group" ] || echo "$BASHPID" >"$group/cgroup.procs"
  done < <(cgroup_mounts)
}

# cgroup_remove NAME: with everything below it; its processes must be dead or dying.
cgroup_remove() {
  local version path tries
  while read -r version path; do
    for ((tries = 0; tries < 40; tries++)); do
      [ -d "$path/$1" ] || break
      find "$path/$1" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
    done
  done < <(cgroup_mounts)
}

# The file that freezes the host, and what to write into it.
cgroup_freezer() {
  local version path
  while read -r version path; do
    local group=$path/$cgroup_name/$TB_NAME$1
    if [ -e "$group/freezer.state" ]; then
      echo "$group/freezer.state FROZEN THAWED"
      return
    fi
  done < <(cgroup_mounts)
  while read -r version path; do
    local group=$path/$cgroup_name/$TB_NAME$1
    if [ "$version" = v2 ] && [ -e "$group/cgroup.freeze" ]; then
      echo "$group/cgroup.freeze 1 0"
      return
    fi
  done < <(cgroup_mounts)
}

freeze() {
  local file frozen thawed
  read -r file frozen thawed < <(cgroup_freezer "$1") || die "no cgroup freezer on this machine"
  echo "$frozen" >"$file"
}

thaw() {
  local file frozen thawed
  read -r file frozen thawed < <(cgroup_freezer "$1") || return 0
  echo "$thawed" >"$file"
}

is_frozen() {
  local file frozen thawed
  read -r file frozen thawed < <(cgroup_freezer "$1") || return 1
  case $(cat "$file") in FROZEN | FREEZING | 1) return 0 ;; *) return 1 ;; esac
}
