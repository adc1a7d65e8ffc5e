#!/bin/bash
# Installs, updates or removes the orchestrator on Debian 12 or Ubuntu 24.04; see --help.
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=packaging/lib/common.sh
. "$here/packaging/lib/common.sh"
# shellcheck source=packaging/lib/packages.sh
. "$here/packaging/lib/packages.sh"
# shellcheck source=packaging/lib/hypervisor.sh
. "$here/packaging/lib/hypervisor.sh"
# shellcheck source=packaging/lib/service.sh
. "$here/packaging/lib/service.sh"

usage() {
  cat <<TEXT
sudo ./install.sh [pm_file image_file flavor_file]
    Builds the orchestrator, installs and starts it, and makes PMs, images and flavors of the three files:
      pm_file      hosts, one a line: [user@]host[:port] or a libvirt URI; root's ssh must get in without a password
      image_file   disk images, one a line: [user@host:]path
      flavor_file  {"types": [{"tid": 1, "cpu": 1, "ram": 512, "disk": 1}, ...]}, ram in MB, disk in GB
    Without them this machine is the only PM (libvirt and QEMU are installed), with three standard flavors.
    Run again it updates the program, and the objects when files are given. Running VMs are not touched.
sudo ./install.sh --uninstall
    Stops and removes the program. VMs, data and configuration stay.

Environment, for installs side by side:
  INSTALL_ROOT=DIR     put everything below DIR (DIR/usr/local, DIR/etc, DIR/var, DIR/run); runs in the background without a unit
  INSTALL_LISTEN=URL   the address in the first configuration; http://127.0.0.1:8080 otherwise
  INSTALL_BUILD=DIR    folder of the build
TEXT
}

files=() action=install
for argument in "$@"; do
  case $argument in
    --help | -h)
      usage
      exit 0
      ;;
    --uninstall) action=uninstall ;;
    -*) die "unknown option $argument; see --help" ;;
    *) files+=("$argument") ;;
  esac
