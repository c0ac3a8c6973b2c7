"""Pages for a phone in a yard: what is due, a visit in five taps, an outbox for where there is no signal."""
