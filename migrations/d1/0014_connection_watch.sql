CREATE TABLE `connection_watch` (
	`connection` text PRIMARY KEY NOT NULL,
	`feed_read_at_ms` integer,
	`unread_from_ms` integer,
	`feed_since_ms` integer,
	`lane_since_ms` integer,
	`watch` text
) STRICT, WITHOUT ROWID;
