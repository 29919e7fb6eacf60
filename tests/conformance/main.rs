//! `cargo conformance`.

fn main() -> std::process::ExitCode {
    conformance::main()
}