done
case $action/${#files[@]} in
  install/0 | install/3 | uninstall/0) ;;
  install/*) die "give all three of pm_file image_file flavor_file, or none; see --help" ;;
  *) die "--uninstall takes no files" ;;
esac
[ "$(id -u)" = 0 ] || die "must be run as root: sudo $0 $*"
[[ -z $root || $root == /?* ]] || die "INSTALL_ROOT must be an absolute path"

check_files() {
  local file bad=0
  for file in "${files[@]}"; do
    if [ ! -e "$file" ]; then
      echo "$file: there is no such file" >&2
    elif [ ! -f "$file" ]; then
      echo "$file: is not a file" >&2
    elif [ ! -r "$file" ]; then
      echo "$file: cannot be read" >&2
    else
      continue
    fi
    bad=1
  done
  [ $bad = 0 ] || die "nothing was installed or changed"
}

check_links() {
  local program
  for program in "${programs[@]}"; do
    [ ! -e "$bin/$program" ] || [ "$(readlink "$bin/$program")" = "$lib/current/$program" ] ||
      die "$bin/$program is there and not from here: move it away; nothing was installed or changed"
  done
}

# One step of the build; what it printed is shown when it fails. Leaves the caller's checkout as it is.
publish() {
  local options=(
    --configuration Release --output "$stage" --nologo --verbosity quiet
    "-p:ArtifactsPath=$build" -p:UseSharedCompilation=false
    -p:RunAnalyzers=false -p:GenerateDocumentationFile=false -p:TreatWarningsAsErrors=false # that is for developers
    '-p:AppHostDotNetSearch="AppRelative;EnvironmentVariable;Global"' -p:AppHostRelativeDotNet=./dotnet
  )
  "$dotnet" publish "$repository/src/$1" "${options[@]}" </dev/null >"$build/log" 2>&1 || {
    cat "$build/log" >&2
    die "the build failed; nothing was installed or changed"
  }
}

build_program() {
  mkdir -p "$build"
  stage=$(mktemp -d "$build/stage.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
  publish Orchestrator
  publish Cli
  ln -s "$(dirname "$dotnet")" "$stage/dotnet" # the programs look here first
  install -m 755 "$repository/packaging/orchestrator-supervise" "$stage"
  install -m 644 "$repository/packaging/orchestrator.service" "$stage"
}

# read_config PROGRAM FILE: sets listen, data and specs to what the configuration says, which the user may have changed.
read_config() {
  local settings key value
  settings=$("$1" serve --config "$2" --check) || return 1
  while read -r key value; do
    case $key in listen) listen=${value%/} ;; data) data=$value ;; specs) specs=$value ;; esac
  done <<<"$settings"
}

is_taken() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

check_address() {
  local address=${listen#http://}
  address=${address%%/*}
  [[ $address == *:* ]] || address=$address:80
  is_running || ! is_taken "${address%:*}" "${address##*:}" ||
    die "something else listens on $listen: choose another address (\"listen\" in $config, or INSTALL_LISTEN at the first install)"
}

# Puts the new release in place of the old; a running server keeps its files until it is restarted.
switch_release() {
  local program release
  mkdir -p "$bin" "$lib"
  release=$(mktemp -d "$lib/release.XXXXXX")
  cp -a "$stage/." "$release"
  chmod 755 "$release"
  ln -sfn "$(basename "$release")" "$lib/current.new"
  mv -T "$lib/current.new" "$lib/current"
  for program in "${programs[@]}"; do ln -sfn "$lib/current/$program" "$bin/$program"; done
  ln -sfn current/orchestrator-supervise "$lib/orchestrator-supervise"
  ! uses_unit || install -m 644 "$stage/orchestrator.service" "$unit"
}

remove_old_releases() { find "$lib" -mindepth 1 -maxdepth 1 -name 'release.*' ! -name "$(readlink "$lib/current")" -exec rm -rf {} +; }

get() { curl --silent --show-error --fail --max-time 10 --noproxy '*' "$listen$1"; }

wait_until_ready() {
  local end=$((SECONDS + 60))
  until get /readyz >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$end" ] || ! is_running; then
      show_log >&2
      die "the server does not answer at $listen; the end of its log is above"
    fi
    sleep 0.2
  done
}

# A line for each PM: name, phase, URI, what is wrong.
machines() {
  get /apis/orchestrator.vm/v1/physicalmachines | jq -r '.items[] |
    [.metadata.name, .status.phase // "Pending", .spec.uri, ([.status.conditions[]? | select(.type == "Ready" and .status != "True") | .message][0] // "")] | @tsv'
}

# machines_are_ready COUNT: at least so many are there, and all are ready.
# shellcheck disable=SC2317 # called through wait_for
machines_are_ready() {
  local found
  found=$(machines) && [ "$(grep -c . <<<"$found")" -ge "$1" ] && ! cut -f2 <<<"$found" | grep -qvx Ready
}

# report_machines SECONDS: waits so long at most for them to be ready, then says how they are.
report_machines() {
  local expected name phase uri message unready=''
  expected=$(grep -cx 'kind: PhysicalMachine' "$specs/pms.yaml" 2>/dev/null || true)
  wait_for "$1" machines_are_ready "${expected:-0}" || note "not all PMs were ready within $1 s; so far:"
  while IFS=$'\t' read -r name phase uri message; do
    [ -n "$name" ] || continue
    note "$name: $phase${message:+: $message} ($uri)"
    [[ $phase == Ready || $uri != *ssh://* ]] || unready=1
  done < <(machines)
  [ -z "$unready" ] || cat <<TEXT
    For a PM that is not Ready: root of this machine must be able to log in without being asked anything. Try, as root:
      ssh-keyscan -H HOST >>/root/.ssh/known_hosts   (compare the fingerprint)
      ssh-copy-id USER@HOST
      ssh -o BatchMode=yes USER@HOST virsh -c qemu:///system version
    It is tried again by itself; nothing needs to be restarted.
TEXT
}

next_commands() {
  cat <<TEXT

The orchestrator runs at $listen
  curl '$listen/pm/list'
  curl '$listen/vm/types'
  curl '$listen/image/list'
  curl '$listen/vm/create?name=first&instance_type=1'        # add &image_id=ID for a disk image
  curl '$listen/vm/query?vmid=ID'
  $bin/orchctl --help
  kubectl --server $listen get pm,vm                          # any Kubernetes client
Specs  $specs  (YAML files dropped there become objects)
Config $config   Log: $(where_log)   Data: $data
Remove: $repository/install.sh --uninstall
TEXT
}

do_install() {
  local specs used local_machine=0 changed=1
  say "Looking for the .NET 10 SDK"
  need_packages ca-certificates
  need_dotnet
  note "$dotnet $(cd "$repository" && "$dotnet" --version)"

  say "Building (log: $build/log)"
  build_program

  if [ ${#files[@]} -gt 0 ]; then
    say "Checking the three files"
    "$stage/orchestrator" import --check "${files[@]}" || die "nothing was installed or changed"
  fi

  say "Checking the configuration"
  sed "s|@data@|$data|g; s|@listen@|$listen|g" "$repository/packaging/orchestrator.json" >"$stage/orchestrator.json"
  if [ -e "$config" ]; then used=$config; else used=$stage/orchestrator.json; fi
  read_config "$stage/orchestrator" "$used" || die "$used is wrong, see above; nothing was installed or changed"
  check_address
  if [ ${#files[@]} -gt 0 ] || [ ! -e "$specs/pms.yaml" ]; then
    "$stage/orchestrator" import "${files[@]}" --specs "$stage/specs" >/dev/null
    ! grep -q 'qemu:///' "$stage/specs/pms.yaml" || local_machine=1
  elif grep -q 'qemu:///' "$specs/pms.yaml"; then
    local_machine=1
  fi

  say "Installing packages that are missing"
  need_packages curl jq libsqlite3-0 openssh-client
  if [ $local_machine = 1 ]; then
    say "This machine is a PM: making sure that libvirt runs"
    need_hypervisor
  fi

  say "Configuration $config"
  mkdir -p "$etc" "$run" "$(dirname "$log")"
  if [ -e "$config" ]; then note "kept as it is"; else install -m 644 "$stage/orchestrator.json" "$config"; fi
  install -d -m 700 "$data"
  install -d -m 750 "$specs"

  say "Objects in $specs"
  if [ -d "$stage/specs" ]; then
    "$stage/orchestrator" import "${files[@]}" --specs "$specs" | sed 's/^/    /'
    rm -rf "$stage/specs"
  else
    note "those of the earlier installation stay; give the three files to change them"
  fi
  rm -f "$stage/orchestrator.json"

  say "Program $bin/orchestrator, $bin/orchctl"
  if diff -rq --no-dereference "$stage" "$lib/current/" >/dev/null 2>&1; then changed=0; fi
  if [ $changed = 1 ]; then
    switch_release
  else
    note "nothing new"
  fi

  say "Service"
  if [ $changed = 1 ] || ! is_running || ! cmp -s "$config" "$lib/started.json"; then
    start_service
    cp "$config" "$lib/started.json"
    remove_old_releases
  else
    note "runs already"
  fi
  uses_unit || note "in the background, without systemd: after a boot run install.sh again"
  wait_until_ready

  say "PMs"
  # A libvirt that was just started looks at all its QEMUs first.
  if [ $local_machine = 1 ]; then report_machines 120; else report_machines 30; fi
  next_commands
}

do_uninstall() {
  local specs
  [ ! -x "$bin/orchestrator" ] || read_config "$bin/orchestrator" "$config" || true
  say "Stopping the server"
  stop_service
  say "Removing the program"
  local program
  for program in "${programs[@]}"; do
    if [ "$(readlink "$bin/$program" || true)" = "$lib/current/$program" ]; then rm "$bin/$program"; fi
  done
  rm -rf "$lib" "$root/var/cache/orchestrator"
  rm -f "$pid_file" "$pid_file.lock"
  if uses_unit; then
    rm -f "$unit"
    systemctl daemon-reload
  fi
  cat <<TEXT
The program and its service are gone. Left as they are:
  VMs     all of them, running and stopped, with their disks, on their PMs (virsh list --all)
  $data   the database and specs; installed again, the orchestrator goes on where it was
  $etc    the configuration
  $log and the installed packages
To remove data and configuration too: rm -r $data $etc
The VMs then have no keeper; to remove them, destroy them before you uninstall.
TEXT
}

if [ $action = install ]; then
  check_system
  check_files
  check_links
fi

# One run at a time. flock -o keeps the lock out of what is left running.
if [ "${INSTALL_LOCKED:-}" != 1 ]; then
  mkdir -p /run/lock
  INSTALL_LOCKED=1 exec flock -o -w 600 -E 75 /run/lock/orchestrator-install.lock "${BASH_SOURCE[0]}" "$@"
fi
unset INSTALL_LOCKED
if [ $action = install ]; then do_install; else do_uninstall; fi
exit
