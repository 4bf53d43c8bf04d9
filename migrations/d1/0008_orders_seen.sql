CREATE TABLE `order_seen` (
	`number` integer PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`id` text NOT NULL,
	`order_ref` text NOT NULL,
	`reservation_id` text NOT NULL,
	`body` text NOT NULL,
	`seen_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `order_seen_id` ON `order_seen` (`source`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `order_seen_ref` ON `order_seen` (`order_ref`,`source`);