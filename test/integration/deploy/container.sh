#!/usr/bin/env bash
# What a container engine does for a Pod, as far as a program can tell: a root of its own that holds what is named here and nothing else, read-only but
# for the volumes, and nobody's rights in it. Runs inside `unshare --mount`; becomes the program, so that signals reach it.
#
#   container.sh ROOT [source:target[:rw]]… -- program…
set -euo pipefail
root=$1
shift
mount -t tmpfs -o mode=0755,size=1m tmpfs "$root"
while [ "$1" != -- ]; do
  IFS=: read -r source target mode <<<"$1"
  if [ -d "$source" ]; then mkdir -p "$root$target"; else mkdir -p "$(dirname "$root$target")" && : >"$root$target"; fi
  mount --bind "$source" "$root$target"
  [ "$mode" = rw ] || mount -o remount,bind,ro "$root$target"
  shift
done
shift
mount -o remount,ro "$root"
# User and supplementary group as the image and the Pod's fsGroup have them.
exec setpriv --no-new-privs -- chroot --userspec=65534:65534 --groups=1337 "$root" "$@"
