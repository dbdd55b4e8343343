# What the gates of check.sh need: targets and toolchains, and for each gate a function that prints nothing if nothing is
# missing. Otherwise it fails with one sentence that names the command to run. That command, `./check.sh --install GATE`,
# installs what is missing.

cortex_m0=thumbv6m-none-eabi
cortex_m3=thumbv7m-none-eabi
riscv32=riscv32imac-unknown-none-elf
boards="$cortex_m0 $cortex_m3 thumbv7em-none-eabihf thumbv8m.main-none-eabihf $riscv32 riscv32imc-unknown-none-elf"
hosts='x86_64-pc-windows-gnu aarch64-apple-darwin i686-unknown-linux-gnu'
# The first has 32 bits and brings its own C library. The second is big-endian.
emulated='i686-unknown-linux-musl s390x-unknown-linux-gnu'
export CARGO_TARGET_I686_UNKNOWN_LINUX_MUSL_LINKER=rust-lld CARGO_TARGET_I686_UNKNOWN_LINUX_MUSL_RUNNER=".ci/emulate qemu-i386"
export CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_LINKER=s390x-linux-gnu-gcc
export CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_RUNNER=".ci/emulate qemu-s390x" QEMU_LD_PREFIX=/usr/s390x-linux-gnu
msrv=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
# Some packages need a newer one, for their dependencies: that of compio is also that of the matrix.
msrv_embassy=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' adapter-embassy/Cargo.toml)
msrv_matrix=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' tests/matrix/Cargo.toml)
# The nightly toolchain that Miri is taken from. Pin a date here, or in the environment, while a nightly is broken.
nightly=${NIGHTLY:-nightly}

