#!/usr/bin/env bash
# Makes the Debian machine that `make test-vm` boots: a root file system, a kernel and its initial ram disk in
# .build-vm, with the packages that those given as arguments depend on, so that the machine itself needs no network.
# Made once; made anew when this script or the dependencies change. Prints the folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

suite=bookworm
# What reeve's packages need from Debian, without versions and alternatives; systemd is there anyway.
dependencies=$(for package in "$@"; do dpkg-deb -f "$package" Depends; done | tr ',' '\n' |
  sed -E 's/\|.*//; s/\(.*//; s/[[:space:]]//g' | sort -u | paste -sd ,)
key=$( (cat scripts/packages/image.sh; echo "$dependencies") | sha256sum | cut -c 1-16)
image=.build-vm/image-$key
if [ -e "$image/root.ext4" ]; then
  echo "$image"
  exit
fi

echo "vm: making a Debian $suite image in $image" >&2
rm -rf .build-vm/image-* # of earlier keys
draft=.build-vm/draft
rm -rf "$draft"
mkdir -p "$draft"
trap 'rm -rf "$draft"' EXIT

cat >"$draft/shell.service" <<'END'
# A root shell on a channel of the virtual machine, for the test that drives it.
[Unit]
Description=shell of the test
BindsTo=dev-virtio\x2dports-test.shell.device
After=dev-virtio\x2dports-test.shell.device multi-user.target

[Service]
ExecStart=/bin/bash -c 'exec /bin/bash <>/dev/virtio-ports/test.shell >&0 2>&1'
Environment=HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
Restart=always

[Install]
WantedBy=multi-user.target
END

# Only the drivers that the machine has, for the ram disk is unpacked by an emulated processor. What would run by itself
# in the background is masked, so that it does not disturb what is measured.
mmdebstrap --quiet --variant=minbase \
  --include="systemd,systemd-sysv,udev,dbus,kmod,initramfs-tools,linux-image-cloud-amd64,$dependencies" \
  --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d"' \
  --essential-hook='echo MODULES=list >"$1/etc/initramfs-tools/conf.d/test-machine"' \
  --essential-hook='printf "%s\n" virtio_pci virtio_blk ext4 >"$1/etc/initramfs-tools/modules"' \
  --customize-hook="copy-in $draft/shell.service /etc/systemd/system" \
  --customize-hook='chroot "$1" systemctl enable shell.service' \
  --customize-hook='chroot "$1" systemctl mask e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer' \
  --customize-hook='echo worker >"$1/etc/hostname"' \
  --customize-hook='echo "127.0.0.1 localhost worker" >"$1/etc/hosts"' \
  --customize-hook='echo "/dev/vda / ext4 defaults 0 1" >"$1/etc/fstab"' \
  "$suite" "$draft/root.tar" >&2

tar -xf "$draft/root.tar" -C "$draft" --wildcards './boot/vmlinuz-*' './boot/initrd.img-*'
mv "$draft"/boot/vmlinuz-* "$draft/vmlinuz"
mv "$draft"/boot/initrd.img-* "$draft/initrd"
truncate -s 3G "$draft/root.ext4"
# The kernel makes the device nodes itself; fakeroot keeps the owners where the builder is not root.
fakeroot -- sh -euc '
  mkdir "$0/root"
  tar -xf "$0/root.tar" -C "$0/root" --exclude "./dev/*"
  mke2fs -q -t ext4 -d "$0/root" "$0/root.ext4"
' "$draft"
mkdir -p "$image"
mv "$draft"/{vmlinuz,initrd} "$image/"
# Last, because its presence says that the image is whole.
mv "$draft/root.ext4" "$image/root.ext4"
echo "$image"
