import { confirmed, linux } from '../fact.ts';
import type { Target } from '../types.ts';
import { dockerHost } from './kubernetes.ts';

const GITHUB = 'https://docs.github.com/en/actions/reference/runners/github-hosted-runners';
const GITLAB = 'https://docs.gitlab.com/ee/ci/runners/hosted_runners/linux.html';

export const githubActions: Target = {
  ...dockerHost,
  id: 'github-actions',
  title: 'GitHub Actions (hosted runners)',
  aliases: ['github', 'gha'],
  platforms: confirmed(linux('amd64', 'arm64'), GITHUB),
  fallback: confirmed('amd64', GITHUB, 'ubuntu-latest'),
  declaredBy: {
    yaml: 'jobs.*.runs-on: ubuntu-24.04-arm|ubuntu-22.04-arm (arm64), ubuntu-latest|ubuntu-24.04|ubuntu-22.04 (amd64)',
  },
};

export const gitlabHosted: Target = {
  ...dockerHost,
  id: 'gitlab-hosted',
  title: 'GitLab.com (hosted runners)',
  aliases: ['gitlab'],
  platforms: confirmed(linux('amd64', 'arm64'), GITLAB),
  fallback: confirmed('amd64', GITLAB, 'untagged jobs run on saas-linux-small-amd64'),
  declaredBy: { yaml: 'tags: saas-linux-<size>-arm64 (arm64), saas-linux-<size>-amd64 or untagged (amd64)' },
};
