#!/bin/bash
# sudo ./test.sh [PROJECT...]: builds everything (or the named test projects), brings up the test bed, runs the tests and takes
# the bed down, unless it was up before. The last line is "N passed, N failed, N skipped"; fails when a test or the build fails, or nothing ran.
# Installs by apt what the tests need. A test that hangs is ended after 20 minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
passed=0 failed=0 skipped=0

say() { echo "==> $*"; }
note() { echo "    $*"; }
die() {
  echo "test.sh: $*" >&2
  echo "$passed passed, $((failed + 1)) failed, $skipped skipped"
  exit 1
}
# shellcheck source=packaging/lib/packages.sh
. packaging/lib/packages.sh

known=()
for file in tests/*/*.csproj; do [ "$file" = tests/Testing/Testing.csproj ] || known+=("$(basename "$file" .csproj)"); done
for project in "$@"; do
  [ "$project" != --help ] || { sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" && exit 0; }
  [[ " ${known[*]} " == *" $project "* ]] || die "no test project '$project'; there are ${known[*]}"
done
projects=("$@")
[ $# -gt 0 ] || projects=("${known[@]}")
[ "$(id -u)" = 0 ] || die "must be run as root: the test bed makes network namespaces and starts libvirtd in them"

compiler=orchestrator-test-$$ # a compiler server of our own, so that it can be ended
results=$(mktemp -d)
bed_was_up=1
cleanup() {
  local pid
  for pid in $(pgrep -f -- "-pipename:$compiler" || true); do kill "$pid" 2>/dev/null || true; done
  [ $bed_was_up = 1 ] || tests/testbed/down || failed=$((failed + 1))
  rm -rf "$results"
}
trap cleanup EXIT

# The number that a counter of a results file has; 0 when there is no file.
counter() { { grep -o '<Counters [^>]*>' "$1" | grep -oP " $2=\"\K[0-9]+"; } 2>/dev/null || echo 0; }

# Runs the tests of a project and adds up what came out. A run that broke off is a failure, too.
run_project() {
  local name=$1 file=$results/$1.trx status=0 total good bad start=$SECONDS
  timeout -k 60 40m "$dotnet" test "artifacts/bin/$name/release/Orchestrator.$name.dll" --nologo --logger "trx;LogFileName=$file" \
    --logger "console;verbosity=minimal" --blame-hang-timeout 20m --blame-hang-dump-type none --results-directory "$results" </dev/null || status=$?
  total=$(counter "$file" total) good=$(counter "$file" passed) bad=$(counter "$file" failed)
  if [ $status != 0 ] && [ "$bad" = 0 ]; then
    echo "$name broke off with status $status"
    bad=1 total=$((total + 1))
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - good - bad))
  note "$name: $good passed, $bad failed, $((total - good - bad)) skipped, $((SECONDS - start)) s"
}

check_scripts() {
  local scripts
  command -v shellcheck >/dev/null || { note "shellcheck is not installed, left out" && return; }
  mapfile -t scripts < <(grep -rlE '^#!/bin/(ba)?sh|^# shellcheck shell=' install.sh test.sh .ci packaging tests/testbed --exclude-dir=out)
  shellcheck "${scripts[@]}" || failed=$((failed + 1))
}

say "Packages"
tests/testbed/install || die "packages for the test bed are missing"
need_packages ca-certificates libsqlite3-0 curl jq
need_dotnet

say "Scripts"
check_scripts

say "Build"
targets=(Orchestrator.sln)
[ $# = 0 ] || targets=("${projects[@]/#/tests/}")
for target in "${targets[@]}"; do
  "$dotnet" build "$target" --configuration Release --nologo --verbosity quiet -p:SharedCompilationId="$compiler" </dev/null || die "the build failed"
done

say "Test bed"
[[ $(tests/testbed/status) == *"not up" ]] && bed_was_up=0
tests/testbed/up 3 || die "the test bed does not come up"
tests/testbed/image/build || die "the guest image could not be built"

for project in "${projects[@]}"; do
  say "Tests of $project"
  run_project "$project"
done

say "End"
trap - EXIT
cleanup
if [ $((passed + failed)) = 0 ]; then failed=1; echo "no test ran"; fi
note "$((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
