// Every limit of the API with its unit and its reason.

/** A page of 500 movements with long texts fits four times; more belongs in an import. */
export const BODY_BYTES_MAX = 1_048_576;
/** What we still read of a body that is too large, so that the sender hears 413 and not a broken connection. */
export const BODY_BYTES_DRAINED_MAX = 16_777_216;

/** Longer than any article number in use (GTIN 14, ERP codes 40); four bytes each still fit an object's name. */
export const NAME_CHARACTERS_MAX = 64;
/** Order numbers, documents and reasons: a line of text, not a letter. */
export const TEXT_CHARACTERS_MAX = 200;

/** What an operator leaves for the next one: a paragraph or two. */
export const COMMENT_CHARACTERS_MAX = 2_000;

/** One purchase larger than this is a typing error, and sums of a thousand of them stay exact (R14). */
export const QUANTITY_MAX = 1_000_000_000;
/** More lines than any basket; a reservation must fit one row. */
export const RESERVATION_LINES_MAX = 1_000;
/** Parts of all kits of a cart: each is units in an object's hands, and a few hundred bytes of the cart's state. */
export const CART_PARTS_MAX = 3_000;
/** Longer than the slowest checkout we serve, shorter than a stock-take. */
export const RESERVATION_TTL_SECONDS_MAX = 3_600;
export const RESERVATION_TTL_SECONDS_DEFAULT = 900;

/** Facts of one call: each SKU among them is one call of its object. */
export const FACTS_MAX = 500;
/** Lines of all orders of one call: ten for each of them, and work that ends within a call's time. */
export const ORDER_LINES_MAX = 5_000;
/** So long an order is known under its id and its order_ref: longer than anybody sends it again. */
export const ORDERS_KEPT_DAYS = 90;
/** Objects that one call asks at the same time; a data centre's share of connections, not of patience. */
export const OBJECTS_AT_ONCE_MAX = 50;
/** A category page with room; the projection answers them in one query. */
export const QUERY_SKUS_MAX = 500;
/** Items looked at for one query, the parts of kits among them: a few megabytes of snapshots. */
export const QUERY_PARTS_MAX = 2_000;

export const PAGE_ITEMS_MAX = 500;
export const PAGE_ITEMS_DEFAULT = 100;
/** Our cursors are far shorter; anything longer is not ours. */
export const CURSOR_CHARACTERS_MAX = 1_024;

/** Per item or location: every system of a large retailer, with old numbers. */
export const ALIASES_MAX = 100;
/** Piece, box, layer, pallet and what suppliers invent. */
export const UNITS_MAX = 50;
/** Channels with a quota of one item: more than sell one thing; each is looked at for every number of the item. */
export const QUOTAS_MAX = 200;
/** A buyer's cap looks back 14 days at most: so long an object surely remembers closed reservations (R8). */
export const BUYER_CAP_PERIOD_SECONDS_MAX = 1_209_600;
/** Deliveries on order of one item, years ahead; each is a date to promise by. */
export const RECEIPTS_MAX = 200;
/** A year: nobody counts less often, and nobody waits longer for an ERP before they ask it. */
export const CONFIDENCE_SECONDS_MAX = 31_622_400;
/** What one kit names: a hamper with room. */
export const KIT_COMPONENTS_MAX = 100;
/** Kits in kits in kits: a set within a hamper within a promotion. */
export const KIT_DEPTH_MAX = 3;
/** Components of a kit counted over all its levels: each may be an object that a reservation of it asks. */
export const KIT_PARTS_MAX = 200;
/** Components of all kits that a change of one touches, looked at in one statement of the database. */
export const KIT_ROWS_CHECKED_MAX = 20_000;

/** Places or channels that one list may name. */
export const NAMES_MAX = 10_000;

export const IDEMPOTENCY_KEY_CHARACTERS_MAX = 255;

/** A revoked key stops within this time (DESIGN: 10 s). */
export const API_KEY_CACHED_MS_MAX = 10_000;
/** An unknown key costs the database one look-up in this time, however often it is tried. */
export const API_KEY_UNKNOWN_CACHED_MS_MAX = 2_000;
/** Keys in an isolate's memory, and bytes of all of them: one that names as many sources and locations as it may has two megabytes. */
export const API_KEYS_CACHED_MAX = 1_000;
export const API_KEYS_CACHED_BYTES_MAX = 8_000_000;

