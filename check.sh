#!/usr/bin/env bash
#
# Every gate of the project, each by name. The scripts that a person runs are the ones that CI runs.
#
#     ./check.sh                       run every gate, in order
#     ./check.sh fmt clippy            run these
#     ./check.sh --list                say what each gate proves
#     ./check.sh --install [GATE...]   install what these gates need, or all of them, and run none
#     ./check.sh --help                print this text
#
# Without --install nothing is installed: a gate that needs something else fails and prints the command that installs it. No
# gate is ever skipped. --install uses rustup, `cargo install` and apt-get. It never removes, upgrades or downgrades a package
# of the system. A gate that fails does not stop the gates after it: all of them run, and a table at the end lists the
# results. The exit code is 1 if any gate failed, and 2 if a name is unknown; then nothing runs.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

# In the order in which they run. CI runs bare before it installs anything. Then comes what fails soonest. The gates test,
# matrix and bench come before the gate readme, which does not repeat their commands.
gates='
bare      The matrix and all tests pass in a fresh clone, with a stable toolchain and no QEMU or bare-metal target.
fmt       Every file is formatted as rustfmt.toml says.
clippy    No target of any package has a compiler or clippy warning, and Cargo.lock is up to date.
test      Every test and every example in the documentation passes, with every board.
doc       The documentation builds with no warning, so no link in it is dead.
no-std    The core and the embassy adapter build for a Cortex-M0 (no std, no compare-and-swap), the suite for a Cortex-M3.
features  Every package builds without a warning under every combination of its features.
no-panic  No panic, no heap and no 64-bit division is left in firmware for a Cortex-M0 that uses all of the core.
cost      Flash, RAM and instructions of small firmware stay what they are beside the same written by hand, or better.
semver    A change that breaks users of the last release has a new version; before the first release it is printed.
minimal   Every target builds with the lowest version of each dependency that its Cargo.toml allows.
deny      Every dependency has an accepted licence, comes from crates.io, and is there in one version.
msrv      Every target builds with the oldest toolchain that its Cargo.toml promises.
miri      Suite and examples of the core have no undefined behaviour, under stacked and tree borrows; Miri would notice.
races     No schedule of two threads on the virtual clock loses a wake: its tests with threads, under Miri, with 16 seeds.
firmware  The packages for boards have no warning, and the example does what it should on each emulated board.
matrix    The main job exits with 0: every program and every case, on every runtime and board, does what it should.
bench     The benchmark measures everything on every runtime, on this machine; what comes out of it is not judged.
perf      No way to do a job costs more instructions, allocations or bytes than its target, beside its peers in one run.
readme    Every command in README.md works, and its Rust snippets are among the tests.
lines     `anytempo lines` counts as `wc -l` does, file by file, over the toolchain documentation, on every runtime of the host.
'

# The nightly toolchain that Miri is taken from. Pin a date here, or in the environment, while a nightly is broken.
nightly=${NIGHTLY:-nightly}
msrv=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
# Two packages need a newer one, for what they depend on, and say so.
msrv_embassy=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' tests/matrix/Cargo.toml)
cortex_m0=thumbv6m-none-eabi
cortex_m3=thumbv7m-none-eabi
cortex_m4f=thumbv7em-none-eabihf
riscv32=riscv32imac-unknown-none-elf

