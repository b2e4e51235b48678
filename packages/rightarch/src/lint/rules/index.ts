import type { DockerfileRule, WorkflowRule } from '../rule.ts';
import { architectureHardCoded } from './dockerfile/architecture-hard-coded.ts';
import { baseDigestOfOnePlatform } from './dockerfile/base-digest-of-one-platform.ts';
import { baseForOnePlatform } from './dockerfile/base-for-one-platform.ts';
import { basePlatformMissing } from './dockerfile/base-platform-missing.ts';
import { builderOutputCopied } from './dockerfile/builder-output-copied.ts';
import { checksumOfOne } from './dockerfile/checksum-of-one.ts';
import { cpuNameUnknown } from './dockerfile/cpu-name-unknown.ts';
import { cpuOfBuilder } from './dockerfile/cpu-of-builder.ts';
import { entryScriptBroken } from './dockerfile/entry-script-broken.ts';
import { finalStageOnBuilder } from './dockerfile/final-stage-on-builder.ts';
import { hostFilesCopied } from './dockerfile/host-files-copied.ts';
import { libcOfAnotherBase } from './dockerfile/libc-of-another-base.ts';
import { neutralStageEmulated } from './dockerfile/neutral-stage-emulated.ts';
import { platformPinned } from './dockerfile/platform-pinned.ts';
import { platformWithoutBranch } from './dockerfile/platform-without-branch.ts';
import { targetArgumentDefault } from './dockerfile/target-argument-default.ts';
import { targetArgumentNotExpanded } from './dockerfile/target-argument-not-expanded.ts';
import { targetArgumentUndeclared } from './dockerfile/target-argument-undeclared.ts';
import { unusedStagePinned } from './dockerfile/unused-stage-pinned.ts';
import { attestationsRefused } from './workflow/attestations-refused.ts';
import { buildkitOff } from './workflow/buildkit-off.ts';
import { cacheShared } from './workflow/cache-shared.ts';
import { digestsNotJoined } from './workflow/digests-not-joined.ts';
import { joinedTooEarly } from './workflow/joined-too-early.ts';
import { loadSeveral } from './workflow/load-several.ts';
import { manifestOfIndexes } from './workflow/manifest-of-indexes.ts';
import { noBuilder } from './workflow/no-builder.ts';
import { noEmulation } from './workflow/no-emulation.ts';
import { tagOverwritten } from './workflow/tag-overwritten.ts';

/** One file, one rule, one code: `dockerfile/NAME` of `rules/dockerfile/NAME.ts`. */
export const dockerfileRules: readonly DockerfileRule[] = [
  platformPinned,
  finalStageOnBuilder,
  baseForOnePlatform,
  baseDigestOfOnePlatform,
  basePlatformMissing,
  builderOutputCopied,
  libcOfAnotherBase,
  neutralStageEmulated,
  architectureHardCoded,
  targetArgumentUndeclared,
  targetArgumentDefault,
  entryScriptBroken,
  hostFilesCopied,
  checksumOfOne,
  cpuOfBuilder,
  unusedStagePinned,
  platformWithoutBranch,
  cpuNameUnknown,
  targetArgumentNotExpanded,
];

/** The same for workflows of GitHub Actions: `workflow/NAME`. */
export const workflowRules: readonly WorkflowRule[] = [
  tagOverwritten,
  digestsNotJoined,
  joinedTooEarly,
  manifestOfIndexes,
  attestationsRefused,
  loadSeveral,
  noBuilder,
  noEmulation,
  cacheShared,
  buildkitOff,
];

/** Those that a workflow in a document tells by itself: an example is not all of a repository. */
export const workflowExampleRules: readonly WorkflowRule[] = [
  tagOverwritten,
  manifestOfIndexes,
  loadSeveral,
  cacheShared,
];