/** Beyond this nobody is limited: some hundred times what one isolate serves. */
export const RATE_LIMIT_REQUESTS_MAX = 100_000_000;
/** Counts live in an isolate, which seldom lives longer. */
export const RATE_LIMIT_WINDOW_SECONDS_MAX = 3_600;
/** Keys and classes that an isolate counts at once: about a megabyte. The window that began first is forgotten, which only lets more in. */
export const RATE_WINDOWS_MAX = 10_000;

/** How old a location, channel, source, alias or unit may be when a request is judged by it. */
export const CATALOGUE_CACHED_MS_MAX = 1_000;
/** Who finds the network this old has it read anew behind the answer: longer before its end than any reading takes. */
export const CATALOGUE_RENEWED_MS = 800;
/** SKUs whose existence an isolate remembers, a few megabytes, and bytes of what it knows of them: a kit of 200 parts has 24 kB. */
export const ITEMS_CACHED_MAX = 50_000;
export const ITEMS_CACHED_BYTES_MAX = 16_000_000;
/** Snapshots in an isolate's memory, about 1 kB each, and bytes of all of them: one with a thousand places has 160 kB. An isolate has 128 MB for everything. */
export const SNAPSHOTS_CACHED_MAX = 10_000;
export const SNAPSHOTS_CACHED_BYTES_MAX = 16_000_000;
/** A row of the projection is shown again for so long without another look: no longer than what objects say lives, and never longer than FRESH_FOR_MS_MAX. */
export const PROJECTED_CACHED_MS_MAX = 1_000;
/** What is said of these snapshots, ready to be sent: text that another request can use again, at most as much. */
export const REPLIES_READY_MAX = 10_000;
export const REPLIES_READY_BYTES_MAX = 16_000_000;
/** Pages of a shop that an isolate knows by the letter, with what it last showed for them: one of fifty items is some 100 kB. */
export const PAGES_KNOWN_MAX = 1_000;
export const PAGES_KNOWN_BYTES_MAX = 16_000_000;
/** Reserves that an isolate sent on lately and never answers by itself: about 2 MB. */
export const SENT_KEYS_MAX = 20_000;
/** Longer than a client goes on asking again; who comes later is told to ask strongly. */
export const SENT_KEYS_MS = 600_000;
/** A follower waits so long for the one who asks; then it asks by itself. */
export const SHARED_READ_MS_MAX = 2_000;
/** How often a follower looks whether the answer is there: well below what any answer takes. */
export const SHARED_READ_LOOK_MS = 1;
/** An object and a Worker that disagree about the network for longer than this have another trouble. */
export const NETWORK_TRIES_MAX = 4;
/** Calls that one isolate has under way to an item for one channel: with an object 100 ms away 40 a second, which carry 4,000 reservations. */
export const COMBINED_CALLS_AT_ONCE_MAX = 4;
/**
 * While a call is under way, the next goes out so much later at the earliest: an object that is nearer has one at a time, which costs it a
 * seventh less than four, and of one that is farther nobody waits for much longer than this.
 */
export const COMBINED_CALLS_APART_MS = 25;
/** Reservations in one call: some 100 KB there and back, and a few milliseconds of the object's time. */
export const COMBINED_RESERVES_MAX = 100;
/** Reservations that one isolate collects for one item and channel: ten calls, and a few megabytes of its memory. More are turned away early (F32). */
export const COMBINED_WAITING_MAX = 1_000;
/** Who was collected for a call asks by itself after this: several times what the longest line at an object takes. */
export const COMBINED_WAIT_MS_MAX = 10_000;
/** Pages of a shop that are read from the projection together, and the longest that is: three times the rows of the longest page alone. */
export const SHARED_PAGES_MAX = 32;
export const SHARED_PAGE_SKUS_MAX = 50;
/** What a client waits before it asks an overloaded object again. */
export const OVERLOADED_RETRY_AFTER_SECONDS = 1;

