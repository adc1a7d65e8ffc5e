# shellcheck shell=bash
# Makes this machine a PM: libvirt and QEMU, and a libvirtd that runs. Sourced by install.sh.

hypervisor_packages=(libvirt-daemon-system libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86 qemu-utils)

libvirt_answers() { timeout 20 virsh -q -c qemu:///system uri; }

# As which user QEMU runs under libvirt on Debian and Ubuntu.
can_use_kvm() { runuser -u libvirt-qemu -- test -r /dev/kvm -a -w /dev/kvm; }

check_kvm() {
  if [ ! -e /dev/kvm ]; then
    note "no /dev/kvm: VMs run here by emulation, slowly"
  elif ! can_use_kvm; then
    note "/dev/kvm is there, but not for user libvirt-qemu: VMs run by emulation, and libvirt tries KVM anew at each step,"
    note "for seconds. Mend it: chgrp kvm /dev/kvm && chmod 660 /dev/kvm. If KVM does not work here at all: rm /dev/kvm"
  fi
}

need_hypervisor() {
  need_packages "${hypervisor_packages[@]}"
  check_kvm
  ! libvirt_answers >/dev/null 2>&1 || return 0
  if has_systemd; then
    note "systemctl enable --now libvirtd"
    systemctl enable --now --quiet libvirtd || die "libvirtd does not start: journalctl -u libvirtd says why"
  else
    note "starting virtlogd and libvirtd (no systemd here: nothing starts them at the next boot, unless you do)"
    setsid virtlogd -d </dev/null >/dev/null 2>&1 || true # it may run already
    setsid libvirtd -d </dev/null >/dev/null || die "libvirtd does not start; try: libvirtd --verbose"
  fi
  wait_for 30 libvirt_answers || die "libvirtd does not answer: virsh -c qemu:///system uri"
}
