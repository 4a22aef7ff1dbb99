import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import { eventually } from '@gotk/testkit';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Installation, install } from './installation.ts';
import { isCrd, overlayFiles } from './overlay.ts';
import { controllers } from './repository.ts';

const kubectl = inject('kubectl');

let installed: Installation;
beforeAll(async () => {
  installed = await install();
});
afterAll(() => installed[Symbol.asyncDispose]());

describe('deploy/install', () => {
  test('is taken by an API server that refuses unknown fields, without a warning', async () => {
    const count = (kind: string) => installed.applied.filter(({ wanted }) => wanted.kind === kind).length;
    expect(installed.applied.flatMap(({ wanted, warnings }) => warnings.map((warning) => `${wanted.kind}: ${warning}`))).toEqual([]);
    expect([count('Deployment'), count('ServiceAccount'), count('CustomResourceDefinition')]).toEqual([2, 2, 7]);
    expect(installed.applied.filter(({ wanted, created }) => created === isCrd(wanted)).map(({ wanted }) => wanted)).toEqual([]);
  });

  test('brings the CRDs that the controllers are tested with: their specs change nothing', async () => {
    for (const { wanted, resource, object } of installed.applied.filter((each) => isCrd(each.wanted))) {
      const live = await installed.client.get(resource, { namespace: '', name: wanted.metadata.name }, { signal: installed.signal });
      expect(object.spec).toEqual(live.spec);
      expect(object.metadata.generation).toBe(live.metadata.generation);
    }
  });

  test('makes Pods that get past the namespace: Pod Security, quota and priority admit them', async () => {
    const pods = await eventually(() => podsOf(installed), { timeoutMs: 30_000 });
    const priorities = pods.map(({ spec }) => ({ account: spec.serviceAccountName, priority: spec.priority }));
    expect(priorities.sort((a, b) => a.account.localeCompare(b.account))).toEqual(
      controllers.map((account) => ({ account, priority: 2_000_000_000 })),
    );
  });

  test('goes without a trace', async () => {
    await using own = await install();
    await eventually(() => podsOf(own), { timeoutMs: 30_000 });

    await own.uninstall();

    const kinds = new Map(own.applied.map(({ resource }) => [resource.kind, resource]));
    const labelSelector = `app.kubernetes.io/instance=${own.namespace}`;
    const left = await Promise.all(
      [...kinds.values(), podResource].map((resource) => own.client.list<KubeObject>(resource, { labelSelector, signal: own.signal })),
    );
    expect(left.flatMap(({ items }) => items)).toEqual([]);
  });

  // A cluster that somebody lent comes without a kubectl of its version.
  test.runIf(kubectl.length > 0)('is to kubectl what it is to the engine of kustomize-controller', async () => {
    using directory = written(overlayFiles(installed.namespace));

    const manifests = await run(['kustomize', join(directory.path, 'deploy/install')]);
    const withoutCrds = manifests.stdout.split(/^---\n/m).filter((document) => !/^kind: CustomResourceDefinition$/m.test(document));
    const difference = await run(['diff', '--server-side', '--field-manager=install', '--filename=-'], withoutCrds.join('---\n'));

    expect(manifests).toMatchObject({ stderr: '', code: 0 });
    expect(withoutCrds).toHaveLength(installed.applied.filter(({ wanted }) => !isCrd(wanted)).length);
    expect(difference).toEqual({ stdout: '', stderr: '', code: 0 });
  });
});

interface Pod extends KubeObject {
  readonly spec: { readonly serviceAccountName: string; readonly priority: number };
}

const podResource: Resource<Pod> = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

async function podsOf({ client, namespace, signal }: Installation): Promise<Pod[]> {
  const { items } = await client.list(podResource, { namespace, signal });
  if (items.length !== controllers.length) throw new Error(`there are ${items.length} Pods`);
  return [...items];
}

function written(files: Readonly<Record<string, string>>): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'overlay-'));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

async function run(args: readonly string[], input = '') {
  const [program = '', ...first] = kubectl;
  const child = spawn(program, [...first, `--kubeconfig=${inject('kubeconfigPath')}`, ...args], {
    stdio: 'pipe',
    timeout: 30_000,
    env: { PATH: process.env.PATH, HOME: tmpdir() },
  });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, code: code as number | null };
}
