//! Dot plots: a row for each thing that is compared, and along it a mark for each way to do it.
//!
//! A plot is drawn in the colours of a light page. The style sheet knows these few colours and has others for a dark one.

use core::ops::Range;

use maud::{Markup, PreEscaped, html};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::numbers::tick;

type Drawn = Result<(), Box<dyn core::error::Error>>;

/// Whose figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Anytempo,
    Hand,
    Peer,
}

/// The colours that `report.css` knows.
const TEXT: RGBColor = RGBColor(0x1b, 0x1f, 0x24);
const RULE: RGBColor = RGBColor(0xdd, 0xe1, 0xe6);
const LINE: RGBColor = RGBColor(0x6b, 0x72, 0x80);

impl Of {
    const fn color(self) -> RGBColor {
        match self {
            Self::Anytempo => RGBColor(0x0b, 0x5c, 0xad),
            Self::Hand => RGBColor(0xb4, 0x53, 0x09),
            Self::Peer => RGBColor(0x6d, 0x28, 0xd9),
        }
    }

    /// How far above the middle of its row, in rows.
    const fn offset(self) -> f64 {
        match self {
            Self::Anytempo => -0.2,
            Self::Peer => 0.0,
            Self::Hand => 0.2,
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Anytempo => "●",
            Self::Hand => "■",
            Self::Peer => "▲",
        }
    }

    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Anytempo => "anytempo",
            Self::Hand => "hand",
            Self::Peer => "peer",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Anytempo => "anytempo",
            Self::Hand => "hand-written",
            Self::Peer => "peer",
        }
    }
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) of: Of,
    pub(super) at: f64,
    /// A line from one value to another, for what is uncertain or goes on.
    pub(super) line: Option<(f64, f64)>,
    /// Whether the mark is solid.
    pub(super) solid: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// From zero.
    Linear,
    Log,
    /// As far as the values go.
    Close,
}

/// A plot, and what is said of it.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    pub(super) caption: String,
    /// For those who do not see it.
    pub(super) says: String,
    pub(super) unit: &'static str,
    pub(super) scale: Scale,
    /// A value that means something, such as the same as by hand.
    pub(super) reference: Option<f64>,
    pub(super) rows: Vec<(String, Vec<Mark>)>,
}

const WIDTH: u32 = 430;
const ROW: u32 = 24;
const CHARACTER: f64 = 7.4;

impl Plot {
    /// Nothing, if there is nothing to draw.
    pub(super) fn figure(&self) -> Markup {
        let mut svg = String::new();
        // A string can always be written to, so this fails only where no mark has a place.
        let drawn = self.axis().is_some_and(|axis| self.draw(axis, &mut svg).is_ok());
        if !drawn {
            return html! {};
        }
        html! {
            figure.plot {
                figcaption { (self.caption) }
                div role="img" aria-label=(self.says) { (PreEscaped(svg)) }
            }
        }
    }

    /// From the least to the most that is drawn, with some room.
    fn axis(&self) -> Option<Axis> {
        let marks = || self.rows.iter().flat_map(|(_, marks)| marks);
        let values = marks().flat_map(|mark| {
            let (from, to) = mark.line.unwrap_or((mark.at, mark.at));
            [mark.at, from, to]
        });
        let values: Vec<f64> =
            values.chain(self.reference).filter(|it| *it > 0.0 && it.is_finite()).collect();
        let least = values.iter().copied().reduce(f64::min)?;
        let most = values.iter().copied().reduce(f64::max)?;
        Some(match self.scale {
            Scale::Linear => Axis { range: 0.0..most * 1.06, log: false },
            Scale::Log => Axis { range: least / 1.3..(most * 1.3).max(least * 4.0), log: true },
            Scale::Close => {
                let room = ((most - least) * 0.08).max(most * 0.01);
                Axis { range: least - room..most + room, log: false }
            }
        })
    }

    fn draw(&self, axis: Axis, svg: &mut String) -> Drawn {
        let height = ROW * self.rows.len().max(2) as u32 + 64;
        let root = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
        let longest = self.rows.iter().map(|(label, _)| label.chars().count()).max();
        let font = ("sans-serif", 16).into_font().color(&TEXT);
        let least = axis.range.start;
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .margin_right(16)
            .x_label_area_size(46)
            .y_label_area_size((longest.unwrap_or(0) as f64 * CHARACTER) as u32 + 14)
            .build_cartesian_2d(
                axis,
                Rows(self.rows.iter().map(|(label, _)| label.clone()).collect()),
            )?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(RULE)
            .axis_style(LINE)
            .label_style(font.clone())
            .axis_desc_style(font)
            .x_desc(self.unit)
            .x_labels(6)
            .y_labels(self.rows.len().max(1))
            .draw()?;
        if let Some(at) = self.reference {
            let ends = [(at, 0.0), (at, self.rows.len() as f64)];
            chart.draw_series([PathElement::new(ends, LINE.stroke_width(2))])?;
        }
        for (index, (_, marks)) in self.rows.iter().enumerate() {
            for mark in marks {
                let y = index as f64 + 0.5 + mark.of.offset();
                let place = |x: f64| (x.max(least), y);
                let color = mark.of.color();
                if let Some((from, to)) = mark.line {
                    let line = [place(from), place(to)];
                    chart.draw_series([PathElement::new(line, color.stroke_width(2))])?;
                }
                let style = if mark.solid { color.filled() } else { color.stroke_width(2) };
                let at = place(mark.at);
                match mark.of {
                    Of::Anytempo => chart.draw_series([Circle::new(at, 4, style)]).map(drop)?,
                    Of::Peer => chart.draw_series([TriangleMarker::new(at, 5, style)]).map(drop)?,
                    Of::Hand => {
                        let square = Rectangle::new([(-4, -4), (4, 4)], style);
                        chart.draw_series([EmptyElement::at(at) + square]).map(drop)?;
                    }
                }
            }
        }
        drop(chart);
        root.present()?;
        Ok(())
    }
}

