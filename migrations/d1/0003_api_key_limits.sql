ALTER TABLE `api_key` ADD `rate_limit` text;--> statement-breakpoint
ALTER TABLE `api_key` ADD `request_hash` text;--> statement-breakpoint
ALTER TABLE `api_key` ADD `request_fingerprint` text;--> statement-breakpoint
CREATE UNIQUE INDEX `api_key_of_request` ON `api_key` (`request_hash`);