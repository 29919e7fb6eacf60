//! The scripts of people, shops and gateways, and the player that acts them.

pub(crate) mod act;
pub(crate) mod scenario;
pub(crate) mod scripts;
pub(crate) mod rare_scripts;
pub(crate) mod races;
pub(crate) mod settings;
pub(crate) mod two_gateways;
pub(crate) mod script;
pub(crate) mod people;
pub(crate) mod shopper;
pub(crate) mod redrive;
