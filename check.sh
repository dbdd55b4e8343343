#!/usr/bin/env bash
#
# Every gate of the project, each by name. People and CI run this same script.
#     ./check.sh                       run every gate, in order
#     ./check.sh fmt clippy            run these
#     ./check.sh --list                say what each gate proves
#     ./check.sh --install [GATE...]   install what these gates need, or all of them, and run none
#     ./check.sh --help                print this text
#
# Without --install nothing is installed: a gate that needs something else fails and prints the command that installs it. No
# gate is ever skipped. --install uses rustup, `cargo install`, npm and apt-get, and leaves the packages of the system as they are.
# A gate that fails does not stop the others. A table at the end lists the results. The exit code is 1 if any gate failed, and
# 2 if a name is unknown; then nothing runs.

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

# In the order in which they run. The gate readme does not repeat the commands of test, matrix and bench.
gates='
bare      The matrix and all tests pass in a fresh clone, with a stable toolchain and no QEMU or bare-metal target.
fmt       Every file is formatted as rustfmt.toml says.
clippy    No target of any package has a compiler or clippy warning, and Cargo.lock is up to date.
test      Every test and every example in the documentation passes, with every board; what the gate bare has run is not repeated.
doc       The documentation builds with no warning, so no link in it is dead; nor in that of a package alone, with any of its features.
no-std    The core and what is for boards build for a Cortex-M0 (no std, no compare-and-swap), the suite for a Cortex-M3.
cross     Every library and program compiles without a warning for Windows, macOS and 32-bit Linux.
features  Every package builds without a warning under every combination of its features.
no-panic  No panic, no heap and no 64-bit division is left in firmware for a Cortex-M0 that uses all of the core.
cost      Flash, RAM and instructions of small firmware stay what they are beside the same written by hand, or better.
semver    A change that breaks users of the last release has a new version; before the first release it is printed.
minimal   Every target builds with the lowest version of each dependency that its Cargo.toml allows.
package   Every package that is published can be packaged, and what is in its package compiles.
deny      Every dependency in every lock file has an accepted licence and comes from crates.io; those of the root are there once.
msrv      Every target builds with the oldest toolchain that its Cargo.toml promises.
emulated  The core, the kit and three adapters pass their tests on 32-bit and on big-endian processors, emulated if need be.
miri      Suite and examples of the core have no undefined behaviour, under stacked and tree borrows; Miri would notice.
races     No schedule of two threads on the virtual clock loses a wake: its tests with threads, under Miri, with 16 seeds.
firmware  The packages for boards have no warning, and the example does what it should on each emulated board; what it logs can be decoded.
junit     The JUnit XML is valid for strict readers, and another reader finds every reason in it unchanged.
matrix    The main job exits with 0: every program and every case, on every runtime and board, does what it should.
report    The page of `anytempo report` works in headless Chromium, with keys alone too, and axe-core finds no fault in it.
bench     The benchmark measures everything on every runtime, on this machine; what comes out of it is not judged.
perf      No way to do a job costs more instructions, allocations or bytes than its target, beside its peers in one run.
readme    Every command in README.md and in those of the program and the examples works, and the Rust snippets of README.md are among the tests.
lines     `anytempo lines` counts as `wc -l` does, file by file, over the toolchain documentation, on every runtime of the host.
'

die() { echo "check.sh: $*" >&2 && exit "${code:-1}"; }
. .ci/needs.sh
. .ci/steps.sh

# --- The gates. Each runs in a shell of its own that ends at the first command that fails, with an empty folder $scratch. ---
gate_bare() { xtask bare "$scratch"; }
gate_fmt() { cargo fmt --all --check; }
gate_clippy() { cargo clippy --workspace --all-targets --locked -- -D warnings; }
# shellcheck disable=SC2046 # Several words.
gate_test() { ANYTEMPO_ALL_BOARDS=yes cargo test $(tests_that_are_left); }
# Only libraries: the program `anytempo` has the name of the core, and its page would overwrite the core's.
gate_doc() {
    export RUSTDOCFLAGS='-D warnings'
    cargo doc --workspace --no-deps --lib
    # The workspace unifies features, so a link to what is behind one is not dead there.
    cargo hack doc --workspace --ignore-private --each-feature --no-deps --lib
}

gate_no_std() {
    cargo build -p anytempo -p anytempo-embassy -p anytempo-rtic -p anytempo-embedded-hal --release --target "$cortex_m0"
    cargo build -p anytempo-conformance -p anytempo-matrix --lib --no-default-features --release --target "$cortex_m3"
}
# With clippy, as it alone can deny the warnings of these packages and leave those of their dependencies.
gate_cross() { for target in $hosts; do cargo clippy --workspace --target "$target" -- -D warnings; done; }
# The default features are those that the gate clippy has.
gate_features() { cargo hack clippy --workspace --feature-powerset --exclude-features default -- -D warnings; }

gate_no_panic() {
    is_tidy no-panic --target "$cortex_m0" --features embassy,embassy-time-driver/tick-hz-1_000_000
    measure no-panic
}

gate_cost() {
    for target in "$cortex_m0" "$riscv32"; do for features in '' instructions; do is_tidy sizes --target "$target" --features "$features"; done; done
    measure sizes
    measure instructions
}

