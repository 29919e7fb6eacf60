//! The scripts of people, shops and gateways, and the runs that play them.

pub(crate) mod act;
pub(crate) mod client;
pub(crate) mod scenario;
pub(crate) mod people;
pub(crate) mod shopper;
pub(crate) mod script;
pub(crate) mod scripts;
pub(crate) mod races;
pub(crate) mod rare_scripts;
pub(crate) mod settings;
pub(crate) mod recovery;
pub(crate) mod redrive;
pub(crate) mod run;
