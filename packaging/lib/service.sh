# shellcheck shell=bash
# Starting and stopping the server: a systemd unit, or where there is no systemd (and for side by side installs under
# INSTALL_ROOT) a supervised background process. Sourced by install.sh.

unit=/etc/systemd/system/orchestrator.service
pid_file=$run/orchestrator.pid

uses_unit() { [ -z "$root" ] && has_systemd; }

supervisor_pid() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$lib/orchestrator-supervise" && echo "$pid"
}

is_running() { if uses_unit; then systemctl is-active --quiet orchestrator; else supervisor_pid >/dev/null; fi; }

is_stopped() { ! is_running; }

stop_service() {
  local pid
  if uses_unit; then
    [ ! -e "$unit" ] || systemctl disable --now --quiet orchestrator
  elif pid=$(supervisor_pid); then
    kill "$pid"
    wait_for 45 is_stopped || die "the server (supervisor $pid) does not stop; see $log"
  fi
}

start_service() {
  if uses_unit; then
    systemctl daemon-reload
    systemctl enable --quiet orchestrator
    systemctl restart orchestrator
  else
    stop_service
    (cd / && setsid -f "$lib/orchestrator-supervise" "$pid_file" "$log" "$bin/orchestrator" serve --config "$config" </dev/null >/dev/null 2>&1)
    wait_for 10 is_running || die "the supervisor does not start; see $log"
  fi
}

show_log() { if uses_unit; then journalctl -u orchestrator -n 20 --no-pager -o cat; else tail -n 20 "$log"; fi; }

where_log() { if uses_unit; then echo "journalctl -u orchestrator"; else echo "$log"; fi; }
