//! JUnit XML, in the one form that its strict readers accept.
//!
//! No standard defines JUnit XML, and its readers differ. The form here is valid for the schema of Ant's reports and for that
//! of the xUnit plugin of Jenkins, which drops an invalid file as a whole. So `testsuites` has no attributes, each suite has
//! all that Ant asks for, and a reason is both an attribute and a body, as each reader shows one of the two.

use core::time::Duration;
use std::borrow::Cow;
use std::io::{self, Write};
use std::time::SystemTime;

use quick_xml::Writer;
use quick_xml::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

/// The results of one runtime.
#[derive(Clone, Debug)]
pub struct Suite<'a> {
    /// The name of the runtime.
    pub name: &'a str,
    /// When its first case began.
    pub started: SystemTime,
    /// The machine that tried the cases. See [`host`].
    pub host: &'a str,
    /// What was tried.
    pub cases: Vec<Case<'a>>,
}

/// The result of one case.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What the case is about.
    pub group: &'a str,
    /// The name of the case in its group.
    pub name: &'a str,
    /// The real time that it took.
    pub took: Duration,
    /// How it ended.
    pub result: Result<'a>,
}

/// How a case ended, in the words of JUnit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Result<'a> {
    /// The promise was kept.
    Passed,
    /// The promise need not be kept, for this reason. JUnit has no word for an allowed failure.
    Skipped(&'a str),
    /// The promise was broken, in this way.
    Failed(&'a str),
}

/// Writes a suite for each runtime.
///
/// Characters that XML cannot express, such as ESC and NUL, are written as Rust writes them: `\u{1b}`.
///
/// # Errors
///
/// If `out` cannot be written.
pub fn write(out: impl Write, suites: &[Suite<'_>]) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = BytesStart::new("testsuites");
    if suites.is_empty() {
        xml.write_event(Event::Empty(all))?;
    } else {
        xml.write_event(Event::Start(all))?;
        for (id, suite) in suites.iter().enumerate() {
            suite.write(&mut xml, id)?;
        }
        xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    }
    xml.into_inner().write_all(b"\n")
}

/// The name of this machine, or `localhost` if it has none.
pub fn host() -> String {
    let name = gethostname::gethostname().to_string_lossy().trim().to_owned();
    if name.is_empty() { "localhost".into() } else { name }
}

impl Suite<'_> {
    fn write(&self, xml: &mut Writer<impl Write>, id: usize) -> io::Result<()> {
        let count = |is: fn(&Result<'_>) -> bool| {
            self.cases.iter().filter(|case| is(&case.result)).count().to_string()
        };
        let took = self.cases.iter().map(|case| case.took).sum();
        let suite = element(
            "testsuite",
            [
                ("id", &id.to_string()),
                ("package", "anytempo"),
                ("name", self.name),
                ("timestamp", &timestamp(self.started)),
                ("hostname", self.host),
                ("tests", &self.cases.len().to_string()),
                ("failures", &count(|result| matches!(result, Result::Failed(_)))),
                ("errors", "0"),
                ("skipped", &count(|result| matches!(result, Result::Skipped(_)))),
                ("time", &seconds(took)),
            ],
        );
        xml.write_event(Event::Start(suite))?;
        xml.write_event(Event::Empty(BytesStart::new("properties")))?;
        for case in &self.cases {
            case.write(xml, self.name)?;
        }
        xml.write_event(Event::Empty(BytesStart::new("system-out")))?;
        xml.write_event(Event::Empty(BytesStart::new("system-err")))?;
        xml.write_event(Event::End(BytesEnd::new("testsuite")))
    }
}

impl Case<'_> {
    fn write(&self, xml: &mut Writer<impl Write>, suite: &str) -> io::Result<()> {
        let case = element(
            "testcase",
            [
                ("classname", format!("{suite}::{}", self.group).as_str()),
                ("name", self.name),
                ("time", &seconds(self.took)),
            ],
        );
        let (word, reason) = match self.result {
            Result::Passed => return xml.write_event(Event::Empty(case)),
            Result::Skipped(why) => (element("skipped", [("message", why)]), why),
            Result::Failed(reason) => {
                (element("failure", [("message", reason), ("type", "broken")]), reason)
            }
        };
        let end = word.to_end().into_owned();
        xml.write_event(Event::Start(case))?;
        xml.write_event(Event::Start(word))?;
        // A carriage return would be read as a newline.
        let body = escape::partial_escape(expressible(reason)).replace('\r', "&#13;");
        xml.write_event(Event::Text(BytesText::from_escaped(body)))?;
        xml.write_event(Event::End(end))?;
        xml.write_event(Event::End(BytesEnd::new("testcase")))
    }
}

fn element<const N: usize>(
    name: &'static str,
    attributes: [(&'static str, &str); N],
) -> BytesStart<'static> {
    let mut element = BytesStart::new(name);
    for (key, value) in attributes {
        // White space of an attribute is read as spaces, if it is not escaped.
        let value = escape::escape(expressible(value))
            .replace('\t', "&#9;")
            .replace('\n', "&#10;")
            .replace('\r', "&#13;");
        let value = Cow::Owned(value.into_bytes());
        element.push_attribute(Attribute { key: QName(key.as_bytes()), value });
    }
    element
}

/// The text with escapes for the characters that XML 1.0 has no form for.
fn expressible(text: &str) -> String {
    let is_plain = |c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) { plain.push(c) } else { plain.extend(c.escape_unicode()) }
    }
    plain
}

/// In UTC, without a time zone and without fractions, as Ant has it.
fn timestamp(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string().trim_end_matches('Z').to_owned()
}

fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(suites: &[Suite<'_>]) -> String {
        let mut out = Vec::new();
        write(&mut out, suites).expect("memory can be written");
        String::from_utf8(out).expect("it is UTF-8")
    }

    #[test]
    fn has_all_results() {
        let case =
            |group, name, result| Case { group, name, took: Duration::from_millis(2), result };
        let cases = vec![
            case("wake", "late", Result::Passed),
            case("sleep", "soundly", Result::Skipped("swifts sleep on the wing")),
            case("wake", "early", Result::Failed("1 < 2 & \"so\"\non ]]> \r \u{1b}[31m \u{ffff}")),
        ];
        let started = SystemTime::UNIX_EPOCH + Duration::from_millis(86_400_500);
        let suite = Suite { name: "swift", started, host: "nest", cases };
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite id="0" package="anytempo" name="swift" timestamp="1970-01-02T00:00:00" hostname="nest" tests="3" failures="1" errors="0" skipped="1" time="0.006000">
    <properties/>
    <testcase classname="swift::wake" name="late" time="0.002000"/>
    <testcase classname="swift::sleep" name="soundly" time="0.002000">
      <skipped message="swifts sleep on the wing">swifts sleep on the wing</skipped>
    </testcase>
    <testcase classname="swift::wake" name="early" time="0.002000">
      <failure message="1 &lt; 2 &amp; &quot;so&quot;&#10;on ]]&gt; &#13; \u{1b}[31m \u{ffff}" type="broken">1 &lt; 2 &amp; "so"
on ]]&gt; &#13; \u{1b}[31m \u{ffff}</failure>
    </testcase>
    <system-out/>
    <system-err/>
  </testsuite>
</testsuites>
"#;
        assert_eq!(written(&[suite]), expected);
    }

    #[test]
    fn may_be_empty() {
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites/>\n";
        assert_eq!(written(&[]), expected);
    }
}
