import { renderYaml } from '@gotk/apimachinery/yaml';
import { cleanPath } from '../tree/path.ts';
import { isRemote } from '../tree/remote-address.ts';

/** Where a resource came from, or what changed it: the content of kustomize's annotations. */
export interface Origin {
  readonly path?: string;
  readonly repo?: string;
  readonly ref?: string;
  /** The file that asked for the generator or transformer, and what that is. */
  readonly configuredIn?: string;
  readonly configuredBy?: { readonly apiVersion: string; readonly kind: string; readonly name?: string; readonly namespace?: string };
}

const FIELDS = ['path', 'repo', 'ref', 'configuredIn', 'configuredBy'] as const;

/** An origin as kustomize writes it into an annotation: YAML, its fields in this order. */
export function renderOrigin(origin: Origin): string {
  const text = rendered.get(origin) ?? render(origin);
  rendered.set(origin, text);
  return text;
}

/** What one transformer did is told of every object that it did it to. */
const rendered = new WeakMap<Origin, string>();

const render = (origin: Origin): string =>
  FIELDS.map((field) => (origin[field] === undefined || origin[field] === '' ? '' : renderYaml({ [field]: origin[field] }))).join('');

/** The same for a list of them. */
export const renderOrigins = (origins: readonly Origin[]): string =>
  origins.map((origin) => `- ${renderOrigin(origin).trimEnd().replaceAll('\n', '\n  ')}\n`).join('');

/** The origin of what a kustomization there names. */
export function within(origin: Origin, path: string): Origin {
  if (isRemote(path)) return { repo: path };
  const parts = [...(origin.path ?? '').split('/'), ...path.split('/')];
  return { ...origin, path: cleanPath(parts) };
}

/** The origin of what a built-in plugin made, or of a change that it made. */
export const builtBy = ({ path = '', repo, ref }: Origin, { file, kind }: { readonly file: string; readonly kind: string }): Origin => ({
  ...(repo === undefined ? {} : { repo }),
  ...(ref === undefined ? {} : { ref }),
  configuredIn: cleanPath([...path.split('/'), file.slice(file.lastIndexOf('/') + 1)]),
  configuredBy: { apiVersion: 'builtin', kind },
});
