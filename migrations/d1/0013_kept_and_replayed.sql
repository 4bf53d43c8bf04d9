CREATE TABLE `answered_request` (
	`operation` text NOT NULL,
	`hash` text NOT NULL,
	`fingerprint` text NOT NULL,
	`asked` text NOT NULL,
	`answer` text,
	`asked_at_ms` integer NOT NULL,
	PRIMARY KEY(`operation`, `hash`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `kept_change` (
	`source` text NOT NULL,
	`key` text NOT NULL,
	`case_id` text NOT NULL,
	`reason` text NOT NULL,
	`body` text NOT NULL,
	`kept_at_ms` integer NOT NULL,
	PRIMARY KEY(`source`, `key`),
	CONSTRAINT "kept_change_body" CHECK(json_valid(body))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `kept_of_case` ON `kept_change` (`case_id`);