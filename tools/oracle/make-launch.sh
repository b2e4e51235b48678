#!/bin/sh
# Builds launch.c for both CPUs and prints launch.ts. Needs gcc and gcc-aarch64-linux-gnu of Debian bookworm.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build() {
  "$1-linux-gnu-gcc" -Os -nostdlib -static -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables \
    -fno-builtin -fno-pie -no-pie -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,max-page-size=65536 -s -o "$work/$1" launch.c
}
build x86_64
build aarch64
echo '/** launch.c, built by make-launch.sh: static programs in base64, by the CPU they are for. */'
echo 'export const LAUNCH = {'
echo "  amd64:"
echo "    '$(base64 -w0 "$work/x86_64")',"
echo "  arm64:"
echo "    '$(base64 -w0 "$work/aarch64")',"
echo '} as const;'
