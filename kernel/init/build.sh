#!/bin/sh
# Builds priok-init and priok-reaper for every processor whose compiler is here, into the folder given (default: the resources that are committed).
# The same compiler makes the same bytes; COMPILERS beside them says which made those that are committed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/src/main/resources/dev/priok/init}
mkdir -p "$out"
cd "$here/src/main/c"
build() { # build ARCHITECTURE PAGE_BYTES COMPILER...
    architecture=$1 page=$2
    shift 2
    for compiler in "$@"; do
        case $("$compiler" -dumpmachine 2> /dev/null || true) in
        "$architecture"-*)
            for program in init reaper; do
                "$compiler" -std=c17 -Os -Wall -Wextra -Werror -ffreestanding -fno-builtin -fno-ident -fno-pic -fno-pie \
                    -fno-stack-protector -fno-asynchronous-unwind-tables -fomit-frame-pointer -fcf-protection=none \
                    -nostdlib -static -no-pie -s -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,norelro \
                    -Wl,-z,noseparate-code -Wl,-z,max-page-size="$page" -o "$out/priok-$program-$architecture" "$program.c"
            done
            echo "$architecture: $("$compiler" --version | head -1)"
            return ;;
        esac
    done
    echo "no compiler for $architecture: the binaries for it are left as they are" >&2
}
{
    build x86_64 4096 gcc x86_64-linux-gnu-gcc
    build aarch64 65536 gcc aarch64-linux-gnu-gcc
} > "$out/COMPILERS"
