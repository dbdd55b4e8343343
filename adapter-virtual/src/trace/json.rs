use core::fmt::Write as _;

use super::{EventKind, Trace};
use crate::Instant;
use crate::current::Owner;

impl Trace {
    /// The whole as JSON: an array with an object for each event.
    ///
    /// | member | value |
    /// |---|---|
    /// | `at` | the time, as nanoseconds since the start in a string, as a number of JSON may lose digits |
    /// | `event` | `spawned`, `polled`, `woken`, `over`, `armed`, `reset` or `fired`; of a full trace also `read`, `made`, `pending`, `ready` or `dropped` |
    /// | `task` | the number of the task; `"main"` for the main future, `null` for what is no task |
    /// | `name`, `place` | of `spawned`: the task's name or `null`, and where it was spawned |
    /// | `deadline` | of `armed`, `reset`, `fired` and `made`: as `at`, or `null` for none |
    /// | `wait` | of a full trace, and of a wait: its number |
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::from("[");
        for (index, event) in self.events.iter().enumerate() {
            json.push_str(if index == 0 { "\n  {\"at\":" } else { ",\n  {\"at\":" });
            write_instant(&mut json, Some(event.at));
            let (name, deadline) = match event.what {
                EventKind::Spawned => ("spawned", None),
                EventKind::Polled => ("polled", None),
                EventKind::Woken => ("woken", None),
                EventKind::Over => ("over", None),
                EventKind::Armed(deadline) => ("armed", Some(Some(deadline))),
                EventKind::Reset(deadline) => ("reset", Some(deadline)),
                EventKind::Fired(deadline) => ("fired", Some(Some(deadline))),
                EventKind::Read => ("read", None),
                EventKind::Made(deadline) => ("made", Some(deadline)),
                EventKind::Pending => ("pending", None),
                EventKind::Ready => ("ready", None),
                EventKind::Dropped => ("dropped", None),
            };
            let task = match event.owner {
                Owner::NONE => "null".into(),
                Owner::MAIN => "\"main\"".into(),
                owner => owner.number().to_string(),
            };
            // Nothing that is written to a string fails.
            let _ = write!(json, ",\"event\":\"{name}\",\"task\":{task}");
            if let Some(number) = event.wait() {
                let _ = write!(json, ",\"wait\":{number}");
            }
            if let Some(deadline) = deadline {
                json.push_str(",\"deadline\":");
                write_instant(&mut json, deadline);
            }
            if let (EventKind::Spawned, Some(name)) = (event.what, self.name(event.owner)) {
                json.push_str(",\"name\":");
                match &name.name {
                    Some(name) => write_text(&mut json, name),
                    None => json.push_str("null"),
                }
                json.push_str(",\"place\":");
                write_text(&mut json, &name.location);
            }
            json.push('}');
        }
        json.push_str("\n]\n");
        json
    }
}

fn write_instant(json: &mut String, instant: Option<Instant>) {
    let _ = match instant {
        Some(instant) => write!(json, "\"{}\"", instant.since_start().as_nanos()),
        None => json.write_str("null"),
    };
}

fn write_text(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\u{0}'..='\u{1f}' => drop(write!(json, "\\u{:04x}", u32::from(character))),
            _ => json.push(character),
        }
    }
    json.push('"');
}
