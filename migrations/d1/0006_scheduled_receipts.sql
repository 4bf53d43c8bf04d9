ALTER TABLE `item` ADD `receipts` text;--> statement-breakpoint
ALTER TABLE `item` ADD `receipts_version` integer DEFAULT 0 NOT NULL;