//! The dev stack as a binary of this package, for its tests.

fn main() -> std::process::ExitCode {
    dev_stack::main()
}
