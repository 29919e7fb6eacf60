//! The rules of the workspace, executed.

#[test]
fn placeholder_is_replaced() {
    assert!(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml").is_file());
}
