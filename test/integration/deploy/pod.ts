import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '@gotk/apimachinery';
import { freePort } from '@gotk/testkit';
import { type Container, startContainer } from './container.ts';
import { copiesOf, entrypointOf, environmentOf, instructionsOf, parseDockerfile, type Stage } from './dockerfile.ts';
import type { Installation } from './installation.ts';
import { repository } from './repository.ts';

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly volumeMounts: readonly { readonly mountPath: string }[];
        }[];
      };
    };
  };
}

/** What the kubelet makes of a Deployment's Pod and the image's Dockerfile. */
export interface RunningPod extends Container {
  /** As which the API server knows it. */
  readonly user: string;
  readonly healthUrl: string;
  readonly graceMs: number;
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Runs the image of a Deployment of the installation with its arguments, its volumes and its service account's token.
 *
 * It differs from a Pod in two things: ports are free ones of this machine, because there is no network of its own, and it looks at the installation's
 * namespace alone, because everything else is other tests' business.
 */
export async function startPod(installed: Installation, name: string): Promise<RunningPod> {
  const { namespace, connection } = installed;
  const { template } = installed.find<Deployment>('Deployment', name).spec;
  const [container] = template.spec.containers;
  const stages = parseDockerfile(readFileSync(join(repository, 'Dockerfile'), 'utf8'));
  const [metrics, health, storage] = await Promise.all([freePort(), freePort(), freePort()]);
  const server = new URL(connection.server);
  const args = (container?.args ?? []).map((argument) => argument.replaceAll('$(RUNTIME_NAMESPACE)', namespace));
  const own = [
    '--watch-all-namespaces=false',
    `--metrics-addr=127.0.0.1:${metrics}`,
    `--health-addr=127.0.0.1:${health}`,
    ...(name === 'source-controller' ? [`--storage-addr=127.0.0.1:${storage}`, '--allow-local-addresses'] : []),
  ];
  const running = startContainer({
    entrypoint: entrypointOf(stages, name),
    args: [...args, ...own],
    contents: builtContents(stages, name),
    env: {
      ...environmentOf(stages, name),
      RUNTIME_NAMESPACE: namespace,
      HOSTNAME: `${name}-0`,
      KUBERNETES_SERVICE_HOST: server.hostname,
      KUBERNETES_SERVICE_PORT: server.port || '443',
    },
    volumes: (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath),
    files: { [`${ACCOUNT}/token`]: await tokenOf(installed, name), [`${ACCOUNT}/ca.crt`]: connection.ca ?? '' },
  });
  return {
    ...running,
    user: `system:serviceaccount:${namespace}:${name}`,
    healthUrl: `http://127.0.0.1:${health}`,
    graceMs: template.spec.terminationGracePeriodSeconds * 1000,
  };
}

/** What the Dockerfile takes over from the checkout in which it has built, but for the texts. */
function builtContents(stages: readonly Stage[], name: string): Readonly<Record<string, string>> {
  const copies = copiesOf(instructionsOf(stages, name)).flatMap(({ sources, to }) => sources.map((source) => ({ source, to })));
  const built = copies.filter(({ source }) => source.startsWith('/src/') && !source.endsWith('.txt'));
  return Object.fromEntries(built.map(({ source, to }) => [to.replace(/\/$/, ''), join(repository, source.slice('/src/'.length))]));
}

async function tokenOf({ api, namespace }: Installation, account: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3_600 } };
  const { status, text } = await api.request({ method: 'POST', path, body });
  if (status !== 201) throw new Error(`no token for ${account}: ${text}`);
  const answer = JSON.parse(text) as { readonly status: { readonly token: string } };
  return answer.status.token;
}
