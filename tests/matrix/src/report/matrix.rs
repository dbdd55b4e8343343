use std::collections::BTreeMap;

use maud::{Markup, html};
use serde::Deserialize;

use super::numbers::whole;
use super::page::{Section, seconds};

/// What `anytempo matrix --json` writes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Matrix {
    on: Vec<String>,
    only: String,
    partition: String,
    left_out: Vec<String>,
    started: String,
    host: String,
    took_us: u64,
    results: Vec<Line>,
}

#[derive(Clone, Debug, Deserialize)]
struct Line {
    program: Option<String>,
    case: Option<String>,
    runtime: String,
    outcome: Outcome,
    reason: Option<String>,
    seen: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Failed,
    Allowed,
    Ok,
}

impl Outcome {
    const fn sign(self) -> &'static str {
        match self {
            Self::Failed => "✗",
            Self::Allowed => "~",
            Self::Ok => "✓",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Allowed => "allowed",
            Self::Ok => "kept",
        }
    }
}

impl Line {
    /// The group, and the name in it. The six programs have their names alone.
    fn name(&self) -> (&str, &str) {
        let full = self.case.as_ref().or(self.program.as_ref()).map_or("", String::as_str);
        full.split_once("::").unwrap_or(("programs", full))
    }
}

/// What is said of several results at once, under a number.
struct Reason<'a> {
    outcome: Outcome,
    reason: &'a str,
    seen: Option<&'a str>,
    /// The names, each with the runtimes.
    places: BTreeMap<String, Vec<&'a str>>,
}

/// A row of the table: a result for each runtime, and the number of its reason.
type Row<'a> = Vec<Option<(Outcome, Option<usize>)>>;

impl Matrix {
    /// How many results there are, and how many of them are failures.
    pub(super) fn results(&self) -> (usize, usize) {
        (self.results.len(), self.count(Outcome::Failed))
    }

    pub(super) fn about(&self) -> String {
        let part = if self.partition == "1/1" { "Matrix" } else { "Part of a matrix" };
        format!(
            "{part}, run on {} at {}, {}",
            self.host,
            self.started,
            seconds(self.took_us as f64 / 1e6)
        )
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.results.iter().filter(|line| line.outcome == outcome).count()
    }

    /// The runtimes that have results, in the order of `--on`.
    fn runtimes(&self) -> Vec<&str> {
        let has_results = |name: &&str| self.results.iter().any(|line| line.runtime == *name);
        self.on.iter().map(String::as_str).filter(has_results).collect()
    }

