CREATE TABLE `availability` (
	`sku` text PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL,
	`as_of_ms` integer NOT NULL,
	`snapshot` text NOT NULL,
	`waiting` integer NOT NULL,
	`waiting_oldest_ms` integer,
	`failed` integer NOT NULL,
	`counters` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `cases` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`sku` text,
	`location` text,
	`difference` integer,
	`proposal` text,
	`owner` text,
	`due_at_ms` integer,
	`comment` text,
	`opened_at_ms` integer NOT NULL,
	`closed_at_ms` integer,
	`reason` text,
	`sequence` integer NOT NULL,
	CONSTRAINT "case_state" CHECK(state IN ('open', 'resolved'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `case_open` ON `cases` (`opened_at_ms`) WHERE state = 'open';--> statement-breakpoint
CREATE TABLE `dead_letter` (
	`queue` text NOT NULL,
	`message_id` text NOT NULL,
	`body` text NOT NULL,
	`attempts` integer NOT NULL,
	`recorded_at_ms` integer NOT NULL,
	PRIMARY KEY(`queue`, `message_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `feed_cursor` (
	`source` text PRIMARY KEY NOT NULL,
	`cursor` text NOT NULL,
	`moved_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `order_reservation` (
	`order_ref` text NOT NULL,
	`reservation_id` text NOT NULL,
	PRIMARY KEY(`order_ref`, `reservation_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `posting` (
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
	PRIMARY KEY(`sku`, `sequence`),
	CONSTRAINT "posting_state" CHECK(state IN ('pending', 'posted', 'failed'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `posting_of_trace` ON `posting` (`correlation_id`) WHERE correlation_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `posting_unposted` ON `posting` (`state`) WHERE state <> 'posted';