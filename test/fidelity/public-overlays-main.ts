/**
 * Builds overlays of public projects by the real kustomize and by ours: node test/fidelity/public-overlays-main.ts [part of a name]
 *
 * Each is in a Go module, which Go downloads and keeps. Exits with 1 when an object differs, or the real program no longer makes what the list says.
 */
import { execFileSync } from 'node:child_process';
import { requireProgram } from '@gotk/testkit';
import { buildBoth, type Comparison } from './both-builds.ts';
import { PUBLIC_OVERLAYS, type PublicOverlay } from './public-overlays.ts';

/** Where Go keeps the files of a module. */
function download({ module, version }: PublicOverlay): string {
  const said = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (JSON.parse(said) as { readonly Dir: string }).Dir;
}

const nameOf = ({ module, version, path }: PublicOverlay): string => `${module}@${version} ${path}`;

function verdictOn(overlay: PublicOverlay, { objects, difference }: Comparison): string {
  if (objects !== overlay.objects) return `DIFFERENT: the real program makes ${objects} objects, not the ${overlay.objects} of the list`;
  return difference === undefined ? 'same' : `DIFFERENT: ${difference}`;
}

const [, , part = ''] = process.argv;
const kustomize = await requireProgram('kustomize');
const chosen = PUBLIC_OVERLAYS.filter((overlay) => nameOf(overlay).includes(part));
const roots = new Map(chosen.map((overlay) => [overlay.module, download(overlay)]));

console.log('objects    real    ours');
let same = 0;
for (const overlay of chosen) {
  const compared = buildBoth(kustomize, roots.get(overlay.module) ?? '', overlay.path);
  const verdict = verdictOn(overlay, compared);
  if (verdict === 'same') same += 1;
  const seconds = [compared.realSeconds, compared.ourSeconds].map((value) => `${value.toFixed(2)} s`.padStart(7));
  console.log(
    `${String(compared.objects).padStart(7)} ${seconds.join(' ')}  ${overlay.what}: ${nameOf(overlay)}\n${' '.repeat(25)}${verdict}`,
  );
}
console.log(`${same} same, ${chosen.length - same} different`);
process.exitCode = same === chosen.length ? 0 : 1;
