import { CHOMPING_MODE, EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { reprintedFoldedText } from './folded-text.ts';

/** Kubernetes refuses deeper JSON. */
export const MAX_DEPTH = 100;

/** What js-yaml finds in a text, as go-yaml would. Throws `YAMLException`. */
export const eventsOf = (text: string): Event[] => withOpenEnd(parseEvents(text, { maxDepth: MAX_DEPTH }), text);

/** Events, and the text that they are about. */
export interface Read {
  readonly events: Event[];
  readonly source: string;
}

/** The same with every folded text as go-yaml 3 makes it when it prints and reads it again. */
export function withReprintedFolds({ events, source }: Read): Read {
  const texts: string[] = [];
  let end = source.length;
  const changed = events.map((event) => {
    if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.FOLDED_BLOCK) return event;
    const text = getScalarValue(source, event);
    const next = reprintedFoldedText(text);
    if (next === text) return event;
    const [valueStart, valueEnd] = [end, end + next.length];
    texts.push(next);
    end = valueEnd;
    return { ...event, valueStart, valueEnd, fast: true };
  });
  return texts.length === 0 ? { events, source } : { events: changed, source: source + texts.join('') };
}

/** A block of text whose last line is the file's and has no line break: js-yaml supplies one, Go does not. */
function withOpenEnd(events: Event[], text: string): Event[] {
  if (/[\r\n]$/.test(text.slice(-1))) return events;
  const isLast = (event: Event): event is ScalarEvent =>
    event.type === EVENT_ID.SCALAR &&
    event.valueEnd === text.length &&
    (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK);
  return events.map((event) => (isLast(event) ? { ...event, chomping: CHOMPING_MODE.STRIP } : event));
}