# The target folder. QEMU is in it too if apt-get cannot add it to the system.
built=${CARGO_TARGET_DIR:-target}
[[ $built == /* ]] || built=$PWD/$built
[ -z "${CARGO_TARGET_DIR:-}" ] || export CARGO_TARGET_DIR=$built
qemu=$built/qemu
PATH=$PATH:$qemu/bin

# Commands that README.md may name and that a gate of this run has already passed.
already_run=''

die() {
    echo "check.sh: $*" >&2
    exit 1
}

. .ci/needs.sh

# --- The gates. Each runs in a shell of its own that ends at the first command that fails. ---

# The clone has a target folder of its own: cargo does not tell two checkouts apart that share one. It is built unoptimised and
# without debug information, which takes a third of the time; the gates test and matrix run the same as it is for users.
gate_bare() {
    local line
    [ -z "$(git status --porcelain)" ] || echo 'this does not check the changes that are not committed'
    git clone --quiet . "$scratch/clone"
    bare_machine "$scratch/machine"
    commands_of_readme 1 >"$scratch/commands"
    cmp "$scratch/commands" - <<<$'cargo run --release\ncargo test --workspace' ||
        die 'the first commands in README.md must be those of the matrix and of the tests'
    (
        cd "$scratch/clone"
        export PATH=$scratch/machine/path CARGO_TARGET_DIR=$built/bare
        export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_DEV_DEBUG=0
        unset CARGO RUSTC RUSTDOC RUSTUP_TOOLCHAIN ANYTEMPO_ALL_BOARDS ANYTEMPO_RECORD
        ! command -v qemu-system-arm qemu-system-riscv32 rustup || die 'QEMU or rustup is still in PATH'
        [ ! -d "$(rustc --print target-libdir --target "$cortex_m0")" ] || die "rustc still has the target $cortex_m0"
        while IFS= read -r line; do
            echo "\$ $line"
            $line </dev/null 2>&1 | tee "$scratch/said"
            grep -F 'not run on cortex-m0, cortex-m3, cortex-m4f, riscv32, for lack of the Rust target' "$scratch/said" \
                >/dev/null || die "\`$line\` does not print that it skips the boards"
        done <"$scratch/commands"
    )
}

# Makes a folder for PATH, of links to all programs but QEMU and rustup, and a sysroot that has only the target of the host.
bare_machine() {
    local folder program sysroot host
    sysroot=$(rustc --print sysroot)
    host=$(rustc -vV | sed -n 's/^host: //p')
    mkdir -p "$1/path" "$1/sysroot/lib/rustlib"
    IFS=: read -ra folders <<<"$PATH"
    for folder in "${folders[@]}"; do
        # ln fails on a name that is already there. The first one counts, as in PATH.
        find "$folder/" -maxdepth 1 ! -type d ! -name 'qemu*' ! -name 'cargo*' ! -name 'rust*' \
            -exec ln -s {} "$1/path" \; 2>/dev/null || true
    done
    ln -s "$sysroot/lib/rustlib/$host" "$1/sysroot/lib/rustlib"
    ln -s "$sysroot/bin/cargo" "$1/path"
    for program in rustc rustdoc; do
        printf '#!/bin/sh\nexec "%s" --sysroot "%s" "$@"\n' "$sysroot/bin/$program" "$1/sysroot" >"$1/path/$program"
        chmod +x "$1/path/$program"
    done
}

gate_fmt() { cargo fmt --all --check; }

gate_clippy() { cargo clippy --workspace --all-targets --locked -- -D warnings; }

gate_test() { ANYTEMPO_ALL_BOARDS=yes cargo test --workspace; }

# Only libraries: the program `anytempo` has the name of the core, and its page would overwrite the core's.
gate_doc() { RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --lib; }

gate_no_std() {
    cargo build -p anytempo -p anytempo-embassy --release --target "$cortex_m0"
    cargo build -p anytempo-conformance -p anytempo-matrix --lib --no-default-features --release --target "$cortex_m3"
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
    echo "the same as JSON: $built/firmware/sizes.json and instructions.json"
}

measure() {
    cargo run --release --locked --quiet --manifest-path tests/firmware/measure/Cargo.toml \
        --target-dir "$built/firmware" -- "$1"
}

is_tidy() {
    cargo fmt --check --manifest-path "tests/firmware/$1/Cargo.toml"
    cargo clippy --release --locked --manifest-path "tests/firmware/$1/Cargo.toml" "${@:2}" \
        --target-dir "$built/firmware/clippy" -- -D warnings
}

# With clippy, as it alone can deny the warnings of these packages and leave those of their dependencies.
gate_features() { cargo hack clippy --workspace --feature-powerset -- -D warnings; }

# The baseline is the last tag `v*` before this change. Without a tag it is the commit before this change: what breaks users
# is then printed and allowed. To prove that the tool works, the gate then removes an item, which the tool must report.
gate_semver() {
    local before=HEAD baseline packages='' manifest found=0
    ! git diff --quiet HEAD || before=HEAD^
    git rev-parse --quiet --verify "$before" >/dev/null || die 'the commit before this one is not here: git fetch --unshallow --tags'
    baseline=$(git describe --tags --abbrev=0 --match 'v[0-9]*' "$before" 2>/dev/null) || baseline=$before
    # The packages that are published and that the baseline has.
    for manifest in $(git grep -L 'publish = false' "$baseline" -- '*/Cargo.toml'); do
        manifest=${manifest#*:}
        [ ! -e "$manifest" ] || packages+=" --package $(awk -F'"' '/^name = / { print $2; exit }' "$manifest")"
    done
    echo "against $baseline:$packages"
    # shellcheck disable=SC2086
    cargo semver-checks $packages --baseline-rev "$baseline" || found=$?
    [ "$baseline" = "$before" ] || return "$found"
    # Exit code 100 is a change that breaks users. Any other is a failure of the tool.
    [ "$found" -eq 0 ] || [ "$found" -eq 100 ] || die 'cargo semver-checks cannot compare the packages'
    copy_to "$scratch/without"
    sed -i.bak 's/^pub use error::Elapsed;/pub(crate) use error::Elapsed;/' "$scratch/without/core/src/lib.rs"
    found=0
    cargo semver-checks --manifest-path "$scratch/without/core/Cargo.toml" --baseline-root . >"$scratch/said" 2>&1 || found=$?
    [ "$found" -eq 100 ] && grep -F 'struct anytempo::Elapsed' "$scratch/said" || {
        cat "$scratch/said"
        die 'cargo semver-checks does not report that Elapsed was removed'
    }
}

# In a copy, because it changes Cargo.lock.
gate_minimal() {
    copy_to "$scratch/minimal"
    cd "$scratch/minimal"
    rustup run "$nightly" cargo update --quiet -Z direct-minimal-versions
    CARGO_TARGET_DIR=$built/minimal cargo check --workspace --all-targets --locked
}

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
        under_miri "$model" -p anytempo-conformance --test suite
    done
    notices_what_is_unsound
}

# That Miri would notice: without its one safeguard, that it is not Unpin, a loan is unsound, both in a generator and in a
# scope. The examples of these two must then fail, and for that reason.
notices_what_is_unsound() {
    local safeguard='_pinned: PhantomPinned' example result=''
    echo 'without the safeguard, where Miri must find undefined behaviour'
    copy_to "$scratch/unsound"
    grep -c "$safeguard" core/src/loan.rs >/dev/null || die "core/src/loan.rs has no \"$safeguard\""
    sed -i.bak "s/$safeguard/_pinned: ()/" "$scratch/unsound/core/src/loan.rs"
    ! grep "$safeguard" "$scratch/unsound/core/src/loan.rs" || die 'the safeguard is still there'
    for example in generate::generate::generate scope::close_on_exit::close_on_exit; do
        result=0
        CARGO_TARGET_DIR=$scratch/unsound/target rustup run "$nightly" cargo miri test \
            --manifest-path "$scratch/unsound/Cargo.toml" -p anytempo --doc -- "$example" >"$scratch/miri" 2>&1 || result=$?
        if [ "$result" -eq 0 ] || ! grep 'Undefined Behavior' "$scratch/miri"; then
            cat "$scratch/miri"
            die "Miri does not notice in $example that the safeguard is gone"
        fi
    done
}

# Copies the files that git does not ignore, committed or not.
copy_to() {
    mkdir "$1"
    git ls-files -z --cached --others --exclude-standard |
        xargs -0 sh -c 'for file; do [ ! -e "$file" ] || printf "%s\0" "$file"; done' sh |
        tar --null -T - -cf - | tar -xf - -C "$1"
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

# What runs on the boards is a workspace of its own. The gates test and matrix run it on each board.
gate_firmware() {
    local target boards=tests/firmware/boards/Cargo.toml
    cargo fmt --check --manifest-path "$boards"
    for target in "$cortex_m0" "$cortex_m3" "$cortex_m4f" "$riscv32"; do
        cargo clippy --release --locked --manifest-path "$boards" --target "$target" \
            --target-dir "$built/firmware/clippy" -- -D warnings
    done
    for target in "$cortex_m0" "$riscv32"; do
        is_tidy example --target "$target"
    done
    is_tidy measure
    measure example
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
# tagged `console` is a transcript, for what cannot run here, such as a `git clone`, and is left alone.
commands_of_readme() {
    awk -v wanted="${1:-}" '/^```/ { inside = ($0 == "```sh"); block += inside; next } inside && (!wanted || block == wanted)' \
        README.md | sed -e ':join' -e '/\\$/N; s/ *\\\n */ /; t join' | sed -E -e 's/(^| +)#.*//' -e '/^ *$/d'
}

# Rust snippets run as the documentation tests of a package that includes this README.md; this gate holds that one does.
gate_readme() {
    local line
    commands_of_readme >"$scratch/commands"
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
        ! declare -F "need_$function" >/dev/null || "need_$function"
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
