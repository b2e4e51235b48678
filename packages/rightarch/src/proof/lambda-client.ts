import type { FileTree, LayerFacts } from '../scan/index.ts';
import type { Obligation, PlatformProof } from './types.ts';

/**
 * Where what speaks the Lambda runtime API is found: AWS's base images (lambda-entrypoint.sh, /var/runtime), the
 * runtime interface clients (aws-lambda-ric, awslambdaric), a custom `bootstrap`, an adapter in /opt/extensions
 * (docs.aws.amazon.com/lambda/latest/dg/images-create.html; github.com/awslabs/aws-lambda-web-adapter).
 */
const CLIENT =
  /^(lambda-entrypoint\.sh|var\/runtime\/.+|(var\/(task|runtime)\/)?bootstrap|opt\/extensions\/.+|.*\/node_modules\/aws-lambda-ric\/.+|.*\/awslambdaric\/.+|.*\/aws_lambda_ric[^/]*\/.+)$/;

/** Runtimes that load their client from a file; a compiled program may have it inside, where nobody looked. */
const INTERPRETED = /\/(node|nodejs|bun|deno|python[\d.]*|ruby[\d.]*|php[\d.]*|perl[\d.]*)$/;

/** Where the first word of a start leads, if it is the full path of a symbolic link. One that leads nowhere starts nothing. */
export function entryLink(tree: FileTree, word: string | undefined): Pick<PlatformProof, 'entryLink'> {
  if (word?.startsWith('/') !== true) return {};
  const found = tree.resolve(word, { followLast: false });
  const program = tree.resolve(word);
  return found.found && found.node.entry.type === 'symlink' && program.found ? { entryLink: program.path } : {};
}

/** Whether an image holds a client of the Lambda runtime API; nothing where a compiled program could hide one. */
export function lambdaClient(
  layers: readonly LayerFacts[],
  tree: FileTree,
  started: readonly Obligation[],
): Pick<PlatformProof, 'lambdaClient'> {
  // What a later layer took away, nobody starts.
  const isThere = ({ type, path }: LayerFacts['files'][number]) =>
    type !== 'directory' && CLIENT.test(path) && tree.resolve(`/${path}`).found;
  if (layers.some(({ files }) => files.some(isThere))) return { lambdaClient: 'present' };
  const last = started.findLast(({ step, holds }) => step === 'exec' && holds === true);
  return last !== undefined && INTERPRETED.test(last.subject) ? { lambdaClient: 'absent' } : {};
}
