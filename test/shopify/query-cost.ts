import { Kind, type DocumentNode, type FieldNode, type SelectionSetNode } from 'graphql';

/**
 * What a document costs by Shopify's published rules: a mutation ten points, an object one, a connection two and its objects as
 * often as it may hold; lists of plain objects are counted once, and what stands under `nodes(ids:)` once for each id.
 */
export function costOf(document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
  return document.definitions.reduce((sum, one) => {
    if (one.kind !== Kind.OPERATION_DEFINITION) return sum;
    return sum + (one.operation === 'mutation' ? 10 : costOfSet(one.selectionSet, variables));
  }, 0);
}

function costOfSet(set: SelectionSetNode, variables: Readonly<Record<string, unknown>>): number {
  return set.selections.reduce((sum, one) => {
    if (one.kind === Kind.FRAGMENT_SPREAD) return sum;
    if (one.kind === Kind.INLINE_FRAGMENT) return sum + costOfSet(one.selectionSet, variables);
    return sum + costOfField(one, variables);
  }, 0);
}

function costOfField(field: FieldNode, variables: Readonly<Record<string, unknown>>): number {
  const { selectionSet: set, name } = field;
  if (set === undefined || name.value === 'pageInfo') return 0;
  const inner = costOfSet(set, variables);
  const ids = given(field, 'ids', variables);
  if (Array.isArray(ids)) return ids.length * (1 + inner);
  const first = given(field, 'first', variables);
  if (typeof first === 'number') return 2 + first * inner;
  return 1 + inner;
}

function given({ arguments: all = [] }: FieldNode, name: string, variables: Readonly<Record<string, unknown>>): unknown {
  const value = all.find((one) => one.name.value === name)?.value;
  if (value?.kind === Kind.VARIABLE) return variables[value.name.value];
  return value?.kind === Kind.INT ? Number(value.value) : undefined;
}
