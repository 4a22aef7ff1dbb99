import { RE2JS, RE2JSException } from 're2js';
import { quoted } from './failure.ts';
import { dateProblem, dateTimeProblem, durationProblem, periodProblem, timeProblem } from './time-formats.ts';

/** What a text has to look like. */
export interface Format {
  readonly name: string;
  /** What is wrong with a value; only texts can be wrong. */
  problem(value: unknown): string | undefined;
}

type Check = (text: string) => string | undefined;

const invalidCharacter = (character: string): string => `invalid character ${quoted(character)}`;
const firstNot = (text: string, allowed: RegExp): string | undefined => [...text].find((character) => !allowed.test(character));

function pointerProblem(text: string): string | undefined {
  if (text === '') return undefined;
  if (!text.startsWith('/')) return 'not starting with /';
  return /~(?![01])/.test(text) ? '~ must be followed by 0 or 1' : undefined;
}

function relativePointerProblem(text: string): string | undefined {
  const [digits = ''] = /^[0-9]*/.exec(text) ?? [];
  if (digits === '') return 'must start with non-negative integer';
  if (digits.length > 1 && digits.startsWith('0')) return 'starts with zero';
  const rest = text.slice(digits.length);
  return rest === '#' ? undefined : pointerProblem(rest);
}

const UUID_GROUPS = [8, 4, 4, 4, 12];

function uuidProblem(text: string): string | undefined {
  const groups = text.split('-');
  if (groups.length !== UUID_GROUPS.length) return `must have ${UUID_GROUPS.length} elements`;
  for (const [at, group] of groups.entries()) {
    if (group.length !== UUID_GROUPS[at]) return `element ${at + 1} must be ${UUID_GROUPS[at]} characters long`;
    const wrong = firstNot(group, /[0-9a-fA-F]/);
    if (wrong !== undefined) return `non-hex character ${quoted(wrong)}`;
  }
  return undefined;
}

function ipv4Problem(text: string): string | undefined {
  const groups = text.split('.');
  if (groups.length !== 4) return 'expected four decimals';
  if (groups.some((group) => group.length > 1 && group.startsWith('0'))) return 'leading zeros';
  return groups.every((group) => /^(?:[+]?[0-9]+|-0)$/.test(group) && Number(group) < 256)
    ? undefined
    : 'decimal must be between 0 and 255';
}

function ipv6Problem(text: string): string | undefined {
  if (!text.includes(':')) return 'missing colon';
  if (text.includes('%')) return 'zone id is not a part of ipv6 address';
  const isShort = /^[0-9a-fA-F:.]+$/.test(text) && !/[:.]0[0-9]+(?:\.|$)/.test(text.replace(/^.*:(?=[0-9]+\.)/, ':'));
  return isShort && URL.canParse(`http://[${text}]/`) ? undefined : `${quoted(text)} is no address`;
}

function hostnameProblem(text: string): string | undefined {
  const name = text.replace(/\.$/, '');
  if (name.length > 253) return 'more than 253 characters long';
  for (const label of name.split('.')) {
    if (label.length < 1 || label.length > 63) return 'label must be 1 to 63 characters long';
    if (label.startsWith('-')) return 'label starts with hyphen';
    if (label.endsWith('-')) return 'label ends with hyphen';
    const wrong = firstNot(label, /[a-zA-Z0-9-]/);
    if (wrong !== undefined) return invalidCharacter(wrong);
  }
  return undefined;
}

function emailProblem(text: string): string | undefined {
  if (text.length > 254) return 'more than 255 characters long';
  const at = text.lastIndexOf('@');
  if (at === -1) return 'missing @';
  return localPartProblem(text.slice(0, at)) ?? domainProblem(text.slice(at + 1));
}

