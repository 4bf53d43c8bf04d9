import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { ROOT } from '../source-files.ts';

// Beside the checkout; a worktree of it may lie one deeper.
const FILES = ['../shared', '../../shared'].map((folder) =>
  path.join(ROOT, folder, 'contracts/shopify/admin_2026-07.inventory.graphql'),
);

// What the adapter asks for and no more, in the vendor's names; every other field is unknown here.
const NARROW = `
directive @idempotent(key: String!) on FIELD
interface Node { id: ID! }
type QueryRoot { inventoryItem(id: ID!): InventoryItem nodes(ids: [ID!]!): [Node]! }
type InventoryItem implements Node {
  id: ID!
  inventoryLevel(locationId: ID!): InventoryLevel
  inventoryLevels(first: Int, after: String): InventoryLevelConnection!
}
type InventoryLevel implements Node { id: ID! location: Location! quantities(names: [String!]!): [InventoryQuantity!]! }
type Location implements Node { id: ID! }
type InventoryQuantity { name: String! quantity: Int! }
type InventoryLevelConnection { nodes: [InventoryLevel!]! pageInfo: PageInfo! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Mutation { inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload }
input InventorySetQuantitiesInput { name: String! reason: String! referenceDocumentUri: String quantities: [InventoryQuantityInput!]! }
input InventoryQuantityInput { inventoryItemId: ID! locationId: ID! quantity: Int! changeFromQuantity: Int }
type InventorySetQuantitiesPayload { userErrors: [InventorySetQuantitiesUserError!]! }
type InventorySetQuantitiesUserError { code: String field: [String!] message: String! }
schema { query: QueryRoot mutation: Mutation }
`;

/** The vendor's published schema where it is at hand; else ours, which is narrower, and it says so. */
export const SHOPIFY_SCHEMA = readSchema();

function readSchema(): GraphQLSchema {
  const file = FILES.find((name) => existsSync(name));
  if (file === undefined) console.warn("Shopify's schema is not at hand: what is asked of it is checked less.");
  return buildSchema(file === undefined ? NARROW : readFileSync(file, 'utf8'));
}
