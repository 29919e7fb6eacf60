//! The examples: requests and the answers of a fresh stack, in one story. The answers are recorded by the
//! test that executes them (`tests/journeys/openapi`).

use quittance::http::problem::{Kind, Member, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const RECORDED: &str = include_str!("examples.json");

/// One request and its answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Example {
    pub operation: String,
    /// The problem's slug, if the answer is a problem.
    pub name: String,
    pub status: u16,
    /// The parameters of the path.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub path: Map<String, Value>,
    /// The `Idempotency-Key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Values that differ between runs are replaced.
    pub answer: Value,
}

/// All of them, in the order of the story.
pub fn recorded() -> Result<Vec<Example>, serde_json::Error> {
    serde_json::from_str(RECORDED)
}

/// One example of each problem, for operations without a recorded example of it.
pub(super) fn of_problems() -> Map<String, Value> {
    let shown = |kind: Kind| json!({ "summary": kind.title(), "value": problem(kind) });
    Kind::ALL.into_iter().map(|kind| (kind.slug().to_owned(), shown(kind))).collect()
}

fn problem(kind: Kind) -> Value {
    let problem = kind.members().iter().fold(Problem::new(kind), |problem, (member, _)| {
        problem.with(member.name(), shown(*member))
    });
    problem.body("6a1f2c3d4e5f")
}

fn shown(member: Member) -> Value {
    match member {
        Member::Disputes => json!(["dp_2H7K4M9Q"]),
        Member::Errors => json!([{ "pointer": "/amount", "detail": "is required" }]),
        Member::Failure => {
            json!({ "code": "declined", "message": "The bank declined the payment." })
        }
        Member::Gateways => json!({ "sandbox": "UPI is available in INR only" }),
        Member::Payment => json!({
            "payment_id": "PAY_7Q2M9X4KD1T8V3N6B0ZC4H9K2A",
            "status": "pending",
            "checkout_url": "https://pay.example/checkout/tok_5F8R2J7M",
            "expires_at": "2026-11-21T09:00:00Z",
        }),
        Member::Refundable => json!(5000),
        Member::RetryAt => json!("2026-11-21T09:00:00Z"),
    }
}