/** Longer than a change needs into the read models, also when the queue is behind. */
export const RECENT_SKUS_MS = 30_000;
/** A few hundred kilobytes of an isolate's memory. */
export const RECENT_SKUS_MAX = 10_000;

/** Longer than any outage of a reader that somebody is mending; each day more is another day of everybody's rows. */
export const EVENTS_KEPT_DAYS = 7;
/** Events that one query looks at where only few are wanted: some hundredths of a second. */
export const EVENTS_LOOKED_AT_MAX = 10_000;

/** What an ERP's month is closed and compared with. Each day more is some tens of megabytes of a shop that sells once a second. */
export const POSTINGS_KEPT_DAYS = 28;
/** Events that one query looks at for a trace: some hundredths of a second, in which nobody else is answered. */
export const TRACE_EVENTS_LOOKED_AT = 100_000;
/** So many such queries at most: ten million events, more than a shop that sells five times a second has in two weeks. */
export const TRACE_STRETCHES_MAX = 100;

/** Pages of the list of postings, or of events, that may turn out empty before the caller gets the cursor to go on. */
export const EMPTY_PAGES_MAX = 20;

/** Before and after of one change stand in one row of the audit log, which takes two million bytes. */
export const AUDIT_STATE_BYTES_MAX = 900_000;

/** Webhooks that are on: each is a look at every stretch of events, and an object that is asked at every scrape. */
export const WEBHOOKS_MAX = 100;
/** An address that we are to call; what browsers and proxies take. */
export const URL_CHARACTERS_MAX = 2_048;

/** Standard Webhooks: a signature counts for so long before and after its own time. */
export const WEBHOOK_TOLERANCE_SECONDS = 300;
/** Secrets of a source that count at once, and signatures of a request that are looked at: a rotation needs two of each. */
export const WEBHOOK_SECRETS_MAX = 5;
export const WEBHOOK_SIGNATURES_MAX = 10;
/** How long the secret before goes on beside a new one: a day unless said, a week at most. */
export const WEBHOOK_OVERLAP_SECONDS_DEFAULT = 86_400;
export const WEBHOOK_OVERLAP_SECONDS_MAX = 604_800;
/** So long a webhook-id is remembered: longer than senders repeat one, which is 76 hours as Standard Webhooks has it. */
export const WEBHOOK_IDS_KEPT_DAYS = 4;
/** One fact on its way through a queue, whose messages take 128,000 bytes: an order of some 800 lines. */
export const INBOUND_FACT_BYTES_MAX = 100_000;

/** Levels of objects and lists in one fact; an order has three. The database reads JSON of a thousand. */
export const INBOUND_FACT_LEVELS_MAX = 20;

/** A file of a million rows; also what Cloudflare takes as one request's body on most plans. */
export const IMPORT_BYTES_MAX = 100_000_000;
/** Some 2,000 rounds of the queue, about an hour; more is told in several files. */
export const IMPORT_ROWS_MAX = 1_000_000;
/** One row: an order of a thousand lines. A quote that nobody closes ends here at the latest. */
export const IMPORT_ROW_BYTES_MAX = 262_144;
/** What is kept of what is wrong with a row: so much of 500 rows and their ids is below what the database takes in one, however it is written. */
export const IMPORT_DETAIL_CHARACTERS_MAX = 400;
/** Rows of one round together, as they stand in the file: a Worker has 128 MB for them and all that becomes of them. */
export const IMPORT_ROUND_BYTES_MAX = 1_048_576;
/** Files and what became of their rows: so long somebody may ask. */
export const IMPORTS_KEPT_DAYS = 30;

/** Items that a run may be asked for by name; more of them are a run over all. */
export const RECONCILED_SKUS_MAX = 500;
/** The ERP, the warehouse, the tills, and a few more that count. */
export const SOURCES_COMPARED_MAX = 10;

/** A link that a channel fetches by: a month unless said, a year at most; whoever made it makes the next in time. */
export const FEED_LINK_SECONDS_DEFAULT = 2_592_000;
export const FEED_LINK_SECONDS_MAX = 31_622_400;
