import { vendorChecks } from '../vendor-contracts.ts';

const listings = vendorChecks('amazon/listingsItems_2021-08-01.json');
const feeds = vendorChecks('amazon/feeds_2021-06-30.json');
const feedFile = vendorChecks('amazon/feeds/listings-feed-schema-v2.json');
const report = vendorChecks('amazon/feeds/listings-feed-processing-report-schema-v2.json');

/** By Amazon's published documents: what we send, and what the stub answers. */
export const AMAZON_CHECKS = {
  patch: listings('/definitions/ListingsItemPatchRequest'),
  submission: listings('/definitions/ListingsItemSubmissionResponse'),
  item: listings('/definitions/Item'),
  search: listings('/definitions/ItemSearchResults'),
  documentSpecification: feeds('/definitions/CreateFeedDocumentSpecification'),
  document: feeds('/definitions/CreateFeedDocumentResponse'),
  feedSpecification: feeds('/definitions/CreateFeedSpecification'),
  feed: feeds('/definitions/Feed'),
  feedDocument: feeds('/definitions/FeedDocument'),
  feedFile: feedFile(''),
  report: report(''),
};
