//! The dev stack, for the tests of this package.

fn main() -> std::process::ExitCode {
    dev_stack::main()
}
