//! The question in every place and form that a site may choose: whole at every size, still, and fair.

use raspiska_tests::{Visitor, World, mark, wait};
use serde_json::{Value, json};

/// What `[look]` may say: each layout, each place.
pub(super) const LOOKS: [(&str, &str); 9] = [
    ("box", ""),
    ("box-bottom", "position = \"bottom\""),
    ("box-bottom-right", "position = \"bottom-right\""),
    ("box-top-left", "position = \"top-left\""),
    ("box-top", "position = \"top\""),
    ("box-top-right", "position = \"top-right\""),
    ("bar", "layout = \"bar\""),
    ("bar-top", "layout = \"bar\"\nposition = \"top\""),
    ("card", "layout = \"card\""),
];

/// A telephone of the smallest kind, one that lies on its side, a window of 1280 × 800 at 200 %, the same at 100 %, and the largest screen.
const SIZES: [(u32, u32); 5] = [
    (320, 640),
    (667, 320),
    (640, 400),
    (1280, 800),
    (3840, 2160),
];

/// The operator's hand: one look after the other in the same `site.toml`.
pub(super) struct Operator<'a> {
    world: &'a World,
    look: String,
}

impl<'a> Operator<'a> {
    /// Before anything is chosen.
    pub(super) fn of(world: &'a World) -> Self {
        Self {
            world,
            look: "[banner.ru]".to_owned(),
        }
    }

    /// Chooses a look, and lets the visitor forget what the browser has kept of the last one.
    pub(super) async fn chooses(&mut self, look: &str, visitor: &Visitor) {
        let table = format!("[look]\n{look}\n\n[banner.ru]");
        let change = [("site.toml", self.look.as_str(), table.as_str())];
        self.world.changes_site(&change).await;
        self.look = table;
        visitor.forgets_files().await;
    }
}

/// What is wrong with the banner as it stands on the screen: nothing.
const FAULTS: &str = r"
    const [refuse, give, more, card] = [arguments[0], arguments[1], arguments[2], arguments[3]].map((mark) => find(mark)[0]);
    const faults = [];
    const [a, b] = [refuse, give].map((node) => node.getBoundingClientRect());
    for (const side of ['top', 'width', 'height'])
      if (Math.abs(a[side] - b[side]) > 0.5) faults.push(`${side}: ${a[side]} and ${b[side]}`);
    const [x, y] = [refuse, give].map((node) => getComputedStyle(node));
    for (const name of ['color', 'backgroundColor', 'borderColor', 'borderWidth', 'borderRadius', 'fontSize', 'fontWeight', 'fontFamily', 'opacity', 'textDecorationLine', 'boxShadow'])
      if (x[name] !== y[name]) faults.push(`${name}: ${x[name]} and ${y[name]}`);
    const frame = card.getBoundingClientRect();
    if (frame.left < -0.5 || frame.top < -0.5 || frame.right > innerWidth + 0.5 || frame.bottom > innerHeight + 0.5)
      faults.push(`outside of the window: ${JSON.stringify(frame)}`);
    if (card.scrollWidth > card.clientWidth) faults.push('wider than itself');
    if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
    for (const button of [refuse, give, more]) {
      button.scrollIntoView({ block: 'nearest', behavior: 'instant' });
      const at = button.getBoundingClientRect();
      if (at.height < 44 || at.width < 44) faults.push(`small: ${button.innerText}`);
      if (button.scrollWidth > button.clientWidth || button.scrollHeight > button.clientHeight) faults.push(`cut off: ${button.innerText}`);
      const hit = card.getRootNode().elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
      if (hit !== button) faults.push(`out of reach: ${button.innerText}`);
    }
    card.scrollTop = 0;
    return faults;
";

async fn stands_well(visitor: &Visitor, view: &str) {
    let marks = [
        mark::REFUSE_ALL,
        mark::GIVE_ALL,
        mark::PREFERENCES,
        mark::BANNER,
    ];
    let faults: Vec<String> = visitor
        .evaluates(FAULTS, &marks.map(|mark| json!(mark)))
        .await;
    assert!(faults.is_empty(), "{view}: {faults:#?}");
}

