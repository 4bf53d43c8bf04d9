CREATE TABLE `drift_case` (
	`case_id` text PRIMARY KEY NOT NULL,
	`connection` text NOT NULL,
	`sku` text NOT NULL,
	`run` text NOT NULL,
	`body` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `erp_watch` (
	`connection` text PRIMARY KEY NOT NULL,
	`mark_max` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `reconciliation` (
	`id` text PRIMARY KEY NOT NULL,
	`connection` text NOT NULL,
	`state` text NOT NULL,
	`phase` text NOT NULL,
	`cursor` text,
	`step` integer NOT NULL,
	`skus` text,
	`against` text NOT NULL,
	`asked_by` text,
	`correlation_id` text NOT NULL,
	`items` integer NOT NULL,
	`places` integer NOT NULL,
	`mark_max` integer,
	`error` text,
	`created_at_ms` integer NOT NULL,
	`advanced_at_ms` integer NOT NULL,
	`lease_until_ms` integer NOT NULL,
	`ended_at_ms` integer,
	CONSTRAINT "reconciliation_state" CHECK(state IN ('running', 'done', 'failed'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `reconciliation_under_way` ON `reconciliation` (`connection`) WHERE ended_at_ms IS NULL;--> statement-breakpoint
CREATE INDEX `reconciliation_by_time` ON `reconciliation` (`created_at_ms`);--> statement-breakpoint
CREATE TABLE `reconciliation_line` (
	`run` text NOT NULL,
	`sku` text NOT NULL,
	`location` text NOT NULL,
	`status` text NOT NULL,
	`outcome` text NOT NULL,
	`class` text,
	`booked` integer,
	`counted` integer,
	`meaning` text,
	`variance` integer,
	`holds` text,
	`read_at_ms` integer NOT NULL,
	`readings` integer NOT NULL,
	`drift` integer,
	`keys` text NOT NULL,
	`factor` integer,
	`lost_tail` integer NOT NULL,
	`views` text NOT NULL,
	`case_id` text,
	PRIMARY KEY(`run`, `sku`, `location`, `status`),
	CONSTRAINT "reconciliation_line_outcome" CHECK(outcome IN ('open', 'deferred', 'corrected', 'case', 'ignored', 'held', 'reported'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `reconciliation_page` (
	`run` text NOT NULL,
	`step` integer NOT NULL,
	`skus` text NOT NULL,
	PRIMARY KEY(`run`, `step`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `stated_count` (
	`sku` text NOT NULL,
	`source` text NOT NULL,
	`location` text NOT NULL,
	`status` text NOT NULL,
	`quantity` integer NOT NULL,
	`meaning` text NOT NULL,
	`as_of_ms` integer NOT NULL,
	PRIMARY KEY(`sku`, `source`, `location`, `status`)
) STRICT, WITHOUT ROWID;
