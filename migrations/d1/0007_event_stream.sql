CREATE TABLE `event` (
	`cursor` integer PRIMARY KEY NOT NULL,
	`sku` text,
	`sequence` integer NOT NULL,
	`type` text NOT NULL,
	`channel` text,
	`at_ms` integer NOT NULL,
	`recorded_at_ms` integer NOT NULL,
	`data` text NOT NULL,
	CONSTRAINT "event_data" CHECK(json_valid(data))
) STRICT;
--> statement-breakpoint
ALTER TABLE `availability` ADD `events_through` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `availability` ADD `offers` text;