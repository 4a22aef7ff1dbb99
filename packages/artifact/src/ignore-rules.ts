import { ArtifactError } from './artifact-error.ts';
import { compileIgnorePattern, type IgnorePattern } from './ignore-pattern.ts';

/** The name of the files that hold ignore rules, anywhere in a tree. */
export const IGNORE_FILE = '.sourceignore';

// Contract 0.2: what no artifact needs, and what applies only when nobody has written rules of their own.
const VERSION_CONTROL = ['.git/', '.gitignore', '.gitmodules', '.gitattributes'];
const DEFAULTS = [
  ...['*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip'],
  ...['.github/', '.circleci/', '.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml', 'cloudbuild.yaml'],
  ...['codeship-services.yml', 'codeship-steps.yml', '**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml'],
];

export interface IgnoreSources {
  /** The text of each `.sourceignore`, by its directory ('' for the root). */
  readonly files: ReadonlyMap<string, string>;
  /** `spec.ignore`. */
  readonly spec: string | undefined;
  /** False: nothing is left out unless a rule says so. Flux does so for buckets. */
  readonly defaults?: boolean;
}

/** Whether a file, by its path relative to the root, is left out. */
export type IsIgnored = (path: string) => boolean;

interface Rule extends IgnorePattern {
  /** Where the line stands, split at its slashes. */
  readonly directory: readonly string[];
}

const MAX_RULES = 10_000;

/**
 * Compiles the rules of a tree: those of outer directories before those of inner ones, `spec.ignore` last; the last rule that matches
 * decides. As in Flux, and unlike in Git, a file can be included again although its directory is excluded. Rules of any kind replace the
 * defaults, except for those about version control. Throws `ArtifactError` for more rules than anybody needs.
 */
export function ignoreRules({ files, spec, defaults = true }: IgnoreSources): IsIgnored {
  const own = [
    ...[...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([directory, text]) => rulesOf(linesOf(text), directory)),
    ...rulesOf(linesOf(spec ?? ''), ''),
  ];
  // Dropping some would drop those of `spec.ignore`, and publish what somebody wanted left out.
  if (own.length > MAX_RULES) throw new ArtifactError('too-large', `there are more than ${MAX_RULES} rules about what to ignore`);
  const fallback = own.length === 0 ? [...VERSION_CONTROL, ...DEFAULTS] : VERSION_CONTROL;
  const lastFirst = [...rulesOf(defaults ? fallback : [], ''), ...own].reverse();
  return (path) => {
    const parts = path.split('/');
    const decisive = lastFirst.find((rule) => isAbout(rule, parts));
    return decisive !== undefined && !decisive.includes;
  };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  return lines.filter((line) => !line.startsWith('#') && line.trim() !== '');
}

function rulesOf(lines: readonly string[], directory: string): readonly Rule[] {
  const parts = directory === '' ? [] : directory.split('/');
  return lines.map((line) => ({ directory: parts, ...compileIgnorePattern(line) }));
}

function isAbout({ directory, matches }: Rule, path: readonly string[]): boolean {
  if (directory.length === 0) return matches(path);
  return path.length > directory.length && directory.every((part, index) => part === path[index]) && matches(path.slice(directory.length));
}
