#!/usr/bin/env bash
# build-modules.bash NODE_MODULES FILE: the file system that a guest mounts as node_modules.
set -euo pipefail

modules=$1
file=$2
work=$(mktemp -d "$file.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

mkdir "$work/tree"
cp -r --preserve=timestamps,links -- "$modules/." "$work/tree"
# What tools keep here belongs to this host; the guest puts a file system of its own on .vite-temp.
rm -rf -- "$work/tree/.cache" "$work/tree/.vite" "$work/tree/.vite-temp"
mkdir "$work/tree/.vite-temp"
chmod -R a+rX "$work/tree"
mebibytes=$(($(du -sm "$work/tree" | cut -f 1) * 5 / 4 + 32))
mkfs.ext4 -q -F -O '^has_journal,^metadata_csum' -d "$work/tree" "$work/image" "${mebibytes}M"
mv -T -- "$work/image" "$file"
