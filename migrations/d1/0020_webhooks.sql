CREATE TABLE `webhook` (
	`id` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`types` text,
	`channel` text,
	`secrets` text NOT NULL,
	`state` text NOT NULL,
	`off_reason` text,
	`start_after` integer NOT NULL,
	`has_case` integer NOT NULL,
	`replayed` text,
	`tested` text,
	`version` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`request_hash` text,
	`request_fingerprint` text,
	CONSTRAINT "webhook_state" CHECK(state IN ('on', 'off')),
	CONSTRAINT "webhook_json" CHECK(json_valid(secrets) AND (types IS NULL OR json_valid(types)) AND (replayed IS NULL OR json_valid(replayed)) AND (tested IS NULL OR json_valid(tested)))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_of_request` ON `webhook` (`request_hash`);