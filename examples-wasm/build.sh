#!/bin/bash
# build.sh: makes the components in built/ from the sources, and notes what came from what in built/DIGESTS.
#
#     build.sh                  build everything
#     build.sh --check-sources  say whether built/ came from these sources and is whole; offline, no toolchain, a second
#     build.sh --check-bytes    build again elsewhere and compare the bytes
#
# The same sources and toolchain make the same bytes in any folder. $RUSTC is used if set, else what toolchain.sh finds.
# The JavaScript agent is the exception: its tool (from npm) snapshots a running interpreter and never makes the same bytes
# twice, so it is only built when its sources have changed, and --check-bytes leaves it out. Exit codes: 0 good, 1 something differs, 2 can't be done here, 3 --check-bytes has nothing
# to compare, since the committed bytes come from another toolchain.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"
repository=$(cd .. && pwd)
target=wasm32-unknown-unknown

say() { echo "build.sh: $*" >&2; }
fail() { local code=$1; shift; say "$*"; exit "$code"; }

# digest_of PATH...: one digest over the names and bytes of all files below these paths of the repository.
digest_of() {
    (cd "$repository" && find "$@" -type f -not -path '*/target/*' -not -path '*/node_modules/*' -not -name '*.md' -print0 |
        sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

rust_sources() {
    local here=examples-wasm paths
    mapfile -t paths < <(find agents tools -mindepth 2 -maxdepth 2 -name Cargo.toml -printf "$here/%h\n")
    digest_of wit/1.0.0 guest-sdk/rust/Cargo.toml guest-sdk/rust/src rust-toolchain.toml \
        $here/Cargo.toml $here/Cargo.lock $here/.cargo $here/build.sh "${paths[@]}"
}

js_sources() { digest_of wit/1.0.0 examples-wasm/agents/js-greeter; }

# noted NAME: what DIGESTS says about it.
noted() { sed -n "s/^# $1: //p" built/DIGESTS 2>/dev/null || true; }

toolchain_id() {
    local sysroot host std
    sysroot=$("$RUSTC" --print sysroot)
    host=$("$RUSTC" -vV | sed -n 's/^host: //p')
    std=$(cat "$sysroot/lib/rustlib/$target"/lib/lib{core,alloc,std}-*.rlib | sha256sum | cut -c1-16)
    echo "$("$RUSTC" --version), std $std, $("$sysroot/lib/rustlib/$host/bin/wasm-component-ld" --version)"
}

# build_rust OUT: every component of the workspace into OUT/agents and OUT/tools.
build_rust() {
    local out=$1 into=${CARGO_TARGET_DIR:-$PWD/target} flags="" manifest folder package index
    cargo fetch --quiet --locked --target $target
    # No path of this machine gets into a component, neither in a panic's message nor in a hash.
    for index in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
        flags+=${flags:+$'\x1f'}--remap-path-prefix=$index=crates
    done
    env -u RUSTC_WRAPPER -u RUSTC_WORKSPACE_WRAPPER -u RUSTFLAGS RUSTC="$RUSTC" CARGO_TARGET_DIR="$into" CARGO_INCREMENTAL=0 \
        CARGO_ENCODED_RUSTFLAGS="$flags" cargo build --quiet --release --locked --target $target
    mkdir -p "$out/agents" "$out/tools"
    for manifest in agents/*/Cargo.toml tools/*/Cargo.toml; do
        folder=$(dirname "$manifest")
        package=$(sed -n 's/^name = "\(.*\)"/\1/p' "$manifest")
        cp "$into/$target/release/${package//-/_}.wasm" "$out/$folder.wasm"
    done
}

# js_stands: whether the JavaScript agent in built/ came from these sources.
js_stands() { [ -f built/agents/js-greeter.wasm ] && [ "$(noted 'js sources')" = "$(js_sources)" ]; }

# build_js OUT: the agent in JavaScript, by the tool that its package-lock.json pins.
build_js() {
    local out=$1 work
    if js_stands; then
        cp built/agents/js-greeter.wasm "$out/agents/"
        return
    fi
    command -v npm >/dev/null || fail 2 "js-greeter has changed, and building it needs npm"
    work=$(mktemp -d)
    cp agents/js-greeter/{package.json,package-lock.json,agent.js} "$work/"
    cp -r "$repository/wit/1.0.0" "$work/wit"
    # Not `npm ci`: the package names builds for other systems that were never published, and ci takes that for a stale lock.
    (cd "$work" && npm install --silent --no-audit --no-fund >&2 &&
        npx --no-install componentize-qjs -w wit -n agent -j agent.js --sync --stub-wasi --opt-size -o agent.wasm >&2)
    cp "$work/agent.wasm" "$out/agents/js-greeter.wasm"
    rm -rf "$work"
}

write_digests() {
    {
        echo "# Written by build.sh; sha256sum -c reads it too."
        echo "# rust sources: $(rust_sources)"
        echo "# js sources: $(js_sources)"
        echo "# toolchain: $(toolchain_id)"
        (cd built && sha256sum agents/*.wasm tools/*.wasm)
    } >DIGESTS.new
    mv DIGESTS.new built/DIGESTS
}

check_sources() {
    local missing
    [ "$(noted 'rust sources')" = "$(rust_sources)" ] || fail 1 "built/ did not come from these Rust sources; run examples-wasm/build.sh"
    [ "$(noted 'js sources')" = "$(js_sources)" ] || fail 1 "built/ did not come from these JavaScript sources; run examples-wasm/build.sh"
    (cd built && sha256sum --quiet -c DIGESTS >&2) || fail 1 "built/ holds other bytes than DIGESTS says; run examples-wasm/build.sh"
    missing=$(cd built && comm -3 <(find agents tools -name '*.wasm' | sort) <(sed -n 's/^[0-9a-f]*  //p' DIGESTS | sort))
    [ -z "$missing" ] || fail 1 "built/ and DIGESTS don't hold the same files: $missing"
    say "built/ came from these sources: $(grep -c '^[0-9a-f]' built/DIGESTS) components"
}

check_bytes() {
    local again file
    [ "$(noted toolchain)" = "$(toolchain_id)" ] ||
        fail 3 "can't compare bytes: built/ is from $(noted toolchain), and here is $(toolchain_id)"
    again=$(mktemp -d)
    CARGO_TARGET_DIR=$again/target build_rust "$again"
    for file in "$again"/agents/*.wasm "$again"/tools/*.wasm; do
        file=${file#"$again/"}
        cmp "$again/$file" "built/$file" || fail 1 "built/$file is not what these sources make; what they make is in $again"
    done
    rm -rf "$again"
    say "built/ is what these sources make, byte for byte (js-greeter aside)"
}

case ${1:-} in
--check-sources) check_sources; exit ;;
--check-bytes | '') ;;
*) fail 2 "unknown argument $1; there are --check-sources and --check-bytes" ;;
esac
RUSTC=${RUSTC:-$(./toolchain.sh)} || fail 2 "no rustc for $target"
export RUSTC
if [ "${1:-}" = --check-bytes ]; then check_bytes; exit; fi

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
build_rust "$made"
build_js "$made"
rm -rf built/agents built/tools
mkdir -p built
cp -r "$made/agents" "$made/tools" built/
write_digests
say "built $(grep -c '^[0-9a-f]' built/DIGESTS) components"
