//! What visitors, candidates, auditors and other people's programs live through with Raspiska. `cargo xtask e2e` runs it.

#[cfg(any(server_at_hand, clippy))]
mod stories {
    // The first visit, and those after it.
    mod choosing;
    mod everything;
    mod gate;
    mod guides;
    mod languages;
    mod moving;
    mod returning;
    mod signals;
    mod untagged;
    mod watching;

    // A person gives data.
    mod candidate;
    mod contact;
    mod demo;
    mod file;
    mod own_form;

    // Afterwards.
    mod consents;
    mod editions;
    mod life;
    mod my;
    mod receipt_file;
    mod requests;
    mod unsubscribing;
    mod verify_page;
    mod withdrawal;

    // When something is missing or broken.
    mod hostile_page;
    mod outage;
    mod rough_page;

    // Everybody can use it.
    mod axe;
    mod axe_without_device;
    mod feel;
    mod keyboard;
    mod policy;

    // Seen from outside.
    mod evidence;
    mod independent;
    mod log;
    mod refusals;
    mod weight;
    mod wire;

    // Pictures.
    mod shots;
}

#[cfg(not(any(server_at_hand, clippy)))]
#[test]
#[ignore = "RASPISKA_BIN is not set: `cargo xtask e2e` builds the server and runs the stories"]
fn stories() {}
