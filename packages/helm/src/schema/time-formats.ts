/** What is wrong with a text as a day; undefined when nothing is. */
export function dateProblem(text: string): string | undefined {
  const isDay = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text);
  const time = isDay ? new Date(`${text}T00:00:00Z`) : undefined;
  if (time === undefined || Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== text)
    return `no day of the form 2006-01-02`;
  return undefined;
}

export function timeProblem(text: string): string | undefined {
  if (text.length < 9) return 'less than 9 characters long';
  if (text[2] !== ':' || text[5] !== ':') return 'missing colon in correct place';
  const match = /^([0-9]{2}):([0-9]{2}):([0-9]{2})/.exec(text);
  if (match === null) return 'invalid hour/min/sec';
  const [hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  if (hour > 23 || minute > 59 || second > 60) return 'hour/min/sec out of range';
  const [, fraction, zone = ''] = /^(\.[0-9]*)?(.*)$/s.exec(text.slice(8)) ?? [];
  if (fraction === '.') return 'no digits in second fraction';
  const offset = zoneMinutes(zone);
  if (typeof offset === 'string') return offset;
  const local = hour * 60 + minute - offset;
  return second >= 60 && (local + 24 * 60) % (24 * 60) !== 24 * 60 - 1 ? 'invalid leap second' : undefined;
}

/** How far a zone is ahead, in minutes, or what is wrong with it. */
function zoneMinutes(zone: string): number | string {
  if (/^[zZ]$/.test(zone)) return 0;
  if (zone.length !== 6) return 'offset must be 6 characters long';
  if (!/^[-+]/.test(zone)) return 'offset must begin with plus/minus';
  if (zone[3] !== ':') return 'missing colon in offset in correct place';
  if (!/^.[0-9]{2}:[0-9]{2}$/.test(zone)) return 'invalid hour/min in offset';
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  if (hours > 23 || minutes > 59) return 'hour/min in offset out of range';
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

export function dateTimeProblem(text: string): string | undefined {
  if (text.length < 20) return 'less than 20 characters long';
  if (!/^[tT]$/.test(text.charAt(10))) return '11th character must be t or T';
  return within('invalid date element', dateProblem(text.slice(0, 10))) ?? within('invalid time element', timeProblem(text.slice(11)));
}

const within = (what: string, problem: string | undefined): string | undefined =>
  problem === undefined ? undefined : `${what}: ${problem}`;

export function durationProblem(text: string): string | undefined {
  if (!text.startsWith('P')) return 'must start with P';
  const rest = text.slice(1);
  if (rest === '') return 'nothing after P';
  if (rest.endsWith('W')) return rest === 'W' ? 'no number in week' : /^[0-9]+W$/.test(rest) ? undefined : 'invalid week';
  for (const [at, part] of rest.split('T').entries()) {
    if (at > 0 && part === '') return 'no time elements';
    const units = ['YMD', 'HMS'][at];
    if (units === undefined) return 'more than one T';
    const problem = elementsProblem(part, units);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function elementsProblem(part: string, units: string): string | undefined {
  let last = -1;
  for (let rest = part; rest !== ''; ) {
    const [digits = ''] = /^[0-9]*/.exec(rest) ?? [];
    if (digits === '') return 'missing number';
    const unit = rest.charAt(digits.length);
    if (unit === '') return 'missing unit';
    const at = units.indexOf(unit);
    if (at === -1) return `invalid unit '${unit}'`;
    if (at <= last) return `unit '${unit}' out of order`;
    last = at;
    rest = rest.slice(digits.length + 1);
  }
  return undefined;
}

export function periodProblem(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return 'missing slash';
  const [start, end] = [text.slice(0, slash), text.slice(slash + 1)];
  if (start.startsWith('P')) {
    return within('invalid start duration', durationProblem(start)) ?? within('invalid end date-time', dateTimeProblem(end));
  }
  const problem = within('invalid start date-time', dateTimeProblem(start));
  if (problem !== undefined) return problem;
  return end.startsWith('P') ? within('invalid end duration', durationProblem(end)) : within('invalid end date-time', dateTimeProblem(end));
}
