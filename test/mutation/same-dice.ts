import fc from 'fast-check';

// A mutant is killed by the same test in every run, and nobody needs its counterexample made small.
fc.configureGlobal({ seed: 1, endOnFailure: true });
