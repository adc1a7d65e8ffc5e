# shellcheck shell=bash
# What comes from the distribution: packages, and the .NET SDK. Sourced by install.sh and test.sh, which define die.

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

apt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null; }

# need_packages NAME...: installs those that are missing.
need_packages() {
  local package missing=()
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  note "apt-get install ${missing[*]}"
  apt update || die "apt-get update failed, see above"
  apt install -y --no-install-recommends "${missing[@]}" >/dev/null || die "apt-get could not install ${missing[*]}, see above"
}

# Sets dotnet to a .NET that has an SDK 10; sudo's PATH may hide the one of the user who called it.
find_dotnet() {
  local home='' candidate
  [ -z "${SUDO_USER:-}" ] || home=$(getent passwd "$SUDO_USER" | cut -d: -f6)
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet \
    /usr/local/share/dotnet/dotnet /opt/dotnet/dotnet "${HOME:-/root}/.dotnet/dotnet" "$home/.dotnet/dotnet"; do
    [ -x "$candidate" ] || continue
    dotnet=$(readlink -f "$candidate")
    ! (cd / && "$dotnet" --list-sdks 2>/dev/null) | grep -q '^10\.' || return 0
  done
  return 1
}

need_dotnet() {
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=0 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
  ! find_dotnet || return 0
  apt update || die "apt-get update failed, see above"
  if apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
    need_packages dotnet-sdk-10.0
    ! find_dotnet || return 0
  fi
  # shellcheck disable=SC1091
  (
    . /etc/os-release
    cat >&2 <<TEXT
The .NET 10 SDK is missing, and no configured apt source has the package dotnet-sdk-10.0.
Add Microsoft's package source for this system, then run this again:

    apt-get install -y wget ca-certificates
    wget https://packages.microsoft.com/config/$ID/${VERSION_ID:-12}/packages-microsoft-prod.deb
    dpkg -i packages-microsoft-prod.deb

Or unpack a .NET 10 SDK archive to /usr/share/dotnet yourself.
TEXT
  )
  die "no .NET 10 SDK; nothing was installed"
}
