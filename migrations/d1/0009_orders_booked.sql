ALTER TABLE `order_seen` ADD `booked_at_ms` integer;--> statement-breakpoint
ALTER TABLE `order_seen` ADD `sequence` integer;