    /// The reasons, each once and the failures first.
    fn reasons(&self) -> Vec<Reason<'_>> {
        let mut reasons: Vec<Reason<'_>> = Vec::new();
        for line in &self.results {
            let Some(reason) = &line.reason else { continue };
            let (outcome, seen) = (line.outcome, line.seen.as_deref());
            let same = |it: &&mut Reason<'_>| {
                it.outcome == outcome && it.reason == reason && it.seen == seen
            };
            let at = match reasons.iter_mut().find(same) {
                Some(known) => known,
                None => {
                    reasons.push(Reason { outcome, reason, seen, places: BTreeMap::new() });
                    let last = reasons.len() - 1;
                    &mut reasons[last]
                }
            };
            let (group, name) = line.name();
            at.places.entry(format!("{group}::{name}")).or_default().push(&line.runtime);
        }
        reasons.sort_by_key(|it| it.outcome);
        reasons
    }

    pub(super) fn section(&self, id: &str) -> Section {
        let runtimes = self.runtimes();
        let reasons = self.reasons();
        let failed = self.count(Outcome::Failed);
        let allowed = self.count(Outcome::Allowed);
        let groups = self.groups(&runtimes, &reasons);
        let body = html! {
            p {
                (whole(self.results.len())) " results on " (runtimes.len()) " runtimes: "
                (whole(self.count(Outcome::Ok))) " kept, " (allowed) " allowed, "
                strong class=[(failed > 0).then_some("failed")] { (failed) " failed" } ". "
                "A row is a program or a case of the conformance suite, and a column is a runtime."
            }
            @if self.partition != "1/1" {
                p.note { "This is only part " (self.partition) " of the matrix. " code { "anytempo merge" } " joins the parts." }
            }
            @if !self.only.is_empty() {
                p.note { "Only what has " code { (self.only) } " in its name was run." }
            }
            @if !self.left_out.is_empty() {
                p.note { "Not run, because the machine lacks what they need: " (self.left_out.join(", ")) "." }
            }
            form.filter data-for=(id) hidden {
                label { "Name contains" input type="search" name="name" autocomplete="off" spellcheck="false"; }
                label {
                    "Result"
                    select name="outcome" {
                        option value="" { "any" }
                        option value="failed" { "failed" }
                        option value="allowed" { "allowed" }
                        option value="failed allowed" { "failed or allowed" }
                        option value="none" { "not run" }
                    }
                }
                fieldset {
                    legend { "Runtimes" }
                    @for (column, runtime) in runtimes.iter().enumerate() {
                        label { input type="checkbox" name="runtime" value=(column) checked; (runtime) }
                    }
                }
                div.buttons {
                    button type="button" name="open" { "Show all rows" }
                    button type="reset" { "Reset" }
                    output role="status" {}
                }
            }
            p.legend {
                @for outcome in [Outcome::Ok, Outcome::Allowed, Outcome::Failed] {
                    span class={ "sign " (outcome.word()) } { (outcome.sign()) } " " (outcome.word())
                }
                span.more { "A number after a sign is that of its reason below. An empty cell has no result." }
            }
            div.wide role="group" tabindex="0" aria-label="Results of every program and case" {
                table.matrix id=(id) {
                    caption.sr { "Results of every program and case, by runtime" }
                    thead { tr {
                        th scope="col" { "program or case" }
                        @for runtime in &runtimes { th.runtime scope="col" { span { (runtime) } } }
                    } }
                    @for (group, rows) in &groups { (self.group(id, group, rows, &runtimes)) }
                }
            }
            @if !reasons.is_empty() { (listed(id, &reasons)) }
        };
        Section { id: format!("{id}-section"), title: format!("Matrix of {}", self.host), body }
    }

    /// The rows of each group, in the order of the file.
    fn groups<'a>(
        &'a self,
        runtimes: &[&str],
        reasons: &[Reason<'_>],
    ) -> Vec<(&'a str, Vec<(&'a str, Row<'a>)>)> {
        let mut groups: Vec<(&str, Vec<(&str, Row<'_>)>)> = Vec::new();
        for line in &self.results {
            let (group, name) = line.name();
            let at = groups.iter().position(|(known, _)| *known == group).unwrap_or_else(|| {
                groups.push((group, Vec::new()));
                groups.len() - 1
            });
            let rows = &mut groups[at].1;
            let row = rows.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                rows.push((name, vec![None; runtimes.len()]));
                rows.len() - 1
            });
            let number = reasons.iter().position(|it| {
                Some(it.reason) == line.reason.as_deref()
                    && it.outcome == line.outcome
                    && it.seen == line.seen.as_deref()
            });
            if let Some(column) = runtimes.iter().position(|it| *it == line.runtime) {
                rows[row].1[column] = Some((line.outcome, number));
            }
        }
        groups
    }

    fn group(&self, id: &str, group: &str, rows: &[(&str, Row<'_>)], runtimes: &[&str]) -> Markup {
        html! {
            tbody {
                tr.group {
                    th scope="rowgroup" {
                        button type="button" aria-expanded="true" disabled { (group) }
                        span.count { (rows.len()) }
                    }
                    @for column in 0..runtimes.len() {
                        (total(rows.iter().filter_map(|(_, row)| row[column])))
                    }
                }
                @for (name, row) in rows {
                    tr {
                        th scope="row" { (name) }
                        @for cell in row { (self::cell(id, *cell)) }
                    }
                }
            }
        }
    }
}

/// What the results of a group come to on a runtime.
fn total(results: impl Iterator<Item = (Outcome, Option<usize>)>) -> Markup {
    let mut counts = BTreeMap::new();
    for (outcome, _) in results {
        *counts.entry(outcome).or_insert(0) += 1;
    }
    let worst = counts.keys().next().map_or("none", |outcome| outcome.word());
    html! {
        td class=(worst) {
            @for (outcome, count) in counts.iter().rev() {
                span class=(outcome.word()) { (outcome.sign()) (count) } " "
            }
        }
    }
}

fn cell(id: &str, cell: Option<(Outcome, Option<usize>)>) -> Markup {
    let Some((outcome, reason)) = cell else { return html! { td.none {} } };
    html! {
        td class=(outcome.word()) {
            @match reason {
                Some(number) => a href={ "#" (id) "-reason-" (number + 1) } aria-label={ (outcome.word()) ", reason " (number + 1) } {
                    (outcome.sign()) (number + 1)
                },
                None => (outcome.sign()),
            }
        }
    }
}

fn listed(id: &str, reasons: &[Reason<'_>]) -> Markup {
    html! {
        h3 { "Reasons" }
        div.wide role="group" tabindex="0" aria-label="Reasons" {
            table.reasons {
                caption.sr { "Why results failed, or are allowed to fail" }
                thead { tr { th scope="col" { "no." } th scope="col" { "result" } th scope="col" { "reason" } th scope="col" { "where" } } }
                tbody {
                    @for (index, reason) in reasons.iter().enumerate() {
                        tr id={ (id) "-reason-" (index + 1) } tabindex="-1" {
                            th scope="row" { (index + 1) }
                            td class=(reason.outcome.word()) { (reason.outcome.word()) }
                            td {
                                (reason.reason)
                                @match (reason.outcome, reason.seen) {
                                    (Outcome::Allowed, Some(seen)) => p.seen { "Seen: " (seen) },
                                    (Outcome::Allowed, None) => p.seen { "Not tried." },
                                    _ => {},
                                }
                            }
                            td { ul { @for (name, runtimes) in &reason.places {
                                li { code { (name) } " on " (runtimes.join(", ")) }
                            } } }
                        }
                    }
                }
            }
        }
    }
}
