import fc from 'fast-check';
import { beforeEach } from 'vitest';

// A mutant is killed by the same test in every run, and nobody needs its counterexample made small.
fc.configureGlobal({ seed: 1, endOnFailure: true });

// A busy machine would kill mutants at random.
beforeEach(({ task, skip }) => skip(task.name.endsWith('within bounds'), 'how long it takes tells nothing of a mutant'));
