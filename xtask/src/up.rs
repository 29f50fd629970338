//! The demo site, built and served.

use crate::failure::Failure;
use crate::{assets, e2e, place};
use std::net::TcpListener;
use std::process::Command;

/// Where to listen and where to keep the store.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    listen: String,
    data: String,
}

/// Builds everything and serves until Ctrl-C.
pub(crate) fn up(arguments: &[String]) -> Result<(), Failure> {
    let options = options(arguments)?;
    // Before the build, which takes minutes on a new machine.
    free(&options.listen)?;
    assets::build()?;
    e2e::build_server()?;
    free(&options.listen)?;

    let site = format!("http://{}", options.listen);
    println!("\nThe demo site is ready. Open");
    println!("  {site}/                the company's site: the banner, the forms");
    println!("  {site}/policy/jetcrm   its policy, for readers without JavaScript");
    println!("Decisions are kept in {}. Ctrl-C ends.\n", options.data);
    serve(
        Command::new(place::server())
            .current_dir(place::root())
            .args([
                "serve",
                "--listen",
                &options.listen,
                "--data",
                &options.data,
            ])
            .args(["--site", "www/sites/jetcrm", "--pages", "www/demo"]),
    )
}

fn options(arguments: &[String]) -> Result<Options, Failure> {
    let mut options = Options {
        listen: "127.0.0.1:8080".to_owned(),
        data: "target/demo-data".to_owned(),
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), words.next().cloned()),
        };
        let value = value.ok_or_else(|| Failure::Usage(format!("{name} needs a value")))?;
        match name {
            "--listen" => options.listen = value,
            "--data" => options.data = value,
            _ => {
                return Err(Failure::Usage(format!(
                    "`up` knows --listen ADDRESS and --data FOLDER, not {name}"
                )));
            }
        }
    }
    Ok(options)
}

fn free(address: &str) -> Result<(), Failure> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(source) => Err(Failure::PortInUse {
            address: address.to_owned(),
            source,
        }),
    }
}

/// Becomes the server, so that Ctrl-C reaches it alone and its answer is ours.
#[cfg(unix)]
fn serve(server: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;
    let source = server.exec();
    Err(Failure::Start {
        command: crate::command::shown(server),
        source,
    })
}

/// Waits for the server.
#[cfg(not(unix))]
fn serve(server: &mut Command) -> Result<(), Failure> {
    crate::command::run(server)
}

#[cfg(test)]
mod tests {
    use super::{free, options};
    use crate::failure::Failure;
    use std::net::TcpListener;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_come_with_a_space_or_an_equals_sign() {
        let options = options(&words("--listen 127.0.0.1:9 --data=x")).unwrap();
        assert_eq!(
            (options.listen.as_str(), options.data.as_str()),
            ("127.0.0.1:9", "x")
        );
    }

    #[test]
    fn an_unknown_option_and_a_missing_value_are_named() {
        let unknown = options(&words("--port 1")).unwrap_err().to_string();
        assert!(unknown.contains("--port"), "{unknown}");
        let missing = options(&words("--data")).unwrap_err().to_string();
        assert!(missing.contains("--data needs a value"), "{missing}");
    }

    #[test]
    fn a_port_in_use_is_said_in_one_sentence() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let failure = free(&address).unwrap_err();
        assert!(matches!(failure, Failure::PortInUse { .. }));
        assert!(
            failure
                .to_string()
                .starts_with(&format!("{address} is in use")),
            "{failure}"
        );
    }
}
