CREATE TABLE `order_reservation_past` (
	`order_ref` text NOT NULL,
	`reservation_id` text NOT NULL,
	PRIMARY KEY(`order_ref`, `reservation_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `posting_past` (
	`sku` text NOT NULL,
	`sequence` integer NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`location` text NOT NULL,
	`quantity` integer NOT NULL,
	`order_ref` text,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`erp_reference` text,
	`mark` integer,
	`error` text,
	`correlation_id` text,
	`recorded_at_ms` integer NOT NULL,
	`sent_at_ms` integer,
	`posted_at_ms` integer,
	`acknowledged_at_ms` integer,
	`posted_under` text,
	PRIMARY KEY(`sku`, `sequence`),
	CONSTRAINT "posting_state" CHECK(state IN ('pending', 'posted', 'failed'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `posting_of_trace_other` ON `posting_past` (`correlation_id`) WHERE correlation_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `posting_unposted_other` ON `posting_past` (`state`) WHERE state <> 'posted';--> statement-breakpoint
CREATE TABLE `turned` (
	`name` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `event` ADD `correlation_id` text;--> statement-breakpoint
ALTER TABLE `event_past` ADD `correlation_id` text;--> statement-breakpoint
ALTER TABLE `posting` ADD `posted_under` text;