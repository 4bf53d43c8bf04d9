ALTER TABLE `channel` ADD `shows` text;--> statement-breakpoint
ALTER TABLE `channel` ADD `listings` text;