#!/usr/bin/env bash
#
# Every gate of the project, each by name. The scripts that a person runs are the ones that CI runs.
#
#     ./check.sh                 run every gate, in order
#     ./check.sh fmt clippy      run these
#     ./check.sh --list          say what each gate proves
#     ./check.sh --install       only install what the gates need (all of them, or those named)
#     ./check.sh --help          print this text
#
# A gate that fails does not stop the gates after it: all of them run, a table at the end says how each one went, and
# the exit code is 1 if any failed. An unknown name is exit code 2, before anything runs. A gate first installs what it
# needs and does not find, with rustup, `cargo install` and apt-get; if it cannot, the gate fails. No gate is ever skipped.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

# In the order in which they run: what fails soonest is first, and the test, matrix and bench gates come before the
# readme gate, which then need not run the same commands again.
gates='
fmt       Every file is formatted as rustfmt.toml says.
clippy    No target of any package has a compiler or clippy warning, and Cargo.lock is up to date.
test      Every test and every example in the documentation passes.
doc       The documentation builds with no warning, so no link in it is dead.
no-std    The core and the embassy adapter build for a Cortex-M0 (no std, no compare-and-swap), the suite for a Cortex-M3.
features  Every package builds without a warning under every combination of its features.
no-panic  No panic, no heap and no 64-bit division is left in firmware for a Cortex-M0 that uses all of the core.
cost      Flash, RAM and instructions of small firmware stay what they are beside the same written by hand, or better.
deny      Every dependency has an accepted licence, comes from crates.io, and is there in one version.
msrv      Every target builds with the oldest toolchain that its Cargo.toml promises.
miri      Suite and examples of the core have no undefined behaviour, under stacked and tree borrows; Miri would notice.
races     No schedule of two threads on the virtual clock loses a wake: its tests with threads, under Miri, with 16 seeds.
firmware  On each emulated board programs, cases and the example do the same in all runs; no wait is early from any phase of a tick.
matrix    The main job exits with 0: every program and every case, on every runtime, does what it should.
bench     The benchmark measures everything on every runtime, on this machine; what comes out of it is not judged.
perf      No way to do a job costs more instructions, allocations or bytes than its target, beside its peers in one run.
readme    Every command in README.md works, and its Rust snippets are among the tests.
lines     `anytempo lines` counts as `wc -l` does, file by file, over the toolchain documentation, on every runtime of the host.
'

# The nightly toolchain that Miri is taken from. Pin a date here, or in the environment, while a nightly is broken.
nightly=${NIGHTLY:-nightly}
msrv=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
# Two packages need a newer one, for what they depend on, and say so.
msrv_embassy=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' tests/Cargo.toml)
cortex_m0=thumbv6m-none-eabi
cortex_m3=thumbv7m-none-eabi
cortex_m4f=thumbv7em-none-eabihf
riscv32=riscv32imac-unknown-none-elf

# Commands that README.md may name and that a gate of this run has already passed.
already_run=''

die() {
    echo "check.sh: $*" >&2
    exit 1
}

# --- What a gate needs. Each function is quick, and quiet, where nothing is missing. ---

install() {
    echo "installing what is missing: $*"
    case $1 in
        rustup) command -v rustup >/dev/null || die "rustup is not installed, so this cannot be: $*" ;;
    esac
    "$@" || die "this failed: $*"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

need_component() {
    cargo "$2" --version >/dev/null 2>&1 || install rustup component add "$1"
}

need_tool() {
    # A range, so that a new version of a tool does not change what a gate proves from one day to the next. Unoptimised,
    # as that takes a third of the time to build, and the tool still answers within a second.
    cargo "$1" --version >/dev/null 2>&1 ||
        install env CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_DEBUG=0 \
            cargo install "cargo-$1" --version "$2" --locked
}

