import type { DockerfileRule } from '../rule.ts';
import { architectureHardCoded } from './dockerfile/architecture-hard-coded.ts';
import { baseForOnePlatform } from './dockerfile/base-for-one-platform.ts';
import { builderOutputCopied } from './dockerfile/builder-output-copied.ts';
import { finalStageOnBuilder } from './dockerfile/final-stage-on-builder.ts';
import { platformPinned } from './dockerfile/platform-pinned.ts';
import { targetArgumentDefault } from './dockerfile/target-argument-default.ts';
import { targetArgumentUndeclared } from './dockerfile/target-argument-undeclared.ts';

/** One file, one rule, one code: `dockerfile/NAME` of `rules/dockerfile/NAME.ts`. */
export const dockerfileRules: readonly DockerfileRule[] = [
  platformPinned,
  finalStageOnBuilder,
  baseForOnePlatform,
  builderOutputCopied,
  architectureHardCoded,
  targetArgumentUndeclared,
  targetArgumentDefault,
];
