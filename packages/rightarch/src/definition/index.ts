/**
 * What runs an image, as its own documents say it: ECS task definitions, Lambda functions, pods, Cloud Run services,
 * compose files; one meaning of each kind. Never here: files, the network, the bytes of an image, and no value that a
 * document does not say. Start with `read.ts`, then `ask.ts`.
 */

export { type AskedRuntime, asksOfDefinition, type DefinitionSource } from './ask.ts';
export { EXPRESSION, type HclBlock, readHcl, readHclAttributes, TEMPLATE } from './hcl.ts';
export { requiredCpus } from './kubernetes.ts';
export { type Definition, readDefinition, workloadsIn, workloadsOfResource } from './read.ts';
export { type ServerlessImage, serverlessImages } from './serverless.ts';
export { inner } from './synthetic.ts';
export { resourcesOfPlan, type TerraformResource } from './terraform.ts';
export {
  child,
  type Extent,
  entriesOf,
  itemsOf,
  MAX_DEFINITION_CHARACTERS,
  readTrees,
  scalarText,
  type Tree,
  type Trees,
  wordsOf,
} from './tree.ts';
export type { Container, Placement, Workload } from './types.ts';
export { subText } from './written.ts';
