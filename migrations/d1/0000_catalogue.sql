CREATE TABLE `alias` (
	`kind` text NOT NULL,
	`system` text NOT NULL,
	`external_id` text NOT NULL,
	`target` text NOT NULL,
	PRIMARY KEY(`kind`, `system`, `external_id`),
	CONSTRAINT "alias_kind" CHECK(kind IN ('item', 'location'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `alias_of_target` ON `alias` (`kind`,`target`);--> statement-breakpoint
CREATE TABLE `api_key` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`name` text NOT NULL,
	`scopes` text NOT NULL,
	`channel` text,
	`sources` text,
	`locations` text,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer,
	`revoked_at_ms` integer
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `channel` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`locations` text,
	`buffer` integer NOT NULL,
	`class` integer NOT NULL,
	`stop_sell` integer NOT NULL,
	`sold_out_hint` integer NOT NULL,
	`version` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `item` (
	`sku` text PRIMARY KEY NOT NULL,
	`name` text,
	`status` text NOT NULL,
	`units` text NOT NULL,
	`version` integer NOT NULL,
	`policy` text,
	`policy_version` integer NOT NULL,
	CONSTRAINT "item_status" CHECK(status IN ('active', 'preorder', 'discontinued'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `location` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`type` text NOT NULL,
	`priority` integer NOT NULL,
	`stop_sell` integer NOT NULL,
	`version` integer NOT NULL,
	CONSTRAINT "location_type" CHECK(type IN ('dc', 'warehouse', 'store', 'partner'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `network_version` (
	`one` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	CONSTRAINT "network_version_one" CHECK(one = 1)
) STRICT;
--> statement-breakpoint
CREATE TABLE `source` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`books` text NOT NULL,
	`erp_connection` text,
	`version` integer NOT NULL,
	CONSTRAINT "source_books" CHECK(books IN ('erp', 'front'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `network_version` (`one`, `version`) VALUES (1, 1);
