CREATE TABLE `erp_note` (
	`connection` text NOT NULL,
	`key` text NOT NULL,
	`documents` text NOT NULL,
	`noted_at_ms` integer NOT NULL,
	PRIMARY KEY(`connection`, `key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `erp_note_document` (
	`connection` text NOT NULL,
	`document` integer NOT NULL,
	`key` text NOT NULL,
	PRIMARY KEY(`connection`, `document`)
) STRICT, WITHOUT ROWID;
