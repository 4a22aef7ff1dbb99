import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import type { Overlay } from '@gotk/kustomize';
import { describe, expect, test } from 'vitest';
import { encryptedFiles } from '../../test/encrypted.ts';
import type { Built } from '../kustomization/build-tree.ts';
import type { Substitution } from '../kustomization/substitute/variables.ts';
import { type BuildEncrypted, buildEncrypted } from './build-encrypted.ts';
import { buildDecrypted } from './decrypter.ts';
import { unwrap } from './unwrap.ts';

const { keys, files } = await encryptedFiles();
const decryption = { provider: 'sops', secretRef: { name: 'keys' } } as const;
const kustomization = (spec: object = { decryption }) =>
  ({ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: 'app', namespace: 'apps' }, spec }) as never;

/** Builds a tree of files with the keys of a Secret, as the controller does, and tells what was on disk when it was done. */
async function built(
  tree: Readonly<Record<string, string | Buffer>>,
  {
    secret = { 'age.agekey': keys } as Readonly<Record<string, string>>,
    path = './',
    substitution = undefined as Substitution | undefined,
    concealed = [] as string[],
    overlay = {} as Overlay,
  } = {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'decryption-'));
  for (const [name, content] of Object.entries(tree)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  const clock = fakeClock();
  const data = Object.fromEntries(Object.entries(secret).map(([name, text]) => [name, Buffer.from(text).toString('base64')]));
  const means = { clock, reach: 'remote', environment: { variables: {}, readFile: () => Promise.reject(new Error('none')) } } as const;
  let rounds = 0;
  try {
    const result: Built = await buildDecrypted(kustomization(), {
      deps: {
        means,
        reach: 'remote',
        vaultInstances: undefined,
        client: undefined as never,
        defaultServiceAccount: '',
        sharedAgeSecret: undefined,
        readSecret: async () => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, data }),
      },
      signal: AbortSignal.timeout(20_000),
      wait: (what) => what(),
      build: async (dataKeys) => {
        rounds += 1;
        return buildEncrypted(
          structuredClone<BuildEncrypted>({
            directory,
            path,
            overlay,
            dataKeys,
            ...(substitution === undefined ? {} : { substitution }),
          }),
        );
      },
      unwrap: async (task) => structuredClone(await unwrap(structuredClone(task))),
      conceal: (texts) => concealed.push(...texts),
    });
    return { objects: result.objects as readonly never[], rounds, concealed };
  } finally {
    // Whatever happened, nothing was written.
    expect((await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length).toBe(
      Object.keys(tree).length,
    );
    for (const [name, content] of Object.entries(tree))
      expect((await readFile(join(directory, name))).equals(Buffer.from(content))).toBe(true);
    await rm(directory, { recursive: true });
  }
}

const value = (text: string) => Buffer.from(text).toString('base64');
const GENERATOR = 'generatorOptions: { disableNameSuffixHash: true }\n';

