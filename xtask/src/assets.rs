//! What the browser gets: widget and verifier as Wasm, each with its script, named by content and compressed, and the loader.

use crate::command::{cargo, run};
use crate::failure::{Failure, at};
use crate::loader::{SCRIPTS, Script};
use crate::minify::{Kind, minify};
use crate::{place, std_sources, verify_page, wasm_target};
use brotli::enc::{BrotliEncoderParams, backward_references::BrotliEncoderMode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, UNIX_EPOCH};
use wasm_bindgen_cli_support::Bindgen;

/// `assets.json`: which files are the current ones.
#[derive(Serialize, Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The glue's file name.
    pub(crate) widget: String,
    /// The Wasm's file name.
    pub(crate) wasm: String,
    /// The script of the page that checks receipt files.
    pub(crate) verify: String,
    /// Its Wasm.
    pub(crate) verifier: String,
}

/// The file that says which files are current.
pub(crate) const MANIFEST: &str = "assets.json";
/// The folder of the scripts that the server completes for each site.
pub(crate) const SITE: &str = "site";

/// Compact hashing, panics without messages: see [`compile`].
const SMALL: &str = "--cfg sha2_backend=\"soft\" --cfg sha2_backend_soft=\"compact\" \
    -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none";

/// Builds what is out of date.
pub(crate) fn build() -> Result<(), Failure> {
    let widget = compile("raspiska-widget")?;
    let verifier = compile("raspiska-verifier")?;
    let folder = place::assets();
    fs::create_dir_all(&folder).map_err(at(&folder))?;

    let stamp = inputs(&[&widget, &verifier])?;
    let stamp_file = stamp_file();
    if fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) && complete(&folder) {
        println!("  target/www is up to date");
        return Ok(());
    }
    let began = Instant::now();
    write(&folder, widget, verifier)?;
    fs::write(&stamp_file, stamp).map_err(at(&stamp_file))?;
    println!(
        "  target/www written in {:.1} s",
        began.elapsed().as_secs_f32()
    );
    Ok(())
}

/// A crate as Wasm, compiled together with a standard library that is made for size.
///
/// A std that panics by aborting at once and prefers small code to fast takes an eighth off the Wasm, more than anything in the
/// widget's own hands. It needs switches that a stable compiler keeps behind `RUSTC_BOOTSTRAP`; the toolchain is pinned, so they
/// cannot change under us. Its own target folder keeps these flags from rebuilding what the tests use.
fn compile(package: &str) -> Result<Vec<u8>, Failure> {
    std_sources::ensure()?;
    let target = place::target().join("widget");
    // Alone: together with the server its dependencies would get the server's features, and grow.
    run(cargo()
        .args(["build", "--package", package, "--profile", "widget"])
        .args(["--target", wasm_target::TARGET])
        .args([
            "-Zbuild-std=std,panic_abort",
            "-Zbuild-std-features=optimize_for_size",
        ])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", SMALL)
        .env("CARGO_TARGET_DIR", &target))?;
    let built = target
        .join(wasm_target::TARGET)
        .join("widget")
        .join(package.replace('-', "_"))
        .with_extension("wasm");
    fs::read(&built).map_err(at(&built))
}

/// The list of current files.
pub(crate) fn manifest() -> Result<Manifest, Failure> {
    let path = place::assets().join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(at(&path))?;
    serde_json::from_str(&text).map_err(|error| Failure::Malformed {
        path,
        message: error.to_string(),
    })
}

/// Brotli at its best quality: the files are compressed once and sent many times. Now one of the encoder's two ways to count distances is
/// the shorter by tens of bytes, now the other; the server does the same with what it completes for a site.
pub(crate) fn brotli(bytes: &[u8]) -> Vec<u8> {
    [
        BrotliEncoderMode::BROTLI_MODE_GENERIC,
        BrotliEncoderMode::BROTLI_MODE_FONT,
    ]
    .into_iter()
    .map(|mode| {
        let parameters = BrotliEncoderParams {
            quality: 11,
            size_hint: bytes.len(),
            mode,
            ..BrotliEncoderParams::default()
        };
        let mut compressed = Vec::new();
        brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters)
            .expect("memory can be read and written");
        compressed
    })
    .min_by_key(Vec::len)
    .expect("there are two ways")
}

/// Beside the folder, not in it: the server embeds all that is in the folder.
fn stamp_file() -> PathBuf {
    place::assets().with_extension("stamp")
}

fn complete(folder: &Path) -> bool {
    manifest().is_ok_and(|manifest| {
        let wanted = current_files(&manifest);
        wanted.iter().all(|name| folder.join(name).is_file())
    })
}