need_fmt() { need_component rustfmt fmt; }
need_clippy() { need_component clippy clippy; }
need_test() { :; }
need_doc() { :; }
need_target() {
    local target
    for target in "$@"; do
        [ -d "$(rustc --print sysroot)/lib/rustlib/$target" ] || install rustup target add "$target"
    done
}
need_no_std() { need_target "$cortex_m0" "$cortex_m3"; }
need_firmware() {
    need_fmt
    need_clippy
    need_target "$cortex_m0" "$cortex_m3" "$cortex_m4f" "$riscv32"
    if ! qemu-system-arm --version >/dev/null 2>&1 || ! qemu-system-riscv32 --version >/dev/null 2>&1; then
        need_qemu
    fi
}
# With the packages of Debian and its kin; elsewhere it is for a person to install them.
need_qemu() {
    local root=''
    [ "$(id -u)" -eq 0 ] || root=sudo
    command -v apt-get >/dev/null ||
        die 'qemu-system-arm and qemu-system-riscv32 are not installed, and there is no apt-get to install them with'
    install $root apt-get -o Acquire::Retries=3 update --quiet --quiet
    set -- $root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 install --quiet --quiet --yes \
        --no-install-recommends
    # If it can be helped, nothing is removed for it. Where the tools of another QEMU are in the way, they are brought to
    # the same version, and only where that is impossible they have to go.
    "$@" --no-remove qemu-system-arm qemu-system-misc ||
        "$@" --no-remove --allow-downgrades qemu-system-arm qemu-system-misc \
            "qemu-utils=$(apt-cache madison qemu-system-arm | awk '{ print $3; exit }')" ||
        install "$@" qemu-system-arm qemu-system-misc
}
need_no_panic() {
    need_component rustfmt fmt
    need_component clippy clippy
    need_no_std
}
need_cost() { need_firmware; }
need_features() {
    need_component clippy clippy
    need_tool hack '^0.6'
}
need_deny() { need_tool deny '^0.20'; }
need_msrv() {
    local version
    for version in "$msrv" "$msrv_embassy"; do
        rustup run "$version" cargo --version >/dev/null 2>&1 ||
            install rustup toolchain install "$version" --profile minimal --no-self-update
    done
}
need_races() { need_miri; }
need_miri() {
    if ! rustup run "$nightly" cargo --version >/dev/null 2>&1; then
        install rustup toolchain install "$nightly" --profile minimal --no-self-update \
            --component miri --component rust-src
    elif ! rustup run "$nightly" cargo miri --version >/dev/null 2>&1 ||
        ! [ -d "$(rustup run "$nightly" rustc --print sysroot)/lib/rustlib/src" ]; then
        install rustup component add --toolchain "$nightly" miri rust-src
    fi
    # Builds the standard library for Miri, once for each nightly. All it needs came with rust-src.
    rustup run "$nightly" cargo miri setup >"$scratch/miri-setup" 2>&1 || {
        cat "$scratch/miri-setup"
        die "Miri could not be set up for the toolchain $nightly"
    }
}
need_matrix() { :; }
need_bench() { :; }
need_perf() {
    need_component rustfmt fmt
    need_component clippy clippy
    if ! command -v valgrind >/dev/null; then
        install as_root apt-get update
        install as_root apt-get install --yes valgrind
    fi
    # The library and its runner must have one version.
    local version
    version=$(sed -n 's/^gungraun = "=\(.*\)"$/\1/p' tests/benches/Cargo.toml)
    [ -n "$version" ] || die 'tests/benches/Cargo.toml has no line gungraun = "=..."'
    [ "$(gungraun-runner --version 2>/dev/null)" = "gungraun-runner $version" ] ||
        install env CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_DEBUG=0 \
            cargo install gungraun-runner --version "=$version" --locked
}
need_readme() { :; }
need_lines() {
    [ -d "$(rustc --print sysroot)/share/doc/rust/html" ] || install rustup component add rust-docs
}

# --- The gates. Each runs in a shell of its own that ends at the first command that fails. ---

gate_fmt() { cargo fmt --all --check; }

gate_clippy() { cargo clippy --workspace --all-targets --locked -- -D warnings; }

gate_test() { cargo test --workspace; }

# Only libraries: the program `anytempo` has the name of the core, and its page would overwrite the core's.
gate_doc() { RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --lib; }

gate_no_std() {
    cargo build -p anytempo -p anytempo-embassy --release --target "$cortex_m0"
    cargo build -p anytempo-matrix --lib --no-default-features --release --target "$cortex_m3"
}

