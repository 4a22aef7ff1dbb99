import { UsageError } from '../command.ts';
import { parseOptions } from '../options.ts';

/** What `gotk helm template` was asked for. */
export interface TemplateRequest {
  /** Undefined: by `nameTemplate`, or by the chart and the time. */
  readonly name: string | undefined;
  readonly nameTemplate: string | undefined;
  readonly generateName: boolean;
  readonly chart: string;
  readonly namespace: string;
  readonly valuesFiles: readonly string[];
  readonly set: readonly string[];
  readonly setString: readonly string[];
  readonly setJson: readonly string[];
  readonly setFile: readonly string[];
  readonly setLiteral: readonly string[];
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  readonly showOnly: readonly string[];
  readonly includeCrds: boolean;
  readonly skipTests: boolean;
  readonly noHooks: boolean;
  readonly isUpgrade: boolean;
  readonly skipSchemaValidation: boolean;
}

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const on = { type: 'boolean' } as const;

const OPTIONS = {
  namespace: { ...text, short: 'n' },
  values: { ...texts, short: 'f' },
  set: texts,
  'set-string': texts,
  'set-json': texts,
  'set-file': texts,
  'set-literal': texts,
  'kube-version': text,
  'api-versions': { ...texts, short: 'a' },
  'show-only': { ...texts, short: 's' },
  'include-crds': on,
  'skip-tests': on,
  'no-hooks': on,
  'is-upgrade': on,
  'skip-schema-validation': on,
  'name-template': text,
  'generate-name': { ...on, short: 'g' },
  // Of no meaning to what is printed, in Helm either.
  'skip-crds': on,
  'disable-openapi-validation': on,
  'render-subchart-notes': on,
  'hide-notes': on,
  'create-namespace': on,
} as const;

const NETWORK = 'charts are read from disk: fetch it before';
const CLUSTER = 'no cluster is asked';
const PROGRAMS = 'programs are not started: pipe the output through them';

/** Options of Helm that ask for what we do not do: to accept them would be to print something else than was asked for. */
const REFUSED = {
  repo: { ...text, why: NETWORK },
  version: { ...text, why: NETWORK },
  devel: { ...on, why: NETWORK },
  'dependency-update': { ...on, why: `${NETWORK}, with 'helm dependency update'` },
  verify: { ...on, why: NETWORK },
  validate: { ...on, why: CLUSTER },
  'dry-run': { ...text, why: CLUSTER },
  'enable-dns': { ...on, why: 'names are not looked up' },
  'post-renderer': { ...text, why: PROGRAMS },
  'post-renderer-args': { ...texts, why: PROGRAMS },
  'output-dir': { ...text, why: 'everything is printed' },
  debug: { ...on, why: 'what cannot be read is not printed' },
} as const;

/** Throws `UsageError`. */
export function parseTemplateArgs(args: readonly string[]): TemplateRequest {
  const { values, positionals } = parseOptions(args, { options: OPTIONS, refused: REFUSED });
  const { 'name-template': nameTemplate, 'generate-name': generateName = false } = values;
  const isNamed = positionals.length > 1;
  const chart = positionals.at(isNamed ? 1 : 0);
  if (chart === undefined) throw new UsageError('a chart is missing: name its directory or archive');
  if (positionals.length > 2)
    throw new UsageError(`expected at most two arguments, unexpected arguments: ${positionals.slice(2).join(', ')}`);
  if (isNamed && generateName) throw new UsageError('cannot set --generate-name and also specify a name');
  if (isNamed && nameTemplate !== undefined) throw new UsageError('cannot set --name-template and also specify a name');
  return {
    name: isNamed ? positionals[0] : undefined,
    nameTemplate,
    generateName,
    chart,
    namespace: values.namespace ?? 'default',
    valuesFiles: listed(values.values),
    set: values.set ?? [],
    setString: values['set-string'] ?? [],
    setJson: values['set-json'] ?? [],
    setFile: values['set-file'] ?? [],
    setLiteral: values['set-literal'] ?? [],
    kubeVersion: values['kube-version'] || undefined,
    apiVersions: listed(values['api-versions']),
    showOnly: values['show-only'] ?? [],
    includeCrds: values['include-crds'] ?? false,
    skipTests: values['skip-tests'] ?? false,
    noHooks: values['no-hooks'] ?? false,
    isUpgrade: values['is-upgrade'] ?? false,
    skipSchemaValidation: values['skip-schema-validation'] ?? false,
  };
}

/** Of these options, one may have several values, with commas between them. */
const listed = (given: readonly string[] = []): readonly string[] => given.flatMap((each) => each.split(','));
