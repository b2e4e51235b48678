import { configureGlobal } from 'fast-check';

// In CI the same change is held to the same cases; everywhere else each run tries others. A counterexample that a run
// finds is a bug, but not one of whoever happens to push next.
if (process.env['CI'] !== undefined) configureGlobal({ seed: 1 });
