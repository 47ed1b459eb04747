#!/bin/bash
# toolchain.sh [DIR]: finds or makes a rustc that can build for wasm32-unknown-unknown, and prints its path.
#
#     RUSTC=$(examples-wasm/toolchain.sh) cargo build --release
#
# The pinned toolchain (rust-toolchain.toml) is taken if rustup has that target for it or can add it. Where rustup can't fetch
# it, a private rustc is made in DIR (by default ~/.cache/jaros/rust-wasm) from Debian 12's packages: some 140 MB to download,
# two minutes, 560 MB on disk; nothing is installed, and the second time it is just found. What a private rustc builds works the
# same but has other bytes, so build.sh --check-bytes can't compare them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
target=wasm32-unknown-unknown
channel=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' ../rust-toolchain.toml)
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/jaros/rust-wasm}

say() { echo "toolchain.sh: $*" >&2; }

# works RUSTC: whether it has a standard library for the target and a linker that writes components.
works() {
    local rustc=$1 sysroot host
    sysroot=$("$rustc" --print sysroot 2>/dev/null) || return 1
    host=$("$rustc" -vV | sed -n 's/^host: //p')
    compgen -G "$sysroot/lib/rustlib/$target/lib/libstd-*.rlib" >/dev/null &&
        [ -x "$sysroot/lib/rustlib/$host/bin/wasm-component-ld" ]
}

pinned() {
    local rustc
    rustc=$(rustup which --toolchain "$channel" rustc 2>/dev/null) || return 1
    if ! works "$rustc"; then
        say "adding $target to Rust $channel"
        timeout 300 rustup target add --toolchain "$channel" "$target" >&2 || return 1
        works "$rustc" || return 1
    fi
    echo "$rustc"
}

# As whoever runs this: apt's own user can't write here.
download() { apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$@" >&2; }

# needed_by PACKAGE: the compiler's own libraries that it depends on; their names carry versions.
needed_by() {
    dpkg-deb -f "$(echo "$1"_*.deb)" Depends | tr ',' '\n' | sed -n 's/^ *\(libstd-rust-web-[0-9][0-9.]*\|lib[lL][lL][vV][mM][0-9][0-9.]*\).*/\1/p'
}

unpack_packages() {
    local std llvm deb
    apt-cache show rustc-web >/dev/null 2>&1 || apt-get update >&2 || true
    download rustc-web libstd-rust-web-dev rust-web-src
    std=$(needed_by libstd-rust-web-dev)
    download "$std"
    llvm=$(needed_by "$std")
    download "$llvm"
    for deb in *.deb; do
        case $deb in
        # Of the compiler's sources only those of the standard library are needed.
        rust-web-src*) dpkg-deb --fsys-tarfile "$deb" |
            tar -x -C .. --wildcards './usr/lib/rustlib/*' './usr/src/rustc-*/library/*' ;;
        *) dpkg -x "$deb" .. ;;
        esac
    done
}

# The linkers are those of any rustup toolchain.
borrow_linkers() {
    local from to
    from=$(dirname "$(find "$(rustc --print sysroot)/lib/rustlib" -name wasm-component-ld | head -1)")
    to=usr/lib/rustlib/$("$folder/rustc" -vV | sed -n 's/^host: //p')/bin
    mkdir -p "$to"
    ln -sfn "$from/rust-lld" "$from/wasm-component-ld" "$from/gcc-ld" "$to/"
}

build_std() {
    local lib=usr/lib/rustlib/$target/lib
    mkdir -p std/src
    : >std/src/lib.rs
    printf '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[profile.release]\npanic = "abort"\n' >std/Cargo.toml
    (cd std && RUSTC=$folder/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$folder=/rust" \
        cargo build --release -Zbuild-std=std,panic_abort --target $target >&2)
    mkdir -p "$lib"
    cp std/target/$target/release/deps/*.rlib "$lib/"
    rm -f "$lib"/libstd_for_wasm*
}

make_private() {
    command -v apt-get >/dev/null || { say "rustup can't add $target, and there are no Debian packages here"; return 1; }
    say "rustup can't add $target; making a private rustc in $folder from Debian packages"
    rm -rf "$folder"
    mkdir -p "$folder/packages"
    (cd "$folder/packages" && unpack_packages)
    cat >"$folder/rustc" <<'WRAPPER'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
for libraries in "$here"/usr/lib/*-linux-gnu; do LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"; done
export LD_LIBRARY_PATH
exec "$here/usr/bin/rustc" "$@"
WRAPPER
    chmod +x "$folder/rustc"
    (cd "$folder" && borrow_linkers && build_std)
    rm -rf "$folder/packages" "$folder/std"
    works "$folder/rustc" || { say "the private rustc in $folder doesn't work"; return 1; }
}

if rustc=$(pinned); then
    say "Rust $channel has $target"
    echo "$rustc"
    exit
fi
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
works "$folder/rustc" || make_private
say "private $("$folder/rustc" --version)"
echo "$folder/rustc"
