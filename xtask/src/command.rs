//! Running other programs, each shown before it runs.

use crate::failure::Failure;
use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The cargo that started us, so that a nested build uses the same toolchain.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::place::root());
    command
}

/// Runs to the end with the terminal's own input and output.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    announce(command);
    let status = command.status().map_err(start(command))?;
    if status.success() {
        return Ok(());
    }
    Err(ended(command, status))
}

/// Runs to the end with one line of input.
pub(crate) fn run_told(command: &mut Command, line: &str) -> Result<(), Failure> {
    announce(command);
    let mut child = command
        .stdin(Stdio::piped())
        .spawn()
        .map_err(start(command))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that does not listen says so itself, by its status.
        let _ = writeln!(input, "{line}");
    }
    let status = child.wait().map_err(start(command))?;
    if status.success() {
        return Ok(());
    }
    Err(ended(command, status))
}

/// Runs to the end, shows standard output line by line and hands each line to `each`.
/// The answer says whether the program was content.
pub(crate) fn follow(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool, Failure> {
    announce(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(start(command))?;
    if let Some(output) = child.stdout.take() {
        // A line that is not UTF-8 ends the listening, never the program.
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{line}");
            each(&line);
        }
    }
    let status = child.wait().map_err(start(command))?;
    Ok(status.success())
}

/// Asks a program something: its standard output, or nothing if it is missing or refuses.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs something that may hang on a network without an answer.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<(), Failure> {
    announce(command);
    let mut child = command
        .stdin(Stdio::null())
        .spawn()
        .map_err(start(command))?;
    let began = Instant::now();
    while began.elapsed() < limit {
        if let Some(status) = child.try_wait().map_err(start(command))? {
            return if status.success() {
                Ok(())
            } else {
                Err(ended(command, status))
            };
        }
        thread::sleep(Duration::from_millis(100));
    }
    // It may have ended in this very moment, which is as good.
    child.kill().ok();
    child.wait().map_err(start(command))?;
    Err(Failure::TooLong {
        command: shown(command),
        seconds: limit.as_secs(),
    })
}

/// Runs in silence; when it fails, what it said is shown, since it is the reason.
pub(crate) fn run_quietly(command: &mut Command) -> Result<(), Failure> {
    announce(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start(command))?;
    let mut said = String::new();
    if let Some(mut errors) = child.stderr.take() {
        errors.read_to_string(&mut said).ok();
    }
    let status = child.wait().map_err(start(command))?;
    if status.success() {
        return Ok(());
    }
    eprint!("{said}");
    Err(ended(command, status))
}

/// A command as a person would type it, programs without their directories.
pub(crate) fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let mut text = program.rsplit('/').next().unwrap_or(&program).to_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

fn announce(command: &Command) {
    println!("  $ {}", shown(command));
}

fn start(command: &Command) -> impl Fn(std::io::Error) -> Failure + use<> {
    let command = shown(command);
    move |source| Failure::Start {
        command: command.clone(),
        source,
    }
}

fn ended(command: &Command, status: std::process::ExitStatus) -> Failure {
    Failure::Ended {
        command: shown(command),
        status: status.to_string(),
    }
}
