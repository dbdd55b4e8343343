# What several gates of check.sh do.

# What parses or compares is written in Rust: the folder xtask, and the package `measure` for firmware.
xtask() { cargo run --quiet --locked --package anytempo-xtask -- "$@"; }
measure() { cargo run -qr --locked --manifest-path tests/firmware/measure/Cargo.toml --target-dir "$built/firmware" -- "$1"; }
# The packages below tests/firmware are workspaces of their own, which the gates fmt and clippy do not see.
is_tidy() (
    cd "tests/firmware/$1"
    cargo fmt --check
    cargo clippy --release --locked --target-dir "$built/firmware/clippy" "${@:2}" -- -D warnings
)

under_miri() {
    MIRIFLAGS="${MIRIFLAGS:-} $1" rustup run "$nightly" cargo miri test "${@:2}" 2>&1 | tee "$scratch/miri" || return
    # A filter that matches no test would pass.
    grep -E ' [1-9][0-9]* passed' "$scratch/miri" >/dev/null || die "Miri found no test to run: ${*:2}"
}

# Under stacked and tree borrows, side by side: Miri uses one processor. What it says of the second comes after the first.
under_both_models() {
    local tree failed=0
    (scratch=$scratch/tree && mkdir -p "$scratch" && under_miri -Zmiri-tree-borrows "$@") >"$scratch/said" 2>&1 &
    tree=$!
    under_miri '' "$@" || failed=1
    wait "$tree" || failed=1
    cat "$scratch/said"
    return "$failed"
}

# Without its one safeguard, that it is not Unpin, a loan is unsound, which Miri must find in both of its users.
miri_sees_unsound_loans() {
    local example
    xtask copy "$scratch" core/src/loan.rs '_pinned: PhantomPinned' '_pinned: ()'
    cd "$scratch"
    export CARGO_TARGET_DIR=$scratch/target
    for example in generate::generate::generate scope::close_on_exit::close_on_exit; do
        ! under_miri '' -p anytempo --doc -- "$example" || die "Miri does not notice in $example that the safeguard is gone"
        grep 'Undefined Behavior' "$scratch/miri"
    done
}

# All tests. Or, if the gate bare has passed in this run on the same files, those that know boards: bare runs the others, and it
# knows only what is committed.
tests_that_are_left() {
    if grep -q '^bare  *ok ' "$table" && [ -z "$(git status --porcelain)" ]; then
        echo 'the gate bare has run all tests without boards, so only those that know boards run now' >&2
        echo -p anytempo-matrix --test boards --test cli
    else
        echo --workspace
    fi
}