/// What the marks of the plots around it mean.
pub(super) fn legend(of: &[Of], more: &str) -> Markup {
    html! {
        p.legend {
            @for of in of {
                span class={ "mark " (of.class()) } aria-hidden="true" { (of.sign()) } " " (of.name()) " "
            }
            @if !more.is_empty() { span.more { (more) } }
        }
    }
}

/// The axis of the values.
struct Axis {
    range: Range<f64>,
    log: bool,
}

impl Axis {
    /// The 1, 2 and 5 of each power of ten, or as many of them as have room.
    fn powers(&self, most: usize) -> Vec<f64> {
        let Range { start, end } = self.range;
        let (first, last) = (start.log10().floor() as i32, end.log10().ceil() as i32);
        let mut points = Vec::new();
        for factors in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
            let of = |power| factors.iter().map(move |factor| factor * 10_f64.powi(power));
            points = (first..=last).flat_map(of).filter(|it| self.range.contains(it)).collect();
            if points.len() <= most {
                break;
            }
        }
        points
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let Range { start, end } = self.range;
        let part = if self.log {
            (value / start).ln() / (end / start).ln()
        } else {
            (value - start) / (end - start)
        };
        from + (part * f64::from(to - from)).round() as i32
    }

    fn key_points<H: KeyPointHint>(&self, hint: H) -> Vec<f64> {
        if self.log {
            self.powers(hint.max_num_points())
        } else {
            RangedCoordf64::from(self.range.clone()).key_points(hint.max_num_points())
        }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        tick(*value)
    }
}

/// The axis of the rows, from the top, each with its label in the middle.
struct Rows(Vec<String>);

impl Ranged for Rows {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (bottom, top): (i32, i32)) -> i32 {
        top + (value / self.0.len().max(1) as f64 * f64::from(bottom - top)).round() as i32
    }

    fn key_points<H: KeyPointHint>(&self, _: H) -> Vec<f64> {
        (0..self.0.len()).map(|row| row as f64 + 0.5).collect()
    }

    fn range(&self) -> Range<f64> {
        0.0..self.0.len() as f64
    }
}

impl ValueFormatter<f64> for Rows {
    fn format_ext(&self, value: &f64) -> String {
        self.0.get(*value as usize).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(scale: Scale, values: &[f64]) -> Plot {
        let mark = |at: &f64| Mark { of: Of::Anytempo, at: *at, line: None, solid: true };
        let rows = values.iter().map(|at| (format!("at <{at}>"), vec![mark(at)])).collect();
        Plot { caption: "A".into(), says: "B".into(), unit: "s", scale, reference: None, rows }
    }

    #[test]
    fn every_figure_has_a_mark_in_its_place() {
        for scale in [Scale::Linear, Scale::Log, Scale::Close] {
            let svg = plot(scale, &[1.0, 100.0, 10.0]).figure().into_string();
            let place = |circle: &str| circle.split('"').nth(1).and_then(|it| it.parse().ok());
            let places: Vec<u32> = svg.split("<circle cx=").skip(1).filter_map(place).collect();
            assert_eq!(places.len(), 3, "{svg}");
            assert!(places[0] < places[2] && places[2] < places[1], "{places:?}");
            assert!(svg.contains("at &lt;10&gt;") && !svg.contains("<10>"), "{svg}");
        }
    }

    #[test]
    fn nothing_is_no_plot() {
        for values in [&[][..], &[0.0], &[f64::NAN]] {
            assert_eq!(plot(Scale::Log, values).figure().into_string(), "");
        }
    }

    #[test]
    fn marks_of_a_logarithmic_axis_are_round() {
        let points = |range: Range<f64>| Axis { range, log: true }.powers(6);
        assert_eq!(points(0.9..40.0), [1.0, 2.0, 5.0, 10.0, 20.0]);
        assert_eq!(points(0.9..2000.0), [1.0, 10.0, 100.0, 1000.0]);
    }
}