# The packages below tests/firmware are workspaces of their own, which the gates fmt and clippy do not see.
gate_no_panic() {
    is_tidy no-panic --target "$cortex_m0" --features embassy,embassy-time-driver/tick-hz-1_000_000
    is_tidy measure
    measure no-panic
}

gate_cost() {
    local target features
    is_tidy measure
    for target in "$cortex_m0" "$riscv32"; do
        for features in '' instructions; do
            is_tidy sizes --target "$target" --features "$features"
        done
    done
    measure sizes
    measure instructions
    echo "the same as JSON: ${CARGO_TARGET_DIR:-target}/firmware/sizes.json and instructions.json"
}

measure() {
    cargo run --release --locked --quiet --manifest-path tests/firmware/measure/Cargo.toml \
        --target-dir "${CARGO_TARGET_DIR:-target}/firmware" -- "$1"
}

is_tidy() {
    cargo fmt --check --manifest-path "tests/firmware/$1/Cargo.toml"
    cargo clippy --release --locked --manifest-path "tests/firmware/$1/Cargo.toml" "${@:2}" \
        --target-dir "${CARGO_TARGET_DIR:-target}/firmware/clippy" -- -D warnings
}

# With clippy, as it alone can deny the warnings of these packages and leave those of their dependencies.
gate_features() { cargo hack clippy --workspace --feature-powerset -- -D warnings; }

# Without the advisories: they come from a git repository that not every machine can reach, and change while the code
# does not. A scheduled job of the GitHub workflow checks them.
gate_deny() {
    cargo deny check bans licenses sources
    cargo deny --manifest-path tests/firmware/boards/Cargo.toml check licenses sources
}

gate_msrv() {
    rustup run "$msrv" cargo check --workspace --exclude anytempo-embassy --exclude anytempo-matrix --all-targets
    rustup run "$msrv_embassy" cargo check --workspace --all-targets
}

# The cases of the suite on the virtual clock, and whatever tests and examples the core has beside them. Other runtimes
# make system calls that Miri does not know.
gate_miri() {
    local model
    for model in '' -Zmiri-tree-borrows; do
        echo "under ${model:-stacked borrows, the default}"
        under_miri "$model" -p anytempo
        under_miri "$model" -p anytempo-matrix --test suite -- virtual::
    done
    notices_what_is_unsound
}

# That Miri would notice: without its one safeguard, that it is not Unpin, a loan is unsound, both in a generator and in a
# scope. The examples of these two must then fail, and for that reason.
notices_what_is_unsound() {
    local safeguard='_pinned: PhantomPinned' example result=''
    echo 'without the safeguard, where Miri must find undefined behaviour'
    mkdir "$scratch/unsound"
    cp -R Cargo.toml Cargo.lock README.md core adapter-* tests "$scratch/unsound"
    grep -c "$safeguard" core/src/loan.rs >/dev/null || die "core/src/loan.rs has no \"$safeguard\""
    sed -i.bak "s/$safeguard/_pinned: ()/" "$scratch/unsound/core/src/loan.rs"
    ! grep "$safeguard" "$scratch/unsound/core/src/loan.rs" || die 'the safeguard is still there'
    for example in generate::generate::generate scope::try_close_on_exit::try_close_on_exit; do
        result=0
        CARGO_TARGET_DIR=$scratch/unsound/target rustup run "$nightly" cargo miri test \
            --manifest-path "$scratch/unsound/Cargo.toml" -p anytempo --doc -- "$example" >"$scratch/miri" 2>&1 || result=$?
        if [ "$result" -eq 0 ] || ! grep 'Undefined Behavior' "$scratch/miri"; then
            cat "$scratch/miri"
            die "Miri does not notice in $example that the safeguard is gone"
        fi
    done
}

under_miri() {
    MIRIFLAGS="${MIRIFLAGS:-} $1" rustup run "$nightly" cargo miri test "${@:2}" 2>&1 | tee "$scratch/miri"
    # A filter that no longer matches, or a file that has moved, would pass.
    grep -E '^test result: ok\. [1-9]' "$scratch/miri" >/dev/null || die "Miri found no test to run: ${*:2}"
}

