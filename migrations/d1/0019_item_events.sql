ALTER TABLE `availability` ADD `shown` text;--> statement-breakpoint
ALTER TABLE `availability` ADD `network_version` integer;