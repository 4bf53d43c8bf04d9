import type { ErpNotes } from '../notes.ts';
import { ErpUnavailable } from '../port.ts';

/** Notes that cannot be read or written just now are, to a caller, an ERP that cannot be asked. */
export function steadyNotes(notes: ErpNotes): ErpNotes {
  return {
    find: (keys) => steady(notes.find(keys)),
    claim: (claims, nowMs) => steady(notes.claim(claims, nowMs)),
    ofDocuments: (documents) => steady(notes.ofDocuments(documents)),
  };
}

async function steady<Result>(answer: Promise<Result>): Promise<Result> {
  try {
    return await answer;
  } catch (error) {
    throw new ErpUnavailable(`Our notes of this ERP cannot be read or written: ${String(error)}`.slice(0, 500));
  }
}
