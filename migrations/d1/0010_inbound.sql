CREATE TABLE `webhook_secret` (
	`id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`sealed` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `webhook_secret_of_source` ON `webhook_secret` (`source`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `webhook_seen` (
	`day` integer NOT NULL,
	`source` text NOT NULL,
	`id` text NOT NULL,
	PRIMARY KEY(`day`, `source`, `id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `import_part` (
	`run` text NOT NULL,
	`first_row` integer NOT NULL,
	`tally` text NOT NULL,
	`outcomes` text NOT NULL,
	PRIMARY KEY(`run`, `first_row`),
	CONSTRAINT "import_part_json" CHECK(json_valid(tally) AND json_valid(outcomes))
) STRICT;
--> statement-breakpoint
CREATE TABLE `import_run` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`source` text NOT NULL,
	`format` text,
	`state` text NOT NULL,
	`bytes` integer NOT NULL,
	`at_byte` integer NOT NULL,
	`at_row` integer NOT NULL,
	`position` text NOT NULL,
	`tally` text NOT NULL,
	`error` text,
	`actor` text NOT NULL,
	`correlation_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`moved_at_ms` integer NOT NULL,
	`ended_at_ms` integer,
	CONSTRAINT "import_run_state" CHECK(state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
	CONSTRAINT "import_run_json" CHECK(json_valid(position) AND json_valid(tally))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `import_run_unfinished` ON `import_run` (`moved_at_ms`) WHERE state IN ('queued', 'running');