#[tokio::test]
async fn refusing_weighs_as_much_as_giving_in_every_look_at_every_size() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        let mut operator = Operator::of(world);
        for (name, look) in LOOKS {
            operator.chooses(look, &visitor).await;
            for (width, height) in SIZES {
                visitor.looks_at(width, height, "light").await;
                visitor.opens("/").await;
                visitor.sees(mark::BANNER).await;
                visitor.settles().await;
                stands_well(&visitor, &format!("{name}, {width} × {height}")).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_ticked_before_a_person_ticks_it() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        visitor.opens_preferences().await;
        for category in ["analytics", "ads", "media"] {
            visitor.presses(&mark::services(category)).await;
        }
        for purpose in [
            "analytics",
            "ads",
            "media",
            "analytics/counter",
            "ads/pixel",
            "media/video",
        ] {
            assert!(!visitor.is_switched_on(purpose).await, "{purpose} is off");
        }
        visitor.closes_dialog().await;
        visitor.sees(mark::BANNER).await;
    })
    .await;
}

/// Frames as pages have them: in a line, on lines of their own, as wide as there is room; and something below that could move.
const FRAMES: &str = r#"<!doctype html>
<html lang="ru">
<head>
  <script src="/s/jetcrm/raspiska.js"></script>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Ролики</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/frames.css">
</head>
<body>
  <h1>Ролики</h1>
  <iframe title="Первый" width="320" height="180" data-category="media" data-src="/gate/frame.html"></iframe>
  <p>После первого</p>
  <p>В строке <iframe title="Второй" width="400" height="220" data-category="media" data-src="/gate/frame.html"></iframe> слово</p>
  <iframe title="Третий" class="wide" data-category="media" data-src="/gate/frame.html"></iframe>
  <p>После третьего</p>
</body>
</html>
"#;

#[tokio::test]
async fn nothing_moves_when_the_question_and_the_placeholders_come() {
    World::tell(async |world| {
        world.adds_page("frames.html", FRAMES);
        world.adds_page(
            "frames.css",
            ".wide { display: block; width: 100%; height: 240px; border: 0; }",
        );
        let visitor = world.visitor().await;
        let mut operator = Operator::of(world);
        visitor
            .starts_pages_with(
                "window.shifts = [];
                 new PerformanceObserver((list) => list.getEntries().forEach(({ sources }) => shifts.push(...sources.map(({ node, previousRect, currentRect }) =>
                   `${node && (node.outerHTML || node.data)}: ${JSON.stringify(previousRect)} became ${JSON.stringify(currentRect)}`))))
                   .observe({ type: 'layout-shift', buffered: true });",
            )
            .await;
        for (name, look) in LOOKS {
            let look = format!("{look}\nreopen = \"bottom-right\"");
            operator.chooses(&look, &visitor).await;
            // The page is painted before the placeholders' module is here.
            visitor.has_a_slow_network().await;
            visitor.opens("/frames.html").await;
            visitor.sees(mark::BANNER).await;
            wait::equal("placeholders", 3, async || {
                visitor.count("raspiska-hold >>> section").await
            })
            .await;
            visitor.settles().await;
            visitor.is_idle().await;
            let shifts: Vec<String> = visitor.evaluates("return shifts", &[]).await;
            assert!(shifts.is_empty(), "{name}: the page moved: {shifts:#?}");
        }
    })
    .await;
}

/// A page that is written from right to left, with the question in a language that is not.
const RIGHT_TO_LEFT: &str = r#"<!doctype html>
<html lang="ru" dir="rtl">
<head>
  <script src="/s/jetcrm/raspiska.js"></script>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>RTL</title>
  <link rel="icon" href="/favicon.svg" type="image/svg+xml">
</head>
<body>
  <main>
    <h1>RTL</h1>
    <iframe title="Ролик" width="320" height="180" data-category="media" data-service="video" data-src="/gate/frame.html"></iframe>
    <button type="button" data-raspiska="preferences">Настройки cookie</button>
  </main>
</body>
</html>
"#;

