CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`actor` text NOT NULL,
	`actor_name` text,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`before` text,
	`after` text,
	`version` integer,
	`correlation_id` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_of_target` ON `audit_log` (`target`);--> statement-breakpoint
CREATE INDEX `audit_of_actor` ON `audit_log` (`actor`);--> statement-breakpoint
ALTER TABLE `api_key` ADD `rotated_at_ms` integer;--> statement-breakpoint
ALTER TABLE `api_key` ADD `version` integer DEFAULT 1 NOT NULL;