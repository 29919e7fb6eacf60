//! The breakdown of an amount, as the merchant states it. The page shows it; nothing is computed from it.

use serde::{Deserialize, Deserializer, Serialize, de};

use super::money::AMOUNT_MAX;

const ROWS_MAX: usize = 200;
const LABEL_CHARS_MAX: usize = 200;

#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Breakdown(pub(crate) Vec<Row>);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) quantity: Option<u64>,
    pub(crate) amount: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Item,
    Discount,
    Shipping,
    Fee,
    Tax,
    /// Shown, but already part of the other amounts.
    IncludedTax,
}

impl Kind {
    /// The word for shoppers, where there is no label.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Item => "Item",
            Self::Discount => "Discount",
            Self::Shipping => "Shipping",
            Self::Fee => "Fee",
            Self::Tax => "Tax",
            Self::IncludedTax => "Includes tax",
        }
    }
}

impl<'de> Deserialize<'de> for Breakdown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = Vec::<Row>::deserialize(deserializer)?;
        let labelled = |label: &String| (1..=LABEL_CHARS_MAX).contains(&label.chars().count());
        let fits = |row: &Row| row.amount <= AMOUNT_MAX && row.label.as_ref().is_none_or(labelled);
        if rows.len() <= ROWS_MAX && rows.iter().all(fits) {
            return Ok(Self(rows));
        }
        Err(de::Error::custom(format_args!(
            "a breakdown has at most {ROWS_MAX} rows, with labels of 1 to {LABEL_CHARS_MAX} \
             characters and amounts of 0 to {AMOUNT_MAX} minor units"
        )))
    }
}
