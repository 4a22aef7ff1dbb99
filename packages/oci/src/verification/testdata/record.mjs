/**
 * Records what the real cosign (3.1) and notation (1.3) leave in a real registry: `node packages/oci/src/verification/testdata/record.mjs`.
 *
 * The tests read the recording, because building cosign takes longer than all other tests. Both programs must be on PATH:
 * `go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3`; and in an empty Go module `go get github.com/notaryproject/notation@v1.3.2`, then
 * `GOFLAGS=-mod=mod go build github.com/notaryproject/notation/cmd/notation`.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry } from '@gotk/testkit';

const MANIFESTS = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
const KEYS = {
  p256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  p521: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: () => generateKeyPairSync('ed25519'),
};

const directory = await mkdtemp(join(tmpdir(), 'record-signatures-'));
const env = { ...process.env, COSIGN_PASSWORD: 'password', HOME: directory, XDG_CONFIG_HOME: directory };
await using registry = await startRegistry({ tls: false, auth: 'none' });
const recording = { recordedAtMs: Date.now(), registry: registry.host, files: {}, repositories: {} };

async function run(program, ...args) {
  const child = spawn(program, args, { cwd: directory, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}`);
}

async function push(repository, content) {
  const layers = [{ mediaType: 'application/vnd.cncf.flux.content.v1.tar+gzip', content: Buffer.from(content) }];
  const { digest } = await registry.pushArtifact({ repository, tag: 'v1', layers });
  return digest;
}

async function get(repository, path) {
  const response = await fetch(`http://${registry.host}/v2/${repository}/${path}`, { headers: { accept: MANIFESTS } });
  return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
}

/** All tags, and everything they lead to. */
async function record(repository, digest) {
  const { tags } = JSON.parse(await get(repository, 'tags/list'));
  const manifests = {};
  const blobs = {};
  const follow = async (reference) => {
    const bytes = await get(repository, `manifests/${reference}`);
    manifests[reference] = bytes.toString('base64');
    const { manifests: children = [], layers = [] } = JSON.parse(bytes);
    for (const child of children) await follow(child.digest);
    for (const layer of layers) blobs[layer.digest] = (await get(repository, `blobs/${layer.digest}`)).toString('base64');
  };
  for (const tag of [...tags, digest]) await follow(tag);
  recording.repositories[repository] = { digest, manifests, blobs };
}

async function cosign(key, repository, content) {
  const digest = await push(repository, content);
  for (const bundle of [true, false]) {
    const formats = [`--new-bundle-format=${bundle}`, '--use-signing-config=false', '--tlog-upload=false'];
    await run('cosign', 'sign', '--yes', '--key', `${key}.key`, ...formats, '--allow-http-registry', `${registry.host}/${repository}@${digest}`);
  }
  await record(repository, digest);
}

for (const [name, generate] of Object.entries(KEYS)) {
  const pem = generate().privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(join(directory, `${name}.pem`), pem);
  await run('cosign', 'import-key-pair', '--yes', '--key', `${name}.pem`, '--output-key-prefix', name);
  recording.files[`${name}.pub`] = await readFile(join(directory, `${name}.pub`), 'utf8');
  await cosign(name, `cosign/${name}`, name);
}
await cosign('p256', 'cosign/other', 'another artifact');

await run('notation', 'cert', 'generate-test', '--default', 'tester');
const certificates = join(directory, 'notation', 'localkeys');
for (const name of await readdir(certificates)) {
  if (name.endsWith('.crt')) recording.files[name] = await readFile(join(certificates, name), 'utf8');
}
for (const format of ['jws', 'cose']) {
  const repository = `notation/${format}`;
  const digest = await push(repository, format);
  await run('notation', 'sign', '--insecure-registry', '--signature-format', format, '--expiry', '12h', `${registry.host}/${repository}@${digest}`);
  await record(repository, digest);
}

await writeFile(new URL('recorded.json', import.meta.url), `${JSON.stringify(recording, undefined, 2)}\n`);
await rm(directory, { recursive: true });
