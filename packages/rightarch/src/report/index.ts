/**
 * Values of the other rooms as text for people and JSON for programs.
 * Never here: writing to a stream, reading the terminal, deciding anything.
 * Start with `page.ts` (width and colour), then `diagnostics.ts`.
 */

export * from './annotations.ts';
export * from './check-text.ts';
export * from './diagnostics.ts';
export * from './diff-text.ts';
export * from './docker-loads.ts';
export * from './front-door-text.ts';
export * from './html.ts';
export * from './inspect-text.ts';
export * from './junit.ts';
export * from './machine-text.ts';
export * from './page.ts';
export * from './plan-text.ts';
export * from './project-text.ts';
export * from './proof-text.ts';
export * from './publish-text.ts';
export * from './same-findings.ts';
export * from './sarif.ts';
export * from './seen-text.ts';
export * from './summary.ts';
export * from './table.ts';
export * from './target-text.ts';
export * from './why-text.ts';
