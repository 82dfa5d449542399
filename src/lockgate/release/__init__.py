"""Decision, verification and approvals become a permit or a refusal."""