describe('an encrypted build', () => {
  test('has manifests decrypted, in one round more than without', async () => {
    const { objects, rounds } = await built({ 'secret.yaml': files.manifest, 'deep/other.yaml': files.several });

    expect(objects).toMatchObject([
      { metadata: { name: 'one' } },
      { metadata: { name: 'two' } },
      { metadata: { name: 'login' }, stringData: { password: 's3cret' } },
    ]);
    expect(JSON.stringify(objects)).not.toMatch(/ENC\[|"sops"/);
    expect(rounds).toBe(2);
  });

  test('has the sources of Secrets decrypted in every format', async () => {
    const generator = `secretGenerator:\n- name: s\n  envs: [app.env]\n  files: [blob, config=blob, .dockerconfigjson=docker, settings.ini]\n${GENERATOR}`;
    const { objects } = await built({
      'kustomization.yaml': generator,
      'app.env': files.env,
      blob: files.binary,
      docker: files.json,
      'settings.ini': files.ini,
    });

    expect(objects).toMatchObject([{ data: { PASSWORD: value('s3cret'), blob: value('bl0b-s3cret'), config: value('bl0b-s3cret') } }]);
    const { data } = objects[0] as unknown as { data: Record<string, string> };
    expect(JSON.parse(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString())).toEqual({ auths: { r: { password: 's3cret' } } });
    expect(Buffer.from(data['settings.ini'] ?? '', 'base64').toString()).toBe('[db]\npassword = s3cret\n');
  });

  test('has patches decrypted, and what components and bases name', async () => {
    const { objects } = await built(
      {
        'app/kustomization.yaml': 'resources: [../base]\ncomponents: [../part]\npatches: [{ path: patch.yaml }]\n',
        'app/patch.yaml': files.patch,
        'base/kustomization.yaml': `resources: [plain.yaml]\n`,
        'base/plain.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: login }\nstringData: { user: admin }\n',
        'part/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nsecretGenerator: [{ name: part, envs: [app.env] }]\n${GENERATOR}`,
        'part/app.env': files.env,
      },
      { path: './app' },
    );

    expect(objects).toMatchObject([
      { metadata: { name: 'login' }, stringData: { user: 'admin', password: 's3cret' } },
      { metadata: { name: 'part' }, data: { PASSWORD: value('s3cret') } },
    ]);
  });

  test('has values of Secrets decrypted that are encrypted files', async () => {
    const manifest = `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { app.env: ${files.env.toString('base64')}, other: ${value('plain')} }\n`;

    expect((await built({ 'secret.yaml': manifest })).objects).toMatchObject([
      { data: { 'app.env': value('PASSWORD=s3cret\n'), other: value('plain') } },
    ]);
  });

  test('leaves what becomes a ConfigMap, and what says so itself, as it is', async () => {
    const generator = `resources: [kept.yaml]\nconfigMapGenerator: [{ name: c, files: [secret.yaml] }]\n${GENERATOR}`;
    const { objects, rounds } = await built({ 'kustomization.yaml': generator, 'secret.yaml': files.manifest, 'kept.yaml': files.exempt });

    expect(JSON.stringify(objects)).not.toContain('s3cret');
    expect(objects).toMatchObject([{ kind: 'Secret', sops: {} }, { kind: 'ConfigMap' }]);
    expect(rounds).toBe(1);
  });

  test('has patches decrypted whose names have no ending', async () => {
    const { objects } = await built({
      'kustomization.yaml': 'resources: [plain.yaml]\npatches: [{ path: patch }]\n',
      'plain.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: login }\nstringData: { user: admin }\n',
      patch: files.unnamed,
    });

    expect(objects).toMatchObject([{ metadata: { name: 'login' }, stringData: { user: 'admin', password: 's3cret' } }]);
  });

  test('of documents that were encrypted one by one and put together has all of them', async () => {
    const plain = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: plain }\n';
    const { objects, rounds } = await built({ 'all.yaml': [files.patch, plain, files.several].join('---\n') });

    expect(objects).toMatchObject([
      { metadata: { name: 'login' } },
      { kind: 'ConfigMap' },
      { metadata: { name: 'one' } },
      { metadata: { name: 'two' } },
    ]);
    expect(JSON.stringify(objects)).not.toMatch(/ENC\[|"sops"/);
    expect(rounds).toBe(2);
  });

  test('refuses one of several documents that is missing', async () => {
    const [first = ''] = files.several.toString().split(/^---\n/m);

    await expect(built({ 'all.yaml': first })).rejects.toThrow("failed to decrypt 'all.yaml': failed to verify sops data integrity");
  });
});

describe('what its kustomization wants to be left as it is', () => {
  const annotated = (target: string) =>
    `resources: [one.yaml, two.yaml]\nnamePrefix: x-\npatches: [{ target: { name: ${target} }, patch: '${JSON.stringify([
      { op: 'add', path: '/metadata/annotations', value: { 'kustomize.toolkit.fluxcd.io/decrypt': 'Disabled' } },
    ])}' }]\n`;
  const left = { kind: 'Secret', sops: {}, stringData: { password: expect.stringMatching(/^ENC\[/) } };
  const opened = { kind: 'Secret', stringData: { password: 's3cret' } };

  test('is left, and nobody asks for its key', async () => {
    const tree = { 'kustomization.yaml': annotated('login').replace(', two.yaml', ''), 'one.yaml': files.patch };
    const { objects, rounds, concealed } = await built(tree, { secret: {} });

    expect(objects).toMatchObject([{ ...left, metadata: { name: 'x-login' } }]);
    expect([rounds, concealed]).toEqual([1, []]);
  });

  test('is left also where others have the same key, or were encrypted together with it', async () => {
    const tree = { 'kustomization.yaml': annotated('two'), 'one.yaml': files.patch, 'two.yaml': files.several };
    const { objects } = await built(tree);

    expect(objects).toMatchObject([
      { ...opened, metadata: { name: 'x-login' } },
      { ...opened, metadata: { name: 'x-one' } },
      { ...left, metadata: { name: 'x-two' } },
    ]);
  });

  test('is no other object than it says', async () => {
    const plain = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: plain }\n';
    const { objects } = await built({ 'kustomization.yaml': annotated('plain'), 'one.yaml': files.patch, 'two.yaml': plain });

    expect(objects).toMatchObject([{ ...opened, metadata: { name: 'x-login' } }, { kind: 'ConfigMap' }]);
  });

  test('is left only where the kustomization says so: what is put on everything in the end comes too late', async () => {
    const metadata = { annotations: { 'kustomize.toolkit.fluxcd.io/decrypt': 'Disabled' } };
    const { objects } = await built({ 'one.yaml': files.patch }, { overlay: { commonMetadata: metadata } });

    expect(objects).toMatchObject([opened]);
  });
});

describe('of what was decrypted is concealed', () => {
  test('every value, also as a Secret has it; what objects are called is not', async () => {
    const { concealed } = await built({ 'quiet.yaml': files.quiet, 'login.yaml': files.manifest });

    const lines = 'first ibis s3cret line\nsecond lark s3cret line\n';
    expect(concealed.toSorted()).toEqual(
      ['s3cret', 'violet-heron-s3cret', 'amber-wren-s3cret', value('amber-wren-s3cret'), lines].toSorted(),
    );
  });

  test('the file that a Secret is made of', async () => {
    const generator = `secretGenerator: [{ name: s, files: [settings.ini, blob] }]\n${GENERATOR}`;
    const { concealed } = await built({ 'kustomization.yaml': generator, 'settings.ini': files.ini, blob: files.binary });

    expect(concealed).toEqual(['s3cret', 'bl0b-s3cret', '[db]\npassword = s3cret\n']);
  });

  test('what is around a variable', async () => {
    const substitution = { variables: { kind: 'known', values: [['NONE', 'y']], secret: [] }, strict: true, always: false } as const;
    const { objects, concealed } = await built({ 'open.yaml': files.open }, { substitution });

    expect(objects).toMatchObject([{ data: { note: 'scarlet-finch-s3cret-y' } }]);
    expect(concealed).toEqual([expect.stringMatching(/^scarlet-finch-s3cret-\$/), 'scarlet-finch-s3cret-']);
  });

  test('nothing less when the build fails on it', async () => {
    const concealed: string[] = [];
    const tree = { 'kustomization.yaml': 'resources: [quiet.yaml, none.yaml]\n', 'quiet.yaml': files.quiet };

    await expect(built(tree, { concealed })).rejects.toMatchObject({ name: 'TaskFailed', errorName: 'BuildError' });
    expect(concealed).toContain('violet-heron-s3cret');
  });

  test('nothing where nothing was encrypted', async () => {
    const plain = 'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { word: plain-text }\n';

    expect((await built({ 'secret.yaml': plain })).concealed).toEqual([]);
  });
});

describe('an encrypted build fails and says where', () => {
  test.each([
    ['without a key', { secret: {} }, "failed to decrypt 'app/secret.yaml': failed to get the data key: age recipient"],
    [
      'with a key file that is none',
      { secret: { 'x.agekey': 'CANARY' } },
      "failed to import 'x.agekey': line 1 of the age key file is no age identity",
    ],
    ['with keys for AWS that are none', { secret: { 'sops.aws-kms': 'CANARY: x' } }, "failed to import 'sops.aws-kms': needs both"],
    [
      'with a login for Azure that is none',
      { secret: { 'sops.azure-kv': '- CANARY' } },
      "failed to import 'sops.azure-kv': it is no mapping",
    ],
  ])('%s', async (_, options, message) => {
    const error: unknown = await built({ 'app/secret.yaml': files.manifest }, options).catch((reason: unknown) => reason);

    expect(String(error)).toContain(message);
    expect(String(error)).not.toMatch(/CANARY|s3cret|ENC\[/);
  });

  test('when a file was tampered with', async () => {
    const changed = files.manifest.toString().replace('namespace: apps', 'namespace: kube-system');

    await expect(built({ 'secret.yaml': changed })).rejects.toThrow(
      "failed to decrypt 'secret.yaml': failed to verify sops data integrity: it is not what was encrypted",
    );
  });

  test('when a file is too large', async () => {
    await expect(built({ 'secret.yaml': `${files.manifest}# ${'x'.repeat(6_000_000)}\n` })).rejects.toThrow('exceeding limit (5242880)');
  });
});
