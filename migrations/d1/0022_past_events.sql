CREATE TABLE `event_past` (
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
