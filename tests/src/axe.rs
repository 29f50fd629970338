//! axe-core's opinion on what is on the screen.

use std::fs;

use serde::Deserialize;
use serde_json::json;

use crate::must;
use crate::place::told;
use crate::visitor::Visitor;

/// One rule that a page breaks.
#[derive(Clone, Debug, Deserialize)]
struct Violation {
    id: String,
    help: String,
    nodes: Vec<Node>,
}

/// Where it breaks it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    html: String,
    failure_summary: Option<String>,
}

impl Visitor {
    /// Nothing on the screen breaks a rule of WCAG 2.2 AA or a best practice, says axe-core.
    ///
    /// # Panics
    /// With every violation, where it is and what helps.
    pub async fn finds_it_accessible(&self, view: &str) {
        let script = must("axe.min.js", fs::read_to_string(told("AXE")));
        let _: Option<bool> = self
            .evaluates(&format!("if (!window.axe) {{ {script} }}"), &[])
            .await;
        let violations: Vec<Violation> = self
            .awaits(
                "const done = arguments[arguments.length - 1];
                 axe.run(document, { iframes: false, resultTypes: ['violations'], runOnly: arguments[0] })
                   .then((found) => done(found.violations), (error) => done([{ id: 'axe', help: String(error), nodes: [] }]))",
                &[json!(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])],
            )
            .await;
        let told: Vec<String> = violations
            .iter()
            .map(|Violation { id, help, nodes }| {
                let nodes: Vec<String> = nodes
                    .iter()
                    .map(|node| {
                        let summary = node.failure_summary.as_deref().unwrap_or_default();
                        format!(
                            "    {}\n      {}",
                            node.html,
                            summary.replace('\n', "\n      ")
                        )
                    })
                    .collect();
                format!("  {id}: {help}\n{}", nodes.join("\n"))
            })
            .collect();
        assert!(
            told.is_empty(),
            "{view} is not accessible:\n{}",
            told.join("\n")
        );
    }
}
