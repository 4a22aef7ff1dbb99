#!/usr/bin/env bash
# What a container engine does for a Pod, as far as a program can tell: a root of its own that holds what is named here and nothing else, read-only but
# for the volumes, and nobody's rights in it. Runs in a mount namespace of its own, as root or as root of a user namespace; becomes the program, so that
# signals reach it.
#
#   container.sh root|user ROOT [source:target[:rw]]… -- program…
set -euo pipefail
as=$1 root=$2
shift 2
mount -t tmpfs -o mode=0755,size=1m tmpfs "$root"
while [ "$1" != -- ]; do
  IFS=: read -r source target mode <<<"$1"
  if [ -d "$source" ]; then mkdir -p "$root$target"; else mkdir -p "$(dirname "$root$target")" && : >"$root$target"; fi
  # With what is mounted below: in a user namespace one does not come without the other.
  mount --rbind "$source" "$root$target"
  [ "$mode" = rw ] || mount -o remount,bind,ro "$root$target"
  shift
done
shift
mount -o remount,bind,ro "$root"
case $as in
  # User and supplementary group as the image and the Pod's fsGroup have them.
  root) exec setpriv --no-new-privs -- chroot --userspec=65534:65534 --groups=1337 "$root" "$@" ;;
  # The only user there is, under another number. A user namespace in the other: its program starts without the rights that were needed to mount.
  user) exec setpriv --no-new-privs -- unshare --user --map-user=65534 --map-group=65534 --root="$root" --wd=/ -- "$@" ;;
esac
