/** The text is not a label selector. */
export class InvalidSelector extends Error {
  override readonly name = 'InvalidSelector';
}

type Labels = Readonly<Record<string, string>>;

/** Of what somebody wrote, in a message. */
const SHOWN = 200;
const KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * Compiles the string form of a label selector: requirements joined by commas, all of which must hold: `a=b`, `a==b`, `a!=b`, `a in (b,c)`,
 * `a notin (b,c)`, `a`, `!a`. As in Kubernetes, `!=` and `notin` also hold for objects without the label. Throws `InvalidSelector`.
 */
export function parseLabelSelector(text: string): (labels: Labels) => boolean {
  const requirements = splitRequirements(text).map(parseRequirement);
  return (labels) => requirements.every((holds) => holds(labels));
}

/** Splits at commas outside parentheses. */
function splitRequirements(text: string): readonly string[] {
  const parts: string[] = [];
  let [start, depth] = [0, 0];
  for (let at = 0; at <= text.length; at++) {
    const char = text.charAt(at);
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (at < text.length && (char !== ',' || depth > 0)) continue;
    parts.push(text.slice(start, at).trim());
    start = at + 1;
  }
  return parts.filter((part) => part !== '');
}

function parseRequirement(text: string): (labels: Labels) => boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return requirement(key, text, (value) =>
      operator === 'in' ? value !== undefined && values.includes(value) : value === undefined || !values.includes(value),
    );
  }
  const equality = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s()]*)$/.exec(text);
  if (equality !== null) {
    const [, key = '', operator, wanted] = equality;
    return requirement(key, text, (value) => (operator === '!=' ? value !== wanted : value === wanted));
  }
  const absent = text.startsWith('!');
  return requirement(absent ? text.slice(1).trim() : text, text, (value) => (value === undefined) === absent);
}

function requirement(key: string, text: string, holds: (value: string | undefined) => boolean): (labels: Labels) => boolean {
  if (!KEY.test(key)) throw new InvalidSelector(`'${text.slice(0, SHOWN)}' is not a label requirement such as 'app=web'`);
  return (labels) => holds(Object.hasOwn(labels, key) ? labels[key] : undefined);
}
