CREATE TABLE `component` (
	`kit` text NOT NULL,
	`sku` text NOT NULL,
	`factor` integer NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`kit`, `sku`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `component_in_kits` ON `component` (`sku`);--> statement-breakpoint
CREATE TABLE `kits` (
	`one` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`cycle` integer NOT NULL,
	`too_deep` integer NOT NULL,
	`too_many` integer NOT NULL,
	`too_large` integer NOT NULL,
	CONSTRAINT "kits_one" CHECK(one = 1),
	CONSTRAINT "kits_no_cycle" CHECK(cycle = 0),
	CONSTRAINT "kits_not_too_deep" CHECK(too_deep = 0),
	CONSTRAINT "kits_not_too_many" CHECK(too_many = 0),
	CONSTRAINT "kits_not_too_large" CHECK(too_large = 0)
) STRICT;
--> statement-breakpoint
INSERT INTO `kits` (`one`, `version`, `cycle`, `too_deep`, `too_many`, `too_large`) VALUES (1, 1, 0, 0, 0, 0);