function localPartProblem(local: string): string | undefined {
  if (local.length > 64) return 'local part more than 64 characters long';
  if (local.length > 1 && local.startsWith('"')) {
    return /[\\"]/.test(local.slice(1, -1)) ? 'backslash and quote are not allowed within quoted local part' : undefined;
  }
  if (local.startsWith('.')) return 'starts with dot';
  if (local.endsWith('.')) return 'ends with dot';
  if (local.includes('..')) return 'consecutive dots';
  const wrong = firstNot(local, /[a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~]/);
  return wrong === undefined ? undefined : invalidCharacter(wrong);
}

function domainProblem(domain: string): string | undefined {
  const within = (what: string, problem: string | undefined): string | undefined =>
    problem === undefined ? undefined : `${what}: ${problem}`;
  if (!domain.startsWith('[') || !domain.endsWith(']')) return within('invalid domain', hostnameProblem(domain));
  const address = domain.slice(1, -1);
  if (address.startsWith('IPv6:')) return within('invalid ipv6 address', ipv6Problem(address.slice('IPv6:'.length)));
  return within('invalid ipv4 address', ipv4Problem(address));
}

/** As far as Go's parser cares, which takes most texts for a URL. */
function referenceProblem(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a URL must not have.
  if (/[\u0000-\u001f\u007f]/.test(text)) return `${quoted(text)} has a control character`;
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return `${quoted(text)} has an escape that is none`;
  if (text.startsWith(':')) return `${quoted(text)} has no scheme before its colon`;
  const [, authority] = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/([^/?#]*)/.exec(text) ?? [];
  const problem = authority === undefined ? undefined : authorityProblem(authority);
  if (problem !== undefined) return `${quoted(text)} has ${problem}`;
  const colon = /^[^/?#]*?:/.exec(text)?.[0];
  return colon !== undefined && !/^[a-zA-Z][a-zA-Z0-9+.-]*:$/.test(colon) ? `${quoted(text)} has a colon in its first segment` : undefined;
}

function authorityProblem(authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  if (!/^[\w.:~!$&'()*+,;=%@-]*$/.test(authority.slice(0, at + 1))) return 'a login that is none';
  const host = authority.slice(at + 1);
  const [, address] = /^\[([^\]]*)\]/.exec(host) ?? [];
  if (address !== undefined && ipv6Problem(address) !== undefined) return 'a host that is none';
  if (/[ <>"\\^`{|}]/.test(host)) return 'a host that is none';
  return /:(?![0-9]*$)/.test(host.replace(/^\[.*\]/, '')) ? 'a port that is none' : undefined;
}

/** Braces come in pairs, none in another, between the slashes of the path; whoever else reads a template knows more. */
function uriTemplateProblem(text: string): string | undefined {
  const problem = referenceProblem(text);
  if (problem !== undefined) return problem;
  const [path = ''] = text.replace(/^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?(?:\/\/[^/?#]*)?/, '').split(/[?#]/, 1);
  for (const segment of path.split('/')) {
    const braces = segment.replace(/[^{}]/g, '');
    if (/\{\{|\}\}|^\}/.test(braces)) return 'nested curly braces';
    if (braces.endsWith('{')) return 'no matching closing brace';
  }
  return undefined;
}

const uriProblem = (text: string): string | undefined =>
  referenceProblem(text) ?? (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) ? undefined : 'relative url');

const uriReferenceProblem = (text: string): string | undefined => (text.includes('\\') ? 'contains \\' : referenceProblem(text));

function semverProblem(text: string): string | undefined {
  const [version = '', ...builds] = text.split('+');
  const build = builds.join('+');
  if (builds.length > 0 && build.split('.').some((part) => !/^[0-9A-Za-z-]+$/.test(part))) return 'invalid build identifier';
  const dash = version.indexOf('-');
  const core = dash === -1 ? version : version.slice(0, dash);
  const before = dash === -1 ? [] : version.slice(dash + 1).split('.');
  if (before.some((part) => !/^[0-9A-Za-z-]+$/.test(part) || /^0[0-9]+$/.test(part))) return 'invalid pre-release identifier';
  const numbers = core.split('.');
  if (numbers.length !== 3) return 'versionCore must have 3 numbers separated by dot';
  for (const [at, number] of numbers.entries()) {
    const name = ['major', 'minor', 'patch'][at];
    if (number === '') return `${name} is empty`;
    if (number.length > 1 && number.startsWith('0')) return `${name} starts with zero`;
    if (!/^[0-9]+$/.test(number)) return `${name} contains non-digit`;
  }
  return undefined;
}

function regexProblem(text: string): string | undefined {
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}

const CHECKS: readonly (readonly [string, Check])[] = [
  ['regex', regexProblem],
  ['json-pointer', pointerProblem],
  ['relative-json-pointer', relativePointerProblem],
  ['uuid', uuidProblem],
  ['duration', durationProblem],
  ['period', periodProblem],
  ['ipv4', ipv4Problem],
  ['ipv6', ipv6Problem],
  ['hostname', hostnameProblem],
  ['email', emailProblem],
  ['date', dateProblem],
  ['time', timeProblem],
  ['date-time', dateTimeProblem],
  ['uri', uriProblem],
  ['iri', uriProblem],
  ['uri-reference', uriReferenceProblem],
  ['iri-reference', uriReferenceProblem],
  ['uri-template', uriTemplateProblem],
  ['semver', semverProblem],
];

/** The formats that Helm's library checks; all others say nothing. */
export const FORMATS: ReadonlyMap<string, Format> = new Map(
  CHECKS.map(([name, check]) => [name, { name, problem: (value) => (typeof value === 'string' ? check(value) : undefined) }]),
);
