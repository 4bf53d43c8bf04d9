CREATE TABLE `outlet` (
	`channel` text PRIMARY KEY NOT NULL,
	`adapter` text NOT NULL,
	`options` text NOT NULL,
	`enabled` integer NOT NULL,
	`limits` text NOT NULL,
	`on_drift` text NOT NULL,
	`read_back_asked_at_ms` integer,
	`version` integer NOT NULL,
	CONSTRAINT "outlet_options" CHECK(json_valid(options)),
	CONSTRAINT "outlet_limits" CHECK(json_valid(limits))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `outlet_credentials` (
	`channel` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`set_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
