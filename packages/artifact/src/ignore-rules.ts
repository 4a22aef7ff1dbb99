import ignore, { type Ignore } from 'ignore';

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
}

/** Whether a file, by its path relative to the root, is left out. */
export type IsIgnored = (path: string) => boolean;

interface Rule {
  readonly directory: string;
  readonly includes: boolean;
  readonly pattern: Ignore;
}

const MAX_RULES = 10_000;

/**
 * Compiles the rules of a tree: those of outer directories before those of inner ones, `spec.ignore` last; the last rule that matches decides. As in Flux, and unlike
 * in Git, a file can be included again although its directory is excluded. Rules of any kind replace the defaults, except for those about version control.
 */
export function ignoreRules({ files, spec }: IgnoreSources): IsIgnored {
  const own = [
    ...[...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([directory, text]) => rulesOf(text, directory)),
    ...rulesOf(spec ?? '', ''),
  ].slice(0, MAX_RULES);
  const fallback = own.length === 0 ? DEFAULTS : [];
  const rules = [...[...VERSION_CONTROL, ...fallback].flatMap((line) => ruleOf(line, '')), ...own].reverse();
  return (path) => {
    const decisive = rules.find((rule) => matches(rule, path));
    return decisive !== undefined && !decisive.includes;
  };
}

const rulesOf = (text: string, directory: string): readonly Rule[] => text.split(/\r?\n/).flatMap((line) => ruleOf(line, directory));

function ruleOf(line: string, directory: string): readonly Rule[] {
  if (line.startsWith('#') || line.trim() === '') return [];
  const includes = line.startsWith('!');
  return [{ directory, includes, pattern: ignore({ allowRelativePaths: true }).add(includes ? line.slice(1) : line) }];
}

function matches({ directory, pattern }: Rule, path: string): boolean {
  if (directory === '') return pattern.ignores(path);
  return path.startsWith(`${directory}/`) && pattern.ignores(path.slice(directory.length + 1));
}