#[tokio::test]
async fn a_page_from_right_to_left_is_asked_in_the_direction_of_the_words() {
    World::tell(async |world| {
        world.adds_page("rtl.html", RIGHT_TO_LEFT);
        let visitor = world.visitor().await;
        let mut operator = Operator::of(world);
        for (name, look) in [LOOKS[0], LOOKS[2], LOOKS[6], LOOKS[8]] {
            operator.chooses(look, &visitor).await;
            visitor.looks_at(1280, 800, "light").await;
            visitor.opens("/rtl.html").await;
            visitor.sees(mark::BANNER).await;
            visitor.sees("raspiska-hold >>> section").await;
            visitor.settles().await;
            stands_well(&visitor, &format!("{name}, from right to left")).await;
            for part in [mark::BANNER, "raspiska-hold >>> section"] {
                let direction: String = visitor
                    .evaluates(
                        "return getComputedStyle(find(arguments[0])[0]).direction",
                        &[json!(part)],
                    )
                    .await;
                assert_eq!(direction, "ltr", "{name}: {part}");
            }
        }
        visitor.opens_preferences().await;
        let direction: String = visitor
            .evaluates(
                "return getComputedStyle(find(arguments[0])[0]).direction",
                &[json!(mark::DIALOG)],
            )
            .await;
        assert_eq!(direction, "ltr");
    })
    .await;
}

#[tokio::test]
async fn a_card_leaves_the_page_to_the_person() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        Operator::of(world).chooses("layout = \"card\"", &visitor).await;
        visitor.looks_at(1280, 800, "light").await;
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        let at: Value = visitor
            .evaluates(
                "const link = document.querySelector('header a, nav a, a');
                 const { left, top, width, height } = link.getBoundingClientRect();
                 return [document.activeElement === document.body, document.elementFromPoint(left + width / 2, top + height / 2) !== document.querySelector('#raspiska')]",
                &[],
            )
            .await;
        assert_eq!(at, json!([true, true]), "it takes no focus and no click beside it");
    })
    .await;
}

/// What a system's settings change: contrast, forced colours, motion, paper.
#[tokio::test]
async fn the_systems_wishes_are_followed() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        let style = async |selector: &str, name: &str| -> String {
            visitor
                .evaluates(
                    "return getComputedStyle(find(arguments[0])[0])[arguments[1]]",
                    &[json!(selector), json!(name)],
                )
                .await
        };
        let wish = async |name: &str, value: &str| {
            let features = json!({ "features": [{ "name": name, "value": value }] });
            visitor
                .devtools("Emulation.setEmulatedMedia", features)
                .await;
        };
        wish("prefers-reduced-motion", "reduce").await;
        assert_eq!(style(mark::BANNER, "animationName").await, "none");
        wish("prefers-reduced-motion", "no-preference").await;
        assert_eq!(style(mark::BANNER, "animationName").await, "rise");
        visitor.has_forced_colours().await;
        let border = style(mark::REFUSE_ALL, "borderTopColor").await;
        let ground = style(mark::BANNER, "backgroundColor").await;
        assert_ne!(
            border, ground,
            "a button has an edge where backgrounds are the system's"
        );
        wish("prefers-contrast", "more").await;
        let quiet = format!("{} >>> p", mark::BANNER);
        assert_eq!(
            style(&quiet, "color").await,
            style(mark::BANNER, "color").await,
            "nothing is grey where contrast is asked for"
        );
        visitor
            .devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await;
        assert_eq!(visitor.count(mark::BANNER).await, 0, "paper is not asked");
    })
    .await;
}

#[tokio::test]
async fn the_question_is_painted_before_anything_is_swept_or_sent() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        // Each of these waits for another process. `painted` comes after the frame that the question is in.
        visitor
            .starts_pages_with(
                "window.story = [];
                 const tells = (object, name, kind, what) => {
                   const own = Object.getOwnPropertyDescriptor(object, name);
                   const of = own[kind];
                   Object.defineProperty(object, name, { ...own, [kind](...args) { story.push(what); return of.apply(this, args); } });
                 };
                 tells(Document.prototype, 'cookie', 'get', 'cookies');
                 tells(window, 'sessionStorage', 'get', 'storage');
                 tells(Navigator.prototype, 'sendBeacon', 'value', 'count');
                 const look = () => requestAnimationFrame(() => {
                   if (!document.querySelector('#raspiska')) return look();
                   const { port1, port2 } = new MessageChannel();
                   port1.onmessage = () => story.push('painted');
                   port2.postMessage(0);
                 });
                 look();",
            )
            .await;
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        wait::equal("all of it", 4, async || {
            let told: Vec<String> = visitor.evaluates("return [...new Set(story)]", &[]).await;
            told.len()
        })
        .await;
        let told: Vec<String> = visitor.evaluates("return story", &[]).await;
        assert_eq!(told[0], "painted", "{told:?}");
    })
    .await;
}