# With each seed Miri switches threads at other steps, the same ones in every run. The package has no unsafe code, so a
# thread sanitizer has nothing to find in it.
gate_races() {
    MIRIFLAGS="${MIRIFLAGS:-} -Zmiri-many-seeds=0..16" rustup run "$nightly" cargo miri test \
        -p anytempo-virtual --test races 2>&1 | tee "$scratch/miri"
    # Seeds run side by side and mix their output, so the start of a line says nothing.
    grep -E ' [1-9][0-9]* passed' "$scratch/miri" >/dev/null || die 'Miri ran no test'
}

# What runs on the boards is a workspace of its own. The matrix has the programs, and the cases at 1 MHz, and fails where a board
# is missing; the test target has all the rest.
gate_firmware() {
    local target boards=tests/firmware/boards/Cargo.toml
    cargo fmt --check --manifest-path "$boards"
    for target in "$cortex_m0" "$cortex_m3" "$cortex_m4f" "$riscv32"; do
        cargo clippy --release --locked --manifest-path "$boards" --target "$target" \
            --target-dir "${CARGO_TARGET_DIR:-target}/firmware/clippy" -- -D warnings
    done
    for target in "$cortex_m0" "$riscv32"; do
        is_tidy example --target "$target"
    done
    is_tidy measure
    measure example
    ANYTEMPO_ALL_BOARDS=yes cargo test -p anytempo-matrix --test boards
    cargo run --release -- matrix --on cortex-m0,cortex-m3,cortex-m4f,riscv32
}

gate_matrix() { cargo run --release -- matrix; }

# A machine that has other things to do is late, and no figure says that the code is at fault. So it has to come to its
# end, with something to say of each part, and its time is shown.
gate_bench() {
    local part start
    cargo build --release
    start=$SECONDS
    cargo run --release --quiet -- bench --quick --json "$scratch/bench.json"
    echo "anytempo bench --quick took $((SECONDS - start)) s"
    for part in '"part": "timers"' '"part": "countdowns"' '"asked_ns"' '"newlines"'; do
        grep -F -e "$part" "$scratch/bench.json" >/dev/null || die "the benchmark has measured nothing with $part"
    done
}

# A workspace of its own, so its formatting and its lints are checked here.
gate_perf() {
    cd tests/benches
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    # The exit code of a pipe would not be that of its first part.
    cargo bench --locked --bench callgrind -- --output-format=json --parallel=auto >"$scratch/measured"
    mkdir -p target
    cargo run --locked --release --quiet --bin report target/perf.json <"$scratch/measured"
}

# Each line of a block that is tagged `sh` is a command: it runs in a shell of its own, in this directory, and must
# exit with 0. A line that ends in a backslash goes on in the next, and what follows a # is a comment. A block that is
# tagged `console` is a transcript, for what cannot run here, such as a `git clone`, and is left alone. Rust snippets
# run as the documentation tests of a package that includes this README.md; this gate holds that one does.
gate_readme() {
    local line
    awk '/^```/ { inside = ($0 == "```sh"); next } inside' README.md |
        sed -e ':join' -e '/\\$/N; s/ *\\\n */ /; t join' |
        sed -E -e 's/(^| +)#.*//' -e '/^ *$/d' >"$scratch/commands"
    grep -x 'cargo test --workspace' "$scratch/commands" >/dev/null ||
        die 'README.md has no block tagged sh with the line `cargo test --workspace`, which is what the test gate runs'

    if grep -q '^```rust' README.md; then
        grep -rE 'include_str!\("\.\./(\.\./)+README\.md"\)' --include='*.rs' --exclude-dir=target . >/dev/null ||
            die 'README.md has Rust snippets, but no package includes it in its documentation tests'
        ! grep -nE '^```rust.*ignore' README.md || die 'README.md has a Rust snippet that is not compiled'
    fi

    while IFS= read -r line; do
        case $line in
            ./check.sh*) echo "\$ $line    # not again: it is what runs now" && continue ;;
        esac
        if grep -Fx -e "$line" <<<"$already_run" >/dev/null; then
            echo "\$ $line    # not again: a gate of this run has passed it"
        else
            echo "\$ $line"
            bash -euo pipefail -c "$line" </dev/null
        fi
    done <"$scratch/commands"
}