# QEMU and xmllint are unpacked into the target folder if apt-get cannot add them to the system.
built=${CARGO_TARGET_DIR:-target}
[[ $built == /* ]] || built=$PWD/$built
[ -z "${CARGO_TARGET_DIR:-}" ] || export CARGO_TARGET_DIR=$built
PATH=$PATH:$built/qemu/bin:$built/xmllint/bin

# Usage: CHECK || lacks WHAT COMMAND...
lacks() {
    [ -n "$only_install" ] || die "the gate $name needs $1, which is not installed; run ./check.sh --install $name"
    [ "$2" != rustup ] || command -v rustup >/dev/null || die "$1 is installed with rustup, which is missing; see https://rustup.rs"
    echo "installing $1: ${*:2}"
    "${@:2}" || die "cannot install $1: ${*:2} failed"
}

need_component() { cargo "$2" --version >/dev/null 2>&1 || lacks "$1" rustup component add "$1"; }

need_targets() {
    local target
    for target in "$@"; do
        [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ] || lacks "the target $target" rustup target add "$target"
    done
}

need_toolchain() {
    rustup run "$1" cargo --version >/dev/null 2>&1 ||
        lacks "the toolchain $1" rustup toolchain install "$1" --profile minimal --no-self-update
}

# A range of versions, so that a new one does not change what a gate proves from one day to the next.
need_tool() { cargo "$1" --version >/dev/null 2>&1 || lacks "cargo-$1" cargo_install "cargo-$1" "$2"; }

# Unoptimised, as that takes a third of the time to build, and the tool still answers within a second.
cargo_install() {
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_DEBUG=0 \
        cargo install "$1" --version "$2" --locked
}

# --- Packages of Debian and its relatives. Nothing that is installed is removed, upgraded or downgraded for them. ---

# Usage: need_packages PROGRAM PACKAGE...
need_packages() { "$1" --version >/dev/null 2>&1 || lacks "$1" apt_install "${@:2}"; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else echo "this needs root, so sudo runs it: $*" && sudo "$@"; fi
}

apt_install() {
    local options='--yes --no-install-recommends --no-remove -o Acquire::Retries=3 --quiet=2' plan
    command -v apt-get >/dev/null || die "this system has no apt-get; install $* with its own package manager"
    as_root apt-get -o Acquire::Retries=3 --quiet=2 update
    # shellcheck disable=SC2086
    plan=$(apt-get --simulate $options install "$@") || return
    # These are the lines of packages to remove, and of installed packages that would get another version.
    if grep -E '^(Remv |Inst [^ ]+ \[)' <<<"$plan"; then return 1; fi
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get $options install "$@"
}

install_qemu() {
    apt_install qemu-system-arm qemu-system-misc ||
        unpack qemu 'qemu-system-arm qemu-system-riscv32' qemu-system-arm qemu-system-misc
}
install_xmllint() { apt_install libxml2-utils || unpack xmllint xmllint libxml2-utils; }

# Usage: unpack NAME 'PROGRAM...' PACKAGE...
# For a system to which apt-get cannot add the packages and leave the rest as it is.
unpack() {
    local package program libraries folder=$built/$1 programs=$2
    shift 2
    echo "apt-get cannot add $* and leave the other packages as they are, so they are unpacked into $folder"
    rm -rf "$folder"
    mkdir -p "$folder/bin" "$scratch/packages"
    # What apt-get would install on an empty system, without what is installed here.
    apt-get --simulate --no-install-recommends -o Dir::State::status=/dev/null install "$@" >"$scratch/plan" || return
    for package in $(sed -n 's/^Inst \([^ ]*\) .*/\1/p' "$scratch/plan"); do
        [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done >"$scratch/missing"
    # As root, apt-get would download as another user, who cannot write to this folder.
    (cd "$scratch/packages" && xargs apt-get -o APT::Sandbox::User=root -o Acquire::Retries=3 --quiet=2 download) \
        <"$scratch/missing" || return
    for package in "$scratch"/packages/*.deb; do
        dpkg-deb --extract "$package" "$folder" || return
    done
    libraries=$(find "$folder" -name '*.so*' -exec dirname {} + | sort -u | paste -s -d : -)
    for program in $programs; do
        # Only these programs use these libraries.
        printf '#!/bin/sh\nexec env LD_LIBRARY_PATH="%s" "%s" "$@"\n' "$libraries" "$folder/usr/bin/$program" >"$folder/bin/$program"
        chmod +x "$folder/bin/$program"
        "$folder/bin/$program" --version || return
    done
    echo "check.sh finds them there; add $folder/bin to PATH for other commands"
}

install_junitparser() {
    python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
    python3 -m venv "$built/junitparser" && "$built/junitparser/bin/pip" install --quiet 'junitparser>=4,<6'
}

install_axe() { npm install --no-fund --no-audit --ignore-scripts --prefix "$built/axe" axe-core@4.14.1; }

# --- The gates. A gate that is not listed needs only a stable toolchain. ---

need_bare() { command -v git >/dev/null || die "the gate $name needs git; install it with the package manager of this system"; }
need_semver() { need_bare && need_tool semver-checks '^0.51'; }
need_fmt() { need_component rustfmt fmt; }
need_clippy() { need_component clippy clippy; }
# shellcheck disable=SC2086
need_cross() { need_clippy && need_targets $hosts; }
need_no_std() { need_targets "$cortex_m0" "$cortex_m3"; }
need_no_panic() { need_fmt && need_clippy && need_targets "$cortex_m0"; }
need_doc() { need_tool hack '^0.6'; }
need_features() { need_clippy && need_tool hack '^0.6'; }
need_minimal() { need_toolchain "$nightly"; }
need_deny() { need_tool deny '^0.20'; }
need_msrv() { need_toolchain "$msrv" && need_toolchain "$msrv_embassy" && need_toolchain "$msrv_matrix"; }
need_emulated() {
    # shellcheck disable=SC2086
    need_targets $emulated
    need_packages s390x-linux-gnu-gcc gcc-s390x-linux-gnu libc6-dev-s390x-cross
    need_packages qemu-s390x qemu-user
}
need_miri() {
    need_toolchain "$nightly"
    { rustup run "$nightly" cargo miri --version && [ -d "$(rustup run "$nightly" rustc --print sysroot)/lib/rustlib/src" ]; } \
        >/dev/null 2>&1 || lacks "Miri" rustup component add --toolchain "$nightly" miri rust-src
    # Builds the standard library for Miri, once for each nightly. All it needs came with rust-src.
    [ -z "$only_install" ] || rustup run "$nightly" cargo miri setup
}
need_races() { need_miri; }
need_firmware() {
    # shellcheck disable=SC2086
    need_fmt && need_clippy && need_targets $boards
    { qemu-system-arm --version && qemu-system-riscv32 --version; } >/dev/null 2>&1 || lacks QEMU install_qemu
}
need_junit() {
    xmllint --version >/dev/null 2>&1 || lacks xmllint install_xmllint
    "$built/junitparser/bin/python" -c 'import junitparser' 2>/dev/null || lacks junitparser install_junitparser
}
need_cost() { need_firmware; }
# With the boards. The gate bare runs without them.
need_test() { need_firmware; }
need_matrix() { need_firmware; }
need_report() {
    need_packages node nodejs && need_packages chromium chromium
    [ -f "$built/axe/node_modules/axe-core/axe.min.js" ] || { need_packages npm npm && lacks axe-core install_axe; }
}
need_perf() {
    need_fmt && need_clippy && need_packages valgrind valgrind
    # The library and its runner must have one version.
    local version
    version=$(sed -n 's/^gungraun = "=\(.*\)"$/\1/p' tests/benches/Cargo.toml)
    [ "$(gungraun-runner --version 2>/dev/null)" = "gungraun-runner $version" ] ||
        lacks gungraun-runner cargo_install gungraun-runner "=$version"
}
need_lines() { [ -d "$(rustc --print sysroot)/share/doc/rust/html" ] || lacks rust-docs rustup component add rust-docs; }