fn current_files(manifest: &Manifest) -> Vec<String> {
    let named = [
        &manifest.widget,
        &manifest.wasm,
        &manifest.verify,
        &manifest.verifier,
    ];
    let mut files = vec![MANIFEST.to_owned()];
    files.extend(SCRIPTS.map(|script| format!("{SITE}/{}", script.name)));
    files.extend(named.iter().map(|name| name.to_string()));
    files.extend(named.iter().map(|name| format!("{name}.br")));
    files
}

/// One digest over everything that the folder's content follows from, this program included.
fn inputs(wasm: &[&[u8]]) -> Result<String, Failure> {
    let mut digest = Sha256::new();
    wasm.iter().for_each(|bytes| digest.update(bytes));
    let sources = SCRIPTS
        .iter()
        .flat_map(Script::sources)
        .map(|name| place::root().join("www/loader").join(name))
        .chain(verify_page::FRAGMENTS.map(|name| verify_page::folder().join(name)));
    for path in sources {
        digest.update(fs::read(&path).map_err(at(&path))?);
        digest.update([0]);
    }
    // By its time: hashing the program itself would take longer than the work that it saves.
    if let Ok(built) = std::env::current_exe()
        .and_then(fs::metadata)
        .and_then(|file| file.modified())
        && let Ok(since) = built.duration_since(UNIX_EPOCH)
    {
        digest.update(since.as_nanos().to_le_bytes());
    }
    Ok(hex(&digest.finalize()))
}

fn write(folder: &Path, widget: Vec<u8>, verifier: Vec<u8>) -> Result<(), Failure> {
    let (glue, wasm) = bind(widget, Kind::Module)?;
    let glue = minify("the glue", &glue, Kind::Module)?;
    let (verify, verifier) = bind(verifier, Kind::Script)?;
    let verify = verify_page::build(&verify)?;
    let manifest = Manifest {
        widget: format!("raspiska-{}.js", short_digest(glue.as_bytes())),
        wasm: format!("raspiska_bg-{}.wasm", short_digest(&wasm)),
        verify: format!("verify-{}.js", short_digest(verify.as_bytes())),
        verifier: format!("verifier-{}.wasm", short_digest(&verifier)),
    };
    for (name, bytes) in [
        (&manifest.widget, glue.as_bytes()),
        (&manifest.wasm, &wasm),
        (&manifest.verify, verify.as_bytes()),
        (&manifest.verifier, &verifier),
    ] {
        save(folder, name, bytes)?;
        save(folder, &format!("{name}.br"), &brotli(bytes))?;
    }
    let site = folder.join(SITE);
    fs::create_dir_all(&site).map_err(at(&site))?;
    for script in SCRIPTS {
        let built = script.build(&place::root().join("www/loader"))?;
        save(&site, script.name, built.as_bytes())?;
    }
    save(
        folder,
        MANIFEST,
        serde_json::json!(manifest).to_string().as_bytes(),
    )?;
    remove_others(folder, &current_files(&manifest))
}

/// The glue, as a module for `import()` or as a script that names it `wasm_bindgen`, and the Wasm that goes with it.
fn bind(wasm: Vec<u8>, kind: Kind) -> Result<(String, Vec<u8>), Failure> {
    let failed = |error| Failure::Bindgen(format!("{error:#}"));
    let mut bindgen = Bindgen::new();
    match kind {
        Kind::Module => bindgen.web(true),
        Kind::Script => bindgen.no_modules(true),
    }
    .map_err(failed)?;
    let mut output = bindgen
        .input_bytes("raspiska", wasm)
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .map_err(failed)?;
    // Every crate has its list of snippets, mostly an empty one.
    let inline = output
        .snippets()
        .iter()
        .filter(|(_, list)| !list.is_empty());
    let imported = inline
        .map(|(name, _)| name)
        .chain(output.local_modules().keys());
    if let Some(name) = imported.into_iter().next() {
        return Err(Failure::Snippet(name.clone()));
    }
    let glue = output.js().to_owned();
    Ok((glue, output.wasm_mut().emit_wasm()))
}

/// Unchanged files keep their times, and with them cargo's idea that the server is fresh.
fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = folder.join(name);
    if fs::read(&path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::write(&path, bytes).map_err(at(&path))
}

/// Files of earlier builds would be embedded too.
fn remove_others(folder: &Path, current: &[String]) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let known = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| current.iter().any(|wanted| wanted == name));
        if !known && path.is_file() {
            fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    Ok(())
}

fn short_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))[..16].to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every character");
        text
    })
}
