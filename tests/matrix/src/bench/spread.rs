use serde::{Deserialize, Serialize};

/// A number of values of the same thing: the one in the middle, and the ones at the ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The smallest.
    pub least: f64,
    /// Half of them are not above it, half not below.
    pub median: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// `None` of nothing, and where a value is no number.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        if values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let (below, above) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { least, median: below.midpoint(above), most })
    }

    /// How far the ends are apart, on either side of the middle, as a part of it.
    pub fn noise(&self) -> f64 {
        if self.median == 0.0 { 0.0 } else { (self.most - self.least) / 2.0 / self.median }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle() {
        let spread = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[1.0, f64::NAN]), None);
        assert_eq!(spread(&[1.0 / 0.0]), None);
        assert_eq!(spread(&[7.0]), Some(Spread { least: 7.0, median: 7.0, most: 7.0 }));
        assert_eq!(spread(&[3.0, 1.0]), Some(Spread { least: 1.0, median: 2.0, most: 3.0 }));
        let three = Spread { least: 1.0, median: 2.0, most: 9.0 };
        assert_eq!(spread(&[9.0, 1.0, 2.0]), Some(three));
        assert_eq!(three.noise(), 2.0);
    }

    #[test]
    fn nothing_is_no_noise() {
        assert_eq!(Spread { least: 0.0, median: 0.0, most: 0.0 }.noise(), 0.0);
    }
}
