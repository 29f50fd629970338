//! JavaScript without what only people need.

use crate::failure::Failure;
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

/// How a page loads the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `<script src>`
    Script,
    /// `import()`
    Module,
}

/// The same program, shorter. `file` names it in an error.
pub(crate) fn minify(file: &str, source: &str, kind: Kind) -> Result<String, Failure> {
    let allocator = Allocator::default();
    let source_type = match kind {
        Kind::Script => SourceType::script(),
        Kind::Module => SourceType::mjs(),
    };
    let parsed = Parser::new(&allocator, source, source_type).parse();
    let mut program = parsed.program;
    // What only a browser would say otherwise: a name declared twice, as one that a module is given and has itself.
    let checked = SemanticBuilder::new()
        .with_check_syntax_error(true)
        .build(&program);
    let first = parsed.diagnostics.first();
    if let Some(first) = first.or(checked.diagnostics.first()) {
        return Err(Failure::Script {
            file: file.to_owned(),
            message: format!("{:?}", first.clone().with_source_code(source.to_owned())),
        });
    }
    let minified = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program);
    let code = Codegen::new()
        .with_options(CodegenOptions::minify())
        .with_scoping(minified.scoping)
        .build(&program)
        .code;
    Ok(code.to_string())
}

/// The names that a script uses and does not declare.
#[cfg(test)]
pub(crate) fn free_names(source: &str, kind: Kind) -> Vec<String> {
    let allocator = Allocator::default();
    let source_type = match kind {
        Kind::Script => SourceType::script(),
        Kind::Module => SourceType::mjs(),
    };
    let mut program = Parser::new(&allocator, source, source_type).parse().program;
    let minified = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program);
    let scoping = minified.scoping.expect("names were resolved");
    let free = scoping.root_unresolved_references();
    free.keys().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, minify};

    #[test]
    fn names_and_spaces_go() {
        let code =
            "(() => {\n  // why\n  const first = window.a;\n  window.b = [first, first];\n})();";
        let short = minify("a.js", code, Kind::Script).unwrap();
        assert!(short.len() < 50, "{short}");
        assert!(
            !short.contains("first") && !short.contains("why"),
            "{short}"
        );
    }

    #[test]
    fn a_name_declared_twice_is_an_error() {
        let code =
            "export default (core) => { const { load } = core; const load = 1; return load; };";
        let error = minify("a.js", code, Kind::Module).unwrap_err();
        assert!(error.to_string().contains("load"), "{error}");
    }

    #[test]
    fn exports_keep_their_names() {
        let short = minify(
            "a.js",
            "function longName(x) { return x; }\nexport { longName };",
            Kind::Module,
        )
        .unwrap();
        assert!(short.contains("longName"), "{short}");
    }

    #[test]
    fn an_error_names_the_file() {
        let error = minify("loader/gate.js", "const = 1;", Kind::Script).unwrap_err();
        assert!(error.to_string().contains("loader/gate.js"), "{error}");
    }
}
