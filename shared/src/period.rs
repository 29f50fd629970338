//! Calendar periods of retention, written as in ISO 8601: `P30D`, `P6M`, `P3Y`.

use alloc::{
    format,
    string::{String, ToString},
};
use core::{fmt, str::FromStr};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A number of days, months or years; one unit, never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Calendar days, 1–999.
    Days(u16),
    /// Calendar months, 1–999.
    Months(u16),
    /// Calendar years, 1–999.
    Years(u16),
}

/// The text is not a period of one unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a period: write P<number>D, M or Y, e.g. P30D, with a number from 1 to 999")]
pub struct PeriodError(String);

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let fault = || PeriodError(text.to_string());
        let body = text.strip_prefix('P').ok_or_else(fault)?;
        let (number, unit) = body
            .split_at_checked(body.len().saturating_sub(1))
            .ok_or_else(fault)?;
        let count: u16 = number.parse().map_err(|_| fault())?;
        // Printing the number back refuses "+5" and "05".
        if !(1..=999).contains(&count) || count.to_string() != number {
            return Err(fault());
        }
        match unit {
            "D" => Ok(Self::Days(count)),
            "M" => Ok(Self::Months(count)),
            "Y" => Ok(Self::Years(count)),
            _ => Err(fault()),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(count) => write!(f, "P{count}D"),
            Self::Months(count) => write!(f, "P{count}M"),
            Self::Years(count) => write!(f, "P{count}Y"),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{self}"))
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_period_prints_as_it_was_written() {
        for text in ["P30D", "P6M", "P3Y", "P999D"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "", "P", "30D", "P0D", "P05D", "P+5D", "P1000D", "P1W", "P1Y6M", "PD", "Pд",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text:?}");
        }
    }
}
