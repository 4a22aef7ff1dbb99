import { UsageError } from '../command.ts';
import { parseOptions } from '../options.ts';
import type { KustomizeOptions } from './like-kustomize.ts';

/** What `gotk kustomize build` was asked for. */
export type BuildRequest =
  | { readonly kind: 'cases'; readonly file: string }
  | { readonly kind: 'directory'; readonly directory: string; readonly output: string | undefined; readonly options: KustomizeOptions };

const text = { type: 'string' } as const;
const on = { type: 'boolean' } as const;

const OPTIONS = {
  'load-restrictor': text,
  reorder: text,
  output: { ...text, short: 'o' },
  'enable-managedby-label': on,
  cases: text,
} as const;

const HELM = "a build renders no charts: run 'gotk helm template', and name its output under resources";
const PROGRAMS = 'programs that a kustomization names are not started: their output would depend on the machine';

/** Options of kustomize that ask for what we do not do: to accept them would be to print something else than was asked for. */
const REFUSED = {
  'enable-helm': { ...on, why: HELM },
  'helm-command': { ...text, why: HELM },
  'helm-api-versions': { ...text, why: HELM },
  'helm-kube-version': { ...text, why: HELM },
  'helm-debug': { ...on, why: HELM },
  'enable-alpha-plugins': { ...on, why: PROGRAMS },
  'enable-exec': { ...on, why: PROGRAMS },
  'as-current-user': { ...on, why: PROGRAMS },
  env: { ...text, short: 'e', why: PROGRAMS },
  mount: { ...text, why: PROGRAMS },
  network: { ...on, why: 'a build reads files and nothing else: it has no use for the network' },
  'network-name': { ...text, why: 'a build reads files and nothing else: it has no use for the network' },
} as const;

/** Throws `UsageError`. */
export function parseBuildArgs(args: readonly string[]): BuildRequest {
  const { values, positionals } = parseOptions(args, { options: OPTIONS, refused: REFUSED });
  const { cases, output, reorder, 'load-restrictor': restrictor } = values;
  if (cases !== undefined) {
    if (positionals.length > 0 || output !== undefined || reorder !== undefined || restrictor !== undefined)
      throw new UsageError('--cases stands alone: each case says itself what is built, and how');
    return { kind: 'cases', file: cases };
  }
  const [directory = '.', ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one directory is built at a time, and there are ${positionals.length}`);
  return {
    kind: 'directory',
    directory,
    output,
    options: {
      loadRestrictions: choice(restrictor, { LoadRestrictionsRootOnly: 'root-only', LoadRestrictionsNone: 'none' }, 'load-restrictor'),
      order: choice(reorder, { legacy: 'legacy', none: 'fifo' }, 'reorder'),
      managedByLabel: values['enable-managedby-label'] ?? false,
    },
  };
}

/** The first choice is the default. */
function choice<Value extends string>(given: string | undefined, choices: Readonly<Record<string, Value>>, option: string): Value {
  const name = given ?? Object.keys(choices)[0] ?? '';
  const value = Object.hasOwn(choices, name) ? choices[name] : undefined;
  if (value === undefined) throw new UsageError(`--${option} is ${Object.keys(choices).join(' or ')}, and not '${name}'`);
  return value;
}
