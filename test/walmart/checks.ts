import { vendorChecks } from '../vendor-contracts.ts';

const inventory = vendorChecks('walmart/marketplace-inventory.json');
const openInventory = vendorChecks('walmart/highsidelabs-us-mp-inventory.json');
const feeds = vendorChecks('walmart/marketplace-feeds.json');
const openFeeds = vendorChecks('walmart/highsidelabs-us-mp-feeds.json');
const tokens = vendorChecks('walmart/marketplace-authentication.json');
const files = vendorChecks('walmart/feed-inventory.derived.schema.json', '2020');

const ONE = '/paths/~1v3~1inventory';
const NODES = '/paths/~1v3~1inventories~1{sku}';
const SENT = '/requestBody/content/application~1json/schema';
const TOLD = '/responses/200/content/application~1json/schema';

/** What the stub checks: what it is sent, and that it says nothing which Walmart would not say. */
const CHECKS = {
  'PUT one': [inventory(`${ONE}/put${SENT}`), openInventory(`${ONE}/put${SENT}`)],
  'PUT one, answer': [inventory(`${ONE}/put${TOLD}`), openInventory(`${ONE}/put${TOLD}`)],
  'GET one, answer': [inventory(`${ONE}/get${TOLD}`), openInventory(`${ONE}/get${TOLD}`)],
  'PUT nodes': [inventory(`${NODES}/put${SENT}`), openInventory(`${NODES}/put${SENT}`)],
  'PUT nodes, answer': [inventory(`${NODES}/put${TOLD}`), openInventory(`${NODES}/put${TOLD}`)],
  'GET nodes, answer': [inventory(`${NODES}/get${TOLD}`), openInventory(`${NODES}/get${TOLD}`)],
  'POST feed, answer': [inventory(`/paths/~1v3~1feeds/post${TOLD}`), openInventory(`/paths/~1v3~1feeds/post${TOLD}`)],
  'GET feed, answer': [feeds(`/paths/~1v3~1feeds~1{feedId}/get${TOLD}`), openFeeds(`/paths/~1v3~1feeds~1{feedId}/get${TOLD}`)],
  'token, answer': [tokens(`/paths/~1v3~1token/post${TOLD}`)],
  MP_INVENTORY: [files('/$defs/MP_INVENTORY_1_5')],
  inventory: [files('/$defs/inventory_1_4')],
} as const;

export function wrongIn(check: keyof typeof CHECKS, value: unknown): string | null {
  return CHECKS[check].map((says) => says(value)).find((said) => said !== null) ?? null;
}
