//! `[look]`: where the question stands and what it looks like there. Colours, corners and fonts are the page's own style's.

use serde::{Deserialize, Serialize};

use super::SiteError;

/// Style sheets of what the common one, `www/loader/banner.css`, does not do: that is a box at the bottom left.
const RIGHT: &str = include_str!("../../../www/loader/looks/right.css");
const MIDDLE: &str = include_str!("../../../www/loader/looks/middle.css");
const TOP: &str = include_str!("../../../www/loader/looks/top.css");
const BAR: &str = include_str!("../../../www/loader/looks/bar.css");
const BAR_TOP: &str = include_str!("../../../www/loader/looks/bar-top.css");
const CARD: &str = include_str!("../../../www/loader/looks/card.css");

/// The table's members.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LookConfig {
    layout: Layout,
    position: Option<Position>,
    reopen: Reopen,
}

/// The banner's form.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Layout {
    /// A box at an edge or in a corner.
    #[default]
    Box,
    /// Along an edge, as wide as the window.
    Bar,
    /// In the middle, with the page dimmed around it.
    Card,
}

/// Where a box or a bar stands. Left is left, in whatever direction the page is written.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Position {
    BottomLeft,
    Bottom,
    BottomRight,
    TopLeft,
    Top,
    TopRight,
}

/// The corner of the control that opens the settings again.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reopen {
    /// Nowhere: the page has a link of its own.
    #[default]
    None,
    /// `bottom-left`
    BottomLeft,
    /// `bottom-right`
    BottomRight,
    /// `top-left`
    TopLeft,
    /// `top-right`
    TopRight,
}

/// What a site's scripts know of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    /// The banner's style beside the common one.
    pub(crate) style: String,
    /// The control that opens the settings again.
    pub(crate) reopen: Reopen,
}

impl Reopen {
    /// Is there such a control?
    pub(crate) fn is_there(self) -> bool {
        !matches!(self, Self::None)
    }
}

impl LookConfig {
    /// The style sheets that it takes, one after the other.
    pub(super) fn compose(&self) -> Result<Look, SiteError> {
        use Position::{Bottom, BottomLeft, BottomRight, Top, TopLeft, TopRight};
        let sheets: &[&str] = match (self.layout, self.position) {
            (Layout::Box, None | Some(BottomLeft)) => &[],
            (Layout::Box, Some(Bottom)) => &[MIDDLE],
            (Layout::Box, Some(BottomRight)) => &[RIGHT],
            (Layout::Box, Some(TopLeft)) => &[TOP],
            (Layout::Box, Some(Top)) => &[MIDDLE, TOP],
            (Layout::Box, Some(TopRight)) => &[RIGHT, TOP],
            (Layout::Bar, None | Some(Bottom)) => &[BAR],
            (Layout::Bar, Some(Top)) => &[BAR, BAR_TOP],
            (Layout::Bar, Some(corner)) => {
                return Err(misplaced(
                    corner,
                    "a bar is at the \"bottom\" or at the \"top\"",
                ));
            }
            (Layout::Card, None) => &[CARD],
            (Layout::Card, Some(place)) => {
                return Err(misplaced(
                    place,
                    "a card is always in the middle; take position out",
                ));
            }
        };
        Ok(Look {
            style: sheets.iter().copied().map(shorter).collect(),
            reopen: self.reopen,
        })
    }
}

fn misplaced(position: Position, wanted: &'static str) -> SiteError {
    let name = toml::Value::try_from(position).ok();
    SiteError::Value {
        what: "look.position",
        value: name
            .as_ref()
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        wanted,
    }
}

/// A sheet on one line. Ours have neither comments nor strings, and break lines only where a space means nothing.
fn shorter(sheet: &str) -> String {
    sheet.lines().map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(text: &str) -> Result<Look, SiteError> {
        toml::from_str::<LookConfig>(text).unwrap().compose()
    }

    #[test]
    fn the_default_costs_nothing_and_is_a_box_at_the_bottom_left() {
        for text in ["", "layout = \"box\"", "position = \"bottom-left\""] {
            let look = composed(text).unwrap();
            assert_eq!(look.style, "", "{text}");
            assert!(!look.reopen.is_there(), "{text}");
        }
    }

    #[test]
    fn every_place_of_every_layout_has_its_own_style() {
        let places = ["bottom", "bottom-right", "top-left", "top", "top-right"];
        let boxes = places.map(|place| format!("position = {place:?}"));
        let others = [
            "layout = \"bar\"",
            "layout = \"bar\"\nposition = \"top\"",
            "layout = \"card\"",
        ];
        let all: std::collections::BTreeSet<String> = boxes
            .iter()
            .map(String::as_str)
            .chain(others)
            .map(|text| composed(text).unwrap().style)
            .collect();
        assert_eq!(all.len(), boxes.len() + others.len());
        for style in all {
            assert_eq!(
                style.matches('{').count(),
                style.matches('}').count(),
                "{style}"
            );
            assert!(
                !style.contains(['\n', '"', '\'']) || style.contains("[role=\"region\"]"),
                "{style}"
            );
        }
        assert_eq!(
            composed("layout = \"bar\"").unwrap().style,
            composed("layout = \"bar\"\nposition = \"bottom\"")
                .unwrap()
                .style
        );
    }

    #[test]
    fn a_control_has_a_corner() {
        for corner in ["bottom-left", "bottom-right", "top-left", "top-right"] {
            assert!(
                composed(&format!("reopen = {corner:?}"))
                    .unwrap()
                    .reopen
                    .is_there()
            );
        }
        assert!(toml::from_str::<LookConfig>("reopen = \"bottom\"").is_err());
    }

    #[test]
    fn what_cannot_be_is_said() {
        let said = |text: &str| composed(text).unwrap_err().to_string();
        assert_eq!(
            said("layout = \"bar\"\nposition = \"top-left\""),
            "site.toml: look.position is \"top-left\"; a bar is at the \"bottom\" or at the \"top\""
        );
        assert_eq!(
            said("layout = \"card\"\nposition = \"top\""),
            "site.toml: look.position is \"top\"; a card is always in the middle; take position out"
        );
        for unknown in [
            "layout = \"modal\"",
            "position = \"left\"",
            "colour = \"red\"",
        ] {
            let error = toml::from_str::<LookConfig>(unknown)
                .unwrap_err()
                .to_string();
            assert!(error.contains("expected"), "{error}");
        }
    }
}
