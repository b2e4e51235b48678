import * as ecs from './runtimes/aws-ecs.ts';
import * as functions from './runtimes/aws-functions.ts';
import * as ci from './runtimes/ci.ts';
import * as cluster from './runtimes/kubernetes.ts';
import * as machine from './runtimes/machines.ts';
import * as service from './runtimes/platforms-as-a-service.ts';
import { type Target, type TargetId, targetIds } from './types.ts';

/** Every runtime, in the order of facts/targets.md section 11. */
export const targets: Readonly<Record<TargetId, Target>> = {
  'ecs-fargate': ecs.ecsFargate,
  'ecs-express': ecs.ecsExpress,
  'ecs-ec2': ecs.ecsEc2,
  lambda: functions.lambda,
  apprunner: functions.apprunner,
  kubernetes: cluster.kubernetes,
  eks: cluster.eks,
  'eks-fargate': cluster.eksFargate,
  ec2: machine.ec2,
  batch: ecs.batch,
  codebuild: functions.codebuild,
  sagemaker: functions.sagemaker,
  'cloud-run': service.cloudRun,
  gke: cluster.gke,
  gce: machine.gce,
  'azure-container-apps': service.azureContainerApps,
  'azure-aci': service.azureAci,
  aks: cluster.aks,
  'azure-app-service': service.azureAppService,
  'azure-vm': machine.azureVm,
  fly: service.fly,
  heroku: service.heroku,
  render: service.render,
  railway: service.railway,
  'digitalocean-app-platform': service.digitaloceanAppPlatform,
  'oracle-compute': machine.oracleCompute,
  hetzner: machine.hetzner,
  'raspberry-pi-64': machine.raspberryPi64,
  'raspberry-pi-32': machine.raspberryPi32,
  'docker-desktop-apple-silicon': machine.dockerDesktopAppleSilicon,
  'docker-desktop-intel': machine.dockerDesktopIntel,
  'github-actions': ci.githubActions,
  'gitlab-hosted': ci.gitlabHosted,
};

/** A runtime by its id or by what people type for it; capitals and underscores do not matter. */
export function findTarget(text: string): Target | undefined {
  const word = text.trim().toLowerCase().replaceAll('_', '-').replaceAll(' ', '-');
  for (const id of targetIds) {
    if (id === word || targets[id].aliases.includes(word)) return targets[id];
  }
  return undefined;
}

/** Ids and aliases, for a did-you-mean. */
export const targetWords: readonly string[] = targetIds.flatMap((id) => [id, ...targets[id].aliases]);
