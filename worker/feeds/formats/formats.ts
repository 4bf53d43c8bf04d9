import type { FeedFormatName } from '../../../contracts/feeds.ts';
import type { FeedFormat } from '../format.ts';
import { acp } from './acp.ts';
import { amazonJson } from './amazon.ts';
import { csv } from './csv.ts';
import { googleLocalRss, googleLocalTsv, googleRss, googleTsv } from './google.ts';
import { metaCsv } from './meta.ts';
import { miraklSto01 } from './mirakl.ts';
import { ndjson } from './ndjson.ts';
import { walmartMpInventory } from './walmart.ts';

export const FORMATS: Readonly<Record<FeedFormatName, FeedFormat>> = {
  ndjson,
  csv,
  google_tsv: googleTsv,
  google_rss: googleRss,
  google_local_tsv: googleLocalTsv,
  google_local_rss: googleLocalRss,
  meta_csv: metaCsv,
  mirakl_sto01: miraklSto01,
  amazon_json: amazonJson,
  walmart_mp_inventory: walmartMpInventory,
  acp,
};
