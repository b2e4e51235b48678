import { FileTree, type LayerFacts } from '../scan/index.ts';
import type { PlatformProof } from './types.ts';

/**
 * Where what speaks the Lambda runtime API is found: AWS's base images (lambda-entrypoint.sh, /var/runtime), the
 * runtime interface clients (aws-lambda-ric, awslambdaric), a custom `bootstrap`, an adapter in /opt/extensions
 * (docs.aws.amazon.com/lambda/latest/dg/images-create.html; github.com/awslabs/aws-lambda-web-adapter).
 */
const CLIENT =
  /^(lambda-entrypoint\.sh|var\/runtime\/.+|(var\/(task|runtime)\/)?bootstrap|opt\/extensions\/.+|.*\/node_modules\/aws-lambda-ric\/.+|.*\/awslambdaric\/.+|.*\/aws_lambda_ric[^/]*\/.+)$/;

/** Runtimes that load their client from a file; a compiled program may have it inside, where nobody looked. */
const INTERPRETED = /\/(node|nodejs|bun|deno|python[\d.]*|ruby[\d.]*|php[\d.]*|perl[\d.]*)$/;

/** Whether an image holds a client of the Lambda runtime API; undefined where a compiled program could hide one. */
export function lambdaClient(
  layers: readonly LayerFacts[],
  proof: Pick<PlatformProof, 'obligations'>,
): 'present' | 'absent' | undefined {
  const named = layers.flatMap(({ files }) =>
    files.filter(({ type, path }) => type !== 'directory' && CLIENT.test(path)).map(({ path }) => path),
  );
  if (named.length > 0) {
    // What a later layer took away, nobody starts.
    const tree = new FileTree();
    for (const [i, layer] of layers.entries()) tree.apply(layer.files, i + 1, 'resolve');
    if (named.some((path) => tree.resolve(`/${path}`).found)) return 'present';
  }
  const last = proof.obligations.findLast(({ step, holds }) => step === 'exec' && holds === true);
  return last !== undefined && INTERPRETED.test(last.subject) ? 'absent' : undefined;
}
