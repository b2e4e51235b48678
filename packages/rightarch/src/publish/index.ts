/**
 * Publishing: everything by digest, then the proof, then the names.
 * Never here: how a registry is spoken to, what a proof looks at, how tags are made from variables.
 * Start with `publish-tree.ts`.
 */
export { type Joining, type JoinOptions, joinTrees } from './join.ts';
export { publishTree, whatToPublish } from './publish-tree.ts';
export { type ChangeRules, planTagChange, type TagChange, type Wanted } from './tag-change.ts';
export type {
  Destination,
  PublishEvent,
  PublishOptions,
  PublishReceipt,
  Pushed,
  RepositoryReceipt,
  TagReceipt,
} from './types.ts';
