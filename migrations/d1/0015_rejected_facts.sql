CREATE TABLE `rejected_fact` (
	`case_id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`kind` text NOT NULL,
	`fact` text NOT NULL,
	`kept_at_ms` integer NOT NULL,
	CONSTRAINT "rejected_fact_json" CHECK(json_valid(fact))
) STRICT, WITHOUT ROWID;
