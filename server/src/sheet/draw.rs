//! Writes what is set: pages, tags, outline, and what the formats want to be said of a document.

use std::num::NonZeroU16;

use krilla::{
    Document, SerializeSettings,
    color::luma,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup,
        TagTree,
    },
};

use super::{About, HEIGHT, Ink, LEFT, MM, Part, RIGHT, Row, Sheet, SheetError, Style, WIDTH};

/// The letters at the foot of a page.
const FOOT: Style = Style {
    size: 8.0,
    bold: false,
};

/// How thick a rule is, in points.
const RULE: f32 = 0.4;

pub(super) fn file(sheet: &Sheet, about: &About<'_>) -> Result<Vec<u8>, SheetError> {
    let mut document = empty()?;
    let mut leaves = Vec::new();
    for (number, page) in sheet.pages.iter().enumerate() {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(refused)?;
        let mut paper = document.start_page_with(size);
        let mut surface = paper.surface();
        for ink in page {
            leaves.extend(put(sheet, &mut surface, ink));
        }
        let foot = format!(
            "{} · стр. {} из {}",
            about.foot,
            number + 1,
            sheet.pages.len()
        );
        let foot = sheet.regular.readable(&foot);
        let x = WIDTH - RIGHT - sheet.regular.width(&foot) * FOOT.size;
        decoration(&mut surface, ArtifactType::Footer, |surface| {
            letters(sheet, surface, &foot, (x, HEIGHT - 12.0 * MM), FOOT);
        });
        surface.finish();
        paper.finish();
    }
    document.set_outline(outline(sheet));
    document.set_tag_tree(tags(sheet, &leaves, about));
    document.set_metadata(metadata(about));
    sealed(document)
}

pub(super) fn empty() -> Result<Document, SheetError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish();
    Ok(Document::new_with(SerializeSettings {
        configuration: configuration.map_err(|_| refused())?,
        ..SerializeSettings::default()
    }))
}

/// The bytes, if they keep what the formats promise.
pub(super) fn sealed(document: Document) -> Result<Vec<u8>, SheetError> {
    let written = document.finish();
    written.map_err(|error| SheetError::Refused(format!("{error:?}")))
}

fn refused() -> SheetError {
    SheetError::Refused("its settings".to_owned())
}

/// Draws it; the identifier of a line of the document.
fn put(sheet: &Sheet, surface: &mut Surface<'_>, ink: &Ink) -> Option<Identifier> {
    match ink {
        Ink::Line {
            text,
            x,
            y,
            style,
            leaf: true,
        } => {
            let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            letters(sheet, surface, text, (*x, *y), *style);
            surface.end_tagged();
            return Some(id);
        }
        Ink::Line {
            text, x, y, style, ..
        } => decoration(surface, ArtifactType::PaginationOther, |surface| {
            letters(sheet, surface, text, (*x, *y), *style);
        }),
        Ink::Rule { x, y, width } => decoration(surface, ArtifactType::Layout, |surface| {
            rule(surface, *x, *y, *width);
        }),
    }
    None
}

/// Something that is no part of what the document says.
fn decoration(surface: &mut Surface<'_>, kind: ArtifactType, draw: impl FnOnce(&mut Surface<'_>)) {
    let _none = surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    draw(surface);
    surface.end_tagged();
}

fn letters(sheet: &Sheet, surface: &mut Surface<'_>, text: &str, at: (f32, f32), style: Style) {
    let face = sheet.face(style);
    surface.set_stroke(None);
    surface.set_fill(Some(Fill {
        paint: luma::Color::black().into(),
        opacity: NormalizedF32::ONE,
        rule: krilla::paint::FillRule::default(),
    }));
    let glyphs = face.glyphs(text);
    let start = Point::from_xy(at.0, at.1);
    surface.draw_glyphs(start, &glyphs, face.font.clone(), text, style.size, false);
}

fn rule(surface: &mut Surface<'_>, x: f32, y: f32, width: f32) {
    let mut path = PathBuilder::new();
    path.move_to(x, y);
    path.line_to(x + width, y);
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: luma::Color::new(110).into(),
        width: RULE,
        ..Stroke::default()
    }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn outline(sheet: &Sheet) -> Outline {
    let mut outline = Outline::new();
    for (text, page, y) in &sheet.headings {
        let place = XyzDestination::new(*page, Point::from_xy(LEFT, *y));
        outline.push_child(OutlineNode::new(text.clone(), place));
    }
    outline
}

fn tags(sheet: &Sheet, leaves: &[Identifier], about: &About<'_>) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(about.lang.to_owned()));
    for part in &sheet.parts {
        tree.push(match part {
            Part::Heading(level, title, own) => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                lines(
                    TagGroup::new(Tag::Hn(level, Some(title.clone()))),
                    own,
                    leaves,
                )
            }
            Part::Paragraph(own) => lines(TagGroup::new(Tag::P), own, leaves),
            Part::Table(rows) => table(rows, leaves),
        });
    }
    tree
}

fn table(rows: &[Row], leaves: &[Identifier]) -> TagGroup {
    let mut table = TagGroup::new(Tag::Table);
    let (head, body) = (
        rows.iter().filter(|row| row.head),
        rows.iter().filter(|row| !row.head),
    );
    let mut group = TagGroup::new(Tag::THead);
    let mut titled = false;
    for row in head {
        group.push(cells(row, leaves));
        titled = true;
    }
    if titled {
        table.push(group);
    }
    let mut group = TagGroup::new(Tag::TBody);
    for row in body {
        group.push(cells(row, leaves));
    }
    table.push(group);
    table
}

fn cells(row: &Row, leaves: &[Identifier]) -> TagGroup {
    let mut group = TagGroup::new(Tag::TR);
    for (at, own) in row.cells.iter().enumerate() {
        let cell = if row.head {
            TagGroup::new(Tag::TH(TableHeaderScope::Column))
        } else if row.first_is_head && at == 0 {
            TagGroup::new(Tag::TH(TableHeaderScope::Row))
        } else {
            TagGroup::new(Tag::TD)
        };
        group.push(lines(cell, own, leaves));
    }
    group
}

fn lines(mut group: TagGroup, own: &[usize], leaves: &[Identifier]) -> TagGroup {
    for id in own.iter().filter_map(|at| leaves.get(*at)) {
        group.push(*id);
    }
    group
}

fn metadata(about: &About<'_>) -> Metadata {
    let metadata = Metadata::new()
        .title(about.title.to_owned())
        .language(about.lang.to_owned());
    let moment = i64::try_from(about.time)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let Some(moment) = moment else {
        return metadata;
    };
    let moment = jiff::tz::Offset::UTC.to_datetime(moment);
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    let date = DateTime::new(u16::try_from(moment.year()).unwrap_or_default())
        .month(part(moment.month()))
        .day(part(moment.day()))
        .hour(part(moment.hour()))
        .minute(part(moment.minute()))
        .second(part(moment.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    metadata.creation_date(date)
}
