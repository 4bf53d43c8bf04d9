CREATE TABLE `audit_round` (
	`started_at_ms` integer PRIMARY KEY NOT NULL,
	`after_sku` text NOT NULL,
	`items` integer NOT NULL,
	`failed` integer NOT NULL,
	`unanswered` integer NOT NULL,
	`ended_at_ms` integer
) STRICT;
