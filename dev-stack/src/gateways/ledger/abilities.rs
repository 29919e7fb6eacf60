//! What a gateway can and cannot do.

/// How a repeated call is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// By the `Idempotency-Key` header, for a limited time.
    Header { life_ms: i64 },
    /// By the caller's reference, forever.
    Natural,
    /// Not at all.
    None,
}

/// The `expires_in` that a create call may ask for, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageSeconds {
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) default: i64,
}

#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a table of yes and no, read by its names")]
pub(crate) struct Abilities {
    pub(crate) create_keys: Keys,
    /// For capture, void and cancel.
    pub(crate) capture_keys: Keys,
    pub(crate) refund_keys: Keys,
    pub(crate) cancel: bool,
    pub(crate) void: bool,
    /// A payment can be authorized first and captured later.
    pub(crate) manual: bool,
    /// Less than the authorized amount can be captured.
    pub(crate) partial: bool,
    /// `None`: the gateway never ends a page.
    pub(crate) page_life: Option<PageSeconds>,
    /// An approval only authorizes, even if the create call asked for a capture.
    pub(crate) capture_call_only: bool,
    pub(crate) look_up_by_reference: bool,
    /// A look-up shows the page's address too.
    pub(crate) page_again: bool,
    /// A capture has a name of its own; otherwise it has the payment's.
    pub(crate) named_captures: bool,
    /// The event's body is signed; otherwise a fixed header authenticates the sender only.
    pub(crate) signed: bool,
}
