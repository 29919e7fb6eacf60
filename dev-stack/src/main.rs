//! `cargo dev`.

fn main() -> std::process::ExitCode {
    dev_stack::main()
}
