//! `cargo conformance`.

fn main() -> std::process::ExitCode {
    e2e::conformance::main()
}