gate_semver() { xtask semver "$scratch"; }
# In a copy, because it changes Cargo.lock.
gate_minimal() {
    xtask copy "$scratch"
    cd "$scratch"
    rustup run "$nightly" cargo update --quiet -Z direct-minimal-versions
    CARGO_TARGET_DIR=$built/minimal cargo check --workspace --all-targets --locked
}

# Committed or not: the index of packages is asked, and nothing is uploaded. Packages and what is built of them lie in folders of
# this run alone: cargo would take those of an earlier one, which have the same version.
gate_package() { cargo publish --workspace --dry-run --allow-dirty --locked --target-dir "$scratch"; }
# Advisories change while the code does not: a scheduled job of the GitHub workflow checks them.
gate_deny() {
    cargo deny check bans licenses sources
    for lock in $(git ls-files '*/Cargo.lock'); do cargo deny --manifest-path "${lock%lock}toml" --config deny.toml check licenses sources; done
}

gate_msrv() {
    rustup run "$msrv" cargo check --workspace --exclude anytempo-compio --exclude anytempo-embassy --exclude anytempo-matrix --all-targets
    rustup run "$msrv_embassy" cargo check -p anytempo-embassy --all-targets
    rustup run "$msrv_matrix" cargo check -p anytempo-compio -p anytempo-matrix --all-targets
}

gate_emulated() {
    export ANYTEMPO_ROUNDS=1000 ANYTEMPO_SEEDS=20 ANYTEMPO_CASE_LIMIT=60s
    for target in $emulated; do
        cargo test --target "$target" -p anytempo -p anytempo-virtual -p anytempo-tokio -p anytempo-smol -- --skip a_hundred_thousand --skip in_a_process
        cargo test --target "$target" -p anytempo-conformance --test suite --test clocks --test erased --test models
    done
}

# The suite on the virtual clock, and the core: other runtimes make system calls that Miri does not know.
gate_miri() {
    # The guides use nothing of the core that its other examples do not.
    under_both_models -p anytempo -- --skip guide::
    under_both_models -p anytempo-conformance --test suite
    miri_sees_unsound_loans
}
gate_races() { under_miri -Zmiri-many-seeds=0..16 -p anytempo-virtual --test races; }

gate_firmware() {
    for target in $boards; do is_tidy boards --target "$target"; done
    for target in "$cortex_m0" "$riscv32"; do is_tidy example --target "$target"; done
    is_tidy log --target "$cortex_m0"
    for package in rtic example-rtic; do is_tidy $package --target "$cortex_m3"; done
    is_tidy measure
    measure example
    measure log --features log
}

gate_junit() {
    ANYTEMPO_JUNIT_READERS=$built/junitparser/bin/python cargo test -p anytempo-conformance --test junit
    cargo run --release -- matrix --only programs:: --on virtual,smol --junit "$scratch/matrix.xml"
    for schema in tests/conformance/tests/junit/*.xsd; do xmllint --noout --schema "$schema" "$scratch/matrix.xml"; done
}
gate_matrix() { cargo run --release -- matrix --json "$built/matrix.json"; }
gate_report() { tests/report/run "$built/report"; }
gate_bench() {
    cargo run --release -- bench --quick --json "$built/bench.json"
    xtask bench "$built/bench.json"
}
# A workspace of its own.
gate_perf() {
    cd tests/benches
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    cargo bench --locked --bench callgrind -- --output-format=json --parallel=auto >"$scratch/measured"
    cargo run --locked --release --quiet --bin report target/perf.json <"$scratch/measured"
}
# shellcheck disable=SC2046 # The gates that have passed in this run.
gate_readme() { xtask readme $(awk '$2 == "ok" { print $1 }' "$table"); }
gate_lines() { xtask lines; }
# --- From here on: the arguments, the loop over the gates, the table. ---

only_install='' chosen='' failed=''
for argument in "$@"; do
    case $argument in
        --list) awk NF <<<"$gates" && exit ;;
        --help | -h) sed -n '3,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]##*/}" && exit ;;
        --install) only_install=ready ;;
        *)
            [[ $gates == *$'\n'"$argument "* ]] || code=2 die "there is no gate \"$argument\"; ./check.sh --list names all there are."
            chosen+=" $argument"
            ;;
    esac
done
command -v cargo >/dev/null || die 'cargo is not installed; https://rustup.rs says how to get it.'
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT && trap 'exit 130' INT TERM
# .ci/run has one table for its two calls.
table=${ANYTEMPO_TABLE:-$folder/table}
: >>"$table"

for name in ${chosen:-$(awk '{ print $1 }' <<<"$gates")}; do
    scratch=$folder/$name function=${name//-/_} start=$SECONDS
    mkdir -p "$scratch"
    echo && echo "==> $(grep "^$name " <<<"$gates")"
    # Not as a condition: `set -e` does nothing inside one.
    (
        set -e
        ! declare -F "need_$function" >/dev/null || "need_$function"
        [ -n "$only_install" ] || "gate_$function"
    )
    status=$? result=${only_install:-ok}
    [ "$status" -eq 0 ] || failed+=" $name" result=FAILED
    echo "<== $name: $result after $((SECONDS - start)) s"
    printf '%-10s %-8s %5d s\n' "$name" "$result" $((SECONDS - start)) >>"$table"
done
[ -n "${ANYTEMPO_TABLE:-}" ] || { echo && cat "$table" && printf '%-10s %-8s %5d s\n' total '' "$SECONDS"; }
[ -z "$failed" ] || die "failed:$failed"