# The paths in that tree need no escapes in JSON, so that awk can read the events.
gate_lines() {
    local docs runtime
    docs=$(rustc --print sysroot)/share/doc
    find "$docs" -type f -print0 >"$scratch/files"
    xargs -0 wc -l <"$scratch/files" | sed -e 's/^ *//' -e '/^[0-9]* total$/d' | LC_ALL=C sort >"$scratch/expected"
    echo "$(wc -l <"$scratch/expected") files below $docs"

    cargo build --release
    mkdir "$scratch/counts"
    # A board would be busy with them for a quarter of an hour.
    xargs -0 cargo run --release --quiet -- \
        lines --on tokio,tokio-multi,async-std,smol,embassy,futures-timer,virtual --format json <"$scratch/files" |
        awk -v counts="$scratch/counts" '
            function field(name) {
                if (!match($0, "\"" name "\": *(\"[^\"]*\"|[0-9]+)")) return ""
                value = substr($0, RSTART, RLENGTH)
                sub(/^[^:]*: */, "", value)
                gsub(/"/, "", value)
                return value
            }
            /"event": *"file"/ { print field("newlines"), field("path") > (counts "/" field("runtime")) }
            /"event": *"error"/ { print }
        '
    for runtime in "$scratch"/counts/*; do
        [ -f "$runtime" ] || die 'the program reported no file'
        LC_ALL=C sort "$runtime" | diff "$scratch/expected" - >"$scratch/difference" || {
            head -n 20 "$scratch/difference"
            die "${runtime##*/} and wc -l do not agree; the lines with < are those of wc"
        }
        echo "${runtime##*/}: equal"
    done
}

# --- From here on: the arguments, the loop over the gates, the table. ---

names=$(awk 'NF { print $1 }' <<<"$gates")
only_install=''
chosen=''
for argument in "$@"; do
    case $argument in
        --list) awk 'NF' <<<"$gates" && exit 0 ;;
        --help | -h) sed -n '3,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]##*/}" && exit 0 ;;
        --install) only_install=yes ;;
        *)
            if ! grep -Fx -e "$argument" <<<"$names" >/dev/null; then
                echo "check.sh: there is no gate \"$argument\"; ./check.sh --list names all there are." >&2
                exit 2
            fi
            chosen="$chosen $argument"
            ;;
    esac
done
# No argument is all of them.
chosen=${chosen:-$names}

command -v cargo >/dev/null || die 'cargo is not installed; https://rustup.rs says how to get it.'
[ -n "$msrv" ] || die 'Cargo.toml has no line rust-version = "..."'
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

failed=''
summary=''
began=$SECONDS
for name in $chosen; do
    function=${name//-/_}
    mkdir "$scratch/$name"
    start=$SECONDS
    echo
    echo "==> $name: $(awk -v name="$name" '$1 == name { sub(/^[^ ]+ +/, ""); print }' <<<"$gates")"
    # Not as a condition: `set -e` does nothing inside one.
    (
        set -e
        scratch=$scratch/$name
        "need_$function"
        [ -n "$only_install" ] || "gate_$function"
    )
    status=$?
    result=ok
    [ -z "$only_install" ] || result=ready
    [ "$status" -eq 0 ] || result=FAILED failed="$failed $name"
    echo "<== $name: $result after $((SECONDS - start)) s"
    summary+=$(printf '%-10s %-8s %5d s' "$name" "$result" $((SECONDS - start)))$'\n'
    case $result-$name in
        ok-test) already_run+=$'cargo test --workspace\n' ;;
        ok-bench) already_run+=$'cargo run --release -- bench --quick\n' ;;
        # The matrix is what the program runs when it is not told what to run.
        ok-matrix) already_run+=$'cargo run --release\ncargo run --release -- matrix\n' ;;
    esac
done

echo
printf '%s%-10s %-8s %5d s\n' "$summary" total '' $((SECONDS - began))
[ -z "$failed" ] || die "failed:$failed"
