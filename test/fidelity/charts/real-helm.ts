import { spawnSync } from 'node:child_process';
import { RELEASE, type Rendering } from './rendered.ts';

/** What Helm prints of a release, as far as it is compared. What is empty it leaves out. */
interface PrintedRelease {
  readonly manifest?: string;
  readonly info: { readonly notes?: string };
  readonly hooks?: readonly PrintedHook[];
}

interface PrintedHook {
  readonly path: string;
  readonly manifest: string;
  readonly events: readonly string[];
  readonly weight?: number;
  readonly delete_policies?: readonly string[];
}

/** Renders the chart in a directory by the real program, with a file of values. `helm template` would not print the notes; this asks no cluster either. */
export function renderByHelm(helm: string, directory: string, values: string): Rendering {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(
    helm,
    ['install', RELEASE.name, directory, '--namespace', RELEASE.namespace, '--values', values, '--dry-run=client', '--output', 'json'],
    { encoding: 'utf8', maxBuffer: 512 * 1024 * 1024 },
  );
  const seconds = (performance.now() - started) / 1000;
  if (error !== undefined) throw error;
  if (status !== 0) return { seconds, outcome: messageOf(stderr) };
  const { manifest = '', info, hooks = [] }: PrintedRelease = JSON.parse(stdout);
  return {
    seconds,
    outcome: {
      manifest,
      notes: info.notes ?? '',
      hooks: hooks.map(({ path, manifest: text, events, weight = 0, delete_policies: deletePolicies = [] }) => ({
        path,
        manifest: text,
        events,
        weight,
        deletePolicies,
      })),
    },
  };
}

/** Without what the program says before: warnings, and which of its commands it was. */
const messageOf = (stderr: string): string =>
  stderr
    .slice(Math.max(0, stderr.indexOf('Error: ')))
    .replace(/^Error: (?:INSTALLATION FAILED: )?/, '')
    .trim();
