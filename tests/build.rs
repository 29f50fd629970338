//! Leaves out what cannot run: a story without a server would have nothing to tell.

fn main() {
    for (variable, cfg) in [
        ("RASPISKA_BIN", "server_at_hand"),
        ("RASPISKA_SHOTS", "pictures_wanted"),
    ] {
        println!("cargo::rerun-if-env-changed={variable}");
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        if std::env::var_os(variable).is_some() {
            println!("cargo::rustc-cfg={cfg}");
        }
    }
}
